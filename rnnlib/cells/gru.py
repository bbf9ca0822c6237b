"""The gated recurrent unit. base.py explains x_1_h, W_b_U and runs of steps."""

import numpy as np
from numpy import add, dot, multiply, tanh

from rnnlib import activations
from rnnlib.cells.base import Cell
from rnnlib.cells.layout import side_by_side, sigma, stacked, steps_of

sigma_slope = activations.get("logistic").slope  # σ′(a), computed from σ(a)
tanh_slope = activations.get("tanh").slope  # tanh′(a), computed from tanh(a)


class GRU(Cell):
    """The gated recurrent unit of Cho et al. 2014, with the reset after or before the product.

    Forward, for t = 1 … T:

        r_t = σ(W_r x_t + b_r + U_r h_{t−1})             reset gate
        z_t = σ(W_z x_t + b_z + U_z h_{t−1})             update gate
      reset="after", as in PyTorch:
        u_t = U_n h_{t−1} + b_n
        n_t = tanh(W_n x_t + b[n] + r_t u_t)             candidate
      reset="before", as in the paper:
        u_t = r_t h_{t−1}
        n_t = tanh(W_n x_t + b[n] + U_n u_t + b_n)       candidate
      both:
        h_t = (1 − z_t) n_t + z_t h_{t−1}                hidden state

    b[n] is the last block of b; b_n is a parameter of its own.

    Backward, for t = T … 1, where dh_loss is what the loss sends to h_t, a_r what is in the
    brackets of r_t, and so on, and back_t is what step t sends to h_{t−1}:

        dh_t = dh_loss + back_{t+1}              and, at t = T, dstate in place of back_{t+1}
        da_z = (h_{t−1} − n_t) σ′(a_z) dh_t
        da_n = (1 − z_t) tanh′(a_n) dh_t
      reset="after":
        du_t = r_t da_n
        da_r = u_t σ′(a_r) da_n
        back_t = z_t dh_t + U_rᵀ da_r + U_zᵀ da_z + U_nᵀ du_t
        dU_n = Σ_t du_t h_{t−1}ᵀ,   db_n = Σ_t du_t
      reset="before":
        du_t = U_nᵀ da_n
        da_r = h_{t−1} σ′(a_r) du_t
        back_t = z_t dh_t + U_rᵀ da_r + U_zᵀ da_z + r_t du_t
        dU_n = Σ_t da_n u_tᵀ,   db_n = Σ_t da_n
      both:
        dx_t = W_rᵀ da_r + W_zᵀ da_z + W_nᵀ da_n
        dW = Σ_t da_t x_tᵀ,   db = Σ_t da_t,   where da_t stacks da_r, da_z and da_n
        dU_r = Σ_t da_r h_{t−1}ᵀ,   dU_z = Σ_t da_z h_{t−1}ᵀ

    Parameters: W (3H, D), U (3H, H), b (3H,), blocks in the order r, z, n; and b_n (H,), which
    under reset="before" merely adds to b[n]. All biases start at 0.

    Arguments: input_size D and hidden_size H. reset: "after" or "before". rng: the Generator that
    draws the first weights (W as Xavier, U orthogonal in each block). dtype: float32 or float64.
    A wrong argument raises ValueError.

    Cho et al. and PyTorch keep the old state where z is 1, Chung et al. 2014 where z is 0. The
    order of the blocks in Keras is z, r, n.
    """

    gates = ("r", "z", "n")
    block_names = ("r", "z", "n", "u")
    # In this order da_r and da_z lie together and, under "after", also da_r, da_z and du for U.
    run_block_names = ("da_r", "da_z", "du", "da_n", "dh_loss", "r", "z")

    def __init__(self, input_size, hidden_size, *, rng, reset="after", dtype=np.float64):
        if reset not in ("after", "before"):
            raise ValueError(f"reset must be 'after' or 'before'; got {reset!r}")
        self.reset = reset
        super().__init__(input_size, hidden_size, rng=rng, dtype=dtype, setting=reset)
        self.params["b_n"] = np.zeros(self.hidden_size, dtype)

    def _name_steps(self, trace):
        r, z, n, u = trace.blocks.swapaxes(0, 1)
        h = trace.states["h"]
        return steps_of(
            x_1_h=trace.x_1_h[:-1], one_h=trace.x_1_h[:-1, self.input_size :],
            r_z=stacked(trace.blocks[:, :2]), r=r, z=z, n=n, u=u, h_prev=h[:-1], h=h[1:],
        )  # fmt: skip

    def _forward(self, trace):
        D, rows_of_n, n = self.input_size, slice(2 * self.hidden_size, None), trace.blocks[:, 2]
        # n_t begins as W_n x_t + b[n], for all steps at once.
        np.matmul(trace.W_b_U[rows_of_n, : D + 1], trace.x_1_h[:-1, : D + 1], out=n)
        if self.reset == "after":
            self._forward_reset_after(trace)
        else:
            n += self.params["b_n"][:, None]
            self._forward_reset_before(trace)

    def _forward_reset_after(self, trace):
        W_b_U_r_z, _, U_n = self._weights(trace)
        b_U_n = np.column_stack([self.params["b_n"], U_n])
        one, half = np.array(1, self.dtype), np.array(0.5, self.dtype)
        for step in trace.steps:
            dot(W_b_U_r_z, step.x_1_h, out=step.r_z)  # a_r and a_z, in the places of r and z
            sigma(step.r_z, half)
            dot(b_U_n, step.one_h, out=step.u)
            step.n += step.r * step.u
            tanh(step.n, out=step.n)
            add((one - step.z) * step.n, step.z * step.h_prev, out=step.h)

    def _forward_reset_before(self, trace):
        W_b_U_r_z, _, U_n = self._weights(trace)
        one, half = np.array(1, self.dtype), np.array(0.5, self.dtype)
        for step in trace.steps:
            dot(W_b_U_r_z, step.x_1_h, out=step.r_z)  # a_r and a_z, in the places of r and z
            sigma(step.r_z, half)
            multiply(step.r, step.h_prev, out=step.u)
            step.n += dot(U_n, step.u)
            tanh(step.n, out=step.n)
            add((one - step.z) * step.n, step.z * step.h_prev, out=step.h)

    def _name_steps_back(self, grads):
        memory, dh = grads.run_memory, grads.dstates["h"]
        blocks = {name: grads.per_step(memory[:, k]) for k, name in enumerate(self.run_block_names)}
        return steps_of(
            **blocks, da_r_z=grads.per_step(stacked(memory[:, :2])),
            da_r_z_du=grads.per_step(stacked(memory[:, :3])), dh=dh[1:], back=dh[:-1],
        )  # fmt: skip

    def _backward(self, trace, grads, run, memory, dh_loss):
        (r, z, n, u), h_prev = trace.blocks[run].swapaxes(0, 1), trace.states["h"][:-1][run]
        da_r, da_z, _, da_n, dh_loss_of_run, r_of_run, z_of_run = memory.swapaxes(0, 1)
        # Until the loop, da_r, da_z and da_n lack their last factor. The loop multiplies by it.
        multiply(u if self.reset == "after" else h_prev, sigma_slope(r), out=da_r)
        multiply(h_prev - n, sigma_slope(z), out=da_z)
        multiply(1 - z, tanh_slope(n), out=da_n)
        # A step names places in the run's memory, not in this trace: so these three are copied.
        dh_loss_of_run[...], r_of_run[...], z_of_run[...] = dh_loss, r, z
        if self.reset == "after":
            self._backward_reset_after(trace, grads.steps[run])
        else:
            self._backward_reset_before(trace, grads.steps[run])
        self._write_dx(trace, grads, run, memory)
        self._add_parameter_gradients(trace, grads, run, memory)

    def _backward_reset_after(self, trace, steps):
        U = self._parts(trace.W_b_U)["U"]
        for step in reversed(steps):
            step.dh += step.dh_loss  # dh holds back_{t+1} (or dstate)
            step.da_z *= step.dh
            step.da_n *= step.dh
            multiply(step.r, step.da_n, out=step.du)
            step.da_r *= step.da_n
            dot(U.T, step.da_r_z_du, out=step.back)
            step.back += step.z * step.dh

    def _backward_reset_before(self, trace, steps):
        _, U_r_z, U_n = self._weights(trace)
        for step in reversed(steps):
            step.dh += step.dh_loss  # dh holds back_{t+1} (or dstate)
            step.da_z *= step.dh
            step.da_n *= step.dh
            dot(U_n.T, step.da_n, out=step.du)
            step.da_r *= step.du
            dot(U_r_z.T, step.da_r_z, out=step.back)
            step.back += step.z * step.dh + step.r * step.du

    def _write_dx(self, trace, grads, run, memory):
        W, H, D = self._parts(trace.W_b_U)["W"], self.hidden_size, self.input_size
        da_r_z, da_n, dx = stacked(memory[:, :2]), memory[:, 3], grads.dx_1_h[run, :D]
        np.matmul(W[: 2 * H].T, da_r_z, out=dx)
        dx += np.matmul(W[2 * H :].T, da_n)

    def _add_parameter_gradients(self, trace, grads, run, memory):
        D, H, params = self.input_size, self.hidden_size, grads.params
        da_r_z, du, da_n = stacked(memory[:, :2]), memory[:, 2], memory[:, 3]
        x_1, h_prev = side_by_side(trace.x_1_h[run, : D + 1]), trace.states["h"][:-1][run]
        r_z, rows_of_n = slice(0, 2 * H), slice(2 * H, 3 * H)
        for rows, da in ((r_z, da_r_z), (rows_of_n, da_n)):
            dW_db = side_by_side(da) @ x_1.T
            params["W"][rows] += dW_db[:, :D]
            params["b"][rows] += dW_db[:, D]
        params["U"][r_z] += side_by_side(da_r_z) @ side_by_side(h_prev).T
        # U_n maps h_{t−1} to u_t, or u_t to a_n; b_n adds to what it gives.
        U_n_input, d_U_n_output = (
            (h_prev, du) if self.reset == "after" else (trace.blocks[run, 3], da_n)
        )
        params["U"][rows_of_n] += side_by_side(d_U_n_output) @ side_by_side(U_n_input).T
        params["b_n"] += d_U_n_output.sum(axis=(0, 2))

    def _weights(self, trace):
        """[W b U] of r and z, U of r and z, and U of n."""
        U, r_z = self._parts(trace.W_b_U)["U"], slice(0, 2 * self.hidden_size)
        return trace.W_b_U[r_z], U[r_z], U[2 * self.hidden_size :]
