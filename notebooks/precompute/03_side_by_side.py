"""Lesson 03: many small RNNs trained side by side by truncated backpropagation through time.

The task is to say what came `lag` steps ago in a stream of ±1. One network is `rnnlib`'s RNN with a
Dense read-out, and `start` takes its first weights from there. Tuning a learning rate for every arm
of a comparison takes some thousand runs. Therefore R networks go through each line together, with
the networks on the first axis. A test trains one of them with `rnnlib` alone and compares.
"""

import numpy as np

from rnnlib.cells import RNN
from rnnlib.dense import Dense

STREAM, BATCH = 120, 16  # steps of a stream, streams side by side in a batch


def echo(lag, rng):
    """One batch of streams: inputs ±1 and targets, both (T, B, 1).

    The first `lag` targets are 0 and don't count.
    """
    x = rng.choice([-1.0, 1.0], (STREAM, BATCH, 1)).astype(np.float32)
    target = np.zeros_like(x)
    target[lag:] = x[:-lag]
    return x, target


def layers(hidden, gain, rng):
    """The two layers of one network: its RNN and its read-out.

    U is an orthogonal matrix, multiplied by `gain`.
    """
    cell = RNN(1, hidden, rng=rng, dtype=np.float32)
    cell.params["U"] *= np.float32(gain)
    return cell, Dense(hidden, 1, rng=rng, dtype=np.float32)


class Networks:
    """R networks, whose weights all stand in `flat` (R, P).

    W, U, b, V and v are views of it, in the shapes of the formulas.
    """

    def __init__(self, flat, hidden):
        R, H = len(flat), hidden
        self.flat, self.hidden = flat, hidden
        ends = np.cumsum([H, H * H, H, H, 1])
        W, U, b, V, v = np.split(flat, ends[:-1], axis=1)
        self.W, self.U, self.b = W.reshape(R, H, 1), U.reshape(R, H, H), b.reshape(R, H, 1)
        self.V, self.v = V.reshape(R, 1, H), v.reshape(R, 1, 1)
        self.recurrent = slice(0, H * H + 2 * H)  # W, U and b: what a frozen network doesn't train


def start(hidden, gain, rngs):
    """Fresh networks, one for each generator."""
    rows = []
    for rng in rngs:
        cell, readout = layers(hidden, gain, rng)
        parts = [
            cell.params["W"],
            cell.params["U"],
            cell.params["b"],
            readout.params["W"],
            readout.params["b"],
        ]
        rows.append(np.concatenate([part.ravel() for part in parts]))
    return Networks(np.array(rows), hidden)


def forward(nets, x, h):
    """States h_0 … h_T, each (R, H, B), for inputs x (T, R, 1, B) from the state h."""
    states = [h]
    for x_t in x:
        h = np.tanh(nets.W * x_t + nets.U @ h + nets.b)
        states.append(h)
    return states


def gradients(nets, x, target, states, judged):
    """Gradients (R, P) of the mean squared error over the steps where `judged` is True."""
    d = Networks(np.zeros_like(nets.flat), nets.hidden)
    later, scale = 0.0, np.float32(2 / (sum(judged) * BATCH))
    for t in range(len(x) - 1, -1, -1):
        h, dh = states[t + 1], later
        if judged[t]:
            dy = (nets.V @ h + nets.v - target[t]) * scale
            d.V += dy @ h.swapaxes(1, 2)
            d.v += dy.sum(2, keepdims=True)
            dh = dh + nets.V.swapaxes(1, 2) * dy
        da = dh * (1 - h * h)
        d.W += (da * x[t]).sum(2, keepdims=True)
        d.U += da @ states[t].swapaxes(1, 2)
        d.b += da.sum(2, keepdims=True)
        if t:
            later = nets.U.swapaxes(1, 2) @ da
    return d.flat


class SGD:
    """Plain descent, with one learning rate for each network."""

    def __init__(self, rates, flat):
        self.rates = np.asarray(rates, np.float32)[:, None]

    def step(self, flat, d):
        flat -= self.rates * d


class Adam:
    """rnnlib's Adam, with one learning rate for each network."""

    def __init__(self, rates, flat):
        self.rates = np.asarray(rates, np.float32)[:, None]
        self.m, self.s, self.updates = np.zeros_like(flat), np.zeros_like(flat), 0

    def step(self, flat, d):
        self.updates += 1
        self.m += np.float32(0.1) * (d - self.m)
        self.s += np.float32(0.001) * (d * d - self.s)
        root = np.sqrt(self.s / np.float32(1 - 0.999**self.updates)) + np.float32(1e-8)
        flat -= self.rates / np.float32(1 - 0.9**self.updates) * self.m / root


