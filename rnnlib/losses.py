"""What training lowers: a loss with its gradient, and the penalties and the noise that hold a network back.

Every loss takes the network's output y (..., K), a target and a mask (...) that says where it counts (None: everywhere),
and returns (E, dE/dy): E a float, averaged over what counts, and the gradient in the shape of y.
"""

import numpy as np

from rnnlib import checks


def _counted(mask, shape):
    if mask is None:
        return None, int(np.prod(shape))
    mask = checks.array("mask", mask, "(T, B)", shape, bool)
    if not mask.any():
        raise ValueError("mask must be True somewhere, else the loss is a mean of nothing; it is False everywhere")
    return mask, int(mask.sum())


def mse(y, target, mask=None):
    """Mean squared error: E = mean (y − target)² over the counted numbers; dE/dy = 2(y − target)/count.

    target: the shape of y (..., K).
    """
    y = np.asarray(y)
    target = checks.array("target", target, "(T, B, K)", y.shape, y.dtype)
    mask, count = _counted(mask, y.shape[:-1])
    error = y - target
    if mask is not None:
        error = np.where(mask[..., None], error, 0)
    count *= y.shape[-1]
    return float((error * error).sum(dtype=np.float64) / count), error * (2 / count)


def softmax(y):
    """p_k = e^{y_k}/Σ e^{y_j} over the last axis; the largest y is subtracted first, so nothing overflows."""
    p = np.exp(y - y.max(axis=-1, keepdims=True))
    return p / p.sum(axis=-1, keepdims=True)


def cross_entropy(y, target, mask=None):
    """Cross-entropy of softmax(y), in nats: E = mean −ln p_target; dE/dy = (p − [k = target])/count.

    target: whole numbers 0..K−1 in the shape of y without its last axis. Divide by ln 2 for bits.
    """
    y, target = np.asarray(y), np.asarray(target)
    if target.shape != y.shape[:-1] or target.dtype.kind not in "iu":
        raise ValueError(f"target must be whole numbers of shape (T, B) = {y.shape[:-1]}; got {target.dtype} {target.shape}")
    mask, count = _counted(mask, y.shape[:-1])
    judged = target if mask is None else target[mask]
    if judged.min() < 0 or judged.max() >= y.shape[-1]:
        raise ValueError(f"target must lie in 0..{y.shape[-1] - 1}; got {judged.min()}..{judged.max()}")
    index = np.clip(target, 0, y.shape[-1] - 1)[..., None]
    shifted = y - y.max(axis=-1, keepdims=True)
    e = np.exp(shifted)
    total = e.sum(axis=-1, keepdims=True)
    nats = (np.log(total) - np.take_along_axis(shifted, index, -1))[..., 0]
    gradient = e / total
    np.put_along_axis(gradient, index, np.take_along_axis(gradient, index, -1) - 1, -1)
    if mask is not None:
        nats, gradient = nats[mask], np.where(mask[..., None], gradient, 0)
    return float(nats.sum(dtype=np.float64) / count), gradient * (1 / count)


def accuracy(y, target, mask=None):
    """The share of counted steps at which the largest y is the target, in [0, 1]."""
    right = np.asarray(y).argmax(-1) == target
    return float(right.mean() if mask is None else right[mask].mean())


def l1(params, strength):
    """strength · Σ|w| over all weights (names that end in W or U; biases go free), and its gradient by name."""
    weights = {name: w for name, w in params.items() if name[-1] in "WU"}
    return strength * float(sum(np.abs(w).sum() for w in weights.values())), {n: strength * np.sign(w) for n, w in weights.items()}


def l2(params, strength):
    """strength · Σ w²/2 over all weights, and its gradient by name: strength · w, so weights decay."""
    weights = {name: w for name, w in params.items() if name[-1] in "WU"}
    return strength / 2 * float(sum((w * w).sum() for w in weights.values())), {n: strength * w for n, w in weights.items()}


def dropout(x, rate, rng):
    """x with each number silenced with probability `rate` and the others divided by 1 − rate, and that factor's array.

    The mean stays, so nothing changes when the network is used (inverted dropout; Srivastava et al. 2014, §10).
    """
    if not 0 <= rate < 1:
        raise ValueError(f"rate must lie in [0, 1); got {rate}")
    keep = (checks.generator("rng", rng).random(x.shape) >= rate).astype(x.dtype) / x.dtype.type(1 - rate)
    return x * keep, keep
