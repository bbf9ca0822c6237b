"""Activation functions φ, and their slopes written in terms of their outputs: φ′(a) as a function of y = φ(a).
Backward passes hold y, not a, so every slope here takes y: tanh′ = 1 − y², σ′ = y(1 − y), relu′ = [y > 0],
softsign′ = (1 − |y|)². All functions take and return arrays of any shape. `out` may be φ's input, but not a slope's."""

from collections import namedtuple

import numpy as np


def logistic(x, out=None):
    """σ(x) = 1/(1 + e^−x), computed as (1 + tanh(x/2))/2, which is the same and never overflows."""
    y = np.tanh(np.multiply(x, 0.5, out=out), out=out)
    return np.multiply(np.add(y, 1.0, out=out), 0.5, out=out)


def relu(x, out=None):
    """max(x, 0). At 0 its slope is taken as 0."""
    return np.maximum(x, 0.0, out=out)


def softsign(x, out=None):
    """x/(1 + |x|): from −1 to 1 like tanh, but it nears its ends as 1/|x| instead of e^−2|x| (Bergstra et al. 2009)."""
    return np.divide(x, 1.0 + np.abs(x), out=out)


def identity(x, out=None):
    """x itself: with it a recurrent network is linear."""
    return np.positive(x, out=out)


tanh = np.tanh  # 2σ(2x) − 1, between −1 and 1
# A function φ by its name: apply(x, out) is φ(x), slope(y, out) is φ′ where φ took the value y.
Activation = namedtuple("Activation", "name apply slope")
SLOPES = {
    tanh: lambda y, out=None: np.subtract(1.0, np.multiply(y, y, out=out), out=out),
    logistic: lambda y, out=None: np.subtract(y, np.multiply(y, y, out=out), out=out),
    relu: lambda y, out=None: np.heaviside(y, 0.0, out=out),
    softsign: lambda y, out=None: np.square(np.subtract(1.0, np.abs(y, out=out), out=out), out=out),
    identity: lambda y, out=None: np.power(y, 0, out=out),
}
ACTIVATIONS = {phi.__name__: Activation(phi.__name__, phi, slope) for phi, slope in SLOPES.items()}


def get(name):
    """The `Activation` called `name`. ValueError names the five there are."""
    if name not in ACTIVATIONS:
        raise ValueError(f"activation must be one of {', '.join(ACTIVATIONS)}; got {name!r}")
    return ACTIVATIONS[name]
