"""Lesson 05b's map of the gates and its exercises: what they predict, and what a check answers."""

import numpy as np
import pytest
from support.lessons import namespace

from rnnlib.lesson import exercises_of, verdict


@pytest.fixture(scope="module")
def lesson():
    return namespace("05b")


# The map of the gates


def measured(lesson, pattern, u=0.0, value=0.05):
    """|∂h_t/∂x_s|, (T, T), of one unit whose gates i, f and o obey the pattern (T, 3)."""
    cell = lesson["commanded_cell"](u, np.random.default_rng(0))
    x = np.column_stack([np.full(len(pattern), value), pattern])
    return np.abs(lesson["derivatives"](cell, x))


def test_the_derivatives_are_those_that_differences_give(lesson):
    rng = np.random.default_rng(2)
    cell = lesson["commanded_cell"](0.25, rng)
    x = np.column_stack([rng.normal(size=6), rng.integers(0, 2, (6, 3))])
    slopes = np.zeros((6, 6))
    for s in range(6):
        above, below = x.copy(), x.copy()
        above[s, 0] += 1e-5
        below[s, 0] -= 1e-5
        h_above, h_below = cell.forward(above[:, None]).h, cell.forward(below[:, None]).h
        slopes[:, s] = (h_above - h_below)[:, 0, 0] / 2e-5
    np.testing.assert_allclose(lesson["derivatives"](cell, x), slopes, atol=1e-8)


def test_the_map_predicts_which_derivatives_are_large(lesson):
    rng = np.random.default_rng(5)
    for _ in range(20):
        pattern = (rng.random((10, 3)) < (0.4, 0.8, 0.4)).astype(float)
        way, J = lesson["solution_5b_2"](*pattern.T), measured(lesson, pattern)
        assert J[way].min(initial=1) > 0.8
        assert J[~way].max() < 0.02


def test_the_figure_shows_four_open_ways_that_are_the_large_derivatives(lesson):
    gates = {name: lesson[name].astype(float) for name in "ifo"}
    way = lesson["solution_5b_2"](**gates)
    x = np.column_stack([lesson["values"], gates["i"], gates["f"], gates["o"]])
    J = lesson["derivatives"](lesson["commanded_cell"](0.0, np.random.default_rng(0)), x)
    np.testing.assert_array_equal(way, np.abs(J) > 0.5)
    assert way.sum() == 4
    assert gates["f"][7] == 0  # step 8, counted from 1
    assert not way[7:, :7].any()


def test_the_detour_leads_around_a_closed_forget_gate(lesson):
    """The value leaves at step 2 through the output gate and enters again at step 3.

    It enters through the input gate, although the forget gate is closed there.
    """
    pattern = np.array([[1, 0, 0], [0, 1, 1], [1, 0, 1]])
    assert not lesson["solution_5b_2"](*pattern.T)[2, 0]
    assert measured(lesson, pattern)[2, 0] < 0.01
    assert measured(lesson, pattern, u=0.25)[2, 0] > 0.1


def test_the_map_misses_as_many_derivatives_as_the_text_says(lesson):
    assert lesson["missed"] == 0
    assert lesson["large"] == pytest.approx(596, abs=4)
    assert lesson["missed_u"] / lesson["large_u"] == pytest.approx(0.1, abs=0.02)
    large, missed, _ = lesson["compare_with_map"](0.02)
    assert missed == 0 and large == pytest.approx(596, abs=4)


# The bug clinic


def test_each_patient_has_its_own_pattern_over_the_two_examinations(lesson):
    def wrong(name, steps):
        errors = lesson["clinic"].examine(name, steps=steps)
        assert all(error < 1e-7 or error > 1e-3 for error in errors.values())
        return {gradient for gradient, error in errors.items() if error > 1e-7}

    everything = {"dW", "dU", "db_i", "db_f", "db_o", "db_g"}
    assert wrong("F", 4) == wrong("F", 1) == {"db_f"}
    assert (wrong("G", 4), wrong("G", 1)) == (everything, set())
    assert (wrong("J", 4), wrong("J", 1)) == (everything, {"dW", "dU", "db_o"})


