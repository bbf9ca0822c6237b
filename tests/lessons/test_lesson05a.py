"""Lesson 05a: its benches show what the lesson says, and its cells compute what it says."""

import numpy as np
import pytest
from support.benches import move_all
from support.claims import verdicts
from support.lessons import figures, namespace

from rnnlib.cells import LSTM


@pytest.fixture(scope="module")
def lesson():
    return namespace("05a")


def test_every_bench_at_its_extremes(lesson):
    assert move_all(lesson) == 3


def test_the_verdicts(lesson):
    expected = [("C26", True), ("C25", True), ("C27", True), ("C28", True)]
    assert verdicts(lesson["printed"]) == expected


# One step, and three steps with a pencil


def one_step(lesson, preset):
    """The data of the bench of one step, from its start and one of its presets."""
    block = lesson["lstm_block"]
    start = {name: slider.start for name, slider in block.ONE_STEP_SLIDERS.items()}
    return lesson["compute_one_step"](**start | block.ONE_STEP_BENCH["presets"][preset])


def test_the_presets_of_one_step_do_what_their_names_say(lesson):
    keep, erase, overwrite, add, hide = (
        one_step(lesson, preset) for preset in ("Keep", "Erase", "Overwrite", "Add", "Hide")
    )
    assert keep["c"] == pytest.approx(keep["c_prev"], rel=0.01)
    assert keep["h"] > 0.5
    assert abs(erase["c"]) < 0.01
    assert overwrite["c"] == pytest.approx(overwrite["g"], rel=0.01)
    assert add["c"] == pytest.approx(add["c_prev"] + add["g"], rel=0.01)
    assert hide["c"] == pytest.approx(hide["c_prev"], rel=0.01)
    assert abs(hide["h"]) < 0.01


def test_the_pencil_cell_has_the_gates_of_the_table(lesson):
    trace = lesson["pencil"].forward(np.array([1.0, 0, 0])[:, None, None])
    table = {"i": [0.75, 0.25, 0.25], "f": [0.75] * 3, "o": [0.5] * 3, "g": [0.5, 0, 0]}
    for name, numbers in table.items():
        np.testing.assert_allclose(getattr(trace, name)[:, 0, 0], numbers, atol=1e-12)


def test_the_pencil_cell_keeps_nine_sixteenths_of_a_small_change(lesson):
    def c_3(eps):
        state = {"h": np.zeros((1, 1)), "c": np.full((1, 1), 3 / 8 + eps)}
        return lesson["pencil"].forward(np.zeros((2, 1, 1)), state).c[-1].item()

    assert c_3(0) == pytest.approx(27 / 128)
    assert (c_3(1e-6) - c_3(0)) / 1e-6 == pytest.approx(9 / 16)


@pytest.mark.parametrize(("D", "H"), [(1, 1), (4, 2), (2, 7)])
def test_the_textbook_step_is_the_librarys(lesson, D, H):
    rng = np.random.default_rng(D * 10 + H)
    cell = LSTM(D, H, rng=rng)
    cell.params["b"][:] = rng.normal(size=4 * H)
    x = rng.normal(size=(6, 1, D))
    state = {"h": rng.uniform(-1, 1, (1, H)), "c": rng.normal(size=(1, H))}
    trace = cell.forward(x, state)
    h, c = state["h"][0], state["c"][0]
    for t in range(6):
        h, c = lesson["lstm_step"](cell, x[t, 0], h, c)
        np.testing.assert_allclose(h, trace.h[t, 0])
        np.testing.assert_allclose(c, trace.c[t, 0])


# The task


def test_a_script_counts_its_steps_from_1(lesson):
    x = lesson["script_of"]([1, -1, 1], write=[1], read=[3])[:, 0]
    assert x.tolist() == [[1, 1, 0, 0], [-1, 0, 0, 0], [1, 0, 0, 1]]


def test_the_task_answers_what_was_written_last(lesson):
    x = lesson["script_of"]([1, -1, 1, -1, 1, 1], write=[1, 4], erase=[3], read=[2, 3, 5, 6])
    np.testing.assert_allclose(lesson["target_of"](x)[:, 0, 0], [0, 0.6, 0, 0, -0.6, -0.6])


def test_random_scripts_give_at_most_one_command_at_a_time(lesson):
    x = lesson["random_scripts"](30, 50, np.random.default_rng(0))
    assert x.shape == (30, 50, 4)
    assert set(np.unique(x[:, :, 0])) == {-1, 1}
    assert set(np.unique(x[:, :, 1:].sum(axis=2))) == {0, 1}


def test_a_silent_cell_has_the_loss_of_the_text(lesson):
    in_the_bench = (lesson["target_of"](lesson["SCRIPTS"]["store and recall"]) ** 2).mean()
    for loss in (in_the_bench, lesson["silent"]):
        assert loss == pytest.approx(0.05, abs=0.006)


# Bench: twelve steps


def twelve_steps(lesson, **moved):
    """The trace and the gradients of the bench of twelve steps."""
    biases = {"b_i": -4.0, "b_f": 4.0, "b_o": -4.0}
    data = lesson["compute_cell"](1, "forward", **biases | moved)
    return data["trace"], data["grads"]


