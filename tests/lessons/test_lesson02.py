"""Lesson 02: its benches show what the lesson says, and its functions compute what it says."""

import numpy as np
import pytest
from support.benches import move_all
from support.lessons import namespace


@pytest.fixture(scope="module")
def lesson():
    return namespace("02")


def test_every_bench_at_its_extremes(lesson):
    assert move_all(lesson) == 4


# The bench of Elman's network


def answer(lesson, flip, memory):
    """The network's answer at step 8 when the bit at `flip` is flipped."""
    return lesson["compute_elman"](8, flip, memory)["y"][7]


def test_a_flipped_bit_flips_the_answer_if_the_memory_is_carried_on(lesson):
    assert answer(lesson, 0, "carried") < 0.3
    assert answer(lesson, 7, "carried") > 0.7


def test_a_flipped_bit_changes_nothing_if_the_memory_is_wiped(lesson):
    assert answer(lesson, 0, "wiped") == answer(lesson, 7, "wiped")


@pytest.mark.parametrize(("step", "bit"), [(1, 1), (4, 1), (7, 0)])
def test_elmans_network_knows_every_third_bit(lesson, step, bit):
    y = lesson["compute_elman"](9, 0, "carried")["y"]
    assert abs(y[step] - bit) < 0.1


@pytest.mark.parametrize("step", [0, 2, 3, 5, 6, 8])
def test_elmans_network_guesses_the_random_bits(lesson, step):
    y = lesson["compute_elman"](9, 0, "carried")["y"]
    assert 0.4 < y[step] < 0.6


def test_without_memory_elmans_network_guesses_always(lesson):
    wiped = lesson["compute_elman"](9, 0, "wiped")["y"]
    assert np.abs(wiped - 0.5).max() < 0.05


def test_without_memory_an_answer_depends_only_on_the_bit(lesson):
    wiped = lesson["compute_elman"](9, 0, "wiped")["y"]
    assert len(set(wiped)) == 2


# The bench of one unit


@pytest.mark.parametrize(("u", "number"), [(0.9, 1), (1.0, 1), (1.05, 3), (1.1, 3), (-2.0, 1)])
def test_there_are_as_many_fixed_points_as_the_lesson_says(lesson, u, number):
    assert len(lesson["fixed_points"]("tanh", u, 0.0)) == number


@pytest.mark.parametrize("u", [0.9, 1.1, -2.0])
def test_fixed_points_do_not_move(lesson, u):
    for point, _ in lesson["fixed_points"]("tanh", u, 0.0):
        assert abs(np.tanh(u * point) - point) < 1e-6


@pytest.mark.parametrize("u", [0.9, 1.1, -2.0])
def test_a_run_returns_to_stable_fixed_points_only(lesson, u):
    for point, stable in lesson["fixed_points"]("tanh", u, 0.0):
        h = point + 1e-3
        for _ in range(60):
            h = np.tanh(u * h)
        assert (abs(h - point) < 1e-3) == stable


@pytest.mark.parametrize(("w", "u", "second"), [(2.5, 2.0, -0.8), (2.0, 2.0, -1.0)])
def test_a_large_second_input_flips_the_unit(lesson, w, u, second):
    assert lesson["compute_unit"](w, u, 0.0, second, "tanh")["h"][-1] < -0.9


@pytest.mark.parametrize(("w", "u", "second"), [(2.5, 2.0, -0.7), (1.9, 2.0, -1.0)])
def test_a_slightly_smaller_second_input_does_not_flip_the_unit(lesson, w, u, second):
    assert lesson["compute_unit"](w, u, 0.0, second, "tanh")["h"][-1] > 0.9


def test_a_linear_unit_with_weight_one_adds_up_its_inputs(lesson):
    data = lesson["compute_unit"](1.0, 1.0, 0.0, 0.5, "identity")
    assert data["h"][-1] == 1.5


def test_a_linear_unit_with_weight_one_remembers_the_first_input_fully(lesson):
    data = lesson["compute_unit"](1.0, 1.0, 0.0, 0.5, "identity")
    assert data["trace"][-1] == 1


def test_the_trace_of_the_first_input_is_its_slope(lesson):
    """Until step 16, a larger w does nothing but make the first input larger."""
    above, at, below = (
        lesson["compute_unit"](w, 0.9, 0.2, 0.3, "tanh") for w in (1 + 1e-6, 1.0, 1 - 1e-6)
    )
    slopes = np.abs(above["h"] - below["h"]) / 2e-6
    np.testing.assert_allclose(at["trace"][:15], slopes[:15], rtol=1e-4)


# The benches that read


