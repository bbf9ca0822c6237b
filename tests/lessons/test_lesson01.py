"""Lesson 01: what its benches compute, what its figures show, and what its claims rest on."""

import numpy as np
import pytest
from support.benches import move_all
from support.claims import verdicts
from support.lessons import namespace

from rnnlib.gradcheck import numerical, relative_error
from rnnlib.lesson import exercises_of, verdict

START = {"w1": -3.0, "w2": -1.0, "b": 0.4, "phi": "tanh", "eta": 0.5, "steps": 10}
ACTIVATIONS = {
    "logistic": lambda a: 1 / (1 + np.exp(-a)),
    "tanh": np.tanh,
    "relu": lambda a: np.maximum(a, 0),
    "softsign": lambda a: a / (1 + np.abs(a)),
}


@pytest.fixture(scope="module")
def lesson():
    return namespace("01")


def test_every_bench_at_its_extremes(lesson):
    assert move_all(lesson) == 3


# The bench of one neuron


@pytest.fixture(params=ACTIVATIONS)
def descent(lesson, request):
    """What the bench computes with an activation; the weights of one step; E without rnnlib."""
    phi = request.param
    data = lesson["compute_neuron"](**START | {"phi": phi})
    target = np.where(lesson["nine"], 1.0, 0.0 if phi in ("logistic", "relu") else -1.0)
    here = {"w": data["path"][3].copy()}

    def E():
        y = ACTIVATIONS[phi](lesson["points"] @ here["w"] + START["b"])
        return float(((y - target) ** 2).mean())

    return data, here, E


def test_the_errors_along_the_path_are_those_of_the_formula(descent):
    data, _, E = descent
    assert data["errors"][3] == pytest.approx(E())


def test_each_step_goes_down_the_numerical_slope(descent):
    data, here, E = descent
    step = data["path"][4] - data["path"][3]
    assert step == pytest.approx(-START["eta"] * numerical(E, here)["w"], rel=1e-6)


def test_the_surface_has_w1_in_its_columns_and_w2_in_its_rows(lesson, descent):
    data, here, E = descent
    row, column = 30, 12
    here["w"] = np.array([lesson["axis"][column], lesson["axis"][row]])
    assert data["surface"][row, column] == pytest.approx(E())


@pytest.fixture(scope="module")
def errors(lesson):
    """A function: the errors of a descent whose settings differ from the lesson's by some."""
    start = {"w1": -3.0, "w2": -1.0, "b": 0.0, "phi": "logistic", "eta": 1.0, "steps": 60}

    def errors(**changes):
        return lesson["compute_neuron"](**start | changes)["errors"]

    return errors


def test_a_logistic_neuron_comes_close_to_the_smallest_error(lesson, errors):
    surface = lesson["compute_neuron"](**START | {"phi": "logistic", "b": 0.0})["surface"]
    assert errors()[0] == pytest.approx(0.64, abs=0.01)
    assert errors()[-1] == pytest.approx(0.09, abs=0.005)
    assert surface.min() == pytest.approx(0.08, abs=0.003)


@pytest.mark.parametrize(("phi", "before", "after"), [("tanh", 3.4, 3.0), ("softsign", 2.9, 2.3)])
def test_a_saturated_neuron_is_slow(errors, phi, before, after):
    on_the_plateau = errors(w2=-4.0, phi=phi, eta=0.3)
    assert on_the_plateau[[0, -1]] == pytest.approx([before, after], abs=0.05)


def test_relu_leaves_the_plateau(errors):
    relu = errors(w2=-4.0, phi="relu", eta=0.3)
    assert relu[20] < 1.05 * relu[-1]


def relu_errors(errors, eta):
    return errors(w1=-1.0, w2=0.5, phi="relu", eta=eta)


def test_a_learning_rate_just_small_enough_is_the_fastest(errors):
    fast = relu_errors(errors, 1.7)
    assert fast[20] < 1.1 * fast[-1]


