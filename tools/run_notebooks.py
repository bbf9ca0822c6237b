"""Run notebooks from top to bottom and keep their outputs in the form in which they are committed.

    python tools/run_notebooks.py               every lesson, in place
    python tools/run_notebooks.py 05 07         the lessons whose names start like this
    python tools/run_notebooks.py --check-time  only print the times; write nothing

Clocks, the state of widgets and names of kernels differ from machine to machine and say nothing
about the lesson. They are left out, so a second run changes only what really came out differently.
A notebook fails if a cell raises an error (unless the cell is tagged raises-exception) or writes to
stderr. The other notebooks still run, and the exit code is 1.
"""

import argparse
import sys
import time
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
SLOW_CELL = 5.0  # seconds; slower cells are named
CELL_TIMEOUT = 300  # seconds
KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LANGUAGE_INFO = {"name": "python"}
KEPT_CELL_METADATA = {"tags", "jupyter", "slideshow", "editable", "deletable", "exercise"}


class Run(NamedTuple):
    """What running a notebook gave."""

    notebook: nbformat.NotebookNode  # with its new outputs
    seconds: dict[int, float]  # how long each cell took, by the cell's place
    problem: str  # what went wrong, or ""


def named(name):
    """The notebooks that one name means: a path, or the start of lessons' file names."""
    if name.endswith(".ipynb"):
        return [Path(name)]
    found = sorted(NOTEBOOKS.glob(f"{name}*.ipynb"))
    if not found:
        raise SystemExit(f"no notebook in {NOTEBOOKS.name}/ starts with {name!r}")
    return found


def select(names):
    """The notebooks that the names mean, or all lessons for no names."""
    chosen = []
    for name in names or [""]:
        chosen += named(name)
    return chosen


def execute(path):
    """Run one notebook in a new kernel, in the folder in which it lies."""
    notebook = nbformat.read(path, as_version=4)
    started, seconds = {}, {}

    def cell_starts(cell, cell_index):
        started[cell_index] = time.perf_counter()

    def cell_ends(cell, cell_index, execute_reply):
        seconds[cell_index] = time.perf_counter() - started[cell_index]

    client = NotebookClient(
        notebook,
        timeout=CELL_TIMEOUT,
        kernel_name=KERNELSPEC["name"],
        resources={"metadata": {"path": str(path.resolve().parent)}},
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
        on_cell_execute=cell_starts,
        on_cell_executed=cell_ends,
    )
    try:
        client.execute()
        problem = stderr_of(notebook)
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        problem = str(error)
    return Run(notebook, seconds, problem)


def stderr_of(notebook):
    """What the cells wrote to stderr, each line with the cell's id."""
    lines = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "stream" and output.name == "stderr":
                lines.append(f"{cell.id} wrote to stderr: {output.text.strip()}")
    return "\n".join(lines)


def normalise(notebook):
    """Remove the metadata that a run or an editor leaves behind."""
    notebook.metadata = {"kernelspec": KERNELSPEC, "language_info": LANGUAGE_INFO}
    for cell in notebook.cells:
        kept = {key: value for key, value in cell.metadata.items() if key in KEPT_CELL_METADATA}
        cell.metadata = kept


def run_one(path, write):
    """Run one notebook and print its times. Return how long it took, and whether it failed."""
    start = time.perf_counter()
    run = execute(path)
    took = time.perf_counter() - start
    print(f"{took:6.1f} s  {path.name}", flush=True)
    for place, seconds in run.seconds.items():
        if seconds > SLOW_CELL:
            print(f"{seconds:12.1f} s  cell {run.notebook.cells[place].id}")
    if run.problem:
        print(run.problem, file=sys.stderr)
    elif write:
        normalise(run.notebook)
        nbformat.write(run.notebook, path)
    return took, bool(run.problem)


def main(arguments=None):
    """Run the notebooks that the command line names; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", help="start of a lesson's name, or a path")
    parser.add_argument("--check-time", action="store_true", help="only print the times")
    options = parser.parse_args(arguments)

    total, failures = 0.0, []
    for path in select(options.names):
        took, failed = run_one(path, write=not options.check_time)
        total += took
        if failed:
            failures.append(path.name)
    print(f"{total:6.1f} s  in all")
    if failures:
        print(f"Failed and left as they were: {', '.join(failures)}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
