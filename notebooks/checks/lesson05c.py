"""Lesson 05c: the right answers to the exercises, and hints for typical wrong ones."""

import numpy as np

from rnnlib.cells import LSTM
from rnnlib.lesson import Exercise

rng = np.random.default_rng(5)


def leak(
    kept=lambda c_0, f, T: f**T * c_0,
    total=lambda f, T: (1 - f**T) / (1 - f),
    spread=lambda f, T: np.sqrt((1 - f ** (2 * T)) / (1 - f**2)),
):
    def answer(c_0, f, i, m, s, T):
        return kept(c_0, f, T) + i * m * total(f, T), i * s * spread(f, T)

    return answer


def frozen(rows=lambda grad, k, H: grad[k * H : (k + 1) * H], order="ifog", weights=True):
    def answer(dW, dU, db, gate):
        H, k = dU.shape[1], order.index(gate)
        for grad in (dW, dU, db) if weights else (db,):
            rows(grad, k, H)[...] = 0
        return dW, dU, db

    return answer


def coupled(
    inside=lambda f, g, c_prev: c_prev - g,
    slope=lambda f: f * (1 - f),
    share=lambda f: 1 - f,
    bend=lambda g: 1 - g**2,
):
    def answer(dc, f, g, c_prev):
        return dc * inside(f, g, c_prev) * slope(f), dc * share(f) * bend(g), dc * f

    return answer


def across(factors=lambda f, keep: f * keep):
    """factors[t] is what the error is multiplied by on its way from c_t to c_{t−1}."""

    def answer(f, keep, dc_end):
        dc, step = np.empty(len(f)), factors(f, keep)
        dc[-1] = dc_end
        for t in range(len(f) - 1, 0, -1):
            dc[t - 1] = dc[t] * step[t]
        return dc, dc[0] * step[0]

    return answer


FADES = (
    "The stored value fades. Less than half of it is left after 300 steps. "
    "Which bias makes σ(b)^300 at least ½?"
)
LEAKS = (
    "Noise leaks in at every step and adds up, so sequences with equal signs end far "
    "apart. Shut the input gate further."
)
CLOSED = (
    "The input gate stays nearly shut at the mark as well, where it is σ(8 + b_i). "
    "So the sign hardly enters."
)


def judge_biases(candidate):
    try:
        b_i, b_f = (float(value) for value in candidate)
    except (TypeError, ValueError):
        return "it should be two numbers, (b_i, b_f)."
    if not np.isfinite([b_i, b_f]).all():
        return "both biases must be finite numbers."
    cell = LSTM(2, 1, rng=np.random.default_rng(0))
    cell.params["W"][:], cell.params["U"][:] = [[0, 8], [0, 0], [0, 0], [2, 0]], 0
    cell.params["b"][:] = b_i, b_f, 0, 0
    x = np.zeros((301, 200, 2))
    # One of the two values is enough, because the cell states of the other are the mirror image.
    x[0] = 1
    x[1:, :, 0] = 0.5 * np.random.default_rng(8).standard_normal((300, 200))
    trace = cell.forward(x)
    c_T = trace.c[-1, :, 0]
    if trace.f[0, 0, 0] ** 300 < 0.5:
        return FADES
    if c_T.std() > 0.3:
        return LEAKS
    if trace.c[0, 0, 0] < 0.4:
        return CLOSED
    return None


def numbers(*shape):
    return rng.normal(size=shape)


LEAKS_MANY = [  # (c_0, f, i, m, s, T)
    (1.3, 0.98, 0.1, 0.4, 0.7, 60),
    (-0.8, 0.995, 0.02, -0.3, 0.5, 300),
    (2.0, 0.9, 0.3, 0.2, 0.9, 7),
]
STACKS = [(numbers(12, 2), numbers(12, 3), numbers(12), gate) for gate in "fogi"]
GATED = [
    (numbers(5), rng.uniform(0.1, 0.9, 5), rng.uniform(-0.9, 0.9, 5), numbers(5)) for _ in range(3)
]
KEEPS = np.array(
    [[1, 1, 1, 0, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1, 1, 1], [0, 1, 1, 1, 1, 1, 1, 1]], float
)
ROADS = [(rng.uniform(0.3, 0.95, 8), keep, float(numbers())) for keep in KEEPS]

