"""Lesson 05a's exercises: its solutions are exact, and its checks answer what students write."""

import numpy as np
import pytest
from support.lessons import namespace

from rnnlib import gradcheck
from rnnlib.cells import LSTM
from rnnlib.lesson import exercises_of, verdict
from rnnlib.optim import Adam, clip_by_norm


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


# The experiment


@pytest.mark.slow
@pytest.mark.parametrize(("first", "expected"), [(6, 8), (100, 9)])
def test_as_many_cells_learn_the_task_as_the_rubric_says(lesson, first, expected):
    """TEACHING.md and the model answer of 5a.4. Rounding may change one or two."""
    trained = [lesson["train_cell"](seed) for seed in range(first, first + 20)]
    learned = [lesson["loss_on_new_scripts"](cell) < 0.005 for cell in trained]
    assert abs(sum(learned) - expected) <= 2
    for cell, has_learned in zip(trained, learned, strict=True):
        from_write = cell.part("i")["W"][0, 1]
        assert from_write > 4 if has_learned else from_write < (2 if first == 6 else 3)


@pytest.mark.slow
def test_of_the_cells_that_failed_ten_listen_to_the_value_and_two_are_silent(lesson):
    """The text before the question of 5a.4, for the seeds 6 to 25. Rounding may change one."""
    listening = silent = opposite = 0
    for cell in map(lesson["train_cell"], range(6, 26)):
        loss = lesson["loss_on_new_scripts"](cell)
        from_value, from_write = cell.part("i")["W"][0, :2]
        if loss > 0.005 and abs(from_value) > max(3, 2 * from_write):
            listening += 1
            opposite += from_value > 0  # the worst of the six cells has a negative weight
            stored, lost = np.sign(from_value), -np.sign(from_value)
            assert mean_answer(lesson, cell, stored) * stored > 0.5
            assert mean_answer(lesson, cell, lost) * lost < 0.25
        silent += loss > 0.98 * lesson["silent"]
    assert abs(listening - 10) <= 1
    assert abs(opposite - 6) <= 1
    assert abs(silent - 2) <= 1


def mean_answer(lesson, cell, value):
    """The mean of what the cell answers if it should answer 0.6 times this value."""
    x = lesson["new_scripts"]
    return cell.forward(x).h[np.isclose(lesson["target_of"](x), 0.6 * value)].mean()


def losses_of_a_longer_training(lesson, seed, updates):
    """The losses of train_cell(seed) after each number in updates."""
    rng = np.random.default_rng(seed)
    cell, adam = LSTM(4, 1, rng=rng), Adam(0.05)
    losses = []
    for update in range(1, max(updates) + 1):  # as train_cell, but for longer
        x = lesson["random_scripts"](20, 32, rng)
        trace = cell.forward(x)
        error = trace.h - lesson["target_of"](x)
        grads = cell.backward(trace, 2 * error / error.size)
        clip_by_norm(grads.params, 1.0)
        adam.step(cell.params, grads.params)
        if update in updates:
            losses.append(lesson["loss_on_new_scripts"](cell))
    return losses


@pytest.mark.slow
def test_more_updates_help_the_slow_cell_and_not_the_stuck_one(lesson):
    slow = losses_of_a_longer_training(lesson, 0, (500, 1000))
    assert slow[0] == pytest.approx(lesson["losses"][0], rel=0.01)
    assert slow[1] < 0.0002
    stuck = losses_of_a_longer_training(lesson, 3, (500, 1500))
    assert stuck[0] == pytest.approx(max(lesson["losses"]), rel=0.01)
    assert stuck[1] > 0.8 * stuck[0]


@pytest.mark.slow
def test_most_of_the_cells_that_failed_are_stuck(lesson):
    """The summary. Of the twelve cells that failed (seeds 6 to 25), more updates help only one."""
    failed = 6, 9, 10, 12, 13, 14, 17, 20, 22, 23, 24, 25
    losses = [losses_of_a_longer_training(lesson, seed, (1500,))[0] for seed in failed]
    assert abs(sum(loss > 0.01 for loss in losses) - 11) <= 1
