"""Layers one above the other, a read-out, and a loss: what `fit` trains."""

import itertools
from collections import namedtuple

from rnnlib import checks
from rnnlib.losses import dropout


class NetworkTrace(namedtuple("NetworkTrace", "layers readout dropout_factors")):
    """What `Network.forward` computed.

    layers: the trace of each layer. readout: the trace of the read-out.
    dropout_factors: for each layer an array (T, B, H), or None where nothing was dropped.
    """

    @property
    def y(self):
        """The output, (T, B, K)."""
        return self.readout.h

    @property
    def state(self):
        """The final state of each layer in a list, ready to carry into the next chunk."""
        return [trace.state for trace in self.layers]


class Network:
    """A stack of layers, a read-out applied at every step, and a loss.

    layers: cells or Dense layers, the lowest first. readout: a Dense. loss: a function such as
    `mse` or `cross_entropy`. dropout: the share of each layer's outputs that is silenced on their
    way up while training. The recurrent connections are never silenced (Zaremba et al. 2014).
    Raises ValueError where one layer's size does not fit the next.
    """

    def __init__(self, layers, readout, loss, dropout=0.0):
        self.layers, self.readout, self.loss, self.dropout = list(layers), readout, loss, dropout
        chain = [*self.layers, readout]
        for k, (below, above) in enumerate(itertools.pairwise(chain)):
            if below.hidden_size != above.input_size:
                name = "readout" if above is readout else f"layers[{k + 1}]"
                wanted = f"input_size H = {below.hidden_size}"
                raise ValueError(f"{name} must have {wanted}; got {above.input_size}")
        if not callable(loss):
            raise ValueError(f"loss must be a function such as mse or cross_entropy; got {loss!r}")
        if not 0 <= dropout < 1:
            raise ValueError(f"dropout must lie in [0, 1); got {dropout!r}")
        # The last trace and each layer's last grads: `loss_and_grads` uses their memory again.
        self._last_trace, self._last_grads = None, [None] * len(self.layers)

    @property
    def params(self):
        """Every parameter by name: "0.W", "0.U", …, "readout.b".

        They are the layers' own arrays, so that changing them changes the network.
        """
        named = {}
        for k, layer in enumerate(self.layers):
            named |= {f"{k}.{name}": p for name, p in layer.params.items()}
        return named | {f"readout.{name}": p for name, p in self.readout.params.items()}

    def copy_params(self):
        """A copy of every parameter by name, for `set_params` to put back."""
        return {name: p.copy() for name, p in self.params.items()}

    def set_params(self, values):
        """Write `values`, named and shaped like `params`, into the network.

        Raises ValueError where a name or a shape differs.
        """
        params = self.params
        if params.keys() != values.keys():
            expected, got = sorted(params), sorted(values)
            raise ValueError(f"values must have the names {expected}; got {got}")
        for name, p in params.items():
            label = f"values[{name!r}]"
            p[...] = checks.array(label, values[name], "of the parameter", p.shape, p.dtype)

    def forward(self, x, state=None, rng=None, out=None):
        """Run over x (T, B, D) and return a `NetworkTrace`.

        state: the initial state of each layer, a list as `trace.state` gives it; None for zeros.
        rng: a Generator for dropout while training; None where the network is used.
        out: an older NetworkTrace to overwrite; it must not be used afterwards.
        """
        states = [None] * len(self.layers) if state is None else state
        if len(states) != len(self.layers):
            wanted = f"a list with one entry for each of {len(self.layers)} layers"
            raise ValueError(f"state must be {wanted}; got {len(states)}")
        traces, factors = [], []
        for k, layer in enumerate(self.layers):
            old_trace = out.layers[k] if out else None
            traces.append(layer.forward(x, states[k], out=old_trace))
            x, factor = traces[-1].h, None
            if self.dropout and rng is not None:
                x, factor = dropout(x, self.dropout, rng)
            factors.append(factor)
        return NetworkTrace(traces, self.readout.forward(x), factors)

    def backward(self, trace, dy, out=None):
        """The gradient of every parameter, by name, for dy (T, B, K) = ∂E/∂y.

        out: a list of each layer's older grads, whose memory may be used again; it is renewed.
        """
        out = [None] * len(self.layers) if out is None else out
        grads = self.readout.backward(trace.readout, dy)
        named = {f"readout.{name}": d for name, d in grads.params.items()}
        for k in reversed(range(len(self.layers))):
            dh = grads.x
            if trace.dropout_factors[k] is not None:
                dh = dh * trace.dropout_factors[k]
            grads = out[k] = self.layers[k].backward(trace.layers[k], dh, out=out[k])
            named |= {f"{k}.{name}": d for name, d in grads.params.items()}
        return {name: named[name] for name in self.params}  # in the parameters' order

    def loss_and_grads(self, x, target, mask=None, state=None, rng=None):
        """(E, gradients by name, final state) for one batch.

        The gradients are good until the next call, which uses their memory again.
        """
        trace = self.forward(x, state, rng, self._last_trace)
        E, dy = self.loss(trace.y, target, mask)
        self._last_trace = trace
        return E, self.backward(trace, dy, self._last_grads), trace.state

    def evaluate(self, x, target, mask=None, state=None):
        """(E, y) on data, without dropout and without learning."""
        y = self.forward(x, state).y
        return self.loss(y, target, mask)[0], y
