"""Lesson 05a: the right answers to the exercises, and hints for typical wrong ones."""

import numpy as np

from rnnlib.cells import LSTM
from rnnlib.lesson import Exercise

rng = np.random.default_rng(5)
LINES = ("value", "write", "erase", "read")


def cell_of(W, b):
    cell = LSTM(4, 1, rng=np.random.default_rng(0))
    cell.params["W"][:], cell.params["U"][:], cell.params["b"][:] = W, 0, b
    return cell


def scripts(T=24, B=200):
    """Store and recall on scripts that the lesson does not show: x (T, B, 4), target (T, B, 1)."""
    dice = np.random.default_rng(55)
    command = dice.choice(4, (T, B), p=[0.5, 0.15, 0.1, 0.25])
    x = np.stack([dice.choice([-1.0, 1.0], (T, B)), *(command == k for k in (1, 2, 3))], axis=-1)
    target, stored = np.zeros((T, B, 1)), np.zeros(B)
    for t, (value, write, erase, read) in enumerate(x.transpose(0, 2, 1)):
        stored = np.where(write > 0, value, np.where(erase > 0, 0, stored))
        target[t, :, 0] = 0.6 * stored * read
    return x, target


HINTS = {
    "write": "The input gate is not open at a write, so nothing gets in.",
    "leak": (
        "The input gate lets in values that were not marked. "
        "It should be shut unless the write line is on."
    ),
    "forget": (
        "The forget gate does not stay open while nobody writes or erases, so the stored "
        "value fades."
    ),
    "erase": "The forget gate is not shut at an erase, so the old value stays.",
    "pile": "The forget gate is not shut at a write, so the new value is added to the old one.",
    "silent": "The output gate is not open at a read, so the cell does not answer.",
    "noisy": (
        "The output gate is not shut while nobody reads, so the cell answers when it "
        "should be silent."
    ),
    "size": (
        "The gates are right, but the answer has the wrong size. "
        "A read just after a write gives tanh(tanh(w_g))."
    ),
}


def judge_valves(candidate):
    try:
        W, b = np.asarray(candidate["W"], float), np.asarray(candidate["b"], float)
    except (TypeError, ValueError, KeyError, IndexError):
        return 'it should be a dict with numbers in "W" and "b".'
    if W.shape != (4, 4) or b.shape != (4,):
        return f"W should have the shape (4, 4) and b (4,); they have {W.shape} and {b.shape}."
    x, target = scripts()
    trace = cell_of(W, b).forward(x)
    E = ((trace.h - target) ** 2).mean()
    if E < 0.002:
        return None
    i, f, o = (getattr(trace, gate)[..., 0] for gate in "ifo")
    _, write, erase, read = x.transpose(2, 0, 1) > 0
    for wrong, hint in (
        (i[write].min() < 0.8, "write"),
        (i[~write].max() > 0.1, "leak"),
        (f[erase].max() > 0.2, "erase"),
        (f[write].max() > 0.2, "pile"),
        (f[~write & ~erase].min() < 0.9, "forget"),
        (o[read].min() < 0.8, "silent"),
        (o[~read].max() > 0.2, "noisy"),
    ):
        if wrong:
            return f"the loss is {E:.4f}. {HINTS[hint]}"
    return f"the loss is {E:.4f}. {HINTS['size']}"


VALVES = {
    "W": [[0, 12, 0, 0], [0, -12, -12, 0], [0, 0, 0, 12], [np.arctanh(np.arctanh(0.6)), 0, 0, 0]],
    "b": [-6, 6, -6, 0],
}


def valves(rows=None, biases=None):
    """The right answer with some rows of W, or biases, replaced."""
    W, b = np.array(VALVES["W"], float), np.array(VALVES["b"], float)
    for k, row in (rows or {}).items():
        W[k] = row
    for k, bias in (biases or {}).items():
        b[k] = bias
    return {"W": W, "b": b}


