"""Lesson 10: attention is right forwards and backwards, the scan is the loop, and the stored runs can be rebuilt."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lessons import NOTEBOOKS, namespace
from support.claims import verdicts
from test_bench import move_all

from rnnlib.gradcheck import numerical, relative_error


@pytest.fixture(scope="module")
def lesson():
    return namespace("10")


@pytest.fixture(scope="module")
def points():
    return json.loads((NOTEBOOKS / "data" / "10_recall.json").read_text("utf-8"))["points"]


def test_every_bench_at_its_extremes(lesson):
    assert move_all(lesson) == 1


@pytest.mark.parametrize("T, B, H, K", [(2, 1, 3, 2), (7, 4, 5, 3)])
def test_the_read_out_for_batches_has_the_right_gradients(lesson, T, B, H, K):
    rng = np.random.default_rng(T)
    readout = lesson["recall"].Attention(H, K, rng=rng, dtype=np.float64)
    readout.params["b"][:] = rng.normal(size=K)
    h, dy = rng.normal(size=(T, B, H)), np.zeros((T, B, K))
    dy[-1] = rng.normal(size=(B, K))
    grads = readout.backward(readout.forward(h), dy)
    asked = numerical(lambda: float((readout.forward(h).h * dy).sum()), readout.params | {"h": h})
    for name, slope in asked.items():
        assert relative_error(slope, (grads.params | {"h": grads.x})[name]) < 1e-7, name


def test_one_sequence_and_a_batch_agree_backwards_too(lesson):
    rng = np.random.default_rng(3)
    readout = lesson["recall"].Attention(4, 3, rng=rng, dtype=np.float64)
    A, V, b = readout.params.values()
    h, dy = rng.normal(size=(6, 4)), rng.normal(size=3)
    q, a, m, _ = lesson["attend"](A, V, b, h)
    alone = lesson["attend_backward"](A, V, h, q, a, m, dy)
    whole = np.zeros((6, 1, 3))
    whole[-1, 0] = dy
    batch = readout.backward(readout.forward(h[:, None]), whole)
    for one, many in zip(alone, (*batch.params.values(), batch.x[:, 0]), strict=True):
        assert one == pytest.approx(many, rel=1e-10)


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 70), st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_the_scan_is_the_loop(lesson, T, H, seed):
    rng = np.random.default_rng(seed)
    a, b = rng.uniform(-1.2, 1.2, (T, H)), rng.normal(size=(T, H))
    before = a.copy(), b.copy()
    h, rounds = lesson["scan"](a, b)
    assert h == pytest.approx(lesson["loop"](a, b), rel=1e-9, abs=1e-9)
    assert rounds == int(np.ceil(np.log2(T))) and (a == before[0]).all() and (b == before[1]).all()


def test_the_tasks_ask_for_what_was_shown(lesson):
    recall = lesson["recall"]
    for task in ("recall", "copy"):
        x, target, mask = recall.items(task, 5, 20, np.random.default_rng(0))
        assert x.shape == (6, 20, 24) and mask.sum() == 20 and mask[-1].all()
        keys, values = x[:, :, :16].argmax(-1), x[:, :, 16:].argmax(-1)
        for n in range(20):
            at = keys[:5, n].tolist().index(keys[5, n]) if task == "recall" else keys[5, n]
            assert values[at, n] == target[5, n]
        assert x[5, :, 16:].sum() == 0 and (x[:5].sum(-1) == (2 if task == "recall" else 1)).all()


def test_the_claim_is_what_is_stored(lesson, points):
    assert len(points) == len(lesson["recall"].keys())
    final = lesson["final"]
    for task in ("recall", "copy"):
        for n in (8, 16):
            looks = [final[task, n, "attention, H = 32", seed] for seed in range(5)]
            for H, lead in ((32, 0.08), (64, 0.01 if n == 8 else 0.25)):
                last = [final[task, n, f"last state, H = {H}", seed] for seed in range(5)]
                assert np.median(looks) > max(last) + lead, (task, n, H)
    assert ("C3", True) in verdicts(lesson["printed"])


def test_a_stored_point_can_be_rebuilt(lesson, points):
    recall = lesson["recall"]
    for key in ({"task": "copy", "n": 2, "kind": "attention, H = 32", "seed": 1},
                {"task": "recall", "n": 2, "kind": "last state, H = 32", "seed": 0}):
        (stored,) = [p for p in points if key.items() <= p.items()]
        again = recall.train(*key.values(), updates=1000)[1]
        assert again == pytest.approx(stored["right"][:4], abs=recall.TOLERANCE)


def test_the_bench_shows_the_trained_network(lesson):
    bench = lesson["look_bench"]
    bench.set(asked=5, sharpness=0.0, draw=7)
    assert [bar.get_height() for bar in bench.artists["bars"]] == pytest.approx([1 / 8] * 8)
    values = np.random.default_rng(7).integers(0, 8, 8)
    assert [text.get_text() for text in bench.artists["texts"]] == [str(v) for v in values]
    bench.set(**bench.presets["6 comes twice"])
    assert bench.data.values[1] == bench.data.values[7] == 6 and bench.data.a[1] > 0.8 > 0.1 > bench.data.a[7]
    bench.set(asked=6, sharpness=0.0, draw=1)
    assert bench.words.endswith("wrong.")
    bench.set(asked=6, sharpness=1.0, draw=7)
    right = 0
    for asked in range(1, 9):
        bench.set(asked=asked, sharpness=1.0)
        heights = [bar.get_height() for bar in bench.artists["answer"]]
        assert sum(heights) == pytest.approx(1)
        right += int(np.argmax(heights)) == values[asked - 1]
        x = np.zeros((9, 1, 24), np.float32)
        x[np.arange(8), 0, 16 + values] = x[8, 0, asked - 1] = 1
        trace = lesson["network"].forward(x).readout
        assert [bar.get_height() for bar in bench.artists["bars"]] == pytest.approx(trace.a[:, 0], abs=1e-4)
    assert right >= 6
    bench.reset()
