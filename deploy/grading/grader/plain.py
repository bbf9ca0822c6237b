"""Values as plain JSON and back. Nothing that is read this way can run code.

Arrays, tuples and dicts keep their kind, and floats keep every bit. Anything else that Python
knows becomes an `Other`, which equals nothing.
"""

import math

import numpy as np

KINDS = "bifcU"  # the kinds of arrays that are understood: truth values, numbers and texts
LARGEST = 50_000_000  # bytes of one array


class Other:
    """Stands for a value that isn't plain, such as an object of a class of the student's own."""

    def __init__(self, kind):
        self.kind = kind

    def __repr__(self):
        return f"<{self.kind}>"


def encode(value, other=None):
    """The value made of lists, dicts, texts and numbers alone, ready for json.dumps.

    other: a function that encodes what isn't plain; without it, only the name of the type is kept.
    """
    if value is None or isinstance(value, (bool, str)):
        return value
    if value is Ellipsis:
        return {"...": 0}
    if isinstance(value, (int, float)) and not isinstance(value, np.generic):
        return value if math.isfinite(value) else {"float": str(value)}
    if isinstance(value, (np.ndarray, np.generic)) and value.dtype.kind in KINDS:
        return _encode_array(np.asarray(value))
    if isinstance(value, dict):
        return {"dict": [[encode(k, other), encode(v, other)] for k, v in value.items()]}
    for name, kind in (("tuple", tuple), ("list", list), ("set", (set, frozenset))):
        if isinstance(value, kind) and not hasattr(value, "_fields"):
            return {name: [encode(part, other) for part in value]}
    return other(value) if other else {"other": type(value).__name__}


def _encode_array(array):
    numbers = array.astype(complex) if array.dtype.kind == "c" else array
    parts = [numbers.real, numbers.imag] if array.dtype.kind == "c" else [numbers]
    # repr keeps every bit of a float, and writes nan and inf, too.
    texts = [[str(x) for x in part.ravel().tolist()] for part in parts]
    return {"array": texts, "shape": list(array.shape), "dtype": array.dtype.str}


def decode(data, other=None):
    """The value that was encoded. Raises ValueError for anything that `encode` doesn't write."""
    if data is None or isinstance(data, (bool, str, int, float)):
        return data
    if not isinstance(data, dict) or not data:
        raise ValueError("this isn't a plain value")
    kind = next(iter(data))
    if kind in ("tuple", "list", "set"):
        parts = [decode(part, other) for part in data[kind]]
        return {"tuple": tuple, "list": list, "set": set}[kind](parts)
    if kind == "dict":
        return {decode(k, other): decode(v, other) for k, v in data["dict"]}
    return _decode_single(kind, data, other)


def _decode_single(kind, data, other):
    if kind == "array":
        return _decode_array(data)
    if kind == "...":
        return Ellipsis
    if kind == "float":
        return float(data["float"])
    if kind == "object" and other:
        return other(data)
    if kind == "other":
        return Other(str(data["other"])[:100])
    raise ValueError(f"{kind!r} isn't a kind of plain value")


def _decode_array(data):
    dtype, shape = np.dtype(data["dtype"]), tuple(int(n) for n in data["shape"])
    size = math.prod(shape) * dtype.itemsize
    if dtype.kind not in KINDS or size > LARGEST or min(shape, default=0) < 0:
        raise ValueError("an array is too large, or not of numbers")
    read = {"b": lambda text: text == "True", "i": int, "U": str}.get(dtype.kind, float)
    parts = [np.array([read(text) for text in part]) for part in data["array"]]
    flat = parts[0] + 1j * parts[1] if dtype.kind == "c" else parts[0]
    return flat.astype(dtype).reshape(shape)
