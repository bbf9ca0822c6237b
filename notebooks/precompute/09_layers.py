"""Lesson 09: is it worth having two layers?

We compare one layer with two. Both networks have about the same number of weights and get the same
number of updates. Each tries four learning rates on seed 100. The best rate has the fewest bits a
letter on validation words. It stands in CHOSEN and is used on three other seeds. These are judged
on the test words.
"""

from pathlib import Path

import numpy as np
import runner

from rnnlib.cells import LSTM
from rnnlib.dense import Dense
from rnnlib.losses import cross_entropy
from rnnlib.network import Network

FILE = "09_layers.json"
TOLERANCE = 0.02  # relative, of bits a letter
UPDATES, STAGE = 600, 50
# The learning rate at the start. It falls to a fiftieth of that along half a cosine.
RATES = (0.005, 0.01, 0.02, 0.04)
TUNING_SEED, SEEDS = 100, (0, 1, 2)
CHOSEN = {1: 0.04, 2: 0.02}  # {number of layers: rate}
UNITS = {1: 215, 2: 128}  # 214,812 and 214,939 weights

spelling = runner.load(Path(__file__).with_name("09_spelling.py"))


def build(layers, rng):
    """A network that spells, with one layer or two. All else is as in 09_spelling.py."""
    if layers == 2:
        return spelling.speller(rng, UNITS[2])
    H = UNITS[1]
    layer = LSTM(27, H, rng=rng, dtype=np.float32)
    readout = Dense(H, 27, rng=rng, dtype=np.float32)
    return Network([layer], readout, cross_entropy, dropout=0.2)


def keys():
    tuning, runs = [], []
    for layers in UNITS:
        tuning += [{"layers": layers, "rate": rate, "seed": TUNING_SEED} for rate in RATES]
        runs += [{"layers": layers, "rate": CHOSEN[layers], "seed": seed} for seed in SEEDS]
    return tuning + runs


def point(layers, rate, seed, updates=UPDATES):
    """Train once. Returns the number of weights and the bits a letter on words of two parts.

    validation: on 1,000 validation words after each stage.
    test: on all test words at the end.
    """
    rng = np.random.default_rng(seed)
    network = build(layers, rng)
    stages = np.arange(UPDATES // STAGE) / (UPDATES // STAGE - 1)
    rates = rate * (0.02 + 0.98 * (1 + np.cos(np.pi * stages)) / 2)
    _, held_out = spelling.train(network, rng, rates[: updates // STAGE], stage=STAGE)
    test, _ = network.evaluate(*spelling.sequences(spelling.corpus().test))
    return {
        "weights": sum(p.size for p in network.params.values()),
        "validation": held_out[:, 1] / np.log(2),
        "test": test / np.log(2),
    }


if __name__ == "__main__":
    runner.main(__file__)
