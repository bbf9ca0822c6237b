"""The feedforward layer: a weighted sum and an activation, for any number of leading axes."""

from collections import namedtuple

import numpy as np

from rnnlib import activations, checks
from rnnlib.initial import xavier

# What forward computed: x (..., D), h (..., K), the weights W (K, D) it used. What backward computed: params, x (..., D).
DenseTrace = namedtuple("DenseTrace", "x h W state", defaults=[None])
DenseGrads = namedtuple("DenseGrads", "params x state", defaults=[None])


class Dense:
    """A feedforward layer: h = φ(W x + b). W (K, D) starts as Xavier (Glorot and Bengio 2010, equation 16), b (K,) at 0.
    As PyTorch's nn.Linear with an activation behind it; Keras keeps W transposed."""
    def __init__(self, input_size, output_size, *, rng, activation="identity", dtype=np.float64):
        D, K = checks.size("input_size", input_size), checks.size("output_size", output_size)
        self.input_size, self.hidden_size, self.activation = D, K, activations.get(activation)
        self.params = {"W": xavier(K, D, rng).astype(dtype), "b": np.zeros(K, dtype)}

    def forward(self, x, state=None, out=None):
        """h (..., K) for x (..., D), in a trace. `state` and `out` are there so that cells and layers are called alike."""
        W, b = self.params["W"], self.params["b"]
        x = checks.array("x", x, "(..., D)", (-1,) * (np.ndim(x) - 1) + (self.input_size,), W.dtype)
        a = x @ W.T + b
        return DenseTrace(x, self.activation.apply(a, a), W.copy())

    def backward(self, trace, dh, dstate=None, out=None):
        """Gradients for dh (..., K) = ∂E/∂h: da = dh φ′, dW = Σ da xᵀ, db = Σ da, dx = Wᵀ da."""
        dh = checks.array("dh", dh, "(..., K)", trace.h.shape, trace.h.dtype)
        da = dh if self.activation.name == "identity" else dh * self.activation.slope(trace.h)
        rows = da.reshape(-1, self.hidden_size)
        dW = rows.T @ trace.x.reshape(-1, self.input_size)
        return DenseGrads({"W": dW, "b": rows.sum(0)}, da @ trace.W)
