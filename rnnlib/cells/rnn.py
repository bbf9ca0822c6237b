"""The simple recurrent network. base.py explains x_1_h, W_b_U and runs of steps."""

import numpy as np
from numpy import dot

from rnnlib import activations
from rnnlib.cells.base import Cell
from rnnlib.cells.layout import steps_of


class RNN(Cell):
    """The simple recurrent network of Elman 1990.

    Forward, for t = 1 … T:

        a_t = W x_t + b + U h_{t−1}
        h_t = φ(a_t)                             hidden state

    Backward, for t = T … 1, where dh_loss is what the loss sends to h_t:

        dh_t = dh_loss + Uᵀ da_{t+1}             and, at t = T, dstate in place of Uᵀ da_{t+1}
        da_t = φ′(a_t) dh_t
        dx_t = Wᵀ da_t
        dW = Σ_t da_t x_tᵀ,   db = Σ_t da_t,   dU = Σ_t da_t h_{t−1}ᵀ

    Parameters: W (H, D), U (H, H), b (H,).

    Arguments: input_size D and hidden_size H. activation: the name of φ, one of "tanh", "logistic",
    "relu", "softsign", "identity". rng: the Generator that draws the first weights (W as Xavier,
    U orthogonal, b zero). dtype: float32 or float64. A wrong argument raises ValueError.

    PyTorch's nn.RNN has a second bias, which adds to b. Keras's SimpleRNN keeps W and U transposed.
    """

    gates = ("h",)
    run_block_names = ("dh_loss", "da")

    def __init__(self, input_size, hidden_size, *, rng, activation="tanh", dtype=np.float64):
        self.activation = activations.get(activation)
        super().__init__(input_size, hidden_size, rng=rng, dtype=dtype, setting=activation)

    def _name_steps(self, trace):
        return steps_of(x_1_h=trace.x_1_h[:-1], h=trace.states["h"][1:])

    def _forward(self, trace):
        W_b_U, phi = trace.W_b_U, self.activation.apply
        for step in trace.steps:
            dot(W_b_U, step.x_1_h, out=step.h)  # this is a_t
            phi(step.h, out=step.h)

    def _name_steps_back(self, grads):
        dh_loss, da = (grads.per_step(block) for block in grads.run_memory.swapaxes(0, 1))
        dh = grads.dstates["h"][1:]
        return steps_of(dh_loss=dh_loss, da=da, dh=dh, dx_1_h=grads.dx_1_h[:-1])

    def _backward(self, trace, grads, run, memory, dh_loss):
        W_b_U, h = trace.W_b_U, trace.states["h"][1:]
        dh_loss_of_run, da = memory.swapaxes(0, 1)
        dh_loss_of_run[...] = dh_loss
        # Until the loop, da holds φ′(a_t), computed from h_t. The loop multiplies it by dh_t.
        self.activation.slope(h[run], out=da)
        for step in reversed(grads.steps[run]):
            step.dh += step.dh_loss  # dh holds Uᵀ da_{t+1} already (dstate at t = T)
            step.da *= step.dh
            dot(W_b_U.T, step.da, out=step.dx_1_h)
        self._add_parameter_gradients(trace, grads, run, da)
