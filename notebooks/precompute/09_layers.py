"""Lesson 09: is it worth having two layers? One layer and two, with the same number of weights and the same updates.

Each network gets four learning rates, tried on seed 100. The best of them, by its bits a letter on validation words, is
written into CHOSEN and then used on three other seeds. Those are judged on the test words.
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
RATES = (
    0.005,
    0.01,
    0.02,
    0.04,
)  # where the rate starts; it falls to a fiftieth of that along half a cosine
TUNING_SEED, SEEDS = 100, (0, 1, 2)
CHOSEN = {1: 0.04, 2: 0.02}  # {number of layers: rate}
UNITS = {1: 215, 2: 128}  # 214,812 and 214,939 weights

spelling = runner.load(Path(__file__).with_name("09_spelling.py"))


def build(layers, rng):
    """A speller with one layer or two, otherwise as in 09_spelling.py."""
    if layers == 2:
        return spelling.speller(rng, UNITS[2])
    H = UNITS[1]
    layer, readout = LSTM(27, H, rng=rng, dtype=np.float32), Dense(H, 27, rng=rng, dtype=np.float32)
    return Network([layer], readout, cross_entropy, dropout=0.2)


def keys():
    tuning = [
        {"layers": layers, "rate": rate, "seed": TUNING_SEED} for layers in UNITS for rate in RATES
    ]
    return tuning + [
        {"layers": layers, "rate": CHOSEN[layers], "seed": seed}
        for layers in UNITS
        for seed in SEEDS
    ]


def point(layers, rate, seed, updates=UPDATES):
    """Bits a letter on 1,000 validation words after each stage, and on all test words at the end."""
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
