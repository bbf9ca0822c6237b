"""Lesson 05b: the LSTM with one part taken out or tied, after Greff et al. 2015, on two tasks over five seeds."""

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

FILE = "05b_ablations.json"
TOLERANCE = 0.05
VARIANTS = ("plain", "no input gate", "no forget gate", "no output gate", "coupled gates",
            "no candidate φ", "no output φ")  # fmt: skip
TASKS = ("adding", "continual Reber")
UPDATES = {"adding": 2000, "continual Reber": 800}
RATES = (0.003, 0.01, 0.03, 0.1)
TUNING = (100,)  # a seed that no verdict uses
SEEDS = (1, 2)
RATE = {  # what the tuning runs chose
    "adding": {
        "plain": 0.01, "no input gate": 0.003, "no forget gate": 0.03, "no output gate": 0.01, "coupled gates": 0.03,
        "no candidate φ": 0.03, "no output φ": 0.03,
    },
    "continual Reber": {
        "plain": 0.03, "no input gate": 0.03, "no forget gate": 0.1, "no output gate": 0.1, "coupled gates": 0.1,
        "no candidate φ": 0.03, "no output φ": 0.03,
    },
}  # fmt: skip


class OnePhi(LSTM):
    """An LSTM that keeps φ = tanh for the candidate alone (h = o c) or for the output alone (g = its weighted sum)."""

    def __init__(self, *args, keep, **options):
        super().__init__(*args, **options)
        tanh, line = get("tanh"), get("identity")
        self.activation, self.squash = (tanh, line) if keep == "candidate" else (line, tanh)


class Part:
    """An optimiser for a cell of which part is fixed or tied; all else is left to `optimizer`."""

    def __init__(self, optimizer, cell, variant):
        self.optimizer, self.cell, self.variant = optimizer, cell, variant
        if self.gate:
            part = cell.part(self.gate)
            part["W"][:], part["U"][:], part["b"][:] = 0, 0, 40  # σ(40) = 1 to the last digit
        self.tie()

    @property
    def gate(self):
        """The gate that is fixed at 1, or None."""
        return {"no input gate": "i", "no forget gate": "f", "no output gate": "o"}.get(
            self.variant
        )

    def tie(self):
        """Coupled gates: σ(−a) = 1 − σ(a), so opposite weights make i = 1 − f."""
        if self.variant == "coupled gates":
            i, f = self.cell.part("i"), self.cell.part("f")
            for name in f:
                i[name][:] = -f[name]

    def step(self, params, grads):
        """One update: no gradient for a fixed gate; a tied gate's goes, with its sign turned, to the other gate."""
        H = self.cell.hidden_size
        for name in ("0.W", "0.U", "0.b"):
            rows = dict(
                zip(self.cell.gates, grads[name].reshape(4, H, *grads[name].shape[1:]), strict=True)
            )
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
        cell = OnePhi(
            D,
            10,
            rng=rng,
            forget_bias=3.0,
            keep="output" if "candidate" in variant else "candidate",
        )
    else:
        cell = LSTM(D, 10, rng=rng, forget_bias=3.0)
    network = Network([cell], Dense(10, K, rng=rng), loss)
    return network, Part(Adam(rate), cell, variant), rng


def keys():
    arms = [{"task": task, "variant": variant} for task in TASKS for variant in VARIANTS]
    tuning = [
        arm | {"rate": rate, "seed": seed} for arm in arms for rate in RATES for seed in TUNING
    ]
    return tuning + [
        arm | {"rate": RATE[arm["task"]][arm["variant"]], "seed": s} for arm in arms for s in SEEDS
    ]


def fresh_data(task):
    """Data that no run has trained on, the same for all: 512 sequences, or 64 streams of 240 steps."""
    if task == "adding":
        return tasks.adding(50, 512, np.random.default_rng(1000))
    return tasks.continual_reber(240, 64, np.random.default_rng(1000), target="next")


def answered(task, y, target, mask):
    """For each answer that counts, whether it is right: sums off by at most 0.04, or closing letters of the grammar."""
    if task == "adding":
        return np.abs(y - target)[mask] <= 0.04
    legal = tasks.continual_reber(240, 64, np.random.default_rng(1000)).target  # the same streams
    asked = (legal.sum(-1) == 1) & (
        legal[..., 1:3].sum(-1) == 1
    )  # only one symbol may come, and it is T or P
    return (y.argmax(-1) == target)[asked & mask]


def point(task, variant, rate, seed, progress=None):
    """Train once; on fresh data the loss, the share of answers right, and the mean and the largest |c|."""
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
    return {"loss": network.loss(trace.y, target, mask)[0], "right": float(answered(task, trace.y, target, mask).mean()),
            "mean_c": float(c.mean()), "largest_c": float(c.max())}  # fmt: skip


def best_rate(points):
    """{task: {variant: rate}}: the lowest median loss over the tuning seeds."""
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
