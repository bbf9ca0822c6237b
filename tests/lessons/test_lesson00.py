"""Lesson 00: its map, its bench, and a table of claims that repeats what the lessons print."""

import html
import json
import re
from urllib.parse import unquote

import numpy as np
import pytest
from support.benches import move_all
from support.claims import claims_of, printed_claims
from support.course import COURSE, NOTEBOOKS, PATHS, Lesson, anchors, html_of, printed_by
from support.lessons import namespace

MAP_ROW = re.compile(
    r"(?m)^\| (?:\[)?(\d\d[ab]? [^|\]]+?)(?:\]\((\w+)\.ipynb\))? \|.*\| (\d+|to come) \|$"
)
CELL = r"<td[^>]*>(.*?)</td>"
TABLE_ROW = re.compile(
    rf"<tr><td>(C\d+)</td>{CELL}<td>(?:<b>)?([A-Za-z ]+)(?:</b>)?</td>{CELL}"
    r"<td><a href=\"([^\"]+)\">"
)


@pytest.fixture(scope="module")
def lesson():
    return namespace("00")


@pytest.fixture(scope="module")
def page():
    return Lesson(NOTEBOOKS / "00_welcome.ipynb")


def cell_named(page, id):
    (cell,) = [cell for cell in page.cells if cell.id == id]
    return cell


# The bench


def test_every_bench_at_its_extremes(lesson):
    assert move_all(lesson) == 1


@pytest.mark.parametrize("u", [0.0, 0.5, 0.9, 1.5, -0.9, -1.5])
def test_the_unit_repeats_its_equation(lesson, u):
    h = lesson["compute_unit"](1.0, u)["h"]
    by_hand = [np.tanh(1.0)]
    for _ in h[1:]:
        by_hand.append(np.tanh(u * by_hand[-1]))
    np.testing.assert_allclose(h, by_hand, rtol=1e-12)


@pytest.mark.parametrize(
    ("u", "low", "high"),
    [
        (0.0, 0, 1e-6),
        (0.5, 0, 1e-6),
        (0.9, 1e-3, 0.1),
        (-0.9, 1e-3, 0.1),
        (1.5, 0.8, 1),
        (-1.5, 0.8, 1),
    ],
)
def test_the_unit_forgets_or_remembers_as_the_page_says(lesson, u, low, high):
    last = abs(lesson["compute_unit"](1.0, u)["h"][-1])
    assert low <= last <= high


@pytest.mark.parametrize("u", [-0.9, -1.5])
def test_a_negative_weight_flips_the_sign_at_every_step(lesson, u):
    h = lesson["compute_unit"](1.0, u)["h"]
    assert np.all(h[1:] * h[:-1] < 0)


@pytest.mark.parametrize("u", [0.5, 1.5, -1.5])
def test_the_opposite_input_gives_the_opposite_states(lesson, u):
    h = lesson["compute_unit"](1.0, u)["h"]
    np.testing.assert_allclose(lesson["compute_unit"](-1.0, u)["h"], -h)


@pytest.fixture
def moved_bench(lesson):
    lesson["bench"].set(w=0.5, u=-1.5)
    yield lesson["bench"]
    lesson["bench"].reset()


def test_the_picture_shows_what_was_computed(lesson, moved_bench):
    computed = lesson["compute_unit"](0.5, -1.5)["h"]
    np.testing.assert_array_equal(moved_bench.artists["h"].get_ydata(), computed)


def test_the_words_say_where_the_sliders_are(moved_bench):
    assert "w = 0.50 and u = −1.50" in moved_bench.words


# The map


@pytest.fixture(scope="module")
def map_rows(page):
    """[(title, file name or "", minutes), ...]: the rows of the map."""
    return MAP_ROW.findall(cell_named(page, "map").source)


def test_the_map_names_every_lesson_in_order(map_rows):
    numbers = [title.split()[0] for title, _, _ in map_rows]
    assert numbers == [name.split("_")[0] for name in COURSE]


def test_the_map_links_to_the_lessons(map_rows):
    for (_, link, _), name in zip(map_rows, COURSE, strict=True):
        assert link in ("", name)


def test_the_map_states_the_minutes_that_the_lessons_state(map_rows):
    for (_, _, minutes), name in zip(map_rows, COURSE, strict=True):
        path = NOTEBOOKS / f"{name}.ipynb"
        if path in PATHS:
            stated = re.search(r"\b(\d+) minutes\b", Lesson(path).cells[0].source)[1]
            assert minutes == stated, name


