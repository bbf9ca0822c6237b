"""Long short-term memory. base.py explains x_1_h, W_b_U and runs of steps."""

import numpy as np
from numpy import add, dot, multiply

from rnnlib import activations
from rnnlib.cells.base import Cell
from rnnlib.cells.layout import sigma, stacked, steps_of

sigma_slope = activations.get("logistic").slope  # σ′(a), computed from σ(a)


class LSTM(Cell):
    """Long short-term memory with forget gates (Hochreiter & Schmidhuber 1997; Gers et al. 2000).

    Forward, for t = 1 … T:

        i_t = σ(W_i x_t + b_i + U_i h_{t−1})     input gate
        f_t = σ(W_f x_t + b_f + U_f h_{t−1})     forget gate
        o_t = σ(W_o x_t + b_o + U_o h_{t−1})     output gate
        g_t = φ(W_g x_t + b_g + U_g h_{t−1})     candidate
        c_t = f_t c_{t−1} + i_t g_t              cell state
        h_t = o_t φ(c_t)                         hidden state

    Backward, for t = T … 1, where dh_loss is what the loss sends to h_t, a_i what is in the
    brackets of i_t, and so on, and da_t stacks da_i, da_f, da_o and da_g:

        dh_t = dh_loss + Uᵀ da_{t+1}
        dc_t = f_{t+1} dc_{t+1} + o_t φ′(c_t) dh_t
        da_i = g_t σ′(a_i) dc_t
        da_f = c_{t−1} σ′(a_f) dc_t
        da_o = φ(c_t) σ′(a_o) dh_t
        da_g = i_t φ′(a_g) dc_t
        dx_t = Wᵀ da_t
        dW = Σ_t da_t x_tᵀ,   db = Σ_t da_t,   dU = Σ_t da_t h_{t−1}ᵀ

    At t = T, dstate takes the place of the terms in t + 1. φ is the same in g_t and h_t, unless an
    experiment sets `squash`, the function that is applied to c_t.

    Parameters: W (4H, D), U (4H, H), b (4H,), blocks in the order i, f, o, g.

    Arguments: input_size D and hidden_size H. forget_bias: where b_f starts (Jozefowicz et al.
    2015); the other biases start at 0. activation: the name of φ, "tanh", "logistic", "relu",
    "softsign" or "identity". rng: the Generator that draws the first weights (W as Xavier, U
    orthogonal in each block). dtype: float32 or float64. A wrong argument raises ValueError.

    There are no peepholes. PyTorch's order is i, f, g, o, with two biases that add up; Keras's is
    i, f, c, o.
    """

    gates = ("i", "f", "o", "g")
    states = ("h", "c")
    block_names = ("i", "f", "o", "g", "phi_c")
    run_block_names = ("da_i", "da_f", "da_o", "da_g", "dh_loss", "f", "o_phi_slope")

    def __init__(
        self, input_size, hidden_size, *, rng, forget_bias=1.0, activation="tanh", dtype=np.float64
    ):
        self.activation = activations.get(activation)  # φ of the candidate
        self.squash = self.activation  # φ of the cell state; an experiment may set another one
        super().__init__(input_size, hidden_size, rng=rng, dtype=dtype, setting=activation)
        self.part("f")["b"][:] = forget_bias

    def _name_steps(self, trace):
        i, f, o, g, phi_c = trace.blocks.swapaxes(0, 1)
        h, c = trace.states["h"], trace.states["c"]
        return steps_of(
            x_1_h=trace.x_1_h[:-1], a=stacked(trace.blocks[:, :4]), i_f_o=trace.blocks[:, :3],
            i=i, f=f, o=o, g=g, c_prev=c[:-1], c=c[1:], phi_c=phi_c, h=h[1:],
        )  # fmt: skip

    def _forward(self, trace):
        W_b_U, phi, squash = trace.W_b_U, self.activation.apply, self.squash.apply
        half = np.array(0.5, self.dtype)
        for step in trace.steps:
            dot(W_b_U, step.x_1_h, out=step.a)  # a_i, a_f, a_o, a_g, in the places of i, f, o, g
            sigma(step.i_f_o, half)
            phi(step.g, out=step.g)
            add(step.f * step.c_prev, step.i * step.g, out=step.c)
            squash(step.c, out=step.phi_c)
            multiply(step.o, step.phi_c, out=step.h)

    def _name_steps_back(self, grads):
        memory, dh, dc = grads.run_memory, grads.dstates["h"], grads.dstates["c"]
        blocks = {name: grads.per_step(memory[:, k]) for k, name in enumerate(self.run_block_names)}
        return steps_of(
            **blocks, da=grads.per_step(stacked(memory[:, :4])), dx_1_h=grads.dx_1_h[:-1],
            dh=dh[1:], dc=dc[1:], dc_prev=dc[:-1],
        )  # fmt: skip

    def _backward(self, trace, grads, run, memory, dh_loss):
        W_b_U, phi_slope, squash_slope = trace.W_b_U, self.activation.slope, self.squash.slope
        (i, f, o, g, phi_c), c_prev = trace.blocks[run].swapaxes(0, 1), trace.states["c"][:-1][run]
        da_i, da_f, da_o, da_g, dh_loss_of_run, f_of_run, o_phi_slope = memory.swapaxes(0, 1)
        # Until the loop, da_i holds g_t σ′(a_i), and so on. The loop multiplies by dc_t or dh_t.
        multiply(g, sigma_slope(i), out=da_i)
        multiply(c_prev, sigma_slope(f), out=da_f)
        multiply(phi_c, sigma_slope(o), out=da_o)
        multiply(i, phi_slope(g), out=da_g)
        multiply(o, squash_slope(phi_c), out=o_phi_slope)
        # A step names places in the run's memory, not in this trace: so dh_loss and f are copied.
        dh_loss_of_run[...], f_of_run[...] = dh_loss, f
        for step in reversed(grads.steps[run]):
            step.dh += step.dh_loss  # dh holds Uᵀ da_{t+1} (or dstate)
            step.dc += step.o_phi_slope * step.dh  # dc holds f_{t+1} dc_{t+1} (or dstate)
            step.da_i *= step.dc
            step.da_f *= step.dc
            step.da_o *= step.dh
            step.da_g *= step.dc
            multiply(step.f, step.dc, out=step.dc_prev)  # f_t dc_t, for the step before
            dot(W_b_U.T, step.da, out=step.dx_1_h)  # dx_t, and Uᵀ da_t in the place of dh_{t−1}
        self._add_parameter_gradients(trace, grads, run, stacked(memory[:, :4]))
