"""Lesson 04: from which start does a ReLU network learn to keep one sign for 50 steps?

The recurrent weights start as U = scale · I, so before training a gradient that comes back over k
steps is multiplied by scaleᵏ. Training is plain gradient descent, with three ways to treat the
gradient: "plain" leaves it alone, "clipped" shortens it to norm 1 where it is longer, and "scaled"
gives it norm 1 at every update, so it makes short gradients longer, too. For one start, Adam takes
the place of plain descent, without and with clipping.

Each point chooses its learning rate on the seeds of TUNING and then judges it on the seeds of
JUDGED, so that every way and every start gets the rate that suits it.
"""

import sys
import warnings
from pathlib import Path

import numpy as np

from rnnlib.cells import RNN
from rnnlib.dense import Dense
from rnnlib.losses import mse
from rnnlib.network import Network
from rnnlib.optim import SGD, Adam
from rnnlib.tasks import latch
from rnnlib.training import fit

sys.path.insert(0, str(Path(__file__).parent))
import runner  # noqa: E402

FILE = "04_clipping.json"
TOLERANCE = 0.5  # of the number of updates; whether a run solves the task should not change
T, H, BATCH, UPDATES = 50, 16, 32, 1200
SCALES = (0.5, 0.7, 0.9, 1.0, 1.1, 1.2, 1.3)
SCALED = (0.5, 0.7, 1.0, 1.2)  # the starts at which "scaled" is tried
ADAM = 1.2  # the start at which Adam is tried
RATES = {
    "plain": (3e-8, 3e-7, 3e-6, 3e-5, 3e-4, 3e-3, 3e-2),
    "clipped": (1e-3, 3e-3, 1e-2, 3e-2),
    "scaled": (1e-3, 3e-3, 1e-2, 3e-2),
    "Adam": (1e-3, 3e-3, 1e-2, 3e-2),
    "Adam, clipped": (1e-3, 3e-3, 1e-2, 3e-2),
}
TUNING, JUDGED = (10, 11), (0, 1, 2, 3)


def keys():
    arms = [(s, way) for s in SCALES for way in ("plain", "clipped")]
    arms += [(s, "scaled") for s in SCALED] + [(ADAM, "Adam"), (ADAM, "Adam, clipped")]
    return [{"scale": s, "way": way} for s, way in arms]


def solved(history):
    """The mean squared error of the last 50 updates is under 0.05; answering 0 has 1."""
    return len(history.loss) >= 50 and np.mean(history.loss[-50:]) < 0.05


def long_mse(y, target, mask=None):
    """Mean squared error, its gradient a billion times too long: clipped, its norm is always 1."""
    E, dy = mse(y, target, mask)
    return E, 1e9 * dy


def network_of(scale, rng, loss=mse):
    cell = RNN(2, H, rng=rng, activation="relu")
    cell.params["U"][:] = scale * np.eye(H)
    return Network([cell], Dense(H, 1, rng=rng), loss)


def run(scale, way, rate, seed, progress=None):
    """Train one network and return its history."""
    rng = np.random.default_rng(seed)
    network = network_of(scale, rng, long_mse if way == "scaled" else mse)
    optimizer = Adam(rate) if way.startswith("Adam") else SGD(rate)
    clip = None if way in ("plain", "Adam") else 1.0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a run that stops being finite has failed
        return fit(network, lambda rng: latch(T, BATCH, rng), optimizer, updates=UPDATES, rng=rng,
                   clip=clip, until=solved, progress=progress)  # fmt: skip


def last_loss(history):
    """The mean loss of the last 50 updates; infinite for a run that stopped being finite."""
    loss = np.mean(history.loss[-50:])
    return float(loss) if np.isfinite(loss) and len(history.loss) >= 50 else np.inf


def tuning(scale, way, rate):
    """How many tuning runs failed at this rate, the updates they took, their last loss.

    To save time, a rate with which the first run fails isn't tried on the second seed.
    """
    histories = [run(scale, way, rate, TUNING[0])]
    if solved(histories[0]):
        histories += [run(scale, way, rate, seed) for seed in TUNING[1:]]
    failed = len(TUNING) - sum(bool(solved(h)) for h in histories)
    return (
        failed,
        0 if failed else sum(h.updates for h in histories),
        max(map(last_loss, histories)),
    )


def point(scale, way):
    tuned = [tuning(scale, way, rate) for rate in RATES[way]]
    rate = RATES[way][tuned.index(min(tuned))]
    histories = [run(scale, way, rate, seed) for seed in JUDGED]
    return {
        "rates": RATES[way],
        "solved_in_tuning": [len(TUNING) - failed for failed, _, _ in tuned],
        "rate": rate,
        "solved": [bool(solved(h)) for h in histories],
        "updates": [h.updates for h in histories],
        "loss": [min(last_loss(h), 1e300) for h in histories],  # JSON knows no infinity
        "first_norm": [h.norm[0] for h in histories],
        "smallest_norm": [min(h.norm) for h in histories],
    }


if __name__ == "__main__":
    runner.main(__file__)
