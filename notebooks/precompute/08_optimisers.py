"""Lesson 08: five optimisers at eleven learning rates, the same LSTM, the next letter of
English words, over seeds.

These runs choose each optimiser's learning rate. 08_race.py then lets them race at it, on
other seeds.
"""

import warnings

import numpy as np
import runner

from rnnlib.cells import LSTM
from rnnlib.datasets import words
from rnnlib.dense import Dense
from rnnlib.losses import cross_entropy
from rnnlib.network import Network
from rnnlib.optim import SGD, AdaGrad, Adam, RMSProp
from rnnlib.training import fit

FILE = "08_optimisers.json"
TOLERANCE = 0.03  # of a held-out loss, at rates that do not blow up
OPTIMISERS = {
    "SGD": SGD,
    "Nesterov": lambda rate: SGD(rate, momentum=0.9, nesterov=True),
    "AdaGrad": AdaGrad,
    "RMSProp": RMSProp,
    "Adam": Adam,
}
RATES = [-3 + k / 2 for k in range(11)]  # their logarithms to base 10
UPDATES, EVERY, SEEDS, LONGEST, H = 600, 30, (0, 1, 2), 9, 32
# a loss above it, or one that is not finite, is stored as this: guessing all 27 alike costs 3.3
WORST = 9.0


def corpus():
    """Three lists of words of at most 9 letters: 5,000 to train on, 500 to choose by, 500 to
    test on.
    """
    short = np.array([word for word in words() if len(word) <= LONGEST])
    chosen = short[np.random.default_rng(0).permutation(len(short))[:6000]]
    return chosen[:5000], chosen[5000:5500], chosen[5500:]


def letters(some):
    """x (10, B, 27) one-hot: 0 begins the word, then its letters; target (10, B): its letters,
    then 0; mask.
    """
    x = np.zeros((LONGEST + 1, len(some), 27), np.float32)
    target, mask = np.zeros(x.shape[:2], int), np.zeros(x.shape[:2], bool)
    for b, word in enumerate(some):
        codes = [0, *(ord(letter) - 96 for letter in word), 0]
        n = len(word) + 1
        x[np.arange(n), b, codes[:-1]], target[:n, b], mask[:n, b] = 1, codes[1:], True
    return x, target, mask


def batches(data):
    """A function rng -> 32 sequences of data, drawn with replacement."""

    def batch(rng):
        chosen = rng.integers(data[0].shape[1], size=32)
        return tuple(part[:, chosen] for part in data)

    return batch


def build(seed, H=H, layers=1):
    """The network and the generator it came from."""
    rng = np.random.default_rng(seed)
    stack = [LSTM(H if k else 27, H, rng=rng, dtype=np.float32) for k in range(layers)]
    return Network(stack, Dense(H, 27, rng=rng, dtype=np.float32), cross_entropy), rng


def train(optimiser, rate, seed, progress=None, tested=None):
    """The held-out loss after 0, EVERY, 2 EVERY, … updates; a run that blows up stays at
    WORST. The test loss at the end is added to the list `tested`, if there is one.
    """
    data, held_out, unseen = map(letters, corpus())
    network, rng = build(seed)
    losses = [network.evaluate(*held_out)[0]]

    def until(history):
        if history.updates % EVERY == 0:
            losses.append(network.evaluate(*held_out)[0])
        return False

    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore", RuntimeWarning)
        fit(
            network,
            batches(data),
            OPTIMISERS[optimiser](10.0**rate),
            updates=UPDATES,
            rng=rng,
            until=until,
            progress=progress,
        )
    if tested is not None:
        blown_up = len(losses) < 1 + UPDATES // EVERY
        tested.append(WORST if blown_up else min(network.evaluate(*unseen)[0], WORST))
    losses += [WORST] * (1 + UPDATES // EVERY - len(losses))
    return np.minimum(np.nan_to_num(losses, nan=WORST), WORST)


def keys():
    return [{"optimiser": name, "rate": rate} for name in OPTIMISERS for rate in RATES]


def point(optimiser, rate):
    """The held-out loss along the way, mean of the seeds, and each seed's at the end."""
    runs = np.array([train(optimiser, rate, seed) for seed in SEEDS])
    return {"loss": [float(f"{E:.4g}") for E in runs.mean(0)], "end": runs[:, -1]}


if __name__ == "__main__":
    runner.main(__file__)
