"""Show the benches of every lesson as full-screen pages for a projector.

    python tools/present.py [options of Voilà, such as --no-browser or --port=9000]

Voilà serves one page for each lesson. The pages are made from the notebooks at every start, in a
temporary folder. Tags in a notebook say what its page needs:

    bench      this cell shows a bench; the page shows it under the last heading above it
    present    a bench needs this cell; the page runs it and hides its output
"""

import contextlib
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat

HERE = Path(__file__).resolve().parent
NOTEBOOKS = HERE.parent / "notebooks"
BESIDE_THE_NOTEBOOKS = ("checks", "data", "figures", "precompute", "claims.json")  # what cells read
HEADING = re.compile(r"(?m)^#+ +(.+)$")


def tags(cell):
    """The tags of a cell; most cells have none."""
    return cell.metadata.get("tags", [])


def look():
    """A cell that makes the page as large as the screen allows."""
    html = (HERE / "projector.html").read_text(encoding="utf-8")
    return nbformat.v4.new_code_cell(
        f"from IPython.display import HTML, display\n\ndisplay(HTML({html!r}))"
    )


def hidden(sources):
    """One cell that runs the sources in their order and shows nothing."""
    return nbformat.v4.new_code_cell("\n\n".join(["%%capture", *sources]))


def page(lesson):
    """The notebook that Voilà shows for a lesson, or None if the lesson has no bench."""
    title, heading = None, None
    cells, waiting = [], []
    for cell in lesson.cells:
        if cell.cell_type == "markdown":
            for heading in HEADING.findall(cell.source):
                title = title or heading
        elif "bench" in tags(cell):
            if waiting:
                cells.append(hidden(waiting))
                waiting = []
            cells.append(nbformat.v4.new_markdown_cell(f"### {heading}"))
            cells.append(nbformat.v4.new_code_cell(cell.source))
        elif "present" in tags(cell):
            waiting.append(cell.source)
    if not cells:
        return None
    cells = [look(), nbformat.v4.new_markdown_cell(f"# {title}"), *cells]
    return nbformat.v4.new_notebook(cells=cells, metadata=lesson.metadata)


def copy_what_cells_read(folder):
    """Copy into the folder what the cells of a page read or import from beside the notebooks."""
    for name in BESIDE_THE_NOTEBOOKS:
        source = NOTEBOOKS / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.exists():
            shutil.copy(source, folder)


def write(folder):
    """Write all pages into the folder, and beside them what their cells read."""
    copy_what_cells_read(folder)
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        made = page(nbformat.read(path, as_version=4))
        if made:
            nbformat.write(made, folder / path.name)


def main():
    """Write the pages and serve them until the lecturer stops the server."""
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder))
        command = [sys.executable, "-m", "voila", folder, "--Voila.ip=127.0.0.1", *sys.argv[1:]]
        with contextlib.suppress(KeyboardInterrupt):
            subprocess.run(command, check=False)


if __name__ == "__main__":
    main()
