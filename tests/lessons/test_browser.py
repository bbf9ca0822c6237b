"""Lessons in the browser: nothing is imported that WebAssembly lacks, and slow cells say so."""

import subprocess
import sys

import pytest
from support import browser_imports
from support.course import NOTEBOOKS, ROOT

from rnnlib.lesson import browser, in_browser, in_full


def test_no_lesson_imports_what_the_browser_lacks():
    ran = subprocess.run(
        [sys.executable, browser_imports.__file__, str(ROOT)],
        cwd=NOTEBOOKS,
        env={"PYTHONPATH": str(ROOT), "MPLBACKEND": "agg", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip() == ""


def test_on_a_computer_a_cell_runs_in_full_and_says_nothing(capsys):
    assert not in_browser()
    assert in_full(seconds=150, otherwise="takes the stored run")
    assert capsys.readouterr().out == ""


@pytest.fixture
def in_the_browser(monkeypatch):
    monkeypatch.setattr(browser.sys, "platform", "emscripten")


def test_in_the_browser_a_slow_cell_does_less_and_says_so_in_one_line(in_the_browser, capsys):
    assert in_browser()
    assert not in_full(seconds=150, otherwise="takes the stored run")
    said = capsys.readouterr().out
    assert said.count("\n") == 1
    assert "about 150 s, so this cell takes the stored run." in said
    assert "anyway=True" in said


def test_in_the_browser_a_reader_can_have_it_all(in_the_browser, capsys):
    assert in_full(seconds=150, otherwise="takes the stored run", anyway=True)
    assert capsys.readouterr().out == ""
