"""A lesson's code, run once, so that tests can call its functions and move its benches."""

import functools
import importlib
import io
import json
import os
import sys
from contextlib import chdir, redirect_stdout
from pathlib import Path

import matplotlib
from IPython.core.interactiveshell import InteractiveShell

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
# As in a lesson's kernel, which starts in this folder: `from figures import lesson01a`.
sys.path.insert(0, str(NOTEBOOKS))


def stored_points(name):
    """The points that notebooks/precompute/<name>.py has stored."""
    stored = json.loads((NOTEBOOKS / "data" / f"{name}.json").read_text(encoding="utf-8"))
    return stored["points"]


def beside_the_notebooks(module):
    """A module that stands beside the notebooks, such as "claims"."""
    return importlib.import_module(module)


def figures(lesson):
    """The module that draws a lesson's pictures."""
    return beside_the_notebooks(f"figures.lesson{lesson}")


@functools.cache
def namespace(lesson):
    """All names that the code cells of notebooks/<lesson>_*.ipynb define, and what they print.

    What they print stands in "printed". The notebook is read without nbformat, because no lesson's
    kernel imports it, and it would more than double the objects that the garbage collector visits.
    """
    (path,) = NOTEBOOKS.glob(f"{lesson}_*.ipynb")
    os.environ.setdefault("MPLBACKEND", "agg")
    matplotlib.use("agg")
    shell = InteractiveShell()
    printed = io.StringIO()
    with chdir(NOTEBOOKS), redirect_stdout(printed):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                run_cell(shell, cell)
    return shell.user_ns | {"printed": printed.getvalue()}


def run_cell(shell, cell):
    """Run a cell; raise its error unless the cell is there to show one."""
    result = shell.run_cell("".join(cell["source"]))
    if "raises-exception" not in cell["metadata"].get("tags", []):
        result.raise_error()
