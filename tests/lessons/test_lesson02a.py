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
        ("C7", True),
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
    assert data["sensitivity"][-1] == 1


def test_the_sensitivity_is_the_slope_of_the_first_input(lesson):
    """Until step 16, a larger w does nothing but make the first input larger."""
    above, at, below = (
        lesson["compute_unit"](w, 0.9, 0.2, 0.3, "tanh") for w in (1 + 1e-6, 1.0, 1 - 1e-6)
    )
    slopes = np.abs(above["h"] - below["h"]) / 2e-6
    np.testing.assert_allclose(at["sensitivity"][:15], slopes[:15], rtol=1e-4)


# What the text says of the latch at u = 2


def state_after(inputs):
    """The state of a tanh unit with u = 2 after these weighted inputs and 300 steps of nothing."""
    h = np.tanh(1.0)  # the pulse
    for wx in [*np.zeros(50), *inputs, *np.zeros(300)]:
        h = np.tanh(wx + 2 * h)
    return h


def test_a_single_input_flips_the_latch_only_if_it_outweighs_the_state():
    assert state_after([-1.85]) > 0.9
    assert state_after([-1.95]) < -0.9


def test_a_weak_input_flips_the_latch_if_it_lasts():
    threshold = 2 * np.sqrt(0.5) - np.arctanh(np.sqrt(0.5))
    assert abs(threshold - 0.533) < 0.0005
    assert state_after([-threshold + 0.001] * 2000) > 0.9
    assert state_after([-threshold - 0.001] * 2000) < -0.9


@pytest.mark.parametrize(("wx", "steps"), [(0.6, 12), (0.54, 42)])
def test_a_weak_input_takes_as_long_as_the_text_says(wx, steps):
    h, taken = 0.9575, 0
    while h > 0:
        h, taken = np.tanh(2 * h - wx), taken + 1
    assert taken == steps


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


def test_a_unit_that_satisfies_the_old_hint_but_flips_in_the_noise_is_told_so():
    said = verdict(exercises_of("2a")["2a.2"], {"w": 4.0, "u": 1.4, "b": 0.0})
    assert "noise alone throws the unit" in said


def test_the_fading_mean_may_be_rounded():
    mean = {"w": 0.067, "u": 0.933, "b": 0}
    assert verdict(exercises_of("2a")["2a.3"], mean) == "right."
