"""Lesson 08: what its benches show is what is stored, live training moves the picture, stored results can be rebuilt."""

import json

import numpy as np
import pytest
from lessons import NOTEBOOKS, namespace
from support.benches import move_all
from support.claims import verdicts


@pytest.fixture(scope="module")
def lesson():
    return namespace("08")


@pytest.fixture(scope="module")
def script(lesson):
    return lambda name: lesson["load"](NOTEBOOKS / "precompute" / f"08_{name}.py")


def stored(name):
    return json.loads((NOTEBOOKS / "data" / f"08_{name}.json").read_text("utf-8"))["points"]


def test_every_bench_at_its_extremes(lesson):
    assert move_all(lesson) == 3


def test_no_image_is_in_two_sets(lesson):
    known, validation, test = lesson["over"].parts()
    together = np.concatenate([known, validation, test])
    assert len(together) == 1797 == len(set(together)) and max(known) < min(*validation, *test)
    train, held, test = lesson["race"].corpus()
    assert len({*train, *held, *test}) == 6000


def test_a_row_of_a_digit_is_a_step(lesson):
    x, target, mask = lesson["over"].sequences(np.array([3, 8]))
    image = lesson["datasets"].digits().images[8] / 16
    assert x.shape == (8, 2, 8) and x[5, 1] == pytest.approx(image[5])
    assert mask.sum(0).tolist() == [1, 1] and mask[-1].all() and target[-1].tolist() == lesson["labels"][[3, 8]].tolist()


def test_letters_are_next_letters(lesson):
    x, target, mask = lesson["race"].letters(["cab", "a"])
    read = x.argmax(-1)
    assert read[:4, 0].tolist() == [0, 3, 1, 2] and target[:4, 0].tolist() == [3, 1, 2, 0]
    assert mask.sum(0).tolist() == [4, 2] and (x.sum(-1) == mask).all()


def test_the_overfitting_bench_shows_the_stored_runs(lesson):
    bench = lesson["over_bench"]
    key = {"H": 16, "N": 450, "l1": 1e-3, "l2": 0.0, "dropout": 0.25}
    bench.set(**key)
    (point,) = [p for p in stored("overfitting") if key.items() <= p.items()]
    assert bench.artists["held"].get_ydata() == pytest.approx(np.array(point["held_loss"]))
    assert bench.artists["mean train"].get_ydata()[1] == pytest.approx(np.mean(point["train"]))
    assert bench.artists["examples"].get_xdata()[0] == 450
    network = lesson["over"].build(16, np.random.default_rng(0))
    assert lesson["WEIGHTS"][16] == sum(p.size for p in network.params.values())
    bench.reset()


def test_train_live_moves_the_picture_until_a_control_moves(lesson, monkeypatch):
    bench, shown = lesson["over_bench"], []
    monkeypatch.setattr(bench, "show", lambda data: shown.append(data) or type(bench).show(bench, data))
    bench.set(H=4, N=50)
    bench.act(lambda bench: lesson["train_live"](bench, iter([7])))
    assert len(shown) > 30 and shown[0]["live"][-1, 0] == 1 and shown[-1]["live"][-1, 0] == lesson["over"].UPDATES
    assert "Live, seed 7" in bench.words and np.isfinite(bench.artists["live held"].get_ydata()).all()
    assert bench.artists["progress"].get_xdata()[1] == lesson["over"].UPDATES
    bench.set(N=150)
    assert "Live" not in bench.words
    bench.reset()


def test_the_race_shows_the_rate_of_each_slider(lesson):
    bench, table = lesson["race_bench"], stored("optimisers")
    bench.set(**{"SGD": 0.5, "Adam": -2.5})
    for name, rate in (("SGD", 0.5), ("Adam", -2.5), ("AdaGrad", -1.0)):
        (point,) = [p for p in table if (p["optimiser"], p["rate"]) == (name, rate)]
        assert bench.artists[name][0].get_ydata() == pytest.approx(np.array(point["loss"]))
        assert bench.artists[name][1].get_xdata()[0] == pytest.approx(10**rate)
    bench.reset()


def test_share_finds_what_explains_and_no_more(lesson):
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=(2, 4000))
    assert lesson["share"](a, 3 * a + 4 * b) == pytest.approx(9 / 25, abs=0.05)
    assert lesson["share"](a, b) == pytest.approx(0, abs=0.01)


