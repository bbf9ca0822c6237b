"""Activation functions φ, and their slopes.

A backward pass has kept y = φ(a), not a. So every slope here is φ′(a) written as a function of y:

    logistic σ   y (1 − y)          relu       1 where y > 0, else 0
    tanh         1 − y²             softsign   (1 − |y|)²
    identity     1

All functions take and return arrays of any shape. `out` may be the array that φ reads, but it must
not be the array that a slope reads.
"""

from collections import namedtuple

import numpy as np


def logistic(x, out=None):
    """σ(x) = 1/(1 + e^−x), computed as (1 + tanh(x/2))/2, which is equal and never overflows."""
    y = np.tanh(np.multiply(x, 0.5, out=out), out=out)
    return np.multiply(np.add(y, 1.0, out=out), 0.5, out=out)


def relu(x, out=None):
    """max(x, 0). Its slope at 0 is taken as 0."""
    return np.maximum(x, 0.0, out=out)


def softsign(x, out=None):
    """x/(1 + |x|), between −1 and 1 like tanh (Bergstra et al. 2009).

    It approaches its ends more slowly: as 1/|x|, where tanh approaches them as e^−2|x|.
    """
    return np.divide(x, 1.0 + np.abs(x), out=out)


def identity(x, out=None):
    """x itself. With it, a recurrent network is linear."""
    return np.positive(x, out=out)


tanh = np.tanh  # equal to 2σ(2x) − 1, between −1 and 1


def _logistic_slope(y, out=None):
    return np.subtract(y, np.multiply(y, y, out=out), out=out)


def _tanh_slope(y, out=None):
    return np.subtract(1.0, np.multiply(y, y, out=out), out=out)


def _relu_slope(y, out=None):
    return np.heaviside(y, 0.0, out=out)


def _softsign_slope(y, out=None):
    return np.square(np.subtract(1.0, np.abs(y, out=out), out=out), out=out)


def _identity_slope(y, out=None):
    return np.power(y, 0, out=out)


# φ by its name: apply(x, out) is φ(x), and slope(y, out) is φ′ where φ took the value y.
Activation = namedtuple("Activation", "name apply slope")
ACTIVATIONS = {
    "tanh": Activation("tanh", tanh, _tanh_slope),
    "logistic": Activation("logistic", logistic, _logistic_slope),
    "relu": Activation("relu", relu, _relu_slope),
    "softsign": Activation("softsign", softsign, _softsign_slope),
    "identity": Activation("identity", identity, _identity_slope),
}


def get(name):
    """The `Activation` called `name`. Raises ValueError for a name that is not in ACTIVATIONS."""
    if name not in ACTIVATIONS:
        raise ValueError(f"activation must be one of {', '.join(ACTIVATIONS)}; got {name!r}")
    return ACTIVATIONS[name]
