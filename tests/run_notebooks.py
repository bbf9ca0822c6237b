"""Run notebooks from top to bottom and keep their outputs in the form the course commits.

    python tests/run_notebooks.py               every lesson, in place
    python tests/run_notebooks.py 05 07         the lessons whose names start so
    python tests/run_notebooks.py --check-time  the times only; nothing is written

What differs from machine to machine and says nothing (clocks, widget state, kernel names) is left out, so that a
second run changes only what really came out differently. A cell that fails, unless it is tagged raises-exception, or
that writes to stderr ends with exit code 1; the other notebooks still run.
"""

import argparse
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
SLOW_CELL = 5.0  # seconds
KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LANGUAGE_INFO = {"name": "python"}
KEPT_CELL_METADATA = {"tags", "jupyter", "slideshow", "editable", "deletable", "exercise"}


def select(names):
    """The lessons whose file names start with one of `names`, or that are paths; all of them for no names."""
    lessons = sorted(NOTEBOOKS.glob("*.ipynb"))
    if not names:
        return lessons
    chosen = []
    for name in names:
        found = [Path(name)] if name.endswith(".ipynb") else [p for p in lessons if p.name.startswith(name)]
        if not found:
            raise SystemExit(f"no notebook in {NOTEBOOKS.name}/ starts with {name!r}")
        chosen += found
    return chosen


def execute(path):
    """Run one notebook; return it with its new outputs, the seconds of each cell, and what went wrong (or "")."""
    notebook = nbformat.read(path, as_version=4)
    begun, seconds, problem = {}, {}, ""
    client = NotebookClient(
        notebook,
        timeout=300,
        kernel_name=KERNELSPEC["name"],
        resources={"metadata": {"path": str(path.resolve().parent)}},
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
        on_cell_execute=lambda cell, cell_index: begun.__setitem__(cell_index, time.perf_counter()),
        on_cell_executed=lambda cell, cell_index, execute_reply: seconds.__setitem__(
            cell_index, time.perf_counter() - begun[cell_index]
        ),
    )
    try:
        client.execute()
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        problem = str(error)
    return notebook, seconds, problem or stderr_of(notebook)


def stderr_of(notebook):
    """What the cells wrote to stderr, with the cells' ids; "" where they wrote nothing."""
    return "\n".join(
        f"{cell.id} wrote to stderr: {output.text.strip()}"
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output.output_type == "stream" and output.name == "stderr"
    )


def normalise(notebook):
    """Drop what a run or an editor leaves behind that says nothing about the lesson."""
    notebook.metadata = {"kernelspec": KERNELSPEC, "language_info": LANGUAGE_INFO}
    for cell in notebook.cells:
        cell.metadata = {key: value for key, value in cell.metadata.items() if key in KEPT_CELL_METADATA}


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", help="start of a lesson's name, or a path; all lessons by default")
    parser.add_argument("--check-time", action="store_true", help="print the times only, write nothing")
    options = parser.parse_args(arguments)

    failed, total = [], 0.0
    for path in select(options.names):
        begin = time.perf_counter()
        notebook, seconds, problem = execute(path)
        took = time.perf_counter() - begin
        total += took
        print(f"{took:6.1f} s  {path.name}", flush=True)
        for index, cell_took in seconds.items():
            if cell_took > SLOW_CELL:
                print(f"{cell_took:12.1f} s  cell {notebook.cells[index].id}")
        if problem:
            failed.append(path.name)
            print(problem, file=sys.stderr)
        elif not options.check_time:
            normalise(notebook)
            nbformat.write(notebook, path)
    print(f"{total:6.1f} s  in all" + (f"; failed and left as before: {', '.join(failed)}" if failed else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
