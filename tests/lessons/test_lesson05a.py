"""Lesson 05a: its figures, benches and numbers show what the cells compute."""

import json

import numpy as np
import pytest
from support.benches import extremes, move_all
from support.claims import verdicts
from support.course import NOTEBOOKS
from support.lessons import namespace

from rnnlib import gradcheck
from rnnlib.cells import LSTM


@pytest.fixture(scope="module")
def lesson():
    return namespace("05a")


def cells(lesson):
    (path,) = NOTEBOOKS.glob(f"{lesson}_*.ipynb")
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def all_finite(data):
    values = [v for v in vars(data).values() if isinstance(v, np.ndarray)]
    return all(np.isfinite(v[~np.isnan(v)]).all() for v in values)


def test_every_bench_at_its_extremes(lesson):
    assert move_all(lesson) == 3


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", ["cell_bench", "gates_bench"])
def test_benches_stay_finite_at_every_extreme(lesson, name):
    bench = lesson[name]
    for values in extremes(bench):
        data = bench.compute(**values)
        bench.update(bench.artists, data)
        assert all_finite(data)
        assert "nan" not in bench.describe(data)
    bench.reset()


def test_the_diagram_shows_the_gradient_on_every_wire(lesson):
    """In backward mode, a wire shows the slope of h_12 when that wire alone is moved."""
    cell, x, T = lesson["cell_from"](lesson["COMMANDED"]), lesson["SHORT"], 12
    trace = cell.forward(x)
    i, f, o, g = (getattr(trace, k)[:, 0, 0] for k in "ifog")

    def answer(step, **moved):
        """Return h_12 when the named wires are moved by a little at one step."""
        c = 0.0
        for t in range(T):
            by = moved if t == step else {}
            gate = {}
            for k, v in {"i": i, "f": f, "o": o}.items():
                odds = (1 / v[t] - 1) * np.exp(-by.get(f"a_{k}", 0))
                gate[k] = 1 / (1 + odds) + by.get(k, 0)
            candidate = np.tanh(np.arctanh(g[t]) + by.get("a_g", 0)) + by.get("g", 0)
            kept = gate["f"] * (c + by.get("c_prev", 0)) + by.get("kept", 0)
            c = kept + gate["i"] * candidate + by.get("new", 0) + by.get("c", 0)
            h = gate["o"] * (np.tanh(c) + by.get("squashed", 0)) + by.get("h", 0)
        return h

    # The gradients of x and h_prev are left to the cell's own backward pass.
    wires = set(lesson["WIRES"]) - {"x", "h_prev"}
    biases = {"b_i": -4.0, "b_f": 4.0, "b_o": -4.0, "b_g": 0.0}
    for step in range(T):
        shown = lesson["compute_block"](step + 1.0, "backward", **biases).shown
        for wire in wires:
            slope = (answer(step, **{wire: 1e-6}) - answer(step, **{wire: -1e-6})) / 2e-6
            assert shown[wire] == pytest.approx(slope, abs=1e-8), (wire, step)


def test_the_moments_of_a_step_come_in_order(lesson):
    biases = {"b_i": -4.0, "b_f": 4.0, "b_o": -4.0, "b_g": 0.0}
    at = lesson["compute_block"](2.0, "forward", **biases)
    later = lesson["compute_block"](2.75, "forward", **biases)
    # The command is there at once.
    assert at.shown["a_i"] == pytest.approx(4)
    assert later.shown["a_i"] == at.shown["a_i"]
    # The gate and the cell state follow later.
    assert at.shown["i"] < 0.05
    assert at.shown["c"] < 0.05
    assert later.shown["i"] > 0.95
    assert later.shown["c"] > 0.7


def test_the_wires_numbers_have_the_digits_they_need(lesson):
    bench = lesson["cell_bench"]
    bench.reset()
    words = {name: text.get_text() for name, text in bench.artists["texts"].items()}
    assert words["x"] == "xₜ = 1, 1, 0, 0"
    assert words["a_i"] == "a_i = 4.0"
    assert words["i"] == "iₜ = 0.98"
    bench.set(wires="backward")
    texts = bench.artists["texts"]
    assert texts["i"].get_text().startswith("∂iₜ: ")
    # Unlike x itself, its gradients are not whole numbers.
    assert texts["x"].get_text().startswith("∂xₜ: 8e−5, ")
    bench.reset()


def test_a_valve_lies_along_its_pipe_when_open(lesson):
    for gate, (_, _, pipe) in lesson["VALVES"].items():
        for opening, along in ((1, True), (0, False)):
            xs, ys = lesson["bar_of_valve"](gate, opening)
            assert (abs(np.ptp(xs)) > abs(np.ptp(ys))) == (along == (pipe == 0))


