"""Lesson 00: its map and its bench."""

import re

import numpy as np
import pytest
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
