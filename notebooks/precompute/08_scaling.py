"""Lesson 08: what becomes of an LSTM when its numbers are not normalised, or its output or its
loss does not suit them.

Every arm's learning rate is the one of RATES with the lowest error on the validation part, on
the seeds of TUNING. The verdict is the error on the test part, on other seeds. All arms have
the same number of updates.
"""

from pathlib import Path

import numpy as np
import runner

from rnnlib.cells import LSTM
from rnnlib.datasets import sunspots
from rnnlib.dense import Dense
from rnnlib.losses import cross_entropy, mse
from rnnlib.network import Network
from rnnlib.optim import Adam
from rnnlib.training import fit

FILE = "08_scaling.json"
TOLERANCE = 0.1
RATES = {"sunspots": (0.003, 0.01, 0.03, 0.1, 0.3), "digits": (0.003, 0.01, 0.03, 0.1)}
UPDATES = {"sunspots": 300, "digits": 400}
TUNING, SEEDS = (100, 101), (0, 1, 2, 3, 4)
digits = runner.load(Path(__file__).with_name("08_overfitting.py"))
WINDOW, FIRST, CHOSEN, JUDGED, LAST = (
    22,
    1700,
    1860,
    1900,
    1955,
)  # years: train before 1860, choose before 1900, test before 1955

# (are the inputs normalised, are the targets normalised, what the read-out applies to its sum)
SUNSPOTS = {
    "both normalised": (True, True, "identity"),
    "inputs raw": (False, True, "identity"),
    "targets raw": (True, False, "identity"),
    "both raw": (False, False, "identity"),
    "tanh output": (True, True, "tanh"),
    "logistic output": (True, True, "logistic"),
}
DIGITS = ("mean 0, spread 1", "0 to 1", "0 to 16", "squared error")


def sunspot_data(inputs=True, targets=True):
    """(x, target) with the batch on axis 1, for training, choosing and testing; mean and
    spread of the training years.
    """
    spots = sunspots().value[: LAST - FIRST]
    mean, spread = spots[: CHOSEN - FIRST].mean(), spots[: CHOSEN - FIRST].std()
    windows = np.lib.stride_tricks.sliding_window_view(spots, WINDOW + 1).T[:, :, None]
    normal = (windows - mean) / spread
    x, target = (normal if inputs else windows)[:-1], (normal if targets else windows)[1:]
    starts = [
        year - FIRST - WINDOW for year in (CHOSEN, JUDGED)
    ]  # the first window whose last year is not for training
    parts = list(zip(np.split(x, starts, axis=1), np.split(target, starts, axis=1)))
    return parts, mean, spread


def train_sunspots(inputs, targets, output, rate, seed):
    """The network, and the root mean squared error of next-year forecasts, in sunspots, for
    choosing and for testing.
    """
    parts, _, spread = sunspot_data(inputs, targets)
    rng = np.random.default_rng(seed)
    readout = Dense(16, 1, rng=rng, activation=output, dtype=np.float32)
    network = Network([LSTM(1, 16, rng=rng, dtype=np.float32)], readout, mse)
    x, target = parts[0]
    data = x, target, np.ones(x.shape[:2], bool)
    fit(network, digits.batches(data), Adam(rate), updates=UPDATES["sunspots"], rng=rng, clip=1.0)
    unit = spread if targets else 1
    errors = [
        unit * np.sqrt(np.mean((network.forward(x).y[-1] - target[-1]) ** 2))
        for x, target in parts[1:]
    ]
    return network, errors


def digit_data(arm):
    """Sequences for training, choosing and testing, scaled as the arm says, by numbers of the
    training digits alone.
    """
    parts = [digits.sequences(index) for index in digits.parts()]
    mean, factor = 0, 16 if arm == "0 to 16" else 1
    if arm == "mean 0, spread 1":  # each of the eight columns of pixels by itself
        x = parts[0][0]
        mean, factor = x.mean(axis=(0, 1)), 1 / x.std(axis=(0, 1))
    return [(((x - mean) * factor).astype(np.float32), target, mask) for x, target, mask in parts]


def squared(y, target, mask=None):
    """Squared error against 1 for the right class and 0 for the others."""
    return mse(y, np.eye(10, dtype=y.dtype)[target], mask)


def train_digits(arm, rate, seed):
    """The shares of digits that are wrong, for choosing and for testing."""
    data, held_out, tested = digit_data(arm)
    rng = np.random.default_rng(seed)
    network = digits.build(48, rng)
    network.loss = squared if arm == "squared error" else cross_entropy
    fit(network, digits.batches(data), Adam(rate), updates=UPDATES["digits"], rng=rng, clip=1.0)
    return [1 - digits.score(network, part)[1] for part in (held_out, tested)]


def errors(task, arm, rate, seed):
    return (
        train_sunspots(*SUNSPOTS[arm], rate, seed)[1]
        if task == "sunspots"
        else train_digits(arm, rate, seed)
    )


def keys():
    return [
        {"task": task, "arm": arm}
        for task, arms in (("sunspots", SUNSPOTS), ("digits", DIGITS))
        for arm in arms
    ]


def point(task, arm):
    """For each rate the mean error for choosing; the rate chosen; with it and, beside it, with
    0.01, each seed's test error.
    """
    tuning = [
        np.mean([errors(task, arm, rate, seed)[0] for seed in TUNING]) for rate in RATES[task]
    ]
    rate = RATES[task][int(np.argmin(tuning))]
    test = [errors(task, arm, rate, seed)[1] for seed in SEEDS]
    at_001 = [errors(task, arm, 0.01, seed)[1] for seed in SEEDS]
    return {"tuning": tuning, "rate": rate, "test": test, "test at 0.01": at_001}


if __name__ == "__main__":
    runner.main(__file__)