def arrives(
    road=1.0, slope=lambda s: 1 - s**2, valve=True, seen=np.tanh, gate_slope=lambda o: o * (1 - o)
):
    def answer(dh, dc_road, o, c):
        dc = road * dc_road + dh * (o if valve else 1.0) * slope(np.tanh(c))
        return dc, dh * seen(c) * gate_slope(o)

    return answer


def behind(
    gate_slope=lambda y: y * (1 - y),
    g_slope=lambda g: 1 - g**2,
    swap=False,
    keep=lambda f: f,
    old=lambda c, f: c,
):
    def answer(dc, i, f, g, c_prev):
        to_i, to_g = (i, g) if swap else (g, i)
        return (
            dc * to_i * gate_slope(i),
            dc * old(c_prev, f) * gate_slope(f),
            dc * to_g * g_slope(g),
            dc * keep(f),
        )

    return answer


def weights(da, x, h_prev, W, U):
    return np.outer(da, x), np.outer(da, h_prev), da, W.T @ da, U.T @ da


def weights_turned(da, x, h_prev, W, U):
    dW, dU, db, dx, dh_prev = weights(da, x, h_prev, W, U)
    return dW.T, dU.T, db, dx, dh_prev


def weights_one_gate(da, x, h_prev, W, U):
    H = len(h_prev)
    return *weights(da, x, h_prev, W, U)[:3], W[-H:].T @ da[-H:], U[-H:].T @ da[-H:]


def weights_one_bias(da, x, h_prev, W, U):
    dW, dU, db, dx, dh_prev = weights(da, x, h_prev, W, U)
    return dW, dU, db.reshape(4, -1).sum(0), dx, dh_prev


def weights_no_bias(da, x, h_prev, W, U):
    dW, dU, db, dx, dh_prev = weights(da, x, h_prev, W, U)
    return dW, dU, db.sum(), dx, dh_prev


def half_life(left=lambda n: 0.5 ** (1 / n), inverse=lambda f: np.log(f / (1 - f))):
    def answer(n):
        f = left(n)
        return f, inverse(f)

    return answer


def gate(*shape):
    return rng.uniform(0.1, 0.9, shape)


