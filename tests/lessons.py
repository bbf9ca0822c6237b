"""Run a lesson's code cells in a plain namespace, once, so that tests can call its functions and move its benches."""

import functools
import io
import json
import os
from contextlib import chdir, redirect_stdout
from pathlib import Path

import matplotlib
from IPython.core.interactiveshell import InteractiveShell

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"


@functools.cache
def namespace(lesson):
    """What notebooks/<lesson>_*.ipynb defines when all its code cells have run; what it prints stands in "printed".
    Without nbformat, which no lesson's kernel has: it more than doubles the objects that the garbage collector visits."""
    (path,) = NOTEBOOKS.glob(f"{lesson}_*.ipynb")
    os.environ.setdefault("MPLBACKEND", "agg")
    matplotlib.use("agg")
    shell = InteractiveShell()
    printed = io.StringIO()
    with chdir(NOTEBOOKS), redirect_stdout(printed):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                result = shell.run_cell("".join(cell["source"]))
                if "raises-exception" not in cell["metadata"].get("tags", []):
                    result.raise_error()
    return shell.user_ns | {"printed": printed.getvalue()}
