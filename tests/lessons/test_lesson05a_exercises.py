"""Lesson 05a's exercises: its solutions are exact, and its checks answer what students write."""

import numpy as np
import pytest
from support.lessons import namespace

from rnnlib import gradcheck
from rnnlib.cells import LSTM
from rnnlib.lesson import exercises_of, verdict


@pytest.fixture(scope="module")
def lesson():
    return namespace("05a")


# The backward pass


def random_run(T, D, H):
    """An LSTM with random biases, an input x (T, 1, D), its trace, and dh (T, 1, H)."""
    rng = np.random.default_rng(100 * T + 10 * D + H)
    cell = LSTM(D, H, rng=rng)
    cell.params["b"][:] = rng.normal(size=4 * H)
    x = rng.normal(size=(T, 1, D))
    return cell, x, cell.forward(x), rng.normal(size=(T, 1, H))


SHAPES = [(1, 1, 1), (4, 3, 2), (6, 2, 5)]


@pytest.mark.parametrize(("T", "D", "H"), SHAPES)
def test_one_step_back_agrees_with_the_cell_at_every_step(lesson, T, D, H):
    """A step's own gradients, given those that the cell's backward pass says arrive there."""
    cell, x, trace, dh = random_run(T, D, H)
    grads = cell.backward(trace, dh)
    db, dc_later = np.zeros(4 * H), np.zeros(H)
    for t in reversed(range(T)):
        i, f, o, g, c = (getattr(trace, name)[t, 0] for name in "ifogc")
        c_prev = trace.c[t - 1, 0] if t > 0 else np.zeros(H)
        total = grads.h[t, 0]
        dc, *parts, dc_later = lesson["solution_5a_1"](total, dc_later, i, f, o, g, c, c_prev)
        np.testing.assert_allclose(dc, grads.c[t, 0])
        np.testing.assert_allclose(np.concatenate(parts) @ cell.params["W"], grads.x[t, 0])
        db += np.concatenate(parts)
    np.testing.assert_allclose(db, grads.params["b"])
    np.testing.assert_allclose(dc_later, grads.state["c"][0])


def test_one_step_back_agrees_with_finite_differences(lesson):
    rng = np.random.default_rng(3)
    a = {gate: rng.normal(size=3) for gate in "ifog"}
    arrays = a | {"c_prev": rng.normal(size=3)}
    dh, dc_later = rng.normal(size=(2, 3))

    def forward():
        i, f, o = (1 / (1 + np.exp(-a[gate])) for gate in "ifo")
        g = np.tanh(a["g"])
        return i, f, o, g, f * arrays["c_prev"] + i * g

    def error():
        *_, o, _, c = forward()
        return dh @ (o * np.tanh(c)) + dc_later @ c

    *values, c = forward()
    back = lesson["solution_5a_1"](dh, dc_later, *values, c, arrays["c_prev"])
    slopes = gradcheck.numerical(error, arrays)
    for name, exact in zip(("i", "f", "o", "g", "c_prev"), back[1:], strict=True):
        assert gradcheck.relative_error(exact, slopes[name]) < 1e-7, name


def sequence_back(lesson, cell, x, trace, dh):
    v = {name: getattr(trace, name)[:, 0] for name in "ifogch"}
    return lesson["solution_5a_3"](x[:, 0], v, dh[:, 0], cell.params["U"])


@pytest.mark.parametrize(("T", "D", "H"), SHAPES)
def test_a_sequence_back_agrees_with_the_cell(lesson, T, D, H):
    cell, x, trace, dh = random_run(T, D, H)
    expected = cell.backward(trace, dh).params
    solution = sequence_back(lesson, cell, x, trace, dh)
    for name, computed in zip(("W", "U", "b"), solution, strict=True):
        np.testing.assert_allclose(computed, expected[name], atol=1e-12)


def test_a_sequence_back_agrees_with_finite_differences(lesson):
    cell, x, trace, dh = random_run(5, 2, 3)
    slopes = gradcheck.numerical(lambda: (dh * cell.forward(x).h).sum(), cell.params)
    solution = sequence_back(lesson, cell, x, trace, dh)
    for name, computed in zip(("W", "U", "b"), solution, strict=True):
        assert gradcheck.relative_error(computed, slopes[name]) < 1e-6, name