EXERCISES = {
    "5c.1": Exercise(
        terms=("mean", "std"),
        answer=leak(),
        cases=LEAKS_MANY,
        hint=(
            "Unroll three steps with letters. "
            "What entered k steps ago was multiplied by f k times since then. Variances add."
        ),
        mistakes={
            (
                "You added standard deviations. For independent numbers, only their squares add."
            ): leak(spread=lambda f, T: (1 - f**T) / (1 - f)),
            (
                "What leaked in is forgotten as well. "
                "Each step's share is multiplied by f at every later step."
            ): leak(total=lambda f, T: T, spread=lambda f, T: np.sqrt(T)),
            "The stored c_0 fades, too. Each of the T steps multiplies it by f.": leak(
                kept=lambda c_0, f, T: c_0
            ),
            (
                "For variances, each step multiplies by f squared. "
                "So the sum is over f^(2k) and has T terms."
            ): leak(spread=lambda f, T: np.sqrt((1 - f**T) / (1 - f))),
        },
    ),
    "5c.2": Exercise(
        terms=("dW", "dU", "db"),
        answer=frozen(),
        cases=STACKS,
        hint=(
            "The blocks stand one below the other in the order i, f, o, g, and each has H "
            "rows. dU has H columns."
        ),
        mistakes={
            (
                "You used PyTorch's order of blocks, i, f, g, o. Here the order is i, f, o, g."
            ): frozen(order="ifgo"),
            (
                "The gate would still learn through its weights. "
                "W and U must stay as they are, too."
            ): frozen(weights=False),
            (
                "The blocks are stacked, not interleaved. The H rows of a gate stand together."
            ): frozen(lambda grad, k, H: grad[k::4]),
            "You counted the blocks from 1. The rows of the input gate start at row 0.": frozen(
                lambda grad, k, H: grad[(k + 1) * H : (k + 2) * H]
            ),
        },
    ),
    "5c.3": Exercise(
        terms=("da_f", "da_g", "dc_prev"),
        answer=coupled(),
        cases=GATED,
        hint=(
            "f stands twice in c = f c_prev + (1 − f) g. Differentiate by f, g and c_prev. "
            "Then multiply by the slopes of σ and tanh."
        ),
        mistakes={
            (
                "f has two jobs here. The more of c_prev it keeps, the less of g it takes in. "
                "The second job is missing."
            ): coupled(lambda f, g, c_prev: c_prev),
            "The derivative of 1 − f by f is −1, so g is subtracted from c_prev.": coupled(
                lambda f, g, c_prev: c_prev + g
            ),
            (
                "The slope σ′ is missing. From f back to its weighted sum, multiply by f(1 − f)."
            ): coupled(slope=lambda f: 1.0),
            "The candidate is multiplied by 1 − f, not by f.": coupled(share=lambda f: f),
            (
                "The slope of tanh is missing. From g back to its weighted sum, multiply by 1 − g²."
            ): coupled(bend=lambda g: 1.0),
        },
    ),
    "5c.4": Exercise(
        terms=("dc", "dc_start"),
        answer=across(),
        cases=ROADS,
        hint=(
            "Write c_t as a function of c_{t−1} alone. "
            "On the way back, the error is multiplied by its slope."
        ),
        mistakes={
            (
                "The reset is missing. No error may cross from a document into the one before it."
            ): across(lambda f, keep: f),
            (
                "Your reset is one step off. "
                "keep_t multiplies c_{t−1}, so it acts on the way from c_t to c_{t−1}."
            ): across(lambda f, keep: f * np.append(1.0, keep[:-1])),
            (
                "Your forget gate is one step off. "
                "The gate between c_{t−1} and c_t is f_t, not f_{t−1}."
            ): across(lambda f, keep: np.append(f[0], f[:-1]) * keep),
        },
    ),
    "5c.5": Exercise(
        terms=("b_i", "b_f"),
        answer=(-4.5, 8.0),
        hint="",
        judge=judge_biases,
        mistakes={FADES: (-4.5, 3.0), LEAKS: (0.0, 8.0), CLOSED: (-12.0, 8.0)},
    ),
}
