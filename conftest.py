"""The browser, which the tests in tests/ and in deploy/tests/ share."""

import os

import pytest
from lab_server import chromium, find_chromium


@pytest.fixture(scope="session")
def browser():
    """One Chromium for all files that a worker tests: two at once would not share an event loop.

    Where there is no Chromium, a test that asks for it is skipped. In CI it fails, so that the
    tests in the browser can't go missing unnoticed.
    """
    if find_chromium() is None:
        reason = "no Chromium: install it, or set CHROMIUM to its path"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with chromium(viewport={"width": 1400, "height": 1400}) as context:
        yield context
