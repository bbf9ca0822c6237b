"""Lesson 05b: three tasks of Hochreiter and Schmidhuber 1997 at their own lengths, LSTM and RNN, over seeds."""

import numpy as np
import runner

from rnnlib import tasks
from rnnlib.cells import LSTM, RNN
from rnnlib.dense import Dense
from rnnlib.losses import cross_entropy, mse
from rnnlib.network import Network
from rnnlib.optim import Adam
from rnnlib.training import fit

FILE = "05b_papers.json"
TOLERANCE = 0.5
T, H = 100, 8
#              D, K, loss, sequences in a batch, learning rate, most updates
SETTINGS = {
    "adding": (2, 1, mse, 32, 0.01, 3000),
    "temporal order 6a": (8, 4, cross_entropy, 32, 0.01, 2500),
    "long lag 2a": (T + 1, T + 1, cross_entropy, 2, 0.02, 6000),
}


def keys():
    return [{"task": task, "cell": cell, "seed": s} for task in SETTINGS for cell in ("LSTM", "RNN") for s in range(5)]


def batches(task, batch, dtype=np.float32):
    """A function rng -> one training batch."""
    if task == "adding":
        return lambda rng: tasks.adding(T, batch, rng, dtype=dtype)
    if task == "temporal order 6a":
        return lambda rng: tasks.temporal_order(T, batch, rng, dtype=dtype)
    x, target, mask = (array[:, :2] for array in _both(dtype))
    last = mask & (np.arange(T)[:, None] == T - 1)
    return lambda rng: (x, target, last if rng.random() < 0.5 else mask)  # else the last symbol weighs 1 in 100


def _both(dtype):
    """Task 2a (section 5.2, p = T): predict the next symbol of k 0 1 … T−2 k, where k is T − 1 or T. Both sequences."""
    symbols = np.arange(-1, T)[:, None].repeat(2, 1)
    symbols[0] = symbols[-1] = T - 1, T
    return np.eye(T + 1, dtype=dtype)[symbols[:-1]], symbols[1:], np.full((T, 2), True)


def wrong(task, network):
    """The share of fresh sequences answered wrongly, as the paper counts it."""
    if task == "long lag 2a":
        x, target, _ = _both(np.float32)
        return float((network.forward(x).y.argmax(-1) != target).any(axis=0).mean())
    x, target, mask = batches(task, 2560)(np.random.default_rng(1000))
    y = network.forward(x).y
    errs = np.abs(y - target)[mask] > 0.04 if task == "adding" else (y.argmax(-1) != target)[mask]
    return float(errs.mean())


def point(task, cell, seed, progress=None):
    """Train until solved or the most updates; the sequences read and the share of fresh ones that are wrong."""
    D, K, loss, batch, learning_rate, updates = SETTINGS[task]
    rng = np.random.default_rng(seed)
    if cell == "LSTM":
        layer = LSTM(D, H, rng=rng, forget_bias=5.0, dtype=np.float32)
        layer.part("i")["b"][:] = -2
    else:
        layer = RNN(D, H, rng=rng, dtype=np.float32)
    network = Network([layer], Dense(H, K, rng=rng, dtype=np.float32), loss)

    def solved(history):
        if task == "long lag 2a":
            return history.updates % 20 == 0 and wrong(task, network) == 0
        return history.updates >= 50 and np.mean(history.loss[-50:]) < (1e-4 if task == "adding" else 0.01)

    history = fit(network, batches(task, batch), Adam(learning_rate), updates=updates, rng=rng, clip=1.0, until=solved,
                  progress=progress)
    return {"sequences": history.updates * batch, "wrong": wrong(task, network)}


if __name__ == "__main__":
    runner.main(__file__)
