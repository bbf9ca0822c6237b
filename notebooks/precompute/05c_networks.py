"""Lesson 05c: the four networks that the lesson trains over a lag of 1,000 steps.

In the browser this training takes about a minute, so there the lesson takes these.
"""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import runner

long_lags = runner.load(Path(__file__).with_name("05c_long_lags.py"))

FILE = "05c_networks.json"
TOLERANCE = long_lags.TOLERANCE  # of the number of updates
T = 1000


def keys():
    quiet = [{"seed": seed, "input_bias": -6} for seed in range(3)]
    return [*quiet, {"seed": 0, "input_bias": 0}]


def point(seed, input_bias, progress=None):
    """Train once. The number of updates, and the weights."""
    rate = long_lags.RATE[input_bias]
    network, history = long_lags.train(T, input_bias, rate, seed, progress)
    return {"updates": history.updates, "weights": network.params}


def trained(seed, input_bias):
    """The stored network, and how many updates it took."""
    stored = runner.stored(FILE, seed=seed, input_bias=input_bias)
    network = long_lags.build(T, input_bias, np.random.default_rng(0))
    network.set_params(stored["weights"])
    return network, SimpleNamespace(updates=stored["updates"])


if __name__ == "__main__":
    runner.main(__file__)
