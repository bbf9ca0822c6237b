"""Lesson 03: a window of one step at lag 1, with Adam at the small rate, for ten times as many batches as the other runs.

Does the solution last when U has moved as far as in the runs that lose it at the large rate?
"""

from pathlib import Path

import runner

FILE = "03_window_one_long.json"
TOLERANCE = 0.1  # on a loss between 0 and 1
STREAMS, SEEDS = 1500, (0, 1, 2, 3, 4)
side_by_side = runner.load(Path(__file__).with_name("03_side_by_side.py"))


def keys():
    return [{"optimizer": "Adam", "rate": 0.001, "window": 1}]


def point(optimizer, rate, window):
    """The largest of the losses at 30 moments, the last one, and how far U moved in the end, as a share of its first size."""
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
    return {"largest": losses.max(axis=0), "losses": losses[-1], "moved": moved[-1]}


if __name__ == "__main__":
    runner.main(__file__)
