"""Lesson 02b: its benches show what the lesson says, and its functions compute what it says."""

import numpy as np
import pytest
from support.benches import move_all
from support.lessons import namespace


@pytest.fixture(scope="module")
def lesson():
    return namespace("02b")


def test_every_bench_at_its_extremes(lesson):
    assert move_all(lesson) == 2


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
