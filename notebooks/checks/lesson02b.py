"""Lesson 02b: the right answers to the exercises, and hints for typical wrong ones."""

import numpy as np

from rnnlib.lesson import Exercise

rng = np.random.default_rng(2)


def step(bias=True, elementwise=False, transposed=False, phi=np.tanh):
    def one(x, h_prev, W, U, b):
        past = np.diag(U) * h_prev if elementwise else (U.T if transposed else U) @ h_prev
        a = W @ x + past + bias * b
        return a, phi(a)

    return one


def markov(axis=0, transposed=False, steps=0):
    def chain(counts, s, k):
        U = counts / counts.sum(axis=axis, keepdims=True)
        return U, np.linalg.matrix_power(U.T if transposed else U, k + steps)[:, s]

    return chain


def step_back(slope=lambda h: 1 - h**2, swap=False, transposed=True, outer=np.outer):
    def back(dh, h, x, h_prev, U):
        da = dh * slope(h)
        dW, dU = outer(da, x), outer(da, h if swap else h_prev)
        return da, dW, dU, da, (U.T if transposed else U) @ da

    return back


def one_step(D, H):
    x, h_prev = rng.normal(size=D), rng.normal(size=H)
    W, U, b = rng.normal(size=(H, D)), rng.normal(size=(H, H)), rng.normal(size=H)
    return x, h_prev, W, U, b


def one_step_back(D, H):
    dh, h = rng.normal(size=H), np.tanh(rng.normal(size=H))
    x, h_prev = rng.normal(size=D), np.tanh(rng.normal(size=H))
    U = rng.normal(size=(H, H))
    return dh, h, x, h_prev, U


EXERCISES = {
    "2b.1": Exercise(
        terms=("a", "h"),
        answer=step(),
        cases=[one_step(3, 4), one_step(2, 5)],
        hint="a = W x + U h_prev + b, and h = tanh(a).",
        mistakes={
            "The bias is missing. The weighted sum has three terms.": step(bias=False),
            (
                "Each unit depends on the last states of all units, not only on its own. "
                "Write U @ h_prev."
            ): step(elementwise=True),
            "The formula has U h_{t−1}, so write U @ h_prev, not h_prev @ U.": step(
                transposed=True
            ),
            "The activation is missing: h = tanh(a).": step(phi=lambda a: a),
        },
    ),
    "2b.2": Exercise(
        terms=("U", "h"),
        answer=markov(),
        cases=[
            (rng.integers(1, 20, (4, 4)).astype(float), 2, 3),
            (rng.integers(1, 20, (6, 6)).astype(float), 0, 5),
        ],
        hint=(
            "Divide each column by its sum. Start with an h that is 1 at place s and 0 elsewhere. "
            "Then apply h ← U h k times."
        ),
        mistakes={
            (
                "Your rows add up to 1, but the columns should. Column j holds what follows j."
            ): markov(axis=1),
            "U is right, but you multiplied h by its transpose. Use h ← U h.": markov(
                transposed=True
            ),
            "You took one step too few. Apply U k times.": markov(steps=-1),
            "You took one step too many. Apply U k times.": markov(steps=1),
        },
    ),
    "2b.3": Exercise(
        terms=("da", "dW", "dU", "db", "dh_prev"),
        answer=step_back(),
        cases=[one_step_back(3, 4), one_step_back(2, 5)],
        hint=(
            "Compute da = dh (1 − h²) first. Then dW = da xᵀ, dU = da h_prevᵀ, db = da "
            "and dh_prev = Uᵀ da."
        ),
        mistakes={
            "The slope of tanh is missing: da = dh (1 − h²).": step_back(lambda h: 1.0),
            "U was multiplied by h_prev, so dU depends on h_prev, not on the new state.": step_back(
                swap=True
            ),
            (
                "On the way back, the gradient is multiplied by the transpose of U. "
                "So dh_prev = Uᵀ da."
            ): step_back(transposed=False),
            "dW and dU are transposed. Their rows belong to da: np.outer(da, x).": step_back(
                outer=lambda da, x: np.outer(x, da)
            ),
        },
    ),
}
