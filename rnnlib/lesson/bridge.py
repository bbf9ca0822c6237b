"""A bridge to PyTorch: run where it is installed, shown with its saved output where it is not."""

import contextlib
import importlib
import importlib.util
import io
import json

from rnnlib.lesson import course_files
from rnnlib.lesson.browser import in_browser

NOT_INSTALLED = "(This is its saved output: PyTorch isn't installed here. make bridge installs it.)"
NOT_IN_BROWSER = "(This is its saved output: PyTorch doesn't run in the browser.)"


def in_pytorch(name):
    """Run the decorated function with the module torch, or print what it printed when it ran.

    name: where its output stands in notebooks/data/bridges.json, such as "01b". The function takes
    torch as its argument, prints what it finds, and asserts that its numbers agree with the
    lesson's. Afterwards its name stands for the printed text.

        @in_pytorch("01b")
        def same_gradients(torch):
            ...
    """

    def decorator(function):
        if importlib.util.find_spec("torch") is None:
            printed = _saved(name)
            print(printed + (NOT_IN_BROWSER if in_browser() else NOT_INSTALLED))
        else:
            printed = _run(function)
            print(printed, end="")
        return printed

    return decorator


def _saved(name):
    return json.loads(course_files.find("data/bridges.json").read_text(encoding="utf-8"))[name]


def _run(function):
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        function(importlib.import_module("torch"))
    return text.getvalue()
