"""Lesson 08: the five optimisers of 08_optimisers.py, each at the rate that was best there,
raced on seeds not used there.
"""

import json
from pathlib import Path

import numpy as np
import runner

FILE = "08_race.json"
TOLERANCE = 0.03  # of a loss
SEEDS = (10, 11, 12, 13, 14)
race = runner.load(Path(__file__).with_name("08_optimisers.py"))


def best_rate(optimiser):
    """The logarithm of the rate with the lowest held-out loss at the end, mean of the seeds of
    08_optimisers.py.
    """
    tuned = json.loads((runner.DATA / race.FILE).read_text("utf-8"))["points"]
    return min((p["loss"][-1], p["rate"]) for p in tuned if p["optimiser"] == optimiser)[1]


def keys():
    return [{"optimiser": name} for name in race.OPTIMISERS]


def point(optimiser):
    """The rate, and for each seed the held-out loss along the way and the test loss at the end."""
    rate, test = best_rate(optimiser), []
    curves = [race.train(optimiser, rate, seed, tested=test) for seed in SEEDS]
    return {
        "rate": rate,
        "loss": [[float(f"{E:.4g}") for E in curve] for curve in curves],
        "test": np.array(test),
    }


if __name__ == "__main__":
    runner.main(__file__)
