"""Gradient descent and its offspring.

w is a parameter, d its gradient ∂E/∂w, η the learning rate. Each optimiser changes `params`, a dict
of arrays, in place, given `grads` of the same names. What it remembers of earlier gradients it
keeps for each name too.
"""

import numbers

import numpy as np


def clip_by_norm(grads, threshold):
    """Scale all gradients together so that their joint norm is at most `threshold`.

    threshold: a positive number, or None to measure only. Returns the norm before clipping.
    Raises ValueError for another threshold. Source: Pascanu et al. 2013, algorithm 1.
    """
    if threshold is not None and (not isinstance(threshold, numbers.Real) or not threshold > 0):
        raise ValueError(f"threshold must be a positive number or None; got {threshold!r}")
    # The real part, because gradients are complex inside a complex-step check.
    norm = float(np.sqrt(sum(np.vdot(d, d).real for d in grads.values())))
    if threshold is not None and threshold < norm < np.inf:
        for d in grads.values():
            d *= threshold / norm
    return norm


def _between(name, value, low, high):
    """Return `value` if it is a number with low <= value < high, otherwise raise ValueError."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real) or not low <= value < high:
        raise ValueError(f"{name} must be a number in [{low}, {high}); got {value!r}")
    return value


class Optimizer:
    """What all optimisers share: a learning rate, and arrays that remember, zero at first.

    A subclass adds `change` and says in `arrays_per_parameter` what it needs to remember. The
    arrays are kept by the parameters' names, so each network needs an optimiser of its own.
    """

    arrays_per_parameter = 1

    def __init__(self, learning_rate):
        self.learning_rate = _between("learning_rate", learning_rate, 0, np.inf)
        self.memory, self.updates = {}, 0

    def step(self, params, grads):
        """Update every parameter once, in place. Raises ValueError where the names differ."""
        if params.keys() != grads.keys():
            expected, got = sorted(params), sorted(grads)
            raise ValueError(f"grads must have the names of params, {expected}; got {got}")
        self.updates += 1
        for name, w in params.items():
            if name not in self.memory:
                self.memory[name] = [np.zeros_like(w) for _ in range(self.arrays_per_parameter)]
            w -= self.change(w, grads[name], *self.memory[name])

    def change(self, w, d, *memory):
        """What is subtracted from w, given its gradient d. It may write into the memory."""
        raise NotImplementedError


class SGD(Optimizer):
    """Stochastic gradient descent, with momentum μ if you like (Sutskever et al. 2013):

        v ← μ v + d
        w ← w − η v                 plain momentum
        w ← w − η (d + μ v)         Nesterov's

    This is the form that PyTorch uses; in the paper, η stands inside v.
    """

    def __init__(self, learning_rate=0.1, momentum=0.0, nesterov=False):
        super().__init__(learning_rate)
        self.momentum, self.nesterov = _between("momentum", momentum, 0, 1), nesterov
        if nesterov and momentum == 0:
            raise ValueError("momentum must be above 0 for nesterov; got 0")

    def change(self, w, d, v):
        v[...] = self.momentum * v + d
        if self.nesterov:
            return self.learning_rate * (d + self.momentum * v)
        return self.learning_rate * v


class AdaGrad(Optimizer):
    """A learning rate for each weight, which can only fall (Duchi et al. 2011):

    s ← s + d²
    w ← w − η d / (√s + ε)

    """

    def __init__(self, learning_rate=0.1, epsilon=1e-10):
        super().__init__(learning_rate)
        self.epsilon = _between("epsilon", epsilon, 0, np.inf)

    def change(self, w, d, s):
        s += d * d
        return self.learning_rate * d / (np.sqrt(s) + self.epsilon)


class RMSProp(Optimizer):
    """AdaGrad that forgets old gradients (Tieleman and Hinton 2012, lecture 6e):

    s ← ρ s + (1 − ρ) d²
    w ← w − η d / (√s + ε)

    """

    def __init__(self, learning_rate=0.01, decay=0.9, epsilon=1e-8):
        super().__init__(learning_rate)
        self.decay = _between("decay", decay, 0, 1)
        self.epsilon = _between("epsilon", epsilon, 0, np.inf)

    def change(self, w, d, s):
        s[...] = self.decay * s + (1 - self.decay) * d * d
        return self.learning_rate * d / (np.sqrt(s) + self.epsilon)


class Adam(Optimizer):
    """RMSProp with momentum, corrected while it has seen few gradients (Kingma and Ba 2015):

        m ← β₁ m + (1 − β₁) d               m̂ = m / (1 − β₁ᵏ)   after k updates
        s ← β₂ s + (1 − β₂) d²              ŝ = s / (1 − β₂ᵏ)
        w ← w − η (m̂ / (√ŝ + ε) + λ w)

    λ is `weight_decay`. It is decoupled: it doesn't enter m and s. With it, Adam is called AdamW
    (Loshchilov and Hutter 2019). As in PyTorch, it pulls on the biases too.
    """

    arrays_per_parameter = 2

    def __init__(self, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8, weight_decay=0.0):
        super().__init__(learning_rate)
        self.beta1, self.beta2 = _between("beta1", beta1, 0, 1), _between("beta2", beta2, 0, 1)
        self.epsilon = _between("epsilon", epsilon, 0, np.inf)
        self.weight_decay = _between("weight_decay", weight_decay, 0, np.inf)

    def change(self, w, d, m, s):
        m[...] = self.beta1 * m + (1 - self.beta1) * d
        s[...] = self.beta2 * s + (1 - self.beta2) * d * d
        root = np.sqrt(s / (1 - self.beta2**self.updates)) + self.epsilon
        change = self.learning_rate / (1 - self.beta1**self.updates) * m / root
        if self.weight_decay:
            change += self.learning_rate * self.weight_decay * w
        return change
