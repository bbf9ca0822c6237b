"""Lesson 05b: a lag of 1,000 steps at several input biases, and of 10,000 steps, over seeds."""

import numpy as np
import runner

from rnnlib import tasks
from rnnlib.cells import LSTM
from rnnlib.dense import Dense
from rnnlib.losses import mse
from rnnlib.network import Network
from rnnlib.optim import Adam
from rnnlib.training import fit

FILE = "05b_long_lags.json"
TOLERANCE = 0.5
UPDATES = {1000: 200, 10_000: 300}
FORGET_BIAS = {1000: 7.0, 10_000: 11.0}
BATCH = {1000: 32, 10_000: 16}


def keys():
    short = [{"T": 1000, "input_bias": b, "seed": s} for b in (0, -1, -2, -3, -4, -6) for s in range(6)]
    return short + [{"T": 10_000, "input_bias": -8, "seed": s} for s in range(3)]


def solved(history):
    """The mean squared error of the last ten batches is under 0.02; guessing gives 1."""
    return history.updates >= 10 and np.mean(history.loss[-10:]) < 0.02


def point(T, input_bias, seed, progress=None):
    """Train on the latch until solved, at most UPDATES; updates, whether solved, and the error of fresh signs."""
    rng = np.random.default_rng(seed)
    cell = LSTM(2, 8, rng=rng, forget_bias=FORGET_BIAS[T], dtype=np.float32)
    cell.part("i")["b"][:] = input_bias
    network = Network([cell], Dense(8, 1, rng=rng, dtype=np.float32), mse)
    history = fit(network, lambda r: tasks.latch(T, BATCH[T], r, dtype=np.float32), Adam(0.01), updates=UPDATES[T],
                  rng=rng, clip=1.0, until=solved, progress=progress)
    x, target, mask = tasks.latch(T, 128, np.random.default_rng(1000), dtype=np.float32)
    signs = network.forward(x).y[mask] * target[mask] > 0
    return {"updates": history.updates, "solved": bool(solved(history)), "right": float(signs.mean())}


if __name__ == "__main__":
    runner.main(__file__)
