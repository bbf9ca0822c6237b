"""Lesson 00: its map, its bench, and a table of claims that says what the lessons' saved outputs say."""

import html
import json
import re
from urllib.parse import unquote

import numpy as np
import pytest
from lessons import namespace
from support.benches import move_all
from test_notebooks import COURSE, NOTEBOOKS, PATHS, Lesson, anchors, claims_of, html_of, words_of


@pytest.fixture(scope="module")
def lesson():
    return namespace("00")


@pytest.fixture(scope="module")
def page():
    return Lesson(NOTEBOOKS / "00_welcome.ipynb")


@pytest.fixture(scope="module")
def shown(page):
    """The table as it is saved: [(id, words, verdict, measured, address)], and the ids not measured yet."""
    (text,) = [text for cell in page.code if cell.id == "claims-cell" for text in html_of(cell)]
    cell = r"<td[^>]*>(.*?)</td>"
    row = rf"<tr><td>(C\d+)</td>{cell}<td>(?:<b>)?([A-Za-z ]+)(?:</b>)?</td>{cell}<td><a href=\"([^\"]+)\">"
    rest = re.findall(r"\bC\d+", text.partition("Not measured yet")[2])
    return [tuple(map(html.unescape, found)) for found in re.findall(row, text)], rest


def test_every_bench_at_its_extremes(lesson):
    assert move_all(lesson) == 1


def test_saved_table_is_what_the_lessons_print(shown):
    """After a lesson has come out differently: python tools/run_notebooks.py 00"""
    fresh = []
    for path in PATHS:
        for cell in Lesson(path).code:
            printed = "\n".join(map(words_of, cell.outputs))
            claims = r"(?m)^(C\d+) +(.+)\n {5}(Holds here|Does not hold here): (.+)$"
            fresh += [(*found, path.name) for found in re.findall(claims, printed)]
    fresh.sort(key=lambda row: int(row[0][1:]))
    rows, rest = shown
    assert [(*row[:4], row[4].partition("#")[0]) for row in rows] == fresh
    assert rest == [f"C{k}" for k in range(1, 50) if f"C{k}" not in {row[0] for row in fresh}]


def test_every_claim_a_cell_has_measured_is_in_the_table(shown):
    made = {
        (f"C{k}", path.name) for path in PATHS for k, cell in claims_of(Lesson(path)).items() if cell.execution_count
    }
    assert made == {(id, where.partition("#")[0]) for id, *_, where in shown[0]}


def test_claims_lead_to_a_heading_above_their_cell(shown):
    for id, *_, where in shown[0]:
        name, _, anchor = where.partition("#")
        assert unquote(anchor) in anchors(NOTEBOOKS / name), id


def test_claims_are_read_with_the_last_heading_above_them(lesson, tmp_path):
    def code(*lines):
        return {"cell_type": "code", "source": "", "outputs": [{"output_type": "stream", "text": list(lines)}]}

    def words(text):
        return {"cell_type": "markdown", "source": [text]}

    cells = [words("# One\n\n## A *b*"), code("C12  Less.\n     Holds here: a < b\n", "C2   Two.\n     Does not hold here: c\n", "C50x Holds here: no\n"),
             words("no heading\n```\n# code\n```"), code("C2   Two.\n     Holds here: d"), words("### E")]
    (tmp_path / "02_x.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf-8")
    (tmp_path / "01_y.ipynb").write_text(json.dumps({"cells": [code("C2   Two.\n     Holds here: first")]}), encoding="utf-8")
    claims = lesson["claims"]
    rows = claims.table(tmp_path)
    assert rows == [(2, "Two.", "Holds here", "first", "01_y.ipynb", ""), (2, "Two.", "Does not hold here", "c", "02_x.ipynb", "A *b*"),
                    (2, "Two.", "Holds here", "d", "02_x.ipynb", "A *b*"), (12, "Less.", "Holds here", "a < b", "02_x.ipynb", "A *b*")]
    assert [claims.link(row) for row in rows[:2]] == ["01_y.ipynb", "02_x.ipynb#A-b"]
    assert claims.not_measured(rows) == [k for k in range(1, 50) if k not in (2, 12)]
    assert "a &lt; b" in claims.as_html(rows) and "C1, C3," in claims.as_html(rows)


def test_map_names_every_lesson_with_its_own_minutes(page):
    (map_cell,) = [cell for cell in page.markdown if cell.id == "map"]
    line = r"(?m)^\| (?:\[)?(\d\d[ab]? [^|\]]+?)(?:\]\((\w+)\.ipynb\))? \|.*\| (\d+|to come) \|$"
    rows = re.findall(line, map_cell.source)
    assert [name.split()[0] for name, _, _ in rows] == [name.split("_")[0] for name in COURSE]
    assert all(link in ("", name) for (_, link, _), name in zip(rows, COURSE, strict=True))
    for (_, _, said), name in zip(rows, COURSE, strict=True):
        path = NOTEBOOKS / f"{name}.ipynb"
        if path in PATHS:
            assert said == re.search(r"\b(\d+) minutes\b", Lesson(path).cells[0].source)[1], name


@pytest.mark.parametrize(
    "u, fate", [(0.0, "gone"), (0.5, "gone"), (0.9, "fading"), (1.5, "kept"), (-0.9, "fading"), (-1.5, "kept")]
)
def test_the_unit_does_what_the_page_says(lesson, u, fate):
    h = lesson["compute_unit"](1.0, u)["h"]
    by_hand = [np.tanh(1.0)]
    for _ in h[1:]:
        by_hand.append(np.tanh(u * by_hand[-1]))
    np.testing.assert_allclose(h, by_hand, rtol=1e-12)
    size = abs(h[-1])
    assert {"gone": size < 1e-6, "fading": 1e-3 < size < 0.1, "kept": size > 0.8}[fate]
    assert u >= 0 or np.all(h[1:] * h[:-1] < 0)
    np.testing.assert_allclose(lesson["compute_unit"](-1.0, u)["h"], -h)


def test_the_picture_shows_what_was_computed(lesson):
    bench = lesson["bench"]
    bench.set(w=0.5, u=-1.5)
    np.testing.assert_array_equal(bench.artists["h"].get_ydata(), lesson["compute_unit"](0.5, -1.5)["h"])
    assert "w = 0.50 and u = −1.50" in bench.words
    bench.reset()
