"""Lesson 03: which lags truncated BPTT learns with which windows, over five seeds.

A small RNN says what it saw `lag` steps ago in a stream of ±1. It trains on 150 streams of 120 steps, one update for each
window, the state carried from window to window. U starts small, so that a memory must be learned.
"""

import numpy as np
import runner

from rnnlib.cells import RNN
from rnnlib.dense import Dense
from rnnlib.losses import mse
from rnnlib.network import Network
from rnnlib.optim import Adam
from rnnlib.training import fit

FILE = "03_truncation.json"
TOLERANCE = 0.1  # on a loss between 0 and 1: training amplifies the last digits of a machine
STREAM, BATCH, STREAMS = 120, 16, 150
HIDDEN, GAIN = 16, 0.3


def echo(lag):
    """Streams (T, B, 1) of ±1; the target is the input `lag` steps before, counted where there is one."""

    def data(rng):
        x = rng.choice([-1.0, 1.0], (STREAM, BATCH, 1)).astype(np.float32)
        target, mask = np.zeros_like(x), np.zeros(x.shape[:2], bool)
        target[lag:], mask[lag:] = x[:-lag], True
        return x, target, mask

    return data


def keys():
    pairs = [(lag, window) for lag in (1, 2, 3, 4, 6, 8) for window in (1, 2, 3, 4, 6, 8, 12)]
    return [{"lag": lag, "window": window, "seed": seed} for lag, window in pairs for seed in range(5)]


def point(lag, window, seed, progress=None):
    """Mean squared error on fresh streams after training; 1 is what knowing nothing costs."""
    rng = np.random.default_rng([seed, lag, window])
    network = Network([RNN(1, HIDDEN, rng=rng, dtype=np.float32)], Dense(HIDDEN, 1, rng=rng, dtype=np.float32), mse)
    network.layers[0].params["U"] *= np.float32(GAIN)
    updates = STREAMS * STREAM // window
    fit(network, echo(lag), Adam(0.01), updates=updates, window=window, clip=1.0, rng=rng, progress=progress)
    return {"loss": network.evaluate(*echo(lag)(np.random.default_rng(99)))[0]}


if __name__ == "__main__":
    runner.main(__file__)
