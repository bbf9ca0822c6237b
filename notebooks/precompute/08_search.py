"""Lesson 08: a random search over five hyperparameters of an LSTM on the digits, twice, in the
manner of Greff et al. 2015.

In the search "plain" the drawn learning rate goes into the optimiser as it is. In "rescaled"
it is multiplied by 1 − momentum first, so that the drawn number is the length that a step
reaches when the gradient stays the same.
"""

import warnings
from pathlib import Path

import numpy as np
import runner

from rnnlib.optim import SGD
from rnnlib.training import fit

FILE = "08_search.json"
TOLERANCE = 0.1  # of an accuracy
RUNS, UPDATES, N = 120, 250, 1000
digits = runner.load(Path(__file__).with_name("08_overfitting.py"))


def drawn(search, run):
    """The hyperparameters of run 0, 1, 2, …: log-uniform, except for the noise added to the
    input.
    """
    rng = np.random.default_rng([8, run])
    return {
        "learning rate": 10 ** (rng.uniform(-3, 0.5) if search == "plain" else rng.uniform(-3, 1)),
        "hidden size": int(round(4 * 16 ** rng.uniform())),
        "momentum": 1 - 10 ** rng.uniform(-2, 0),
        "input noise": rng.uniform(),
        "batch size": int(round(4 * 16 ** rng.uniform())),
    }


def keys():
    return [
        {"search": search, "run": run} for search in ("plain", "rescaled") for run in range(RUNS)
    ]


def point(search, run):
    """Train once; the hyperparameters and the accuracy on the digits to choose by and on the
    test digits.
    """
    chosen, rng = drawn(search, run), np.random.default_rng([9, run])
    known, validation, test = digits.parts()
    network = digits.build(chosen["hidden size"], rng)
    batch = digits.batches(digits.sequences(known[:N]), chosen["batch size"])

    def noisy(rng):
        x, target, mask = batch(rng)
        return (
            x + (chosen["input noise"] * rng.standard_normal(x.shape)).astype(x.dtype),
            target,
            mask,
        )

    rate = chosen["learning rate"] * (1 if search == "plain" else 1 - chosen["momentum"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        fit(network, noisy, SGD(rate, chosen["momentum"]), updates=UPDATES, rng=rng, clip=1.0)
    held, tested = (digits.score(network, digits.sequences(part))[1] for part in (validation, test))
    return chosen | {"held": held, "test": tested}


if __name__ == "__main__":
    runner.main(__file__)
