"""Lesson 03: which lags truncated BPTT learns in windows (k1 = k2) of many lengths, with the state carried or reset.

An update comes every `k1` steps, and its gradient looks `k2` steps back. U starts small, so that a memory must be learned.
Every arm sees 150 streams. Its learning rate is the best of four on three seeds that the result doesn't use.
"""

from pathlib import Path

import runner

FILE = "03_truncation.json"
TOLERANCE = 0.1  # on a loss between 0 and 1: training amplifies the last digits of a machine
STREAMS, RATES, TUNING_SEEDS, SEEDS = (
    150,
    (0.0003, 0.001, 0.003, 0.01),
    (10, 11, 12),
    (0, 1, 2, 3, 4),
)
side_by_side = runner.load(Path(__file__).with_name("03_side_by_side.py"))


def keys():
    pairs = [(lag, k) for lag in (1, 2, 3, 4, 6, 8) for k in (1, 2, 3, 4, 6, 8, 12)]
    arms = [{"lag": lag, "k1": k, "k2": k, "carry": True} for lag, k in pairs]
    return arms + [
        {"lag": 3, "k1": 6, "k2": 6, "carry": False},
        {"lag": 3, "k1": 120, "k2": 120, "carry": True},
    ]


def point(lag, k1, k2, carry):
    """The chosen rate, the losses of all runs (1 is what knowing nothing costs), and how they fell over the streams."""
    arm = {"lag": lag, "k1": k1, "k2": k2, "carry": carry, "streams": STREAMS}
    return side_by_side.tuned(RATES, TUNING_SEEDS, SEEDS, **arm)


if __name__ == "__main__":
    runner.main(__file__)
