"""How the tests in this folder run: what hypothesis tries, and which tests begin."""

from hypothesis import settings

# A slow or busy machine is no bug: no example is timed, and every run tries the same ones.
settings.register_profile("course", deadline=None, derandomize=True)
settings.load_profile("course")


def pytest_collection_modifyitems(items):
    """Tests in the browser take longest, so they begin."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)
