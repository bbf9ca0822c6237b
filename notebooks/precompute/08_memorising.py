"""Lesson 08: the digits of familiar hands and of strangers, and 200 images learned by heart.

The lesson trains these nine networks itself. In the browser this takes minutes, so there the lesson
takes what is stored here.
"""

from pathlib import Path

import numpy as np
import runner

from rnnlib.datasets import digits
from rnnlib.optim import Adam
from rnnlib.training import fit

over = runner.load(Path(__file__).with_name("08_overfitting.py"))

FILE = "08_memorising.json"
TOLERANCE = 0.1  # of a share right; a loss near 0 may differ by more
H, RATE, SEEDS = 64, 0.005, range(3)


def train(data, seed, updates, progress=None):
    """An LSTM trained on sequences of digits. Returns the network and its History."""
    rng = np.random.default_rng(seed)
    network, batch = over.build(H, rng), over.batches(data)
    history = fit(network, batch, Adam(RATE), updates=updates, rng=rng, clip=1.0, progress=progress)
    return network, history


def hands(seed):
    """Train on 900 images. The shares right of 134 by the same hands, and of strangers' digits."""
    known, validation, _ = over.parts()
    mixed = np.random.default_rng(seed).permutation(known)
    network, _ = train(over.sequences(mixed[:900]), seed, updates=600)
    familiar = over.score(network, over.sequences(mixed[900:]))[1]
    return {"familiar": familiar, "strange": over.score(network, over.sequences(validation))[1]}


def learn_200(shuffled, seed):
    """Train on 200 images, with their own labels or with shuffled ones.

    The losses, and the shares right of the 200 and of strangers' digits.
    """
    known, validation, _ = over.parts()
    rng = np.random.default_rng(seed)
    chosen = rng.choice(known, 200, replace=False)
    labels = rng.permutation(digits().labels[chosen]) if shuffled else None
    data = over.sequences(chosen, labels)
    network, history = train(data, seed, updates=1000)
    strange = over.score(network, over.sequences(validation))[1]
    return {"loss": history.loss, "learned": over.score(network, data)[1], "strange": strange}


def keys():
    arms = ("hands", "true labels", "shuffled labels")
    return [{"arm": arm, "seed": seed} for arm in arms for seed in SEEDS]


def point(arm, seed):
    return hands(seed) if arm == "hands" else learn_200(arm == "shuffled labels", seed)


def stored_hands():
    """The stored shares of familiar digits right and of strangers' digits right, of each seed."""
    points = [runner.stored(FILE, arm="hands", seed=seed) for seed in SEEDS]
    return [p["familiar"] for p in points], [p["strange"] for p in points]


def stored_200(shuffled, seed):
    """What `learn_200` of the lesson returns: losses, share right of the 200 and of strangers'."""
    arm = "shuffled labels" if shuffled else "true labels"
    point = runner.stored(FILE, arm=arm, seed=seed)
    return point["loss"], point["learned"], point["strange"]


if __name__ == "__main__":
    runner.main(__file__)
