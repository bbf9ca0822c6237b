"""Lesson 06: its benches, what its figures rest on, and how its precomputed results are rebuilt."""

import warnings

import numpy as np
import pytest
from support.benches import extremes, move_all
from support.claims import verdicts
from support.lessons import namespace, stored_points

from rnnlib.cells import LSTM

OPEN = {"i": 0.0, "f": 0.0, "o": 0.0}


@pytest.fixture(scope="module")
def lesson():
    return namespace("06")


@pytest.fixture(scope="module")
def stored():
    return stored_points("06_life")


def test_every_bench_at_its_extremes(lesson):
    assert move_all(lesson) == 2


def test_news_are_numbers_and_the_answer_is_the_last_of_them(lesson):
    x, target, _ = lesson["life06"].batch(np.random.default_rng(3), B=5)
    assert len(np.unique(np.abs(x[..., 1:]))) > 50
    assert np.abs(x).max() <= 1
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
    for name, network in lesson["networks"].items():
        assert network.layers[0].params["U"].any() == (name != "units alone")


def test_silencing_a_unit_is_replacing_it_by_its_mean(lesson):
    network, (x, target, _) = lesson["networks"]["connected, fast"], lesson["lives"]
    trace = network.forward(x)
    h = trace.layers[0].h.copy()
    h[..., 5] = h[..., 5].mean()
    y = network.readout.forward(h).h

    def error(answer):
        return ((answer - target) ** 2).mean((0, 1))

    rise = (error(y) - error(trace.y)) / error(0)
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
    assert shut["y"][:120] == pytest.approx(calm["y"][:120])
    assert shut["y"][148:] == pytest.approx(calm["y"][148:])
    assert min(shut["error"]["inside"]) > 0.9
    assert shut["error"]["after"] == pytest.approx(calm["error"]["after"])


def test_gates_protect_and_silence_as_the_lesson_says(lesson):
    networks = {name: {} for name in lesson["networks"]}
    for (shut, name, storm), error in lesson["after"].items():
        networks[name][shut, storm] = error
    alone, fast, slow = networks.values()
    for storm in (False, True):
        assert alone["output gates −8", storm] == pytest.approx(alone["nothing shut", storm])
        assert slow["output gates −8", storm] > 0.8
        assert slow["input gates −8", storm] > 0.8
    assert alone["input −8, forget +8", True] < 0.6 * alone["input gates −8", True]
    assert alone["input gates −8", True] < 2 / 3 * alone["nothing shut", True]
    assert alone["forget gates −8", False] > 0.8
    assert slow["input −8, forget +8", True] < 0.4
    assert fast["input gates −8", False] < 0.5 * fast["output gates −8", False]
    assert (lesson["silent"] > 0.9).all()


def test_a_missed_election_leaves_the_old_result(lesson):
    assert lesson["follows"]["old"] > 0.6
    assert abs(lesson["follows"]["new"]) < 0.4


@pytest.mark.parametrize("name", ["window_bench", "forecast_bench"])
def test_the_benches_are_finite_at_all_extremes(lesson, name):
    bench = lesson[name]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for values in extremes(bench):
            bench.set(**values)
            lines = bench.artists["y" if name == "window_bench" else "forecast"]
            assert all(np.isfinite(line.get_ydata()).all() for line in lines), values
            assert "nan" not in bench.words
            assert "inf" not in bench.words
    bench.reset()


def test_the_presets_do_what_their_names_say(lesson):
    bench, errors = lesson["window_bench"], {}
    for name, values in bench.presets.items():
        data = lesson["compute_window"]("units alone", "storm", **values, start=140)
        errors[name] = data["error"]["after"][3]
    calm = lesson["compute_window"]("units alone", "calm", **bench.presets["Erased"], start=140)
    assert errors["Held"] < errors["Inputs shut"] < 0.9 * errors["Outputs shut"]
    assert calm["error"]["inside"][3] > 0.9


def test_no_forecast_sees_what_it_forecasts(lesson):
    """The forecast stays the same when everything after its day changes."""
    for s in lesson["SERIES"].values():
        u, t, h = s.value.copy(), np.array([s.test + 4]), 3
        before = lesson["autoregression"](u, t, h, 5, s.test)
        u[s.test + 5 :] += 10
        assert lesson["autoregression"](u, t, h, 5, s.test) == pytest.approx(before)
        u[s.test + 4] += 1
        assert lesson["autoregression"](u, t, h, 5, s.test) != pytest.approx(before)


