"""The bridges to PyTorch: what they print with PyTorch is what they show without it."""

import importlib.util
import json
import re

import pytest
from support.course import NOTEBOOKS
from support.lessons import namespace

from rnnlib.lesson import bridge, in_pytorch

SAVED = json.loads((NOTEBOOKS / "data" / "bridges.json").read_text(encoding="utf-8"))
HAS_PYTORCH = importlib.util.find_spec("torch") is not None
APPROXIMATE = re.compile(r"≈ [\d.e+-]+")
BRIDGES = {"01b": "same_numbers", "02b": "same_numbers", "05b": "same_numbers"}


def test_every_bridge_has_its_saved_output():
    assert set(SAVED) == set(BRIDGES)


@pytest.mark.skipif(HAS_PYTORCH, reason="PyTorch is installed, so nothing saved is shown")
@pytest.mark.parametrize("lesson", BRIDGES)
def test_without_pytorch_the_saved_output_is_shown(lesson):
    printed = namespace(lesson)["printed"]
    assert SAVED[lesson] + "(This is its saved output: PyTorch isn't installed here." in printed


def test_in_the_browser_nobody_is_told_to_install_pytorch(monkeypatch, capsys):
    monkeypatch.setattr(bridge.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(bridge, "in_browser", lambda: True)
    in_pytorch("01b")(lambda torch: pytest.fail("there is no PyTorch to run it with"))
    assert capsys.readouterr().out == SAVED["01b"] + bridge.NOT_IN_BROWSER + "\n"
    assert "install" not in bridge.NOT_IN_BROWSER


@pytest.mark.skipif(not HAS_PYTORCH, reason="PyTorch is not installed: make bridge installs it")
@pytest.mark.parametrize(("lesson", "function"), BRIDGES.items())
def test_with_pytorch_the_numbers_agree_and_the_output_is_the_saved_one(lesson, function):
    """The cell itself asserts that its numbers are those of rnnlib."""
    printed = namespace(lesson)[function]
    assert APPROXIMATE.sub("≈", printed) == APPROXIMATE.sub("≈", SAVED[lesson])
