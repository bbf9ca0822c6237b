"""Layers one above the other, a read-out, a loss: what `fit` trains."""

from collections import namedtuple

from rnnlib import checks
from rnnlib.losses import dropout


class NetworkTrace(namedtuple("NetworkTrace", "layers readout kept")):
    """What `Network.forward` computed: each layer's trace, the read-out's, and the dropout factors (or None) of each layer;
    y (T, B, K) is the output, state the list of final states, one for each layer, ready to carry on."""
    y = property(lambda self: self.readout.h)
    state = property(lambda self: [trace.state for trace in self.layers])


class Network:
    """layers (cells or Dense, first to last), a Dense read-out applied at every step, and a loss (`mse`, `cross_entropy`).
    dropout: the share of each layer's outputs silenced on their way up while training, never along the recurrent
    connections (Zaremba et al. 2014). ValueError where one layer's size does not fit the next."""
    def __init__(self, layers, readout, loss, dropout=0.0):
        self.layers, self.readout, self.loss, self.dropout = list(layers), readout, loss, dropout
        chain = [*self.layers, readout]
        for k, (below, above) in enumerate(zip(chain, chain[1:])):
            if below.hidden_size != above.input_size:
                name = "readout" if above is readout else f"layers[{k + 1}]"
                raise ValueError(f"{name} must have input_size H = {below.hidden_size}; got {above.input_size}")
        if not callable(loss):
            raise ValueError(f"loss must be a function such as mse or cross_entropy; got {loss!r}")
        if not 0 <= dropout < 1:
            raise ValueError(f"dropout must lie in [0, 1); got {dropout!r}")
        self._memory = None, [None] * len(self.layers)  # of the last trace, and of the last grads of each layer

    @property
    def params(self):
        """Every parameter by name, "0.W", "0.U", …, "readout.b": the arrays themselves, so changing them trains."""
        named = {f"{k}.{name}": p for k, layer in enumerate(self.layers) for name, p in layer.params.items()}
        return named | {f"readout.{name}": p for name, p in self.readout.params.items()}

    def copy_params(self):
        """A copy of every parameter by name, for `set_params` to put back."""
        return {name: p.copy() for name, p in self.params.items()}

    def set_params(self, values):
        """Write `values`, named and shaped like `params`, into the network. ValueError where names or shapes differ."""
        params = self.params
        if params.keys() != values.keys():
            raise ValueError(f"values must have the names {sorted(params)}; got {sorted(values)}")
        for name, p in params.items():
            p[...] = checks.array(f"values[{name!r}]", values[name], "of the parameter", p.shape, p.dtype)

    def forward(self, x, state=None, rng=None, out=None):
        """Run over x (T, B, D) from `state` (a list as trace.state gives, None for zeros). rng: a Generator for dropout, None
        when the network is used and not trained. out: an older NetworkTrace whose memory may be used again."""
        states = [None] * len(self.layers) if state is None else state
        if len(states) != len(self.layers):
            raise ValueError(f"state must be a list with one entry for each of {len(self.layers)} layers; got {len(states)}")
        traces, kept = [], []
        for k, layer in enumerate(self.layers):
            traces.append(layer.forward(x, states[k], out=out and out.layers[k]))
            x, keep = traces[-1].h, None
            if self.dropout and rng is not None:
                x, keep = dropout(x, self.dropout, rng)
            kept.append(keep)
        return NetworkTrace(traces, self.readout.forward(x), kept)

    def backward(self, trace, dy, out=None):
        """Gradients by parameter name for dy (T, B, K) = ∂E/∂y. out: a list of each layer's older grads, renewed here."""
        grads = self.readout.backward(trace.readout, dy)
        named, out = {f"readout.{name}": d for name, d in grads.params.items()}, out or [None] * len(self.layers)
        for k in reversed(range(len(self.layers))):
            dh = grads.x if trace.kept[k] is None else grads.x * trace.kept[k]
            grads = out[k] = self.layers[k].backward(trace.layers[k], dh, out=out[k])
            named |= {f"{k}.{name}": d for name, d in grads.params.items()}
        return {name: named[name] for name in self.params}

    def loss_and_grads(self, x, target, mask=None, state=None, rng=None):
        """(E, gradients by name, final state) for one batch. The gradients are good until the next call."""
        memory, grads_memory = self._memory
        trace = self.forward(x, state, rng, memory)
        E, dy = self.loss(trace.y, target, mask)
        self._memory = trace, grads_memory
        return E, self.backward(trace, dy, grads_memory), trace.state

    def evaluate(self, x, target, mask=None, state=None):
        """(E, y) on data, without dropout and without learning."""
        y = self.forward(x, state).y
        return self.loss(y, target, mask)[0], y
