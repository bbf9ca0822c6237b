"""Lesson 03: windows of one step, for four strengths of U at the start.

A weaker U leaves a fainter trace of earlier inputs in the first states. Can one-step windows learn without the trace?
Each arm has the best of three learning rates on three other seeds.
"""

from pathlib import Path

import runner

FILE = "03_trace.json"
TOLERANCE = 0.1  # on a loss between 0 and 1
STREAMS, RATES, TUNING_SEEDS, SEEDS = 150, (0.0003, 0.001, 0.003), (10, 11, 12), (0, 1, 2, 3, 4)
side_by_side = runner.load(Path(__file__).with_name("03_side_by_side.py"))


def keys():
    return [{"lag": lag, "gain": gain} for lag in (2, 3, 4) for gain in (0.0, 0.1, 0.3, 0.6)]


def point(lag, gain):
    """The chosen rate, the losses of all runs (1 is what knowing nothing costs), and how they fell over the streams."""
    arm = {"lag": lag, "k1": 1, "k2": 1, "gain": gain, "streams": STREAMS}
    return side_by_side.tuned(RATES, TUNING_SEEDS, SEEDS, **arm)


if __name__ == "__main__":
    runner.main(__file__)
