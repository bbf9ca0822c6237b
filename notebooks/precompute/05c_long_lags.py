"""Lesson 05c: a lag of 1,000 steps at several input biases, and a lag of 10,000 steps.

At 1,000 steps each input bias uses the best of three learning rates. It is chosen on the seeds of
TUNING and then judged on six other seeds.
"""

import numpy as np
import runner

from rnnlib import tasks
from rnnlib.cells import LSTM
from rnnlib.dense import Dense
from rnnlib.losses import mse
from rnnlib.network import Network
from rnnlib.optim import Adam
from rnnlib.training import fit

FILE = "05c_long_lags.json"
TOLERANCE = 0.5
UPDATES = {1000: 200, 10_000: 300}
FORGET_BIAS = {1000: 7.0, 10_000: 11.0}
BATCH = {1000: 32, 10_000: 16}
INPUT_BIASES = (0, -1, -2, -3, -4, -6)
RATES = (0.01, 0.003, 0.03)
TUNING = (100,)  # a seed that no verdict uses
RATE = {0: 0.01, -1: 0.01, -2: 0.01, -3: 0.01, -4: 0.01, -6: 0.01}  # what the tuning runs chose


def keys():
    tuning, runs = [], []
    for bias in INPUT_BIASES:
        arm = {"T": 1000, "input_bias": bias}
        tuning += [arm | {"rate": rate, "seed": seed} for rate in RATES for seed in TUNING]
        runs += [arm | {"rate": RATE[bias], "seed": seed} for seed in range(6)]
    longest = {"T": 10_000, "input_bias": -8, "rate": 0.01}
    return tuning + runs + [longest | {"seed": seed} for seed in range(3)]


def settled(history):
    """Whether the mean squared error of the last ten batches is below 0.02.

    A network that always answers 0 has an error of 1.
    """
    return history.updates >= 10 and np.mean(history.loss[-10:]) < 0.02


def build(T, input_bias, rng):
    """An LSTM with 8 units and a read-out of one number, float32."""
    cell = LSTM(2, 8, rng=rng, forget_bias=FORGET_BIAS[T], dtype=np.float32)
    cell.part("i")["b"][:] = input_bias
    return Network([cell], Dense(8, 1, rng=rng, dtype=np.float32), mse)


def train(T, input_bias, rate, seed, progress=None):
    """Train on the latch until the loss has settled, with at most UPDATES updates.

    Returns the network and its History.
    """
    rng = np.random.default_rng(seed)
    network = build(T, input_bias, rng)
    history = fit(
        network,
        lambda r: tasks.latch(T, BATCH[T], r, dtype=np.float32),
        Adam(rate),
        updates=UPDATES[T],
        rng=rng,
        clip=1.0,
        until=settled,
        progress=progress,
    )
    return network, history


def point(T, input_bias, rate, seed, progress=None):
    """Train once. The number of updates, and the share of fresh signs that are right."""
    network, history = train(T, input_bias, rate, seed, progress)
    x, target, mask = tasks.latch(T, 128, np.random.default_rng(1000), dtype=np.float32)
    signs = network.forward(x).y[mask] * target[mask] > 0
    return {"updates": history.updates, "right": float(signs.mean())}


def best_rate(points):
    """{input bias: the rate with the highest mean share right over the tuning seeds}.

    Of equally good rates, the first in RATES is taken.
    """
    tuning = [p for p in points if p["seed"] in TUNING]
    best = {}
    for bias in INPUT_BIASES:
        scores = []
        for rate in RATES:
            runs = [p for p in tuning if (p["input_bias"], p["rate"]) == (bias, rate)]
            scores.append(np.mean([p["right"] for p in runs]))
        best[bias] = RATES[int(np.argmax(scores))]
    return best


if __name__ == "__main__":
    runner.main(__file__)
