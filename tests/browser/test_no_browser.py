"""Where there is no browser, the tests in it say so."""

import os
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def run_without_browser(**environment):
    """Run one test of the browser where no browser is found."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-rs",
        "-p",
        "no:cacheprovider",
        "test_benches.py",
    ]
    kept = {name: value for name, value in os.environ.items() if name != "CI"}
    return subprocess.run(
        [*command, "-k", "steps_aside"],
        cwd=HERE,
        env=kept | {"CHROMIUM": "no-such-browser"} | environment,
        capture_output=True,
        text=True,
    )


def test_without_a_browser_a_reader_sees_what_was_skipped():
    result = run_without_browser()
    assert result.returncode == 0
    assert re.search(r"\b1 skipped", result.stdout)
    assert "no Chromium" in result.stdout


def test_without_a_browser_automatic_tests_fail():
    result = run_without_browser(CI="true")
    assert result.returncode == 1
    assert "no Chromium" in result.stdout