def test_the_picture_of_the_gates_holds_what_was_computed(lesson):
    bench = lesson["gates_bench"]
    bench.set(**lesson["COMMANDED"], script="store and recall")
    data, artists = bench.data, bench.artists
    for gate in "ifog":
        np.testing.assert_allclose(artists["gates"][gate].get_ydata(), data.v[gate])
    np.testing.assert_allclose(artists["error"].get_ydata(), data.error)
    np.testing.assert_allclose(artists["c"].get_ydata(), data.v["c"] * 1.2 / 3.4)
    marks, cells = artists["map"]
    assert list(marks["i", "open"].get_xdata()) == [2, 15]
    assert list(marks["o", "open"].get_xdata()) == [8, 13, 20, 24]
    assert list(marks["f", "closed"].get_xdata()) == [10.5]
    np.testing.assert_allclose(cells.get_array(), np.abs(data.error))
    bench.reset()


def test_presets_are_what_their_names_say(lesson):
    zero = {"script": "store and recall"} | lesson["zero"]
    run = {}
    for name, values in lesson["presets"].items():
        run[name] = lesson["compute_gates"](**zero | values)
    steps = lesson["PULSES"] > 0
    counted = np.cumsum(steps)
    np.testing.assert_allclose(run["Counter"].v["c"], counted, atol=0.2)
    leak = run["Leaky integrator"].v["c"]
    change = np.diff(leak)
    assert (change[~steps[1:] & (leak[:-1] > 0)] < 0).all()
    assert (change[steps[1:]] > 0).all()
    assert run["One-step delay"].E < 0.001
    assert run["Latch"].v["f"].min() > 0.9
    assert run["Latch"].v["o"].min() > 0.9
    assert run["Plain RNN"].v["f"].max() < 0.01
    assert run["Plain RNN"].v["i"].min() > 0.99
    assert lesson["compute_gates"]("store and recall", **lesson["COMMANDED"]).E < 0.002


def test_learn_lowers_the_loss_and_stays_on_the_sliders(lesson):
    bench = lesson["gates_bench"]
    bench.set(**lesson["presets"]["Latch"])
    before = float(bench.data.E)
    lesson["learn"](bench)
    after = float(bench.data.E)
    assert after < before / 20
    for name in lesson["SETTINGS"]:
        assert bench.controls[name].low <= bench.values[name] <= bench.controls[name].high
    bench.reset()


def test_the_task_answers_what_was_written_last(lesson):
    x = lesson["script_of"]([1, -1, 1, -1, 1, 1], write=[1, 4], erase=[3], read=[2, 3, 5, 6])
    np.testing.assert_allclose(lesson["target_of"](x)[:, 0, 0], [0, 0.6, 0, 0, -0.6, -0.6])


@pytest.mark.parametrize("joint", ["plus", "times", "scaled"])
def test_the_backward_pass_of_each_joint_is_its_slope(lesson, joint):
    rng = np.random.default_rng(11)
    gates = {k: rng.uniform(0.2, 0.9, (6, 4)) for k in "if"}
    gates["g"] = rng.uniform(-0.9, 0.9, (6, 4))
    arrays = gates | {"c_0": rng.normal(size=4)}
    c = lesson["run_core"](joint, **arrays)
    dc, d = lesson["core_backward"](joint, **gates, c=c)
    slopes = gradcheck.numerical(lambda: lesson["run_core"](joint, **arrays)[-1].sum(), arrays)
    for name, exact in (d | {"c_0": dc[0]}).items():
        assert gradcheck.relative_error(exact, slopes[name]) < 1e-7


def test_one_step_of_the_cell_state_is_the_forget_gate_plus_the_detour(lesson):
    """The sum of both parts is the slope of c_t by c_{t−1}, measured with differences.

    When c_{t−1} is moved, h_{t−1} follows it.
    """
    cell, trace, _ = lesson["drawn"](3, 1.0)
    t = 40
    x = np.random.default_rng(3).normal(size=(1000, 1, 4))[t]
    direct, detour = lesson["one_step"](cell, trace, t)
    assert np.allclose(np.diag(direct), trace.f[t, 0])
    assert np.abs(detour).max() > 0.01

    def c_after(c):
        h = trace.o[t - 1, 0] * np.tanh(c)
        return cell.forward(x[None], {"h": h[None], "c": c[None]}).c[0, 0]

    c, eye = trace.c[t - 1, 0], 1e-6 * np.eye(16)
    slopes = np.array([(c_after(c + step) - c_after(c - step)) / 2e-6 for step in eye]).T
    np.testing.assert_allclose(direct + detour, slopes, atol=1e-8)


