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


def test_a_state_does_not_move_with_a_letter_that_it_cannot_see(lesson):
    """Without recurrent weights, only the last letter counts."""
    cell = lesson["RNN"](27, 5, rng=np.random.default_rng(0))
    cell.params["U"][:] = 0
    codes = lesson["encode"](["seven", "eight"])[:-1]
    rng = np.random.default_rng(0)
    assert lesson["sensitivity"](cell, codes, 1, rng) == 0
    assert lesson["sensitivity"](cell, codes, 0, rng) > 0.1


def test_the_replaced_letter_is_another_one(lesson):
    """With W = I and U = 0 the state moves by the same distance, whatever the other letter is."""
    cell = lesson["RNN"](27, 27, rng=np.random.default_rng(0))
    cell.params["U"][:], cell.params["W"][:] = 0, np.eye(27)
    codes = lesson["encode"](["seven"] * 200)[:-1]
    moved = lesson["sensitivity"](cell, codes, 0, np.random.default_rng(1))
    assert moved == pytest.approx(np.sqrt(2) * np.tanh(1), rel=1e-5)


def test_training_shortens_the_memory_and_raises_the_sensitivity_at_lag_4(lesson):
    memory, sensitive = lesson["memory"], lesson["sensitive"]
    assert memory["after training"][4] < 0.55 < 0.9 < memory["before training"][4]
    for lag in range(5):
        assert sensitive["after training"][lag] > sensitive["before training"][lag]


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
    assert 0.65 < trained < 0.82
    assert share_named_with_a_hidden_layer(lesson, lesson["untrained"], lag=4) > 0.97
