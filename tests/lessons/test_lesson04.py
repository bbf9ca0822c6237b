"""Lesson 04: what stands behind its pictures and claims."""

import itertools
import warnings

import numpy as np
import pytest
from support.benches import benches_of, move_all
from support.claims import verdicts
from support.course import NOTEBOOKS
from support.lessons import namespace

from rnnlib.activations import logistic
from rnnlib.gradcheck import relative_error


@pytest.fixture(scope="module")
def ns():
    return namespace("04")


def bench_named(ns, name):
    return next(bench for bench in benches_of(ns) if bench.name == name)


def test_every_bench_at_its_extremes(ns):
    assert move_all(ns) == 5


def test_the_claims_come_out_as_the_lesson_says(ns):
    assert verdicts(ns["printed"]) == [
        ("C19", True),
        ("C20", True),
        ("C20", False),
        ("C12", True),
        ("C12", True),
        ("C12", False),
        ("C21", True),
        ("C22", True),
    ]


def test_the_gradient_of_a_linear_unit_is_compound_interest(ns):
    for factor in (0.9, 0.97, 1.0, 1.1):
        left = ns["compute_interest"](factor, 5)["left"]
        assert np.allclose(left, factor ** np.arange(ns["LONGEST"]))


@pytest.mark.parametrize("bias", ["0", "centred"])
@pytest.mark.parametrize("gain", [0.5, 1.0, 3.0])
def test_slopes_of_the_repeated_functions_are_their_derivatives(ns, gain, bias):
    X, n, step = ns["X"], 3, 1e-6
    phi = {"logistic": logistic, "tanh": np.tanh, "relu": lambda a: np.maximum(a, 0)}
    data = ns["compute_repeated"](n, gain, bias)
    for name, (y, slope) in ((name, data[name]) for name in phi):
        b = -gain / 2 if (name, bias) == ("logistic", "centred") else 0
        for k in range(n):

            def nested(x, k=k, name=name, b=b):
                for _ in range(k + 1):
                    x = phi[name](gain * x + b)
                return x

            smooth = np.abs(X) > 1e-3  # ReLU has a corner at 0
            numerical = (nested(X + step) - nested(X - step)) / (2 * step)
            assert np.allclose(y[k], nested(X))
            assert relative_error(slope[k][smooth], numerical[smooth]) < 1e-6


def test_a_pale_curve_is_left_out_only_where_the_next_one_covers_it(ns):
    bench = bench_named(ns, "the repeated sigmoid")
    for gain in (0.25, 1.0, 4.0):
        bench.set(n=16, gain=gain)
        for name in ns["PHI"]:
            states, slopes = bench.data[name]
            # Divided by 50, the logarithms have a grid line every 0.08.
            slopes = np.log10(np.clip(slopes, ns["FLOOR"] / 10, ns["CEILING"] * 10)) / 50
            for lines, curves in zip(bench.artists[name], (np.clip(states, -1, 50), slopes)):
                drawn = [segment[:, 1] for segment in lines.get_segments()]
                if curves is slopes:
                    drawn = [np.log10(curve) / 50 for curve in drawn]
                drawn.append(curves[-1])
                for curve in curves:
                    nearest = min(np.abs(curve - other).max() for other in drawn)
                    assert nearest < 0.0021, (name, gain)
                for other in drawn:
                    same = np.isclose(other, curves, rtol=0, atol=1e-12).all(axis=1)
                    assert same.any()
    bench.reset()


def test_a_logistic_is_never_steeper_than_a_quarter(ns):
    steepest = ns["compute_repeated"](16, 1.0, "0")["logistic"][1].max(axis=1)
    assert steepest[0] == pytest.approx(0.25)
    assert (steepest <= 0.25 ** np.arange(1, 17) * (1 + 1e-12)).all()


def test_linear_orthogonal_gradients_are_powers_of_the_radius(ns):
    for rho in (0.5, 1.0, 1.7):
        data = ns["compute_lag"](rho, 2.0, "identity", "orthogonal")
        assert np.allclose(data["left"]["RNN"], rho ** np.arange(ns["T_LAG"]))
        assert np.allclose(np.abs(data["U"]), rho)


@pytest.mark.parametrize("start", ["orthogonal", "Gaussian"])
def test_the_spectral_radius_is_what_its_slider_says(ns, start):
    for rho in (0.3, 1.0, 2.0):
        assert np.abs(ns["compute_lag"](rho, 1.0, "tanh", start)["U"]).max() == pytest.approx(rho)


