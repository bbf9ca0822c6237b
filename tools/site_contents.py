"""What the static site shows: the students' edition, made ready for a browser."""

import shutil
from pathlib import Path

import nbformat
import student

HERE = Path(__file__).resolve().parent
WELCOME = "00_welcome.ipynb"
# What the browser's kernel says of itself. With another name, a page would open with a question.
# If anything else differed, opening a page would change it, and the browser would save the page and
# never again show a newer one of the site.
METADATA = {
    "kernelspec": {"display_name": "Python (Pyodide)", "language": "python", "name": "python"},
    "language_info": {
        "codemirror_mode": {"name": "python", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
        "version": "3.8",
    },
}
ONLY_ON_A_COMPUTER = (
    "To start the course, run `make lab` in its folder; JupyterLab then opens this page. "
)


def in_the_browser():
    """The welcome page's words about saving, downloading and waiting, as a cell."""
    text = (HERE.parent / "deploy" / "site" / "in_the_browser.md").read_text(encoding="utf-8")
    return nbformat.v4.new_markdown_cell(text.strip(), id="in-the-browser")


def prepare(path):
    """Name the browser's kernel in a notebook, and add to the welcome page what holds there."""
    notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
    notebook.metadata = nbformat.from_dict(METADATA)
    if path.name == WELCOME:
        for cell in notebook.cells:
            cell.source = cell.source.replace(ONLY_ON_A_COMPUTER, "")
        notebook.cells.insert(1, in_the_browser())
    nbformat.write(notebook, path)


def write(folder, work):
    """Write into the folder what students see, with the temporary folder `work` for help."""
    edition = work / "edition"
    student.write(edition)
    shutil.copytree(edition / "notebooks", folder)
    for path in folder.glob("*.ipynb"):
        prepare(path)
    return folder
