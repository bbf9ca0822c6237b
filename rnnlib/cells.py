"""The recurrent cells: RNN, LSTM, GRU. Each has one forward and one backward over a whole sequence.

Shapes as everywhere in the course: T steps, B sequences in a batch, D inputs, H hidden units; arrays over time are
(T, B, ·). Inside, features stand before the batch, (T, rows, B), so that each gate is one contiguous block; callers get
transposed views. A cell keeps no state: `forward` returns a `Trace` with all that `backward` needs, the weights included,
so calling backward twice gives the same answer and a later change of the parameters does not disturb it.

Gates are logistic, σ(a) = (1 + tanh(a/2))/2: the rows of W, U and b that feed a gate are halved once before the loop, and
then one tanh serves all rows. The loop over time writes only into memory that the trace or the gradients already own.
"""

import numpy as np

from rnnlib import activations, checks

CHUNK = 1 << 16  # numbers of one gate array that stay in the L2 cache while a run of steps is worked on


class Trace:
    """What `forward` computed: h and the gates by name, each (T, B, H), and what `backward` reads. Made by the cells."""

    def __init__(self, cell, T, B):
        H, dtype = cell.hidden_size, cell.dtype
        self.key = (T, B, dtype)
        self.input = np.empty((T, cell.input_size, B), dtype)
        self.W, self.U = np.empty_like(cell.params["W"]), np.empty_like(cell.params["U"])
        self.rows = np.empty((T, len(cell.gates) * H, B), dtype)
        self.scratch = np.empty((len(cell.gates) * H, B), dtype)
        self.states = {name: np.empty((T + 1, H, B), dtype) for name in cell.states}
        self.extra = {name: np.empty((T, H, B), dtype) for name in cell.extra}
        for name, states in self.states.items():
            setattr(self, name, states[1:].transpose(0, 2, 1))
        for k, name in enumerate(cell.gates if len(cell.gates) > 1 else ()):
            setattr(self, name, self.rows[:, k * H : (k + 1) * H].transpose(0, 2, 1))
        self.steps = cell._views(self)

    @property
    def state(self):
        """A copy of the final state, {"h": (B, H)} and for an LSTM "c": (B, H), ready to carry into the next chunk."""
        return {name: states[-1].T.copy() for name, states in self.states.items()}


class Grads:
    """What `backward` computed. Made by the cells.

    params: as the cell's; h and, for an LSTM, c: the total gradient that arrives at h_t, c_t, (T, B, H); x: at the input,
    (T, B, D); state: at the initial state, {"h": (B, H), ...}.
    """

    def __init__(self, cell, trace):
        T, B, dtype = trace.key
        H = cell.hidden_size
        self.key = trace.key
        self.params = {name: np.empty_like(p) for name, p in cell.params.items()}
        self.Ut = np.empty((H, len(cell.gates) * H), dtype)
        self.rows, self.scratch = np.empty_like(trace.rows), np.empty((2 * H, B), dtype)
        self.totals = {name: np.empty((T + 1, H, B), dtype) for name in cell.states}
        self.extra = {name: np.empty((T, H, B), dtype) for name in cell.extra_grads}
        for name, totals in self.totals.items():
            setattr(self, name, totals[1:].transpose(0, 2, 1))
        self.state = {name: totals[0].T for name, totals in self.totals.items()}
        self._W = None

    @property
    def x(self):
        """Gradient at the input, (T, B, D), computed when it is asked for: few callers need it."""
        return np.matmul(self._W.T, self.rows).transpose(0, 2, 1)


