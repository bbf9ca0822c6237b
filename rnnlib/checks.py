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
    number, and an Ellipsis at the start for any leading axes. Raises ValueError for another shape,
    for text or objects, and for numbers that `dtype` would cut: complex ones where it is real,
    fractions where it is whole, and anything but truth values where it is bool.
    """
    try:
        value = np.asarray(value)
    except ValueError:
        raise ValueError(
            f"{name} must have the shape {symbols}; got nested lists of unequal lengths"
        ) from None
    if not _fits(value.shape, sizes):
        words = {-1: "any", Ellipsis: "..."}
        wanted = ", ".join(words.get(want, str(want)) for want in sizes)
        raise ValueError(f"{name} must have the shape {symbols} = ({wanted}); got {value.shape}")
    wanted = np.dtype(dtype)
    is_numeric = value.dtype.kind in "buifc"  # NumPy's letters: bool, whole (u, i), float, complex
    if not is_numeric or not np.can_cast(value.dtype, wanted, "same_kind"):
        raise ValueError(f"{name} must hold numbers that fit in {wanted}; got {value.dtype}")
    return value.astype(dtype, copy=False)


def _fits(shape, sizes):
    if sizes and sizes[0] is Ellipsis:
        sizes = sizes[1:]
        shape = shape[len(shape) - len(sizes) :] if len(shape) > len(sizes) else shape
    if len(shape) != len(sizes):
        return False
    return all(want in (-1, got) for want, got in zip(sizes, shape, strict=True))
