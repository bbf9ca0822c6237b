"""Lesson 08: six tanh layers whose starting weights are Xavier's times a gain, plain descent
and Adam, over seeds.

Every arm (a gain and an optimiser) has the same number of updates. Its learning rate is the
one of RATES with the most held-out digits right on the seeds of TUNING; the verdict is the
share of test digits, on other seeds.
"""

from pathlib import Path

import numpy as np
import runner

from rnnlib.datasets import digits as read
from rnnlib.dense import Dense
from rnnlib.losses import accuracy, cross_entropy
from rnnlib.network import Network
from rnnlib.optim import SGD, Adam
from rnnlib.training import fit

FILE = "08_start.json"
TOLERANCE = 0.15  # of an accuracy
GAINS, OPTIMISERS = (0.1, 0.3, 1, 3, 10), {"SGD": SGD, "Adam": Adam}
RATES = {"SGD": (0.03, 0.1, 0.3, 1, 3), "Adam": (0.001, 0.003, 0.01, 0.03, 0.1)}
LAYERS, H, UPDATES, TUNING, SEEDS = 6, 48, 300, (100, 101), (0, 1, 2, 3, 4)
digits = runner.load(Path(__file__).with_name("08_overfitting.py"))


def images(index):
    """Digits as one step of 64 numbers from 0 to 1: x (1, B, 64), target (1, B), mask."""
    every, labels = read()
    x = every[index].reshape(1, -1, 64) / 16
    return x, labels[index][None], np.ones(x.shape[:2], bool)


def build(gain, rng):
    """Six tanh layers; the weights of each start as Xavier's rule says, times gain."""
    layers = [Dense(H if k else 64, H, rng=rng, activation="tanh") for k in range(LAYERS)]
    for layer in layers:
        layer.params["W"] *= gain
    return Network(layers, Dense(H, 10, rng=rng), cross_entropy)


def spreads(network, index):
    """The standard deviation of h in each layer."""
    return [float(trace.h.std()) for trace in network.forward(images(index)[0]).layers]


def train(gain, optimiser, rate, seed):
    """The shares of held-out and of test digits that are right, and the spreads before training."""
    known, held_out, tested = digits.parts()
    rng = np.random.default_rng(seed)
    network = build(gain, rng)
    before = spreads(network, known)
    fit(
        network,
        digits.batches(images(known)),
        OPTIMISERS[optimiser](rate),
        updates=UPDATES,
        rng=rng,
        clip=1.0,
    )
    right = []
    for part in (held_out, tested):
        x, target, mask = images(part)
        right.append(accuracy(network.evaluate(x, target, mask)[1], target, mask))
    return right, before


def keys():
    return [{"optimiser": optimiser, "gain": gain} for optimiser in OPTIMISERS for gain in GAINS]


def point(optimiser, gain):
    """For each rate the mean share right for choosing; the rate chosen; of each seed the share
    of test digits and the spreads.
    """
    rates = RATES[optimiser]
    tuning = [
        np.mean([train(gain, optimiser, rate, seed)[0][0] for seed in TUNING]) for rate in rates
    ]
    rate = rates[int(np.argmax(tuning))]
    runs = [train(gain, optimiser, rate, seed) for seed in SEEDS]
    return {
        "tuning": tuning,
        "rate": rate,
        "test": [right[1] for right, _ in runs],
        "spreads": [before for _, before in runs],
    }


if __name__ == "__main__":
    runner.main(__file__)
