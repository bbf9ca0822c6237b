"""The feedforward layer: a weighted sum and an activation."""

from collections import namedtuple

import numpy as np

from rnnlib import activations, checks
from rnnlib.initial import xavier

# What forward computed: x (..., D), h (..., K), and the weights W (K, D) that it used. As a layer
# without time has no state, `state` is None; with it, layers and cells are handled alike.
DenseTrace = namedtuple("DenseTrace", "x h W state", defaults=[None])
# What backward computed: params, named as the layer's, and x (..., D).
DenseGrads = namedtuple("DenseGrads", "params x state", defaults=[None])


class Dense:
    """A feedforward layer, for any number of leading axes.

        h = φ(W x + b)

        da = dh φ′(a)        dW = Σ da xᵀ        db = Σ da        dx = Wᵀ da

    Parameters: W (K, D), which starts as Xavier (Glorot and Bengio 2010, equation 16), and b (K,),
    which starts at 0. activation: the name of φ. rng: the Generator that draws W. It is PyTorch's
    nn.Linear with an activation behind it; Keras keeps W transposed.
    Raises ValueError for a wrong size, name or rng.
    """

    def __init__(self, input_size, output_size, *, rng, activation="identity", dtype=np.float64):
        D, K = checks.size("input_size", input_size), checks.size("output_size", output_size)
        self.input_size, self.hidden_size = D, K
        self.activation = activations.get(activation)
        self.params = {"W": xavier(K, D, rng).astype(dtype), "b": np.zeros(K, dtype)}

    def forward(self, x, state=None, out=None):
        """Compute h (..., K) for x (..., D); returns a `DenseTrace`.

        state and out are ignored; with them, layers and cells are called alike.
        """
        W, b = self.params["W"], self.params["b"]
        x = checks.array("x", x, "(..., D)", (Ellipsis, self.input_size), W.dtype)
        a = x @ W.T + b
        # An optimiser changes W in place, so the trace keeps a copy of the one it was made with.
        return DenseTrace(x, self.activation.apply(a, a), W.copy())

    def backward(self, trace, dh, dstate=None, out=None):
        """The gradients for dh (..., K) = ∂E/∂h; returns `DenseGrads`."""
        dh = checks.array("dh", dh, "(..., K)", trace.h.shape, trace.h.dtype)
        da = dh if self.activation.name == "identity" else dh * self.activation.slope(trace.h)
        da_rows = da.reshape(-1, self.hidden_size)
        dW = da_rows.T @ trace.x.reshape(-1, self.input_size)
        return DenseGrads({"W": dW, "b": da_rows.sum(0)}, da @ trace.W)
