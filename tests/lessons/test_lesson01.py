"""Lesson 01: what its benches compute, what its figures show, what its claims rest on."""

import numpy as np
import pytest
from lessons import namespace
from support.benches import move_all
from support.claims import verdicts

from rnnlib.gradcheck import numerical, relative_error
from rnnlib.lesson import exercises_of, verdict

START = dict(w1=-3.0, w2=-1.0, b=0.4, phi="tanh", eta=0.5, steps=10)


@pytest.fixture(scope="module")
def lesson():
    return namespace("01")


def test_every_bench_at_its_extremes(lesson):
    assert move_all(lesson) == 3


@pytest.mark.parametrize("phi", ["logistic", "tanh", "relu", "softsign"])
def test_the_descent_follows_the_surface_it_lies_on(lesson, phi):
    """Each step goes down the numerical slope of E, and E along the path is what the formula gives without rnnlib."""
    functions = {"logistic": lambda a: 1 / (1 + np.exp(-a)), "tanh": np.tanh, "relu": lambda a: np.maximum(a, 0),
                 "softsign": lambda a: a / (1 + np.abs(a))}  # fmt: skip
    data = lesson["compute_neuron"](**START | {"phi": phi})
    target = np.where(lesson["nine"], 1.0, 0.0 if phi in ("logistic", "relu") else -1.0)
    here = {"w": data["path"][3].copy()}

    def E():
        return float(((functions[phi](lesson["points"] @ here["w"] + START["b"]) - target) ** 2).mean())

    assert data["errors"][3] == pytest.approx(E())
    assert data["path"][4] - data["path"][3] == pytest.approx(-START["eta"] * numerical(E, here)["w"], rel=1e-6)
    row, column = 30, 12
    here["w"] = np.array([lesson["axis"][column], lesson["axis"][row]])  # columns are w1, rows w2
    assert data["surface"][row, column] == pytest.approx(E())


def test_the_neuron_bench_shows_what_the_lesson_says(lesson):
    def errors(**changes):
        values = dict(w1=-3.0, w2=-1.0, b=0.0, phi="logistic", eta=1.0, steps=60) | changes
        return lesson["compute_neuron"](**values)["errors"]

    assert errors()[0] == pytest.approx(0.64, abs=0.01) and errors()[-1] == pytest.approx(0.09, abs=0.005)
    assert lesson["compute_neuron"](**START | {"phi": "logistic", "b": 0.0})["surface"].min() == pytest.approx(0.08, abs=0.003)
    plateau = {phi: errors(w2=-4.0, phi=phi, eta=0.3) for phi in ("tanh", "softsign", "relu")}
    for phi, before, after in (("tanh", 3.4, 3.0), ("softsign", 2.9, 2.3)):
        assert plateau[phi][[0, -1]] == pytest.approx([before, after], abs=0.05)
    assert plateau["relu"][20] < 1.05 * plateau["relu"][-1]
    fast = {eta: errors(w1=-1.0, w2=0.5, phi="relu", eta=eta) for eta in (1.7, 1.8, 2.0)}
    assert fast[1.7][20] < 1.1 * fast[1.7][-1] and fast[1.8][20] > 1.3 * fast[1.8][-1] and fast[2.0][40:].max() > 0.5


def test_the_digit_bench_shows_what_the_lesson_says(lesson):
    def read(which="clear", **changes):
        data = lesson["compute_digit"](lesson[which], **dict(right=0, down=0, noise=0.0) | changes)
        return data["p"].argmax() == data["label"], np.abs(data["help"]).max()

    survived = [read(right=1), read(right=2), read(down=-1), read(right=-1), read(down=1)]
    assert [right for right, _ in survived] == [True, True, True, False, False]
    assert read(noise=0.5)[1] < 0.1 and read(noise=0.8)[1] > 1 and not read(noise=1.0)[0]
    hard = lesson["compute_digit"](lesson["hard"], 0, 0, 0.0)
    assert (hard["label"], hard["p"].argmax()) == (9, 5) and hard["help"].argmax() == 2 * 8 + 6


def test_the_decision_line_parts_the_answers(lesson):
    line = lesson["decision_line"](np.array([2.0, -1.0]), 0.5, 0.25)
    assert line @ [2.0, -1.0] + 0.5 == pytest.approx([0.25, 0.25])
    assert np.isnan(lesson["decision_line"](np.zeros(2), 0.5, 0.0)).all()


