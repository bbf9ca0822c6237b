"""What all tests share."""

import re

import pytest
from hypothesis import settings

# A slow or busy machine is no bug: no example is timed, and every run tries the same ones.
settings.register_profile("course", deadline=None, derandomize=True)
settings.load_profile("course")


def pytest_collection_modifyitems(items):
    """Where workers share the tests, each file has one, and the benches of a lesson go where its other tests run it."""
    for item in items:
        lesson = re.search(r"test_benches_of_the_course.*\[(\d\d[ab]?)_", item.name)
        item.add_marker(pytest.mark.xdist_group(f"test_lesson{lesson[1]}.py" if lesson else item.path.name))
