"""The errors everybody raises: which argument, what was expected in symbols, what came."""

import numpy as np


def size(name, value):
    """`value` as a positive whole number, or ValueError."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
        raise ValueError(f"{name} must be a positive whole number; got {value!r}")
    return int(value)


def generator(name, value):
    """`value` if it is a numpy.random.Generator, or ValueError."""
    if not isinstance(value, np.random.Generator):
        raise ValueError(f"{name} must be a numpy.random.Generator, as default_rng(0) makes; got {value!r}")
    return value


def array(name, value, symbols, sizes, dtype):
    """`value` as an array of the shape `sizes` (−1: any size), converted to `dtype` if that keeps its kind.
    symbols: the shape in words, such as "(T, B, D)". Raises ValueError for another shape, for text or objects, and for
    complex numbers where `dtype` is real."""
    try:
        value = np.asarray(value)
    except ValueError:
        raise ValueError(f"{name} must have the shape {symbols}; got nested lists of unequal lengths") from None
    if value.shape != sizes and (value.ndim != len(sizes) or any(w not in (-1, g) for w, g in zip(sizes, value.shape))):
        known = ", ".join("any" if want == -1 else str(want) for want in sizes)
        raise ValueError(f"{name} must have the shape {symbols} = ({known}); got {value.shape}")
    if value.dtype.kind not in "buifc" or value.dtype.kind == "c" and np.dtype(dtype).kind != "c":
        raise ValueError(f"{name} must hold numbers that fit in {np.dtype(dtype)}; got {value.dtype}")
    return value.astype(dtype, copy=False)