# The saved table of claims. If these tests fail: python tools/run_notebooks.py 00


@pytest.fixture(scope="module")
def table_html(page):
    (text,) = html_of(cell_named(page, "claims-cell"))
    return text


@pytest.fixture(scope="module")
def saved_rows(table_html):
    """[(id, words, verdict, measured, address), ...]: the table as it is saved."""
    return [tuple(map(html.unescape, row)) for row in TABLE_ROW.findall(table_html)]


def test_the_saved_table_repeats_what_the_lessons_print(saved_rows):
    printed = []
    for path in PATHS:
        for cell in Lesson(path).code:
            printed += [(*claim, path.name) for claim in printed_claims(printed_by(cell))]
    printed.sort(key=lambda row: int(row[0][1:]))
    assert [(*row, where.partition("#")[0]) for *row, where in saved_rows] == printed


def test_the_saved_table_lists_the_claims_that_are_not_measured(saved_rows, table_html):
    measured = {row[0] for row in saved_rows}
    listed = re.findall(r"\bC\d+", table_html.partition("Not measured yet")[2])
    assert listed == [f"C{k}" for k in range(1, 50) if f"C{k}" not in measured]


def test_every_claim_that_a_cell_measures_is_in_the_saved_table(saved_rows):
    measured = set()
    for path in PATHS:
        for number, cell in claims_of(Lesson(path)).items():
            if cell.execution_count:
                measured.add((f"C{number}", path.name))
    assert {(id, where.partition("#")[0]) for id, *_, where in saved_rows} == measured


def test_the_saved_table_leads_to_headings_that_exist(saved_rows):
    for id, *_, where in saved_rows:
        name, _, anchor = where.partition("#")
        assert unquote(anchor) in anchors(NOTEBOOKS / name), id


# claims.py, on two small notebooks


def code_cell(*lines):
    outputs = [{"output_type": "stream", "text": list(lines)}]
    return {"cell_type": "code", "source": "", "outputs": outputs}


def markdown_cell(text):
    return {"cell_type": "markdown", "source": [text]}


@pytest.fixture
def small_course(tmp_path):
    """Two lessons. The second prints two claims in one cell, below a heading, and one later."""
    first = [code_cell("C2   Two.\n     Holds here: first")]
    second = [
        markdown_cell("# One\n\n## A *b*"),
        code_cell(
            "C12  Less.\n     Holds here: a < b\n",
            "C2   Two.\n     Does not hold here: c\n",
            "C50x Holds here: no\n",
        ),
        markdown_cell("no heading\n```\n# code\n```"),
        code_cell("C2   Two.\n     Holds here: d"),
        markdown_cell("### E"),
    ]
    for name, cells in (("01_y", first), ("02_x", second)):
        text = json.dumps({"cells": cells})
        (tmp_path / f"{name}.ipynb").write_text(text, encoding="utf-8")
    return tmp_path


def test_claims_are_read_with_the_last_heading_above_them(lesson, small_course):
    assert lesson["claims"].table(small_course) == [
        (2, "Two.", "Holds here", "first", "01_y.ipynb", ""),
        (2, "Two.", "Does not hold here", "c", "02_x.ipynb", "A *b*"),
        (2, "Two.", "Holds here", "d", "02_x.ipynb", "A *b*"),
        (12, "Less.", "Holds here", "a < b", "02_x.ipynb", "A *b*"),
    ]


def test_a_claim_links_to_its_heading(lesson, small_course):
    without, below_heading, *_ = lesson["claims"].table(small_course)
    assert lesson["claims"].link(without) == "01_y.ipynb"
    assert lesson["claims"].link(below_heading) == "02_x.ipynb#A-b"


def test_claims_that_nothing_measures_are_listed(lesson, small_course):
    claims = lesson["claims"]
    missing = claims.not_measured(claims.table(small_course))
    assert missing == [k for k in range(1, 50) if k not in (2, 12)]


@pytest.mark.parametrize("text", ["a &lt; b", "<b>Does not hold here</b>", "C1, C3,"])
def test_the_html_shows_verdicts_measurements_and_missing_claims(lesson, small_course, text):
    claims = lesson["claims"]
    assert text in claims.as_html(claims.table(small_course))
