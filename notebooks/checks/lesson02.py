"""Lesson 02: the right answers to the exercises, and hints for typical wrong ones."""

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


NOT_HELD = (
    "The unit forgets the first input. The curve must cross the diagonal three times, "
    "so choose u above 1."
)
NOISY = (
    "The noise alone flips the unit. The noise is multiplied by w, too, "
    "and w is too large for this u."
)
NOT_FLIPPED = (
    "The second input cannot flip the unit. Either w is too small for this u, "
    "or b pushes towards the wrong side."
)
NOT_TAKEN = "The state should be above 0.5 right after the first input. Choose a larger w."


def judge_latch(candidate):
    """None if the unit is a latch; otherwise a sentence about what fails first.

    A latch stores an input of +1 through noise, flips when −1 comes in, and stores that as well.
    """
    w, u, b = (float(candidate[name]) for name in ("w", "u", "b"))
    h, states = 0.0, []
    noise = np.where(np.random.default_rng(0).random(202) < 0.5, -0.2, 0.2)
    noise[[0, 101]] = 1.0, -1.0
    noise[60:80] = -0.2  # for a while, the noise pushes towards the other state
    noise[160:180] = 0.2
    for x in noise:
        h = float(np.tanh(w * x + u * h + b))
        states.append(h)
    first, second = np.array(states[:101]), np.array(states[101:])
    if first[0] <= 0.5:
        return f"After the first input h is {first[0]:.2f}. {NOT_TAKEN}"
    if first.min() <= 0.5:
        flipped = abs(u) > 1 and first.min() < -0.5
        hint = NOISY if flipped else NOT_HELD
        return f"After {first.argmin()} steps of noise h is {first.min():.2f}. {hint}"
    if second.max() >= -0.5:
        hint = NOISY if second[0] < -0.5 else NOT_FLIPPED
        return f"After the input of −1 h is {second.max():.2f}. {hint}"
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
    x, h_prev = rng.normal(size=D), rng.normal(size=H)
    W, U, b = rng.normal(size=(H, D)), rng.normal(size=(H, H)), rng.normal(size=H)
    return x, h_prev, W, U, b


def one_run(T, B, D, H):
    x, h0 = rng.normal(size=(T, B, D)), rng.normal(size=(B, H))
    W, U, b = rng.normal(size=(H, D)), rng.normal(size=(H, H)), rng.normal(size=H)
    return x, h0, W, U, b


def one_step_back(D, H):
    dh, h = rng.normal(size=H), np.tanh(rng.normal(size=H))
    x, h_prev = rng.normal(size=D), np.tanh(rng.normal(size=H))
    U = rng.normal(size=(H, H))
    return dh, h, x, h_prev, U


EXERCISES = {
    "2.1": Exercise(
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
    "2.2": Exercise(
        terms=("h", "last"),
        answer=run(),
        cases=[one_run(5, 2, 3, 4), one_run(4, 3, 2, 5)],
        hint="Start with h = h0. At each step, h = tanh(x_t @ W.T + h @ U.T + b).",
        mistakes={
            (
                "Every step starts from h0 again. Each step should start from the state before it."
            ): run(carry=False),
            "The first step starts from zeros. It should start from h0.": run(start=False),
            "Each sequence is a row here, so U h becomes h @ U.T, not h @ U.": run(transposed=True),
            "Time comes first in the result, (T, B, H), so stack the states along axis 0.": run(
                batch_first=True
            ),
        },
    ),
    "2.3": Exercise(
        terms=("w", "u", "b"),
        answer={"w": 3.5, "u": 2.5, "b": 0.0},
        hint="Look for the values in the bench with one unit.",
        mistakes={
            NOT_HELD: {"w": 1.0, "u": 0.9, "b": 0.0},
            NOT_FLIPPED: {"w": 1.0, "u": 3.0, "b": 0.0},
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
    "2.5": Exercise(
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
