"""Lesson 04: the adding problem for simple recurrent networks: five starts, three lengths.

After Le, Jaitly and Hinton 2015, §4.1, with a smaller network (32 units, not 100) and Adam in place
of plain descent. Each point chooses its learning rate on the seed TUNING and then judges it on the
seeds of JUDGED, so that every start gets the rate that suits it. To save time, only ReLU, whose
gradients can explode at the start, is tried without clipping, tanh isn't tried on the longest
sequences, and U = 0.7 I, whose gradients vanish at the start, is tried at 50 steps only.
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
H, BATCH, UPDATES = 32, 32, 6000
STARTS = ("tanh, Gaussian", "tanh, orthogonal", "ReLU, Gaussian", "ReLU, identity")
RELU = STARTS[2:]
SMALL = ("ReLU, 0.7 I",)
ARMS = (
    (50, 1.0, STARTS),
    (50, None, RELU),
    (20, 1.0, STARTS),
    (20, None, RELU),
    (100, 1.0, RELU),
    (50, 1.0, SMALL),
    (50, None, SMALL),
)  # length, clip, starts
RATES = (0.001, 0.002, 0.005)
TUNING, JUDGED = 10, (0, 1, 2)


def keys():
    return [{"start": start, "clip": clip, "T": T} for T, clip, starts in ARMS for start in starts]


def recurrent_weights(start, rng):
    """U (H, H): Gaussian keeps the hidden state's size on average (He et al. 2015 for ReLU)."""
    if start.endswith("Gaussian"):
        return rng.standard_normal((H, H)) * np.sqrt((2 if start.startswith("ReLU") else 1) / H)
    if start.endswith("0.7 I"):
        return 0.7 * np.eye(H)
    return np.eye(H) if start.endswith("identity") else None


def solved(history):
    """The mean squared error of the last 50 updates is under 0.02; answering 1 always has 0.167."""
    return len(history.loss) >= 50 and np.mean(history.loss[-50:]) < 0.02


def run(start, clip, T, rate, seed, progress=None):
    """Train one network and return its history."""
    rng = np.random.default_rng(seed)
    cell = RNN(
        2, H, rng=rng, activation="relu" if start.startswith("ReLU") else "tanh"
    )  # orthogonal to begin with
    U = recurrent_weights(start, rng)
    if U is not None:
        cell.params["U"][:] = U
    network = Network([cell], Dense(H, 1, rng=rng), mse)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # it may stop being finite
        return fit(
            network,
            lambda rng: adding(T, BATCH, rng, variant="arjovsky"),
            Adam(rate),
            updates=UPDATES,
            rng=rng,
            clip=clip,
            until=solved,
            progress=progress,
        )


def point(start, clip, T):
    tuned = []  # for each rate: whether it failed, the updates it took, its last loss
    for rate in RATES:
        history = run(start, clip, T, rate, TUNING)
        failed = not solved(history)
        loss = float(np.mean(history.loss[-50:]))
        tuned.append(
            (failed, 0 if failed else history.updates, loss if np.isfinite(loss) else np.inf)
        )
    rate = RATES[tuned.index(min(tuned))]
    histories = [run(start, clip, T, rate, seed) for seed in JUDGED]
    return {
        "rates": RATES,
        "solved_in_tuning": [not failed for failed, _, _ in tuned],
        "rate": rate,
        "solved": [bool(solved(h)) for h in histories],
        "updates": [h.updates for h in histories],
        "loss": [
            float(np.nan_to_num(np.mean(h.loss[-50:]), nan=1e300, posinf=1e300)) for h in histories
        ],
    }


if __name__ == "__main__":
    runner.main(__file__)