def test_without_recurrent_weights_there_is_no_detour(lesson):
    cell, trace, end = lesson["drawn"](1, 7.0, recurrent=False)
    assert not lesson["one_step"](cell, trace, 500)[1].any()
    product = np.prod(trace.f[1:, 0], axis=0)
    left = lesson["gradient_left"](1, 7.0, recurrent=False)
    assert left[999] == pytest.approx(np.linalg.norm(product * end[0]))


def test_the_gradient_truncated_as_in_1997_is_the_product_of_the_forget_gates(lesson):
    _, trace, end = lesson["drawn"](2, 7.0)
    product = np.prod(trace.f[900:, 0], axis=0)
    left = lesson["gradient_left"](2, 7.0, truncated=True)
    assert left[100] == pytest.approx(np.linalg.norm(product * end[0]))


def test_the_figure_shows_the_detour_and_its_two_controls(lesson):
    drawn = {line.get_label(): line.get_ydata() for line in lesson["near"].lines}
    for words in ("LSTM, forget bias 7", "bias 7 and U = 0", "bias 7, 1997 truncation"):
        np.testing.assert_allclose(drawn[words], np.median(lesson["left"][words], axis=0))


def test_the_map_of_gates_predicts_where_the_gradient_arrives(lesson):
    pattern = np.array([[1, 0, 0], [0, 1, 1], [0, 0, 1]])
    assert lesson["predicted"](pattern).tolist() == [[False] * 3, [True, False, False], [False] * 3]
    still = lesson["pinned_cell"](0.0, np.random.default_rng(0))
    J = lesson["sensitivities"](still, pattern.astype(float), np.full(3, 0.1))
    assert J[1, 0] > 0.9
    assert np.abs(np.delete(J.ravel(), 3)).max() < 0.01


def test_the_detour_leads_around_a_shut_forget_gate(lesson):
    """The value leaves at step 2 through the output gate and enters again at step 3.

    It enters through the input gate, although the forget gate is shut there.
    """
    pattern = np.array([[1, 0, 0], [0, 1, 1], [1, 0, 1]])
    assert not lesson["predicted"](pattern)[2, 0]
    assert lesson["predicted"](pattern, detour=True)[2, 0]
    cell = lesson["pinned_cell"](0.25, np.random.default_rng(0))
    J = lesson["sensitivities"](cell, pattern.astype(float), np.full(3, 0.05))
    assert np.abs(J[2, 0]) > 0.1


def test_each_patient_has_its_own_pattern_over_the_two_examinations(lesson):
    examine = lesson["clinic"].examine

    def wrong(name, steps):
        return {gradient for gradient, error in examine(name, steps=steps).items() if error > 1e-3}

    everything = {"dW", "dU", "db_i", "db_f", "db_o", "db_g"}
    assert {name: wrong(name, 4) for name in "FGJ"} == {
        "F": {"db_f"},
        "G": everything,
        "J": everything,
    }
    assert {name: wrong(name, 1) for name in "FGJ"} == {
        "F": {"db_f"},
        "G": set(),
        "J": {"dW", "dU", "db_o"},
    }


def test_the_clinic_comes_after_the_solutions_it_would_give_away(lesson):
    ids = [cell["id"] for cell in cells("05a")]
    for solution in ("solution-cell", "solution-gates", "solution-weights"):
        assert ids.index(solution) < ids.index("clinic-patients")


def test_six_cells_learn_as_the_text_says(lesson):
    assert lesson["silence"] == pytest.approx(0.045, abs=0.001)
    assert len(lesson["solved"]) >= 4
    assert lesson["low"] < -0.5
    assert abs(lesson["high"]) < 0.15
    assert lesson["unseen"][lesson["worst"]] == pytest.approx(0.018, abs=0.001)


def test_the_verdicts_of_the_claims_are_those_of_the_text(lesson):
    said = dict(verdicts(lesson["printed"]))
    assert {id for id, holds in said.items() if not holds} == {"C23", "C30"}
    assert {id for id, holds in said.items() if holds} == {"C25", "C26", "C27", "C28", "C29", "C33"}


def test_as_much_gradient_is_left_as_the_text_says(lesson):
    left = {words: np.array(runs) for words, runs in lesson["left"].items()}
    assert left["LSTM, forget bias 7"][:, 999].min() > 30
    assert 1000 < left["LSTM, forget bias 7"][:, 999].max() < 3000
    # The text says "about a millionth", which is more than σ(1)^100.
    assert 1e-7 < np.median(left["LSTM, forget bias 1"][:, 100]) < 1e-5
    without = np.sort(left["bias 7 and U = 0"][:, 999])
    assert np.allclose(without, (0.299, 0.313, 0.320, 0.339, 0.344), atol=0.001)
    assert np.median(left["bias 7, 1997 truncation"][:, 999]) == pytest.approx(1 / 3, abs=0.05)
    medians = [np.median(left[f"LSTM, forget bias {bias}"][:, 999]) for bias in (1, 3, 5, 7)]
    assert medians[0] < 1e-50
    assert all(1e-4 < median < 1e4 for median in medians[1:])


