"""What all tests share."""

import os

import pytest
from hypothesis import settings
from lab_server import chromium, find_chromium

# A slow or busy machine is no bug: no example is timed, and every run tries the same ones.
settings.register_profile("course", deadline=None, derandomize=True)
settings.load_profile("course")


@pytest.fixture(scope="session")
def browser():
    """One Chromium for all files that a worker tests: two at once would not share an event loop."""
    if find_chromium() is None:
        reason = "no Chromium: install it, or set CHROMIUM to its path"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with chromium(viewport={"width": 1400, "height": 1400}) as context:
        yield context


def pytest_collection_modifyitems(items):
    """Tests in the browser take longest, so they begin."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)
