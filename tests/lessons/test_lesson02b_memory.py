"""Lesson 02b's section on memory and sensitivity: its functions measure what it says."""

import numpy as np
import pytest
from support.lessons import namespace

from rnnlib.dense import Dense
from rnnlib.losses import cross_entropy
from rnnlib.network import Network
from rnnlib.optim import Adam
from rnnlib.training import fit


@pytest.fixture(scope="module")
def lesson():
    return namespace("02b")


def test_the_probe_is_tested_on_words_whose_ten_letters_are_new_to_it(lesson):
    known = set(map(tuple, lesson["train_codes"].T.tolist()))
    assert not known & set(map(tuple, lesson["test_codes"].T.tolist()))
    assert lesson["test_codes"].shape == (11, 545)  # a dot and ten letters
    held_out = lesson["words"][lesson["held_out"]]
    seen = lesson["words"][lesson["seen"]]
    assert "governmental" in held_out
    assert "government" in seen


def test_without_known_keeps_the_order_of_the_rest(lesson):
    codes = lesson["encode"](["ab", "cd", "ef"])
    kept = lesson["without_known"](codes, lesson["encode"](["cd", "gh"]))
    assert kept.tolist() == lesson["encode"](["ab", "ef"]).tolist()


def test_a_state_does_not_move_with_a_letter_that_it_cannot_see(lesson):
    """Without recurrent weights, only the last letter counts."""
    cell = lesson["RNN"](27, 5, rng=np.random.default_rng(0))
    cell.params["U"][:] = 0
    codes = lesson["encode"](["seven", "eight"])[:-1]
    rng = np.random.default_rng(0)
    assert lesson["sensitivity"](cell, codes, 1, rng) == 0
    assert lesson["sensitivity"](cell, codes, 0, rng) > 0.1


def test_a_letter_that_is_all_a_state_shows_moves_it_as_far_as_another_word(lesson):
    """With W = I and U = 0 any two last letters are equally far apart, so each move counts as 1."""
    cell = lesson["RNN"](27, 27, rng=np.random.default_rng(0))
    cell.params["U"][:], cell.params["W"][:] = 0, np.eye(27)
    codes = lesson["encode"](["seven", "eight"] * 100)[:-1]
    assert lesson["sensitivity"](cell, codes, 0, np.random.default_rng(1)) == pytest.approx(1)


def test_training_raises_the_sensitivity_to_the_last_three_letters_alone(lesson):
    before, after = [lesson["sensitive"][f"{when} training"] for when in ("before", "after")]
    for lag in range(3):
        assert after[lag] > before[lag] + 0.05
    assert after[3] == pytest.approx(before[3], abs=0.05)
    for lag in range(4, 10):
        assert after[lag] < before[lag] - 0.05


def test_from_lag_2_on_training_shortens_the_memory(lesson):
    before, after = [lesson["memory"][f"{when} training"] for when in ("before", "after")]
    for lag in range(2, 10):
        assert after[lag] < before[lag] - 0.02
    assert after[4] < 0.5
    assert before[9] == pytest.approx(0.87, abs=0.04)


def test_nine_letters_back_the_trained_state_moves_and_its_probe_is_hardly_better(lesson):
    assert lesson["sensitive"]["after training"][9] == pytest.approx(0.08, abs=0.03)
    assert lesson["memory"]["after training"][9] == pytest.approx(0.14, abs=0.03)
    assert lesson["from_letters"][9] == pytest.approx(0.13, abs=0.02)


def test_training_spreads_the_states_of_different_words(lesson):
    """So the move of a state can be compared between the networks only in such distances."""
    distances = []
    for cell in (lesson["untrained"], lesson["speller"].layers[0]):
        states = cell.forward(lesson["one_hot"][lesson["test_codes"]]).h[-1]
        others = np.roll(states, 1, axis=0)
        distances.append(np.median(np.linalg.norm(states - others, axis=1)))
    assert distances[1] > 1.5 * distances[0]


def test_from_lag_3_on_the_last_letters_alone_name_less_than_the_probe(lesson):
    for lag in range(3, 10):
        assert lesson["from_letters"][lag] < lesson["memory"]["after training"][lag] + 0.01
    assert min(lesson["from_letters"][:3]) == 1


def test_a_probe_names_the_letter_that_was_just_read(lesson):
    assert lesson["memory"]["after training"][0] > 0.98


def share_named_with_a_hidden_layer(lesson, cell, lag):
    """How often a trained network with 64 hidden units names the letter from the last state."""
    one_hot, rng = lesson["one_hot"], np.random.default_rng(0)
    states, letters = [], []
    for codes in (lesson["train_codes"], lesson["test_codes"]):
        states.append(cell.forward(one_hot[codes]).h[-1])
        letters.append(codes[-1 - lag])
    hidden = Dense(states[0].shape[1], 64, rng=rng, activation="tanh", dtype=np.float32)
    net = Network([hidden], Dense(64, 27, rng=rng, dtype=np.float32), cross_entropy)

    def make_batch(rng):
        chosen = rng.choice(len(letters[0]), 128)
        return states[0][chosen][None], letters[0][chosen][None], None

    fit(net, make_batch, Adam(0.005), updates=1500, rng=rng)
    return (net.forward(states[1][None]).y[0].argmax(axis=1) == letters[1]).mean()


def test_a_probe_with_a_hidden_layer_finds_more_of_the_letter_at_lag_4(lesson):
    trained = share_named_with_a_hidden_layer(lesson, lesson["speller"].layers[0], lag=4)
    assert trained == pytest.approx(0.70, abs=0.06)
    assert share_named_with_a_hidden_layer(lesson, lesson["untrained"], lag=4) > 0.97


def share_named(lesson, cell, lag):
    """How often the lesson's probe names the letter that the cell read `lag` steps before."""
    return lesson["probe"](cell, lag, lesson["train_codes"], lesson["test_codes"])


def test_with_independent_random_weights_the_untrained_network_remembers_less(lesson):
    shares = []
    for seed in range(6):
        rng = np.random.default_rng(seed)
        cell = lesson["RNN"](27, 96, rng=rng, dtype=np.float32)
        cell.params["U"][:] = rng.standard_normal((96, 96)) / np.sqrt(96)
        shares.append(share_named(lesson, cell, lag=9))
    assert np.mean(shares) == pytest.approx(0.58, abs=0.04)
    assert max(shares) < 0.7


# Exercise 2b.4: the numbers of its model answer


def test_the_trained_speller_keeps_little_of_the_letter_at_lag_5(lesson):
    assert lesson["memory"]["after training"][5] == pytest.approx(0.30, abs=0.04)


@pytest.mark.slow
def test_a_speller_with_more_units_remembers_more(lesson):
    net = lesson["train_speller"](lesson["seen_words"], updates=1500, hidden=192)
    nats, _ = net.evaluate(*lesson["reading_task"](lesson["held_out_codes"]))
    assert nats / np.log(2) == pytest.approx(2.94, abs=0.02)  # no better than with 96
    assert share_named(lesson, net.layers[0], lag=5) == pytest.approx(0.60, abs=0.06)


@pytest.mark.slow
def test_a_network_that_must_name_the_letter_five_steps_ago_remembers_it(lesson):
    def seen_words_to_remember(rng):
        x, _, mask = lesson["seen_words"](rng)
        target = np.zeros(mask.shape, int)
        target[5:] = x[:-5].argmax(axis=2)
        mask[:5] = False
        return x, target, mask

    net = lesson["train_speller"](seen_words_to_remember, updates=1500, hidden=96)
    assert share_named(lesson, net.layers[0], lag=5) == pytest.approx(0.93, abs=0.04)
