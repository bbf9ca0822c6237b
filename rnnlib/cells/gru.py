"""The gated recurrent unit. base.py explains x_1_h, W_b_U and runs of steps."""

import numpy as np
from numpy import add, dot, multiply, tanh

from rnnlib import activations
from rnnlib.cells.base import Cell, side_by_side, sigma, stacked, steps_of

sigma_slope = activations.get("logistic").slope  # σ′(a), written in terms of σ(a)
tanh_slope = activations.get("tanh").slope  # tanh′(a), written in terms of tanh(a)


class GRU(Cell):
    """The gated recurrent unit of Cho et al. 2014, with the reset after or before the product.

    Forward, for t = 1 … T:

        r_t = σ(W_r x_t + b_r + U_r h_{t−1})             reset gate
        z_t = σ(W_z x_t + b_z + U_z h_{t−1})             update gate
        u_t = U_n h_{t−1} + b_n                          reset="after", as in PyTorch:
        n_t = tanh(W_n x_t + b[n] + r_t u_t)             candidate
        u_t = r_t h_{t−1}                                reset="before", as in the paper:
        n_t = tanh(W_n x_t + b[n] + U_n u_t + b_n)       candidate
        h_t = (1 − z_t) n_t + z_t h_{t−1}                hidden state

    Backward, for t = T … 1, where a_r stands for what is in the brackets of r_t, and so on:

        dh_t = loss_t + back_{t+1}                       from the loss, and from the next step
        da_z = (h_{t−1} − n_t) σ′(a_z) dh_t
        da_n = (1 − z_t) tanh′(a_n) dh_t
      reset="after":
        du_t = r_t da_n
        da_r = u_t σ′(a_r) da_n
        back_t = z_t dh_t + U_rᵀ da_r + U_zᵀ da_z + U_nᵀ du_t
      reset="before":
        du_t = U_nᵀ da_n
        da_r = h_{t−1} σ′(a_r) du_t
        back_t = z_t dh_t + U_rᵀ da_r + U_zᵀ da_z + r_t du_t
      both:
        dx_t = W_rᵀ da_r + W_zᵀ da_z + W_nᵀ da_n

    Parameters: W (3H, D), U (3H, H), b (3H,), blocks in the order r, z, n; and b_n (H,), which
    under reset="before" merely adds to b[n]. All biases start at 0. reset: "after" or "before".
    rng: the Generator that draws the first weights (W as Xavier, U orthogonal in each block).
    dtype: float32 or float64. A wrong one of these raises ValueError.

    Cho et al. and PyTorch keep the old state where z is 1, Chung et al. 2014 where z is 0. The
    order of the blocks in Keras is z, r, n.
    """

    gates = ("r", "z", "n")
    blocks = ("r", "z", "n", "u")
    # In this order da_n, da_r, da_z lie together for W and b, and da_r, da_z, du for U.
    blocks_of_a_run = ("da_n", "da_r", "da_z", "du", "from_loss", "r", "z")

    def __init__(self, input_size, hidden_size, *, rng, reset="after", dtype=np.float64):
        if reset not in ("after", "before"):
            raise ValueError(f"reset must be 'after' or 'before'; got {reset!r}")
        self.reset = reset
        super().__init__(input_size, hidden_size, rng=rng, dtype=dtype)
        self.params["b_n"] = np.zeros(self.hidden_size, dtype)

    def _name_steps(self, trace):
        r, z, n, u = trace.blocks.swapaxes(0, 1)
        h = trace.states["h"]
        return steps_of(
            x_1_h=trace.x_1_h[:-1], one_h=trace.x_1_h[:-1, self.input_size :],
            a_r_z=stacked(trace.blocks[:, :2]), r=r, z=z, n=n, u=u, h_prev=h[:-1], h=h[1:],
        )  # fmt: skip

    def _forward(self, trace):
        H, D = self.hidden_size, self.input_size
        if self.reset == "before":
            trace.W_b_U[2 * H :, D] += self.params["b_n"]
        # n_t begins as W_n x_t + b[n], for all steps at once.
        n = trace.blocks[:, 2]
        np.matmul(trace.W_b_U[2 * H :, : D + 1], trace.x_1_h[:-1, : D + 1], out=n)
        if self.reset == "after":
            self._forward_reset_after(trace)
        else:
            self._forward_reset_before(trace)

    def _forward_reset_after(self, trace):
        H = self.hidden_size
        W_b_U_r_z, U_n = trace.W_b_U[: 2 * H], self._U(trace)[2 * H :]
        b_U_n = np.column_stack([self.params["b_n"], U_n])
        one, half = np.array(1, self.dtype), np.array(0.5, self.dtype)
        for step in trace.steps:
            dot(W_b_U_r_z, step.x_1_h, out=step.a_r_z)
            sigma(step.a_r_z, half)
            dot(b_U_n, step.one_h, out=step.u)
            step.n += step.r * step.u
            tanh(step.n, out=step.n)
            add((one - step.z) * step.n, step.z * step.h_prev, out=step.h)

    def _forward_reset_before(self, trace):
        H = self.hidden_size
        W_b_U_r_z, U_n = trace.W_b_U[: 2 * H], np.ascontiguousarray(self._U(trace)[2 * H :])
        one, half = np.array(1, self.dtype), np.array(0.5, self.dtype)
        for step in trace.steps:
            dot(W_b_U_r_z, step.x_1_h, out=step.a_r_z)
            sigma(step.a_r_z, half)
            multiply(step.r, step.h_prev, out=step.u)
            step.n += dot(U_n, step.u)
            tanh(step.n, out=step.n)
            add((one - step.z) * step.n, step.z * step.h_prev, out=step.h)

    def _name_steps_back(self, grads):
        memory, dh = grads.run_memory, grads.states["h"]
        blocks = dict(zip(self.blocks_of_a_run, map(grads.repeated, memory.swapaxes(0, 1))))
        return steps_of(
            **blocks,
            da_r_z=grads.repeated(stacked(memory[:, 1:3])),
            da_r_z_du=grads.repeated(stacked(memory[:, 1:4])),
            dh=dh[1:],
            dh_prev=dh[:-1],
        )

    def _backward(self, trace, grads, run, memory, loss):
        (r, z, n, u), h_prev = trace.blocks[run].swapaxes(0, 1), trace.states["h"][:-1][run]
        da_n, da_r, da_z, _, from_loss, r_copy, z_copy = memory.swapaxes(0, 1)
        # Each factor that needs no gradient is computed for the whole run; the loop multiplies.
        multiply(u if self.reset == "after" else h_prev, sigma_slope(r), out=da_r)
        multiply(h_prev - n, sigma_slope(z), out=da_z)
        multiply(1 - z, tanh_slope(n), out=da_n)
        from_loss[...], r_copy[...], z_copy[...] = loss, r, z
        if self.reset == "after":
            self._backward_reset_after(trace, grads.steps[run])
        else:
            self._backward_reset_before(trace, grads.steps[run])
        self._add_parameter_gradients(trace, grads, run, memory[:, :4])

    def _backward_reset_after(self, trace, steps):
        U = self._U(trace)
        for step in reversed(steps):
            step.dh += step.from_loss  # back_{t+1} is there already: the next step wrote it
            step.da_z *= step.dh
            step.da_n *= step.dh
            multiply(step.r, step.da_n, out=step.du)
            step.da_r *= step.da_n
            dot(U.T, step.da_r_z_du, out=step.dh_prev)
            step.dh_prev += step.z * step.dh

    def _backward_reset_before(self, trace, steps):
        H = self.hidden_size
        U_r_z, U_n = self._U(trace)[: 2 * H], self._U(trace)[2 * H :]
        for step in reversed(steps):
            step.dh += step.from_loss  # back_{t+1} is there already: the next step wrote it
            step.da_z *= step.dh
            step.da_n *= step.dh
            dot(U_n.T, step.da_n, out=step.du)
            step.da_r *= step.du
            dot(U_r_z.T, step.da_r_z, out=step.dh_prev)
            step.dh_prev += step.z * step.dh + step.r * step.du

    def _add_parameter_gradients(self, trace, grads, run, slopes):
        D, H, params = self.input_size, self.hidden_size, grads.params
        dn_r_z = stacked(slopes[:, :3])
        W_n_r_z = np.roll(trace.W_b_U[:, :D], H, axis=0)
        np.matmul(W_n_r_z.T, dn_r_z, out=grads.dx_1_h[run, :D])
        d_x_1 = side_by_side(dn_r_z) @ side_by_side(trace.x_1_h[run, : D + 1]).T
        d_x_1 = np.roll(d_x_1, -H, axis=0)  # now in the order r, z, n
        params["W"] += d_x_1[:, :D]
        params["b"] += d_x_1[:, D]
        if self.reset == "after":
            d_one_h = side_by_side(stacked(slopes[:, 1:])) @ side_by_side(trace.x_1_h[run, D:]).T
            params["U"] += d_one_h[:, 1:]
            params["b_n"] += d_one_h[2 * H :, 0]
        else:
            da_n, h_prev, u = slopes[:, 0], trace.states["h"][run], trace.blocks[run, 3]
            params["U"][: 2 * H] += side_by_side(stacked(slopes[:, 1:3])) @ side_by_side(h_prev).T
            params["U"][2 * H :] += side_by_side(da_n) @ side_by_side(u).T
            params["b_n"] += d_x_1[2 * H :, D]

    def _U(self, trace):
        return trace.W_b_U[:, self.input_size + 1 :]
