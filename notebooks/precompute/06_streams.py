"""Lesson 06: one LSTM for five kinds of stream, beside an LSTM of its own for each kind.

Each of the six arms has its own learning rate, chosen on a validation part by seeds that are used for nothing else.
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
RATES, TUNING_SEEDS, SEEDS = (0.002, 0.005, 0.015), (100,), range(3)
D, H, K = (
    36,
    48,
    39,
)  # inputs: 1 number, 8 pixels, 27 letters; answers: down or up, 10 digits, 27 letters
UPDATES = 300  # for each kind


def numbers(u, T, season):
    """Windows of a series: x its changes, target 1 where the next is up. 60 % train, 15 % validation, the end is held out."""
    change = np.diff(u)
    first, second = int(0.6 * len(u)), int(0.75 * len(u))
    step, up = change / change[:first].std(), (change > 0).astype(int)

    def draw(rng, B, part="train"):
        starts = {"train": lambda: rng.integers(0, first - T - 1, B),
                  "validation": lambda: np.arange(first - season, second - T),
                  "held out": lambda: np.arange(second - season, len(change) - T)}  # fmt: skip
        t = np.arange(T)[:, None] + starts[part]()
        x = np.zeros((*t.shape, D))
        x[..., 0] = step[t]
        return x, up[t + 1], np.broadcast_to(np.arange(T)[:, None] >= season, t.shape)

    return draw


IMAGES, LABELS = datasets.digits()
DIGITS = dict(
    zip(
        ("train", "validation", "held out"),
        datasets.split(1797, (0.65, 0.15, 0.2), np.random.default_rng(1)),
    )
)


def handwriting(rng, B, part="train"):
    """Digits, a row of pixels at a step; which digit it was is asked after the last row."""
    chosen = rng.choice(DIGITS[part], B) if part == "train" else DIGITS[part]
    x, target = np.zeros((8, len(chosen), D)), np.zeros((8, len(chosen)), int)
    x[..., 1:9], target[-1] = IMAGES[chosen].transpose(1, 0, 2) / 8 - 1, 2 + LABELS[chosen]
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


SUN, CO2 = datasets.sunspots().value, datasets.co2(fill=True).value.reshape(-1, 4).mean(axis=1)
WALK = np.cumsum(np.random.default_rng(0).normal(size=2000))
KINDS = {"sensor": numbers(CO2, 52, 13), "agency": numbers(SUN, 33, 11), "market": numbers(WALK, 33, 11),
         "text": text, "handwriting": handwriting}  # fmt: skip
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
    """One network, for all kinds in turn or for one kind; 300 batches of 16 for each kind."""
    kinds, rng = list(KINDS) if arm == "all" else [arm], np.random.default_rng(seed)
    cell, readout = LSTM(D, H, rng=rng, dtype=np.float32), Dense(H, K, rng=rng, dtype=np.float32)
    network, turn = Network([cell], readout, cross_entropy), iter(range(UPDATES * len(kinds)))
    fit(network, lambda rng: KINDS[kinds[next(turn) % len(kinds)]](rng, 16), Adam(rate or CHOSEN[arm]),
        updates=UPDATES * len(kinds), rng=rng, clip=1.0, progress=progress)  # fmt: skip
    return network


def right(network, kind, part="held out"):
    """The share of right answers."""
    x, target, mask = KINDS[kind](None, 0, part)
    return float((network.forward(x).y.argmax(-1) == target)[mask].mean())


def chosen(points):
    """{arm: the rate with the highest mean share of right validation answers, over its kinds and the tuning seeds}."""

    def score(arm, rate):
        tried = [
            p for p in points if (p["arm"], p["rate"]) == (arm, rate) and p["seed"] in TUNING_SEEDS
        ]
        return np.mean([p["right"] for p in tried])

    return {arm: max(RATES, key=lambda rate: score(arm, rate)) for arm in ARMS}


def keys():
    tuning = [
        {"arm": a, "rate": r, "seed": seed} for a in ARMS for r in RATES for seed in TUNING_SEEDS
    ]
    return tuning + [{"arm": a, "rate": CHOSEN[a], "seed": seed} for a in ARMS for seed in SEEDS]


def point(arm, rate, seed, progress=None):
    """The share of right answers for each kind the network reads: on validation data, or on held-out data."""
    network = train(arm, seed, rate, progress)
    part = "validation" if seed in TUNING_SEEDS else "held out"
    return {"right": [right(network, kind, part) for kind in (KINDS if arm == "all" else [arm])]}


if __name__ == "__main__":
    runner.main(__file__)
