"""Lesson 07: the GRU and the LSTM on adding that the lesson trains again, to look inside.

In the browser this training takes over half a minute, so there the lesson takes these.
"""

import json
from pathlib import Path

import numpy as np
import runner

cells = runner.load(Path(__file__).with_name("07_three_cells.py"))

FILE = "07_networks.json"
TOLERANCE = cells.TOLERANCE
TASK, SEED = "adding", 0


def keys():
    return [{"cell": "GRU"}, {"cell": "LSTM"}]


def point(cell, progress=None):
    """Train once, with the rate that the other seeds chose. The weights."""
    points = json.loads((runner.DATA / cells.FILE).read_text("utf-8"))["points"]
    rate = cells.rate_for(points, TASK, cell, SEED)
    return {"weights": cells.train(TASK, cell, rate, SEED, progress).params}


def trained(cell):
    """The stored network."""
    network = cells.build(TASK, cell, np.random.default_rng(0))
    network.set_params(runner.stored(FILE, cell=cell)["weights"])
    return network


if __name__ == "__main__":
    runner.main(__file__)
