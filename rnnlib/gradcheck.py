"""Is a gradient right? Ask the loss itself, by moving each number a little and looking.
Central differences: (E(w + ε) − E(w − ε))/2ε, off by ε² and by rounding/ε, so about 1e-9 at best in float64.
Complex step: Im E(w + iε)/ε with ε = 1e-30 subtracts nothing, so it is right to the last digits; it needs a loss made
of analytic functions (tanh and logistic are, relu and softsign are not). Squire and Trapp 1998."""

import copy

import numpy as np


def numerical(loss, arrays, step=1e-5):
    """dE/dw for each number in `arrays` (float64; put back) by central differences; loss() -> float reads them itself."""
    slopes = {name: np.empty(w.shape) for name, w in arrays.items()}
    for name, w in arrays.items():
        for at in np.ndindex(w.shape):
            old = w[at]
            w[at] = old + step
            above = loss()
            w[at] = old - step
            slopes[name][at] = (above - loss()) / (2 * step)
            w[at] = old
    return slopes


def complex_step(loss, arrays, step=1e-30):
    """dE/dw for every number in `arrays` by complex step. loss(arrays) -> complex takes them as complex128 copies."""
    slopes = {name: np.empty(w.shape) for name, w in arrays.items()}
    moved = {name: w.astype(np.complex128) for name, w in arrays.items()}
    for name, w in moved.items():
        for at in np.ndindex(w.shape):
            w[at] += 1j * step
            slopes[name][at] = loss(moved).imag / step
            w[at] = w[at].real
    return slopes


def relative_error(a, b):
    """The largest |a − b| over the largest |a| or |b| in the array: 0 for equal arrays, 1 or 2 for unrelated ones."""
    a, b = np.asarray(a), np.asarray(b)
    scale = max(np.abs(a).max(initial=0), np.abs(b).max(initial=0))
    return float(np.abs(a - b).max(initial=0) / scale) if scale else 0.0


def check_cell(cell, x, dh, state=None, dstate=None, method="difference"):
    """A float64 cell's backward against its forward, E = Σ dh·h + Σ dstate·final state, as {name: relative error}.
    x (T, B, D), dh (T, B, H), state and dstate {"h": (B, H), ...} or None. method: "difference" or "complex".
    The names are those of the parameters, "x", and "state h" for each part of the initial state."""
    if method not in ("difference", "complex"):
        raise ValueError(f"method must be 'difference' or 'complex'; got {method!r}")
    x, dh = np.array(x, float), np.asarray(dh)
    zeros = {name: np.zeros((x.shape[1], cell.hidden_size)) for name in cell.states}
    state = {name: np.array(v, float) for name, v in (state or zeros).items()}
    grads = cell.backward(cell.forward(x, state), dh, dstate)
    exact = {**grads.params, "x": grads.x, **{f"state {k}": v for k, v in grads.state.items()}}
    arrays = {**cell.params, "x": x, **{f"state {k}": v for k, v in state.items()}}
    twin = copy.copy(cell)
    def loss(arrays=arrays):
        twin.params = {name: arrays[name] for name in cell.params}
        trace = twin.forward(arrays["x"], {k: arrays[f"state {k}"] for k in cell.states})
        return (dh * trace.h).sum() + sum((v * trace.state[k]).sum() for k, v in (dstate or {}).items())
    slopes = (complex_step if method == "complex" else numerical)(loss, arrays)
    return {name: relative_error(exact[name], slopes[name]) for name in arrays}
