"""What training lowers: a loss with its gradient, and the penalties and the noise that hold a network back.
Every loss takes the network's output y (..., K), a target and a mask (...) that says where it counts (None: everywhere)
and returns (E, dE/dy): a float, averaged over what counts (of nats, ln 2 make a bit), and a gradient shaped as y."""

import numpy as np

from rnnlib import checks


def _counted(mask, shape):
    mask = np.ones(shape, bool) if mask is None else checks.array("mask", mask, "(T, B)", shape, bool)
    if not mask.any():
        raise ValueError("mask must be True somewhere, else the loss is a mean of nothing; it is False everywhere")
    return mask, int(mask.sum())


def mse(y, target, mask=None):
    """Mean squared error over what counts; target (..., K): E = mean (y − target)², dE/dy = 2(y − target)/count."""
    y = np.asarray(y)
    target = checks.array("target", target, "(T, B, K)", y.shape, y.dtype)
    mask, count = _counted(mask, y.shape[:-1])
    error = np.where(mask[..., None], y - target, 0)
    count *= y.shape[-1]
    return float((error * error).sum(dtype=np.float64) / count), error * (2 / count)


def softmax(y):
    """p_k = e^{y_k}/Σ e^{y_j} over the last axis; the largest y is subtracted first, so nothing overflows."""
    p = np.exp(y - y.max(axis=-1, keepdims=True))
    return p / p.sum(axis=-1, keepdims=True)


def cross_entropy(y, target, mask=None):
    """Of softmax(y), in nats, target (...) int in 0..K−1: E = mean −ln p_target, dE/dy = (p − [k = target])/count."""
    y, target = np.asarray(y), np.asarray(target)
    shape, K = y.shape[:-1], y.shape[-1]
    if target.shape != shape or target.dtype.kind not in "iu":
        raise ValueError(f"target must be whole numbers of shape (T, B) = {shape}; got {target.dtype} {target.shape}")
    mask, count = _counted(mask, shape)
    least, most = target[mask].min(), target[mask].max()
    if least < 0 or most >= K:
        raise ValueError(f"target must lie in 0..{K - 1}; got {least}..{most}")
    index = np.clip(target, 0, K - 1)[..., None]  # where the mask hides them, targets may be anything
    shifted = y - y.max(axis=-1, keepdims=True)
    e = np.exp(shifted)
    total = e.sum(axis=-1, keepdims=True)
    nats = (np.log(total) - np.take_along_axis(shifted, index, -1))[mask]
    gradient = np.where(mask[..., None], e / total - (np.arange(K) == index), 0)
    return float(nats.sum(dtype=np.float64) / count), gradient * (1 / count)


def accuracy(y, target, mask=None):
    """The share of counted steps at which the largest y is the target, in [0, 1]."""
    right = np.asarray(y).argmax(-1) == target
    return float(right.mean() if mask is None else right[mask].mean())


def l1(params, strength):
    """strength · Σ|w| over all weights (names that end in W or U; biases go free), and its gradient by name."""
    weights = [(name, w) for name, w in params.items() if name[-1] in "WU"]
    return strength * float(sum(np.abs(w).sum() for _, w in weights)), {n: strength * np.sign(w) for n, w in weights}


def l2(params, strength):
    """strength · Σ w²/2 over all weights, and its gradient by name: strength · w, so weights decay."""
    weights = [(name, w) for name, w in params.items() if name[-1] in "WU"]
    return strength / 2 * float(sum((w * w).sum() for _, w in weights)), {n: strength * w for n, w in weights}


def dropout(x, rate, rng):
    """(x · keep, keep): 0 with probability rate, else 1/(1 − rate), so the mean stays. Srivastava et al. 2014, §10."""
    if not 0 <= rate < 1:
        raise ValueError(f"rate must lie in [0, 1); got {rate}")
    keep = (checks.generator("rng", rng).random(x.shape) >= rate).astype(x.dtype) / x.dtype.type(1 - rate)
    return x * keep, keep
