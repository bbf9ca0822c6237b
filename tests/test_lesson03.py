"""Lesson 03: what its benches compute, the clinic's diagnoses, and the staircase of truncation."""

import json

import numpy as np
import pytest
from lessons import NOTEBOOKS, namespace
from support.benches import move_all
from support.claims import verdicts

from rnnlib import gradcheck


@pytest.fixture(scope="module")
def lesson():
    return namespace("03")


def test_every_bench_at_its_extremes(lesson):
    assert move_all(lesson) == 2


def test_the_claims_hold(lesson):
    for id in ("C16", "C17", "C18"):
        assert (id, True) in verdicts(lesson["printed"])


def test_bptt_of_the_lesson_against_the_complex_step(lesson):
    rng = np.random.default_rng(7)
    x, h0, W, U, b, e = (rng.normal(size=s) for s in ((5, 2), 3, (3, 2), (3, 3), 3, (5, 3)))
    _, dW, dU, db, dx = lesson["bptt"](x, h0, W, U, b, e)

    def loss(a):
        h, E = h0.astype(complex), 0
        for x_t, e_t in zip(a["x"], e):
            h = np.tanh(a["W"] @ x_t + a["U"] @ h + a["b"])
            E = E + e_t @ h
        return E

    slopes = gradcheck.complex_step(loss, {"x": x, "W": W, "U": U, "b": b})
    for name, mine in {"x": dx, "W": dW, "U": dU, "b": db}.items():
        assert gradcheck.relative_error(mine, slopes[name]) < 1e-12


def test_the_bench_walks_back_to_the_whole_gradient(lesson):
    compute = lesson["compute_back"]
    values = {"w": 0.9, "u": 0.8, "b": -0.2, "target": 0.3}
    whole = compute(back=11, **values)
    for k, name in enumerate("wub"):
        near = [compute(back=11, **(values | {name: values[name] + s}))["loss"] for s in (-1e-6, 1e-6)]
        assert np.isclose(whole["sums"][k, 0], (near[1] - near[0]) / 2e-6, rtol=1e-5)
    half = compute(back=5, **values)
    assert half["reached"] == 7
    assert np.isnan(half["dh"][:6]).all() and np.allclose(half["dh"][6:], whole["dh"][6:])
    assert np.isclose(half["sums"][1, 6], np.nansum(half["share"]))


def test_the_first_bench_shows_what_the_lesson_says(lesson):
    """The four answers under bench 3.1."""
    start = {"back": 11, "w": 1.0, "u": 0.7, "b": 0.1, "target": 0.5}

    def left(**changes):
        dh = lesson["compute_back"](**start | changes)["dh"]
        return dh / dh[-1]

    assert 0.005 < left()[0] < 0.007 and left()[1] > 0.01
    kept = [left(w=w, u=1.0, b=0.0)[0] for w in (0.1, 2.0)]
    assert 0.95 < kept[0] < 0.97 and 0.005 < kept[1] < 0.015
    flips = lesson["compute_back"](**start | {"u": -0.9, "b": 0.0})
    da = flips["dh"] * (1 - flips["h"] ** 2)
    assert (flips["share"] <= 0).all() and abs(da.sum()) < 0.2 * np.abs(da).sum()
    grows = np.abs(left(w=0.05, u=1.6, b=0.0, target=-1.0))
    assert grows.argmin() == 6 and (np.diff(grows[:7]) < 0).all() and (np.diff(grows[6:]) > 0).all()


def test_the_lab_sees_blocks(lesson):
    data = lesson["compute_lab"](window=6, u=0.9)
    (full, seen_full), (truth, seen_cut), (reset, seen_reset), _ = data["pairs"]
    lower, block = np.tril(np.ones((24, 24), bool)), np.kron(np.eye(4), np.ones((6, 6))).astype(bool)
    assert np.array_equal(full, truth) and np.array_equal(full, seen_full)
    assert (full[lower] > 0).all() and (full[~lower] == 0).all()
    assert np.array_equal(seen_cut, np.where(block, full, 0))
    assert np.array_equal(reset, seen_reset) and (reset[~block] == 0).all()


def test_the_second_bench_shows_what_the_lesson_says(lesson):
    def seen(window, u):
        truth, cut = lesson["compute_lab"](window, u)["pairs"][1]
        return cut.sum() / truth.sum()

    assert 0.70 < seen(6, 0.9) < 0.72 and seen(12, 0.9) > seen(6, 0.9) > seen(6, 1.1)


def test_runs_that_truncation_should_not_learn_lie_on_the_border_or_in_windows_of_one_step(lesson):
    for row, lag in enumerate(lesson["lags"]):
        for column, window in enumerate(lesson["windows"]):
            assert lesson["grid"][row, column] == 0 or window > lag or window in (lag, 1)


def test_the_map_shows_the_stored_counts(lesson):
    points = json.loads((NOTEBOOKS / "data" / "03_truncation.json").read_text())["points"]
    assert len(points) == 6 * 7 * 5
    for row, lag in enumerate(lesson["lags"]):
        for column, window in enumerate(lesson["windows"]):
            losses = [p["loss"] for p in points if (p["lag"], p["window"]) == (lag, window)]
            assert len(losses) == 5 and lesson["grid"][row, column] == sum(loss < 0.1 for loss in losses)
    assert np.array_equal(lesson["picture"].get_array(), lesson["grid"])


def test_stored_points_can_be_rebuilt(monkeypatch):
    monkeypatch.syspath_prepend(str(NOTEBOOKS / "precompute"))
    import runner

    program = runner.load(NOTEBOOKS / "precompute" / "03_truncation.py")
    points = json.loads((NOTEBOOKS / "data" / program.FILE).read_text())["points"]
    for key in ({"lag": 3, "window": 12, "seed": 1}, {"lag": 1, "window": 1, "seed": 0}):
        (stored,) = [p for p in points if key.items() <= p.items()]
        assert program.point(**key)["loss"] == pytest.approx(stored["loss"], abs=program.TOLERANCE)


def test_the_clinic(lesson):
    examine = lesson["clinic"].examine
    healthy = {name: {k for k, v in examine(name).items() if v < 1e-7} for name in "ABCDE"}
    assert healthy == {"A": set(), "B": {"dW", "dU", "db_i", "db_o", "db_g"}, "C": set(), "D": set(), "E": {"dW", "dU", "db"}}
    sick = {name: {k for k, v in examine(name, steps=1).items() if v > 1e-3} for name in "ABCDE"}  # dU is 0: h_0 is
    assert sick == {"A": {"dW", "db"}, "B": {"db_f"}, "C": set(), "D": {"dW", "db_o"}, "E": set()}
