"""Lesson 07: RNN, GRU and LSTM with equally many parameters, on four tasks.

Three variants are compared with them on one of the tasks. Chung et al. 2014 compared the three
cells on music and speech, also with equally many parameters, and tuned each learning rate. Here
every run gets the learning rate that the other seeds chose for its cell and task, by their
validation loss (`rate_for`).
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
# The last two variants lose a gate. They get more units, so that they have as many parameters.
VARIANTS = ("GRU, reset before", "GRU, r = 1", "LSTM, o = 1")
RATES = (0.003, 0.01, 0.03)
VARIANT_RATES = (0.01, 0.03)
VARIANT_TASKS = ("adding",)
TRIED = range(5)  # seeds that were trained at every rate
SEEDS = range(7)  # seeds that are compared; those not in TRIED are trained at the chosen rate only
CHOSEN = {  # `rate_for` by all tried seeds
    ("adding", "RNN"): 0.003, ("adding", "GRU"): 0.01, ("adding", "LSTM"): 0.03,
    ("Reber", "RNN"): 0.01, ("Reber", "GRU"): 0.01, ("Reber", "LSTM"): 0.03,
    ("digits", "RNN"): 0.003, ("digits", "GRU"): 0.03, ("digits", "LSTM"): 0.03,
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
    """The digits with one pixel at a step, or the words with one letter at a step.

    Returns (x, target, mask), and which sequences belong to (train, validation, test).
    """
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
    parts = datasets.split(x.shape[1], (0.8, 0.1, 0.1), np.random.default_rng(0))
    return (x.astype(np.float32), target, mask), parts


def batch(task, rng, part="train", size=32):
    """A batch of sequences.

    "adding" and "Reber" draw fresh sequences. "digits" and "words" choose some of that part of the
    data. With size None it is the large batch on which networks are judged.
    """
    if task == "adding":
        return tasks.adding(60, size or 1024, rng, variant="arjovsky", dtype=np.float32)
    if task == "Reber":
        streams = 128 if size is None else size // 2
        return tasks.continual_reber(60, streams, rng, target="next", dtype=np.float32)
    data, parts = real(task)
    chosen = dict(zip(("train", "validation", "test"), parts))[part]
    chosen = chosen[:2000] if size is None else rng.choice(chosen, size)
    return tuple(array[:, chosen] for array in data)


@functools.cache
def guessing(task):
    """The test loss of the best answer that ignores the input.

    That answer is the mean of the targets, or the frequencies of the classes.
    """
    _, target, mask = batch(task, np.random.default_rng(1001), "test", None)
    answers = target[mask]
    if task == "adding":
        return float(answers.var())
    share = np.bincount(answers.astype(np.intp)) / len(answers)  # intp is short in the browser
    share = share[share > 0]
    return float(-(share * np.log(share)).sum())


def size_of(cell, task):
    """The hidden size H of a cell on a task, and the number of parameters.

    H is as large as the limit on the parameters of cell and read-out together allows.
    """
    D, K, _, most, _ = TASKS[task]
    kind = cell.split(",")[0]
    blocks = {"RNN": 1, "GRU": 3, "LSTM": 4}[kind] - (cell in PINNED)

    def parameters(H):
        return blocks * H * (D + H + 1) + H * (cell in ("GRU", "GRU, r = 1")) + K * (H + 1)

    H = max(H for H in range(1, 200) if parameters(H) <= most)
    return H, parameters(H)


class Pinned:
    """An optimiser for a cell in which one gate always stays at 1.

    The gate's weights are 0 and its bias is 40. It receives no gradient.
    """

    def __init__(self, optimizer, cell, gate):
        part, H = cell.part(gate), cell.hidden_size
        part["W"][:], part["U"][:], part["b"][:] = 0, 0, 40
        first = cell.gates.index(gate) * H
        self.optimizer = optimizer
        self.rows = slice(first, first + H)

    def step(self, params, grads):
        for name in ("0.W", "0.U", "0.b"):
            grads[name][self.rows] = 0
        self.optimizer.step(params, grads)


def build(task, cell, rng):
    """A network of this cell for the task, as large as the task's limit allows."""
    D, K, loss, _, _ = TASKS[task]
    H = size_of(cell, task)[0]
    reset = {"reset": "before"} if "before" in cell else {}
    kind = {"RNN": RNN, "GRU": GRU, "LSTM": LSTM}[cell.split(",")[0]]
    layer = kind(D, H, rng=rng, dtype=np.float32, **reset)
    return Network([layer], Dense(H, K, rng=rng, dtype=np.float32), loss)


def train(task, cell, rate, seed, progress=None):
    """One network, trained."""
    rng, updates = np.random.default_rng(seed), TASKS[task][-1]
    network = build(task, cell, rng)
    layer = network.layers[0]
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
    """The loss on validation data and on test data. All networks are judged on the same data.

    For "digits" also the share of test digits that are classified right.
    """
    result = {}
    for part, seed in (("validation", 1000), ("test", 1001)):
        data = batch(task, np.random.default_rng(seed), part, None)
        E, y = network.evaluate(*data)
        result[part] = E
    if task == "digits":
        result["right"] = accuracy(y, data[1], data[2])
    return result


def rates_of(cell):
    """The rates tried: three, and for a variant the two of them that suit gated cells."""
    return VARIANT_RATES if cell in VARIANTS else RATES


def arms():
    """All pairs (task, cell) that are trained."""
    cells = [(task, cell) for task in TASKS for cell in CELLS]
    variants = [(task, cell) for task in VARIANT_TASKS for cell in VARIANTS]
    return cells + variants


def rate_for(points, task, cell, seed):
    """The rate with the lowest mean validation loss over the tried seeds other than this one."""

    others = [s for s in TRIED if s != seed]

    def loss(rate):
        tried = [p for p in points if (p["task"], p["cell"], p["rate"]) == (task, cell, rate)]
        return np.mean([p["validation"] for p in tried if p["seed"] in others])

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
    fresh_seeds = [seed for seed in SEEDS if seed not in TRIED]
    tried, fresh = [], []
    for task, cell in arms():
        arm = {"task": task, "cell": cell}
        for rate in rates_of(cell):
            tried += [arm | {"rate": rate, "seed": seed} for seed in TRIED]
        fresh += [arm | {"rate": CHOSEN[task, cell], "seed": seed} for seed in fresh_seeds]
    return tried + fresh


def point(task, cell, rate, seed, progress=None):
    """Train once. Returns the losses on data that the network wasn't trained on."""
    return judged(train(task, cell, rate, seed, progress), task)


if __name__ == "__main__":
    runner.main(__file__)