EXERCISES = {
    "5a.1": Exercise(
        terms=("W", "b"),
        answer=VALVES,
        judge=judge_valves,
        hint="",
        mistakes={
            HINTS["pile"]: valves({1: [0, 0, -12, 0]}),
            HINTS["leak"]: valves(biases={0: 0}),
            HINTS["erase"]: valves({1: [0, -12, 0, 0]}),
            HINTS["noisy"]: valves(biases={2: 6}),
            HINTS["silent"]: valves({2: [0, 0, 0, 0]}),
            HINTS["write"]: valves({0: [0, 0, 0, 0]}),
            HINTS["forget"]: valves(biases={1: 0}),
            HINTS["size"]: valves({3: [3, 0, 0, 0]}),
        },
    ),
    "5a.2": Exercise(
        terms=("dc", "da_o"),
        answer=arrives(),
        cases=[
            (rng.normal(size=3), rng.normal(size=3), gate(3), rng.normal(size=3)) for _ in range(3)
        ],
        hint=(
            "c_t splits into two branches, and their errors add. "
            "At a valve, each side gets the error times the value of the other side."
        ),
        mistakes={
            (
                "You left out dc_road, which comes along the road from step t+1. "
                "The errors of the two branches of c_t add."
            ): arrives(road=0.0),
            (
                "The error from h_t passes the box tanh on its way to c_t. "
                "Multiply it by 1 − tanh²(c_t)."
            ): arrives(slope=lambda s: 1.0),
            "You computed the slope of tanh from c_t itself. 1 − tanh² needs tanh(c_t).": arrives(
                slope=lambda s: 1 - np.arctanh(s) ** 2
            ),
            (
                "The error passes the output valve on its way from h_t to c_t. Multiply it by o_t."
            ): arrives(valve=False),
            "The other side of the output valve is tanh(c_t), not c_t.": arrives(seen=lambda c: c),
            (
                "The slope of σ is missing. "
                "da_o is the error at the pre-activation, so multiply by o(1 − o)."
            ): arrives(gate_slope=lambda o: 1.0),
        },
    ),
    "5a.3": Exercise(
        terms=("da_i", "da_f", "da_g", "dc_prev"),
        answer=behind(),
        cases=[
            (rng.normal(size=3), gate(3), gate(3), rng.uniform(-0.9, 0.9, 3), rng.normal(size=3))
            for _ in range(3)
        ],
        hint=(
            "The plus copies dc to both branches. "
            "At a valve, each side gets the error times the value of the other side. "
            "After the valve, the error passes a box."
        ),
        mistakes={
            (
                "At the input valve, each side gets the value of the other side. "
                "So da_i needs g, and da_g needs i."
            ): behind(swap=True),
            (
                "The slopes of the gates are missing. "
                "Multiply by σ′ = y(1 − y) to get the errors at their pre-activations."
            ): behind(gate_slope=lambda y: 1.0),
            "The candidate is computed with tanh, so its slope is 1 − g².": behind(
                g_slope=lambda g: g * (1 - g)
            ),
            "You left out the slope of the candidate's tanh. Multiply by 1 − g².": behind(
                g_slope=lambda g: 1.0
            ),
            "The forget valve stands on the road. So what goes back is dc times f.": behind(
                keep=lambda f: 1.0
            ),
            "The other side of the forget valve is the old cell state, c_prev.": behind(
                old=lambda c, f: f
            ),
        },
    ),
    "5a.4": Exercise(
        terms=("dW", "dU", "db", "dx", "dh_prev"),
        answer=weights,
        cases=[
            (
                rng.normal(size=8),
                rng.normal(size=3),
                rng.normal(size=2),
                rng.normal(size=(8, 3)),
                rng.normal(size=(8, 2)),
            )
        ],
        hint=(
            "The gradient of a weight is the error above it times the value below it. "
            "Errors go down through the transposed matrix."
        ),
        mistakes={
            (
                "dW and dU have the shapes of W and U. They have one row for each entry of da."
            ): weights_turned,
            (
                "All four blocks read x_t and h_t−1. "
                "Add the errors of all four, not only that of g."
            ): weights_one_gate,
            "Each gate has a bias of its own. Do not add the four blocks of db.": weights_one_bias,
            (
                "db has one number for each row of da, so there is nothing to sum within one step."
            ): weights_no_bias,
        },
    ),
    "5a.5": Exercise(
        terms=("f", "b"),
        answer=half_life(),
        cases=[(7,), (20,), (1000,)],
        hint=(
            "If you multiply f by itself n times, you get one half. "
            "b is the number whose logistic is f."
        ),
        mistakes={
            "With f = 1 − 1/n, about 1/e is left after n steps, not one half.": half_life(
                left=lambda n: 1 - 1 / n
            ),
            "With f = e^(−1/n), 1/e is left after n steps, not one half.": half_life(
                left=lambda n: np.exp(-1 / n)
            ),
            "f = 1 − 1/(2n) comes near only for large n. Solve f^n = 1/2.": half_life(
                left=lambda n: 1 - 1 / (2 * n)
            ),
            (
                "ln f is negative, but a cell that remembers needs b > 0. "
                "Solve f = 1/(1 + e^−b) for b."
            ): half_life(inverse=np.log),
        },
    ),
    "5a.6": Exercise(
        terms=("F", "G", "J"),
        answer={"F": 12, "G": 4, "J": 7},
        hint=(
            "Look at which gradients are wrong with four steps and with one. "
            "A gradient that is right shows that the way to it is right."
        ),
        mistakes={
            (
                "Only db_f is wrong in patient F, so da_f is right. "
                "Look at the line that adds up the biases."
            ): {"F": 6, "G": 4, "J": 7},
            "Line 14 of patient G computes dc_next, and it is right. Is dc_next ever used?": {
                "F": 12,
                "G": 14,
                "J": 7,
            },
            (
                "Line 4 of patient J is right. "
                "There o is a factor, and no slope of a gate is needed."
            ): {"F": 12, "G": 4, "J": 4},
        },
    ),
}
