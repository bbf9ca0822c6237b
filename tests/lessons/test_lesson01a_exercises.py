"""Lesson 01a: what its experiments and figures show, and what the answers to its exercises are."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from figures import xor_planes
from support.lessons import figures, namespace

from rnnlib.lesson import exercises_of, verdict

BY_HAND = {"W1": [[1, 1], [1, 1]], "b1": [0, -1], "W2": [[1, -2]], "b2": [0]}


@pytest.fixture(scope="module")
def lesson():
    return namespace("01a")


def test_small_steps_always_lower_the_loss_and_large_ones_do_not(lesson):
    starts, descend = lesson["places"], lesson["descend"]
    shares = {}
    for eta in (0.01, 3):
        losses = [descend(start, 0.0, "relu", eta, steps=1)[1] for start in starts]
        shares[eta] = np.mean([loss[-1] < loss[0] for loss in losses])
    assert shares[0.01] == 1
    assert shares[3] == pytest.approx(0.25, abs=0.03)


ALL = ("W1", "b1", "W2", "b2")
READ_OUT = ("W2", "b2")


def learns_xor(lesson, hidden, seed, trained=ALL, times=1):
    """The experiment of the lesson, with the answer of exercise 1a.2, for 500 rounds or more."""
    net = lesson["random_network"](2, hidden, 1, np.random.default_rng(seed))
    for _ in range(times):
        y = lesson["learn_xor"](net, lesson["solution_1a_2"], trained)
    return np.abs(y - [0, 1, 1, 0]).max() < 0.3


@pytest.mark.parametrize(
    ("hidden", "trained", "successes"), [(2, ALL, 20), (4, ALL, 30), (4, READ_OUT, 13)]
)
def test_how_many_of_30_starts_learn_xor(lesson, hidden, trained, successes):
    outcomes = [learns_xor(lesson, hidden, seed, trained) for seed in range(30)]
    assert sum(outcomes) == pytest.approx(successes, abs=1)


@pytest.mark.slow
def test_fixed_hidden_neurons_need_more_rounds(lesson):
    outcomes = [learns_xor(lesson, 4, seed, READ_OUT, times=10) for seed in range(30)]
    assert sum(outcomes) == pytest.approx(25, abs=1)


def values_of_the_read_out(lesson, hidden, seed):
    """The fixed hidden values (4, hidden) of the four cases, and a column of ones for the bias."""
    net = lesson["random_network"](2, hidden, 1, np.random.default_rng(seed))
    values = np.tanh(lesson["CASES"] @ net["W1"].T + net["b1"])
    return np.column_stack([values, np.ones(4)])


@pytest.mark.parametrize("seed", range(30))
def test_a_read_out_of_four_fixed_hidden_neurons_can_give_xor(lesson, seed):
    with_bias = values_of_the_read_out(lesson, 4, seed)
    best = np.linalg.lstsq(with_bias, lesson["XOR"], rcond=None)[0]
    assert with_bias @ best == pytest.approx(lesson["XOR"], abs=1e-6)


def smallest_largest_error(with_bias, target):
    """How close three numbers can bring all four outputs to their targets.

    The outputs of every read-out are orthogonal to u. So its errors add up, with the weights u, to
    the same sum. The largest of them is smallest if all four are equally large.
    """
    u = np.linalg.svd(with_bias)[0][:, -1]
    return abs(u @ target) / np.abs(u).sum()


def test_a_read_out_of_two_fixed_hidden_neurons_can_seldom_give_xor(lesson):
    close = 0
    for seed in range(30):
        with_bias = values_of_the_read_out(lesson, 2, seed)
        assert np.linalg.matrix_rank(with_bias) == 3
        close += smallest_largest_error(with_bias, lesson["XOR"]) < 0.3
    assert close == 3


def test_an_empty_exercise_gives_a_clear_message(lesson):
    net = lesson["random_network"](2, 2, 1, np.random.default_rng(0))
    names = ("dy", "dW2", "db2", "dh", "da", "dW1", "db1")
    with pytest.raises(ValueError, match="Exercise 1a.2"):
        lesson["learn_xor"](net, lambda *_, **__: dict.fromkeys(names, ...), ALL)


def test_two_of_the_five_starts_shown_learn_xor(lesson):
    assert sum(learns_xor(lesson, 2, seed) for seed in range(5)) == 2


def test_the_outputs_are_those_of_the_formula(lesson):
    net, x = lesson["params"], lesson["x_check"]
    y = net["W2"] @ np.tanh(net["W1"] @ x + net["b1"]) + net["b2"]
    assert lesson["outputs"](net, x) == pytest.approx(y)
    assert lesson["outputs"](net, np.array([x, x])) == pytest.approx(np.array([y, y]))


def test_the_example_of_a_layer():
    """The matrices that the text of the lesson gives."""
    W, x, da = np.array([[1, -1], [0, 2]]), np.array([2, 1]), np.array([-0.25, 0.5])
    assert np.outer(da, x) == pytest.approx(np.array([[-0.5, -0.25], [1, 0.5]]))
    assert W.T @ da == pytest.approx([-0.25, 1.25])


def test_the_figure_of_xor_shows_what_the_weights_answer():
    right, wrong = [[0, 1], [1, 0]], [[0, 0], [1, 1]]
    answers = figures("01a").network_answers(BY_HAND, np.array(right + wrong, float))
    assert answers == pytest.approx([1, 1, 0, 0])


def test_the_bent_line_goes_through_the_hidden_values_of_the_answer():
    fig, ax = plt.subplots()
    ax.set(xlim=(-0.5, 3), ylim=(-0.5, 3))
    xor_planes._draw_reachable(ax, BY_HAND)
    h1, h2 = ax.lines[0].get_data()
    assert h2 == pytest.approx(np.maximum(h1 - 1, 0))
    plt.close(fig)


def test_the_gradient_of_the_solution_is_right(lesson):
    gradients = lesson["solution_1a_2"](
        lesson["x_check"], **lesson["params"], target=lesson["target_check"]
    )
    for name, measured in lesson["measured"].items():
        assert lesson["relative_error"](gradients["d" + name], measured) < 1e-7


# Exercises


def test_another_xor_is_right_too():
    difference = {"W1": [[1, -1], [-1, 1]], "b1": [0, 0], "W2": [[1, 1]], "b2": [0]}
    assert verdict(exercises_of("1a")["1a.1"], difference) == "right."


def test_an_xor_of_the_wrong_shape_is_told_the_shape():
    weights = {"W1": [[1, 1], [1, 1]], "b1": [0, -1], "W2": [1, -2], "b2": [0]}
    said = verdict(exercises_of("1a")["1a.1"], weights)
    assert "W2 should have the shape (1, 2)" in said


@pytest.mark.parametrize(
    ("patient", "wrong"),
    [("A", ["dW1", "db1"]), ("B", ["dW2", "db2", "dh", "dW1", "db1"]), ("C", ["dh", "dW1", "db1"])],
)
def test_the_checks_of_the_patients_show_which_gradients_are_wrong(lesson, patient, wrong):
    table = lesson["lesson01a"].report(
        patient, lesson["x_check"], lesson["params"], lesson["target_check"]
    )
    found = [line.split()[0] for line in table.splitlines() if "wrong" in line]
    assert found == wrong


def test_the_check_of_patient_b_names_the_factor(lesson):
    table = lesson["lesson01a"].report(
        "B", lesson["x_check"], lesson["params"], lesson["target_check"]
    )
    assert table.count("wrong, 0.50 times") == 5
