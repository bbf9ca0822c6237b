"""Lesson 02a: its bench of one unit shows what the lesson says, and its claims hold."""

import numpy as np
import pytest
from support.benches import move_all
from support.claims import verdicts
from support.lessons import figures, namespace

from rnnlib.activations import ACTIVATIONS
from rnnlib.lesson import exercises_of, verdict


@pytest.fixture(scope="module")
def lesson():
    return namespace("02a")


def test_every_bench_at_its_extremes(lesson):
    assert move_all(lesson) == 2


def test_the_example_by_hand(lesson):
    assert lesson["printed"].count("a = 1.000   h = 0.500") == 4


def test_the_verdicts(lesson):
    expected = [
        ("C7", True),
        ("C15", True),
        ("C11", True),
        ("C8", True),
        ("C9", True),
        ("C7", False),  # with Elman's rule, the networks use their memory but don't solve the task
    ]
    assert verdicts(lesson["printed"]) == expected


# The bench of one unit


def fixed_points(u):
    return figures("02a").fixed_points(ACTIVATIONS["tanh"], u, 0.0)


@pytest.mark.parametrize(("u", "number"), [(0.9, 1), (1.0, 1), (1.05, 3), (1.1, 3), (-2.0, 1)])
def test_there_are_as_many_fixed_points_as_the_lesson_says(u, number):
    assert len(fixed_points(u)) == number


@pytest.mark.parametrize("phi", ["tanh", "softsign"])
@pytest.mark.parametrize("u", [1.0, -1.0])
def test_at_a_slope_of_one_the_state_still_creeps_to_zero(phi, u):
    ((point, stable),) = figures("02a").fixed_points(ACTIVATIONS[phi], u, 0.0)
    assert abs(point) < 1e-6
    assert stable


@pytest.mark.parametrize(("phi", "u"), [("identity", 1.0), ("identity", -1.0), ("relu", 1.0)])
def test_where_every_state_stays_no_fixed_point_is_marked(phi, u):
    assert figures("02a").fixed_points(ACTIVATIONS[phi], u, 0.0) == []


@pytest.mark.parametrize("u", [0.9, 1.1, -2.0])
def test_fixed_points_do_not_move(u):
    for point, _ in fixed_points(u):
        assert abs(np.tanh(u * point) - point) < 1e-6


@pytest.mark.parametrize("u", [0.9, 1.1, -2.0])
def test_a_run_returns_to_stable_fixed_points_only(u):
    for point, stable in fixed_points(u):
        h = point + 1e-3
        for _ in range(60):
            h = np.tanh(u * h)
        assert (abs(h - point) < 1e-3) == stable


@pytest.mark.parametrize(("w", "u", "second"), [(2.3, 2.0, -0.9), (2.0, 2.0, -1.0)])
def test_a_large_second_input_flips_the_unit(lesson, w, u, second):
    assert lesson["compute_unit"](w, u, 0.0, second, "tanh")["h"][-1] < -0.9


@pytest.mark.parametrize(("w", "u", "second"), [(2.3, 2.0, -0.8), (1.9, 2.0, -1.0)])
def test_a_slightly_smaller_second_input_does_not_flip_the_unit(lesson, w, u, second):
    assert lesson["compute_unit"](w, u, 0.0, second, "tanh")["h"][-1] > 0.9


def test_a_linear_unit_with_weight_one_adds_up_its_inputs(lesson):
    data = lesson["compute_unit"](1.0, 1.0, 0.0, 0.5, "identity")
    assert data["h"][-1] == 1.5


def test_a_linear_unit_with_weight_one_remembers_the_first_input_fully(lesson):
    data = lesson["compute_unit"](1.0, 1.0, 0.0, 0.5, "identity")
    assert data["sensitivity"][-1] == 1


def test_the_sensitivity_is_the_slope_of_the_first_input(lesson):
    """Until step 16, a larger w does nothing but make the first input larger."""
    above, at, below = (
        lesson["compute_unit"](w, 0.9, 0.2, 0.3, "tanh") for w in (1 + 1e-6, 1.0, 1 - 1e-6)
    )
    slopes = np.abs(above["h"] - below["h"]) / 2e-6
    np.testing.assert_allclose(at["sensitivity"][:15], slopes[:15], rtol=1e-4)


def test_the_readout_says_where_every_state_is_a_fixed_point(lesson):
    describe = figures("02a").UNIT_BENCH["describe"]
    said = describe(lesson["compute_unit"](1.0, 1.0, 0.0, 0.5, "identity"))
    assert "every state is a fixed point" in said
    for u, b, phi in [(1.3, 0.0, "identity"), (1.0, 0.5, "identity"), (1.0, 0.0, "relu")]:
        said = describe(lesson["compute_unit"](1.0, u, b, 0.0, phi))
        assert "no stable fixed point" in said


