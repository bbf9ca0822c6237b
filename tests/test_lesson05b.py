"""Lesson 05b: what its bench computes, what its precomputed results rest on, and that they can be rebuilt."""

import json
import warnings

import numpy as np
import pytest
from lessons import NOTEBOOKS, namespace
from support.benches import extremes, move_all
from support.claims import verdicts

from rnnlib import gradcheck, tasks
from rnnlib.activations import logistic
from rnnlib.cells import LSTM
from rnnlib.optim import SGD

STILL = dict(i=0.0, f=0.0, o=0.0, g=0.0)


@pytest.fixture(scope="module")
def lesson():
    return namespace("05b")


@pytest.fixture(scope="module")
def script(lesson):
    return lambda name: lesson["load"](NOTEBOOKS / "precompute" / f"05b_{name}.py")


def stored(name):
    return json.loads((NOTEBOOKS / "data" / f"05b_{name}.json").read_text("utf-8"))["points"]


def test_every_bench_at_its_extremes(lesson):
    assert move_all(lesson) == 1


def test_kept_and_leaked_follow_the_sum(lesson):
    rng = np.random.default_rng(3)
    gates = type("Gates", (), {name: rng.uniform(0.1, 0.9, (6, 2, 3)) for name in "ifg"})
    c_0 = rng.normal(size=(2, 3))
    kept, leaked = lesson["kept_and_leaked"](gates, c_0)
    assert kept == pytest.approx(gates.f.prod(0) * c_0)
    assert leaked == pytest.approx(sum(gates.f[t + 1 :].prod(0) * gates.i[t] * gates.g[t] for t in range(6)))


def test_the_bench_leaves_the_trained_network_alone(lesson):
    before = lesson["trained"].copy_params()
    lesson["compute_memory"](**STILL | {"f": -4.0, "o": 3.0}, unit=2)
    assert all(np.array_equal(before[name], p) for name, p in lesson["trained"].params.items())
    data = lesson["compute_memory"](**STILL, unit=3)
    assert data["y"] == pytest.approx(lesson["trained"].forward(lesson["probe"][0]).y[..., 0])
    assert data["E"] == pytest.approx(((data["y"] - lesson["number"]) ** 2).mean())


@pytest.mark.parametrize("f", [0.0, -2.0])
def test_the_derivative_in_the_bench_is_the_slope(lesson, f):
    """Move c_20 of one unit (and h_20 with it) and run the rest of the sequence again."""
    cell, k, t = lesson["cell"], lesson["strongest"] - 1, 19
    data = lesson["compute_memory"](**STILL | {"f": f}, unit=k + 1)
    part = cell.part("f")["b"]
    part += f
    trace = cell.forward(lesson["probe"][0])

    def end(step):
        c = trace.c[t].copy()
        c[:, k] += step
        return cell.forward(lesson["probe"][0][t + 1 :], {"h": trace.o[t] * np.tanh(c), "c": c}).c[-1, :, k]

    slope = (end(1e-5) - end(-1e-5)) / 2e-5
    part -= f
    assert data["gradient"][t] == pytest.approx(np.abs(slope).mean(), rel=1e-6)
    assert data["road"][t] == pytest.approx(trace.f[t + 1 :, :, k].prod(0).mean())


def test_the_presets_do_what_their_names_say(lesson):
    bench, unit = lesson["memory_bench"], lesson["strongest"]
    fine = lesson["compute_memory"](**STILL, unit=unit)
    guessing = (lesson["number"] ** 2).mean()
    data = {name: lesson["compute_memory"](**values, unit=unit) for name, values in bench.presets.items()}
    spread = {name: np.std(d["c"][-1]) / np.std(fine["c"][-1]) for name, d in data.items()}
    assert fine["E"] < 0.01 * guessing and all(d["E"] > 0.6 * guessing for d in data.values())
    assert data["Forgetful"]["gradient"][0] < 1e-3 * fine["gradient"][0] and spread["Forgetful"] < 0.2
    assert data["Flooded"]["road"][0] > 0.1 * fine["road"][0]  # the forget gate hardly moved
    assert spread["Deaf"] < 0.2 < 0.5 < spread["Hidden"]


def test_three_units_hold_the_number_and_none_is_idle(lesson):
    cell, trained, probe = lesson["cell"], lesson["trained"], lesson["probe"]
    memory, bias = lesson["with_shifts"]()[0].layers[0], cell.part("o")["b"]
    slope, open_wide = (1 - np.tanh(memory.c[-1]) ** 2).mean(axis=0), memory.i[5:].mean(axis=(0, 1))
    assert list(np.flatnonzero((slope > 0.5) & (open_wide < 0.3)) + 1) == [2, 6, 8]
    assert {4, 5, 7} <= set(np.flatnonzero((slope < 0.05) & (open_wide > 0.5)) + 1)
    for k in range(8):
        before = bias[k]
        bias[k] -= 40
        assert trained.evaluate(*probe)[0] > 0.1
        bias[k] = before