class Cell:
    """What the three cells share: parameters by name, checks of the arguments, the products before and after the loop."""

    gates, states, extra, extra_grads = (), ("h",), (), ()
    halved = 0  # how many of the gates are logistic; they stand first

    def __init__(self, input_size, hidden_size, *, rng, dtype=np.float64):
        D, H = checks.size("input_size", input_size), checks.size("hidden_size", hidden_size)
        checks.generator("rng", rng)
        if np.dtype(dtype) not in (np.float32, np.float64):
            raise ValueError(f"dtype must be float32 or float64; got {np.dtype(dtype)}")
        self.input_size, self.hidden_size, n = D, H, len(self.gates)
        W = np.concatenate([xavier(H, D, rng) for _ in range(n)])
        U = np.concatenate([orthogonal(H, rng) for _ in range(n)])
        self.params = {"W": W.astype(dtype), "U": U.astype(dtype), "b": np.zeros(n * H, dtype)}

    @property
    def dtype(self):
        """The parameters' dtype, in which everything is computed (complex inside a complex-step gradient check)."""
        return self.params["W"].dtype

    def part(self, gate):
        """{"W": (H, D), "U": (H, H), "b": (H,)} of one gate: views, so that writing into them sets the parameters."""
        if gate not in self.gates:
            raise ValueError(f"gate must be one of {', '.join(self.gates)}; got {gate!r}")
        H = self.hidden_size
        k = self.gates.index(gate) * H
        return {name: self.params[name][k : k + H] for name in ("W", "U", "b")}

    def forward(self, x, state=None, out=None):
        """Run over x (T, B, D) from `state` ({"h": (B, H), ...}, None for zeros) and return a `Trace`.

        out: a trace of the same cell and shapes whose memory may be used again; its old contents are lost.
        ValueError for a wrong shape, dtype or name.
        """
        x = checks.array("x", x, "(T, B, D)", (-1, -1, self.input_size), self.dtype)
        T, B, _ = x.shape
        if T == 0 or B == 0:
            raise ValueError(f"x must hold at least one step and one sequence, (T, B, D); got {x.shape}")
        start = self._state("state", state, B)
        trace = out if isinstance(out, Trace) and out.key == (T, B, self.dtype) else Trace(self, T, B)
        np.copyto(trace.input, x.transpose(0, 2, 1))
        for name, states in trace.states.items():
            states[0] = 0 if start is None else start[name].T
        half = self._half()
        np.multiply(self.params["W"], half, out=trace.W)
        np.multiply(self.params["U"], half, out=trace.U)
        np.matmul(trace.W, trace.input, out=trace.rows)
        trace.rows += self.params["b"][:, None] * half
        self._forward(trace)
        return trace

    def backward(self, trace, dh, dstate=None, out=None):
        """Backpropagation through time: dh (T, B, H) is what the loss sends to each h_t, dstate what it sends to the final
        state ({"h": (B, H), ...}, None for zeros). Returns `Grads`. Exact over the trace's T steps (Werbos 1990).

        out: grads of the same cell and shapes whose memory may be used again. ValueError for a wrong shape or name.
        """
        if not isinstance(trace, Trace) or len(trace.states) != len(self.states):
            raise ValueError(f"trace must be what this cell's forward returned; got {type(trace).__name__}")
        T, B, dtype = trace.key
        H = self.hidden_size
        dh = checks.array("dh", dh, "(T, B, H)", (T, B, H), dtype)
        end = self._state("dstate", dstate, B)
        grads = out if isinstance(out, Grads) and out.key == trace.key else Grads(self, trace)
        half = self._half()
        np.divide(trace.U.T, half.T, out=grads.Ut)
        grads._W = trace.W / half
        totals = grads.totals["h"]
        np.copyto(totals[1:], dh.transpose(0, 2, 1))
        totals[0] = 0
        for name in self.states[1:]:
            grads.totals[name][...] = 0
        if end is not None:
            for name in self.states:
                grads.totals[name][-1] += end[name].T
        self._backward(trace, grads)
        return grads

    def _half(self):
        H, n = self.hidden_size, len(self.gates)
        half = np.ones((n * H, 1), self.dtype)
        half[: self.halved * H] = 0.5
        return half

    def _state(self, argument, state, B):
        if state is None:
            return None
        if not isinstance(state, dict) or set(state) != set(self.states):
            got = sorted(state) if isinstance(state, dict) else type(state).__name__
            raise ValueError(f"{argument} must be a dict with the names {', '.join(self.states)}; got {got}")
        shape = (B, self.hidden_size)
        return {k: checks.array(f"{argument}[{k!r}]", v, "(B, H)", shape, self.dtype) for k, v in state.items()}

    def _chunks(self, T, rows):
        """Runs of steps, last first, short enough that `rows` of each (rows, B) stay in the cache."""
        length = max(1, CHUNK // rows)
        return [slice(max(0, t - length), t) for t in range(T, 0, -length)]


def _flat(a):
    """(T, R, B) as (R, T·B), so that one product sums over time and batch."""
    return a.transpose(1, 0, 2).reshape(a.shape[1], -1)


def _sums(grads, da, x, h):
    """dW = Σ_t da_t x_tᵀ, dU = Σ_t da_t h_{t−1}ᵀ, db = Σ_t da_t, each one product over time and batch."""
    da = _flat(da)
    np.matmul(da, _flat(x).T, out=grads.params["W"])
    np.matmul(da, _flat(h).T, out=grads.params["U"])
    np.sum(da, axis=1, out=grads.params["b"])


def xavier(rows, columns, rng):
    """Weights (rows, columns), uniform within ±√(6/(rows + columns)): Glorot and Bengio 2010, equation 16."""
    bound = np.sqrt(6 / (rows + columns))
    return checks.generator("rng", rng).uniform(-bound, bound, (rows, columns))


def orthogonal(n, rng, gain=1.0):
    """A random n × n orthogonal matrix times `gain`: every singular value is `gain` (Saxe et al. 2014, §3)."""
    Q, R = np.linalg.qr(checks.generator("rng", rng).standard_normal((n, n)))
    return gain * Q * np.sign(np.diag(R))  # the signs make it uniform over rotations and the same for any LAPACK


class RNN(Cell):
    """The simple recurrent network of Elman 1990: h_t = φ(W x_t + U h_{t−1} + b).

    W (H, D), U (H, H), b (H,); activation φ: tanh, logistic, relu, softsign or identity. PyTorch's nn.RNN has a second
    bias, which adds to b; Keras's SimpleRNN keeps W and U transposed.
    """

    gates = ("h",)

    def __init__(self, input_size, hidden_size, *, rng, activation="tanh", dtype=np.float64):
        self.activation = activations.get(activation)
        super().__init__(input_size, hidden_size, rng=rng, dtype=dtype)

    def _views(self, t):
        h = t.states["h"]
        return list(zip(t.rows, h[:-1], h[1:]))

    def _forward(self, trace):
        U, scratch, matmul, add, phi = trace.U, trace.scratch, np.matmul, np.add, self.activation.apply
        for a, h_prev, h in trace.steps:
            matmul(U, h_prev, scratch)
            add(a, scratch, a)
            phi(a, h)

    def _backward(self, trace, grads):
        h, total, da, Ut = trace.states["h"], grads.totals["h"], grads.rows, grads.Ut
        scratch = grads.scratch[: self.hidden_size]
        T, rows, B = da.shape
        for run in self._chunks(T, rows * B):
            self.activation.slope(h[1:][run], da[run])
            for t in range(run.stop - 1, run.start - 1, -1):
                np.multiply(da[t], total[t + 1], da[t])
                np.matmul(Ut, da[t], scratch)
                np.add(total[t], scratch, total[t])
        _sums(grads, da, trace.input, h[:-1])


class LSTM(Cell):
    """Long short-term memory with forget gates (Hochreiter and Schmidhuber 1997; Gers et al. 2000):

        i_t = σ(W_i x_t + U_i h_{t−1} + b_i)      input gate
        f_t = σ(W_f x_t + U_f h_{t−1} + b_f)      forget gate
        o_t = σ(W_o x_t + U_o h_{t−1} + b_o)      output gate
        g_t = φ(W_g x_t + U_g h_{t−1} + b_g)      candidate
        c_t = f_t c_{t−1} + i_t g_t               cell state
        h_t = o_t φ(c_t)                          hidden state

    W (4H, D), U (4H, H), b (4H,), blocks in the order i, f, o, g; b_f starts at `forget_bias` (Jozefowicz et al. 2015),
    the other biases at 0. No peepholes. PyTorch's order is i, f, g, o, with two biases that add; Keras's is i, f, c, o.
    """

    gates, states, extra = ("i", "f", "o", "g"), ("h", "c"), ("squashed",)
    halved = 3

    def __init__(self, input_size, hidden_size, *, rng, forget_bias=1.0, activation="tanh", dtype=np.float64):
        self.activation = activations.get(activation)
        super().__init__(input_size, hidden_size, rng=rng, dtype=dtype)
        self.part("f")["b"][:] = forget_bias

    def _views(self, t):
        H, a, h, c = self.hidden_size, t.rows, t.states["h"], t.states["c"]
        blocks = [a[:, k * H : (k + 1) * H] for k in range(4)]
        return list(zip(a, a[:, : 3 * H], *blocks, h[:-1], h[1:], c[:-1], c[1:], t.extra["squashed"]))

    def _forward(self, trace):
        U, scratch, product = trace.U, trace.scratch, trace.scratch[: self.hidden_size]
        phi, one_tanh = self.activation.apply, self.activation.name == "tanh"
        matmul, add, multiply, tanh = np.matmul, np.add, np.multiply, np.tanh
        for a, gates, i, f, o, g, h_prev, h, c_prev, c, squashed in trace.steps:
            matmul(U, h_prev, scratch)
            add(a, scratch, a)
            if one_tanh:
                tanh(a, a)
            else:
                tanh(gates, gates)
                phi(g, g)
            add(gates, 1.0, gates)
            multiply(gates, 0.5, gates)
            multiply(f, c_prev, c)
            multiply(i, g, product)
            add(c, product, c)
            phi(c, squashed)
            multiply(o, squashed, h)

    def _backward(self, trace, grads):
        H, slope = self.hidden_size, self.activation.slope
        a, c, squashed, da = trace.rows, trace.states["c"], trace.extra["squashed"], grads.rows
        i, f, o, g = (a[:, k * H : (k + 1) * H] for k in range(4))
        to_h, to_c, Ut = grads.totals["h"], grads.totals["c"], grads.Ut
        scratch = grads.scratch[:H]
        T, rows, B = a.shape
        for run in self._chunks(T, rows * B):
            d = da[run]
            gates = a[run, : 3 * H]
            np.subtract(1.0, gates, d[:, : 3 * H])
            d[:, : 3 * H] *= gates  # σ′
            d[:, :H] *= g[run]
            d[:, H : 2 * H] *= c[:-1][run]
            d[:, 2 * H : 3 * H] *= squashed[run]
            slope(g[run], d[:, 3 * H :])
            d[:, 3 * H :] *= i[run]
            through = slope(squashed[run])
            through *= o[run]  # ∂h_t/∂c_t
            for t in range(run.stop - 1, run.start - 1, -1):
                dh, dc, dat = to_h[t + 1], to_c[t + 1], da[t]
                np.multiply(through[t - run.start], dh, scratch)
                np.add(dc, scratch, dc)
                dat[2 * H : 3 * H] *= dh
                dat[: 2 * H].reshape(2, H, B)[...] *= dc
                dat[3 * H :] *= dc
                np.multiply(dc, f[t], scratch)
                np.add(to_c[t], scratch, to_c[t])
                np.matmul(Ut, dat, scratch)
                np.add(to_h[t], scratch, to_h[t])
        _sums(grads, da, trace.input, trace.states["h"][:-1])


class GRU(Cell):
    """The gated recurrent unit of Cho et al. 2014:

        r_t = σ(W_r x_t + U_r h_{t−1} + b_r)                          reset gate
        z_t = σ(W_z x_t + U_z h_{t−1} + b_z)                          update gate
        n_t = tanh(W_n x_t + b[n] + r_t (U_n h_{t−1} + b_n))          candidate, reset="after", as in PyTorch
        n_t = tanh(W_n x_t + b[n] + U_n (r_t h_{t−1}) + b_n)          candidate, reset="before", as in the paper
        h_t = (1 − z_t) n_t + z_t h_{t−1}                             hidden state

    W (3H, D), U (3H, H), b (3H,), blocks in the order r, z, n; b_n (H,) starts at 0 and under reset="before" only adds to
    b[n]. Cho et al. and PyTorch keep the old state where z is 1; Chung et al. 2014 call 1 − z what is z here. Keras's order
    is z, r, h.
    """

    gates, extra, extra_grads = ("r", "z", "n"), ("inner",), ("d_inner",)
    halved = 2

    def __init__(self, input_size, hidden_size, *, rng, reset="after", dtype=np.float64):
        if reset not in ("after", "before"):
            raise ValueError(f"reset must be 'after' or 'before'; got {reset!r}")
        self.reset = reset
        super().__init__(input_size, hidden_size, rng=rng, dtype=dtype)
        self.params["b_n"] = np.zeros(hidden_size, dtype)

    def _views(self, t):
        H, a, h = self.hidden_size, t.rows, t.states["h"]
        blocks = [a[:, k * H : (k + 1) * H] for k in range(3)]
        return list(zip(a[:, : 2 * H], *blocks, h[:-1], h[1:], t.extra["inner"]))

    def _forward(self, trace):
        H, scratch, after = self.hidden_size, trace.scratch, self.reset == "after"
        U, U_gates, U_n = trace.U, trace.U[: 2 * H], trace.U[2 * H :]
        to_gates, to_n = scratch[: 2 * H], scratch[2 * H :]
        b_n = np.broadcast_to(self.params["b_n"][:, None], to_n.shape).copy()
        matmul, add, subtract, multiply, tanh = np.matmul, np.add, np.subtract, np.multiply, np.tanh
        for gates, r, z, n, h_prev, h, inner in trace.steps:
            matmul(U, h_prev, scratch) if after else matmul(U_gates, h_prev, to_gates)
            add(gates, to_gates, gates)
            tanh(gates, gates)
            add(gates, 1.0, gates)
            multiply(gates, 0.5, gates)
            if after:  # inner = U_n h_{t−1} + b_n
                add(to_n, b_n, inner)
                multiply(r, inner, to_n)
            else:  # inner = r h_{t−1}
                multiply(r, h_prev, inner)
                matmul(U_n, inner, to_n)
                add(to_n, b_n, to_n)
            add(n, to_n, n)
            tanh(n, n)
            subtract(h_prev, n, h)
            multiply(z, h, h)
            add(h, n, h)

    def _backward(self, trace, grads):
        H, after = self.hidden_size, self.reset == "after"
        a, h_prev, inner, da = trace.rows, trace.states["h"][:-1], trace.extra["inner"], grads.rows
        r, z, n = (a[:, k * H : (k + 1) * H] for k in range(3))
        to_h, d_inner = grads.totals["h"], grads.extra["d_inner"]
        Ut_gates, Ut_n = grads.Ut[:, : 2 * H].copy(), grads.Ut[:, 2 * H :].copy()
        scratch, back = grads.scratch[:H], grads.scratch[H:]
        T, rows, B = a.shape
        for run in self._chunks(T, rows * B):
            d = da[run]
            np.subtract(1.0, a[run, : 2 * H], d[:, : 2 * H])
            d[:, 2 * H :] = d[:, H : 2 * H]  # 1 − z
            d[:, : 2 * H] *= a[run, : 2 * H]  # σ′
            d[:, :H] *= inner[run] if after else h_prev[run]
            d[:, H : 2 * H] *= h_prev[run] - n[run]
            d[:, 2 * H :] *= 1.0 - n[run] * n[run]
            for t in range(run.stop - 1, run.start - 1, -1):
                dh, dat, dn = to_h[t + 1], da[t], da[t, 2 * H :]
                dat[H : 2 * H] *= dh
                dn *= dh
                if after:
                    dat[:H] *= dn
                    np.multiply(r[t], dn, d_inner[t])
                    np.matmul(Ut_n, d_inner[t], back)
                else:
                    np.matmul(Ut_n, dn, back)
                    dat[:H] *= back
                    back *= r[t]
                np.matmul(Ut_gates, dat[: 2 * H], scratch)
                scratch += back
                np.multiply(z[t], dh, back)
                scratch += back
                np.add(to_h[t], scratch, to_h[t])
        _sums(grads, da, trace.input, h_prev)
        carried, source = (d_inner, h_prev) if after else (da[:, 2 * H :], inner)
        carried = _flat(carried)
        np.matmul(carried, _flat(source).T, out=grads.params["U"][2 * H :])
        np.sum(carried, axis=1, out=grads.params["b_n"])
