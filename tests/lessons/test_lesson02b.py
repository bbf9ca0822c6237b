"""Lesson 02b: its benches show what the lesson says, and its functions compute what it says."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from support.benches import move_all
from support.claims import verdicts
from support.lessons import beside_the_notebooks, namespace


@pytest.fixture(scope="module")
def lesson():
    return namespace("02b")


def test_every_bench_at_its_extremes(lesson):
    assert move_all(lesson) == 2


def test_the_verdicts(lesson):
    expected = [("C13", True), ("C13", True), ("C10", True)]  # before training, and after it
    expected += [("C14", False), ("C14", True)]  # word list, running text
    expected += [("C49", True), ("C48", True), ("C2", True), ("C34", True)]
    expected += [("C11", True), ("C12", True), ("C12", True), ("C12", False), ("C12", False)]
    assert verdicts(lesson["printed"]) == expected


# Reading letters


@pytest.mark.parametrize(("text", "letter"), [("quick", "."), ("th", "i"), ("ch", "a"), ("q", "u")])
def test_the_speller_expects_what_the_lesson_says(lesson, text, letter):
    expected = lesson["expects"](lesson["speller"], text)
    assert max(expected, key=expected.get) == letter


def test_the_speller_does_not_expect_an_end_within_a_word(lesson):
    assert lesson["expects"](lesson["speller"], "quic")["."] < 0.03


def test_what_is_typed_is_reduced_to_small_letters(lesson):
    assert lesson["compute_letters"]("Th!")["letters"] == ".th"


def test_each_letter_that_is_read_has_a_distribution(lesson):
    p = lesson["compute_letters"]("Th!")["p"]
    assert p.shape == (3, 27)
    np.testing.assert_allclose(p.sum(axis=1), 1, atol=1e-5)


def test_a_word_is_encoded_with_dots_around_it(lesson):
    codes = lesson["encode"](["ab", "c"])
    assert codes.T.tolist() == [[0, 1, 2, 0], [0, 3, 0, 0]]


def test_the_mask_counts_the_letters_and_the_end_of_each_word(lesson):
    _, target, mask = lesson["reading_task"](lesson["encode"](["ab", "c"]))
    assert mask.T.tolist() == [[True, True, True], [True, True, False]]
    assert target.T.tolist() == [[1, 2, 0], [3, 0, 0]]


def test_every_column_of_the_bigram_table_is_a_distribution(lesson):
    np.testing.assert_allclose(lesson["table"].sum(axis=0), 1)


def test_the_network_stands_between_the_tables_of_two_and_of_three_letters(lesson):
    bits = lesson["table_bits"]
    assert bits[3] < lesson["network_bits"] < bits[2] < bits[1]


# Images and numbers


@pytest.mark.parametrize(("rows", "columns"), [(1, 8), (4, 4), (2, 2)])
def test_patches_hold_every_pixel_once(lesson, rows, columns):
    x, ink = lesson["as_sequence"](rows, columns), lesson["images"][5] / 16
    assert x.shape == (64 // (rows * columns), len(lesson["images"]), rows * columns)
    np.testing.assert_allclose(np.sort(x[:, 5].ravel()), np.sort(ink.ravel()))


def test_patches_go_from_left_to_right(lesson):
    second = lesson["as_sequence"](2, 2)[1, 5]
    np.testing.assert_allclose(second, lesson["images"][5, :2, 2:4].ravel() / 16)


def test_the_random_additions_add_up(lesson):
    x, total, carry = lesson["random_additions"](10, 20, np.random.default_rng(0))
    powers = 2 ** np.arange(10)[:, None]
    first, second = ((x[..., k] * powers).sum(0) for k in range(2))
    sums = (total[..., 0] * powers).sum(0) + 1024 * carry[-1]
    assert np.array_equal(first + second, sums)


def flips(lesson, adder, *units):
    """How often swapping the units flips the next bit: if the carries differ, and if not."""
    net = lesson["adders"][adder]
    return lesson["flips_after_swap"](net, list(units), np.random.default_rng(1))


def test_in_adder_0_one_unit_holds_the_carry(lesson):
    assert flips(lesson, 0, 1)[0] > 0.98
    assert max(flips(lesson, 0, unit)[0] for unit in (0, 2, 3, 4, 5)) < 0.05


def test_in_adder_3_two_units_hold_the_carry_together(lesson):
    net = lesson["adders"][3]
    x, _, carry = lesson["random_additions"](200, 20, np.random.default_rng(0))
    unit, share = lesson["find_carry_unit"](net.forward(x).layers[0].h, carry)
    assert unit == 4
    assert share > 0.98
    assert 0.6 < flips(lesson, 3, unit)[0] < 0.9
    assert flips(lesson, 3, 5)[0] < 0.3
    assert flips(lesson, 3, 4, 5)[0] > 0.95


def test_in_adder_2_two_units_hold_the_carry_that_none_of_them_tells(lesson):
    assert flips(lesson, 2, 4, 5)[0] > 0.95
    assert max(flips(lesson, 2, 4)[0], flips(lesson, 2, 5)[0]) < 0.9


def test_the_bit_that_two_present_bits_decide_is_right_at_three_quarters(lesson):
    x, _, carry = lesson["random_additions"](50, 500, np.random.default_rng(0))
    equal = x[..., 0] == x[..., 1]
    guess = np.where(equal, x[..., 0], 0)
    assert (guess == carry).mean() == pytest.approx(0.75, abs=0.02)


@pytest.mark.parametrize(("adder", "units"), [(0, [1]), (3, [4]), (3, [4, 5])])
def test_a_swap_flips_almost_nothing_if_the_carries_are_equal(lesson, adder, units):
    assert flips(lesson, adder, *units)[1] < 0.05


@pytest.mark.parametrize(("adder", "unit"), [(1, 4), (2, 5)])
def test_in_adders_1_and_2_a_swap_also_flips_where_the_carries_are_equal(lesson, adder, unit):
    assert flips(lesson, adder, unit)[1] == pytest.approx(0.15, abs=0.04)


def test_in_adder_3_unit_4_alone_does_nearly_always_if_the_bits_just_read_agree(lesson):
    net, rng = lesson["adders"][3], np.random.default_rng(1)
    bits_a, _, carry_a = lesson["random_additions"](7, 2000, rng)
    bits_b, _, carry_b = lesson["random_additions"](7, 2000, rng)
    state_a, state_b = net.forward(bits_a[:6]).state, net.forward(bits_b[:6]).state
    before = net.forward(bits_a[6:], state_a).y > 0.5
    state_a[0]["h"][:, 4] = state_b[0]["h"][:, 4]
    flipped = ((net.forward(bits_a[6:], state_a).y > 0.5) != before)[0, :, 0]
    differ = carry_a[5] != carry_b[5]
    agree = bits_a[5].sum(axis=1) == bits_b[5].sum(axis=1)
    assert flipped[differ & agree].mean() == pytest.approx(0.95, abs=0.03)
    assert flipped[differ & ~agree].mean() < 0.8


def test_few_words_of_the_running_text_contain_a_q(lesson):
    assert sum("q" in word for word in lesson["running"]) == 11
    assert len(lesson["running"]) == 1709


def test_a_unit_of_adder_1_matters_and_says_nothing_of_the_carry(lesson):
    differ, equal = flips(lesson, 1, 4)
    assert abs(differ - equal) < 0.05


def test_clipping_changes_practically_nothing_for_the_speller(lesson):
    rng = np.random.default_rng(0)
    layer = lesson["RNN"](27, 96, rng=rng, dtype=np.float32)
    readout = lesson["Dense"](96, 27, rng=rng, dtype=np.float32)
    net = lesson["Network"]([layer], readout, lesson["cross_entropy"])
    lesson["fit"](net, lesson["seen_words"], lesson["Adam"](0.004), updates=1500, rng=rng)
    nats, _ = net.evaluate(*lesson["reading_task"](lesson["held_out_codes"]))
    assert nats / np.log(2) == pytest.approx(lesson["network_bits"], abs=0.03)


def test_an_untrained_state_tells_the_context_of_an_h_as_well(lesson):
    assert lesson["closest"] > 0.9
    assert lesson["closest_untrained"] > 0.9


def test_the_row_reader_changes_its_mind_as_the_bench_shows(lesson):
    assert lesson["compute_rows"](3, 8, 9)["p"].argmax(1).tolist() == [1, 0, 0, 8, 8, 8, 8, 8]


def test_the_row_reader_changes_its_mind_three_times_on_some_digits(lesson):
    answers = lesson["row_reader"].forward(lesson["row_steps"][:, lesson["test_digits"]]).y
    changes = np.diff(answers.argmax(axis=2), axis=0) != 0
    assert (changes.sum(axis=0) == 3).sum() > 5


def test_white_rows_mislead_the_row_reader(lesson):
    covered = lesson["row_steps"][:, lesson["test_digits"]].copy()
    covered[4:] = 0
    digits = lesson["labels"][lesson["test_digits"]]
    right = lesson["row_reader"].forward(covered).y.argmax(axis=2) == digits
    assert right[3].mean() == pytest.approx(0.83, abs=0.03)
    assert right[7].mean() == pytest.approx(0.62, abs=0.05)
    assert right[3, digits == 1].mean() > 0.7
    assert right[7, digits == 1].mean() < 0.2


def test_the_star_stands_for_all_words_that_begin_with_h(lesson):
    stars = lesson["states"][lesson["letter_before"] == "."]
    assert len(stars) == 155
    assert np.abs(stars - stars[0]).max() < 1e-6


# Figures


def test_the_labels_of_the_clouds_stay_in_the_axes_and_apart(lesson, monkeypatch):
    module = beside_the_notebooks("figures.letter_states")
    monkeypatch.setattr(module.plots, "show", lambda figure, words: figure.canvas.draw())
    module.same_letter(lesson["states"], lesson["letter_before"])
    ax = plt.gca()
    boxes = [text.get_window_extent() for text in ax.texts]
    plt.close()
    assert len(boxes) == 6
    for k, box in enumerate(boxes):
        assert ax.bbox.x0 < box.x0 < box.x1 < ax.bbox.x1
        assert ax.bbox.y0 < box.y0 < box.y1 < ax.bbox.y1
        assert not any(box.overlaps(other) for other in boxes[:k])


@pytest.mark.parametrize(("sign", "word"), [(1, "positive"), (-1, "negative")])
def test_the_framed_unit_is_found_in_the_states(sign, word):
    rng = np.random.default_rng(0)
    carry = rng.integers(0, 2, 20)
    h = rng.uniform(-1, 1, (20, 4))
    h[:, 2] = sign * np.where(carry == 1, 0.5, -0.5)
    unit_that_agrees = beside_the_notebooks("figures.shapes_of_tasks").unit_that_agrees
    assert unit_that_agrees(h, carry) == (2, 1, word)
