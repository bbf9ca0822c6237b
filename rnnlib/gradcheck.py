"""Is a gradient right? Ask the loss itself: move each number a little and look.

Central differences, (E(w + ε) − E(w − ε))/2ε, are off by about ε² and by rounding/ε. In float64,
with values near 1, they reach about 1e-11.

The complex step, Im E(w + iε)/ε with ε = 1e-30, subtracts nothing, so it is right to the last
digits. It needs a loss made of analytic functions: tanh and logistic are, relu and softsign are
not. Source: Squire and Trapp 1998.
"""

import copy

import numpy as np


def numerical(loss, arrays, step=1e-5):
    """dE/dw by central differences, for each number in each of `arrays`.

    loss: a function () -> float that reads the arrays itself. arrays: {name: float64 array}; every
    number is put back. Returns {name: array of the same shape}.
    """
    slopes = {name: np.empty(w.shape) for name, w in arrays.items()}
    for name, w in arrays.items():
        for at in np.ndindex(w.shape):
            old = w[at]
            w[at] = old + step
            above = loss()
            w[at] = old - step
            below = loss()
            w[at] = old
            slopes[name][at] = (above - below) / (2 * step)
    return slopes


def complex_step(loss, arrays, step=1e-30):
    """dE/dw by complex step, for each number in each of `arrays`.

    loss: a function (arrays) -> complex; it is given complex128 copies of them.
    Returns {name: array of the same shape}.
    """
    slopes = {name: np.empty(w.shape) for name, w in arrays.items()}
    moved = {name: w.astype(np.complex128) for name, w in arrays.items()}
    for name, w in moved.items():
        for at in np.ndindex(w.shape):
            w[at] += 1j * step
            slopes[name][at] = loss(moved).imag / step
            w[at] = w[at].real
    return slopes


def relative_error(a, b):
    """The largest |a − b| divided by the largest |a| or |b|, as a float.

    It is 0 for equal arrays and at most 2; unrelated arrays usually give more than 0.5.
    """
    a, b = np.asarray(a), np.asarray(b)
    scale = max(np.abs(a).max(initial=0), np.abs(b).max(initial=0))
    if scale == 0:
        return 0.0
    return float(np.abs(a - b).max(initial=0) / scale)


def check_cell(cell, x, dh, state=None, dstate=None, method="difference"):
    """Compare a float64 cell's backward pass with its forward pass.

    The loss is E = Σ dh·h + Σ dstate·final state. x (T, B, D), dh (T, B, H); state and dstate
    {"h": (B, H), ...} or None for zeros. method: "difference" or "complex".
    Returns {name: relative error}; the names are those of the parameters, "x", and "state h" for
    each part of the initial state. Raises ValueError for another method.
    """
    if method not in ("difference", "complex"):
        raise ValueError(f"method must be 'difference' or 'complex'; got {method!r}")
    x, dh = np.array(x, float), np.asarray(dh)
    if state is None:
        state = {name: np.zeros((x.shape[1], cell.hidden_size)) for name in cell.states}
    state = {name: np.array(value, float) for name, value in state.items()}
    grads = cell.backward(cell.forward(x, state), dh, dstate)
    from_backward = grads.params | {"x": grads.x} | _named(grads.state)
    arrays = cell.params | {"x": x} | _named(state)
    twin = copy.copy(cell)

    def loss(arrays=arrays):  # `numerical` calls it without arguments, `complex_step` with copies
        twin.params = {name: arrays[name] for name in cell.params}
        trace = twin.forward(arrays["x"], {k: arrays[f"state {k}"] for k in cell.states})
        E = (dh * trace.h).sum()
        for k, value in (dstate or {}).items():
            E += (value * trace.state[k]).sum()
        return E

    find_slopes = complex_step if method == "complex" else numerical
    slopes = find_slopes(loss, arrays)
    return {name: relative_error(from_backward[name], slopes[name]) for name in arrays}


def _named(state):
    return {f"state {k}": value for k, value in state.items()}