def test_the_lstm_sees_neither_future_nor_held_out_end(lesson):
    module, record = lesson["forecast06"], lesson["SERIES"]["sunspots"]
    arm = {"seed": 0, "start": "forget 1"} | module.CHOSEN["sunspots", "forget 1"]
    _, before, _ = module.train(record, **arm)
    changed = record.value.copy()
    changed[record.test + 5 :] += 3
    _, after, _ = module.train(record._replace(value=changed), **arm)
    assert after[: record.test + 5] == pytest.approx(before[: record.test + 5])
    assert after[record.test + 5 :] != pytest.approx(before[record.test + 5 :])


def test_stored_errors_are_those_of_the_lesson(lesson):
    """The script scores single networks, and the lesson scores their mean.

    On one forecast, both must agree.
    """
    for name, s in lesson["SERIES"].items():
        errors = lesson["forecast06"].errors(s, lesson["lstm"][name])
        assert errors == pytest.approx(lesson["ERROR"][name, "LSTM"])


def test_a_nudge_is_felt_as_the_weights_say(lesson):
    """The effect of a nudge falls as f to the power of the lag.

    The cell has U = 0 and a constant forget gate f. Its input gate is half open, and its
    candidate reads the input.
    """
    module, s = lesson["forecast06"], lesson["SERIES"]["sunspots"]
    network = module.build(s, "forget 1", 1, np.random.default_rng(0))
    cell = network.layers[0]
    for p in network.params.values():
        p[...] = 0
    cell.part("f")["b"][:] = np.log(4.0)  # f = 0.8
    cell.part("o")["b"][:] = 40.0  # the output gate is open
    cell.part("g")["W"][:] = 1e-3
    network.readout.params["W"][:] = 1.0
    assert module.nudged(network, s)[:8] == pytest.approx(0.8 ** np.arange(8), rel=0.02)
    assert module.time_constants(network, s) == pytest.approx(-1 / np.log(0.8), rel=1e-5)


def test_forecasts_are_scored_where_they_belong(lesson):
    record = lesson["SERIES"]["sunspots"]
    naive = lesson["ALL"]["sunspots", 3]["seasonal naive"]
    spots = np.square(record.value)
    assert record.back(naive) == pytest.approx(spots[245:-11])
    error = np.sqrt(np.mean((spots[245:-11] - spots[256:]) ** 2))
    assert lesson["ERROR"]["sunspots", "seasonal naive"][2] == pytest.approx(error)


def test_both_forecasters_see_the_maximum_as_the_lesson_says(lesson):
    top = lesson["top"]
    assert top["LSTM", 1] > 160
    assert top["LSTM", 5] < 90
    assert top["autoregression", 5] > 160


def test_a_season_ahead_persistence_is_the_seasonal_forecast(lesson):
    forecasts = lesson["ALL"]["sunspots", 11]
    assert np.array_equal(forecasts["persistence"], forecasts["seasonal naive"])


def test_no_row_of_digits_or_letters_is_in_two_parts(lesson):
    streams = lesson["streams06"]
    for parts in (streams.DIGITS, streams.LETTERS):
        rows = np.concatenate([parts[name] for name in ("train", "validation", "held out")])
        assert len(np.unique(rows)) == len(rows)


def test_all_that_is_asked_about_in_a_held_out_stream_comes_later(lesson):
    """The changes of the stream grow, so a value tells its place."""
    draw = lesson["streams06"].numbers(np.arange(200.0) ** 2, 10, 3)
    x, _, _ = draw(np.random.default_rng(0), 2000)
    highest = x[..., 0].max()
    for part in ("validation", "held out"):
        later, _, mask = draw(None, 0, part)
        asked = later[3:][mask[3:]][:, 0]
        assert highest <= asked.min() + 1e-9
        highest = later[..., 0].max()


def test_the_claims_have_one_verdict_each(lesson):
    assert verdicts(lesson["printed"]) == [("C35", True), ("C1", True)]
    assert lesson["reads"] == lesson["real"]
    rising = lesson["rising"]
    assert rising["units alone"] == lesson["seeds"]
    assert rising["connected, fast"] == lesson["seeds"]
    assert rising["connected, slow"] < rising["connected"] < lesson["seeds"]
    assert lesson["typical"]["connected"][4] == pytest.approx(12, abs=1)
    assert lesson["typical"]["connected, slow"][4] < 10


@pytest.mark.parametrize("script", ["life06", "forecast06", "streams06"])
def test_every_rate_is_the_one_its_tuning_seeds_chose(lesson, script):
    module = lesson[script]
    assert module.chosen(stored_points(module.FILE.removesuffix(".json"))) == module.CHOSEN
    assert not set(module.TUNING_SEEDS) & set(module.SEEDS)


