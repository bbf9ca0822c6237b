"""Lesson 06: what its benches compute, what its figures rest on, and that its precomputed results can be rebuilt."""

import json
import warnings

import numpy as np
import pytest
from lessons import NOTEBOOKS, namespace
from support.benches import extremes, move_all
from support.claims import verdicts

from rnnlib.cells import LSTM

OPEN = {"i": 0.0, "f": 0.0, "o": 0.0}


@pytest.fixture(scope="module")
def lesson():
    return namespace("06")


@pytest.fixture(scope="module")
def stored():
    return json.loads((NOTEBOOKS / "data" / "06_life.json").read_text("utf-8"))["points"]


def test_every_bench_at_its_extremes(lesson):
    assert move_all(lesson) == 2


def test_news_are_numbers_and_the_answer_is_the_last_of_them(lesson):
    x, target, _ = lesson["life06"].batch(np.random.default_rng(3), B=5)
    assert len(np.unique(np.abs(x[..., 1:]))) > 50 and np.abs(x).max() <= 1
    for b in range(5):
        for k, period in ((1, 7), (2, 28), (3, 112)):
            days = np.flatnonzero(x[:, b, k])
            assert (np.diff(days) == period).all()
            last = 0.0
            for t in range(224):
                last = x[t, b, k] if x[t, b, k] else last
                assert target[t, b, k] == last
    assert (target[1:, :, 0] == x[:-1, :, 0]).all()


def test_lone_units_have_no_recurrent_weights(lesson):
    assert not lesson["networks"]["units alone"].layers[0].params["U"].any()
    assert lesson["networks"]["connected"].layers[0].params["U"].any()


def test_silencing_a_unit_is_replacing_it_by_its_mean(lesson):
    network, (x, target, _) = lesson["networks"]["connected"], lesson["lives"]
    trace = network.forward(x)
    h = trace.layers[0].h.copy()
    h[..., 5] = h[..., 5].mean()
    y = h @ network.readout.params["W"].T + network.readout.params["b"]
    rise = (((y - target) ** 2).mean((0, 1)) - ((trace.y - target) ** 2).mean((0, 1))) / (target**2).mean((0, 1))
    assert lesson["life06"].silenced(network, trace, target)[5] == pytest.approx(rise, abs=1e-9)


def test_the_window_bench_leaves_the_networks_alone(lesson):
    before = {name: network.copy_params() for name, network in lesson["networks"].items()}
    for network in before:
        data = lesson["compute_window"](network, "storm", -8.0, 3.0, 2.0, 150)
        assert np.isfinite(data["y"]).all()
        params = lesson["networks"][network].params
        assert all(np.array_equal(p, params[name]) for name, p in before[network].items())
        still = lesson["compute_window"](network, "calm", **OPEN, start=130)
        whole = lesson["networks"][network].forward(lesson["LIVES"][0])
        assert still["y"] == pytest.approx(whole.y[:, 0], abs=1e-10)
        assert np.exp(-1 / still["tau"]) == pytest.approx(whole.layers[0].f[:, 0].T, abs=1e-6)


def test_the_window_acts_inside_only(lesson):
    calm = lesson["compute_window"]("units alone", "calm", **OPEN, start=120)
    shut = lesson["compute_window"]("units alone", "calm", **OPEN | {"o": -8.0}, start=120)
    assert shut["y"][:120] == pytest.approx(calm["y"][:120]) and shut["y"][148:] == pytest.approx(calm["y"][148:])
    assert min(shut["error"]["inside"]) > 0.9 and shut["error"]["after"] == pytest.approx(calm["error"]["after"])


def test_gates_protect_and_silence_as_the_lesson_says(lesson):
    after = lesson["after"]
    alone, connected = ({k[::2]: v for k, v in after.items() if k[1] == name} for name in lesson["networks"])
    assert alone["output gates −8", False] == pytest.approx(alone["nothing shut", False])
    assert alone["input gates −8", True] < 0.3 * alone["nothing shut", True]
    assert min(connected["output gates −8", False], connected["input gates −8", False], alone["forget gates −8", False]) > 0.8
    assert max(connected["input −8, forget +8", True], alone["input −8, forget +8", True]) < 0.4


def test_every_verdict_is_far_from_its_threshold(lesson):
    assert not [key for key, error in lesson["after"].items() if 0.5 < error < 0.8]
    assert lesson["follows"]["old"] > 0.95 and abs(lesson["follows"]["new"]) < 0.4


@pytest.mark.parametrize("name", ["window_bench", "forecast_bench"])
def test_the_benches_are_finite_at_all_extremes(lesson, name):
    bench = lesson[name]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for values in extremes(bench):
            bench.set(**values)
            lines = bench.artists["y" if name == "window_bench" else "forecast"]
            assert all(np.isfinite(line.get_ydata()).all() for line in lines), values
            assert "nan" not in bench.words and "inf" not in bench.words
    bench.reset()


