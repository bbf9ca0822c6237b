"""Cells with random parameters, what they compute, and the textbook's equations to compare with.

The biases are random everywhere. At zero they would hide mistakes, such as a bias that two gates
share, or a b_n on the wrong side of the reset gate.
"""

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from rnnlib.activations import ACTIVATIONS
from rnnlib.cells import GRU, LSTM, RNN
from rnnlib.gradcheck import relative_error

CELLS = {
    **{f"RNN {phi}": (RNN, {"activation": phi}) for phi in ACTIVATIONS},
    **{f"LSTM {phi}": (LSTM, {"activation": phi}) for phi in ACTIVATIONS},
    **{f"GRU {reset}": (GRU, {"reset": reset}) for reset in ("after", "before")},
}


ANALYTIC = [name for name in CELLS if not name.endswith(("relu", "softsign"))]


PHI = {
    "tanh": np.tanh,
    "logistic": lambda a: 1 / (1 + np.exp(-a)),
    "relu": lambda a: np.where(a > 0, a, 0.0),
    "softsign": lambda a: a / (1 + abs(a)),
    "identity": lambda a: a,
}


sigma = PHI["logistic"]


def make(name, D, H, rng, dtype=np.float64):
    """A cell with every parameter random, biases too."""
    kind, options = CELLS[name]
    cell = kind(D, H, rng=rng, dtype=dtype, **options)
    for p in cell.params.values():
        p[...] = rng.normal(0, 0.5, p.shape)
    return cell


def like_state(cell, B, rng):
    return {name: rng.normal(size=(B, cell.hidden_size)) for name in cell.states}


class Case:
    """A cell with an input, an initial state and what a loss might send back, all random."""

    def __init__(self, name, T=5, B=3, D=2, H=4, seed=0, dtype=np.float64):
        rng = np.random.default_rng(seed)
        self.cell = make(name, D, H, rng, dtype)
        self.x, self.dh = rng.normal(size=(T, B, D)), rng.normal(size=(T, B, H))
        self.state, self.dstate = like_state(self.cell, B, rng), like_state(self.cell, B, rng)

    def run(self, **out):
        trace = self.cell.forward(self.x, self.state)
        return trace, self.cell.backward(trace, self.dh, self.dstate, **out)


NAMES = ("h", "c", "i", "f", "o", "g", "r", "z", "n")


def everything(trace, grads):
    """Every number a caller can read, by name; copies."""
    values = {f"trace.{name}": getattr(trace, name) for name in NAMES if hasattr(trace, name)}
    values |= {
        f"grads.{name}": getattr(grads, name) for name in ("x", "h", "c") if hasattr(grads, name)
    }
    for name, part in (
        ("trace.state", trace.state),
        ("grads.params", grads.params),
        ("grads.state", grads.state),
    ):
        values |= {f"{name}.{key}": value for key, value in part.items()}
    return {name: np.array(value) for name, value in values.items()}


def assert_same(left, right, tolerance=0.0):
    assert left.keys() == right.keys()
    for name in left:
        assert relative_error(left[name], right[name]) <= tolerance, name


sizes = st.tuples(st.integers(1, 6), st.integers(1, 4), st.integers(1, 4), st.integers(1, 5))


cases = st.builds(
    lambda name, size, seed: Case(name, *size, seed=seed),
    st.sampled_from(list(CELLS)),
    sizes,
    st.integers(0, 99),
)


quickly = settings(max_examples=40, deadline=None)


def textbook(cell, x, state):
    """What the docstrings' equations give, one step and one gate at a time: {name: (T, B, H)}."""
    h, c = state["h"], state.get("c")
    steps = []
    phi = np.tanh if isinstance(cell, GRU) else PHI[cell.activation.name]
    for x_t in x:

        def a(gate, h, x_t=x_t):
            p = cell.part(gate)
            return x_t @ p["W"].T + h @ p["U"].T + p["b"]

        if isinstance(cell, RNN):
            h = phi(a("h", h))
            steps.append({"h": h})
        elif isinstance(cell, LSTM):
            i, f, o, g = sigma(a("i", h)), sigma(a("f", h)), sigma(a("o", h)), phi(a("g", h))
            c = f * c + i * g
            h = o * phi(c)
            steps.append({"i": i, "f": f, "o": o, "g": g, "c": c, "h": h})
        else:
            r, z, p, b_n = sigma(a("r", h)), sigma(a("z", h)), cell.part("n"), cell.params["b_n"]
            if cell.reset == "after":
                n = np.tanh(x_t @ p["W"].T + p["b"] + r * (h @ p["U"].T + b_n))
            else:
                n = np.tanh(x_t @ p["W"].T + p["b"] + (r * h) @ p["U"].T + b_n)
            h = (1 - z) * n + z * h
            steps.append({"r": r, "z": z, "n": n, "h": h})
    return {name: np.array([step[name] for step in steps]) for name in steps[0]}