def test_one_lstm_with_four_forget_biases_is_four_lstms(ns):
    """The forget bias comes in as an input. Set as a bias, it must give the same gradients."""
    ns["compute_lag"](1.0, 1.0, "tanh", "orthogonal")
    lstm, x = ns["lstm"], ns["stream"]
    together = ns["arriving"](lstm, np.concatenate([np.tile(x, (1, 4, 1)), ns["biases"]], 2))[0]
    for k, bias in enumerate(ns["BIASES"]):
        lstm.part("f")["b"][:] = bias
        alone = ns["arriving"](lstm, np.concatenate([x, np.zeros((len(x), 1, 1))], 2))[0]
        assert np.allclose(alone[:, 0], together[:, k])
    lstm.part("f")["b"][:] = 0


def test_a_higher_forget_bias_keeps_more(ns):
    left = ns["compute_lag"](0.5, 1.0, "tanh", "orthogonal")["left"]
    kept = [left[f"LSTM, b = {b}"][50] for b in (0, 1, 3, 5)]
    assert kept == sorted(kept)
    assert kept[0] < 1e-6
    assert kept[-1] > 0.3


@pytest.mark.parametrize("seed", range(5))
def test_the_gradient_explodes_in_the_free_network_and_vanishes_in_the_driven_one(ns, seed):
    """In both networks, every one-step norm is above 1. Only their products differ."""
    for name, strength in (("free", 0.0), ("driven", 4.0)):
        rnn, trace, _ = ns["pascanu"](seed, strength=strength)
        J = ns["jacobians"](rnn, trace)
        assert len(J) == 200
        assert np.linalg.norm(J, 2, axis=(1, 2)).min() > 1
        end = np.linalg.norm(ns["product"](J), 2)
        assert end > 1e5 if name == "free" else end < 1e-20


def test_the_jacobian_is_the_derivative_of_a_step(ns):
    rnn, trace, h = ns["pascanu"](3, strength=1.0)
    x = np.zeros((1, 1, ns["H_P"]))
    J = ns["jacobians"](rnn, rnn.forward(x, {"h": h}))[0]
    for k in (0, 17, 63):
        step = 1e-6 * np.eye(ns["H_P"])[[k]]
        moved = [rnn.forward(x, {"h": h + sign * step}).h[0, 0] for sign in (1, -1)]
        assert np.allclose((moved[0] - moved[1]) / 2e-6, J[:, k], atol=1e-8)


def test_two_runs_part_where_gradients_explode_and_meet_where_they_vanish(ns):
    free, driven = ns["compute_butterfly"](2.0, 0.0), ns["compute_butterfly"](2.0, 4.0)
    assert free["distance"][0] < 1e-4
    assert free["distance"][-50:].max() > 1
    assert free["gradient"][0] > 1
    assert driven["distance"][-1] < 1e-12
    assert driven["gradient"][0] < 1e-20
    assert free["least"] > 1
    assert driven["least"] > 1


def test_the_cliff_is_the_paper_s_and_its_slopes_are_derivatives(ns):
    w, b = np.array([3.0, 4.4, 6.0]), np.array([-1.0, -2.1, -2.0])
    cells, x = ns["side_by_side"](3), np.full(3, 0.5)
    for _ in range(50):
        x = w * logistic(x) + b
    E, dw, db = ns["cliff"](cells, w, b)
    assert np.allclose(E, (logistic(x) - 0.7) ** 2)
    for slope, dw_, db_ in ((dw, 1e-6, 0), (db, 0, 1e-6)):
        ahead, behind = (ns["cliff"](cells, w + sign * dw_, b + sign * db_)[0] for sign in (1, -1))
        assert np.allclose(slope, (ahead - behind) / 2e-6, rtol=1e-4, atol=1e-8)


def test_clipped_descent_never_moves_farther_than_rate_times_threshold(ns):
    for rate, (path, _, _) in ns["table"].items():
        steps = np.linalg.norm(np.diff(path, axis=0), axis=-1)
        assert (steps <= rate * ns["THRESHOLDS"] * (1 + 1e-9)).all()


