"""Lesson 08: an LSTM reads digits row by row; its size, its examples and three ways to hold it
back, over seeds.

Every arm (a size, a number of examples, a way to hold back) sees each of its examples EPOCHS
times. Its learning rate is the one of RATES that reaches the lowest held-out loss, on the
seeds of TUNING.
"""

import itertools

import numpy as np
import runner

from rnnlib.cells import LSTM
from rnnlib.datasets import digits
from rnnlib.dense import Dense
from rnnlib.losses import accuracy, cross_entropy
from rnnlib.network import Network
from rnnlib.optim import Adam
from rnnlib.training import fit

FILE = "08_overfitting.json"
TOLERANCE = 0.05  # of an accuracy; a loss may differ by more
T, D, CLASSES, BATCH = 8, 8, 10, 32
HIDDEN, EXAMPLES = (4, 16, 64), (50, 150, 450, 1000)
HOLD = {
    "nothing": {},
    "l1 = 0.0001": {"l1": 1e-4},
    "l1 = 0.001": {"l1": 1e-3},
    "l2 = 0.001": {"l2": 1e-3},
    "l2 = 0.01": {"l2": 1e-2},
    "dropout = 0.25": {"dropout": 0.25},
    "dropout = 0.5": {"dropout": 0.5},
}
EPOCHS, EVERY, SEEDS, TUNING, RATES, SEEN = 40, 2, (0, 1, 2), (100,), (0.01, 0.03, 0.1), 400
# The images come from 14 sheets. Each sheet holds the same 130 labels in the same order, apart
# from a few that are missing.
SHEETS = (0, 130, 256, 386, 516, 646, 776, 906, 1029, 1157, 1287, 1415, 1545, 1667, 1797)
TRAIN, VALIDATION, TEST = (0, 1, 2, 3, 4, 5, 6, 8), (9, 10, 12), (7, 11, 13)


def parts():
    """Indices: 1,034 images to train on, 380 to choose by and 383 to test on. No sheet is in
    two of the three.
    """
    return tuple(
        np.concatenate([np.arange(SHEETS[k], SHEETS[k + 1]) for k in sheets])
        for sheets in (TRAIN, VALIDATION, TEST)
    )


def sequences(index, labels=None):
    """Images as sequences of 8 rows: x (8, B, 8) from 0 to 1, target (8, B), mask true at the
    last row only.
    """
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
    return Network(
        [layer], Dense(H, CLASSES, rng=rng, dtype=np.float32), cross_entropy, dropout=dropout
    )


def score(network, data):
    """(loss, accuracy) on data."""
    E, y = network.evaluate(*data)
    return E, accuracy(y, data[1], data[2])


def train(H, N, hold, rate, seed, look=None, tested=None):
    """Train once, for EPOCHS passes through N examples. Returns rows, one for every second
    epoch: the epoch, training loss and accuracy (on at most SEEN of the N), held-out loss and
    accuracy, and with `tested` data also test loss and accuracy (nan where the held-out loss
    is no new lowest one, except at the end). look(rows) is called as each row is added.
    """
    rng = np.random.default_rng(seed)
    known, validation, _ = parts()
    data, held_out = sequences(rng.choice(known, N, replace=False)), sequences(validation)
    seen = tuple(part[:, :SEEN] for part in data)
    penalties = {name: strength for name, strength in HOLD[hold].items() if name != "dropout"}
    network, rows = build(H, rng, HOLD[hold].get("dropout", 0.0)), []
    an_epoch = -(-N // BATCH)

    def until(history):
        epoch, rest = divmod(history.updates, an_epoch)
        if rest or epoch % EVERY:
            return False
        row = (epoch, *score(network, seen), *score(network, held_out))
        if tested is not None:
            wanted = epoch == EPOCHS or row[3] < min((before[3] for before in rows), default=np.inf)
            row += score(network, tested) if wanted else (np.nan, np.nan)
        rows.append(row)
        if look:
            look(rows)
        return False

    fit(
        network,
        data,
        Adam(rate),
        epochs=EPOCHS,
        batch_size=BATCH,
        rng=rng,
        clip=1.0,
        until=until,
        **penalties,
    )
    return np.array(rows)


def keys():
    return [
        dict(zip(("H", "N", "hold"), values))
        for values in itertools.product(HIDDEN, EXAMPLES, HOLD)
    ]


def read_off(runs, at):
    """{"train": one accuracy for each run, …} at the row `at` of each run, a number or one for
    each run.
    """
    rows = runs[np.arange(len(runs)), at]
    names = {"train": 2, "held": 4, "test_loss": 5, "test": 6}
    return {name: [float(f"{v:.4g}") for v in rows[:, k]] for name, k in names.items()}


def point(H, N, hold):
    """The learning rate chosen for early stopping, by the lowest held-out loss, and what each
    seed makes of it: its losses along the way; its accuracies where that loss is lowest
    (stop_…) and after the last epoch (end_…). Where nothing holds the network back, also the
    rate chosen by the held-out loss after the last epoch (whole_…).
    """
    tried = {
        rate: np.array([train(H, N, hold, rate, seed)[:, 3] for seed in TUNING]) for rate in RATES
    }
    lowest = [curves.min(axis=1).mean() for curves in tried.values()]
    last = [curves[:, -1].mean() for curves in tried.values()]
    rate, tested = RATES[int(np.argmin(lowest))], sequences(parts()[2])
    runs = np.array([train(H, N, hold, rate, seed, tested=tested) for seed in SEEDS])
    stop = runs[:, :, 3].argmin(axis=1)
    result = {"rate": rate, "lowest": lowest, "last": last}
    for name, column in (("train_loss", 1), ("held_loss", 3)):
        result[name] = [[float(f"{E:.3g}") for E in run] for run in runs[:, :, column]]
    for when, at in (("stop", stop), ("end", -1)):
        result |= {f"{when}_{name}": values for name, values in read_off(runs, at).items()}
    if hold == "nothing":
        whole = RATES[int(np.argmin(last))]
        runs = (
            runs
            if whole == rate
            else np.array([train(H, N, hold, whole, seed, tested=tested) for seed in SEEDS])
        )
        result |= {"whole_rate": whole} | {
            f"whole_{name}": values for name, values in read_off(runs, -1).items()
        }
    return result


if __name__ == "__main__":
    runner.main(__file__)