def test_the_stored_value_stays_from_its_write_to_its_erase(lesson):
    trace, _ = twelve_steps(lesson)
    c, h = trace.c[:, 0, 0], trace.h[:, 0, 0]
    assert c[1] == pytest.approx(0.73, abs=0.01)
    assert c[5] == pytest.approx(0.66, abs=0.01)  # step 6: other values have hardly changed it
    assert h[4] == pytest.approx(0.58, abs=0.01)  # the read at step 5
    assert abs(c[6]) < 0.05  # the erase at step 7
    assert np.abs(np.delete(h, [4, 11])).max() < 0.02  # silent where nobody reads


def test_with_a_low_forget_bias_the_value_is_gone_one_step_later(lesson):
    trace, _ = twelve_steps(lesson, b_f=-4.0)
    assert trace.c[1].item() > 0.7
    assert abs(trace.c[2].item()) < 0.01


def test_with_a_high_input_bias_other_values_pour_in(lesson):
    trace, _ = twelve_steps(lesson, b_i=0.0)
    assert abs(trace.c[2].item()) < 0.01
    assert trace.c[3].item() == pytest.approx(-0.38, abs=0.01)


def test_backwards_the_gradient_enters_at_12_passes_9_and_is_lost_at_7(lesson):
    _, grads = twelve_steps(lesson)
    dc = np.array([0, *grads.c[:, 0, 0]])  # dc[t] belongs to step t
    assert dc[12] == pytest.approx(0.65, abs=0.01)
    assert dc[8] == pytest.approx(dc[9], rel=0.03)
    assert dc[7] > 0.9 * dc[12]
    assert dc[6] < 0.02 * dc[7]


def test_the_presets_of_twelve_steps_do_what_their_names_say(lesson):
    presets = figures("05a").CELL_BENCH["presets"]
    normal = twelve_steps(lesson)[0].c[:, 0, 0]
    c = {name: twelve_steps(lesson, **preset)[0].c[:, 0, 0] for name, preset in presets.items()}
    assert np.abs(c["Never writes"]).max() < 0.05
    assert abs(c["Forgets at once"][2]) < 0.05 < 0.7 < c["Forgets at once"][1]
    assert c["Leaks in"][3] < 0.25 * normal[3]


# Bench: gates in time

BY_HAND = {"b_i": -4.0, "w_i": 8.0, "b_f": 4.0, "w_f": -8.0, "b_o": -4.0, "w_o": 8.0, "u_g": 0.0}


def test_the_presets_of_gates_in_time_are_what_their_names_say(lesson):
    presets = figures("05a").GATES_BENCH["presets"]
    run = {name: lesson["compute_gates"](**preset) for name, preset in presets.items()}
    counted = np.cumsum(lesson["PULSES"] > 0)
    np.testing.assert_allclose(run["Counter"]["c"], counted, atol=0.2)
    fading = run["Leaky integrator"]["c"]
    assert fading[23] < 0.3 * fading[12]
    h, values = run["One-step delay"]["h"], run["One-step delay"]["x"][:, 0]
    np.testing.assert_array_equal(np.sign(h[1::2]), values[0::2])
    assert np.abs(h[0::2]).max() < 0.02 < 0.5 < np.abs(h[1::2]).min()
    assert min(run["Latch"]["f"].min(), run["Latch"]["o"].min()) > 0.9
    assert run["Latch"]["loss"] > 0.4
    assert run["Plain RNN"]["f"].max() < 0.01 < 0.99 < run["Plain RNN"]["i"].min()


def test_a_plain_rnn_builds_its_state_from_the_hidden_state_alone(lesson):
    preset = figures("05a").GATES_BENCH["presets"]["Plain RNN"]
    data = lesson["compute_gates"](**preset)
    h_prev = np.array([0, *data["h"][:-1]])
    rebuilt = np.tanh(data["x"][:, 0] + preset["u_g"] * h_prev)
    np.testing.assert_allclose(data["c"], rebuilt, atol=0.01)


def test_the_answer_of_the_text_solves_the_script(lesson):
    assert lesson["compute_gates"]("store and recall", **BY_HAND)["loss"] < 0.002


def test_a_second_write_is_added_to_the_first(lesson):
    """First an equal value, which almost doubles what is stored, then an opposite one."""
    c = lesson["compute_gates"]("no erase", **BY_HAND)["c"]
    written = lesson["SCRIPTS"]["no erase"][[1, 9, 20], 0, 0]
    assert written.tolist() == [1, 1, -1]
    assert c[1] == pytest.approx(0.76, abs=0.01)
    assert c[9] == pytest.approx(1.34, abs=0.01)
    assert c[20] == pytest.approx(0.47, abs=0.01)  # still positive after −1
    assert c[10:20].min() > 1.2


def test_no_slider_repairs_the_script_without_an_erase(lesson):
    """A search from the settings that solve the first script stays above the limit of 0.002."""
    rng = np.random.default_rng(0)
    controls = figures("05a").GATES_CONTROLS
    best, smallest = BY_HAND, lesson["compute_gates"]("no erase", **BY_HAND)["loss"]
    for _ in range(1500):
        moved = {name: value + rng.normal() for name, value in best.items()}
        for name in moved:
            moved[name] = float(np.clip(moved[name], controls[name].low, controls[name].high))
        loss = lesson["compute_gates"]("no erase", **moved)["loss"]
        if loss < smallest:
            best, smallest = moved, loss
    assert 0.004 < smallest < 0.006
