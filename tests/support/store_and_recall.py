"""Train lesson 05a's cell as its `train_cell` does, but for longer or without recurrent weights."""

import numpy as np

from rnnlib.cells import LSTM
from rnnlib.optim import Adam, clip_by_norm


def training(lesson, seed, updates, recurrent=True):
    """Yield the cell after each update. Without recurrent weights, U is set to 0 every time."""
    rng = np.random.default_rng(seed)
    cell, adam = LSTM(4, 1, rng=rng), Adam(0.05)
    scale = 1 if recurrent else 0
    cell.params["U"] *= scale
    for _ in range(updates):
        x = lesson["random_scripts"](20, 32, rng)
        trace = cell.forward(x)
        error = trace.h - lesson["target_of"](x)
        grads = cell.backward(trace, 2 * error / error.size)
        clip_by_norm(grads.params, 1.0)
        adam.step(cell.params, grads.params)
        cell.params["U"] *= scale
        yield cell
