"""Gradient descent and its offspring.

w is a parameter, d its gradient ∂E/∂w, η the learning rate. Each optimiser changes `params`, a dict
of arrays, in place, given `grads` of the same names. What it remembers of earlier gradients it
keeps for each name too.
"""

import numpy as np


def clip_by_norm(grads, threshold):
    """Scale all gradients together so that their joint norm is at most `threshold`.

    threshold: a positive number, or None to measure only. Returns the norm before clipping.
    Raises ValueError for another threshold. Source: Pascanu et al. 2013, algorithm 1.
    """
    if threshold is not None and not threshold > 0:
        raise ValueError(f"threshold must be a positive number or None; got {threshold!r}")
    norm = float(np.sqrt(sum(np.vdot(d, d).real for d in grads.values())))
    if threshold is not None and threshold < norm < np.inf:
        for d in grads.values():
            d *= threshold / norm
    return norm


class Optimizer:
    """What all optimisers share: a learning rate, and arrays that remember, zero at first.

    A subclass says in `change` by how much w is lowered, and in `arrays` how many arrays it needs
    for each parameter.
    """

    arrays = 1

    def __init__(self, learning_rate):
        if not (np.isscalar(learning_rate) and np.isfinite(learning_rate) and learning_rate >= 0):
            raise ValueError(f"learning_rate must be a number >= 0; got {learning_rate!r}")
        self.learning_rate = learning_rate
        self.memory, self.updates = {}, 0

    def step(self, params, grads):
        """Update every parameter once, in place. Raises ValueError where the names differ."""
        if params.keys() != grads.keys():
            expected, got = sorted(params), sorted(grads)
            raise ValueError(f"grads must have the names of params, {expected}; got {got}")
        self.updates += 1
        for name, w in params.items():
            if name not in self.memory:
                self.memory[name] = [np.zeros_like(w) for _ in range(self.arrays)]
            w -= self.change(w, grads[name], *self.memory[name])


class SGD(Optimizer):
    """Stochastic gradient descent, with momentum μ if you like (Sutskever et al. 2013):

        v ← μ v + d
        w ← w − η v                 plain momentum
        w ← w − η (d + μ v)         Nesterov's

    This is the form that PyTorch uses; in the paper, η stands inside v.
    """

    def __init__(self, learning_rate=0.1, momentum=0.0, nesterov=False):
        super().__init__(learning_rate)
        self.momentum, self.nesterov = momentum, nesterov
        if not 0 <= momentum < 1 or nesterov and momentum == 0:
            raise ValueError(f"momentum must lie in [0, 1), above 0 for nesterov; got {momentum}")

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
        self.epsilon = epsilon

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
        self.decay, self.epsilon = decay, epsilon

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

    arrays = 2

    def __init__(self, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8, weight_decay=0.0):
        super().__init__(learning_rate)
        self.beta1, self.beta2, self.epsilon = beta1, beta2, epsilon
        if not 0 <= weight_decay < np.inf:
            raise ValueError(f"weight_decay must be a number >= 0; got {weight_decay!r}")
        self.weight_decay = weight_decay

    def change(self, w, d, m, s):
        m[...] = self.beta1 * m + (1 - self.beta1) * d
        s[...] = self.beta2 * s + (1 - self.beta2) * d * d
        root = np.sqrt(s / (1 - self.beta2**self.updates)) + self.epsilon
        change = self.learning_rate / (1 - self.beta1**self.updates) * m / root
        if self.weight_decay:
            change += self.learning_rate * self.weight_decay * w
        return change
