"""Lesson 06: the networks that the lesson trains for the life and for the forecasts.

In the browser this training takes minutes, so there the lesson takes these.
"""

from pathlib import Path

import numpy as np
import runner

FILE = "06_networks.json"
TOLERANCE = 0.5  # of an error, as in 06_life.py
life, forecast = (
    runner.load(Path(__file__).with_name(f"06_{name}.py")) for name in ("life", "forecast")
)
SEEDS = range(3)  # the forecast is the mean of three


def keys():
    arms = (("units alone", life.CHOSEN["units alone"]), ("connected", life.FAST))
    lives = [{"start": start, "rate": rate} for start, rate in (*arms, ("connected", life.SLOW))]
    return lives + [{"series": name, "seed": seed} for name in forecast.SERIES for seed in SEEDS]


def point(start=None, rate=None, series=None, seed=0, progress=None):
    """Train once: a life, or the forecasts of a series. The weights."""
    if series is None:
        network = life.train(start, seed, rate, progress)
    else:
        arm = {"start": "forget 1"} | forecast.CHOSEN[series, "forget 1"]
        network, _, _ = forecast.train(forecast.SERIES[series], seed, **arm, progress=progress)
    return {"weights": network.params}


def trained_life(start, rate=None):
    """The stored network of a life, by default at the chosen rate."""
    network = life.build(start, np.random.default_rng(0))
    network.set_params(runner.stored(FILE, start=start, rate=rate or life.CHOSEN[start])["weights"])
    return network


def forecasts(series, seed):
    """The forecasts (n, K) of a stored network."""
    s = forecast.SERIES[series]
    H = forecast.CHOSEN[series, "forget 1"]["H"]
    network = forecast.build(s, "forget 1", H, np.random.default_rng(0))
    network.set_params(runner.stored(FILE, series=series, seed=seed)["weights"])
    return forecast.forecasts(network, s)


if __name__ == "__main__":
    runner.main(__file__)
