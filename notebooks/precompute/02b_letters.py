"""Lesson 02b: the speller, what the lesson measures of it, and digits that are read in patches.

The lesson computes all of this itself. In the browser its four cells take over half a minute each,
so there they take what is stored here. To compute a point, this script runs the lesson's own cells.
"""

import json
import sys
from contextlib import chdir

import numpy as np
import runner

from rnnlib.cells import RNN
from rnnlib.dense import Dense
from rnnlib.losses import cross_entropy
from rnnlib.network import Network

FILE = "02b_letters.json"
TOLERANCE = 0.1  # of a share right, and of how sensitive a state is
LESSON = runner.DATA.with_name("02b_letters.ipynb")
SPELLER = ("setup", "next-data", "next-train", "next-bits", "next-bits-counts")
MEASURED = ("sensitivity-code", "probe-code", "memory-words", "memory-code")
CONTEXT = ("states-after-h", "context-claim")
DIGITS = ("setup", "patches-code", "digits-train", "digits-right")


def keys():
    sides = (1, 2, 4, 8)
    return [{"of": "speller"}, *({"rows": r, "columns": c} for r in sides for c in sides)]


def point(of=None, rows=None, columns=None):
    """The speller's weights and what is measured of it, or the shares of digits read correctly."""
    if of is None:
        return {"right": names_of(DIGITS)["shares_right"](rows, columns)}
    names = names_of(SPELLER + MEASURED + CONTEXT)
    speller, measured = names["speller"], {part: names[part] for part in ("memory", "sensitive")}
    closest = [names["share_closest"](cell) for cell in (speller.layers[0], names["untrained"])]
    return {"weights": speller.params, **measured, "closest": closest}


def names_of(cells):
    """The names that these cells of the lesson define."""
    sys.path.insert(0, str(LESSON.parent))  # the lesson's figures
    names = {}
    with chdir(LESSON.parent):
        for cell in json.loads(LESSON.read_text("utf-8"))["cells"]:
            if cell["id"] in cells:
                exec("".join(cell["source"]), names)
    return names


def speller():
    """The stored network of 96 units, after 1,500 updates."""
    rng = np.random.default_rng(0)
    layer = RNN(27, 96, rng=rng, dtype=np.float32)
    net = Network([layer], Dense(96, 27, rng=rng, dtype=np.float32), cross_entropy)
    net.set_params(runner.stored(FILE, of="speller")["weights"])
    return net


def memory_and_sensitivity():
    """{network: [of each lag]}: what probes name, and how sensitive the last state is."""
    point = runner.stored(FILE, of="speller")
    return point["memory"], point["sensitive"]


def shares_closest():
    """The share of states closest to the mean of their letter pair, after training and before."""
    return runner.stored(FILE, of="speller")["closest"]


def shares_right(rows, columns):
    """The shares of held-out digits that two networks read correctly, in patches of this size."""
    return runner.stored(FILE, rows=rows, columns=columns)["right"]


if __name__ == "__main__":
    runner.main(__file__)
