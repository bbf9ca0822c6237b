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
RATES = (0.01, 0.03, 0.1)
TUNING = (100, 101)  # seeds that no verdict uses
#  (forget gate?, resets?): what the tuning runs chose
RATE = {(True, False): 0.01, (True, True): 0.01, (False, False): 0.1, (False, True): 0.01}


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


def train(forget, reset, seed, rate=None, progress=None):
    """forget: has the cell a forget gate? reset: single strings, each from a zero state, or streams of 120 steps?"""
    rng = np.random.default_rng(seed)
    cell = LSTM(7, H, rng=rng)
    network = Network([cell], Dense(H, 7, rng=rng), cross_entropy)
    adam = Adam(rate or RATE[forget, reset])
    optimizer = adam if forget else WithoutForgetting(adam, cell)

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
    arms = [(forget, reset) for forget in (True, False) for reset in (False, True)]
    tuning = [
        {"forget": forget, "reset": reset, "rate": rate, "seed": seed}
        for forget, reset in arms
        for rate in RATES
        for seed in TUNING
    ]
    return tuning + [
        {"forget": f, "reset": r, "rate": RATE[f, r], "seed": s} for f, r in arms for s in range(6)
    ]


def point(forget, reset, rate, seed, progress=None):
    """Share of closing letters right on single strings and in each hundred steps of a stream; mean |c| there. Of those
    trained on the stream, "late" is the share in the last 1,000 steps of a stream ten times as long."""
    network = train(forget, reset, seed, rate, progress)
    right, asked, _ = judged(network, *tasks.embedded_reber(500, np.random.default_rng(1000)))
    strings = right[asked].mean()
    right, asked, trace = judged(
        network, *tasks.continual_reber(1000, 32, np.random.default_rng(1001))
    )
    blocks = [slice(t, t + BLOCK) for t in range(0, 1000, BLOCK)]
    result = {"strings": float(strings), "stream": [float(right[b][asked[b]].mean()) for b in blocks],
              "c": [float(np.abs(trace.c[b]).mean()) for b in blocks]}  # fmt: skip
    if not reset:
        right, asked, _ = judged(
            network, *tasks.continual_reber(10_000, 8, np.random.default_rng(1002))
        )
        result["late"] = float(right[-1000:][asked[-1000:]].mean())
    return result


def best_rate(points):
    """{(forget, reset): rate}: the highest mean share of closing letters right, in whole per cent, in the conditions
    that the arm is trained in; of equals, the smallest rate."""
    best = {}
    for forget, reset in RATE:
        scores = []
        for rate in RATES:
            key = {"forget": forget, "reset": reset, "rate": rate}
            runs = [p for p in points if p["seed"] in TUNING and key.items() <= p.items()]
            right = [p["strings"] if reset else np.mean(p["stream"]) for p in runs]
            scores.append((round(np.mean(right), 2), -rate))
        best[forget, reset] = -max(scores)[-1]
    return best


if __name__ == "__main__":
    runner.main(__file__)
