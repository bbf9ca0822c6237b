"""Lesson 05c: the continual embedded Reber grammar, with and without a forget gate and resets.

Each of the four arms uses the best of three learning rates. It is chosen on the seeds of TUNING and
then judged on six other seeds.
"""

import numpy as np
import runner

from rnnlib import tasks
from rnnlib.cells import LSTM
from rnnlib.dense import Dense
from rnnlib.losses import cross_entropy
from rnnlib.network import Network
from rnnlib.optim import Adam
from rnnlib.training import fit

FILE = "05c_forgetting.json"
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
    """Train one network and return it.

    forget: whether the cell has a forget gate.
    reset: whether it trains on single strings, each from a zero state, or on streams of 120 steps.
    """
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
    """The steps at which only one symbol may come, and it is T or P.

    To answer there, a network needs the string's second symbol.
    """
    one_symbol = legal.sum(-1) == 1
    return one_symbol & (legal[..., 1:3].sum(-1) == 1)


def judged(network, x, legal, mask):
    """Judge every answer. Returns (right, asked, the LSTM's trace).

    right: whether the likeliest next symbol is legal.
    asked: whether the step asks for the closing T or P.
    """
    trace = network.forward(x)
    likeliest = trace.y.argmax(-1)[..., None]
    right = np.take_along_axis(legal, likeliest, -1)[..., 0] > 0
    return right, closing(legal) & mask, trace.layers[0]


def keys():
    arms = [(forget, reset) for forget in (True, False) for reset in (False, True)]
    tuning, runs = [], []
    for forget, reset in arms:
        arm = {"forget": forget, "reset": reset}
        tuning += [arm | {"rate": rate, "seed": seed} for rate in RATES for seed in TUNING]
        runs += [arm | {"rate": RATE[forget, reset], "seed": seed} for seed in range(6)]
    return tuning + runs


def point(forget, reset, rate, seed, progress=None):
    """The share of closing letters that a trained network has right, on data it hasn't seen.

    strings: on single strings.
    stream: in each hundred steps of a stream. "c" is the mean |c| in the same steps.
    late: in the last 1,000 steps of a stream ten times as long; only for training without resets.
    """
    network = train(forget, reset, seed, rate, progress)
    strings = tasks.embedded_reber(500, np.random.default_rng(1000))
    right, asked, _ = judged(network, *strings)
    result = {"strings": float(right[asked].mean())}
    stream = tasks.continual_reber(1000, 32, np.random.default_rng(1001))
    right, asked, trace = judged(network, *stream)
    blocks = [slice(t, t + BLOCK) for t in range(0, 1000, BLOCK)]
    result["stream"] = [float(right[block][asked[block]].mean()) for block in blocks]
    result["c"] = [float(np.abs(trace.c[block]).mean()) for block in blocks]
    if not reset:
        long_stream = tasks.continual_reber(10_000, 8, np.random.default_rng(1002))
        right, asked, _ = judged(network, *long_stream)
        result["late"] = float(right[-1000:][asked[-1000:]].mean())
    return result


def best_rate(points):
    """{(forget, reset): the best rate over the tuning seeds}.

    The best rate has the highest mean share of closing letters right, rounded to whole per cent.
    With resets it is the share on single strings, without resets the share on the stream. Of
    equally good rates, the smallest is taken.
    """
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
