"""Lesson 05c: learning rates for the networks that the lesson trains live.

Each of them has to give back a sign that it saw long ago.
"""

import numpy as np
import runner

from rnnlib import tasks
from rnnlib.cells import LSTM, RNN
from rnnlib.dense import Dense
from rnnlib.losses import mse
from rnnlib.network import Network
from rnnlib.optim import Adam
from rnnlib.training import fit

FILE = "05c_latch.json"
TOLERANCE = 0.2
TUNING = (100, 101, 102)  # seeds that no verdict of the lesson uses
#  task: (lag, noise, most updates, the mean loss of ten batches at which training stops)
SETTINGS = {
    "lag 50": (50, 0.5, 200, 0.05),
    "lag 100": (100, 0.5, 200, 0.05),
    "lag 200": (200, 0.5, 200, 0.05),
    "lag 60": (60, 0.3, 200, 0.05),
    "two-sequence": (100, None, 150, 0.02),
}
RATES = {task: (0.001, 0.003, 0.01, 0.03) for task in ("lag 60", "two-sequence")} | {
    task: (0.003, 0.01, 0.03, 0.1) for task in ("lag 50", "lag 100", "lag 200")
}
#  arm: (cell, forget bias, input bias)
ARMS = {
    "RNN": ("RNN", None, None),
    "LSTM": ("LSTM", 5.0, -3.0),
    "forget bias 0": ("LSTM", 0.0, 0.0),
    "forget bias 1": ("LSTM", 1.0, 0.0),
    "forget bias 3": ("LSTM", 3.0, 0.0),
    "forget bias 5": ("LSTM", 5.0, 0.0),
}
COMPARED = {
    "lag 50": ("RNN", "LSTM"),
    "lag 100": ("RNN", "LSTM"),
    "lag 200": ("RNN", "LSTM"),
    "lag 60": ("forget bias 0", "forget bias 1", "forget bias 3", "forget bias 5"),
    "two-sequence": ("RNN", "forget bias 1", "forget bias 5"),
}


def keys():
    points = []
    for task, arms in COMPARED.items():
        for arm in arms:
            for rate in RATES[task]:
                points += [{"task": task, "arm": arm, "rate": rate, "seed": s} for s in TUNING]
    return points


def batch(task, size, rng):
    """A fresh batch of `size` sequences."""
    T, noise, _, _ = SETTINGS[task]
    if task == "two-sequence":
        return tasks.two_sequence(T, size, rng, dtype=np.float32)
    return tasks.latch(T, size, rng, noise=noise)


def share_right(task, network):
    """The share of 512 fresh sequences whose sign is given back right."""
    x, target, mask = batch(task, 512, np.random.default_rng(1000))
    middle = 0.5 if task == "two-sequence" else 0.0  # between its two targets
    right = (network.forward(x).y > middle) == (target > middle)
    return float(right[mask].mean())


def point(task, arm, rate, seed, progress=None):
    """Train as the lesson does. Returns the updates made and the share of fresh signs right."""
    kind, forget_bias, input_bias = ARMS[arm]
    _, _, updates, E = SETTINGS[task]
    D, dtype = (1, np.float32) if task == "two-sequence" else (2, np.float64)
    rng = np.random.default_rng(seed)
    if kind == "RNN":
        cell = RNN(D, 8, rng=rng, dtype=dtype)
    else:
        cell = LSTM(D, 8, rng=rng, forget_bias=forget_bias, dtype=dtype)
        cell.part("i")["b"][:] = input_bias
    network = Network([cell], Dense(8, 1, rng=rng, dtype=dtype), mse)

    def settled(history):
        return history.updates >= 10 and np.mean(history.loss[-10:]) < E

    history = fit(
        network,
        lambda r: batch(task, 16, r),
        Adam(rate),
        rng=rng,
        updates=updates,
        clip=1.0,
        until=settled,
        progress=progress,
    )
    return {"updates": history.updates, "right": share_right(task, network)}


def best_rate(points):
    """{(task, arm): the rate with the highest mean share right over the tuning seeds}.

    Of equally good rates, the one with the fewest updates is taken.
    """
    best = {}
    for task, arms in COMPARED.items():
        for arm in arms:
            scores = []
            for rate in RATES[task]:
                runs = [p for p in points if (p["task"], p["arm"], p["rate"]) == (task, arm, rate)]
                right = np.mean([p["right"] for p in runs])
                scores.append((round(right, 6), -np.mean([p["updates"] for p in runs]), rate))
            best[task, arm] = max(scores)[-1]
    return best


if __name__ == "__main__":
    runner.main(__file__)