@pytest.mark.parametrize(("text", "letter"), [("quick", "."), ("th", "i"), ("ch", "a")])
def test_the_reader_expects_what_the_lesson_says(lesson, text, letter):
    expected = lesson["expects"](lesson["spell"], text)
    assert max(expected, key=expected.get) == letter


def test_the_reader_does_not_expect_an_end_within_a_word(lesson):
    assert lesson["expects"](lesson["spell"], "quic")["."] < 0.03


def guesses(lesson, which, blank=9):
    """The probabilities of the ten digits after each row, with one row blank."""
    return lesson["compute_rows"](which, 8, blank)["p"]


def test_the_row_reader_changes_its_mind_as_the_lesson_says(lesson):
    assert guesses(lesson, 3).argmax(1).tolist() == [1, 0, 0, 8, 8, 8, 8, 8]


def test_the_row_reader_is_sure_of_the_eight_from_row_5_on(lesson):
    assert guesses(lesson, 3)[4:, 8].min() > 0.9


@pytest.mark.parametrize(
    ("which", "digit", "blank", "right"), [(2, 9, 4, False), (2, 9, 5, True), (4, 3, 5, True)]
)
def test_a_blank_row_may_fool_the_row_reader(lesson, which, digit, blank, right):
    assert (guesses(lesson, which, blank)[-1].argmax() == digit) == right


def test_what_is_typed_is_reduced_to_small_letters(lesson):
    assert lesson["compute_letters"]("Th!")["text"] == "th"


def test_typing_shows_a_distribution(lesson):
    assert lesson["compute_letters"]("Th!")["p"].sum() == pytest.approx(1, abs=1e-5)


def test_every_typed_letter_and_the_start_reach_the_state(lesson):
    reach = lesson["compute_letters"]("Th!")["reach"]
    assert len(reach) == 3
    assert (reach > 0).all()


def test_u_follows_q(lesson):
    p = lesson["compute_letters"]("q")["p"]
    assert lesson["ALPHABET"][p.argmax()] == "u"


# Wires in the pictures


@pytest.fixture(scope="module")
def wires(lesson):
    return lesson["wires"]([(0, 0), (1, 0)], [(0, 1)], [[2.0, -0.5]], [0.5, 1.0])


def test_wires_join_every_unit_with_every_unit(wires):
    lines, _, _ = wires
    assert lines == [((0, 0), (0, 1)), ((1, 0), (0, 1))]


def test_wires_are_as_wide_as_weight_times_value(wires):
    _, widths, _ = wires
    assert widths.tolist() == [1.0, 0.5]


def test_the_colour_of_a_wire_shows_the_sign(wires):
    _, _, colours = wires
    assert colours[0] != colours[1]


LINES = [[(0, k), (1, k)] for k in range(5)]


@pytest.fixture(scope="module")
def bundle(lesson):
    """Five lines in two colours; one is thinner than 1/8, and two look almost the same."""
    widths, colours = np.array([1.1, 0.9, 0.1, 1.0, 2.0]), np.array(["r", "r", "r", "b", "r"])
    return lesson["bundle"](LINES, widths, colours)


def test_wires_that_look_the_same_share_a_width_and_a_colour(bundle):
    _, widths, colours = bundle
    assert list(widths) == [1.0, 1.0, 2.0]
    assert list(colours) == ["b", "r", "r"]


def test_wires_that_look_the_same_are_drawn_as_one(bundle):
    paths, _, _ = bundle
    without_gaps = [path[~np.isnan(path).any(axis=1)].tolist() for path in paths]
    assert without_gaps == [
        [[0, 3], [1, 3]],
        [[0, 0], [1, 0], [0, 1], [1, 1]],
        [[0, 4], [1, 4]],
    ]


def test_no_line_is_drawn_between_two_wires_of_a_path(bundle):
    paths, _, _ = bundle
    assert np.isnan(paths[1][2]).all()


def test_wires_that_carry_nothing_are_not_drawn(lesson):
    assert lesson["bundle"](LINES, np.zeros(5), np.array(list("rrrrr"))) == ([], [], [])


# What is computed


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
    sums = (total[..., 0] * powers).sum(0)
    assert np.array_equal((first + second).sum(0) % 1024, sums)


@pytest.mark.parametrize(("rows", "columns"), [(1, 8), (4, 4), (2, 2)])
def test_patches_hold_every_pixel_once(lesson, rows, columns):
    ink = lesson["ink"]
    x = lesson["patches"](rows, columns)
    assert x.shape == (64 // (rows * columns), len(ink), rows * columns)
    assert np.array_equal(np.sort(x[:, 5].ravel()), np.sort(ink[5].ravel()))


def test_patches_go_from_left_to_right(lesson):
    second = lesson["patches"](2, 2)[1, 5]
    assert np.array_equal(second, lesson["ink"][5, :2, 2:4].ravel())
