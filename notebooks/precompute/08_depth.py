"""Lesson 08: one, two and three LSTM layers, with as many weights or as many units a layer, digits and words, over seeds."""

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
TOLERANCE = 0.1  # of an accuracy
UPDATES, SEEDS, WIDEST = 800, range(5), 48
digits, words = (runner.load(Path(__file__).with_name(f"08_{name}.py")) for name in ("overfitting", "optimisers"))
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


def point(data, layers, equal):
    """Of each seed: the share of held-out digits, or of held-out next letters, that is right; and the loss."""
    (D, K), H = SIZES[data], width(data, layers, equal)
    if data == "digits":
        known, held_out, _ = map(digits.sequences, digits.parts())
    else:
        known, held_out, _ = map(words.letters, words.corpus())
    right, loss = [], []
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        stack = [LSTM(H if k else D, H, rng=rng, dtype=np.float32) for k in range(layers)]
        network = Network(stack, Dense(H, K, rng=rng, dtype=np.float32), cross_entropy)
        fit(network, digits.batches(known), Adam(0.01), updates=UPDATES, rng=rng, clip=1.0)
        E, y = network.evaluate(*held_out)
        right.append(accuracy(y, held_out[1], held_out[2]))
        loss.append(E)
    return {"H": H, "weights": weights(D, H, K, layers), "right": right, "loss": loss}


if __name__ == "__main__":
    runner.main(__file__)