def test_a_slightly_larger_learning_rate_is_slower(errors):
    slow = relu_errors(errors, 1.8)
    assert slow[20] > 1.3 * slow[-1]


def test_a_still_larger_learning_rate_never_settles(errors):
    assert relu_errors(errors, 2.0)[40:].max() > 0.5


def test_the_decision_line_separates_the_answers(lesson):
    line = lesson["decision_line"](np.array([2.0, -1.0]), 0.5, 0.25)
    assert line @ [2.0, -1.0] + 0.5 == pytest.approx([0.25, 0.25])


def test_a_neuron_without_weights_has_no_decision_line(lesson):
    assert np.isnan(lesson["decision_line"](np.zeros(2), 0.5, 0.0)).all()


def test_a_dead_neuron_does_not_move(lesson):
    dead = lesson["compute_neuron"](0.2, 0.2, -3.0, "relu", 1.0, 60)
    assert (dead["path"] == [0.2, 0.2]).all()


@pytest.fixture
def diverging(lesson):
    return lesson["compute_neuron"](-1.0, 0.5, 0.0, "relu", 8.0, 60)


def test_a_diverging_descent_stops_before_it_overflows(diverging):
    assert len(diverging["path"]) < 61
    assert np.isfinite(diverging["errors"]).all()


def test_the_words_say_that_a_descent_diverged(lesson, diverging):
    assert "out of sight" in lesson["describe_neuron"](diverging)


# The bench of the chain rule


@pytest.mark.parametrize("x", [-1.5, -0.3, 0.0, 1.0, 1.2])
def test_the_chain_has_the_value_of_the_whole_function(lesson, x):
    E = lesson["CHAIN"]["all"][0]
    assert lesson["compute_chain"](x)["all"][1] == pytest.approx(E(x))


@pytest.mark.parametrize("x", [-1.5, -0.3, 0.0, 1.0, 1.2])
def test_the_chain_has_the_slope_of_the_whole_function(lesson, x):
    E = lesson["CHAIN"]["all"][0]
    slope = (E(x + 1e-6) - E(x - 1e-6)) / 2e-6
    assert lesson["compute_chain"](x)["all"][2] == pytest.approx(slope, abs=1e-6)


# The bench of a digit


@pytest.fixture(scope="module")
def read(lesson):
    """A function: what the bench computes for a digit that is moved or noisy."""

    def read(which="clear", right=0, down=0, noise=0.0):
        return lesson["compute_digit"](lesson[which], right=right, down=down, noise=noise)

    return read


def is_right(data):
    return data["p"].argmax() == data["label"]


@pytest.mark.parametrize(
    ("move", "right"),
    [
        ({"right": 1}, True),
        ({"right": 2}, True),
        ({"down": -1}, True),
        ({"right": -1}, False),
        ({"down": 1}, False),
    ],
)
def test_some_moves_fool_the_network(read, move, right):
    assert is_right(read(**move)) == right


def test_a_little_noise_leaves_the_gradient_small(read):
    assert np.abs(read(noise=0.5)["help"]).max() < 0.1


def test_more_noise_makes_the_gradient_large(read):
    assert np.abs(read(noise=0.8)["help"]).max() > 1


def test_much_noise_fools_the_network(read):
    assert not is_right(read(noise=1.0))


def test_the_hard_digit_is_a_nine_that_is_read_as_a_five(read):
    hard = read("hard")
    assert (hard["label"], hard["p"].argmax()) == (9, 5)


def test_one_pixel_would_help_the_hard_digit_most(read):
    row, column = divmod(read("hard")["help"].argmax(), 8)
    assert (row, column) == (2, 6)


def test_the_gradient_of_a_pixel_is_its_slope(lesson):
    """The bench's picture of −∂E/∂x against differences of the formula, without rnnlib."""
    data = lesson["compute_digit"](which=3, right=1, down=-1, noise=0.3)
    params = lesson["net"].params
    pixels = {"x": data["image"].reshape(64).copy()}

    def E():
        h = np.tanh(params["0.W"] @ pixels["x"] + params["0.b"])
        y = params["readout.W"] @ h + params["readout.b"]
        return float(np.log(np.exp(y).sum()) - y[data["label"]])

    assert relative_error(-data["help"].ravel(), numerical(E, pixels)["x"]) < 1e-6


