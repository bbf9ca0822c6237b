"""Run a lesson's code cells in a plain namespace, once, so that tests can call its functions and move its benches."""

import functools
import io
import os
from contextlib import chdir, redirect_stdout
from pathlib import Path

import matplotlib
import nbformat
from IPython.core.interactiveshell import InteractiveShell

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"


@functools.cache
def namespace(lesson):
    """What notebooks/<lesson>_*.ipynb defines when all its code cells have run; what it prints stands in "printed"."""
    (path,) = NOTEBOOKS.glob(f"{lesson}_*.ipynb")
    os.environ.setdefault("MPLBACKEND", "agg")
    matplotlib.use("agg")
    shell = InteractiveShell()
    printed = io.StringIO()
    with chdir(NOTEBOOKS), redirect_stdout(printed):
        for cell in nbformat.read(path, 4).cells:
            if cell.cell_type == "code":
                result = shell.run_cell(cell.source)
                if "raises-exception" not in cell.metadata.get("tags", []):
                    result.raise_error()
    return shell.user_ns | {"printed": printed.getvalue()}
