"""Lesson 03: windows of one step, with all weights trained and with W, U and b frozen (a reservoir).

48 units, U orthogonal at full size, 40 streams. Each arm has the best of four learning rates on three other seeds.
"""

from pathlib import Path

import runner

FILE = "03_reservoir.json"
TOLERANCE = 0.1  # on a loss between 0 and 1
STREAMS, RATES, TUNING_SEEDS, SEEDS = (
    40,
    (0.0003, 0.001, 0.003, 0.01),
    (10, 11, 12),
    (0, 1, 2, 3, 4),
)
side_by_side = runner.load(Path(__file__).with_name("03_side_by_side.py"))


def keys():
    return [
        {"lag": lag, "frozen": frozen}
        for lag in (1, 2, 4, 6, 8, 12, 16)
        for frozen in (True, False)
    ]


def point(lag, frozen):
    """The chosen rate, the losses of all runs (1 is what knowing nothing costs), and how they fell over the streams."""
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
