"""`make present`: every bench of every lesson on a page, made from the lesson, and alive."""

import builtins
import re
import socket
import subprocess
import sys
import time
import urllib.request

import nbformat
import present
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from support.bench_page import picture, wait_for_another_picture
from support.course import PATHS, Lesson, name_of, shows_a_bench, tags
from support.names import defined_and_needed

# IPython gives every notebook these names.
GIVEN = {*dir(builtins), "__name__", "display", "get_ipython"}
SERVED_LESSON = "05a_lstm_gates"


def code(source, *with_tags):
    return new_code_cell(source, metadata={"tags": list(with_tags)})


# Pages from tags


def test_a_page_shows_the_benches_under_their_headings_and_hides_what_they_need():
    lesson = new_notebook(
        cells=[
            new_markdown_cell("# The lesson\n\n## A section"),
            code("a = 1", "present"),
            code("print('not on the page')"),
            code("b = 2", "present"),
            new_markdown_cell("### Bench 1 · One"),
            code("show(a, b)", "bench"),
            code("answer", "solution"),
            new_markdown_cell("words\n\n### Bench 2 · Two"),
            code("show(b)", "bench"),
        ]
    )
    made = present.page(lesson)
    assert [cell.source for cell in made.cells[1:]] == [
        "# The lesson",
        "%%capture\n\na = 1\n\nb = 2",
        "### Bench 1 · One",
        "show(a, b)",
        "### Bench 2 · Two",
        "show(b)",
    ]


def test_a_lesson_without_benches_has_no_page():
    assert (
        present.page(new_notebook(cells=[new_markdown_cell("# A"), code("1", "present")])) is None
    )


def test_all_pages_are_written_beside_what_their_cells_read(tmp_path):
    present.write(tmp_path)
    with_benches = [path.name for path in PATHS if any(map(shows_a_bench, Lesson(path).code))]
    assert sorted(path.name for path in tmp_path.glob("*.ipynb")) == with_benches
    for folder in ("data", "precompute", "checks"):
        assert list((tmp_path / folder).iterdir())


# The tags in the lessons


@pytest.mark.parametrize("path", PATHS, ids=name_of)
def test_exactly_the_cells_that_show_a_bench_are_tagged_bench(path):
    for cell in Lesson(path).code:
        assert ("bench" in tags(cell)) == shows_a_bench(cell), cell.id


@pytest.mark.parametrize("path", PATHS, ids=name_of)
def test_every_name_that_a_page_needs_is_defined_on_it(path):
    """If this fails, tag the cell that defines the name with "present"."""
    made = present.page(nbformat.read(path, as_version=4))
    source = "\n\n".join(cell.source for cell in made.cells if cell.cell_type == "code")
    defined, needed = defined_and_needed(source)
    assert needed - defined - GIVEN == set()


@pytest.mark.parametrize("path", PATHS, ids=name_of)
def test_no_exercise_is_on_a_page(path):
    for cell in present.page(nbformat.read(path, as_version=4)).cells:
        assert not re.search(r"(?m)^check\(", cell.source)


# A page in a browser


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_it_answers(address, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            time.sleep(0.5)
    raise AssertionError(f"Voilà did not answer at {address}")


@pytest.fixture
def served(tmp_path):
    """Voilà serving all pages; the address of one of them."""
    present.write(tmp_path)
    port = free_port()
    voila = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "voila",
            str(tmp_path),
            "--no-browser",
            f"--port={port}",
            "--Voila.ip=127.0.0.1",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until_it_answers(f"http://127.0.0.1:{port}/")
        yield f"http://127.0.0.1:{port}/voila/render/{SERVED_LESSON}.ipynb"
    finally:
        voila.terminate()
        voila.wait(30)


@pytest.mark.browser
@pytest.mark.parametrize("size", [(1920, 1080), (1280, 720)])
def test_a_bench_on_a_page_fills_the_screen_and_answers(browser, served, size):
    page = browser.new_page()
    width, height = size
    page.set_viewport_size({"width": width, "height": height})
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(served, timeout=120_000)
    page.wait_for_selector(".rnn-bench canvas", timeout=120_000)
    page.wait_for_function("() => document.querySelector('.rnn-bench canvas').width > 1400")

    page.wait_for_function("() => document.querySelector('.rnn-bench').style.zoom > 0")
    bench = page.locator(".rnn-bench").first
    canvas = bench.locator("canvas")
    box = bench.bounding_box()
    assert box["width"] <= width and box["height"] <= height - 50  # the heading stands above it
    assert box["width"] > 0.95 * width or box["height"] > 0.85 * height
    pixels = canvas.evaluate("node => node.width")
    width_on_screen = canvas.evaluate("node => node.getBoundingClientRect().width")
    assert pixels >= width_on_screen > 0.5 * width

    before = picture(bench)
    bench.get_by_role("slider").first.focus()
    page.keyboard.press("ArrowRight")
    wait_for_another_picture(bench, before)
    assert errors == []
    assert page.get_by_text("Traceback").count() == 0
    page.close()
