"""Lesson 03: which lags truncated BPTT learns, in windows (k1 = k2) of many lengths.

An update comes every `k1` steps, and its gradient looks `k2` steps back. At the end of a window the
state is carried on, or it is reset to zero. U starts small, so that a memory must be learned.
Every network trains on 150 batches of streams. Each arm uses the best of four learning rates. It is
chosen on three seeds that the result doesn't use.
"""

from pathlib import Path

import runner

FILE = "03_truncation.json"
TOLERANCE = 0.1  # on a loss between 0 and 1: training amplifies the last digits of a machine
STREAMS = 150
RATES = (0.0003, 0.001, 0.003, 0.01)
TUNING_SEEDS = (10, 11, 12)
SEEDS = (0, 1, 2, 3, 4)
side_by_side = runner.load(Path(__file__).with_name("03_side_by_side.py"))


def keys():
    pairs = [(lag, k) for lag in (1, 2, 3, 4, 6, 8) for k in (1, 2, 3, 4, 6, 8, 12)]
    arms = [{"lag": lag, "k1": k, "k2": k, "carry": True} for lag, k in pairs]
    return arms + [
        {"lag": 3, "k1": 6, "k2": 6, "carry": False},
        {"lag": 3, "k1": 120, "k2": 120, "carry": True},
    ]


def point(lag, k1, k2, carry):
    """The chosen rate, the losses of all runs, and how they fell over the streams.

    A network that always answers 0 has the loss 1.
    """
    arm = {"lag": lag, "k1": k1, "k2": k2, "carry": carry, "streams": STREAMS}
    return side_by_side.tuned(RATES, TUNING_SEEDS, SEEDS, **arm)


if __name__ == "__main__":
    runner.main(__file__)