def test_the_presets_do_what_their_names_say(lesson):
    bench, errors = lesson["window_bench"], {}
    for name, values in bench.presets.items():
        data = lesson["compute_window"]("units alone", "storm", **values, start=140)
        errors[name] = data["error"]["after"][3]
    calm = lesson["compute_window"]("units alone", "calm", **bench.presets["Erased"], start=140)
    assert errors["Held"] < errors["Inputs shut"] < 0.5 * errors["Outputs shut"] and calm["error"]["inside"][3] > 0.9


def test_no_forecast_sees_what_it_forecasts(lesson):
    """Change everything after the day of the forecast: the forecast stays."""
    for s in lesson["SERIES"].values():
        u, t, h = s.value.copy(), np.array([s.test + 4]), 3
        before = lesson["autoregression"](u, t, h, 5, s.test)
        u[s.test + 5 :] += 10
        assert lesson["autoregression"](u, t, h, 5, s.test) == pytest.approx(before)
        u[s.test + 4] += 1
        assert lesson["autoregression"](u, t, h, 5, s.test) != pytest.approx(before)


def test_the_lstm_sees_neither_future_nor_held_out_end(lesson):
    record = lesson["SERIES"]["sunspots"]
    before = lesson["train_forecaster"](record, 0, None)
    changed = record.value.copy()
    changed[record.test + 5 :] += 3
    after = lesson["train_forecaster"](record._replace(value=changed), 0, None)
    assert after[: record.test + 5] == pytest.approx(before[: record.test + 5])
    assert after[record.test + 5 :] != pytest.approx(before[record.test + 5 :])


def test_forecasts_are_scored_where_they_belong(lesson):
    record = lesson["SERIES"]["sunspots"]
    naive = lesson["ALL"]["sunspots", 3]["seasonal naive"]
    assert record.back(naive) == pytest.approx(lesson["sun"].value[256 - 11 : -11])
    error = np.sqrt(np.mean((lesson["sun"].value[245:-11] - lesson["sun"].value[256:]) ** 2))
    assert lesson["ERROR"]["sunspots", "seasonal naive"][2] == pytest.approx(error)


def test_what_both_forecasters_do_about_the_maximum(lesson):
    top = lesson["top"]
    assert top["LSTM", 1] > 160 and top["LSTM", 5] < 90 and top["autoregression", 5] > 160
    assert np.array_equal(lesson["ALL"]["sunspots", 11]["persistence"], lesson["ALL"]["sunspots", 11]["seasonal naive"])


def test_held_out_streams_are_held_out(lesson):
    assert not set(lesson["SEEN"]) & set(lesson["UNSEEN"]) and not set(lesson["LEARNT"]) & set(lesson["FRESH"])
    u = np.arange(100.0) ** 2
    draw = lesson["numbers"](u, 10, 3)
    x, _, mask = draw(np.random.default_rng(0), 500)
    test_x, _, test_mask = draw(None, 0, held_out=True)
    seen = x[..., 0].max()
    assert seen < test_x[3:][test_mask[3:]][:, 0].min() + 1e-9  # changes grow: all that is asked about comes later


def test_the_claims_hold(lesson):
    for claim in ("C1", "C35"):
        assert {holds for id, holds in verdicts(lesson["printed"]) if id == claim} == {True}


def test_the_lesson_says_what_the_stored_runs_say(stored):
    runs = {s: [p for p in stored if p["start"] == s] for s in dict.fromkeys(p["start"] for p in stored)}
    assert all(len(r) == 6 for r in runs.values()) and len(runs) == 6
    assert all((np.diff(p["keeper"]) > 0).all() and p["keeper"][0] < 2 and p["keeper"][3] > 100 for p in runs["units alone"])
    assert max(p["tau"][-1] for p in runs["connected"]) < 10
    election = {s: [p["error"][3] for p in r] for s, r in runs.items()}
    location = {s: np.median([p["error"][0] for p in r]) for s, r in runs.items()}
    assert 2.2 < location["chrono"] / location["connected"] < 2.6
    assert max(election["chrono"]) < min(election["connected"]) and sum(np.array(election["forget bias 3"]) > 0.7) == 4


def test_the_chrono_start_begins_on_many_scales(lesson):
    network = lesson["life06"].build("chrono", np.random.default_rng(0))
    cell = network.layers[0]
    tau = -1 / np.log(1 / (1 + np.exp(-cell.part("f")["b"])))
    assert isinstance(cell, LSTM) and tau.min() < 20 and tau.max() > 80
    assert cell.part("i")["b"] == pytest.approx(-cell.part("f")["b"])


def test_a_stored_point_can_be_rebuilt(lesson, stored):
    key, module = {"start": "chrono", "seed": 1}, lesson["life06"]
    assert [{k: p[k] for k in key} for p in stored] == module.keys()
    (before,) = [p for p in stored if key.items() <= p.items()]
    again = module.point(**key)
    assert again["error"] == pytest.approx(before["error"], rel=module.TOLERANCE)
