"""Lesson 03: truncated BPTT at lag 4, in windows (k1 = k2) or with k1 = 1.

With k1 = 1, an update comes after every step, and its gradient still looks k2 steps back. Every
network trains on 30 batches of streams. Each arm uses the best of four learning rates. It is chosen
on three seeds that the result doesn't use.
"""

from pathlib import Path

import runner

FILE = "03_looking_back.json"
TOLERANCE = 0.1  # on a loss between 0 and 1: training amplifies the last digits of a machine
STREAMS = 30
RATES = (0.0003, 0.001, 0.003, 0.01)
TUNING_SEEDS = (10, 11, 12)
SEEDS = (0, 1, 2, 3, 4)
side_by_side = runner.load(Path(__file__).with_name("03_side_by_side.py"))


def keys():
    return [{"lag": 4, "k1": k1, "k2": k2} for k2 in (3, 4, 5, 6) for k1 in (1, k2)]


def point(lag, k1, k2):
    """The chosen rate, the losses of all runs, and how they fell over the streams.

    A network that always answers 0 has the loss 1.
    """
    return side_by_side.tuned(RATES, TUNING_SEEDS, SEEDS, lag=lag, k1=k1, k2=k2, streams=STREAMS)


if __name__ == "__main__":
    runner.main(__file__)
