"""Lesson 03: a window of one step at lag 1, with Adam at the small rate, in a long training.

It sees ten times as many batches as the runs of 03_window_one.py. Does a network keep its solution
when U has moved as far as in the runs that lose theirs at the large rate?
"""

from pathlib import Path

import runner

FILE = "03_window_one_long.json"
TOLERANCE = 0.1  # on a loss between 0 and 1
STREAMS = 1500
window_one = runner.load(Path(__file__).with_name("03_window_one.py"))


def keys():
    return [{"optimizer": "Adam", "rate": 0.001, "window": 1}]


def point(optimizer, rate, window):
    """For each run: the largest of its 30 losses, the last one, and how far U moved in the end."""
    losses, moved = window_one.train(optimizer, rate, window, STREAMS)
    return {"largest": losses.max(axis=0), "losses": losses[-1], "moved": moved[-1]}


if __name__ == "__main__":
    runner.main(__file__)
