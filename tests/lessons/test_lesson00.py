"""Lesson 00: its map and its bench."""

import re

import minutes
import numpy as np
import pytest
import stated_minutes
from support.benches import move_all
from support.course import COURSE, NOTEBOOKS, PATHS, Lesson
from support.lessons import namespace

MAP_ROW = re.compile(
    r"(?m)^\| (?:\[)?(\d\d[a-c]? [^|\]]+?)(?:\]\((\w+)\.ipynb\))? \|.*\| (\d+|to come) \|$"
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
    by_hand = [0.0, np.tanh(1.0)]
    for _ in h[2:]:
        by_hand.append(np.tanh(u * by_hand[-1]))
    np.testing.assert_allclose(h, by_hand, rtol=1e-12)


@pytest.mark.parametrize(
    ("u", "low", "high"),
    [
        (0.0, 0, 1e-6),
        (0.5, 0, 1e-6),
        (0.9, 1e-3, 0.1),
        (-0.9, 1e-3, 0.1),
        (1.0, 0.21, 0.225),
        (-1.0, 0.21, 0.225),
        (1.05, 0.3, 1),
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
    assert np.all(h[2:] * h[1:-1] < 0)


@pytest.mark.parametrize("u", [0.5, 1.5, -1.5])
def test_the_opposite_input_gives_the_opposite_states(lesson, u):
    h = lesson["compute_unit"](1.0, u)["h"]
    np.testing.assert_allclose(lesson["compute_unit"](-1.0, u)["h"], -h)


@pytest.mark.parametrize("w", [-3.0, -0.05, 0.05, 0.5, 3.0])
def test_the_unit_keeps_the_sign_of_its_input_and_forgets_the_size(lesson, w):
    assert lesson["compute_unit"](w, 1.5)["h"][-1] == pytest.approx(np.sign(w) * 0.859, abs=1e-3)


@pytest.fixture
def moved_bench(lesson):
    lesson["bench"].set(w=0.5, u=-1.5)
    yield lesson["bench"]
    lesson["bench"].reset()


def test_the_picture_shows_what_was_computed(lesson, moved_bench):
    computed = lesson["compute_unit"](0.5, -1.5)["h"]
    np.testing.assert_array_equal(moved_bench.artists["h"].get_ydata(), computed)
    assert moved_bench.artists["settings"].get_text() == "w = 0.50,  u = −1.50"
    values = [text.get_text() for text in moved_bench.artists["values"]]
    assert values == ["h₀ = 0", "h₁ = 0.462", "h₁₀ = −0.858", "h₃₀ = −0.859"]


def test_the_words_say_where_the_sliders_are(moved_bench):
    assert "w = 0.50 and u = −1.50" in moved_bench.words


@pytest.mark.parametrize("w", [-1.0, -0.05])
def test_no_number_is_minus_zero(lesson, w):
    words = lesson["figures"].describe_unit(lesson["compute_unit"](w, 0.0))
    assert "0.000 at step 2" in words
    assert "−0.000" not in words


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
    for (_, _, on_the_map), name in zip(map_rows, COURSE, strict=True):
        path = NOTEBOOKS / f"{name}.ipynb"
        if path in PATHS:
            in_the_lesson = re.search(r"\b(\d+) minutes\b", Lesson(path).cells[0].source)[1]
            assert on_the_map == in_the_lesson, name


# How long the routes take


def minutes_of_sections(name, headings):
    """The computed minutes of the sections of a lesson with these headings."""
    cells, heading = [], ""
    for cell in stated_minutes.read(NOTEBOOKS / f"{name}.ipynb")["cells"]:
        text = stated_minutes.source_of(cell)
        is_code = cell["cell_type"] == "code"
        for piece in [text] if is_code else minutes.split_at_headings(text):
            if not is_code and piece.startswith("## "):
                heading = piece.splitlines()[0].removeprefix("## ")
            if heading in headings:
                cells.append({**cell, "source": [piece]})
    assert cells, headings
    return minutes.count({"cells": cells})[0].minutes


def hours_that_the_page_says(page, route):
    text = cell_named(page, "map").source
    return float(re.search(rf"(?s)\*\*{route} route\*\*[^\n]*?about ([\d.]+) hours", text)[1])


def stated(name):
    return stated_minutes.of(stated_minutes.read(NOTEBOOKS / f"{name}.ipynb"))[0]


def test_the_hours_of_the_long_route_are_the_sum_of_the_stated_minutes(page):
    hours = sum(map(stated, COURSE)) / 60
    assert hours_that_the_page_says(page, "long") == pytest.approx(hours, abs=0.6), hours


def test_the_hours_of_the_short_route_are_the_sum_of_its_parts(page):
    """Whole lessons with their stated minutes, and a part of 03 with those computed."""
    text = re.search(r"(?m)^The \*\*short route\*\*.*$", cell_named(page, "map").source)[0]
    parts = {"03_backpropagation_through_time": ["Three steps by hand"]}
    total = 0
    for name in re.findall(r"\]\((\w+)\.ipynb\)", text):
        total += minutes_of_sections(name, parts[name]) if name in parts else stated(name)
    assert hours_that_the_page_says(page, "short") == pytest.approx(total / 60, abs=0.6), total