def test_the_bench_of_the_cliff_shows_both_runs(ns):
    data = ns["compute_cliff"](150, 1.0, 0.3, "A")
    assert data["plain"]["path"].shape == data["clipped"]["path"].shape == (151, 2)
    assert data["clipped"]["E"][-20:].mean() < 0.01
    assert data["plain"]["E"][-1] > 0.05


def test_what_is_read_off_the_first_two_benches(ns):
    for u, k, left in (
        (0.97, 100, 0.048),
        (0.999, 299, 0.74),
        (1.001, 299, 1.35),
        (0.5**0.1, 10, 0.5),
    ):
        assert ns["compute_interest"](u, k)["left"][k] == pytest.approx(left, rel=0.02)
    four = {gain: ns["compute_repeated"](4, gain, "0") for gain in (1.0, 8.0)}
    assert four[1.0]["logistic"][1][-1].max() == pytest.approx(0.003, rel=0.05)
    assert four[8.0]["logistic"][1][-1].max() == pytest.approx(1e-4, rel=0.5)
    assert four[8.0]["relu"][1][-1].max() == pytest.approx(4096)
    sixteen = ns["compute_repeated"](16, 1.0, "0")["tanh"][1]
    assert np.allclose(sixteen[:, ns["X"] == 0], 1)
    assert sixteen[-1, np.abs(ns["X"]) > 1].max() < 0.2


def test_a_half_life_of_ten_steps_is_a_stop_of_the_slider(ns):
    bench = bench_named(ns, "compound interest")
    slider = bench.controls["factor"]
    steps = round((slider.high - slider.low) / slider.step)
    stops = slider.low + slider.step * np.arange(steps + 1)
    said = [ns["describe_interest"](ns["compute_interest"](u, 100)) for u in stops]
    assert sum("halves every 10.0 steps" in words for words in said) == 1


def test_what_the_claims_say_was_measured(ns):
    """The numbers are those that the lesson prints after ≈."""
    assert ns["dying"] == pytest.approx(0.00226, rel=0.01)
    assert ns["growing"] == pytest.approx(369, rel=0.01)
    assert ns["mixed"] == pytest.approx(3.2e-13, rel=0.02)
    assert ns["steepest"][-1] == pytest.approx(3.9e-7, rel=0.01)
    assert ns["width"][-1] == pytest.approx(1.52e-6, rel=0.01)
    assert ns["near_half"] == pytest.approx(1024, rel=0.01)
    assert np.mean(ns["step"] < 1e-3) == pytest.approx(0.993, abs=0.01)
    results = ns["results"]
    assert np.median(results["tanh", 1.5][1]) == pytest.approx(0.052, rel=0.1)
    assert results["tanh", 1.0][1].max() == pytest.approx(3.4e-7, rel=0.1)
    assert np.allclose(results["identity", 1.0][1], 1)
    assert np.allclose(results["identity", 1.5][1], 1.5**50)
    assert results["identity", 1.5][0].min() > 1e10
    assert results["tanh", 1.5][0].max() <= 1
    assert ns["found"] == pytest.approx([22, 36], abs=2)
    assert ns["thrown"] == pytest.approx([17, 0], abs=2)


