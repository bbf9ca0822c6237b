"""Lesson 01a: what its benches compute and show."""

import numpy as np
import pytest
from support.benches import move_all
from support.course import NOTEBOOKS, Lesson
from support.lessons import figures, namespace

from rnnlib.gradcheck import numerical

START = {"w1": -3.0, "w2": -1.0, "b": 0.4, "phi": "tanh", "eta": 0.5, "steps": 10}
ACTIVATIONS = {
    "logistic": lambda a: 1 / (1 + np.exp(-a)),
    "tanh": np.tanh,
    "relu": lambda a: np.maximum(a, 0),
    "softsign": lambda a: a / (1 + np.abs(a)),
}


@pytest.fixture(scope="module")
def lesson():
    return namespace("01a")


def test_every_bench_at_its_extremes(lesson):
    assert move_all(lesson) == 2


def test_the_example_by_hand(capsys):
    """The cell shows step 0. The text says how to see the steps after it."""
    (cell,) = (
        c for c in Lesson(NOTEBOOKS / "01a_one_neuron.ipynb").cells if c.id == "by-hand-code"
    )
    assert cell.source.count("range(1)") == 1
    exec(cell.source.replace("range(1)", "range(3)"), {"np": np})
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == "step 0: w = [ 1. -1.], b = 0.000, a = 1.000, y = 0.500, E = 0.25"
    assert printed[2] == "step 1: w = [ 1.5  -0.75], b = 0.250, a = 2.500, y = 0.714, E = 0.082"
    assert len(printed) == 6


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
    assert data["losses"][3] == pytest.approx(E())


def test_each_step_goes_down_the_numerical_slope(descent):
    data, here, E = descent
    step = data["path"][4] - data["path"][3]
    assert step == pytest.approx(-START["eta"] * numerical(E, here)["w"], rel=1e-6)


def test_the_surface_has_w1_in_its_columns_and_w2_in_its_rows(lesson, descent):
    data, here, E = descent
    row, column = 30, 12
    here["w"] = np.array([figures("01a").AXIS[column], figures("01a").AXIS[row]])
    assert data["surface"].reshape(51, 51)[row, column] == pytest.approx(E())


@pytest.fixture(scope="module")
def errors(lesson):
    """A function: the errors of a descent whose settings differ from the lesson's by some."""
    start = {"w1": -3.0, "w2": -1.0, "b": 0.0, "phi": "logistic", "eta": 1.0, "steps": 60}

    def errors(**changes):
        return lesson["compute_neuron"](**start | changes)["losses"]

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


def from_the_plateau(lesson, phi, eta):
    return lesson["compute_neuron"](-3.0, -4.0, 0.0, phi, eta, 60)


@pytest.mark.parametrize(
    ("phi", "distance"), [("logistic", 0.67), ("tanh", 2.78), ("softsign", 3.15)]
)
def test_a_saturated_neuron_has_not_moved_far(lesson, phi, distance):
    path = from_the_plateau(lesson, phi, 0.3)["path"]
    assert np.hypot(*(path[-1] - path[0])) == pytest.approx(distance, abs=0.01)


@pytest.mark.parametrize(("phi", "length"), [("logistic", 0.0335), ("tanh", 0.0983)])
def test_the_gradient_at_the_start_of_the_plateau(lesson, phi, length):
    path = from_the_plateau(lesson, phi, 0.3)["path"]
    assert np.hypot(*(path[1] - path[0])) / 0.3 == pytest.approx(length, abs=5e-4)


@pytest.mark.parametrize(("phi", "share"), [("logistic", 0.66), ("tanh", 0.94)])
def test_images_with_a_small_sum_contribute_most_to_that_gradient(lesson, phi, share):
    points, activation = lesson["points"], lesson["ACTIVATIONS"][phi]
    a = points @ np.array([-3.0, -4.0])
    y = activation.apply(a)
    target = np.where(lesson["nine"], 1.0, lesson["LOWEST"][phi])
    sizes = np.abs((y - target) * activation.slope(y)) * np.hypot(*points.T)
    assert sizes[np.abs(a) < 2].sum() / sizes.sum() == pytest.approx(share, abs=0.01)


def test_relu_runs_away_from_the_plateau_with_a_large_rate(lesson):
    data = from_the_plateau(lesson, "relu", 3)
    assert len(data["losses"]) == 4
    assert data["losses"][-1] > 10_000
    words = figures("01a").describe_neuron(data)
    assert "outside the map, E = 14,397. The weights ran away." in words


def test_each_of_these_steps_lands_higher_on_the_other_side(lesson):
    data = from_the_plateau(lesson, "relu", 3)
    lowest = from_the_plateau(lesson, "relu", 0.3)["path"][-1]
    assert (np.diff(data["losses"]) > 0).all()
    assert (np.diff(np.sign(data["path"] - lowest), axis=0) != 0).all()