# The exercises


@pytest.mark.parametrize("n", [1, 20, 1000])
def test_half_is_left_after_n_steps(lesson, n):
    f, b = lesson["solution_5b_1"](n)
    assert f**n == pytest.approx(0.5)
    assert 1 / (1 + np.exp(-b)) == pytest.approx(f)


def said_of(number, candidate):
    return verdict(exercises_of("5b")[number], candidate)


@pytest.mark.parametrize(
    ("f", "b", "hint"),
    [
        (lambda n: 1 - 1 / n, lambda f: np.log(f / (1 - f)), "about 1/e is left"),
        (lambda n: 0.5 ** (1 / n), np.log, "ln f is negative"),
        (lambda n: 0.5 / n, lambda f: np.log(f / (1 - f)), "multiply f by itself n times"),
    ],
)
def test_typical_half_lives_get_their_hint(f, b, hint):
    def half_life(n):
        return f(n), b(f(n))

    assert hint in said_of("5b.1", half_life)


def ways_by_two_loops(is_open, turned=False):
    """An answer to 5b.2 as a student writes it: two loops, and one condition on i, f, o, s, t."""

    def open_ways(i, f, o):
        T = len(i)
        way = np.zeros((T, T), bool)
        for s in range(T):
            for t in range(s, T):
                if turned:
                    way[s, t] = is_open(i, f, o, s, t)
                else:
                    way[t, s] = is_open(i, f, o, s, t)
        return way

    return open_ways


def right_condition(i, f, o, s, t):
    return i[s] == 1 and all(f[s + 1 : t + 1]) and o[t] == 1


def test_other_right_ways_are_accepted():
    assert said_of("5b.2", ways_by_two_loops(right_condition)) == "right."

    def as_products(i, f, o):
        T = len(i)
        rows = []
        for t in range(T):
            rows.append([i[s] * np.prod(f[s + 1 : t + 1]) * o[t] * (s <= t) for s in range(T)])
        return rows

    assert said_of("5b.2", as_products) == "right."


@pytest.mark.parametrize(
    ("condition", "hint"),
    [
        (lambda i, f, o, s, t: i[s] * np.prod(f[s : t + 1]) * o[t] == 1, "of step s itself"),
        (lambda i, f, o, s, t: bool(i[s] and o[t]), "left out the forget gates"),
        (lambda i, f, o, s, t: i[s] == 1 and all(f[s + 1 : t + 1]), "left out the output gate"),
        (lambda i, f, o, s, t: o[t] == 1 and all(f[s + 1 : t + 1]), "left out the input gate"),
        (lambda i, f, o, s, t: i[s] and all(f[s:t]) and o[t], "forget gates from s to t − 1"),
    ],
)
def test_typical_ways_get_their_hint(condition, hint):
    assert hint in said_of("5b.2", ways_by_two_loops(condition))


def test_an_output_before_the_input_gets_its_hint():
    def open_ways(i, f, o):
        T = len(i)
        way = np.zeros((T, T), bool)
        for t in range(T):
            for s in range(T):
                way[t, s] = right_condition(i, f, o, s, t)
        return way

    assert "way[t, s] is False for t < s" in said_of("5b.2", open_ways)


def test_rows_and_columns_that_are_exchanged_are_known():
    assert "Rows and columns" in said_of("5b.2", ways_by_two_loops(right_condition, turned=True))


def test_the_faulty_lines_are_those_of_the_solution(lesson):
    solution = lesson["solution_5b_3"]
    assert said_of("5b.3", solution) == "right."
    assert "db_f + da_i" in lesson["clinic"].SOURCES["F"].splitlines()[solution["F"]]
    assert "dc = dh" in lesson["clinic"].SOURCES["G"].splitlines()[solution["G"]]
    assert "da_o" in lesson["clinic"].SOURCES["J"].splitlines()[solution["J"]]


def test_the_unused_gradient_of_patient_g_gets_its_hint():
    assert "Is dc_next ever used?" in said_of("5b.3", {"F": 12, "G": 14, "J": 7})