def test_what_is_read_off_the_bench_of_lags(ns):
    def left(rho, strength=1.0, phi="tanh"):
        return ns["compute_lag"](rho, strength, phi, "orthogonal")["left"]

    k = np.arange(ns["T_LAG"])
    sigma = {b: float(logistic(np.array(float(b)))) for b in (0, 1, 3, 5)}
    for rho, power in ((0.9, 0.00515), (1.0, 1), (1.1, 117)):
        assert left(rho, phi="identity")["RNN"][50] == pytest.approx(power, rel=0.01)
    assert np.allclose(left(1.0, 0.0)["RNN"], 1)
    assert left(1.0)["RNN"][50] == pytest.approx(2.5e-7, rel=0.1)
    assert left(1.0, 3.0)["RNN"][50] == pytest.approx(5e-18, rel=0.2)
    assert left(1.2)["RNN"][50] == pytest.approx(3.2e-4, rel=0.1)
    linear = 1.2**50
    assert linear == pytest.approx(9100, rel=0.01)
    assert left(1.7)["RNN"][50] == pytest.approx(1.83, rel=0.05)
    ends = {rho: left(rho)["RNN"][50] for rho in np.arange(1.0, 2.01, 0.05).round(2)}
    assert all((end < 0.3) == (rho < 1.58) for rho, end in ends.items()), ends
    at_one = left(1.0)
    for b in sigma:
        assert at_one[f"LSTM, b = {b}"][50] > sigma[b] ** 50
    below = {b: k[at_one[f"LSTM, b = {b}"] < sigma[b] ** k] for b in (3, 5)}
    assert below[3].max() < 30
    assert below[5].max() < 40
    assert min(map(len, below.values())) > 15
    assert min(at_one["LSTM, b = 3"][50], at_one["LSTM, b = 5"][50]) > 1
    end = {name: values[-1] for name, values in left(2.0, 0.0).items()}
    exploding = [name for name, value in end.items() if value > 1e3]
    assert exploding == ["RNN", "LSTM, b = 1", "LSTM, b = 3", "LSTM, b = 5"]
    low, high = left(0.5), left(1.5)
    powers = {name: np.log10(high[name][50] / low[name][50]) for name in low}
    assert 18 < powers["RNN"] < 19
    assert abs(powers["GRU"] - 6) < 0.5
    assert abs(powers["LSTM, b = 0"] - 6) < 0.5
    assert max(abs(powers["LSTM, b = 3"]), abs(powers["LSTM, b = 5"])) < 1


def test_what_is_read_off_the_butterfly(ns):
    def distance(strength):
        return ns["compute_butterfly"](2.0, strength)["distance"]

    driven, free = distance(4.0), distance(0.0)
    assert 25 < np.argmax(driven < 1e-12) + 1 < 35
    assert 70 < np.argmax(free > 0.1) + 1 < 90
    assert distance(0.8)[-1] > 1e-3
    assert 1e-7 < distance(1.0)[-1] < 1e-5
    assert distance(1.5)[-1] < 1e-11
    slopes = np.array(ns["slopes"]["driven"])
    assert np.mean(slopes < 0.1) == pytest.approx(0.68, abs=0.005)
    assert np.mean(slopes > 0.5) == pytest.approx(0.16, abs=0.005)


def test_what_is_read_off_the_cliff(ns):
    plain = ns["compute_cliff"](150, 1.0, 0.3, "A")["plain"]
    assert np.argmax(plain["norm"] > 1) + 1 == 44
    assert plain["norm"].max() == pytest.approx(40, abs=1)
    assert np.allclose(plain["path"][-1], (10.3, 8.1), atol=0.2)
    assert plain["E"][40:43].min() < 0.01
    for threshold in ns["THRESHOLDS"][:-1]:
        E = ns["compute_cliff"](150, threshold, 0.3, "A")["clipped"]["E"]
        if threshold < 4.1 or threshold > 4.5:
            assert (E[-20:].mean() < 0.01) == (threshold < 4.1)
    for run in ("plain", "clipped"):
        path = ns["compute_cliff"](150, 1.0, 0.3, "D")[run]["path"]
        assert np.linalg.norm(path[-1] - path[0]) == pytest.approx(0.35, abs=0.01)


def test_what_is_said_of_clipping(ns):
    points = ns["clipping"]
    for p in points.values():
        tuned = [n for rate, n in zip(p["rates"], p["solved_in_tuning"]) if rate == p["rate"]]
        assert tuned == [max(p["solved_in_tuning"])]
        assert len(p["solved"]) == len(p["updates"]) == 4
    for s in (0.5, 0.7):
        assert not any(sum(points[s, way]["solved"]) for way in ns["WAYS"])
        assert min(points[s, "plain"]["first_norm"]) > 0.1
        assert max(points[s, "plain"]["first_norm"]) < 3
        # So, clipped at 1, the gradient always had norm 1.
        assert min(points[s, "scaled"]["smallest_norm"]) >= 1
    assert min(points[1.2, "plain"]["first_norm"]) > 1e9


def tuned_rates(clipping, way):
    """The rates at which both tuning runs solved the task, and those at which not both did."""
    solved, failed = [], []
    for (_, arm), p in clipping.items():
        if arm == way:
            for rate, runs in zip(p["rates"], p["solved_in_tuning"]):
                if runs == 2:
                    solved.append(rate)
                else:
                    failed.append(rate)
    return sorted(solved), sorted(failed)


