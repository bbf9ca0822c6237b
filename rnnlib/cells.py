"""The recurrent cells: RNN, LSTM, GRU. Each has one forward and one backward over a whole sequence.
T steps, B sequences in a batch, D inputs, H hidden units; arrays over time are (T, B, ·). A cell keeps no state: a `Trace`
holds all that `backward` needs, the weights included, so a later change of the parameters does not disturb it. Fast by
1. features before the batch inside, (T, blocks, H, B): each gate is one block, one call serves blocks side by side;
2. what enters step t in one block too, x_t over 1 over h_{t−1}: one product with the joined weights [W b U] a step;
3. gates as σ(a) = 1/(1 + e^−a), at half the price of a tanh: their rows of the weights change sign once, the loop divides
   by 1 + e^−a where the equations multiply by a gate, and one call after the loop makes gates of all these;
4. for a run of steps at once, short enough for the cache: the slopes, which do not need dh, and the sums for dW, db, dU;
   with NumPy's buffer (8,192 numbers) made so small that it does not copy blocks into it, several at a time, beforehand.
   All runs share one memory: what they leave over time, at x_t, h_t and c_t, is kept only when somebody asks for it;
5. calls of NumPy on views made once for a trace, and loops that allocate nothing. At B = 1 the time is how many calls and
   how fast each starts (an array's own `dot` soonest): one small product adds up dc and repeats it, for all gates at once."""

import math
from collections import namedtuple
from functools import partial

import numpy as np

from rnnlib import activations, checks
from rnnlib.initial import orthogonal, xavier

logistic_slope, tanh_slope = activations.get("logistic").slope, activations.get("tanh").slope
WIDE = 512  # columns in a run of steps, n·B, whose arrays then stay in the cache, and NumPy's buffer; see 4
# A run of steps in `backward`: calls before its loop, the loop's views, calls after; factors of dW, db, dU; what x, h, c need.
Run = namedtuple("Run", "before views after factors steps da arriving")


def room(shape, dtype):
    """Memory for an array, from the start of a cache line: from np.empty's start every other vector lies in two of them."""
    memory = np.empty(math.prod(shape) * dtype.itemsize + 64, np.uint8)
    return np.ndarray(shape, dtype, memory, offset=-memory.ctypes.data % 64)


class Trace:
    """What `forward` computed, made by a cell: h and the gates by name, each (T, B, H), and what `backward` reads."""
    def __init__(self, cell, T, B):
        D, H, n, dtype = cell.input_size, cell.hidden_size, len(cell.gates), cell.dtype
        self.key, self.kind = (T, B, dtype), cell.kind
        self.fed = room((T + 1, D + 1 + H * cell.fed_blocks, B), dtype)  # x_t, 1, h_{t−1}: all that enters step t
        self.fed[:, D] = 1
        self.input, self.states = self.fed[:T, :D], {"h": self.fed[:, D + 1 : D + 1 + H]}
        self.weights = room((n * H, D + 1 + H), dtype)  # [W b U] as they were, the rows of logistic gates negated
        self.W, self.b, self.U = self.weights[:, :D], self.weights[:, D], self.weights[:, D + 1 :]
        self.sign = np.repeat(np.array([-1, 1], dtype), [cell.logistic * H, (n - cell.logistic) * H])
        self.signed, self.scratch = self.weights[: cell.logistic * H], room((2, H, B), dtype)
        self.blocks = room((T + 1, len(cell.blocks), H, B), dtype)
        for k, name in enumerate(cell.blocks):
            setattr(self, name, self.blocks[:T, k].transpose(0, 2, 1))
        self.steps = list(cell._lay_out(self))  # each step's views
        for name, states in self.states.items():
            setattr(self, name, states[1:].transpose(0, 2, 1))

    @property
    def state(self):
        """A copy of the final state, {"h": (B, H)} and for an LSTM "c": (B, H), ready to carry into the next chunk."""
        return {name: states[-1].T.copy() for name, states in self.states.items()}


