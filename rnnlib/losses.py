"""Losses with their gradients, penalties, dropout, and accuracy.

Every loss takes the network's output y (..., K), a target, and a mask (...) that is True where the
target counts (None: everywhere). It returns (E, dE/dy): a float, averaged over what counts, and an
array shaped as y.
"""

import numpy as np

from rnnlib import checks


def _counted(mask, shape):
    """The mask as an array, and how many of its entries are True."""
    if mask is None:
        mask = np.ones(shape, bool)
    mask = checks.array("mask", mask, "(T, B)", shape, bool)
    if not mask.any():
        raise ValueError("mask must be True somewhere, or there is nothing to average over")
    return mask, int(mask.sum())


def mse(y, target, mask=None):
    """Mean squared error; target (..., K), n is how many numbers count.

    E = Σ (y − target)² / n        dE/dy = 2 (y − target) / n
    """
    y = np.asarray(y)
    if y.dtype.kind not in "fc":
        y = y.astype(np.float64)
    target = checks.array("target", target, "(T, B, K)", y.shape, y.dtype)
    mask, steps = _counted(mask, y.shape[:-1])
    n = steps * y.shape[-1]
    error = np.where(mask[..., None], y - target, 0)
    return float((error * error).sum(dtype=np.float64) / n), error * (2 / n)


def softmax(y):
    """Probabilities p_k = e^{y_k} / Σ_j e^{y_j} over the last axis.

    The largest y is subtracted first, which changes nothing but prevents an overflow.
    """
    p = np.exp(y - y.max(axis=-1, keepdims=True))
    return p / p.sum(axis=-1, keepdims=True)


def cross_entropy(y, target, mask=None):
    """Cross-entropy of p = softmax(y); target (...) holds the right classes, 0 … K−1.

    E = mean of −ln p_target, in nats (ln 2 nats are one bit)
    dE/dy = (p − one-hot target) / n, where n is how many targets count
    """
    y, target = np.asarray(y), np.asarray(target)
    shape, K = y.shape[:-1], y.shape[-1]
    if target.shape != shape or target.dtype.kind not in "iu":
        got = f"{target.dtype} {target.shape}"
        raise ValueError(f"target must be whole numbers of shape (T, B) = {shape}; got {got}")
    mask, n = _counted(mask, shape)
    lowest, highest = target[mask].min(), target[mask].max()
    if lowest < 0 or highest >= K:
        raise ValueError(f"target must lie in 0..{K - 1}; got {lowest}..{highest}")
    index = np.clip(target, 0, K - 1)[..., None]  # where the mask hides them, targets may be wrong
    shifted = y - y.max(axis=-1, keepdims=True)
    exponentials = np.exp(shifted)
    total = exponentials.sum(axis=-1, keepdims=True)
    nats = (np.log(total) - np.take_along_axis(shifted, index, -1))[mask]
    dy = np.where(mask[..., None], exponentials / total - (np.arange(K) == index), 0)
    return float(nats.sum(dtype=np.float64) / n), dy * (1 / n)


def accuracy(y, target, mask=None):
    """The share of counted steps where the largest output is the right class, from 0 to 1."""
    right = np.asarray(y).argmax(-1) == target
    return float(right.mean() if mask is None else right[mask].mean())


def _weights(params):
    """The parameters that penalties pull on: all whose names end in W or U. Biases are left out."""
    return {name: w for name, w in params.items() if name[-1] in "WU"}


def l1(params, strength):
    """strength · Σ |w| over all weights, and its gradient by name, strength · sign(w)."""
    weights = _weights(params)
    total = sum(np.abs(w).sum() for w in weights.values())
    return strength * float(total), {name: strength * np.sign(w) for name, w in weights.items()}


def l2(params, strength):
    """strength · Σ w²/2 over all weights, and its gradient by name, strength · w."""
    weights = _weights(params)
    total = sum((w * w).sum() for w in weights.values())
    return strength / 2 * float(total), {name: strength * w for name, w in weights.items()}


def dropout(x, rate, rng):
    """Silence each number of x with probability `rate`; returns (x · keep, keep).

    keep is 0 or 1/(1 − rate), so that the mean of x · keep is that of x. rng: the Generator that
    draws it. Raises ValueError for a rate outside [0, 1). Source: Srivastava et al. 2014,
    section 10.
    """
    if not 0 <= rate < 1:
        raise ValueError(f"rate must lie in [0, 1); got {rate}")
    stays = checks.generator("rng", rng).random(x.shape) >= rate
    keep = stays.astype(x.dtype) / x.dtype.type(1 - rate)
    return x * keep, keep
