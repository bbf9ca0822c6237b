"""The simple recurrent network. base.py explains x_1_h, W_b_U and runs of steps."""

import numpy as np
from numpy import dot

from rnnlib import activations
from rnnlib.cells.base import Cell, steps_of


class RNN(Cell):
    """The simple recurrent network of Elman 1990.

    Forward, for t = 1 … T:

        a_t = W x_t + b + U h_{t−1}
        h_t = φ(a_t)                             hidden state

    Backward, for t = T … 1:

        dh_t = loss_t + Uᵀ da_{t+1}              from the loss, and through the next step
        da_t = φ′(a_t) dh_t
        dx_t = Wᵀ da_t

    Parameters: W (H, D), U (H, H), b (H,). activation: the name of φ, one of "tanh", "logistic",
    "relu", "softsign", "identity". rng: the Generator that draws the first weights (W as Xavier,
    U orthogonal, b zero). dtype: float32 or float64. A wrong one of these raises ValueError.

    PyTorch's nn.RNN has a second bias, which adds to b. Keras's SimpleRNN keeps W and U transposed.
    """

    gates = ("h",)
    blocks_of_a_run = ("from_loss", "da")

    def __init__(self, input_size, hidden_size, *, rng, activation="tanh", dtype=np.float64):
        self.activation = activations.get(activation)
        super().__init__(input_size, hidden_size, rng=rng, dtype=dtype)

    def _name_steps(self, trace):
        return steps_of(x_1_h=trace.x_1_h[:-1], h=trace.states["h"][1:])

    def _forward(self, trace):
        W_b_U, phi = trace.W_b_U, self.activation.apply
        for step in trace.steps:
            dot(W_b_U, step.x_1_h, out=step.h)  # this is a_t
            phi(step.h, out=step.h)

    def _name_steps_back(self, grads):
        from_loss, da = (grads.repeated(block) for block in grads.run_memory.swapaxes(0, 1))
        return steps_of(
            from_loss=from_loss, da=da, dh=grads.states["h"][1:], dx_1_h=grads.dx_1_h[:-1]
        )

    def _backward(self, trace, grads, run, memory, loss):
        W_b_U = trace.W_b_U
        from_loss, da = memory.swapaxes(0, 1)
        from_loss[...] = loss
        self.activation.slope(trace.states["h"][1:][run], out=da)  # φ′(a_t); the loop makes it da_t
        for step in reversed(grads.steps[run]):
            step.dh += step.from_loss  # Uᵀ da_{t+1} is there already: the next step wrote it
            step.da *= step.dh
            dot(W_b_U.T, step.da, out=step.dx_1_h)
        self._add_parameter_gradients(trace, grads, run, da)