class Grads:
    """What `backward` computed. params: as the cell's; state: at the initial state, {"h": (B, H), ...}; x, h, c: over time.
    Who asks for these first waits for a second pass; if this memory is used again, they come with the first."""
    def __init__(self, cell, trace):
        (T, B, dtype), H, rows = trace.key, cell.hidden_size, len(trace.weights)
        self.cell, self.trace, self.kept = cell, trace, {}
        self.made_for = trace, cell.activation, cell.squash  # whose arrays and functions the runs hold
        self.params = {name: np.empty_like(p) for name, p in cell.params.items()}
        self.dh, self.end, self.Ut = (room(shape, dtype) for shape in ((T, B, H), (len(cell.states), H, B), (H, rows)))
        n = min(T, max(WIDE // B, 1))
        blocks = room((n + 1, cell.local, H, B), dtype)  # of a run: what arrives at a step; slopes, which become gradients
        self.start, self.runs = blocks[0, cell.carried], []
        views = list(zip(*cell._lay_out_grads(blocks[:-1], blocks[1:]), strict=True))[::-1]
        rooms = [room((part.size,), dtype) for part in (blocks[1:, cell.kept], trace.fed[:n])]
        row = np.dtype((np.void, B * dtype.itemsize))  # copied as one item, in two thirds of the time its B numbers take
        for stop in range(T, 0, -n):
            steps, k = slice(max(0, stop - n), stop), min(n, stop)
            step, arriving = blocks[1 : k + 1], blocks[cell.arriving[0] :][:k, cell.arriving[1]]
            da, fed = step[:, cell.kept].reshape(k, -1, B), trace.fed[steps]
            # Their steps (k, rows, B) side by side, as the columns of one matrix (rows, k·B).
            da_wide, fed_wide = wide = [memory[: a.size].reshape(a.shape[1], k, B) for a, memory in zip((da, fed), rooms)]
            fill_wide = [partial(np.copyto, w.view(row)[..., 0], a.view(row)[..., 0].T) for w, a in zip(wide, (da, fed))]
            fill_dh = partial(np.copyto, step[:, 1], self.dh[steps].transpose(0, 2, 1))
            carry = partial(np.copyto, step[-1, cell.carried], self.start)
            self.runs.append(Run([fill_dh, carry, *cell._slopes(trace, steps, step)], views[n - k :], fill_wide,
                                 [(da_wide[a].reshape(-1, k * B), fed_wide[b].reshape(-1, k * B).T) for a, b in cell.products],
                                 steps, da, arriving))

    x = property(lambda self: self._over_time("x"), doc="Gradient at the input, (T, B, D).")
    h = property(lambda self: self._over_time("h"), doc="Total gradient arriving at h_t, (T, B, H).")
    c = property(lambda self: self._over_time("c"), doc="Total gradient arriving at c_t of an LSTM, (T, B, H).")

    def _over_time(self, name):
        cell, trace, (T, B, dtype) = self.cell, self.trace, self.trace.key
        if name not in ("x", *cell.states):
            raise AttributeError(f"the gradients of {type(cell).__name__} have no {name}")
        if not self.kept and self.turn is not trace.turn:
            raise RuntimeError(f"{name} must be asked for before forward(..., out=trace) writes over its trace")
        if not self.kept:
            x, states, W = (room(shape, dtype) for shape in ((T, cell.input_size, B), (T, *self.end.shape), trace.W.T.shape))
            self.kept = dict(zip(("x", *cell.states), (x, *states.swapaxes(0, 1)), strict=True))
            self.runs[0].before.append(lambda: np.copyto(W, np.roll(trace.W.T * trace.sign, cell.rolled, axis=1)))
            for run in self.runs:
                run.after.extend([partial(np.matmul, W, run.da[:, : W.shape[1]], out=x[run.steps]),
                                  partial(np.copyto, states[run.steps], run.arriving)])
            list(cell._sweep(self))
        return self.kept[name].transpose(0, 2, 1)


class Cell:
    """What the three cells share: parameters by name, checks of arguments, what stands before and after the loop."""
    gates, states, activation, squash, reset = (), ("h",), None, None, None
    blocks, logistic = (), 0  # what a trace holds of a step beside `fed`; how many gates are logistic: the first
    # Gradients of a step: how many blocks (1 comes from the loss); which go on to the next run, are da for dW, go through U,
    # or, in the rows of step t − 1 or t, arrive at the states. Blocks in `fed`; rows of da and `fed` to multiply; da's order.
    local, carried, kept, through_U, arriving = 3, slice(0, 1), slice(2, 3), slice(2, 3), (1, slice(1, 2))
    fed_blocks, products, rolled = 1, [(slice(None), slice(None))], 0

    def __init__(self, input_size, hidden_size, *, rng, dtype=np.float64):
        D, H = checks.size("input_size", input_size), checks.size("hidden_size", hidden_size)
        checks.generator("rng", rng)
        if dtype not in (np.float32, np.float64, "float32", "float64"):
            raise ValueError(f"dtype must be float32 or float64; got {dtype!r}")
        self.input_size, self.hidden_size, n = D, H, len(self.gates)
        self.kind = (type(self), D, H, self.activation, self.reset)  # a trace of another kind is not this cell's
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
        H, k = self.hidden_size, self.hidden_size * self.gates.index(gate)
        return {name: self.params[name][k : k + H] for name in ("W", "U", "b")}

    def forward(self, x, state=None, out=None):
        """Run over x (T, B, D) from `state` ({"h": (B, H), ...}, None for zeros) and return a `Trace`.
        out: an older trace whose memory may be used again. ValueError for a wrong shape, dtype or name."""
        x = checks.array("x", x, "(T, B, D)", (-1, -1, self.input_size), self.dtype)
        T, B, _ = x.shape
        if T == 0 or B == 0:
            raise ValueError(f"x must hold at least one step and one sequence, (T, B, D); got {x.shape}")
        start = self._state("state", state, B)
        trace = out if isinstance(out, Trace) and (out.key, out.kind) == ((T, B, self.dtype), self.kind) else Trace(self, T, B)
        trace.input[...], trace.turn = x.transpose(0, 2, 1), object()  # another turn at each use of its memory
        for name, states in trace.states.items():
            states[0] = 0 if start is None else start[name].T
        trace.W[...], trace.b[...], trace.U[...] = (self.params[name] for name in ("W", "b", "U"))
        np.negative(trace.signed, out=trace.signed)
        with np.errstate(over="ignore" if self.logistic else None):  # a shut gate's e^−a may be infinite, and the gate 0
            np.setbufsize(WIDE)
            self._forward(trace)
        return trace

    def backward(self, trace, dh, dstate=None, out=None):
        """Backpropagation through time (Werbos 1990): dh (T, B, H) is what the loss sends to each h_t, dstate what it
        sends to the final state ({"h": (B, H), ...}, None for zeros). Returns `Grads`, exact over T steps.
        out: older grads of this trace, whose memory is used again. ValueError for a wrong shape or name."""
        if not isinstance(trace, Trace) or trace.kind != self.kind:
            raise ValueError(f"trace must be what this cell's forward returned; got {type(trace).__name__}")
        T, B, dtype = trace.key
        dh = checks.array("dh", dh, "(T, B, H)", (T, B, self.hidden_size), dtype)
        end = self._state("dstate", dstate, B)
        grads = out if isinstance(out, Grads) and out.made_for == (trace, self.activation, self.squash) else Grads(self, trace)
        np.multiply(trace.U.T, trace.sign, out=grads.Ut)
        grads.turn, grads.dh[...] = trace.turn, dh
        for k, name in enumerate(self.states):
            grads.end[k] = 0 if end is None else end[name].T
        sums = [0] * len(self.products)
        for factors in self._sweep(grads):
            sums = [total + np.dot(a, b) for total, (a, b) in zip(sums, factors, strict=True)]
        grads.state = {name: part.T.copy() for name, part in zip(self.states, grads.start, strict=True)}
        self._share_out(trace, grads, *sums)
        return grads

    def _sweep(self, grads):
        """Back through time, run by run; gives the factors of each before the next one takes their memory."""
        grads.start[...] = grads.end
        with np.errstate():
            np.setbufsize(WIDE)
            for run in grads.runs:
                for call in run.before:
                    call()
                self._backward(grads, run.views)
                for call in run.after:
                    call()
                yield run.factors

    def _lay_out_grads(self, before, step):
        return step[:, self.through_U].reshape(len(step), -1, step.shape[-1]), before[:, 0], *step.swapaxes(0, 1)

    def _share_out(self, trace, grads, joined):
        """dW = Σ_t da_t x_tᵀ, db = Σ_t da_t, dU = Σ_t da_t h_{t−1}ᵀ, which stand side by side."""
        D, params = self.input_size, grads.params
        params["W"][...], params["b"][...], params["U"][...] = joined[:, :D], joined[:, D], joined[:, D + 1 :]

    def _state(self, argument, state, B):
        if state is None:
            return None
        if not isinstance(state, dict) or set(state) != set(self.states):
            got = sorted(state) if isinstance(state, dict) else type(state).__name__
            raise ValueError(f"{argument} must be a dict with the names {', '.join(self.states)}; got {got}")
        return {k: checks.array(f"{argument}[{k!r}]", v, "(B, H)", (B, self.hidden_size), self.dtype) for k, v in state.items()}


class RNN(Cell):
    """The simple recurrent network of Elman 1990: h_t = φ(W x_t + U h_{t−1} + b).
    W (H, D), U (H, H), b (H,); activation φ: tanh, logistic, relu, softsign or identity. PyTorch's nn.RNN has a second
    bias, which adds to b; Keras's SimpleRNN keeps W and U transposed."""
    gates = ("h",)

    def __init__(self, input_size, hidden_size, *, rng, activation="tanh", dtype=np.float64):
        self.activation = activations.get(activation)
        super().__init__(input_size, hidden_size, rng=rng, dtype=dtype)

    def _lay_out(self, trace):
        return zip(trace.fed[:-1], trace.states["h"][1:], strict=True)

    def _forward(self, trace):
        dot, phi = trace.weights.dot, self.activation.apply
        for fed, h in trace.steps:
            dot(fed, h)
            phi(h, h)

    def _slopes(self, trace, run, local):
        return [partial(self.activation.slope, trace.states["h"][1:][run], local[:, 2])]

    def _backward(self, grads, steps):
        dot, add, multiply = grads.Ut.dot, np.add, np.multiply
        for _, to_h_prev, to_h, dh, da in steps:
            add(dh, to_h, dh)
            multiply(da, dh, da)
            dot(da, to_h_prev)


class LSTM(Cell):
    """Long short-term memory with forget gates (Hochreiter and Schmidhuber 1997; Gers et al. 2000):

        i_t = σ(W_i x_t + U_i h_{t−1} + b_i)      input gate
        f_t = σ(W_f x_t + U_f h_{t−1} + b_f)      forget gate
        o_t = σ(W_o x_t + U_o h_{t−1} + b_o)      output gate
        g_t = φ(W_g x_t + U_g h_{t−1} + b_g)      candidate
        c_t = f_t c_{t−1} + i_t g_t               cell state
        h_t = o_t φ(c_t)                          hidden state

    W (4H, D), U (4H, H), b (4H,), blocks in the order i, f, o, g; b_f starts at `forget_bias` (Jozefowicz et al. 2015),
    the other biases at 0. No peepholes. PyTorch's order is i, f, g, o, with two biases that add; Keras's is i, f, c, o."""
    gates, states, blocks, logistic = ("i", "f", "o", "g"), ("h", "c"), ("i", "f", "o", "g", "c_prev", "squashed"), 3
    local, carried, kept, arriving = 13, slice(4, 6), slice(9, 13), (0, slice(7, 5, -1))  # in the order of `_lay_out_grads`

    def __init__(self, input_size, hidden_size, *, rng, forget_bias=1.0, activation="tanh", dtype=np.float64):
        self.activation = self.squash = activations.get(activation)  # φ of the candidate, φ of the cell state
        super().__init__(input_size, hidden_size, rng=rng, dtype=dtype)
        self.part("f")["b"][:] = forget_bias

    def _lay_out(self, trace):
        step, c, H, B = trace.blocks[:-1], trace.blocks[:, 4], *trace.scratch[0].shape
        trace.states["c"], trace.blocks[-1, 1] = c, 1  # what arrives at c after the last step passes through no gate
        all_four, gates, i_f, o = step[:, :4].reshape(-1, 4 * H, B), step[:, :3], step[:, :2], step[:, 2]
        g, g_c, squashed, h = step[:, 3], step[:, 3:5], step[:, 5], trace.states["h"][1:]
        return zip(trace.fed[:-1], all_four, gates, i_f, o, g, g_c, c[1:], squashed, h, strict=True)

    def _forward(self, trace):
        terms, (written, held), one, phi = trace.scratch, trace.scratch, np.ones((), self.dtype), self.activation.apply
        squash, dot, exp, add, divide = self.squash.apply, trace.weights.dot, np.exp, np.add, np.divide
        for fed, all_four, gates, i_f, o, g, g_c, c, squashed, h in trace.steps:
            dot(fed, all_four)
            exp(gates, gates)
            add(gates, one, gates)
            phi(g, g)
            divide(g_c, i_f, terms)
            add(written, held, c)
            squash(c, squashed)
            divide(squashed, o, h)
        divide(one, trace.blocks[:-1, :3], trace.blocks[:-1, :3])

    def _slopes(self, trace, run, local):
        gates, g_c_squashed, f_next = trace.blocks[run, :3], trace.blocks[run, 3:], trace.blocks[1:][run, 1]
        loss_to_c, loss_to_h, h_to_c, f_to_c, *_ = local.swapaxes(0, 1)
        to_gates, both = local[:, 9:12], local[:, 12:1:-10]  # both: to_g, which i multiplies, and h_to_c, which o multiplies
        calls = [partial(np.copyto, f_to_c, f_next), partial(self.activation.slope, g_c_squashed[:, ::2], both)]
        if self.squash is not self.activation:
            calls.append(partial(self.squash.slope, g_c_squashed[:, 2], h_to_c))
        return [*calls, partial(np.multiply, both, gates[:, ::2], both), partial(np.multiply, h_to_c, loss_to_h, loss_to_c),
                partial(logistic_slope, gates, to_gates), partial(np.multiply, to_gates, g_c_squashed, to_gates)]

    def _lay_out_grads(self, before, step):
        """Blocks of step t. 0, 1: what reaches c_t and h_t from the loss; 2, 3: what else reaches c_t, through h_t and from
        c_{t+1} (slopes before); 4: what reaches h_t from t + 1; 5–8: dc, dc, dh, dc of t + 1; 9–12: da_t (slopes before)."""
        parts, sums = step[:, :5].reshape(len(step), 5, -1), before[:, 5:9].reshape(len(step), 4, -1)
        da = step[:, self.kept].reshape(len(step), -1, step.shape[-1])
        return da, before[:, 4], step[:, 2:4], step[:, 4:6], parts, sums, sums.reshape(len(step), -1, before.shape[-1])

    def _backward(self, grads, steps):
        c, h = [1, 0, 1, 1, 0], [0, 1, 0, 0, 1]  # which of blocks 0–4 add up to dc, which to dh
        dot, add_up, multiply = grads.Ut.dot, np.array([c, c, h, c], grads.Ut.dtype).dot, np.multiply
        for da, to_h_prev, to_c, h_c_next, parts, sums, arriving in steps:
            multiply(to_c, h_c_next, to_c)
            add_up(parts, sums)
            multiply(da, arriving, da)
            dot(da, to_h_prev)

    def _share_out(self, trace, grads, joined):
        super()._share_out(trace, grads, joined)
        grads.state["c"] *= trace.f[0]


class GRU(Cell):
    """The gated recurrent unit of Cho et al. 2014:

        r_t = σ(W_r x_t + U_r h_{t−1} + b_r)                          reset gate
        z_t = σ(W_z x_t + U_z h_{t−1} + b_z)                          update gate
        n_t = tanh(W_n x_t + b[n] + r_t (U_n h_{t−1} + b_n))          candidate, reset="after", as in PyTorch
        n_t = tanh(W_n x_t + b[n] + U_n (r_t h_{t−1}) + b_n)          candidate, reset="before", as in the paper
        h_t = (1 − z_t) n_t + z_t h_{t−1}                             hidden state

    W (3H, D), U (3H, H), b (3H,), blocks in the order r, z, n; b_n (H,) starts at 0 and under reset="before" merely
    adds to b[n]. Cho et al. and PyTorch keep the old state where z is 1, Chung et al. 2014 where it is 0. Keras: z, r, h."""
    gates, logistic = ("r", "z", "n"), 2
    blocks = ("r", "z", "n", "inner")  # inner: U_n h_{t−1} + b_n under reset="after", r_t h_{t−1} under "before"
    local, kept = 9, slice(2, 6)  # from t + 1, dh, n, r, z, inner, what h_t sends straight to h_{t−1}; the gates r, z
    def __init__(self, input_size, hidden_size, *, rng, reset="after", dtype=np.float64):
        if reset not in ("after", "before"):
            raise ValueError(f"reset must be 'after' or 'before'; got {reset!r}")
        D, H, after = input_size, hidden_size, reset == "after"
        self.reset, self.through_U, self.fed_blocks = reset, slice(3, 6 if after else 5), 1 if after else 2
        recurrent = [(slice(H, 4 * H), slice(D, None))] if after else \
            [(slice(H, 3 * H), slice(D + 1, D + 1 + H)), (slice(0, H), slice(D + 1 + H, None))]
        self.products = [(slice(0, 3 * H), slice(0, D + 1)), *recurrent]
        super().__init__(input_size, hidden_size, rng=rng, dtype=dtype)
        self.rolled = self.hidden_size  # n first
        self.params["b_n"] = np.zeros(self.hidden_size, dtype)

    def _lay_out(self, trace):
        D, H, K = self.input_size, self.hidden_size, trace.weights.shape[1]
        step, h, fed = trace.blocks[:-1], trace.states["h"], trace.fed[:-1]
        trace.inner_weights = np.empty((H, 1 + H), trace.fed.dtype)  # [b_n U_n]
        gates = step[:, :2].reshape(len(step), -1, step.shape[-1])
        r, z, n, inner = step.swapaxes(0, 1)
        if self.reset == "before":
            inner = fed[:, K:]  # r_t h_{t−1} is fed to U_n
        return zip(fed[:, :K], fed[:, D:K], gates, r, z, n, inner, h[:-1], h[1:], strict=True)

    def _forward(self, trace):
        D, H, after, scratch = self.input_size, self.hidden_size, self.reset == "after", trace.scratch[0]
        trace.inner_weights[:, 0], trace.inner_weights[:, 1:] = self.params["b_n"], trace.U[2 * H :]
        if not after:
            trace.b[2 * H :] += self.params["b_n"]
        np.matmul(trace.weights[2 * H :, : D + 1], trace.fed[:-1, : D + 1], out=trace.blocks[:-1, 2])
        gates_dot, inner_dot, U_n_dot = trace.weights[: 2 * H].dot, trace.inner_weights.dot, trace.U[2 * H :].dot
        one, exp, add, subtract, divide, tanh = np.ones((), self.dtype), np.exp, np.add, np.subtract, np.divide, np.tanh
        for fed, one_h, gates, r, z, n, inner, h_prev, h in trace.steps:
            gates_dot(fed, gates)
            exp(gates, gates)
            add(gates, one, gates)
            if after:
                inner_dot(one_h, inner)
                divide(inner, r, scratch)
            else:
                divide(h_prev, r, inner)
                U_n_dot(inner, scratch)
            add(n, scratch, n)
            tanh(n, n)
            subtract(h_prev, n, h)
            divide(h, z, h)
            add(h, n, h)
        divide(one, trace.blocks[:-1, :2], trace.blocks[:-1, :2])

    def _slopes(self, trace, run, local):
        (_, z, n, inner), h_prev = trace.blocks[run].swapaxes(0, 1), trace.states["h"][:-1][run]
        _, _, to_n, to_r, to_z, _, spare, *_ = local.swapaxes(0, 1)
        return [partial(np.copyto, local[:, 7:], trace.blocks[run, :2]), partial(logistic_slope, local[:, 7:], local[:, 3:5]),
                partial(np.multiply, to_r, inner if self.reset == "after" else h_prev, to_r),
                partial(np.subtract, h_prev, n, spare), partial(np.multiply, to_z, spare, to_z),
                partial(tanh_slope, n, spare), partial(np.subtract, 1, z, to_n), partial(np.multiply, to_n, spare, to_n)]

    def _backward(self, grads, steps):
        H, Ut, after = self.hidden_size, grads.Ut, self.reset == "after"
        Ut_dot, Ut_gates_dot, Ut_n_dot, add, multiply = Ut.dot, Ut[:, : 2 * H].dot, Ut[:, 2 * H :].dot, np.add, np.multiply
        for through_U, to_h_prev, to_h, dh, to_n, to_r, to_z, to_inner, carry, r, z in steps:
            add(dh, to_h, dh)
            multiply(to_z, dh, to_z)
            multiply(to_n, dh, to_n)
            multiply(z, dh, carry)
            if after:
                multiply(r, to_n, to_inner)
                multiply(to_r, to_n, to_r)
                Ut_dot(through_U, to_h_prev)
            else:
                Ut_n_dot(to_n, to_inner)
                multiply(to_r, to_inner, to_r)
                multiply(r, to_inner, to_inner)
                add(carry, to_inner, carry)
                Ut_gates_dot(through_U, to_h_prev)
            add(to_h_prev, carry, to_h_prev)

    def _share_out(self, trace, grads, inputs, *recurrent):
        """Of W and b come the blocks n, r, z; then U and b_n for r, z, inner, or U for r, z and U for n."""
        H, params, inputs = self.hidden_size, grads.params, np.roll(inputs, -self.rolled, axis=0)
        params["W"][...], params["b"][...] = inputs[:, :-1], inputs[:, -1]
        if self.reset == "after":
            params["b_n"][...], params["U"][...] = recurrent[0][2 * H :, 0], recurrent[0][:, 1:]
        else:
            params["b_n"][...] = params["b"][2 * H :]
            params["U"][: 2 * H], params["U"][2 * H :] = recurrent
