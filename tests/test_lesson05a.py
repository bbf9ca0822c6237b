"""Lesson 05a: what its figures and benches show is what the cells compute, and the numbers it states are theirs."""

import numpy as np
import pytest
from lessons import namespace
from support.benches import extremes, move_all

from rnnlib import gradcheck
from rnnlib.cells import LSTM


@pytest.fixture(scope="module")
def lesson():
    return namespace("05a")


def all_finite(data):
    values = [v for v in vars(data).values() if isinstance(v, np.ndarray)]
    return all(np.isfinite(v[~np.isnan(v)]).all() for v in values)


def test_every_bench_at_its_extremes(lesson):
    assert move_all(lesson) == 2


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", ["cell_bench", "gates_bench"])
def test_benches_stand_every_extreme(lesson, name):
    bench = lesson[name]
    for values in extremes(bench):
        data = bench.compute(**values)
        bench.update(bench.artists, data)
        assert all_finite(data) and "nan" not in bench.describe(data)
    bench.reset()


def test_the_diagram_shows_the_gradient_on_every_wire(lesson):
    """Backward, each wire's number is the slope of h_12 when that wire alone is moved."""
    cell, x, T = lesson["cell_from"](lesson["COMMANDED"]), lesson["SHORT"], 12
    trace = cell.forward(x)
    i, f, o, g = (getattr(trace, k)[:, 0, 0] for k in "ifog")

    def answer(step, **moved):
        """h_12 when at one step one of the named wires is moved by a little."""
        c = 0.0
        for t in range(T):
            by = moved if t == step else {}
            gate = {k: 1 / (1 + (1 / v[t] - 1) * np.exp(-by.get(f"a_{k}", 0))) + by.get(k, 0)
                    for k, v in {"i": i, "f": f, "o": o}.items()}  # fmt: skip
            candidate = np.tanh(np.arctanh(g[t]) + by.get("a_g", 0)) + by.get("g", 0)
            kept = gate["f"] * (c + by.get("c_prev", 0)) + by.get("kept", 0)
            c = kept + gate["i"] * candidate + by.get("new", 0) + by.get("c", 0)
            h = gate["o"] * (np.tanh(c) + by.get("squashed", 0)) + by.get("h", 0)
        return h

    for step in range(T):
        shown = lesson["compute_block"](step + 1.0, "backward", b_i=-4.0, b_f=4.0, b_o=-4.0, b_g=0.0).shown
        for wire in set(lesson["WIRES"]) - {"x", "h_prev"}:  # these are left to the cell's own backward
            slope = (answer(step, **{wire: 1e-6}) - answer(step, **{wire: -1e-6})) / 2e-6
            assert shown[wire] == pytest.approx(slope, abs=1e-8), (wire, step)


def test_the_moments_of_a_step_come_in_order(lesson):
    at = lesson["compute_block"](2.0, "forward", b_i=-4.0, b_f=4.0, b_o=-4.0, b_g=0.0)
    later = lesson["compute_block"](2.75, "forward", b_i=-4.0, b_f=4.0, b_o=-4.0, b_g=0.0)
    assert at.shown["a_i"] == later.shown["a_i"] == pytest.approx(4)  # the command is there at once …
    assert at.shown["i"] < 0.05 and at.shown["c"] < 0.05  # … the gate and the cell still stand as they stood
    assert later.shown["i"] > 0.95 and later.shown["c"] > 0.7


def test_the_wires_numbers_have_the_digits_they_need(lesson):
    bench = lesson["cell_bench"]
    bench.reset()
    words = {name: text.get_text() for name, text in bench.artists["texts"].items()}
    assert words["x"] == "xₜ = 1, 1, 0, 0" and words["a_i"] == "a_i = 4.0" and words["i"] == "iₜ = 0.98"
    bench.set(wires="backward")
    assert bench.artists["texts"]["i"].get_text().startswith("∂iₜ: ")
    assert bench.artists["texts"]["x"].get_text().startswith("∂xₜ: 8e−5, ")  # gradients are not whole
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
    assert list(marks["i", "open"].get_xdata()) == [2, 15] and list(marks["o", "open"].get_xdata()) == [8, 13, 20, 24]
    assert list(marks["f", "closed"].get_xdata()) == [10.5]
    np.testing.assert_allclose(cells.get_array(), np.abs(data.error))
    bench.reset()