@pytest.mark.parametrize(
    ("dc", "said"),
    [
        (lambda dh, later, o, c: later + dh * o * (1 - np.tanh(c) ** 2), "dc is right"),
        (lambda dh, later, o, c: dh * o * (1 - np.tanh(c) ** 2), "dc is wrong"),
    ],
)
def test_the_first_line_of_the_step_back_can_be_checked_alone(dc, said):
    def begun(dh, dc_later, i, f, o, g, c, c_prev):
        return dc(dh, dc_later, o, c), ..., ..., ..., ..., ...

    assert verdict(exercises_of("5a")["5a.1"], begun) == f"{said}; da_i is still missing."


# Gates set by hand


def gates(w_f=(0, -12, -12, 0), w_g=0.85, b=(-6, 6, -6, 0), **rows):
    """An answer to 5a.2 as a student writes it. rows: w_i and w_o, if they are not the usual."""
    w_i, w_o = rows.get("w_i", (0, 12, 0, 0)), rows.get("w_o", (0, 0, 0, 12))
    return {"W": [list(w_i), list(w_f), list(w_o), [w_g, 0, 0, 0]], "b": list(b)}


def said_of(candidate):
    return verdict(exercises_of("5a")["5a.2"], candidate)


def test_the_gates_set_by_hand_solve_other_scripts(lesson):
    cell = LSTM(4, 1, rng=np.random.default_rng(0))
    cell.params["U"][:] = 0
    for name, values in lesson["solution_5a_2"].items():
        cell.params[name][:] = values
    x = lesson["random_scripts"](40, 300, np.random.default_rng(12))
    assert ((cell.forward(x).h - lesson["target_of"](x)) ** 2).mean() < 0.0002


@pytest.mark.parametrize(
    "answer",
    [
        gates(w_i=(0, 10, 0, 0), w_f=(0, -10, -10, 0), w_o=(0, 0, 0, 10), b=(-5, 5, -5, 0)),
        gates(w_i=(0, 60, 0, 0), w_f=(0, -60, -60, 0), w_o=(0, 0, 0, 60), b=(-30, 30, -30, 0)),
        gates(w_f=(0, -9, -20, 0)),
    ],
)
def test_other_right_gates_are_accepted(answer):
    assert said_of(answer) == "right."
    as_arrays = {name: np.array(numbers) for name, numbers in answer.items()}
    assert said_of(as_arrays) == "right."


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (gates(w_f=(0, 0, -12, 0)), "not closed at a write"),  # what the bench can set
        (gates(w_f=(0, 12, 12, 0), b=(-6, -6, -6, 0)), "forget gate is not closed at an erase"),
        (gates(b=(-1, 6, -6, 0)), "lets in values that were not marked"),
        (gates(w_i=(0, -12, 0, 0), b=(6, 6, -6, 0)), "input gate is not open at a write"),
        (gates(w_o=(0, 0, 0, 0), b=(-6, 6, 6, 0)), "answers when it should be silent"),
        (gates(w_g=-0.85), "wrong sign"),
        (gates(w_g=3), "wrong size"),
        # The numbers of the bench, with the weight that it lacks: without and with the right size.
        (gates((0, -8, -8, 0), 1, (-4, 4, -4, 0), w_i=(0, 8, 0, 0), w_o=(0, 0, 0, 8)), "size"),
        (gates((0, -8, -8, 0), 0.85, (-4, 4, -4, 0), w_i=(0, 8, 0, 0), w_o=(0, 0, 0, 8)), "larger"),
        (gates(b=(-6, 6, -6, 0.6)), "It needs no bias"),
    ],
)
def test_typical_gates_get_their_hint(answer, hint):
    said = said_of(answer)
    assert said.startswith("the loss is ")
    assert hint in said


def test_rows_in_the_order_of_other_libraries_are_known():
    answer = gates()
    swapped = {name: [*rows[:2], rows[3], rows[2]] for name, rows in answer.items()}
    assert "the order i, f, g, o" in said_of(swapped)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"W": ..., "b": ...}, "nothing has been tried yet"),
        ({"W": np.zeros((4, 4))}, "b is still missing"),
        ([1, 2], "it should be a dict"),
        (gates(b=(-6, 6, -6)), "b (4,); they have (4, 4) and (3,)"),
        ({"W": np.full((4, 4), np.nan), "b": np.zeros(4)}, "finite numbers"),
        ({"W": "open", "b": "shut"}, 'numbers in "W" and "b"'),
    ],
)
def test_what_is_no_answer_yet_is_told_so(answer, words):
    assert words in said_of(answer)