def test_the_figure_of_clipping_shows_what_is_stored(ns):
    fig = ns["draw_clipping"](ns["clipping"], ns["program"].SCALES)
    left, middle, right = fig.axes
    for line, way in zip(left.lines, ns["WAYS"], strict=True):
        drawn = dict(zip(*line.get_data(), strict=True))
        assert drawn == {s: sum(p["solved"]) for (s, w), p in ns["clipping"].items() if w == way}
    for line, dots, way in zip(middle.lines, middle.collections, ns["WAYS"], strict=True):
        solved, failed = tuned_rates(ns["clipping"], way)
        assert sorted(line.get_ydata()) == solved
        assert sorted(dots.get_offsets()[:, 1]) == failed
    assert right.lines[-1].get_ydata()[-1] == np.median(ns["clipping"][1.3, "plain"]["first_norm"])


def test_adam_freezes_without_clipping_and_its_averages_are_why(ns):
    # The axes of each array are the seed, the number (norm, step or loss) and the update.
    runs = {name: np.array(three) for name, three in ns["adam_runs"].items()}
    steps = {name: three[:, 1] for name, three in runs.items()}
    assert all(three.max() == pytest.approx(0.0535, abs=0.001) for three in steps.values())
    assert all((three.argmax(axis=1) == 0).all() for three in steps.values())
    at, free = ns["EMPTIED"], steps["no clipping"]
    assert free[:, at - 1 :].max() < 1e-3
    assert np.median(runs["no clipping"][:, 0, at - 1]) > 1e5
    assert (steps["emptied"][:, at] > 0.04).all()
    assert (steps["emptied"][:, at] > 50 * free[:, at]).all()
    # The gradient is the same, but it throws the emptied network uphill.
    assert np.allclose(runs["emptied"][:, 0, at], runs["no clipping"][:, 0, at])
    assert np.median(runs["emptied"][:, 0, at + 1]) > 1e7
    # Then the steps shrink again.
    assert np.median(steps["emptied"][:, -100:]) < 2e-3
    assert np.median(runs["emptied"][:, 2, -1]) > 1
    assert np.median(runs["clipped at 1"][:, 2, -1]) < 0.01
    assert np.median(steps["clipped at 1"][:, at:]) > 10 * np.median(free[:, at:])


def test_the_figure_of_adam_shows_the_runs(ns):
    norms, steps, losses = ns["draw_adam"](ns["adam_runs"]).axes
    for ax in (norms, steps, losses):
        assert len(ax.lines) == 12  # three runs and their median, three times
    assert np.array_equal(norms.lines[0].get_ydata(), ns["adam_runs"]["no clipping"][0][0])
    middle = np.median([run[1] for run in ns["adam_runs"]["clipped at 1"]], axis=0)
    assert np.array_equal(steps.lines[-1].get_ydata(), middle)
    # Up to there, "emptied" is the same run as "no clipping".
    assert losses.lines[4].get_xdata()[0] == ns["EMPTIED"] + 1


def test_what_is_said_of_a_small_start(ns):
    """With 0.7 I, the same network and Adam learn to add, but not to latch.

    For adding they don't need clipping.
    """
    assert max(ns["losses"]["adding"]) < 0.02
    assert min(ns["losses"]["latch"]) > 0.9
    assert min(ns["radii"]["adding"]) > 1
    assert max(ns["radii"]["latch"]) < 0.8
    solved = {
        start: sum(ns["cures"][start, None, 50]["solved"])
        for start in ("ReLU, 0.7 I", "ReLU, identity", "ReLU, Gaussian")
    }
    assert list(solved.values()) == [3, 1, 1]
    medians = [np.median(ns["cures"]["ReLU, 0.7 I", clip, 50]["updates"]) for clip in (None, 1.0)]
    assert medians == pytest.approx((493, 779), abs=1)


def test_what_is_said_of_plain_descent_at_its_smallest_rate(ns):
    lasting = ns["clipping"][1.1, "plain"]["loss"]
    assert min(lasting) > 0.12
    assert max(lasting) < 0.82
    for s, step in ((1.2, 45), (1.3, 1e5)):
        p = ns["clipping"][s, "plain"]
        assert p["rate"] == min(p["rates"])
        assert p["rate"] * np.median(p["first_norm"]) == pytest.approx(step, rel=0.1)
    assert ns["clipping"][1.0, "scaled"]["updates"] == ns["clipping"][1.0, "clipped"]["updates"]
    assert min(ns["clipping"][1.0, "clipped"]["smallest_norm"]) > 2.6