def test_presets_are_what_their_names_say(lesson):
    zero = {"script": "store and recall"} | lesson["zero"]
    run = {name: lesson["compute_gates"](**zero | values) for name, values in lesson["presets"].items()}
    steps = lesson["PULSES"] > 0
    counted = np.cumsum(steps)
    np.testing.assert_allclose(run["Counter"].v["c"], counted, atol=0.2)
    leak = run["Leaky integrator"].v["c"]
    assert (np.diff(leak)[~steps[1:] & (leak[:-1] > 0)] < 0).all() and (np.diff(leak)[steps[1:]] > 0).all()
    assert run["One-step delay"].E < 0.001
    assert run["Latch"].v["f"].min() > 0.9 and run["Latch"].v["o"].min() > 0.9
    assert run["Plain RNN"].v["f"].max() < 0.01 and run["Plain RNN"].v["i"].min() > 0.99
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
def test_the_joints_backward(lesson, joint):
    rng = np.random.default_rng(11)
    gates = {k: rng.uniform(0.2, 0.9, (6, 4)) for k in "if"} | {"g": rng.uniform(-0.9, 0.9, (6, 4))}
    arrays = gates | {"c_0": rng.normal(size=4)}
    dc, d = lesson["core_backward"](joint, **gates, c=lesson["run_core"](joint, **arrays))
    slopes = gradcheck.numerical(lambda: lesson["run_core"](joint, **arrays)[-1].sum(), arrays)
    for name, exact in (d | {"c_0": dc[0]}).items():
        assert gradcheck.relative_error(exact, slopes[name]) < 1e-7


def test_the_map_of_doors(lesson):
    doors = np.array([[1, 0, 0], [0, 1, 1], [0, 0, 1]])
    assert lesson["predicted"](doors).tolist() == [[False] * 3, [True, False, False], [False] * 3]
    J = lesson["sensitivities"](doors.astype(float), np.full(3, 0.1))
    assert J[1, 0] > 0.9 and np.abs(np.delete(J.ravel(), 3)).max() < 0.01


def test_numbers_said_in_the_text(lesson):
    assert lesson["silence"] == pytest.approx(0.045, abs=0.001)
    assert len(lesson["solved"]) >= 4
    assert np.median(lesson["left"][7.0][:, 999]) > 10  # forget bias 7 with the input gate ajar: the error grows
    assert lesson["left"][1.0][:, 100].min() > 1e3 * 0.731**100  # … and bias 1 keeps more than σ(1)^100
    assert np.abs(lesson["back"]["scaled"][0]).max() > 10 and np.abs(lesson["back"]["scaled"][0]).min() < 1e-3
    f, b = lesson["solution_5a_5"](np.array([20, 1000]))
    np.testing.assert_allclose(b, [3.35, 7.27], atol=0.006)
    assert "Does not hold" not in lesson["printed"]
    assert min(lesson["ends"]) > 0.29 and max(lesson["ends"]) < 0.35
    assert np.all((np.abs(lesson["back"]["plus"][0]) > 0.4) & (np.abs(lesson["back"]["plus"][0]) < 0.51))
    assert lesson["low"] < -0.5 and abs(lesson["high"]) < 0.15
    assert lesson["unseen"][lesson["worst"]] == pytest.approx(0.018, abs=0.001)


def test_numbers_read_off_the_benches(lesson):
    start = {"b_i": -4.0, "b_f": 4.0, "b_o": -4.0, "b_g": 0.0}
    as_it_is, no_memory, noisy = (lesson["compute_block"](4.75, "forward", **start | moved)
                                  for moved in ({}, {"b_f": -4.0}, {"b_i": 0.0}))  # fmt: skip
    assert np.allclose(as_it_is.v["c"][[1, 3, 5, 6]], (0.73, 0.68, 0.66, 0.03), atol=0.006)
    assert as_it_is.v["h"][4] == pytest.approx(0.58, abs=0.006)
    assert np.allclose(as_it_is.dc[[11, 6, 5]], (0.65, 0.60, 0.01), atol=0.006)
    assert abs(no_memory.v["c"][2]) < 0.01 and noisy.v["c"][3] == pytest.approx(-0.38, abs=0.006)
    run = {name: lesson["compute_gates"](**{"script": "store and recall"} | lesson["zero"] | values)
           for name, values in lesson["presets"].items()}  # fmt: skip
    first = {name: data.error[0] for name, data in run.items()}
    assert np.allclose([first[name] for name in ("Counter", "Latch", "Leaky integrator")], (0.94, 0.66, 0.05), atol=0.006)
    assert first["One-step delay"] < 1e-15 and run["Plain RNN"].error[13] == pytest.approx(0.005, abs=0.0005)
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
