"""Gradient descent and its offspring: w is a parameter, d its gradient ∂E/∂w, η the learning rate.
Each optimiser changes params (dict of arrays) in place, given grads of the same names; `memory` is per name too."""

import numpy as np


def clip_by_norm(grads, threshold):
    """Scale grads to a joint norm ≤ threshold (None: only measure); return the old norm. Pascanu et al. 2013, alg. 1."""
    if threshold is not None and not threshold > 0:
        raise ValueError(f"threshold must be a positive number or None; got {threshold!r}")
    norm = float(np.sqrt(sum(np.vdot(d, d).real for d in grads.values())))
    if threshold is not None and threshold < norm < np.inf:
        for d in grads.values():
            d *= threshold / norm
    return norm


class Optimizer:
    """What all share: η and a memory of `slots` arrays for each parameter, zero at first."""
    def __init__(self, learning_rate, slots=1, **constants):
        if not (np.isscalar(learning_rate) and np.isfinite(learning_rate) and learning_rate >= 0):
            raise ValueError(f"learning_rate must be a number >= 0; got {learning_rate!r}")
        vars(self).update(constants, learning_rate=learning_rate, slots=slots, memory={}, updates=0)

    def step(self, params, grads):
        """One update of every parameter, in place. ValueError where the names differ."""
        if params.keys() != grads.keys():
            raise ValueError(f"grads must have the names of params, {sorted(params)}; got {sorted(grads)}")
        self.updates += 1
        for name, w in params.items():
            if name not in self.memory:
                self.memory[name] = [np.zeros_like(w) for _ in range(self.slots)]
            w -= self.change(grads[name], *self.memory[name])


class SGD(Optimizer):
    """v ← μ v + d, w ← w − η v; Nesterov: w ← w − η (d + μ v). Sutskever et al. 2013, in the form that PyTorch uses."""
    def __init__(self, learning_rate=0.1, momentum=0.0, nesterov=False):
        super().__init__(learning_rate, momentum=momentum, nesterov=nesterov)
        if not 0 <= momentum < 1 or nesterov and momentum == 0:
            raise ValueError(f"momentum must lie in [0, 1), and above 0 for nesterov; got {momentum}")

    def change(self, d, v):
        v[...] = self.momentum * v + d
        return self.learning_rate * (d + self.momentum * v if self.nesterov else v)


class AdaGrad(Optimizer):
    """s ← s + d², w ← w − η d/(√s + ε): a rate for each weight that can only fall (Duchi et al. 2011)."""
    def __init__(self, learning_rate=0.1, epsilon=1e-10):
        super().__init__(learning_rate, epsilon=epsilon)

    def change(self, d, s):
        s += d * d
        return self.learning_rate * d / (np.sqrt(s) + self.epsilon)


class RMSProp(Optimizer):
    """s ← ρ s + (1 − ρ) d², w ← w − η d/(√s + ε): AdaGrad that forgets (Tieleman and Hinton 2012, lecture 6e)."""
    def __init__(self, learning_rate=0.01, decay=0.9, epsilon=1e-8):
        super().__init__(learning_rate, decay=decay, epsilon=epsilon)

    def change(self, d, s):
        s[...] = self.decay * s + (1 - self.decay) * d * d
        return self.learning_rate * d / (np.sqrt(s) + self.epsilon)


class Adam(Optimizer):
    """m ← β₁ m + (1 − β₁) d, s ← β₂ s + (1 − β₂) d²; at update k: w ← w − η m̂/(√ŝ + ε).
    m̂ = m/(1 − β₁ᵏ), ŝ = s/(1 − β₂ᵏ): at first both hold little (Kingma and Ba 2015, algorithm 1)."""
    def __init__(self, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
        super().__init__(learning_rate, slots=2, beta1=beta1, beta2=beta2, epsilon=epsilon)

    def change(self, d, m, s):
        m[...] = self.beta1 * m + (1 - self.beta1) * d
        s[...] = self.beta2 * s + (1 - self.beta2) * d * d
        root = np.sqrt(s / (1 - self.beta2**self.updates)) + self.epsilon
        return self.learning_rate / (1 - self.beta1**self.updates) * m / root
