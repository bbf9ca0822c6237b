"""Lesson 03: a window of one step at lag 1, with Adam at two learning rates and with plain descent.

The start, the streams and the seeds are those of 03_truncation.py. The loss is measured 30 times in
a run, so that we see when a network loses its solution again.
"""

from pathlib import Path

import runner

FILE = "03_window_one.json"
TOLERANCE = 0.1  # on a loss between 0 and 1
STREAMS = 150
SEEDS = (0, 1, 2, 3, 4)
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
    names = ("optimizer", "rate", "window")
    return [dict(zip(names, arm, strict=True)) for arm in arms]


def train(optimizer, rate, window, streams):
    """Train one network for each seed on so many batches of streams.

    Returns the losses and how far U has moved from its first value, relative to the norm of that
    value. Both have the shape (30, seeds), because they are measured 30 times.
    """
    return side_by_side.train(
        lag=1,
        k1=window,
        k2=window,
        rates=[rate] * len(SEEDS),
        seeds=SEEDS,
        streams=streams,
        optimizer=getattr(side_by_side, optimizer),
        looks=30,
    )


def point(optimizer, rate, window):
    """For each of the five runs: 30 losses, and how far U has moved at each of these moments."""
    losses, moved = train(optimizer, rate, window, STREAMS)
    return {"curves": losses.T, "moved": moved.T}


if __name__ == "__main__":
    runner.main(__file__)
