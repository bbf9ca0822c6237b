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


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Tests that share something dear, a JupyterLab or a lesson that has run, go to one worker; the longest begin."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)
    for item in items:
        if not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(item.path.stem.removeprefix("test_")))
