"""Lesson 05b: continual embedded Reber grammar with and without forget gate, with and without resets, over seeds."""

import numpy as np
import runner

from rnnlib import tasks
from rnnlib.cells import LSTM
from rnnlib.dense import Dense
from rnnlib.losses import cross_entropy
from rnnlib.network import Network
from rnnlib.optim import Adam
from rnnlib.training import fit

FILE = "05b_forgetting.json"
TOLERANCE = 0.2
UPDATES, H, BLOCK = 800, 10, 100


class WithoutForgetting:
    """An optimiser for an LSTM whose forget gate is fixed at 1: it receives no gradient."""

    def __init__(self, optimizer, cell):
        self.optimizer, self.rows = optimizer, slice(cell.hidden_size, 2 * cell.hidden_size)
        part = cell.part("f")
        part["W"][:], part["U"][:], part["b"][:] = 0, 0, 40

    def step(self, params, grads):
        for name in ("0.W", "0.U", "0.b"):
            grads[name][self.rows] = 0
        self.optimizer.step(params, grads)


def train(forget, reset, seed, progress=None):
    """forget: has the cell a forget gate? reset: single strings, each from a zero state, or streams of 120 steps?"""
    rng = np.random.default_rng(seed)
    cell = LSTM(7, H, rng=rng)
    network = Network([cell], Dense(H, 7, rng=rng), cross_entropy)
    optimizer = Adam(0.01) if forget else WithoutForgetting(Adam(0.01), cell)

    def batch(rng):
        if reset:
            return tasks.embedded_reber(144, rng, target="next")
        return tasks.continual_reber(120, 16, rng, target="next")

    fit(network, batch, optimizer, updates=UPDATES, rng=rng, clip=1.0, progress=progress)
    return network


def closing(legal):
    """Where only one symbol may come and it is T or P: the step that needs the string's second symbol."""
    return (legal.sum(-1) == 1) & (legal[..., 1:3].sum(-1) == 1)


def judged(network, x, legal, mask):
    """(is the likeliest next symbol legal?, does the step ask for the closing T or P?, the LSTM's trace)."""
    trace = network.forward(x)
    right = np.take_along_axis(legal, trace.y.argmax(-1)[..., None], -1)[..., 0] > 0
    return right, closing(legal) & mask, trace.layers[0]


def keys():
    return [{"forget": f, "reset": r, "seed": s} for f in (True, False) for r in (False, True) for s in range(6)]


def point(forget, reset, seed, progress=None):
    """Share of closing letters right: on single strings, and in each hundred steps of an endless stream; mean |c|."""
    network = train(forget, reset, seed, progress)
    right, asked, _ = judged(network, *tasks.embedded_reber(500, np.random.default_rng(1000)))
    strings = right[asked].mean()
    right, asked, trace = judged(network, *tasks.continual_reber(1000, 32, np.random.default_rng(1001)))
    blocks = [slice(t, t + BLOCK) for t in range(0, 1000, BLOCK)]
    return {"strings": float(strings), "stream": [float(right[b][asked[b]].mean()) for b in blocks],
            "c": [float(np.abs(trace.c[b]).mean()) for b in blocks]}


if __name__ == "__main__":
    runner.main(__file__)
