"""Lesson 04: the adding problem for simple recurrent networks: four starts, with and without clipping, four lengths.

After Le, Jaitly and Hinton 2015, §4.1, with a smaller network (32 units, not 100) and Adam in place of plain descent.
"""

import sys
import warnings
from pathlib import Path

import numpy as np

from rnnlib.cells import RNN
from rnnlib.dense import Dense
from rnnlib.losses import mse
from rnnlib.network import Network
from rnnlib.optim import Adam
from rnnlib.tasks import adding
from rnnlib.training import fit

sys.path.insert(0, str(Path(__file__).parent))
import runner  # noqa: E402

FILE = "04_cures.json"
TOLERANCE = 0.5  # of the number of updates; whether a run solves the task should not change
H, BATCH, UPDATES, LEARNING_RATE = 32, 32, 2000, 0.002
STARTS = ("tanh, Gaussian", "tanh, orthogonal", "ReLU, Gaussian", "ReLU, identity")


def keys():
    return [
        {"start": start, "clip": clip, "T": T, "seed": seed}
        for T in (20, 50, 100, 150)
        for start in STARTS
        for clip in (None, 1.0)
        for seed in range(5)
    ]


def recurrent_weights(start, rng):
    """U (H, H): Gaussian keeps the size of the hidden state on average (He et al. 2015 for ReLU)."""
    if start.endswith("Gaussian"):
        return rng.standard_normal((H, H)) * np.sqrt((2 if start.startswith("ReLU") else 1) / H)
    return np.eye(H) if start.endswith("identity") else None


def solved(history):
    """The mean squared error of the last 50 updates is under 0.02; answering 1 always has 0.167."""
    return len(history.loss) >= 50 and np.mean(history.loss[-50:]) < 0.02


def point(start, clip, T, seed, progress=None):
    rng = np.random.default_rng(seed)
    cell = RNN(2, H, rng=rng, activation="relu" if start.startswith("ReLU") else "tanh")  # orthogonal to begin with
    U = recurrent_weights(start, rng)
    if U is not None:
        cell.params["U"][:] = U
    network = Network([cell], Dense(H, 1, rng=rng), mse)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a run that stops being finite counts as not solved
        history = fit(network, lambda rng: adding(T, BATCH, rng, variant="arjovsky"), Adam(LEARNING_RATE),
                      updates=UPDATES, rng=rng, clip=clip, until=solved, progress=progress)  # fmt: skip
    return {"solved": bool(solved(history)), "updates": history.updates}


if __name__ == "__main__":
    runner.main(__file__)