def test_what_is_said_of_tanh_on_the_adding_problem(ns):
    """At 50 steps it needs eleven times the updates of identity-ReLU, and 2,000 are too few."""
    tanh, gaussian, relu = (
        ns["cures"][start, 1.0, 50]["updates"]
        for start in ("tanh, orthogonal", "tanh, Gaussian", "ReLU, identity")
    )
    assert np.median(tanh) / np.median(relu) == pytest.approx(11, abs=1)
    assert min(tanh + gaussian) > 2000 and min(gaussian) > max(5000, max(tanh))
    assert sum(ns["cures"]["tanh, orthogonal", 1.0, 50]["solved"]) == 3
    assert sum(ns["cures"]["tanh, Gaussian", 1.0, 50]["solved"]) == 2
    short = [
        np.median(ns["cures"][f"tanh, {U}", 1.0, 20]["updates"]) for U in ("Gaussian", "orthogonal")
    ]
    assert short[1] == pytest.approx(short[0], rel=0.1)  # at 20 steps, no difference
    at_the_edge = [
        key for key, p in ns["cures"].items() if key[2] == 50 and p["rate"] == min(p["rates"])
    ]
    assert set(at_the_edge) == {("tanh, Gaussian", 1.0, 50)} | {
        (start, None, 50) for start in ("ReLU, Gaussian", "ReLU, identity", "ReLU, 0.7 I")
    }


def test_the_figure_of_the_cures_shows_every_run(ns):
    fig = ns["draw_cures"](ns["cures"], ns["cures_program"].UPDATES)
    for ax, T in zip(fig.axes, (20, 50, 100), strict=True):
        marks = {
            mark: [line.get_xdata()[0] for line in ax.lines if line.get_marker() == mark]
            for mark in "ox"
        }
        for mark, solved in (("o", True), ("x", False)):
            stored = []
            for p in ns["cures"].values():
                if p["T"] == T:
                    runs = zip(p["updates"], p["solved"])
                    stored += [updates for updates, done in runs if done == solved]
            assert sorted(marks[mark]) == sorted(stored)


def test_every_compute_function_is_finite_and_silent_at_all_extremes(ns):
    ends = {
        "compute_interest": ((0.9, 1.1), (0, 299)),
        "compute_repeated": ((1, 16), (0.25, 8.0), ("0", "centred")),
        "compute_lag": ((0.0, 2.0), (0.0, 5.0), ns["PHI_LAG"], tuple(ns["BLOCKS"])),
        "compute_butterfly": ((0.2, 3.0), (0.0, 6.0)),
    }
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name, choices in ends.items():
            for values in itertools.product(*choices):
                numbers = np.concatenate([np.ravel(a) for a in arrays(ns[name](*values))])
                assert np.isfinite(numbers).all(), (name, values)


def arrays(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return [a for v in value for a in arrays(v)]
    return [value] if isinstance(value, np.ndarray) else []


REBUILT = [
    ("04_clipping", {"scale": 1.0, "way": "clipped"}, 2),
    ("04_clipping", {"scale": 1.3, "way": "plain"}, 1),
    ("04_clipping", {"scale": 0.7, "way": "scaled"}, 0),
    ("04_cures", {"start": "ReLU, identity", "clip": 1.0, "T": 50}, 1),
    ("04_cures", {"start": "tanh, orthogonal", "clip": 1.0, "T": 20}, 0),
]


@pytest.mark.parametrize("file, key, seed", REBUILT)
def test_a_stored_run_can_be_rebuilt(ns, file, key, seed):
    program = ns["runner"].load(NOTEBOOKS / "precompute" / f"{file}.py")
    stored = ns[file[3:]][tuple(key.values())]
    again = program.run(**key, rate=stored["rate"], seed=seed)
    assert program.solved(again) == stored["solved"][seed]
    assert again.updates == pytest.approx(stored["updates"][seed], rel=program.TOLERANCE)


def test_the_stored_grids_are_complete(ns):
    for file in ("04_clipping", "04_cures"):
        program = ns["runner"].load(NOTEBOOKS / "precompute" / f"{file}.py")
        points = ns[file[3:]].values()
        for key, p in zip(program.keys(), points, strict=True):
            assert key.items() <= p.items()
