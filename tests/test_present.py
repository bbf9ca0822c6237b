"""`make present`: every bench of every lesson on a page of its own, made from the lesson, and alive."""

import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat
import pytest
from test_browser import picture, until_picture

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "deploy"))
import present  # noqa: E402

LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_page_has_every_bench_of_its_lesson_and_nothing_else_to_see(path):
    lesson = nbformat.read(path, as_version=4)
    page = present.page(lesson)
    benches = [cell.source for cell in lesson.cells if cell.cell_type == "code" and present.shows_a_bench(cell)]
    shown = [cell.source for cell in page.cells if cell.cell_type == "code"][1:]
    assert [source for source in shown if not source.startswith("%%capture")] == benches and benches
    headings = [line for cell in page.cells if cell.cell_type == "markdown" for line in cell.source.splitlines()]
    assert len(headings) == 1 + len(benches) and all(line.startswith("#") for line in headings)
    assert not [source for source in shown if re.search(r"(?m)^check\(", source)]


def test_what_a_bench_needs_is_kept_and_nothing_more():
    cells = [nbformat.v4.new_code_cell(source) for source in (
        "import numpy as np\nimport json", "a = np.ones(3)", "unused = 1\nprint(unused)", "np.add.at(a, 0, 1)", "a[1] = 5",
        "def f():\n    inner = b\n    return inner", "b = 2", "inner = 3", "f(), a")]
    assert present.needed(cells, {8}) == {0, 1, 3, 4, 5, 6, 7, 8}  # inner is kept: a name is a name
    assert present.needed(cells, {6}) == {6}


@pytest.fixture
def served(tmp_path):
    """Voilà over one lesson's page; its address."""
    (tmp_path / "precompute").mkdir()
    for part in ("data", "precompute"):
        shutil.copytree(ROOT / "notebooks" / part, tmp_path / part, dirs_exist_ok=True)
    lesson = nbformat.read(ROOT / "notebooks" / "05a_lstm_gates.ipynb", as_version=4)
    nbformat.write(present.page(lesson), tmp_path / "page.ipynb")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "voila", str(tmp_path), "--no-browser", f"--port={port}", "--Voila.ip=127.0.0.1"]
    voila = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(120):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
            break
        except OSError:
            time.sleep(0.5)
    yield f"http://127.0.0.1:{port}/voila/render/page.ipynb"
    voila.terminate()
    voila.wait(30)


@pytest.mark.browser
def test_a_bench_on_a_page_is_large_and_answers(browser, served):
    page = browser.new_page()
    page.set_viewport_size({"width": 1920, "height": 1080})
    thrown = []
    page.on("pageerror", lambda error: thrown.append(str(error)))
    page.goto(served, timeout=120_000)
    page.wait_for_selector(".rnn-bench canvas", timeout=120_000)
    bench = page.locator(".rnn-bench").first
    page.wait_for_function("() => document.querySelector('.rnn-bench canvas').width > 1400")
    assert page.evaluate("() => parseFloat(document.body.style.zoom)") == pytest.approx(1.5, abs=0.01)
    canvas = bench.locator("canvas").evaluate("node => [node.width, node.getBoundingClientRect().width]")
    assert canvas[0] >= canvas[1] > 1200  # as many pixels as it fills, or more
    before = picture(bench)
    bench.get_by_role("slider").first.focus()
    page.keyboard.press("ArrowRight")
    until_picture(bench, other_than=before)
    assert thrown == [] and page.locator(".rnn-bench").count() == 2
    assert page.get_by_text("Traceback").count() == 0
    page.close()
