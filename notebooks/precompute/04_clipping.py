"""Lesson 04: from which start does a ReLU network learn to keep one sign for 50 steps, without and with clipping?

The recurrent weights start as U = scale · I, so before training a gradient that comes back over k steps is
multiplied by scaleᵏ. Five seeds each.
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
from rnnlib.tasks import latch
from rnnlib.training import fit

sys.path.insert(0, str(Path(__file__).parent))
import runner  # noqa: E402

FILE = "04_clipping.json"
TOLERANCE = 0.5  # of the number of updates; whether a run solves the task should not change
T, H, BATCH, UPDATES, LEARNING_RATE = 50, 16, 32, 1000, 0.003
SCALES = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 1.0, 1.05, 1.1, 1.15, 1.2, 1.3, 1.4, 1.5)


def keys():
    return [{"scale": s, "clip": clip, "seed": k} for s in SCALES for clip in (None, 1.0) for k in range(5)]


def solved(history):
    """The mean squared error of the last 50 updates is under 0.05; answering 0 has 1."""
    return len(history.loss) >= 50 and np.mean(history.loss[-50:]) < 0.05


def point(scale, clip, seed, progress=None):
    rng = np.random.default_rng(seed)
    cell = RNN(2, H, rng=rng, activation="relu")
    cell.params["U"][:] = scale * np.eye(H)
    network = Network([cell], Dense(H, 1, rng=rng), mse)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a run that stops being finite counts as not solved
        history = fit(network, lambda rng: latch(T, BATCH, rng), Adam(LEARNING_RATE),
                      updates=UPDATES, rng=rng, clip=clip, until=solved, progress=progress)  # fmt: skip
    return {"solved": bool(solved(history)), "updates": history.updates, "first_norm": history.norm[0]}


if __name__ == "__main__":
    runner.main(__file__)