def test_the_starts_compare_at_the_election_as_the_text_says(lesson):
    election = {start: values[:, 3] for start, values in lesson["errors"].items()}
    election["connected, fast"] = lesson["fast_errors"]

    def wins(start, other):
        return int((election[start][:, None] < election[other]).sum())

    both = "forget 3, input −3"
    assert [wins(both, other) for other in ("connected", "forget 3", "input −3")] == [25, 25, 25]
    assert wins("chrono", "connected") == wins("input −3", "connected") == 25
    assert wins("forget 3", "connected") < 20
    assert wins("input −3", "connected, fast") == 19
    assert wins("chrono", both) < 13


def test_the_figure_of_the_starts_shows_every_run_and_the_median(lesson, stored):
    life = lesson["life06"]
    for k, ax in enumerate(lesson["start_axes"]):
        lines = iter(ax.lines)
        for start in life.STARTS:
            runs = [p["error"][k] for p in life.runs(stored, start)]
            assert len(runs) == len(life.SEEDS)
            np.testing.assert_allclose(next(lines).get_xdata(), runs)
            np.testing.assert_allclose(next(lines).get_xdata(), np.median(runs))


def test_the_figure_of_the_streams_shows_every_run_and_the_median(lesson):
    drawn = [line.get_ydata() for line in lesson["stream_ax"].lines]
    assert len(drawn) == 5 * 6
    for k in range(5):
        np.testing.assert_allclose(drawn[6 * k + 2], 100 * (1 - lesson["own"][:, k]))
        middle = np.median(lesson["shared"][:, k])
        np.testing.assert_allclose(drawn[6 * k + 5], [100 * (1 - middle)])


def test_the_marks_of_the_starts_are_where_the_units_start(lesson):
    """The marks are the triangles and the line below the units in Figure 6.4."""
    alike, chrono = (line.get_xdata() for line in lesson["units_ax"].lines[6:8])
    module = lesson["forecast06"]
    s = module.SERIES["sunspots"]

    def at_start(start):
        cell = module.build(s, start, 200, np.random.default_rng(0)).layers[0]
        return -1 / np.log(1 / (1 + np.exp(-cell.part("f")["b"])))

    for mark, start in zip(alike, ("forget 1", "forget 3, input −3")):
        np.testing.assert_allclose(at_start(start), mark, rtol=0.01)
    tau = at_start("chrono")
    assert chrono[0] <= tau.min() < 3
    assert 41 < tau.max() <= chrono[1]


def test_overlapping_windows_ask_about_few_targets(lesson):
    """There are as many different values as the lesson prints.

    Each window starts one step after the last, so most values are in several windows.
    """
    for kind in ("sensor", "agency", "market"):
        x, _, mask = lesson["KINDS"][kind](None, 0, "held out")
        steps = np.arange(x.shape[0])[:, None] + np.arange(x.shape[1])
        np.testing.assert_array_equal(x[1:, :-1, 0], x[:-1, 1:, 0])
        different = len(np.unique(steps[mask]))
        assert f"about {different:5,} different targets" in lesson["printed"]


def test_the_chrono_start_begins_on_many_scales(lesson):
    network = lesson["life06"].build("chrono", np.random.default_rng(0))
    cell = network.layers[0]
    tau = -1 / np.log(1 / (1 + np.exp(-cell.part("f")["b"])))
    assert isinstance(cell, LSTM)
    assert tau.min() < 20
    assert tau.max() > 80
    assert cell.part("i")["b"] == pytest.approx(-cell.part("f")["b"])


def test_the_uniform_starts_differ_in_their_biases_only(lesson):
    life, starts = lesson["life06"], {}
    for start, (forget, entering) in life.BIASES.items():
        cell = life.build(start, np.random.default_rng(0)).layers[0]
        assert (cell.part("f")["b"] == forget).all()
        assert (cell.part("i")["b"] == entering).all()
        starts[start] = cell.params["W"]
    assert all(np.array_equal(W, starts["connected"]) for W in starts.values())


REBUILT = [
    pytest.param("life06", {"start": "forget 3, input −3", "seed": 1}, id="life"),
    pytest.param(
        "forecast06", {"series": "sunspots", "start": "forget 1", "seed": 2}, id="forecast"
    ),
    pytest.param("streams06", {"arm": "handwriting", "seed": 1}, id="streams"),
]


@pytest.mark.parametrize("script, key", REBUILT)
def test_a_stored_point_can_be_rebuilt(lesson, script, key):
    module = lesson[script]
    there = stored_points(module.FILE.removesuffix(".json"))
    names = module.keys()[0].keys()
    assert [{name: p[name] for name in names} for p in there] == module.keys()
    (before,) = [p for p in there if key.items() <= p.items()]
    again = module.point(**{name: before[name] for name in names})
    for name in set(before) - set(names) - {"tau", "keeper", "nudged"}:
        assert again[name] == pytest.approx(before[name], rel=module.TOLERANCE)
