"""What all tasks return, and how they make it."""

from collections import namedtuple

import numpy as np

from rnnlib import checks

# x (T, B, D): what the network reads.
# target: what it should answer; (T, B, K) for `mse`, or (T, B) int64 classes for `cross_entropy`.
# mask (T, B) bool: where the answer counts; elsewhere the target is 0 and means nothing.
Sequences = namedtuple("Sequences", "x target mask")


def check_arguments(T, lowest, batch, rng, dtype, **options):
    """Raise ValueError for a wrong size, generator, dtype or option.

    lowest: the fewest steps that the task can have. options: name=(value, allowed values).
    """
    checks.size("batch", batch)
    checks.generator("rng", rng)
    if checks.size("T", T) < lowest:
        raise ValueError(f"T must be at least {lowest} steps; got {T}")
    for name, (value, allowed) in {"dtype": (dtype, (np.float32, np.float64)), **options}.items():
        if value not in allowed:
            raise ValueError(f"{name} must be one of {allowed}; got {value!r}")


def one_hot(symbols, size):
    """Symbols 0 … size−1 as one-hot vectors (..., size); the symbol −1 becomes all zeros."""
    return np.eye(size + 1, size)[symbols]  # −1 takes the last row, which is all zeros


def answer_at_end(x, lengths, answer, dtype):
    """Sequences in which only the last step of each counts. lengths (B,), answer (B,).

    A whole-number answer is a class, for `cross_entropy`; any other is a number, for `mse`.
    """
    mask = np.arange(len(x))[:, None] == lengths - 1
    target = mask * answer
    if answer.dtype.kind != "i":
        target = target[..., None]
    return as_sequences(x, target, dtype, mask)


def as_sequences(x, target, dtype, mask=True):
    """Sequences of the dtypes that networks and losses take."""
    target = target.astype(dtype if target.dtype.kind == "f" else np.int64)
    return Sequences(x.astype(dtype), target, np.full(x.shape[:2], mask))
