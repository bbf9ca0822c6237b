"""Lesson 08: an LSTM reads digits row by row; its size, its examples and three ways to hold it back, over seeds."""

import itertools

import numpy as np
import runner

from rnnlib.cells import LSTM
from rnnlib.datasets import digits, split
from rnnlib.dense import Dense
from rnnlib.losses import accuracy, cross_entropy
from rnnlib.network import Network
from rnnlib.optim import Adam
from rnnlib.training import fit

FILE = "08_overfitting.json"
TOLERANCE = 0.05  # of an accuracy; a loss may differ by more
T, D, CLASSES, BATCH = 8, 8, 10, 32
HIDDEN, EXAMPLES = (4, 16, 64), (50, 150, 450, 1000)
L1, L2, DROPOUT = (0.0, 1e-4, 1e-3), (0.0, 1e-3, 1e-2), (0.0, 0.25, 0.5)
UPDATES, EVERY, SEEDS = 600, 40, (0, 1, 2)


def parts():
    """Indices: 1,078 images to train on, by the first writers; 359 to choose by and 360 to test on, by other writers."""
    known, strangers = split(1797, (0.6, 0.4), None)
    validation, test = split(len(strangers), (0.5, 0.5), np.random.default_rng(0))
    return known, strangers[validation], strangers[test]


def sequences(index, labels=None):
    """Images as sequences of 8 rows: x (8, B, 8) from 0 to 1, target (8, B), mask true at the last row only."""
    images, truth = digits()
    x = (images[index] / 16).transpose(1, 0, 2).astype(np.float32)
    target = np.broadcast_to(truth[index] if labels is None else labels, x.shape[:2])
    return x, target, np.broadcast_to(np.arange(T)[:, None] == T - 1, x.shape[:2])


def batches(data, size=BATCH):
    """A function rng -> `size` sequences of data, drawn with replacement."""
    n = data[0].shape[1]

    def batch(rng):
        chosen = rng.integers(n, size=min(size, n))
        return tuple(part[:, chosen] for part in data)

    return batch


def build(H, rng, dropout=0.0):
    """One LSTM layer and a read-out, float32."""
    layer = LSTM(D, H, rng=rng, dtype=np.float32)
    return Network([layer], Dense(H, CLASSES, rng=rng, dtype=np.float32), cross_entropy, dropout=dropout)


def score(network, data):
    """(loss, accuracy) on data."""
    E, y = network.evaluate(*data)
    return E, accuracy(y, data[1], data[2])


def train(H, N, l1, l2, dropout, seed, look=None, every=EVERY):
    """Train once. Returns the network, a list of (updates, training loss, held-out loss) and the training data;
    look(rows, network, data, held_out) is called as each row is added."""
    rng = np.random.default_rng(seed)
    known, validation, _ = parts()
    data, held_out = sequences(rng.choice(known, N, replace=False)), sequences(validation)
    network, rows = build(H, rng, dropout), []

    def until(history):
        if history.updates % every == 0 or history.updates == 1:
            rows.append((history.updates, score(network, data)[0], score(network, held_out)[0]))
            if look:
                look(rows, network, data, held_out)
        return False

    fit(network, batches(data), Adam(0.005), updates=UPDATES, rng=rng, clip=1.0, l1=l1, l2=l2, until=until)
    return network, rows, data


def keys():
    names = ("H", "N", "l1", "l2", "dropout")
    return [dict(zip(names, values)) for values in itertools.product(HIDDEN, EXAMPLES, L1, L2, DROPOUT)]


def point(H, N, l1, l2, dropout):
    """Mean losses over the seeds on the training and the held-out digits, after 1, 40, 80, … updates; at the end, each
    seed's accuracy on both and on the test digits."""
    _, validation, test = (sequences(index) for index in parts())
    curves, right = [], []
    for seed in SEEDS:
        network, rows, data = train(H, N, l1, l2, dropout, seed)
        curves.append(rows)
        right.append([score(network, part)[1] for part in (data, validation, test)])
    _, *losses = np.mean(curves, axis=0).T
    names = ("train_loss", "held_loss", "train", "held", "test")
    return {name: [float(f"{v:.4g}") for v in values] for name, values in zip(names, (*losses, *np.transpose(right)))}


if __name__ == "__main__":
    runner.main(__file__)
