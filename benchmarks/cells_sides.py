"""The sides that cells.py compares. Each function returns one that makes a pass when it is called.

A pass is a forward and a backward pass, or a training step of a network. This file needs PyTorch
and JAX, so only the workers of cells.py import it.
"""

import jax
import jax.numpy as jnp
import numpy as np
import torch
from cells_plan import CELLS

from rnnlib import cells
from rnnlib.dense import Dense
from rnnlib.losses import mse
from rnnlib.network import Network
from rnnlib.optim import Adam, clip_by_norm


def data(T, B, D, H):
    """An input, and the gradient that a loss would send to every state."""
    rng = np.random.default_rng(0)
    x, dh = rng.normal(size=(T, B, D)), rng.normal(size=(T, B, H))
    return x.astype(np.float32), dh.astype(np.float32)


def our_cell(name, D, H):
    return getattr(cells, name)(D, H, rng=np.random.default_rng(0), dtype=np.float32)


# One cell


def ours(name, x, dh):
    cell = our_cell(name, x.shape[2], dh.shape[2])
    trace, grads = None, None

    def run():
        nonlocal trace, grads
        trace = cell.forward(x, out=trace)
        grads = cell.backward(trace, dh, out=grads)

    return run


def pytorch(name, x, dh):
    net = getattr(torch.nn, name)(x.shape[2], dh.shape[2])
    x, dh = torch.tensor(x), torch.tensor(dh)

    def run():
        net.zero_grad(set_to_none=True)
        net(x)[0].backward(dh)

    return run


def rnn_step(p, state, a):
    """One step in JAX. `a` holds W x + b."""
    h, c = state
    h = jnp.tanh(a + h @ p["U"].T)
    return (h, c), h


def lstm_step(p, state, a):
    h, c = state
    i, f, o, g = jnp.split(a + h @ p["U"].T, 4, axis=1)
    c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
    h = jax.nn.sigmoid(o) * jnp.tanh(c)
    return (h, c), h


def gru_step(p, state, a):
    h, c = state
    a_r, a_z, a_n = jnp.split(a, 3, axis=1)
    u_r, u_z, u_n = jnp.split(h @ p["U"].T, 3, axis=1)
    r, z = jax.nn.sigmoid(a_r + u_r), jax.nn.sigmoid(a_z + u_z)
    h = (1 - z) * jnp.tanh(a_n + r * (u_n + p["b_n"])) + z * h
    return (h, c), h


JAX_STEPS = {"RNN": rnn_step, "LSTM": lstm_step, "GRU": gru_step}


def with_jax(name, x, dh):
    D, H, rows = x.shape[2], dh.shape[2], CELLS[name] * dh.shape[2]
    rng = np.random.default_rng(0)
    shapes = {"W": (rows, D), "U": (rows, H), "b": (rows,), "b_n": (H,)}
    params = {}
    for key, shape in shapes.items():
        params[key] = jnp.asarray(rng.normal(0, 0.1, shape), jnp.float32)

    def loss(p, x, dh):
        zeros = jnp.zeros(dh.shape[1:])
        _, h = jax.lax.scan(
            lambda state, a: JAX_STEPS[name](p, state, a),
            (zeros, zeros),
            x @ p["W"].T + p["b"],
        )
        return (h * dh).sum()

    gradient = jax.jit(jax.grad(loss))
    x, dh = jnp.asarray(x), jnp.asarray(dh)
    return lambda: jax.block_until_ready(gradient(params, x, dh))


def products(name, x, dh):
    """Only the matrix products of both passes, as few and as large as they can be."""
    (T, B, D), H, rows = x.shape, dh.shape[2], CELLS[name] * dh.shape[2]
    rng = np.random.default_rng(0)

    def array(*shape):
        return rng.normal(0, 0.01, shape).astype(np.float32)

    W, U, Ut, a, h = array(rows, D), array(rows, H), array(H, rows), array(rows, B), array(H, B)
    every_x, every_h, every_a = array(D, T * B), array(H, T * B), array(rows, T * B)
    into_a, into_h, dW, dU = array(rows, B), array(H, B), array(rows, D), array(rows, H)

    def run():
        np.dot(W, every_x, out=every_a)
        for _ in range(T):
            np.dot(U, h, out=into_a)
        for _ in range(T):
            np.dot(Ut, a, out=into_h)
        np.dot(every_a, every_x.T, out=dW)
        np.dot(every_a, every_h.T, out=dU)

    return run


# A training step of a network: a cell, a read-out of H/4 numbers at every step, squared error,
# clipping and Adam.


def our_network(name, x, target):
    D, K = x.shape[2], target.shape[2]
    H = 4 * K
    rng = np.random.default_rng(0)
    cell = getattr(cells, name)(D, H, rng=rng, dtype=np.float32)
    net = Network([cell], Dense(H, K, rng=rng, dtype=np.float32), mse)
    optimizer = Adam(0.001)

    def run():
        _, grads, _ = net.loss_and_grads(x, target)
        clip_by_norm(grads, 1.0)
        optimizer.step(net.params, grads)

    return run


def pytorch_network(name, x, target):
    D, K = x.shape[2], target.shape[2]
    H = 4 * K
    cell, readout = getattr(torch.nn, name)(D, H), torch.nn.Linear(H, K)
    weights = [*cell.parameters(), *readout.parameters()]
    optimizer = torch.optim.Adam(weights, lr=0.001)
    x, target = torch.tensor(x), torch.tensor(target)

    def run():
        optimizer.zero_grad(set_to_none=True)
        torch.nn.functional.mse_loss(readout(cell(x)[0]), target).backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()

    return run
