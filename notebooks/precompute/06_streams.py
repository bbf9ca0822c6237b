"""Lesson 06: one LSTM for five kinds of stream, beside an LSTM of its own for each kind.

Each of the six arms has its own learning rate. It is chosen on validation data, with seeds that are
used for nothing else.
"""

import numpy as np
import runner

from rnnlib import datasets
from rnnlib.cells import LSTM
from rnnlib.dense import Dense
from rnnlib.losses import cross_entropy
from rnnlib.network import Network
from rnnlib.optim import Adam
from rnnlib.training import fit

FILE = "06_streams.json"
TOLERANCE = 0.2
RATES = (0.002, 0.005, 0.015)
TUNING_SEEDS = (100,)
SEEDS = range(3)
D = 36  # inputs: 1 number, 8 pixels and 27 letters
H = 48
K = 39  # answers: down or up, 10 digits and 27 letters
UPDATES = 300  # for each kind


def numbers(u, T, season):
    """A function that draws windows of T steps of the series u.

    The inputs are the changes of the series, and the target is 1 where the next change is upwards.
    The first 60 % of the series are training data, the next 15 % are validation data, and the rest
    is held out. The first season of a window doesn't count.
    """
    change = np.diff(u)
    first, second = int(0.6 * len(u)), int(0.75 * len(u))
    step, up = change / change[:first].std(), (change > 0).astype(int)

    def draw(rng, B, part="train"):
        if part == "train":
            starts = rng.integers(0, first - T - 1, B)
        elif part == "validation":
            starts = np.arange(first - season, second - T)
        else:
            starts = np.arange(second - season, len(change) - T)
        t = np.arange(T)[:, None] + starts
        x = np.zeros((*t.shape, D))
        x[..., 0] = step[t]
        return x, up[t + 1], np.broadcast_to(np.arange(T)[:, None] >= season, t.shape)

    return draw


IMAGES, LABELS = datasets.digits()
PARTS = datasets.split(1797, (0.65, 0.15, 0.2), np.random.default_rng(1))
DIGITS = dict(zip(("train", "validation", "held out"), PARTS))


def handwriting(rng, B, part="train"):
    """Handwritten digits, one row of pixels at each step. Only the last answer counts."""
    chosen = rng.choice(DIGITS[part], B) if part == "train" else DIGITS[part]
    x, target = np.zeros((8, len(chosen), D)), np.zeros((8, len(chosen)), int)
    x[..., 1:9] = IMAGES[chosen].transpose(1, 0, 2) / 8 - 1
    target[-1] = 2 + LABELS[chosen]
    return x, target, np.broadcast_to(np.arange(8)[:, None] == 7, target.shape)


WORDS = [word for word in datasets.words() if len(word) <= 12]
CODE = np.full((len(WORDS), 14), 26)  # 26: the blank around a word
for k, word in enumerate(WORDS):
    CODE[k, 1 : len(word) + 1] = np.frombuffer(word.encode(), np.uint8) - 97
LEARNT, FRESH = datasets.split(len(WORDS), (0.9, 0.1), np.random.default_rng(2))
LETTERS = {"train": LEARNT, "validation": FRESH[1000:2000], "held out": FRESH[:1000]}


def text(rng, B, part="train"):
    """English words: which letter comes next?"""
    letters = CODE[rng.choice(LETTERS[part], B) if part == "train" else LETTERS[part]].T
    x = np.zeros((13, letters.shape[1], D))
    x[..., 9:] = np.eye(27)[letters[:-1]]
    return x, 12 + letters[1:], (letters[:-1] < 26) | (np.arange(13)[:, None] == 0)


SUN = datasets.sunspots().value
CO2 = datasets.co2(fill=True).value.reshape(-1, 4).mean(axis=1)
WALK = np.cumsum(np.random.default_rng(0).normal(size=2000))
KINDS = {
    "sensor": numbers(CO2, 52, 13),
    "agency": numbers(SUN, 33, 11),
    "market": numbers(WALK, 33, 11),
    "text": text,
    "handwriting": handwriting,
}
ARMS = ("all", *KINDS)
CHOSEN = {
    "all": 0.005,
    "sensor": 0.005,
    "agency": 0.005,
    "market": 0.002,
    "text": 0.015,
    "handwriting": 0.015,
}  # see `chosen`


def train(arm, seed, rate=None, progress=None):
    """Train one network on all kinds in turn, or on one kind: 300 batches of 16 for each kind."""
    kinds = list(KINDS) if arm == "all" else [arm]
    updates = UPDATES * len(kinds)
    rng = np.random.default_rng(seed)
    cell = LSTM(D, H, rng=rng, dtype=np.float32)
    readout = Dense(H, K, rng=rng, dtype=np.float32)
    network = Network([cell], readout, cross_entropy)
    turn = iter(range(updates))

    def batch(rng):
        """A batch of the kind whose turn it is."""
        kind = kinds[next(turn) % len(kinds)]
        return KINDS[kind](rng, 16)

    adam = Adam(rate or CHOSEN[arm])
    fit(network, batch, adam, updates=updates, rng=rng, clip=1.0, progress=progress)
    return network


def right(network, kind, part="held out"):
    """The share of right answers."""
    x, target, mask = KINDS[kind](None, 0, part)
    return float((network.forward(x).y.argmax(-1) == target)[mask].mean())


def chosen(points):
    """{arm: the rate with the highest share of right validation answers}.

    The share is a mean over the arm's kinds of stream and over the tuning seeds.
    """
    tuning = [p for p in points if p["seed"] in TUNING_SEEDS]

    def score(arm, rate):
        tried = [p for p in tuning if (p["arm"], p["rate"]) == (arm, rate)]
        return np.mean([p["right"] for p in tried])

    return {arm: max(RATES, key=lambda rate: score(arm, rate)) for arm in ARMS}


def keys():
    tuning, runs = [], []
    for arm in ARMS:
        for rate in RATES:
            tuning += [{"arm": arm, "rate": rate, "seed": seed} for seed in TUNING_SEEDS]
        runs += [{"arm": arm, "rate": CHOSEN[arm], "seed": seed} for seed in SEEDS]
    return tuning + runs


def point(arm, rate, seed, progress=None):
    """The share of right answers for each kind of stream that the network reads.

    The tuning seeds are judged on validation data, the others on held-out data.
    """
    network = train(arm, seed, rate, progress)
    part = "validation" if seed in TUNING_SEEDS else "held out"
    kinds = KINDS if arm == "all" else [arm]
    return {"right": [right(network, kind, part) for kind in kinds]}


if __name__ == "__main__":
    runner.main(__file__)