def test_the_gradient_changes_by_as_many_per_cent_a_step_as_the_text_says(lesson):
    early, later = lesson["first_steps"], lesson["later_steps"]
    assert min(early["as drawn"]) > 5
    assert max(early["as drawn"]) < 8.1
    assert np.median(later["as drawn"]) == pytest.approx(1.3, abs=0.3)
    assert max(later["as drawn"]) < 2
    assert np.allclose(early["with U = 0"] + later["with U = 0"], 0.13, atol=0.02)
    typical = [np.median(lesson["changes"](seed)[100:]) for seed in range(5)]
    assert all(100 * median < mean for median, mean in zip(typical, later["as drawn"], strict=True))


def test_a_plain_rnn_vanishes_below_the_strength_of_the_text_and_explodes_above(lesson):
    assert lesson["strength"] == 1.8
    for strength, low, high in ((1.5, 0, 1e-20), (2.0, 1e20, np.inf)):
        ends = [lesson["gradient_left_rnn"](seed, strength)[999] for seed in (10, 11, 12)]
        assert low < np.median(ends) < high


def test_the_map_of_gates_is_wrong_as_often_as_the_text_says(lesson):
    alive, missed, _ = lesson["compare"](0.25, False)
    assert alive == pytest.approx(1459, abs=3)
    assert missed == 144
    assert lesson["compare"](0.0, False)[1:] == (0, 0)
    assert lesson["compare"](0.25, True)[1:] == (0, 4)


def test_the_joints_send_back_what_the_text_says(lesson):
    scaled = np.abs(lesson["back"]["scaled"][0])
    assert scaled.max() > 10
    assert scaled.min() < 1e-3
    plus = np.abs(lesson["back"]["plus"][0])
    assert plus.min() > 0.4
    assert plus.max() < 0.51


def test_the_forget_biases_of_exercise_5_are_those_of_the_text(lesson):
    f, b = lesson["solution_5a_5"](np.array([20, 1000]))
    np.testing.assert_allclose(b, [3.35, 7.27], atol=0.006)


def test_the_bench_of_the_cell_shows_the_numbers_of_the_text(lesson):
    def at_step_4(**moved):
        start = {"b_i": -4.0, "b_f": 4.0, "b_o": -4.0, "b_g": 0.0}
        return lesson["compute_block"](4.75, "forward", **start | moved)

    as_it_is, no_memory, noisy = at_step_4(), at_step_4(b_f=-4.0), at_step_4(b_i=0.0)
    assert np.allclose(as_it_is.v["c"][[1, 3, 5, 6]], (0.73, 0.68, 0.66, 0.03), atol=0.006)
    assert as_it_is.v["h"][4] == pytest.approx(0.58, abs=0.006)
    assert np.allclose(as_it_is.dc[[11, 6, 5]], (0.65, 0.60, 0.01), atol=0.006)
    assert abs(no_memory.v["c"][2]) < 0.01
    assert noisy.v["c"][3] == pytest.approx(-0.38, abs=0.006)


def test_the_bench_of_the_gates_shows_the_numbers_of_the_text(lesson):
    zero = {"script": "store and recall"} | lesson["zero"]
    run = {}
    for name, values in lesson["presets"].items():
        run[name] = lesson["compute_gates"](**zero | values)
    first = {name: data.error[0] for name, data in run.items()}
    for name, error in (("Counter", 0.94), ("Latch", 0.66), ("Leaky integrator", 0.05)):
        assert first[name] == pytest.approx(error, abs=0.006)
    assert first["One-step delay"] < 1e-15
    assert run["Plain RNN"].error[13] == pytest.approx(0.005, abs=0.0005)
    assert run["Plain RNN"].v["h"][2:].min() > 0.5
    by_hand = lesson["zero"] | lesson["presets"]["Latch"] | {"w_f": -8.0, "w_o": 8.0, "b_o": -4.0}
    assert abs(lesson["compute_gates"](**by_hand).E - 0.0005) < 0.0001


def test_the_valves_of_exercise_1_solve_other_scripts(lesson):
    cell = LSTM(4, 1, rng=np.random.default_rng(0))
    for name, values in lesson["solution_5a_1"].items():
        cell.params[name][:] = values
    cell.params["U"][:] = 0
    x, target = lesson["random_scripts"](40, 300, np.random.default_rng(12))
    assert ((cell.forward(x).h - target) ** 2).mean() < 0.002
