"""Lesson 07: RNN, GRU and LSTM with as many parameters each, on four tasks, and three variants on one of them.

After Chung et al. 2014, who compared the three on music and speech with equal parameters and tuned each learning rate. Here
every run gets the learning rate that the other seeds chose for its cell and task, by their validation loss (`rate_for`).
"""

import functools

import numpy as np
import runner

from rnnlib import datasets, tasks
from rnnlib.cells import GRU, LSTM, RNN
from rnnlib.dense import Dense
from rnnlib.losses import accuracy, cross_entropy, mse
from rnnlib.network import Network
from rnnlib.optim import Adam
from rnnlib.training import fit

FILE = "07_three_cells.json"
TOLERANCE = 0.2
LETTERS = "abcdefghijklmnopqrstuvwxyz"
CELLS = ("RNN", "GRU", "LSTM")
VARIANTS = (
    "GRU, reset before",
    "GRU, r = 1",
    "LSTM, o = 1",
)  # the last two lose a gate and get units for it
RATES, VARIANT_RATES = (0.003, 0.01, 0.03), (0.01, 0.03)
VARIANT_TASKS = ("adding",)
TRIED = range(5)  # seeds that were trained at every rate
SEEDS = range(7)  # seeds that are compared; those not in TRIED are trained at the chosen rate only
CHOSEN = {  # `rate_for` by all tried seeds
    ("adding", "RNN"): 0.003, ("adding", "GRU"): 0.01, ("adding", "LSTM"): 0.03,
    ("Reber", "RNN"): 0.01, ("Reber", "GRU"): 0.01, ("Reber", "LSTM"): 0.03,
    ("digits", "RNN"): 0.003, ("digits", "GRU"): 0.03, ("digits", "LSTM"): 0.01,
    ("words", "RNN"): 0.01, ("words", "GRU"): 0.01, ("words", "LSTM"): 0.03,
    ("adding", "GRU, reset before"): 0.03,
    ("adding", "GRU, r = 1"): 0.03,
    ("adding", "LSTM, o = 1"): 0.03,
}  # fmt: skip
PINNED = {"GRU, r = 1": "r", "LSTM, o = 1": "o"}
#         D, K, loss, parameters of cell and read-out together (at most), updates
TASKS = {
    "adding": (2, 1, mse, 700, 2000),
    "Reber": (7, 7, cross_entropy, 1000, 1500),
    "digits": (1, 10, cross_entropy, 1500, 2500),
    "words": (27, 27, cross_entropy, 4000, 3000),
}


@functools.cache
def real(task):
    """(x, target, mask) of the digits, a pixel a step, or of the words, a letter a step; and train, validation, test."""
    if task == "digits":
        images, labels = datasets.digits()
        x = (images / 16).reshape(-1, 64, 1).transpose(1, 0, 2)
        target, mask = np.tile(labels, (64, 1)), np.zeros((64, len(labels)), bool)
        mask[-1] = True
    else:
        words = datasets.words()
        codes = np.full((20, len(words)), -1)
        for n, word in enumerate(words):
            codes[: len(word) + 2, n] = [26, *map(LETTERS.index, word), 26]
        x, target, mask = np.eye(28, 27)[codes[:-1]], np.maximum(codes[1:], 0), codes[1:] >= 0
    return (x.astype(np.float32), target, mask), datasets.split(
        x.shape[1], (0.8, 0.1, 0.1), np.random.default_rng(0)
    )


def batch(task, rng, part="train", size=32):
    """A batch of sequences: fresh ones, or some of the real ones of that part (all of them for size None)."""
    if task == "adding":
        return tasks.adding(60, size or 1024, rng, variant="arjovsky", dtype=np.float32)
    if task == "Reber":
        return tasks.continual_reber(
            60, size and size // 2 or 128, rng, target="next", dtype=np.float32
        )
    data, parts = real(task)
    chosen = dict(zip(("train", "validation", "test"), parts))[part]
    chosen = chosen[:2000] if size is None else rng.choice(chosen, size)
    return tuple(array[:, chosen] for array in data)


@functools.cache
def guessing(task):
    """The test loss of the best answer that does not look at the input: the mean, or the frequencies of the classes."""
    _, target, mask = batch(task, np.random.default_rng(1001), "test", None)
    answers = target[mask]
    if task == "adding":
        return float(answers.var())
    share = np.bincount(answers) / len(answers)
    share = share[share > 0]
    return float(-(share * np.log(share)).sum())


