"""Lesson 03: windows of one step, for four sizes of U at the start.

The smaller U is, the less the hidden state shows of earlier inputs before training. Can windows of
one step learn when it shows nothing of them? Each arm uses the best of three learning rates. It is
chosen on three seeds that the result doesn't use.
"""

from pathlib import Path

import runner

FILE = "03_trace.json"
TOLERANCE = 0.1  # on a loss between 0 and 1
STREAMS = 150
RATES = (0.0003, 0.001, 0.003)
TUNING_SEEDS = (10, 11, 12)
SEEDS = (0, 1, 2, 3, 4)
side_by_side = runner.load(Path(__file__).with_name("03_side_by_side.py"))


def keys():
    return [{"lag": lag, "gain": gain} for lag in (2, 3, 4) for gain in (0.0, 0.1, 0.3, 0.6)]


def point(lag, gain):
    """The chosen rate, the losses of all runs, and how they fell over the streams.

    A network that always answers 0 has the loss 1.
    """
    arm = {"lag": lag, "k1": 1, "k2": 1, "gain": gain, "streams": STREAMS}
    return side_by_side.tuned(RATES, TUNING_SEEDS, SEEDS, **arm)


if __name__ == "__main__":
    runner.main(__file__)
