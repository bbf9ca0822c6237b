"""Lesson 08: one, two and three LSTM layers, with as many weights or as many units a layer,
digits and words, over seeds.

Every arm has the same number of updates. Its learning rate is the one of RATES with the lowest
held-out loss after them, on the seeds of TUNING; the verdict is the loss on the test part, on
other seeds.
"""

from pathlib import Path

import numpy as np
import runner

from rnnlib.cells import LSTM
from rnnlib.dense import Dense
from rnnlib.losses import accuracy, cross_entropy
from rnnlib.network import Network
from rnnlib.optim import Adam
from rnnlib.training import fit

FILE = "08_depth.json"
TOLERANCE = 0.1  # of an accuracy or of a loss
UPDATES, SEEDS, TUNING, RATES, WIDEST = 400, (0, 1, 2), (100,), (0.003, 0.01, 0.03), 48
digits, words = (
    runner.load(Path(__file__).with_name(f"08_{name}.py")) for name in ("overfitting", "optimisers")
)
SIZES = {"digits": (8, 10), "words": (27, 27)}


def weights(D, H, K, layers):
    """How many numbers such a network has."""
    return sum(4 * H * ((H if k else D) + H + 1) for k in range(layers)) + K * (H + 1)


def width(data, layers, equal):
    """H of each layer: WIDEST, or as large as the weights of one layer of WIDEST allow."""
    (D, K), H = SIZES[data], WIDEST
    while equal == "weights" and weights(D, H, K, layers) > weights(D, WIDEST, K, 1):
        H -= 1
    return H


def keys():
    kinds = [(1, "units"), (2, "units"), (3, "units"), (2, "weights"), (3, "weights")]
    return [{"data": data, "layers": n, "equal": equal} for data in SIZES for n, equal in kinds]


def train(data, layers, H, rate, seed):
    """(held-out loss, test loss, share of the test digits or letters that is right) after the
    last update.
    """
    D, K = SIZES[data]
    source = digits if data == "digits" else words
    parts = (
        map(digits.sequences, digits.parts())
        if data == "digits"
        else map(words.letters, words.corpus())
    )
    known, held_out, tested = parts
    rng = np.random.default_rng(seed)
    stack = [LSTM(H if k else D, H, rng=rng, dtype=np.float32) for k in range(layers)]
    network = Network(stack, Dense(H, K, rng=rng, dtype=np.float32), cross_entropy)
    fit(network, source.batches(known), Adam(rate), updates=UPDATES, rng=rng, clip=1.0)
    E, y = network.evaluate(*tested)
    return network.evaluate(*held_out)[0], E, accuracy(y, *tested[1:])


def point(data, layers, equal):
    """For each rate the mean held-out loss; the rate chosen; and with it, of each seed, the
    test loss and share right.
    """
    (D, K), H = SIZES[data], width(data, layers, equal)
    tuning = [np.mean([train(data, layers, H, rate, seed)[0] for seed in TUNING]) for rate in RATES]
    rate = RATES[int(np.argmin(tuning))]
    _, loss, right = np.transpose([train(data, layers, H, rate, seed) for seed in SEEDS])
    return {
        "H": H,
        "weights": weights(D, H, K, layers),
        "tuning": tuning,
        "rate": rate,
        "right": right,
        "loss": loss,
    }


if __name__ == "__main__":
    runner.main(__file__)