def test_a_step_that_runs_away_is_measured_too(lesson):
    _, losses = lesson["descend"](np.array([-3.0, -4.0]), 0.0, "relu", 100, steps=1)
    assert losses[1] > losses[0]


@pytest.mark.parametrize(
    ("phi", "eta", "right"),
    [
        ("logistic", 0.3, 7),
        ("tanh", 0.3, 12),
        ("softsign", 0.3, 12),
        ("relu", 0.3, 49),
        ("logistic", 3, 55),
        ("tanh", 3, 55),
        ("softsign", 3, 55),
    ],
)
def test_how_many_images_are_right_in_the_end(lesson, phi, eta, right):
    assert from_the_plateau(lesson, phi, eta)["right"] == right


def test_how_many_images_are_right_at_the_start_of_the_plateau(lesson):
    assert lesson["compute_neuron"](-3.0, -4.0, 0.0, "logistic", 0.3, 0)["right"] == 7


@pytest.mark.parametrize("phi", ["logistic", "tanh", "softsign"])
def test_only_the_minimum_of_relu_is_on_the_map(lesson, phi):
    axis = figures("01a").AXIS
    lowest = from_the_plateau(lesson, phi, 0.3)["surface"].reshape(51, 51)
    assert lowest.min() == lowest[-1].min()
    relu = from_the_plateau(lesson, "relu", 0.3)
    row, column = np.unravel_index(relu["surface"].argmin(), (51, 51))
    assert [axis[column], axis[row]] == pytest.approx(relu["path"][-1], abs=0.1)


def relu_errors(errors, eta):
    return errors(w1=-1.0, w2=0.5, phi="relu", eta=eta)


def test_a_learning_rate_just_small_enough_is_the_fastest(errors):
    fast = relu_errors(errors, 1.7)
    assert fast[20] < 1.1 * fast[-1]


@pytest.mark.parametrize(("eta", "settled"), [(1.7, True), (1.8, False)])
def test_where_the_descent_settles_within_60_steps(lesson, eta, settled):
    path = lesson["compute_neuron"](-1.0, 0.5, 0.0, "relu", eta, 60)["path"]
    assert (np.hypot(*(path[-1] - path[-2])) < 0.01) == settled


def test_a_slightly_larger_learning_rate_is_slower(errors):
    slow = relu_errors(errors, 1.8)
    assert slow[20] > 1.3 * slow[-1]


def test_a_still_larger_learning_rate_never_settles(errors):
    assert relu_errors(errors, 2.0)[40:].max() > 0.5


def test_the_decision_line_separates_the_answers():
    line = figures("01a").decision_line(np.array([2.0, -1.0]), 0.5, 0.25)
    assert line @ [2.0, -1.0] + 0.5 == pytest.approx([0.25, 0.25])


def test_a_neuron_without_weights_has_no_decision_line():
    assert np.isnan(figures("01a").decision_line(np.zeros(2), 0.5, 0.0)).all()


def test_a_dead_neuron_does_not_move(lesson):
    dead = lesson["compute_neuron"](0.2, 0.2, -3.0, "relu", 1.0, 60)
    assert (dead["path"] == [0.2, 0.2]).all()


@pytest.fixture
def diverging(lesson):
    return lesson["compute_neuron"](-1.0, 0.5, 0.0, "relu", 8.0, 60)


def test_a_diverging_descent_stops_before_it_overflows(diverging):
    assert len(diverging["path"]) < 61
    assert np.isfinite(diverging["losses"]).all()


def test_the_words_say_that_a_descent_diverged(diverging):
    assert "outside the map" in figures("01a").describe_neuron(diverging)


# The bench of the chain rule


def whole(x):
    """The whole chain of the lesson, written down once more."""
    return (1 - x**2) ** 2


@pytest.mark.parametrize("x", [-1.5, -0.3, 0.0, 1.0, 1.2])
def test_the_chain_has_the_value_of_the_whole_function(lesson, x):
    assert lesson["compute_chain"](x)["all"]["output"] == pytest.approx(whole(x))


@pytest.mark.parametrize("x", [-1.5, -0.3, 0.0, 1.0, 1.2])
def test_the_chain_has_the_slope_of_the_whole_function(lesson, x):
    slope = (whole(x + 1e-6) - whole(x - 1e-6)) / 2e-6
    assert lesson["compute_chain"](x)["all"]["slope"] == pytest.approx(slope, abs=1e-6)


def test_unfilled_weights_are_named_in_words():
    with pytest.raises(ValueError, match=r"Exercise 1a\.1 are still empty"):
        figures("01a").xor({"W1": ..., "b1": ..., "W2": ..., "b2": ...})
