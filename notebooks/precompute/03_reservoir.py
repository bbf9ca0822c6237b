"""Lesson 03: windows of one step, with all weights trained or with W, U and b frozen (a reservoir).

Each network has 48 units and trains on 40 batches of streams. U starts as an orthogonal matrix that
is not scaled down. Each arm uses the best of four learning rates. It is chosen on three seeds that
the result doesn't use.
"""

from pathlib import Path

import runner

FILE = "03_reservoir.json"
TOLERANCE = 0.1  # on a loss between 0 and 1
STREAMS = 40
RATES = (0.0003, 0.001, 0.003, 0.01)
TUNING_SEEDS = (10, 11, 12)
SEEDS = (0, 1, 2, 3, 4)
side_by_side = runner.load(Path(__file__).with_name("03_side_by_side.py"))


def keys():
    return [
        {"lag": lag, "frozen": frozen}
        for lag in (1, 2, 4, 6, 8, 12, 16)
        for frozen in (True, False)
    ]


def point(lag, frozen):
    """The chosen rate, the losses of all runs, and how they fell over the streams.

    A network that always answers 0 has the loss 1.
    """
    arm = {
        "lag": lag,
        "k1": 1,
        "k2": 1,
        "hidden": 48,
        "gain": 1.0,
        "frozen": frozen,
        "streams": STREAMS,
    }
    return side_by_side.tuned(RATES, TUNING_SEEDS, SEEDS, **arm)


if __name__ == "__main__":
    runner.main(__file__)
