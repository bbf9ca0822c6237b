"""Lesson 06: a life in numbers. Seven ways to start the same training.

For every seed we store the error of each stream and the time constant of each unit. Each way to
start gets its own learning rate, by the mean error of the streams. The seeds and the lives on which
it is chosen are used for nothing else.
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

FILE = "06_life.json"
TOLERANCE = 0.5  # of an error, after 800 updates: rounding grows
STREAMS, PERIODS = ("location", "call", "holiday", "election"), (1, 7, 28, 112)
# Biases of the forget gate and of the input gate. "units alone" and "connected" have those with
# which every LSTM of rnnlib starts.
BIASES = {
    "units alone": (1, 0),
    "connected": (1, 0),
    "forget 3": (3, 0),
    "input −3": (1, -3),
    "forget 3, input −3": (3, -3),
}
STARTS = (*BIASES, "chrono", "RNN")
RATES = (0.01, 0.03, 0.1)
TUNING_SEEDS = (100, 101)
SEEDS = range(5)
# See `chosen`.
CHOSEN = dict.fromkeys(STARTS, 0.1) | {"units alone": 0.03, "connected": 0.03, "RNN": 0.01}
# The lesson shows the connected network at two other rates: it finds two different solutions.
FAST, SLOW = 0.1, 0.01
H, DAYS = 16, 224


def batch(rng, T=DAYS, B=16):
    """A batch of `tasks.life` in which the news are numbers between −1 and 1 instead of ±1.

    A unit that can only hold one of two values can't remember them.
    """
    x, target, mask = tasks.life(T, B, rng)
    comes = x[..., 1:] != 0
    x[..., 1:] = comes * rng.uniform(-1, 1, comes.shape)
    last = np.maximum.accumulate(comes * np.arange(T)[:, None, None])
    target[..., 1:] = np.take_along_axis(x[..., 1:], last, 0)
    return x, target, mask


class WithoutU:
    """An optimiser for a cell whose recurrent weights stay at 0: they receive no gradient."""

    def __init__(self, optimizer):
        self.optimizer = optimizer

    def step(self, params, grads):
        grads["0.U"][:] = 0
        self.optimizer.step(params, grads)


def build(start, rng):
    """A network with one cell of 16 units and a read-out of four numbers.

    `start` is one of STARTS.
    """
    cell = RNN(4, H, rng=rng) if start == "RNN" else LSTM(4, H, rng=rng)
    if start == "units alone":
        cell.params["U"][:] = 0
    if start in BIASES:
        cell.part("f")["b"][:], cell.part("i")["b"][:] = BIASES[start]
    elif start == "chrono":  # Tallec and Ollivier 2018
        cell.part("f")["b"][:] = np.log(rng.uniform(1, max(PERIODS) - 1, H))
        cell.part("i")["b"][:] = -cell.part("f")["b"]
    return Network([cell], Dense(H, 4, rng=rng), mse)


def train(start, seed, rate=None, progress=None, updates=600):
    """Train with Adam: 600 updates at `rate` and 200 at a fifth of it.

    Each update has 16 lives of 224 days. The default of `rate` is the chosen one.
    """
    rng = np.random.default_rng(seed)
    network = build(start, rng)
    rate = rate or CHOSEN[start]
    for step, n in ((rate, updates), (rate / 5, updates // 3)):
        optimizer = WithoutU(Adam(step)) if start == "units alone" else Adam(step)
        fit(network, batch, optimizer, updates=n, rng=rng, clip=1.0, progress=progress)
    return network


def relative_error(y, target):
    """Mean squared error of each stream, divided by the error of always answering 0.

    A network that always answers 0 has 1, and a perfect one has 0.
    """
    return ((y - target) ** 2).mean((0, 1)) / (target**2).mean((0, 1))


def time_constants(f):
    """−1/ln f, in steps; f is kept off 0 and 1, where it has none."""
    return -1 / np.log(np.clip(f, 1e-7, 1 - 1e-7))


def silenced(network, trace, target):
    """How much each stream's relative error rises when one unit shows only its mean: (H, 4)."""
    h, W = trace.layers[0].h, network.readout.params["W"]
    quiet = h.mean((0, 1))
    answers = (trace.y - (h[..., k : k + 1] - quiet[k]) * W[:, k] for k in range(h.shape[-1]))
    return np.array([relative_error(y, target) for y in answers]) - relative_error(trace.y, target)


def rates_of(start):
    return (0.003, 0.01, 0.03) if start == "RNN" else RATES


def chosen(points):
    """{start: the rate with the lowest mean error, over all streams and tuning seeds}."""
    tuning = [p for p in points if p["seed"] in TUNING_SEEDS]

    def loss(start, rate):
        tried = [p for p in tuning if (p["start"], p["rate"]) == (start, rate)]
        return np.mean([p["error"] for p in tried])

    return {start: min(rates_of(start), key=lambda rate: loss(start, rate)) for start in STARTS}


def runs(points, start, rate=None):
    """The runs that count, of one start at the chosen rate or at another one."""
    rate = rate or CHOSEN[start]
    return [p for p in points if (p["start"], p["rate"]) == (start, rate) and p["seed"] in SEEDS]


def keys():
    tuning = []
    for start in STARTS:
        for rate in rates_of(start):
            tuning += [{"start": start, "rate": rate, "seed": seed} for seed in TUNING_SEEDS]
    verdict = [{"start": s, "rate": CHOSEN[s], "seed": seed} for s in STARTS for seed in SEEDS]
    for rate in (FAST, SLOW):
        verdict += [{"start": "connected", "rate": rate, "seed": seed} for seed in SEEDS]
    return tuning + verdict


def point(start, rate, seed, progress=None):
    """Train once and judge on 64 lives that the network hasn't seen.

    error: the relative error of each stream.
    tau: for an LSTM, the median time constant of each unit, sorted.
    keeper: for each stream, the time constant of the unit that this stream needs most. When this
        unit shows only its mean, the error of the stream rises more than with any other unit.
    """
    network = train(start, seed, rate, progress)
    x, target, _ = batch(np.random.default_rng(2000 if seed in TUNING_SEEDS else 1000), B=64)
    trace = network.forward(x)
    result = {"error": relative_error(trace.y, target).tolist()}
    if start != "RNN" and seed in SEEDS:
        tau = np.median(time_constants(trace.layers[0].f), axis=(0, 1))
        keeper = silenced(network, trace, target).argmax(axis=0)
        result |= {"tau": np.sort(tau).tolist(), "keeper": tau[keeper].tolist()}
    return result


if __name__ == "__main__":
    runner.main(__file__)
