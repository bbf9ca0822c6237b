"""Lesson 02: its benches show what the lesson says, and its functions do what it says of them."""

import numpy as np
import pytest
from lessons import namespace
from support.benches import move_all


@pytest.fixture(scope="module")
def lesson():
    return namespace("02")


def test_every_bench_at_its_extremes(lesson):
    assert move_all(lesson) == 4


def test_a_turned_bit_turns_the_answer_only_where_memory_is_carried(lesson):
    compute = lesson["compute_elman"]
    answers = {(flip, memory): compute(8, flip, memory)["y"][7] for flip in (0, 7) for memory in ("carried", "wiped")}
    assert answers[0, "carried"] < 0.3 and answers[7, "carried"] > 0.7
    assert answers[0, "wiped"] == answers[7, "wiped"]


def test_the_bench_of_elmans_net_shows_what_the_lesson_says(lesson):
    y = lesson["compute_elman"](9, 0, "carried")["y"]
    assert y[1] > 0.9 and y[4] > 0.9 and y[7] < 0.1
    assert ((y[[0, 2, 3, 5, 6, 8]] > 0.4) & (y[[0, 2, 3, 5, 6, 8]] < 0.6)).all()
    wiped = lesson["compute_elman"](9, 0, "wiped")["y"]
    assert np.abs(wiped - 0.5).max() < 0.05 and len(set(wiped)) == 2


def test_the_bench_of_one_unit_shows_what_the_lesson_says(lesson):
    def end(w, u, second, phi="tanh"):
        return lesson["compute_unit"](w, u, 0.0, second, phi)["h"][-1]

    assert len(lesson["fixed_points"]("tanh", 1.0, 0.0)) == 1 and len(lesson["fixed_points"]("tanh", 1.05, 0.0)) == 3
    assert end(2.5, 2.0, -0.8) < -0.9 and end(2.5, 2.0, -0.7) > 0.9
    assert end(2.0, 2.0, -1.0) < -0.9 and end(1.9, 2.0, -1.0) > 0.9
    kept = lesson["compute_unit"](1.0, 1.0, 0.0, 0.5, "identity")
    assert kept["h"][-1] == 1.5 and kept["trace"][-1] == 1


def test_the_reader_expects_what_the_lesson_says(lesson):
    after = {text: lesson["expects"](lesson["spell"], text) for text in ("quic", "quick", "th", "ch")}
    first = {text: max(expected, key=expected.get) for text, expected in after.items()}
    assert after["quic"]["."] < 0.03 and first == {"quic": first["quic"], "quick": ".", "th": "i", "ch": "a"}


def test_the_row_reader_does_what_the_lesson_says(lesson):
    def guesses(which, blank=9):
        return lesson["compute_rows"](which, 8, blank)["p"]

    eight = guesses(3)
    assert eight.argmax(1).tolist() == [1, 0, 0, 8, 8, 8, 8, 8] and eight[4:, 8].min() > 0.9
    right = {blank: [guesses(which, blank)[-1].argmax() == digit for which, digit in ((2, 9), (4, 3))] for blank in (4, 5)}
    assert not right[4][0] and all(right[5])


def test_wires_carry_weight_times_value(lesson):
    lines, widths, colours = lesson["wires"]([(0, 0), (1, 0)], [(0, 1)], [[2.0, -0.5]], [0.5, 1.0])
    assert lines == [((0, 0), (0, 1)), ((1, 0), (0, 1))]
    assert widths.tolist() == [1.0, 0.5] and colours[0] != colours[1]


def test_wires_that_look_the_same_are_drawn_as_one(lesson):
    lines = [[(0, k), (1, k)] for k in range(5)]
    paths, widths, colours = lesson["bundle"](lines, np.array([1.1, 0.9, 0.1, 1.0, 2.0]), np.array(["r", "r", "r", "b", "r"]))
    assert (list(widths), list(colours)) == ([1.0, 1.0, 2.0], ["b", "r", "r"])  # what is thinner than 1/8 is left out
    assert [path[~np.isnan(path).any(axis=1)].tolist() for path in paths] == [
        [[0, 3], [1, 3]], [[0, 0], [1, 0], [0, 1], [1, 1]], [[0, 4], [1, 4]]]  # fmt: skip
    assert np.isnan(paths[1][2]).all()  # no line from the one to the other
    assert lesson["bundle"](lines, np.zeros(5), np.array(list("rrrrr"))) == ([], [], [])  # nothing flows: nothing drawn


@pytest.mark.parametrize("u, number", [(0.9, 1), (1.1, 3), (-2.0, 1)])
def test_fixed_points_are_fixed_and_their_stability_is_that_of_the_run(lesson, u, number):
    points = lesson["fixed_points"]("tanh", u, 0.0)
    assert len(points) == number
    for root, stable in points:
        assert abs(np.tanh(u * root) - root) < 1e-6
        near = root + 1e-3
        for _ in range(60):
            near = np.tanh(u * near)
        assert (abs(near - root) < 1e-3) == stable


def test_the_trace_of_the_tap_is_the_slope_that_differences_give(lesson):
    compute = lesson["compute_unit"]
    step = 1e-6
    above, below = (compute(1.0 + sign * step, 0.9, 0.2, 0.3, "tanh") for sign in (1, -1))
    data = compute(1.0, 0.9, 0.2, 0.3, "tanh")
    # A larger w makes the first tap larger, and the second one by 0.3 as much from step 16 on.
    np.testing.assert_allclose(data["trace"][:15], np.abs(above["h"] - below["h"])[:15] / (2 * step), rtol=1e-4)


def test_the_memory_map_is_the_slope_that_differences_give(lesson):
    cell = lesson["RNN"](2, 3, rng=np.random.default_rng(0))
    x = np.random.default_rng(1).normal(size=(4, 1, 2))
    slopes = np.zeros((4, 4, 3, 2))
    for s in range(4):
        for d in range(2):
            above, below = x.copy(), x.copy()
            above[s, 0, d] += 1e-6
            below[s, 0, d] -= 1e-6
            slopes[:, s, :, d] = (cell.forward(above).h - cell.forward(below).h)[:, 0] / 2e-6
    norms = np.nan_to_num(lesson["memory_map"](cell, x))
    np.testing.assert_allclose(norms, np.linalg.norm(slopes, axis=(2, 3)), rtol=1e-5, atol=1e-9)


def test_the_numbers_add_up(lesson):
    x, total, _ = lesson["numbers"](10, 20, np.random.default_rng(0))
    powers = 2 ** np.arange(10)[:, None]
    first, second = (x[..., k] * powers for k in range(2))
    assert ((first + second).sum(0) % 1024 == (total[..., 0] * powers).sum(0)).all()


def test_patches_hold_every_pixel_once(lesson):
    ink = lesson["ink"]
    for rows, columns in ((1, 8), (4, 4), (2, 2)):
        x = lesson["patches"](rows, columns)
        assert x.shape == (64 // (rows * columns), len(ink), rows * columns)
        assert (np.sort(x[:, 5].ravel()) == np.sort(ink[5].ravel())).all()
    assert (lesson["patches"](2, 2)[1, 5] == ink[5, :2, 2:4].ravel()).all()


def test_typing_shows_a_distribution_and_how_far_the_state_listens(lesson):
    data = lesson["compute_letters"]("Th!")
    assert data["text"] == "th" and np.isclose(data["p"].sum(), 1, atol=1e-5) and len(data["reach"]) == 3
    assert (data["reach"] > 0).all()
    assert lesson["compute_letters"]("q")["p"].argmax() == lesson["ALPHABET"].index("u")
