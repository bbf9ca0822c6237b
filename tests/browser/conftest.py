"""A JupyterLab for each test file here, and pages in it."""

import shutil
from pathlib import Path

import nbformat
import pytest
from lab_server import Lab, open_notebook, run_all, settle
from support.page import new_page, reset, until_words

TESTS = Path(__file__).resolve().parents[1]
NOTEBOOKS = TESTS.parent / "notebooks"
# Notebooks that the tests need beside the lessons: {name: code of their one cell}.
NOT_LESSONS = {
    "test-rich": "from support.samples import rich_bench\nbench = rich_bench()\nbench",
    "test-many": "from support.samples import bench_with_everything\n"
    "bench = bench_with_everything()\nbench",
}


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """A JupyterLab over a copy of the lessons, and over the tests' own notebooks."""
    root = tmp_path_factory.mktemp("lab") / "notebooks"
    unwanted = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
    shutil.copytree(NOTEBOOKS, root, ignore=unwanted)
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    for name, code in NOT_LESSONS.items():
        code = f"import sys; sys.path.insert(0, {str(TESTS)!r})\n{code}"
        cells = [nbformat.v4.new_code_cell(code)]
        book = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
        nbformat.write(book, root / f"{name}.ipynb")
    with Lab(root) as server:
        yield server


@pytest.fixture
def page(browser):
    with new_page(browser) as page:
        yield page


@pytest.fixture(scope="module")
def opened(browser, lab):
    with new_page(browser) as page:
        open_notebook(page, lab, "test-many.ipynb")
        run_all(page)
        yield page


@pytest.fixture
def bench(opened):
    """The bench with every kind of control, as it was at first."""
    bench = opened.locator(".jp-Notebook .rnn-bench")
    reset(bench)
    until_words(bench, "gain 1.0, shape line, word 'q'")
    settle(opened)
    return bench
