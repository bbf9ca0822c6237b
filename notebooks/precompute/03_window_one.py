"""Lesson 03: a window of one step at lag 1, with Adam at a small and a large rate, and with plain descent.

The same start, streams and seeds as in 03_truncation.py. Looked at 30 times, so that a solution that is lost again shows.
"""

from pathlib import Path

import runner

FILE = "03_window_one.json"
TOLERANCE = 0.1  # on a loss between 0 and 1
STREAMS, SEEDS = 150, (0, 1, 2, 3, 4)
side_by_side = runner.load(Path(__file__).with_name("03_side_by_side.py"))


def keys():
    arms = [
        ("Adam", 0.01, 1),
        ("Adam", 0.001, 1),
        ("SGD", 0.03, 1),
        ("SGD", 0.1, 1),
        ("SGD", 0.3, 1),
        ("Adam", 0.01, 2),
    ]
    return [
        {"optimizer": optimizer, "rate": rate, "window": window} for optimizer, rate, window in arms
    ]


def point(optimizer, rate, window):
    """The losses of five runs at 30 moments, and how far their U moved from its first value, as a share of its size."""
    kind = getattr(side_by_side, optimizer)
    losses, moved = side_by_side.train(
        lag=1,
        k1=window,
        k2=window,
        rates=[rate] * len(SEEDS),
        seeds=SEEDS,
        streams=STREAMS,
        optimizer=kind,
        looks=30,
    )
    return {"curves": losses.T, "moved": moved.T}


if __name__ == "__main__":
    runner.main(__file__)
