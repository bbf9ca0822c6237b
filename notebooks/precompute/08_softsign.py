"""Lesson 08: softsign beside tanh: what a call costs on the machine named in the file, and what an RNN makes of either."""

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
SIZES, ROUNDS, UPDATES, SEEDS = (32, 1024, 32_768), 200, 800, range(5)
FLAT = 0.05  # a unit whose slope is below counts as saturated
digits = runner.load(Path(__file__).with_name("08_overfitting.py"))


def times(size, dtype, rounds=ROUNDS):
    """Median nanoseconds a number for tanh and for softsign, taken in turns, into an array that is there already."""
    x = np.random.default_rng(0).normal(size=size).astype(dtype)
    out, calls, taken = np.empty_like(x), max(1, 20_000 // size), {"tanh": [], "softsign": []}
    for _ in range(rounds):
        for name, list_of_times in taken.items():
            phi = get(name).apply
            start = time.perf_counter()
            for _ in range(calls):
                phi(x, out)
            list_of_times.append((time.perf_counter() - start) / calls / size * 1e9)
    return {name: float(np.median(values[rounds // 10 :])) for name, values in taken.items()}


def saturated(network, data, name):
    """The shares of hidden states, over steps and sequences, whose slope is below FLAT and below ¼."""
    slopes = get(name).slope(network.forward(data[0]).layers[0].h)
    return float((slopes < FLAT).mean()), float((slopes < 0.25).mean())


def machine():
    """The processor's name, as far as the system tells."""
    try:
        return re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())[1]
    except (OSError, TypeError):
        return platform.processor() or platform.machine()


def keys():
    timed = [{"what": "time", "size": size, "dtype": dtype} for size in SIZES for dtype in ("float32", "float64")]
    return [*timed, *({"what": "training", "phi": phi} for phi in ("tanh", "softsign"))]


def point(what, size=None, dtype=None, phi=None):
    """Times on this machine; or, of each seed, the held-out accuracy and the shares of flat units before and after."""
    if what == "time":
        return times(size, dtype) | {"machine": machine()}
    data, held_out, _ = map(digits.sequences, digits.parts())
    runs = []
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        layer = RNN(8, 48, rng=rng, activation=phi, dtype=np.float32)
        network = Network([layer], Dense(48, 10, rng=rng, dtype=np.float32), cross_entropy)
        before = saturated(network, held_out, phi)
        fit(network, digits.batches(data), Adam(0.003), updates=UPDATES, rng=rng, clip=1.0)
        runs.append((digits.score(network, held_out)[1], *before, *saturated(network, held_out, phi)))
    return dict(zip(("right", "flat_before", "quarter_before", "flat", "quarter"), np.transpose(runs)))


if __name__ == "__main__":
    runner.main(__file__)