@pytest.fixture(scope="module")
def still_and_moved(lesson):
    """An image, and the same image moved to the right by 2 and up by 1."""
    still = lesson["compute_digit"](4, 0, 0, 0.0)["image"]
    return still, lesson["compute_digit"](4, 2, -1, 0.0)["image"]


def test_a_moved_digit_moves_as_the_sliders_say(still_and_moved):
    still, moved = still_and_moved
    assert np.array_equal(moved[:-1, 2:], still[1:, :-2])


def test_a_moved_digit_leaves_nothing_behind(still_and_moved):
    _, moved = still_and_moved
    assert not moved[-1].any()
    assert not moved[:, :2].any()


# Letters


@pytest.fixture(scope="module")
def sum_letters(lesson):
    """The letters and the next letters of 60,000 sequences, as numbers from 0 to 9."""
    x, target, _ = lesson["sum_letters"](8, 60_000, np.random.default_rng(3))
    return x.argmax(-1), target


def test_two_letters_decide_the_third(sum_letters):
    letters, target = sum_letters
    assert np.array_equal((letters[:-1] + letters[1:]) % 10, target[1:])


def test_one_letter_says_nothing_about_the_next(sum_letters):
    letters, target = sum_letters
    counts = np.zeros((10, 10))
    np.add.at(counts, (letters, target), 1)
    shares = counts / counts.sum(1, keepdims=True)
    assert np.abs(shares - 0.1).max() < 0.01


@pytest.fixture(scope="module")
def x_and_last(lesson):
    x = np.random.default_rng(0).normal(size=(5, 2, 3))
    return x, lesson["with_last"](x)


def test_the_view_of_the_last_step_shows_this_step_and_the_last(x_and_last):
    x, both = x_and_last
    assert np.array_equal(both[1:, :, :3], x[:-1])
    assert np.array_equal(both[..., 3:], x)


def test_there_is_nothing_before_the_first_step(x_and_last):
    _, both = x_and_last
    assert not both[0, :, :3].any()


def test_the_network_for_english_sees_the_letters_before(lesson):
    stream, at = lesson["unseen"], np.array([5, 9, 40])
    seen = lesson["with_past"](stream, at, 2).reshape(3, 2, 27).argmax(-1)
    assert np.array_equal(seen, np.stack([stream[at - 2], stream[at - 1]], axis=1))


def test_no_word_is_both_trained_on_and_held_out(lesson):
    assert not set(lesson["seen_words"]) & set(lesson["unseen_words"])


# Claims and exercises


def test_the_verdicts(lesson):
    expected = [("C4", True), ("C5", True), ("C6", True), ("C6", False)]
    assert verdicts(lesson["printed"]) == expected


@pytest.mark.parametrize("id", ["C16", "C39"])
def test_two_later_claims_get_a_first_look(lesson, id):
    assert f"A first look at {id}" in lesson["printed"]


def test_the_test_of_order_can_fail(lesson):
    """A recurrent cell fails it by this much."""
    assert lesson["moved"] > 0.5


def test_the_outcome_of_the_letters(lesson):
    assert lesson["best"] == 3


def test_the_outcome_of_xor(lesson):
    assert lesson["solved"] >= 9


def test_another_xor_is_right_too(lesson):
    difference = {"W1": [[1, -1], [-1, 1]], "b1": [0, 0], "W2": [[1, 1]], "b2": [0]}
    assert verdict(exercises_of("1")["1.6"], difference) == "right."


def test_an_xor_of_the_wrong_shape_is_told_the_shape():
    weights = {"W1": [[1, 1], [1, 1]], "b1": [0, -1], "W2": [1, -2], "b2": [0]}
    said = verdict(exercises_of("1")["1.6"], weights)
    assert "W2 should have the shape (1, 2)" in said