def size_of(cell, task):
    """(H, parameters): the most hidden units for which cell and read-out stay within the task's number."""
    D, K, _, most, _ = TASKS[task]
    kind = cell.split(",")[0]
    blocks = {"RNN": 1, "GRU": 3, "LSTM": 4}[kind] - (cell in PINNED)

    def parameters(H):
        return blocks * H * (D + H + 1) + H * (cell in ("GRU", "GRU, r = 1")) + K * (H + 1)

    H = max(H for H in range(1, 200) if parameters(H) <= most)
    return H, parameters(H)


class Pinned:
    """An optimiser that leaves one gate of a cell wide open: its weights are 0, its bias 40, and it receives no gradient."""

    def __init__(self, optimizer, cell, gate):
        part, H = cell.part(gate), cell.hidden_size
        part["W"][:], part["U"][:], part["b"][:] = 0, 0, 40
        self.optimizer, self.rows = (
            optimizer,
            slice(cell.gates.index(gate) * H, (cell.gates.index(gate) + 1) * H),
        )

    def step(self, params, grads):
        for name in ("0.W", "0.U", "0.b"):
            grads[name][self.rows] = 0
        self.optimizer.step(params, grads)


def train(task, cell, rate, seed, progress=None):
    """One network, trained."""
    D, K, loss, _, updates = TASKS[task]
    H, rng = size_of(cell, task)[0], np.random.default_rng(seed)
    reset = {"reset": "before"} if "before" in cell else {}
    kind = {"RNN": RNN, "GRU": GRU, "LSTM": LSTM}[cell.split(",")[0]]
    layer = kind(D, H, rng=rng, dtype=np.float32, **reset)
    network = Network([layer], Dense(H, K, rng=rng, dtype=np.float32), loss)
    optimizer = Adam(rate) if cell not in PINNED else Pinned(Adam(rate), layer, PINNED[cell])
    fit(
        network,
        lambda r: batch(task, r),
        optimizer,
        updates=updates,
        rng=rng,
        clip=1.0,
        progress=progress,
    )
    return network


def judged(network, task):
    """The loss on validation and on test data that all networks share, and for digits the share of test digits right."""
    result = {}
    for part, seed in (("validation", 1000), ("test", 1001)):
        data = batch(task, np.random.default_rng(seed), part, None)
        E, y = network.evaluate(*data)
        result[part] = E
    return result | ({"right": accuracy(y, data[1], data[2])} if task == "digits" else {})


def rates_of(cell):
    """The rates tried: three, and for a variant the two of them that suit gated cells."""
    return VARIANT_RATES if cell in VARIANTS else RATES


def arms():
    """All pairs (task, cell) that are trained."""
    return [(t, c) for t in TASKS for c in CELLS] + [
        (t, c) for t in VARIANT_TASKS for c in VARIANTS
    ]


def rate_for(points, task, cell, seed):
    """The rate with the lowest mean validation loss over the tried seeds other than this one."""

    def loss(rate):
        tried = [p for p in points if (p["task"], p["cell"], p["rate"]) == (task, cell, rate)]
        return np.mean([p["validation"] for p in tried if p["seed"] in TRIED and p["seed"] != seed])

    return min(rates_of(cell), key=loss)


def test_losses(points, task, cell):
    """The test loss of every seed, each at the rate that the others chose."""
    losses = []
    for seed in SEEDS:
        key = {"task": task, "cell": cell, "rate": rate_for(points, task, cell, seed), "seed": seed}
        (run,) = [p for p in points if key.items() <= p.items()]
        losses.append(run["test"])
    return np.array(losses)


def keys():
    tried = [
        {"task": t, "cell": c, "rate": r, "seed": s}
        for t, c in arms()
        for r in rates_of(c)
        for s in TRIED
    ]
    fresh = [s for s in SEEDS if s not in TRIED]
    return tried + [
        {"task": t, "cell": c, "rate": CHOSEN[t, c], "seed": s} for t, c in arms() for s in fresh
    ]


def point(task, cell, rate, seed, progress=None):
    """Train once; the losses on data that were not trained on."""
    return judged(train(task, cell, rate, seed, progress), task)


if __name__ == "__main__":
    runner.main(__file__)
