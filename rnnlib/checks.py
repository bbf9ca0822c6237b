"""The errors that every part raises: which argument, what was expected, and what came."""

import numpy as np


def size(name, value):
    """Return `value` if it is a positive whole number, otherwise raise ValueError."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
        raise ValueError(f"{name} must be a positive whole number; got {value!r}")
    return int(value)


def generator(name, value):
    """Return `value` if it is a numpy.random.Generator, otherwise raise ValueError."""
    if not isinstance(value, np.random.Generator):
        wanted = "a numpy.random.Generator, as default_rng(0) makes"
        raise ValueError(f"{name} must be {wanted}; got {value!r}")
    return value


def array(name, value, symbols, sizes, dtype):
    """Return `value` as an array of the shape `sizes`, converted to `dtype`.

    symbols: the shape in words for the message, such as "(T, B, D)". In sizes, −1 stands for any
    number. Raises ValueError for another shape, for text or objects, and for complex numbers where
    `dtype` is real.
    """
    try:
        value = np.asarray(value)
    except ValueError:
        raise ValueError(
            f"{name} must have the shape {symbols}; got nested lists of unequal lengths"
        ) from None
    if not _fits(value.shape, sizes):
        wanted = ", ".join("any" if want == -1 else str(want) for want in sizes)
        raise ValueError(f"{name} must have the shape {symbols} = ({wanted}); got {value.shape}")
    is_complex, may_be_complex = value.dtype.kind == "c", np.dtype(dtype).kind == "c"
    if value.dtype.kind not in "buifc" or is_complex and not may_be_complex:
        wanted = np.dtype(dtype)
        raise ValueError(f"{name} must hold numbers that fit in {wanted}; got {value.dtype}")
    return value.astype(dtype, copy=False)


def _fits(shape, sizes):
    if len(shape) != len(sizes):
        return False
    return all(want in (-1, got) for want, got in zip(sizes, shape, strict=True))
