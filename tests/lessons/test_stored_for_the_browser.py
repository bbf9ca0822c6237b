"""In the browser, slow cells take stored results, which are what the lesson itself computes."""

import importlib
import io
import json
from contextlib import chdir, redirect_stdout

import numpy as np
import pytest
from support.course import NOTEBOOKS
from support.lessons import namespace, stored_points

from rnnlib.lesson import browser

SLOW = {
    "02b": ("next-bits", "memory-code", "context-measured", "digits-claim"),
    "05c": ("lag-thousand",),
    "06": ("train-alone", "train-connected", "train-life", "forecaster", "one-network"),
    "07": ("rerun",),
    "08": ("familiar", "memorise"),
}
AFTER_THEM = {
    "02b": ("next-bits-compare", "memory-figure", "three-claim", "regression"),
    "05c": ("lag-thousand-result",),
    "06": ("life-errors", "keepers", "forecasts", "one-network-claim"),
    "07": ("inside",),
    "08": ("memorise-figure",),
}


@pytest.fixture
def in_the_browser(monkeypatch):
    """A function: a lesson's names after its slow cells ran again, as they run in the browser."""

    def run(number):
        monkeypatch.setattr(browser, "in_browser", lambda: True)
        (path,) = NOTEBOOKS.glob(f"{number}_*.ipynb")
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        names, printed = dict(namespace(number)), io.StringIO()
        with chdir(NOTEBOOKS), redirect_stdout(printed):
            for cell in cells:
                if cell["id"] in SLOW[number] + AFTER_THEM[number]:
                    exec("".join(cell["source"]), names)
        said = [line for line in printed.getvalue().splitlines() if "anyway=True" in line]
        assert len(said) == len(SLOW[number])
        return names

    return run


def test_a_speller_and_what_it_remembers(in_the_browser):
    live, names = namespace("02b"), in_the_browser("02b")
    assert names["speller"] is not live["speller"]
    assert names["network_bits"] == pytest.approx(live["network_bits"], abs=0.02)
    for name in ("before training", "after training"):
        assert names["memory"][name] is not live["memory"][name]
        assert names["memory"][name] == pytest.approx(live["memory"][name], abs=0.05)
        assert names["sensitive"][name] == pytest.approx(live["sensitive"][name], rel=0.1)
    for share in ("closest", "closest_untrained"):
        assert names[share] is not live[share]
        assert names[share] == pytest.approx(live[share], abs=0.05)


def test_digits_that_are_read_in_patches(in_the_browser):
    live, names = namespace("02b"), in_the_browser("02b")
    assert names["digits_right"].keys() == live["digits_right"].keys()
    for size, shares in live["digits_right"].items():
        assert names["digits_right"][size] is not shares
        assert names["digits_right"][size] == pytest.approx(shares, abs=0.05)


def test_a_lag_of_1000_steps(in_the_browser):
    live, names = namespace("05c"), in_the_browser("05c")
    assert min(names["kept_signs"]) > 0.95
    pairs = zip([*live["quiet"], live["open_wide"]], [*names["quiet"], names["open_wide"]])
    for (network, history), (stored, its_history) in pairs:
        assert stored is not network
        assert its_history.updates == pytest.approx(history.updates, rel=0.5)
        right = live["share_right"](network, live["fresh"])
        assert live["share_right"](stored, live["fresh"]) == pytest.approx(right, abs=0.1)


def test_a_life_in_four_streams(in_the_browser):
    live, names = namespace("06"), in_the_browser("06")
    life, (x, target, _) = live["life06"], live["lives"]
    for name, network in live["networks"].items():
        error = life.relative_error(network.forward(x).y, target)
        stored = names["networks"][name]
        assert stored is not network
        again = life.relative_error(stored.forward(x).y, target)
        assert again == pytest.approx(error, rel=life.TOLERANCE)


def test_the_forecasts(in_the_browser):
    live, names = namespace("06"), in_the_browser("06")
    forecast = live["forecast06"]
    for name, s in live["SERIES"].items():
        assert names["lstm"][name] is not live["lstm"][name]
        errors = forecast.errors(s, names["lstm"][name])
        assert errors == pytest.approx(forecast.errors(s, live["lstm"][name]), rel=0.2)


def test_adding_with_a_gru_and_with_an_lstm(in_the_browser):
    live, names = namespace("07"), in_the_browser("07")
    for name, network in live["networks"].items():
        assert names["networks"][name] is not network
        assert live["cells"].judged(names["networks"][name], "adding")["test"] < 0.005


def test_digits_of_strangers_and_labels_learned_by_heart(in_the_browser):
    live, names = namespace("08"), in_the_browser("08")
    for share in ("familiar", "strange", "learned", "guessed"):
        assert names[share] is not live[share]
        assert names[share] == pytest.approx(live[share], abs=0.05)
    for runs in names["runs"].values():
        for losses, *_ in runs:
            assert len(losses) == 1000
            assert np.mean(losses[-100:]) < 0.1


KEYS = {
    "02b_letters": {"of": "speller"},
    "05c_networks": {"seed": 1, "input_bias": -6},
    "06_networks": {"series": "sunspots", "seed": 1},
    "07_networks": {"cell": "GRU"},
    "08_memorising": {"arm": "true labels", "seed": 1},
}


@pytest.mark.parametrize("name", KEYS)
def test_a_stored_point_can_be_rebuilt(name, monkeypatch):
    monkeypatch.syspath_prepend(NOTEBOOKS / "precompute")
    module = importlib.import_module("runner").load(NOTEBOOKS / "precompute" / f"{name}.py")
    points, key = stored_points(name), KEYS[name]
    assert len(points) == len(module.keys())
    for point, its_key in zip(points, module.keys()):
        assert its_key.items() <= point.items()
    (before,) = [p for p in points if key.items() <= p.items()]
    again = module.point(**key)
    assert set(again) == set(before) - set(key)
    for value in {"updates", "learned", "strange", "closest"} & set(again):
        assert again[value] == pytest.approx(before[value], rel=module.TOLERANCE)
    if "loss" in again:
        assert again["loss"][:10] == pytest.approx(before["loss"][:10], rel=0.01)
    if "weights" in again:
        shapes = {part: np.shape(p) for part, p in before["weights"].items()}
        assert shapes == {part: p.shape for part, p in again["weights"].items()}
