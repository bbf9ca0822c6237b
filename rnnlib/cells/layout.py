"""How a cell's numbers lie in memory, and the small functions that arrange them.

Inside a cell, an array over time is (T, ·, B): a column is one sequence, as in the equations, and
the H rows of one gate lie together. Users see the same memory as (T, B, ·).
"""

import numpy as np


def batch_second(inside):
    """Show an array (T, ·, B) as (T, B, ·), or the other way round. It is a view."""
    return inside.transpose(0, 2, 1)


def stacked(blocks):
    """The blocks of each step, (n, blocks, H, B), one above the other: (n, blocks · H, B).

    It is a view, because the blocks are neighbours: what is written into it is written into them.
    """
    return blocks.reshape(len(blocks), -1, blocks.shape[-1])


def side_by_side(steps):
    """The matrices of n steps, (n, rows, B), side by side: one matrix (rows, n · B).

    It is usually a copy, so nothing should be written into it.
    """
    return steps.transpose(1, 0, 2).reshape(steps.shape[1], -1)


class Step:
    """One step: its attributes are views of that step's part of each array.

    Write into a view (`step.h += …`, or `out=step.h`). To assign to it, `step.h = …`, would only
    give the name to another array, and the trace would never see the numbers.
    """

    def __init__(self, names, views):
        for name, view in zip(names, views, strict=True):
            setattr(self, name, view)


def steps_of(**arrays):
    """A `Step` for each step of the arrays (steps, ·, B), whose names become its attributes.

    They are made once for a trace, since `array[t]` in a loop takes as long as a small product.
    """
    return [Step(arrays, views) for views in zip(*arrays.values(), strict=True)]


def sigma(a, half):
    """Replace a by σ(a) = (1 + tanh(a/2))/2, which never overflows.

    half: 0.5 as an array without dimensions, of a's dtype; the Python number takes twice as long.
    """
    a *= half
    np.tanh(a, out=a)
    a *= half
    a += half
