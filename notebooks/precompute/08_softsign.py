"""Lesson 08: softsign beside tanh: what a call costs on the machine named in the file, and how
an RNN learns with either.

The learning rate of each is the one of RATES with the most held-out digits right, on the seeds
of TUNING.
"""

import platform
import re
import time
from pathlib import Path

import numpy as np
import runner

from rnnlib.activations import get
from rnnlib.cells import RNN
from rnnlib.dense import Dense
from rnnlib.losses import cross_entropy
from rnnlib.network import Network
from rnnlib.optim import Adam
from rnnlib.training import fit

FILE = "08_softsign.json"
TOLERANCE = 0.1  # of an accuracy or a share; the times are this machine's and cannot be rebuilt
SIZES, ROUNDS, UPDATES, EVERY, ENOUGH = (32, 1024, 32_768), 200, 800, 20, 0.85
SEEDS, TUNING, RATES = tuple(range(5)), (100, 101), (0.001, 0.003, 0.01, 0.03)
FLAT = 0.05  # a unit whose slope is below counts as saturated
digits = runner.load(Path(__file__).with_name("08_overfitting.py"))


def times(size, dtype, rounds=ROUNDS):
    """Median nanoseconds a number for tanh and for softsign, into an array that is there
    already; and the median of tanh's time over softsign's, both from the same round, in which
    one follows the other.
    """
    x = np.random.default_rng(0).normal(size=size).astype(dtype)
    out, calls, taken = np.empty_like(x), max(1, 20_000 // size), {"tanh": [], "softsign": []}
    for _ in range(rounds):
        for name, list_of_times in taken.items():
            phi = get(name).apply
            start = time.perf_counter()
            for _ in range(calls):
                phi(x, out)
            list_of_times.append((time.perf_counter() - start) / calls / size * 1e9)
    late = {name: np.array(values[rounds // 10 :]) for name, values in taken.items()}
    return {name: float(np.median(v)) for name, v in late.items()} | {
        "ratio": float(np.median(late["tanh"] / late["softsign"]))
    }


def saturated(network, data, name):
    """The shares of hidden states, over steps and sequences, whose slope is below FLAT and
    below ¼.
    """
    slopes = get(name).slope(network.forward(data[0]).layers[0].h)
    return float((slopes < FLAT).mean()), float((slopes < 0.25).mean())


def machine():
    """The processor's name, as far as the system tells."""
    try:
        return re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())[1]
    except (OSError, TypeError):
        return platform.processor() or platform.machine()


def keys():
    timed = [
        {"what": "time", "size": size, "dtype": dtype}
        for size in SIZES
        for dtype in ("float32", "float64")
    ]
    return [*timed, *({"what": "training", "phi": phi} for phi in ("tanh", "softsign"))]


def train(phi, rate, seed):
    """The share of held-out digits that is right after 0, EVERY, 2 EVERY, … updates; of test
    digits at the end; and the shares of flat and of half-flat hidden states before and after.
    """
    data, held_out, tested = map(digits.sequences, digits.parts())
    rng = np.random.default_rng(seed)
    layer = RNN(8, 48, rng=rng, activation=phi, dtype=np.float32)
    network = Network([layer], Dense(48, 10, rng=rng, dtype=np.float32), cross_entropy)
    before, right = saturated(network, held_out, phi), [digits.score(network, held_out)[1]]

    def until(history):
        if history.updates % EVERY == 0:
            right.append(digits.score(network, held_out)[1])
        return False

    fit(network, digits.batches(data), Adam(rate), updates=UPDATES, rng=rng, clip=1.0, until=until)
    return right, digits.score(network, tested)[1], *before, *saturated(network, held_out, phi)


def point(what, size=None, dtype=None, phi=None):
    """Times on this machine; or how an RNN learns at its own rate, of each seed."""
    if what == "time":
        return times(size, dtype) | {"machine": machine()}
    tuning = [np.mean([train(phi, rate, seed)[0][-1] for seed in TUNING]) for rate in RATES]
    rate = RATES[int(np.argmax(tuning))]
    held, *rest = zip(*(train(phi, rate, seed) for seed in SEEDS))
    names = ("test", "flat_before", "quarter_before", "flat", "quarter")
    curves = [[float(f"{share:.3g}") for share in curve] for curve in held]
    return {"tuning": tuning, "rate": rate, "held": curves} | dict(zip(names, map(list, rest)))


if __name__ == "__main__":
    runner.main(__file__)
