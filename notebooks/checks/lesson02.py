"""Lesson 02: what the exercises' right answers are, and what to say to typical wrong ones."""

import numpy as np

from rnnlib.lesson import Exercise

rng = np.random.default_rng(2)


def step(bias=True, elementwise=False, transposed=False, phi=np.tanh):
    def one(x, h_prev, W, U, b):
        past = np.diag(U) * h_prev if elementwise else (U.T if transposed else U) @ h_prev
        a = W @ x + past + bias * b
        return a, phi(a)

    return one


def run(carry=True, start=True, transposed=False, batch_first=False):
    def whole(x, h0, W, U, b):
        h = h0 if start else 0 * h0
        first, states = h, []
        for x_t in x:
            h = np.tanh(x_t @ W.T + (h if carry else first) @ (U if transposed else U.T) + b)
            states.append(h)
        return np.stack(states, axis=1 if batch_first else 0), h

    return whole


NOT_HELD = "The tap is lost again. The curve must cross the diagonal three times: take u above 1."
NOISY = "The noise turns it over by itself: w is too large for this u, since the noise comes in through w as well."
NOT_TURNED = "The second tap cannot turn it over: w is too small against u, or b helps the wrong side."
NOT_TAKEN = "Right after the first tap the state is not above 0.5: the tap comes in too weakly."


def judge_latch(candidate):
    """None if the unit takes +1, holds it through noise, turns over at −1 and holds that; else what fails first."""
    w, u, b = (float(candidate[name]) for name in ("w", "u", "b"))
    h, states = 0.0, []
    noise = np.where(np.random.default_rng(0).random(202) < 0.5, -0.2, 0.2)
    noise[[0, 101]] = 1.0, -1.0
    noise[60:80] = -0.2  # the noise may push the same way for a while
    noise[160:180] = 0.2
    for x in noise:
        h = float(np.tanh(w * x + u * h + b))
        states.append(h)
    first, second = np.array(states[:101]), np.array(states[101:])
    if first[0] <= 0.5:
        return f"After the first tap h is {first[0]:.2f}. {NOT_TAKEN}"
    if first.min() <= 0.5:
        held = abs(u) > 1 and first.min() < -0.5
        return f"After {first.argmin()} steps of noise h is {first.min():.2f}. {NOISY if held else NOT_HELD}"
    if second.max() >= -0.5:
        turned_back = second[0] < -0.5
        return f"After the tap of −1 h is {second.max():.2f}. {NOISY if turned_back else NOT_TURNED}"
    return None


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
    return rng.normal(size=D), rng.normal(size=H), rng.normal(size=(H, D)), rng.normal(size=(H, H)), rng.normal(size=H)


def one_run(T, B, D, H):
    return (rng.normal(size=(T, B, D)), rng.normal(size=(B, H)), rng.normal(size=(H, D)),
            rng.normal(size=(H, H)), rng.normal(size=H))  # fmt: skip


def one_step_back(D, H):
    return (rng.normal(size=H), np.tanh(rng.normal(size=H)), rng.normal(size=D), np.tanh(rng.normal(size=H)),
            rng.normal(size=(H, H)))  # fmt: skip


EXERCISES = {
    "2.1": Exercise(
        terms=("a", "h"),
        answer=step(),
        cases=[one_step(3, 4), one_step(2, 5)],
        hint="a = W x + U h_prev + b, and h = tanh(a).",
        mistakes={
            "The bias is missing: three things are added.": step(bias=False),
            "Each unit hears all last states, not only its own: U @ h_prev.": step(elementwise=True),
            "U stands as in the formula, U h_{t−1}: U @ h_prev, not h_prev @ U.": step(transposed=True),
            "The activation is missing: h = tanh(a).": step(phi=lambda a: a),
        },
    ),
    "2.2": Exercise(
        terms=("h", "last"),
        answer=run(),
        cases=[one_run(5, 2, 3, 4), one_run(4, 3, 2, 5)],
        hint="Start with h = h0; at each step h = tanh(x_t @ W.T + h @ U.T + b).",
        mistakes={
            "Every step starts from h0 again: hand each state on to the next step.": run(carry=False),
            "It starts from zeros: the first step must hear h0.": run(start=False),
            "In rows U h becomes h @ U.T, not h @ U.": run(transposed=True),
            "Time comes first in the result, (T, B, H): stack along axis 0.": run(batch_first=True),
        },
    ),
    "2.3": Exercise(
        terms=("w", "u", "b"),
        answer={"w": 3.5, "u": 2.5, "b": 0.0},
        hint="Look for it in the bench of one unit.",
        mistakes={
            NOT_HELD: {"w": 1.0, "u": 0.9, "b": 0.0},
            NOT_TURNED: {"w": 1.0, "u": 3.0, "b": 0.0},
            NOISY: {"w": 4.0, "u": 1.4, "b": 0.0},
            NOT_TAKEN: {"w": 0.3, "u": 2.0, "b": 0.0},
        },
        judge=judge_latch,
    ),
    "2.4": Exercise(
        terms=("U", "h"),
        answer=markov(),
        cases=[
            (rng.integers(1, 20, (4, 4)).astype(float), 2, 3),
            (rng.integers(1, 20, (6, 6)).astype(float), 0, 5),
        ],
        hint="Divide each column by its sum; then h = U h, k times, from a 1 at place s.",
        mistakes={
            "The rows add up to 1. It is the columns that must: column j holds what follows j.": markov(axis=1),
            "U itself is right, but h went through its transpose: h ← U h.": markov(transposed=True),
            "One step too few: U is to be applied k times.": markov(steps=-1),
            "One step too many: U is to be applied k times.": markov(steps=1),
        },
    ),
    "2.5": Exercise(
        terms=("da", "dW", "dU", "db", "dh_prev"),
        answer=step_back(),
        cases=[one_step_back(3, 4), one_step_back(2, 5)],
        hint="da = dh (1 − h²); dW = da xᵀ, dU = da h_prevᵀ, db = da, dh_prev = Uᵀ da.",
        mistakes={
            "The slope of tanh is missing: da = dh (1 − h²).": step_back(lambda h: 1.0),
            "dU goes with the state that U carried, h_prev, not with the new one.": step_back(swap=True),
            "The blame goes back through U from the other side: dh_prev = Uᵀ da.": step_back(transposed=False),
            "dW and dU are turned: rows belong to da, columns to x or h_prev: np.outer(da, x).": step_back(
                outer=lambda da, x: np.outer(x, da)
            ),
        },
    ),
}