def test_the_second_way_is_wide_at_the_first_steps_only(lesson):
    """At forget biases 3 and 5 the derivative grows where the cells are nearly empty, and nowhere else."""
    for b in (3, 5):
        full, road, slope = lesson["measured"][b]
        assert abs(road[20] / logistic(float(b)) ** 20 - 1) < 0.05 and 0.8 < full[20] / road[20] < 1.3
        assert full[59] > 5 * road[59] and slope[4] > 0.8 > 0.4 > slope[59]
    assert [round(lesson["measured"][b][0][20] / lesson["measured"][b][1][20]) for b in (0, 1)] == [351, 28]


def test_the_bench_is_finite_at_all_extremes(lesson):
    bench = lesson["memory_bench"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for values in extremes(bench):
            bench.set(**values)
            lines = [*bench.artists["gates"].values(), bench.artists["gradient"]]
            assert all(np.isfinite(line.get_ydata()).all() for line in lines), values
            for name in ("c", "y"):  # the sequences one after the other, a gap behind each
                drawn = [line.get_ydata().reshape(-1, 51) for line in bench.artists[name]]
                signs = lesson["number"] > 0, lesson["number"] <= 0
                for runs, chosen in zip(drawn, signs, strict=True):
                    assert np.array_equal(runs[:, :-1], bench.data[name][:, chosen].T) and np.isnan(runs[:, -1]).all()
                    assert np.isfinite(runs[:, :-1]).all(), values
            assert "nan" not in bench.words and "inf" not in bench.words
    bench.set(**bench.presets["Forgetful"])
    assert bench.artists["gates"]["f"].get_ydata() == pytest.approx(bench.data["gates"]["f"])
    bench.reset()


def test_the_lesson_says_what_the_stored_runs_say():
    runs = [p for p in stored("long_lags") if p["T"] == 1000]
    count = {low: sum(p["solved"] for p in runs if (p["input_bias"] <= -3) == low) for low in (True, False)}
    assert count == {True: 15, False: 8} and len(runs) == 36
    done = {(p["forget"], p["reset"]): 0 for p in stored("forgetting")}
    for p in stored("forgetting"):
        done[p["forget"], p["reset"]] += np.mean(p["stream"]) > 0.95
    assert done == {(True, False): 6, (False, False): 1, (True, True): 0, (False, True): 0}
    shares = sorted(np.mean(p["stream"]) for p in stored("forgetting") if not p["forget"] and not p["reset"])
    assert max(shares[:4]) < 0.52 and 0.58 < shares[4] < 0.65 and shares[5] > 0.99
    hard = [p for p in stored("papers") if (p["task"], p["cell"]) == ("long lag 2a", "LSTM") and p["wrong"]]
    assert [p["sequences"] for p in hard] == [12_000] * 3
    loss = {v: np.median([p["loss"] for p in stored("ablations") if (p["task"], p["variant"]) == ("adding", v)])
            for v in ("plain", "coupled gates")}  # fmt: skip
    assert loss["plain"] > 10 * loss["coupled gates"]
    assert logistic(1.0) ** 60 == pytest.approx(7e-9, rel=0.05) and logistic(7.0) ** 1000 == pytest.approx(0.4, rel=0.01)


def test_the_claims_hold(lesson):
    for claim in ("C23", "C24", "C31", "C32"):
        assert {holds for id, holds in verdicts(lesson["printed"]) if id == claim} == {True}


@pytest.mark.parametrize("keep", ["candidate", "output"])
def test_a_cell_without_one_phi_is_what_it_says(script, keep):
    rng = np.random.default_rng(0)
    cell = script("ablations").OnePhi(2, 3, rng=rng, keep=keep)
    cell.params["b"][:] = rng.normal(size=12)
    x, c, h = rng.normal(size=(5, 1, 2)), np.zeros(3), np.zeros(3)
    bend = {"candidate": (np.tanh, lambda c: c), "output": (lambda a: a, np.tanh)}[keep]
    trace = cell.forward(x)
    for t in range(5):
        a = cell.params["W"] @ x[t, 0] + cell.params["U"] @ h + cell.params["b"]
        c = logistic(a[3:6]) * c + logistic(a[:3]) * bend[0](a[9:])
        h = logistic(a[6:9]) * bend[1](c)
        assert trace.c[t, 0] == pytest.approx(c) and trace.h[t, 0] == pytest.approx(h)
    assert max(gradcheck.check_cell(cell, x, rng.normal(size=(5, 1, 3))).values()) < 1e-7


@pytest.mark.parametrize("variant", ["no input gate", "no forget gate", "no output gate", "coupled gates"])
def test_a_part_stays_out_while_the_rest_learns(script, variant):
    ablations = script("ablations")
    network, optimizer, rng = ablations.build(variant, "adding", 0)
    cell = network.layers[0]
    optimizer.optimizer = SGD(0.1)
    before = network.copy_params()
    for _ in range(3):
        x, target, mask = ablations.batch("adding", rng)
        optimizer.step(network.params, network.loss_and_grads(x, target, mask)[1])
    trace = cell.forward(x)
    if variant == "coupled gates":
        assert trace.i == pytest.approx(1 - trace.f, abs=1e-12)
    else:
        assert (getattr(trace, optimizer.gate) == 1).all()
    for gate in set("ifog") - {optimizer.gate}:
        k = cell.gates.index(gate) * 10
        assert not np.allclose(cell.part(gate)["W"], before["0.W"][k : k + 10], atol=0, rtol=1e-9)


def test_the_tied_gradient_is_the_slope_of_the_loss(script):
    """With i = 1 − f, the loss's slope by f's bias is f's gradient minus i's: that is what the optimiser must see."""
    ablations = script("ablations")
    network, optimizer, rng = ablations.build("coupled gates", "adding", 1)
    x, target, mask = ablations.batch("adding", rng)
    _, grads, _ = network.loss_and_grads(x, target, mask)
    grads = {name: grad.copy() for name, grad in grads.items()}
    losses, bias = [], network.layers[0].part("f")["b"]
    for step in (1e-5, -2e-5):
        bias[4] += step
        optimizer.tie()
        losses.append(network.evaluate(x, target, mask)[0])
    bias[4] += 1e-5
    optimizer.tie()
    seen = {}
    optimizer.optimizer = type("Spy", (), {"step": lambda self, params, grads: seen.update(grads)})()
    optimizer.step(network.params, grads)
    assert seen["0.b"][10 + 4] == pytest.approx((losses[0] - losses[1]) / 2e-5, rel=1e-5)


def test_closing_letters_are_where_the_grammar_says(script):
    x, legal, mask = tasks.continual_reber(200, 3, np.random.default_rng(4))
    asked = script("forgetting").closing(legal)
    for b in range(3):
        text = "".join(np.array(list(tasks.REBER_SYMBOLS))[x[:, b].argmax(-1)])
        starts = [0] + [t + 1 for t in range(1, 199) if text[t] == "E" and asked[t - 2, b]]
        for start, end in zip(starts, starts[1:], strict=False):
            assert text[start] == "B" and text[start + 1] == text[end - 2]
            assert list(np.flatnonzero(asked[start:end, b])) == [end - 3 - start]


REBUILT = [
    ("forgetting", {"forget": True, "reset": False, "seed": 2}, ("strings", "stream")),
    ("papers", {"task": "temporal order 6a", "cell": "LSTM", "seed": 1}, ("sequences",)),
    ("ablations", {"task": "adding", "variant": "coupled gates", "seed": 0}, ("loss",)),
    ("long_lags", {"T": 1000, "input_bias": -6, "seed": 1}, ("updates", "right")),
]


def test_task_2a_is_that_of_the_paper(script):
    """k 0 1 … T−2 k, each symbol to be predicted from those before; k is T − 1 in one sequence, T in the other."""
    module = script("papers")
    x, target, mask = module._both(np.float32)
    T, symbols = module.T, x.argmax(-1)
    assert x.shape == (T, 2, T + 1) and x.dtype == np.float32 and mask.all() and (x.sum(-1) == 1).all()
    assert symbols[0].tolist() == target[-1].tolist() == [T - 1, T]
    assert (symbols[1:] == np.arange(T - 1)[:, None]).all() and np.array_equal(target[:-1], symbols[1:])


@pytest.mark.parametrize(("name", "key", "values"), REBUILT, ids=[name for name, _, _ in REBUILT])
def test_a_stored_point_can_be_rebuilt(script, name, key, values):
    module = script(name)
    assert [{k: p[k] for k in key} for p in stored(name)] == module.keys()
    (before,) = [p for p in stored(name) if key.items() <= p.items()]
    again = module.point(**key)
    assert set(again) == set(before) - set(key)
    for value in values:
        assert again[value] == pytest.approx(before[value], rel=module.TOLERANCE)
    assert again.get("solved") == before.get("solved")


def test_the_frozen_forget_gate_is_the_lstm_of_1997(script):
    rng = np.random.default_rng(6)
    cell = LSTM(7, 4, rng=rng)
    script("forgetting").WithoutForgetting(SGD(0.1), cell)
    trace = cell.forward(tasks.continual_reber(40, 2, rng)[0])
    assert np.diff(trace.c, axis=0) == pytest.approx((trace.i * trace.g)[1:], abs=1e-12)  # c_t = c_{t−1} + i_t g_t
