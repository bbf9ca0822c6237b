"""What the recurrent cells share: parameters, checks, memory, and all that surrounds their loops.

T steps, B sequences in a batch, D inputs, H hidden units. Users see arrays over time as (T, B, ·),
a cell has them as (T, ·, B): see layout.py. A cell keeps no state of its own: a `Trace` holds all
numbers that `backward` needs, the weights included. In the code, dh stands for ∂E/∂h, the gradient
of the loss E, and so on; only the argument dh of `backward` is what the loss alone sends to h, and
the equations call it dh_loss. Products of two arrays of the same shape are elementwise, and sums
over t also run over the sequences of the batch.

Two ideas make the loops in rnn.py, lstm.py and gru.py short and fast:

1. x_t and h_{t−1} stand in one column, `x_1_h[t − 1]`: x_t above a 1 above h_{t−1}. With the
   parameters side by side in one matrix, `W_b_U`, three kinds of sums become one product each:
       W_b_U @ x_1_h                  is   a_t = W x_t + b + U h_{t−1}
       W_b_U.T @ da_t                 is   Wᵀ da_t above bᵀ da_t (not used) above Uᵀ da_t
       da_t @ x_1_h.T, summed over t, is   dW, db and dU side by side
   The states h are not a second array: they are the lower part of all these columns. Writing h_t
   fills in the column that enters step t + 1. In the same way `dx_1_h` holds the gradients at x and
   at h, so that the second product writes Uᵀ da_t to the place of dh_{t−1}. The GRU splits these
   products, because r_t stands between h_{t−1} and n_t.
2. `backward` takes a run of about 512 columns (steps times B) at a time, so that its arrays stay
   in the cache. Factors such as φ′(a_t), which do not depend on dh or dc, are computed for
   the whole run before its loop begins. All runs use the same memory.
"""

import numpy as np

from rnnlib import checks
from rnnlib.cells.layout import batch_second, side_by_side
from rnnlib.initial import orthogonal, xavier

COLUMNS_IN_A_RUN = 512


class Trace:
    """What one call of `forward` computed, and what `backward` needs of it.

    Attributes (T, B, H), aligned with x: h; for an LSTM c; each gate (`trace.f`), and whatever else
    the cell names in `block_names`.
    """

    def __init__(self, cell, T, B):
        D, H, dtype = cell.input_size, cell.hidden_size, cell.dtype
        self.cell_kind, self.sizes = cell.kind, (T, B, dtype)
        self.W_b_U = np.empty((len(cell.gates) * H, D + 1 + H), dtype)
        self.x_1_h = np.empty((T + 1, D + 1 + H, B), dtype)
        self.x_1_h[:, D] = 1
        self.x = batch_second(self.x_1_h[:T, :D])
        self.states = _states(cell, self.x_1_h)
        for name, states in self.states.items():
            setattr(self, name, batch_second(states[1:]))
        self.blocks = np.empty((T, len(cell.block_names), H, B), dtype)
        for k, name in enumerate(cell.block_names):
            setattr(self, name, batch_second(self.blocks[:, k]))
        self.steps = cell._name_steps(self)

    @property
    def state(self):
        """A copy of the final state, {"h": (B, H)} and for an LSTM "c": (B, H), to go on from."""
        return {name: states[-1].T.copy() for name, states in self.states.items()}


