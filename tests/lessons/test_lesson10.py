"""Lesson 10: attention is right forwards and backwards, and the scan gives what the loop gives.

The stored runs can be rebuilt.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.benches import move_all
from support.claims import verdicts
from support.lessons import namespace, stored_points

from rnnlib.gradcheck import numerical, relative_error


@pytest.fixture(scope="module")
def lesson():
    return namespace("10")


@pytest.fixture(scope="module")
def points():
    return stored_points("10_recall")


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
    exact = grads.params | {"h": grads.x}
    slopes = numerical(lambda: float((readout.forward(h).h * dy).sum()), readout.params | {"h": h})
    for name, slope in slopes.items():
        assert relative_error(slope, exact[name]) < 1e-7, name


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
def test_both_scans_give_what_the_loop_gives(lesson, T, H, seed):
    rng = np.random.default_rng(seed)
    a, b = rng.uniform(-1.2, 1.2, (T, H)), rng.normal(size=(T, H))
    a_before, b_before = a.copy(), b.copy()
    h, rounds, _ = lesson["scan"](a, b)
    assert h == pytest.approx(lesson["loop"](a, b), rel=1e-9, abs=1e-9)
    assert lesson["sweep"](a, b)[1] == pytest.approx(h, rel=1e-9, abs=1e-9)
    assert rounds == int(np.ceil(np.log2(T)))
    assert (a == a_before).all()
    assert (b == b_before).all()


class Counted:
    """A number that counts how often it was multiplied."""

    times = 0

    def __init__(self, value):
        self.value = value

    def __mul__(self, other):
        Counted.times += 1
        return Counted(self.value * other.value)

    def __add__(self, other):
        return Counted(self.value + other.value)


@pytest.mark.parametrize("T", [2, 7, 8, 33])
@pytest.mark.parametrize("name", ["scan", "sweep"])
def test_the_scans_count_their_own_multiplications(lesson, name, T):
    numbers = np.array([Counted(1.0) for _ in range(T)], object)
    Counted.times = 0
    *_, combinations = lesson[name](numbers, numbers.copy())
    assert Counted.times == 2 * combinations


def test_the_scans_take_as_many_rounds_and_combinations_as_the_text_says(lesson):
    ones = np.ones(1000)
    assert lesson["scan"](ones, ones)[1:] == (10, 8977)
    assert lesson["sweep"](ones, ones)[2:] == (18, 1984)
    T = 2**14
    assert lesson["sweep"](np.ones(T), np.ones(T))[3] < 2 * T


@pytest.mark.parametrize("T", [2, 9, 1000])
def test_the_solution_of_exercise_4_counts_as_the_scans_do(lesson, T):
    rounds, combinations, multiplications, sweep, _ = lesson["solution_10_4"](T)
    assert (rounds, combinations) == lesson["scan"](np.ones(T), np.ones(T))[1:]
    assert multiplications == 2 * combinations
    assert sweep == lesson["sweep"](np.ones(T), np.ones(T))[3]


def test_newtons_scans_give_what_one_step_after_another_gives(lesson):
    x = np.random.default_rng(3).normal(size=200)
    for u in (-3.0, 0.3, 1.2, 4.5, 10.0):
        h, scans = lesson["newton"](u, x)
        state, steps = 0.0, []
        for x_t in x:
            state = np.tanh(u * state + x_t)
            steps.append(state)
        assert h == pytest.approx(steps, abs=1e-9)
        assert scans <= len(x) + 1


def test_newtons_method_needs_as_many_scans_as_the_text_says(lesson):
    scans = lesson["scans_needed"]
    assert scans[0.5] == pytest.approx(5, abs=1)
    assert 70 < scans[3] < 100
    assert scans[-3] > 100
    assert scans[4] < 10


def test_the_tasks_ask_for_what_was_shown(lesson):
    recall = lesson["recall"]
    for task in recall.TASKS:
        x, target, mask = recall.items(task, 5, 20, np.random.default_rng(0))
        assert x.shape == (6, 20, 24)
        assert mask.sum() == 20
        assert mask[-1].all()
        keys, values = x[:, :, :16].argmax(-1), x[:, :, 16:].argmax(-1)
        for n in range(20):
            place = keys[5, n]
            if task == "by key":
                place = keys[:5, n].tolist().index(keys[5, n])
            assert values[place, n] == target[5, n]
        assert x[5, :, 16:].sum() == 0
        ones = 2 if task == "by key" else 1
        assert (x[:5].sum(-1) == ones).all()


def test_every_rate_was_chosen_on_a_seed_of_its_own(lesson, points):
    recall = lesson["recall"]
    names = ("task", "n", "kind", "seed", "rate", "updates")
    assert [{name: p[name] for name in names} for p in points] == recall.keys()
    assert recall.TUNING_SEED not in recall.SEEDS
    for (task, n, kind), rate in recall.CHOSEN.items():
        key = {"task": task, "n": n, "kind": kind, "seed": recall.TUNING_SEED}
        key["updates"] = recall.UPDATES
        tuned = [p for p in points if key.items() <= p.items()]
        assert [p["rate"] for p in tuned] == list(recall.RATES)
        assert recall.best_rate(tuned) == rate


@pytest.fixture(scope="module")
def sixteen(lesson):
    """A function that gives the shares of right answers for 16 items, one for each seed."""

    def shares(task, kind):
        return [lesson["final"][task, 16, kind, seed] for seed in lesson["recall"].SEEDS]

    return shares


@pytest.mark.parametrize("task", ["by key", "by place"])
def test_attention_recalls_sixteen_items(sixteen, task):
    assert min(sixteen(task, "attention, H = 32")) > 0.98


@pytest.mark.parametrize("task, low, high", [("by key", 0.75, 0.98), ("by place", 0.4, 0.6)])
def test_a_last_state_recalls_only_some_of_sixteen_items(sixteen, task, low, high):
    smaller = np.median(sixteen(task, "last state, H = 32"))
    bigger = np.median(sixteen(task, "last state, H = 64"))
    assert low < bigger < high
    assert smaller < bigger


def test_asked_by_place_every_bigger_network_beats_every_smaller_one(sixteen):
    bigger = sixteen("by place", "last state, H = 64")
    smaller = sixteen("by place", "last state, H = 32")
    assert min(bigger) > max(smaller)


def test_the_lesson_prints_how_many_bigger_networks_pass(lesson, sixteen):
    passed = sum(share > 0.95 for share in sixteen("by key", "last state, H = 64"))
    words = f"last state, H = 64, 16 items, asked by key: ≈ {passed} of 5 runs"
    assert words in lesson["printed"]


def test_the_claim_about_attention_holds(lesson):
    assert ("C3", True) in verdicts(lesson["printed"])


@pytest.mark.parametrize(
    "key", [("by place", 2, "attention, H = 32", 1), ("by key", 2, "last state, H = 32", 0)]
)
def test_a_stored_point_can_be_rebuilt(lesson, points, key):
    recall = lesson["recall"]
    rate = recall.CHOSEN[key[:3]]
    (stored,) = [p for p in points if (p["task"], p["n"], p["kind"], p["seed"]) == key]
    again = recall.train(*key, rate, updates=500)[1]
    assert again == pytest.approx(stored["right"][:2], abs=recall.TOLERANCE)


@pytest.fixture
def look(lesson):
    """The bench, at its start again after each test."""
    yield lesson["look_bench"]
    lesson["look_bench"].reset()


def heights_of(bars):
    return [bar.get_height() for bar in bars]


def test_without_sharpness_the_bench_looks_at_all_items_alike(look):
    look.set(asked=5, sharpness=0.0, draw=7)
    assert heights_of(look.artists["bars"]) == pytest.approx([1 / 8] * 8)


def test_without_sharpness_the_answer_of_the_bench_may_be_wrong(look):
    look.set(asked=6, sharpness=0.0, draw=1)
    assert look.words.endswith("wrong.")


def test_the_bench_finds_the_right_one_of_two_equal_items(look):
    look.set(**look.presets["6 comes twice"])
    assert look.data.values[1] == 6
    assert look.data.values[7] == 6
    assert look.data.a[1] > 0.8
    assert look.data.a[7] < 0.1


def test_the_bench_shows_the_trained_network(lesson, look):
    look.set(sharpness=1.0, draw=7)
    values = np.random.default_rng(7).integers(0, 8, 8)
    assert [text.get_text() for text in look.artists["texts"]] == [str(v) for v in values]
    right = 0
    for asked in range(1, 9):
        look.set(asked=asked)
        answer = heights_of(look.artists["answer"])
        assert sum(answer) == pytest.approx(1)
        right += int(np.argmax(answer)) == values[asked - 1]
        x = np.zeros((9, 1, 24), np.float32)
        x[np.arange(8), 0, 16 + values] = 1
        x[8, 0, asked - 1] = 1
        trace = lesson["network"].forward(x).readout
        assert heights_of(look.artists["bars"]) == pytest.approx(trace.a[:, 0], abs=1e-4)
    assert right >= 6
