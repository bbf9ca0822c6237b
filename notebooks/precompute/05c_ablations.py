"""Lesson 05c: the LSTM with one part taken out or tied, on two tasks.

The idea comes from Greff et al. 2015. Each variant uses the best of four learning rates. It is
chosen on the seeds of TUNING and then judged on the seeds of SEEDS.
"""

import numpy as np
import runner

from rnnlib import tasks
from rnnlib.activations import get
from rnnlib.cells import LSTM
from rnnlib.dense import Dense
from rnnlib.losses import cross_entropy, mse
from rnnlib.network import Network
from rnnlib.optim import Adam
from rnnlib.training import fit

FILE = "05c_ablations.json"
TOLERANCE = 0.05
VARIANTS = (
    "plain",
    "no input gate",
    "no forget gate",
    "no output gate",
    "coupled gates",
    "no candidate φ",
    "no output φ",
)
TASKS = ("adding", "continual Reber")
UPDATES = {"adding": 2000, "continual Reber": 800}
RATES = (0.003, 0.01, 0.03, 0.1)
TUNING = (100,)  # a seed that no verdict uses
SEEDS = (1, 2)
RATE = {  # what the tuning runs chose
    "adding": {
        "plain": 0.01,
        "no input gate": 0.1,
        "no forget gate": 0.03,
        "no output gate": 0.01,
        "coupled gates": 0.03,
        "no candidate φ": 0.03,
        "no output φ": 0.1,
    },
    "continual Reber": {
        "plain": 0.03,
        "no input gate": 0.03,
        "no forget gate": 0.1,
        "no output gate": 0.1,
        "coupled gates": 0.1,
        "no candidate φ": 0.03,
        "no output φ": 0.03,
    },
}


class OnePhi(LSTM):
    """An LSTM that keeps φ = tanh in one of its two places.

    keep = "candidate": the output has no φ, so h = o c.
    keep = "output": the candidate has no φ, so g is its weighted sum.
    """

    def __init__(self, *args, keep, **options):
        super().__init__(*args, **options)
        tanh, line = get("tanh"), get("identity")
        self.activation, self.squash = (tanh, line) if keep == "candidate" else (line, tanh)


class Part:
    """An optimiser for a cell that has a fixed or tied part. The rest is left to `optimizer`."""

    def __init__(self, optimizer, cell, variant):
        self.optimizer, self.cell, self.variant = optimizer, cell, variant
        if self.gate:
            part = cell.part(self.gate)
            part["W"][:], part["U"][:], part["b"][:] = 0, 0, 40  # σ(40) = 1 to the last digit
        self.tie()

    @property
    def gate(self):
        """The gate that is fixed at 1, or None."""
        fixed = {"no input gate": "i", "no forget gate": "f", "no output gate": "o"}
        return fixed.get(self.variant)

    def tie(self):
        """Coupled gates: σ(−a) = 1 − σ(a), so opposite weights make i = 1 − f."""
        if self.variant == "coupled gates":
            i, f = self.cell.part("i"), self.cell.part("f")
            for name in f:
                i[name][:] = -f[name]

    def step(self, params, grads):
        """One update. A fixed gate receives no gradient.

        The forget gate also receives the gradient of an input gate that is tied to it, with the
        sign flipped.
        """
        H = self.cell.hidden_size
        for name in ("0.W", "0.U", "0.b"):
            blocks = grads[name].reshape(4, H, *grads[name].shape[1:])
            rows = dict(zip(self.cell.gates, blocks, strict=True))
            if self.gate:
                rows[self.gate][...] = 0
            if self.variant == "coupled gates":
                rows["f"] -= rows["i"]
                rows["i"][...] = 0
        self.optimizer.step(params, grads)
        self.tie()


def batch(task, rng):
    """A fresh training batch."""
    if task == "adding":
        return tasks.adding(50, 32, rng)
    return tasks.continual_reber(120, 16, rng, target="next")


def build(variant, task, seed, rate=0.01):
    """The network, its optimiser and its generator, before training."""
    rng = np.random.default_rng(seed)
    D, K, loss = (2, 1, mse) if task == "adding" else (7, 7, cross_entropy)
    if "φ" in variant:
        keep = "output" if variant == "no candidate φ" else "candidate"
        cell = OnePhi(D, 10, rng=rng, forget_bias=3.0, keep=keep)
    else:
        cell = LSTM(D, 10, rng=rng, forget_bias=3.0)
    network = Network([cell], Dense(10, K, rng=rng), loss)
    return network, Part(Adam(rate), cell, variant), rng


def keys():
    arms = [{"task": task, "variant": variant} for task in TASKS for variant in VARIANTS]
    tuning, judged = [], []
    for arm in arms:
        tuning += [arm | {"rate": rate, "seed": seed} for rate in RATES for seed in TUNING]
        chosen = RATE[arm["task"]][arm["variant"]]
        judged += [arm | {"rate": chosen, "seed": seed} for seed in SEEDS]
    return tuning + judged


def fresh_data(task):
    """Data that no run has trained on: 512 sequences, or 64 streams of 240 steps.

    All runs are judged on the same data.
    """
    if task == "adding":
        return tasks.adding(50, 512, np.random.default_rng(1000))
    return tasks.continual_reber(240, 64, np.random.default_rng(1000), target="next")


def answered(task, y, target, mask):
    """For each answer that counts, whether it is right.

    A sum may be off by at most 0.04. In the grammar only those letters count that close a string:
    there a single symbol is legal, and it is T or P.
    """
    if task == "adding":
        return np.abs(y - target)[mask] <= 0.04
    legal = tasks.continual_reber(240, 64, np.random.default_rng(1000)).target  # the same streams
    one_symbol = legal.sum(-1) == 1
    asked = one_symbol & (legal[..., 1:3].sum(-1) == 1)
    return (y.argmax(-1) == target)[asked & mask]


def point(task, variant, rate, seed, progress=None):
    """Train once and judge on fresh data.

    Returns the loss, the share of right answers, and the mean and the largest |c|.
    """
    network, optimizer, rng = build(variant, task, seed, rate)
    fit(
        network,
        lambda r: batch(task, r),
        optimizer,
        updates=UPDATES[task],
        rng=rng,
        clip=1.0,
        progress=progress,
    )
    x, target, mask = fresh_data(task)
    trace = network.forward(x)
    c = np.abs(trace.layers[0].c)
    right = answered(task, trace.y, target, mask)
    return {
        "loss": network.loss(trace.y, target, mask)[0],
        "right": float(right.mean()),
        "mean_c": float(c.mean()),
        "largest_c": float(c.max()),
    }


def best_rate(points):
    """{task: {variant: the rate with the lowest median loss over the tuning seeds}}."""
    best = {}
    for task in TASKS:
        best[task] = {}
        for variant in VARIANTS:
            scores = []
            for rate in RATES:
                key = {"task": task, "variant": variant, "rate": rate}
                losses = [
                    p["loss"] for p in points if p["seed"] in TUNING and key.items() <= p.items()
                ]
                scores.append((np.median(losses), rate))
            best[task][variant] = min(scores)[-1]
    return best


if __name__ == "__main__":
    runner.main(__file__)