class Grads:
    """What one call of `backward` computed.

    params: the gradient of each parameter, named and shaped as in the cell.
    x: the gradient at the input, (T, B, D). h, and for an LSTM c: the total gradient that arrives
    at h_t and c_t, (T, B, H). state: the gradient at the initial state, {"h": (B, H), ...}.
    """

    def __init__(self, cell, trace):
        T, B, dtype = trace.sizes
        D, H = cell.input_size, cell.hidden_size
        self.cell_kind, self.sizes = trace.cell_kind, trace.sizes
        self.params = {name: np.empty(p.shape, dtype) for name, p in cell.params.items()}
        self.dx_1_h = np.empty_like(trace.x_1_h)
        self.dstates = _states(cell, self.dx_1_h)
        self.x = batch_second(self.dx_1_h[:T, :D])
        for name, dstates in self.dstates.items():
            setattr(self, name, batch_second(dstates[1:]))
        steps_in_a_run = min(T, max(1, COLUMNS_IN_A_RUN // B))
        self.run_memory = np.empty((steps_in_a_run, len(cell.run_block_names), H, B), dtype)
        self.steps = cell._name_steps_back(self)

    def runs(self):
        """The runs, the last one first: which steps, and their part of `run_memory`.

        They begin at multiples of the run's length; the last steps may make a shorter run.
        """
        T, n = self.sizes[0], len(self.run_memory)
        for start in range((T - 1) // n * n, -1, -n):
            stop = min(start + n, T)
            yield slice(start, stop), self.run_memory[: stop - start]

    def per_step(self, run_array):
        """For each of the T steps, its part of an array (steps in a run, ·, B) that runs share.

        It relies on what `runs` promises: a run begins at a multiple of the run's length.
        """
        return [run_array[t % len(run_array)] for t in range(self.sizes[0])]

    @property
    def state(self):
        """A copy of the gradient at the initial state, named and shaped like the state."""
        return {name: dstates[0].T.copy() for name, dstates in self.dstates.items()}


def _states(cell, columns):
    """The states by name, or their gradients, (T + 1, H, B); [t] is the state after t steps."""
    h = columns[:, cell.input_size + 1 :]
    return {name: h if name == "h" else np.empty(h.shape, h.dtype) for name in cell.states}


class Cell:
    """What the three cells share. A cell adds its equations as `_forward` and `_backward`."""

    gates = ()  # the blocks of H rows in W, U and b
    states = ("h",)
    block_names = ()  # what a trace keeps of each step beside the states
    run_block_names = ()  # what `backward` keeps of each step of a run

    def __init__(self, input_size, hidden_size, *, rng, dtype=np.float64, setting=None):
        D, H = checks.size("input_size", input_size), checks.size("hidden_size", hidden_size)
        checks.generator("rng", rng)
        if dtype not in (np.float32, np.float64, "float32", "float64"):
            raise ValueError(f"dtype must be float32 or float64; got {dtype!r}")
        self.input_size, self.hidden_size, n = D, H, len(self.gates)
        self.kind = f"{type(self).__name__}({D}, {H}, {setting})"  # a trace remembers its maker's
        W = np.concatenate([xavier(H, D, rng) for _ in range(n)])
        U = np.concatenate([orthogonal(H, rng) for _ in range(n)])
        self.params = {"W": W.astype(dtype), "U": U.astype(dtype), "b": np.zeros(n * H, dtype)}

    @property
    def dtype(self):
        """The parameters' dtype, in which all is computed; complex in a complex-step check."""
        return self.params["W"].dtype

    def part(self, gate):
        """The parameters of one gate, {"W": (H, D), "U": (H, H), "b": (H,)}.

        They are views: what is written into them sets the cell's parameters.
        Raises ValueError for a name that is not in `gates`.
        """
        if gate not in self.gates:
            raise ValueError(f"gate must be one of {', '.join(self.gates)}; got {gate!r}")
        start = self.hidden_size * self.gates.index(gate)
        rows = slice(start, start + self.hidden_size)
        return {name: self.params[name][rows] for name in ("W", "U", "b")}

    def forward(self, x, state=None, out=None):
        """Run over x (T, B, D) and return a `Trace`.

        state: the initial state, {"h": (B, H)} and for an LSTM "c": (B, H); None for zeros.
        out: an older trace to overwrite and return; it is ignored if it does not fit.
        Raises ValueError for a wrong shape, dtype or name.
        """
        x = checks.array("x", x, "(T, B, D)", (-1, -1, self.input_size), self.dtype)
        T, B, _ = x.shape
        if T == 0 or B == 0:
            wanted = "at least one step and one sequence, (T, B, D)"
            raise ValueError(f"x must have {wanted}; got {x.shape}")
        sizes = (T, B, self.dtype)
        fits = isinstance(out, Trace) and (out.cell_kind, out.sizes) == (self.kind, sizes)
        trace = out if fits else Trace(self, T, B)
        trace.x[...] = x
        self._write_state("state", state, trace.states, 0)
        for name, part in self._parts(trace.W_b_U).items():
            part[...] = self.params[name]
        self._forward(trace)
        return trace

    def backward(self, trace, dh, dstate=None, out=None):
        """Backpropagation through time (Werbos 1990), exact over all T steps. Returns `Grads`.

        trace: what this cell's `forward` returned. dh (T, B, H): what the loss sends to each h_t.
        dstate: what the loss sends to the final state, {"h": (B, H), ...}; None for zeros.
        out: older grads to overwrite and return; they are ignored if they do not fit.
        Raises ValueError for a wrong shape, dtype or name, or a trace of another kind of cell.
        """
        self._check_trace(trace)
        T, B, dtype = trace.sizes
        dh = checks.array("dh", dh, "(T, B, H)", (T, B, self.hidden_size), dtype)
        fits = isinstance(out, Grads) and (out.cell_kind, out.sizes) == (self.kind, trace.sizes)
        grads = out if fits else Grads(self, trace)
        self._write_state("dstate", dstate, grads.dstates, T)
        for sum_over_runs in grads.params.values():
            sum_over_runs[...] = 0
        for run, memory in grads.runs():
            self._backward(trace, grads, run, memory, batch_second(dh[run]))
        return grads

    def _parts(self, W_b_U):
        """W, b and U, or their gradients, as views into the one matrix that holds them."""
        D = self.input_size
        return {"W": W_b_U[:, :D], "b": W_b_U[:, D], "U": W_b_U[:, D + 1 :]}

    def _add_parameter_gradients(self, trace, grads, run, da):
        """Add what the steps of a run contribute to dW, db and dU. da: (n, rows, B)."""
        dW_db_dU = side_by_side(da) @ side_by_side(trace.x_1_h[run]).T
        for name, gradient in self._parts(dW_db_dU).items():
            grads.params[name] += gradient

    def _check_trace(self, trace):
        if not isinstance(trace, Trace):
            got = f"a {type(trace).__name__}"
        elif trace.cell_kind != self.kind:
            got = f"a trace of {trace.cell_kind}"
        else:
            return
        raise ValueError(f"trace must be what forward of this {self.kind} returned; got {got}")

    def _write_state(self, argument, values, states, t):
        """Write an argument, {"h": (B, H), ...} or None for zeros, as the state after t steps."""
        if values is None:
            for name in self.states:
                states[name][t] = 0
            return
        if not isinstance(values, dict) or set(values) != set(self.states):
            got = sorted(values) if isinstance(values, dict) else type(values).__name__
            names = ", ".join(self.states)
            raise ValueError(f"{argument} must be a dict with the names {names}; got {got}")
        for name, value in values.items():
            place = states[name][t].T
            label = f"{argument}[{name!r}]"
            place[...] = checks.array(label, value, "(B, H)", place.shape, self.dtype)