# What the text says of latches


@pytest.mark.parametrize(("b", "points", "last"), [(-0.5, 3, 0.80), (-0.55, 1, -0.99)])
def test_a_lasting_input_is_a_bias_that_takes_the_upper_fixed_point_away(lesson, b, points, last):
    data = lesson["compute_unit"](1.5, 2.0, b, 0.0, "tanh")
    assert len(data["fixed"]) == points
    assert abs(data["h"][-1] - last) < 0.01


def state_after(inputs, u):
    """The state of a tanh unit after a pulse, these weighted inputs and 300 steps of nothing."""
    h = np.tanh(1.0)  # the pulse
    for wx in [*np.zeros(50), *inputs, *np.zeros(300)]:
        h = np.tanh(wx + u * h)
    return h


@pytest.mark.parametrize(("u", "limit"), [(2.0, 1.92), (2.5, 2.46)])
def test_a_single_input_flips_the_latch_only_if_it_outweighs_the_state(u, limit):
    assert state_after([-limit + 0.01], u) > 0.9
    assert state_after([-limit - 0.01], u) < -0.9


@pytest.mark.parametrize(("u", "limit"), [(2.0, 0.53), (2.5, 0.90)])
def test_a_weak_input_flips_the_latch_if_it_lasts(u, limit):
    slope_one = np.sqrt(1 - 1 / u)  # the state at which the curve has the diagonal's slope
    threshold = u * slope_one - np.arctanh(slope_one)
    assert abs(threshold - limit) < 0.005
    assert state_after([-threshold + 0.001] * 2000, u) > 0.9
    assert state_after([-threshold - 0.001] * 2000, u) < -0.9


def test_the_sensitivity_of_the_latch_falls_by_six_at_every_step(lesson):
    sensitivity = lesson["compute_unit"](1.0, 2.0, 0.0, 0.0, "tanh")["sensitivity"]
    np.testing.assert_allclose(sensitivity[10:20] / sensitivity[11:21], 6, atol=0.1)


# How long a unit remembers below u = 1


@pytest.mark.parametrize(("u", "steps"), [(0.9, 9.5), (0.99, 100)])
def test_a_small_state_falls_to_a_third_in_the_steps_that_the_text_says(u, steps):
    lifetime = 1 / np.log(1 / u)
    h = 0.01
    for _ in range(round(lifetime)):
        h = np.tanh(u * h)
    assert abs(lifetime - steps) < 0.6
    assert abs(h / 0.01 - np.exp(-1)) < 0.03


@pytest.mark.parametrize(("u", "last"), [(0.9, 0.02), (1.0, 0.22), (1.2, 0.66)])
def test_the_first_task_of_the_bench_shows_three_different_states(lesson, u, last):
    data = lesson["compute_unit"](1.0, u, 0.0, 0.0, "tanh")
    assert abs(data["h"][-1] - last) < 0.01


# Exercises


def test_a_latch_that_only_just_flips_is_told_that_it_needs_a_margin():
    said = verdict(exercises_of("2a")["2a.2"], {"w": 2.8, "u": 2.5, "b": 0.0})
    assert "only just flips" in said
    assert "below −0.5 right after it" in said


def test_the_button_that_flips_the_unit_does_not_give_the_answer_away(lesson):
    flipped = figures("02a").UNIT_BENCH["presets"]["Flipped"]
    assert lesson["compute_unit"](**flipped)["h"][-1] < -0.9
    said = verdict(exercises_of("2a")["2a.2"], {name: flipped[name] for name in "wub"})
    assert "only just flips" in said


@pytest.mark.parametrize("u", np.arange(2.0, 3.01, 0.1))
def test_the_margin_of_the_hint_is_enough(u):
    h = 1.0
    for _ in range(100):
        h = np.tanh(u * h)
    smallest = u * h  # the smallest w with which an input of −1 flips the state
    assert verdict(exercises_of("2a")["2a.2"], {"w": smallest + 0.6, "u": u, "b": 0.0}) == "right."


@pytest.mark.parametrize("u", np.arange(1.1, 1.81, 0.1))
def test_with_a_small_u_no_w_makes_a_latch(u):
    exercise = exercises_of("2a")["2a.2"]
    for w in np.arange(0.5, 5.0, 0.05):
        assert verdict(exercise, {"w": w, "u": u, "b": 0.0}) != "right."


def test_a_unit_that_satisfies_the_old_hint_but_flips_in_the_noise_is_told_so():
    said = verdict(exercises_of("2a")["2a.2"], {"w": 4.0, "u": 1.4, "b": 0.0})
    assert "noise alone throws the unit" in said


def test_the_fading_mean_may_be_rounded():
    mean = {"w": 0.067, "u": 0.933, "b": 0}
    assert verdict(exercises_of("2a")["2a.3"], mean) == "right."