def test_a_dead_neuron_stays_and_a_hasty_one_stops(lesson):
    dead = lesson["compute_neuron"](0.2, 0.2, -3.0, "relu", 1.0, 60)
    assert (dead["path"] == [0.2, 0.2]).all()
    hasty = lesson["compute_neuron"](-1.0, 0.5, 0.0, "relu", 8.0, 60)
    assert len(hasty["path"]) < 61 and np.isfinite(hasty["errors"]).all()
    assert "out of sight" in lesson["describe_neuron"](hasty)


@pytest.mark.parametrize("x", [-1.5, -0.3, 0.0, 1.0, 1.2])
def test_the_chain_is_the_slope_of_the_whole(lesson, x):
    data = lesson["compute_chain"](x)
    E = lesson["CHAIN"]["all"][0]
    assert data["all"][1] == pytest.approx(E(x))
    assert data["all"][2] == pytest.approx((E(x + 1e-6) - E(x - 1e-6)) / 2e-6, abs=1e-6)


def test_the_blame_of_a_pixel_is_its_slope(lesson):
    """The bench's picture of −∂E/∂x against finite differences of the formula, without rnnlib."""
    values = dict(which=3, right=1, down=-1, noise=0.3)
    data = lesson["compute_digit"](**values)
    params = lesson["net"].params
    pixels = {"x": data["image"].reshape(64).copy()}

    def E():
        y = params["readout.W"] @ np.tanh(params["0.W"] @ pixels["x"] + params["0.b"]) + params["readout.b"]
        return float(np.log(np.exp(y).sum()) - y[data["label"]])

    assert relative_error(-data["help"].ravel(), numerical(E, pixels)["x"]) < 1e-6


def test_a_moved_digit_moves_as_the_sliders_say(lesson):
    still, moved = (lesson["compute_digit"](4, right, down, 0.0)["image"] for right, down in ((0, 0), (2, -1)))
    assert np.array_equal(moved[:-1, 2:], still[1:, :-2])
    assert not moved[-1].any() and not moved[:, :2].any()


def test_the_sum_letters_hide_everything_from_who_sees_one(lesson):
    """Over all beginnings each letter is followed equally often by each; and two letters always decide the third."""
    x, target, _ = lesson["sum_letters"](8, 60_000, np.random.default_rng(3))
    letters = x.argmax(-1)
    assert np.array_equal((letters[:-1] + letters[1:]) % 10, target[1:])
    counts = np.zeros((10, 10))
    np.add.at(counts, (letters, target), 1)
    assert np.abs(counts / counts.sum(1, keepdims=True) - 0.1).max() < 0.01


def test_the_view_of_the_last_step_is_the_last_step(lesson):
    x = np.random.default_rng(0).normal(size=(5, 2, 3))
    both = lesson["with_last"](x)
    assert np.array_equal(both[1:, :, :3], x[:-1]) and np.array_equal(both[..., 3:], x) and not both[0, :, :3].any()


def test_what_the_english_net_sees_is_what_precedes(lesson):
    stream, at = lesson["unseen"], np.array([5, 9, 40])
    seen = lesson["with_past"](stream, at, 2).reshape(3, 2, 27).argmax(-1)
    assert np.array_equal(seen, np.stack([stream[at - 2], stream[at - 1]], axis=1))
    assert not set(lesson["seen_words"]) & set(lesson["unseen_words"])


def test_outcomes(lesson):
    printed = lesson["printed"]
    assert verdicts(printed) == [("C4", True), ("C5", True), ("C6", True), ("C6", False)]
    assert "A first look at C16" in printed
    assert "A first look at C39" in printed
    assert lesson["moved"] > 0.5, "the test of order must be able to fail, as it does for a recurrent cell"
    assert lesson["best"] == 3 and lesson["solved"] >= 9


@pytest.mark.parametrize(
    ("right", "weights"),
    [
        (True, {"W1": [[1, -1], [-1, 1]], "b1": [0, 0], "W2": [[1, 1]], "b2": [0]}),  # another way: |x1 − x2|
        (False, {"W1": [[1, 1], [1, 1]], "b1": [0, -1], "W2": [1, -2], "b2": [0]}),
    ],
)
def test_any_hand_made_xor_counts(right, weights):
    said = verdict(exercises_of("1")["1.6"], weights)
    assert (said == "right.") == right
    assert right or "W2 should have the shape (1, 2)" in said