def test_what_the_prose_says_is_what_was_stored(lesson):
    shares = lesson["shares"]
    assert shares["momentum"] < 0.02 and 0.15 < shares["learning rate"] < 0.3 and shares[lesson["NAMES"][5]] > 0.5
    assert sorted(lesson["NAMES"][:5], key=shares.get)[-2] == "input noise"
    assert np.mean(lesson["kept"]) == pytest.approx(np.mean(lesson["promised"]) / 2, rel=0.15)
    assert min(lesson["digits_right"]["0 to 16"]) > max(lesson["advised"])
    harm = [lesson["gains"][name, 64, 1000][0] for name in ("l1", "l2")]
    assert all(-0.03 < gain < -0.01 for gain in harm)
    assert [round(lesson["rise"][H][0], 1) for H in (4, 16, 64)] == [0.2, 0.5, 0.6]
    assert [round(np.mean(lesson["stored_run"](H, 50)["held"]), 2) for H in (4, 16, 64)] == [0.42, 0.58, 0.61]
    assert [lesson["rise"][64][k] > 0.03 for k in range(4)] == [True, True, True, False]
    printed = set(verdicts(lesson["printed"]))
    assert {(f"C{k}", True) for k in (37, 38, 39, 41, 42, 43, 46, 47)} <= printed
    assert {(f"C{k}", False) for k in (38, 40, 43, 44, 45, 47)} <= printed


def test_one_penalty_alone_lowers_the_loss_and_not_the_mistakes(lesson):
    run, over = lesson["stored_run"], lesson["over"]
    for name, values, low, high in (("l1", over.L1, 0.9, 1.1), ("l2", over.L2, 0.9, 1.1), ("dropout", over.DROPOUT, 1.25, 1.5)):
        for value in values[1:]:
            point = run(64, 150, **{name: value})
            assert low < point["held_loss"][-1] < high and 0.71 < np.mean(point["held"]) < 0.775
    plain = run(64, 150)
    assert round(plain["held_loss"][-1], 2) == 1.29 and round(np.mean(plain["held"]), 2) == 0.76


def test_what_a_wrong_rate_costs(lesson):
    table, best = lesson["table"], lesson["best"]
    lowest = {name: table[name, rate]["loss"][-1] for name, rate in best.items()}
    ten = {name: table[name, rate + 1]["loss"][-1] - lowest[name] for name, rate in best.items()}
    tenth = [table[name, rate - 1]["loss"][-1] - lowest[name] for name, rate in best.items()]
    assert max(ten["Adam"], ten["RMSProp"]) < 0.2 and 0.35 < ten["AdaGrad"] < 0.45 and min(ten["Nesterov"], ten["SGD"]) > 2
    assert all(0.1 < cost < 0.22 for cost in tenth)
    assert round(lowest.pop("SGD"), 2) == 2.21 and 2.09 < min(lowest.values()) < max(lowest.values()) < 2.145


def test_the_first_three_places_are_settled_after_100_runs(lesson):
    for runs in range(100, 401, 20):
        shares = dict(zip(lesson["NAMES"], lesson["compute_search"](runs, "momentum")["shares"]))
        assert sorted(shares, key=shares.get)[:-4:-1] == [lesson["NAMES"][5], "learning rate", "input noise"]


@pytest.mark.parametrize("name, key, fields", [
    ("overfitting", {"H": 4, "N": 50, "l1": 0.0, "l2": 0.001, "dropout": 0.25}, ["train", "held", "test"]),
    ("optimisers", {"optimiser": "AdaGrad", "rate": -1.0}, ["loss"]),
    ("search", {"run": 5}, ["held", "test", "learning rate"]),
    ("depth", {"data": "digits", "layers": 2, "equal": "weights"}, ["right"]),
    ("softsign", {"what": "training", "phi": "softsign"}, ["right", "quarter"]),
])  # fmt: skip
def test_stored_points_can_be_rebuilt(script, name, key, fields):
    module = script(name)
    keys = module.keys()
    assert key in keys and len(stored(name)) == len(keys)
    (before,) = [p for p in stored(name) if key.items() <= p.items()]
    again = module.point(**key)
    for field in fields:
        assert np.asarray(again[field]) == pytest.approx(np.array(before[field]), abs=module.TOLERANCE), field