def learn_streams(nets, optimizer, x, target, lag, k1, k2, carry=True, frozen=None):
    """Train on one batch of streams (T, R, 1, B).

    An update comes every k1 steps, and its gradient looks k2 steps back.
    """
    zero_state = np.zeros((len(nets.flat), nets.hidden, BATCH), np.float32)
    first, h = 0, zero_state
    for now in range(k1, len(x) + 1, k1):
        states = forward(nets, x[first:now], h)
        judged = [t >= max(lag, now - k1) for t in range(first, now)]
        if any(judged):
            d = gradients(nets, x[first:now], target[first:now], states, judged)
            if frozen is not None:
                d[:, frozen] = 0
            norm = np.sqrt((d * d).sum(1, keepdims=True))
            d *= 1 / np.maximum(1, norm)  # clip each network's gradient to norm 1
            optimizer.step(nets.flat, d)
        begin = max(0, now + k1 - k2)  # where the next window begins
        h = states[begin - first] if carry else zero_state
        first = begin


def loss(nets, lag, window=STREAM, carry=True):
    """Mean squared error of each network on one batch of fresh streams.

    A network that always answers 0 has the loss 1.
    """
    x, target = (a.transpose(0, 2, 1)[:, None] for a in echo(lag, np.random.default_rng(99)))
    h, errors = np.zeros((len(nets.flat), nets.hidden, BATCH), np.float32), []
    for t in range(STREAM):
        if t % window == 0 and not carry:
            h = np.zeros_like(h)
        h = forward(nets, x[t : t + 1], h)[1]
        if t >= lag:
            errors.append((nets.V @ h + nets.v - target[t]) ** 2)
    return np.mean(errors, axis=(0, 2, 3))


def fresh_streams(lag, rngs):
    """One batch of streams for each generator: inputs and targets, both (T, R, 1, B)."""
    batches = [echo(lag, rng) for rng in rngs]
    inputs, targets = zip(*batches, strict=True)
    x = np.array(inputs).transpose(1, 0, 3, 2).copy()
    target = np.array(targets).transpose(1, 0, 3, 2).copy()
    return x, target


def train(
    lag,
    k1,
    k2,
    rates,
    seeds,
    streams,
    hidden=16,
    gain=0.3,
    carry=True,
    frozen=False,
    optimizer=Adam,
    looks=10,
):
    """Train one network for each pair of a rate and a seed, side by side.

    Returns the losses and how far U has moved from its first value, relative to the norm of that
    value. Both have the shape (looks, R), because they are measured `looks` times.
    """
    rngs = [np.random.default_rng([seed, lag, k1, k2]) for seed in seeds]
    nets = start(hidden, gain, rngs)
    optimizer = optimizer(rates, nets.flat)
    frozen_weights = nets.recurrent if frozen else None
    first_U = nets.U.copy()
    first_norm = np.maximum(np.linalg.norm(first_U, axis=(1, 2)), 1e-30)
    losses, moved = [], []
    for n in range(streams):
        x, target = fresh_streams(lag, rngs)
        learn_streams(nets, optimizer, x, target, lag, k1, k2, carry, frozen_weights)
        if (n + 1) % (streams // looks) == 0:
            losses.append(loss(nets, lag, k1, carry))
            distance = np.linalg.norm(nets.U - first_U, axis=(1, 2))
            moved.append(distance / first_norm)
    return np.array(losses), np.array(moved)


def tuned(rates, tuning_seeds, seeds, **settings):
    """Choose the rate with the lowest median loss over the tuning seeds and run the other seeds."""
    pairs = [(rate, seed) for rate in rates for seed in tuning_seeds]
    tuning, _ = train(rates=[r for r, _ in pairs], seeds=[s for _, s in pairs], **settings)
    tried = tuning[-1].reshape(len(rates), -1)
    rate = rates[int(np.argmin(np.median(tried, axis=1)))]
    curves, _ = train(rates=[rate] * len(seeds), seeds=seeds, **settings)
    return {"rate": rate, "tried": tried, "losses": curves[-1], "curves": curves.T}
