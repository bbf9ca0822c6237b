"""Exercise 5a.2, gates set by hand: wrong weights, and how they are known."""

import numpy as np

from rnnlib.cells import LSTM


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


LIMIT = 0.0001  # the largest loss of a right answer

HINTS = {
    "order": "Your rows stand in the order i, f, g, o. Here the order is i, f, o, g.",
    "write": "The input gate is not open at a write, so nothing gets in.",
    "leak": (
        "The input gate lets in values that were not marked. "
        "It should be closed unless the write line is on."
    ),
    "forget": (
        "The forget gate does not stay open while nobody writes or erases, so the stored "
        "value fades."
    ),
    "erase": "The forget gate is not closed at an erase, so the old value stays.",
    "pile": "The forget gate is not closed at a write, so the new value is added to the old one.",
    "silent": "The output gate is not open at a read, so the cell does not answer.",
    "noisy": (
        "The output gate is not closed while nobody reads, so the cell answers when it "
        "should be silent."
    ),
    "candidate": "The candidate should read the value line, and no other line. It needs no bias.",
    "sign": "The gates are right, but the answer has the wrong sign.",
    "soft": (
        "The gates open and close at the right times, but not completely. "
        "Make their weights and biases larger."
    ),
    "size": (
        "The gates are right, but the answer has the wrong size. "
        "A read just after a write gives tanh(tanh(w_g))."
    ),
}


def judge_gates(candidate):
    """What is wrong with the weights of a cell that should store and recall; None if nothing is."""
    try:
        W, b = np.asarray(candidate["W"], float), np.asarray(candidate["b"], float)
    except (TypeError, ValueError, KeyError, IndexError):
        return 'it should be a dict with numbers in "W" and "b".'
    if W.shape != (4, 4) or b.shape != (4,):
        return f"W should have the shape (4, 4) and b (4,); they have {W.shape} and {b.shape}."
    if not (np.isfinite(W).all() and np.isfinite(b).all()):
        return "W and b should hold finite numbers."
    x, target = scripts()
    loss = loss_of(W, b, x, target)
    if loss < LIMIT:
        return None
    if loss_of(W[[0, 1, 3, 2]], b[[0, 1, 3, 2]], x, target) < LIMIT:
        return f"the loss is {loss:.5f}. {HINTS['order']}"
    trace = cell_of(W, b).forward(x)
    hint = hint_for_gates(trace, x) or hint_for_candidate(W, b)
    return f"the loss is {loss:.5f}. {HINTS[hint]}"


def loss_of(W, b, x, target):
    """The mean of (h_t − target_t)², where x (T, B, 4) and target (T, B, 1) are the scripts."""
    return ((cell_of(W, b).forward(x).h - target) ** 2).mean()


def hint_for_gates(trace, x):
    """The name of the hint for the first gate that is open or closed at a wrong time, or None."""
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
            return hint
    return None


def hint_for_candidate(W, b):
    """The name of the hint for a candidate that is wrong although the gates are right."""
    if np.abs(W[3, 1:]).max() > 0.1 or abs(b[3]) > 0.1:
        return "candidate"
    if W[3, 0] < 0:
        return "sign"
    return "size" if abs(np.tanh(np.tanh(W[3, 0])) - 0.6) > 0.02 else "soft"


BY_HAND = {
    "W": [[0, 12, 0, 0], [0, -12, -12, 0], [0, 0, 0, 12], [np.arctanh(np.arctanh(0.6)), 0, 0, 0]],
    "b": [-6, 6, -6, 0],
}


def answer_with(rows=None, biases=None):
    """The right answer with some rows of W, or biases, replaced."""
    W, b = np.array(BY_HAND["W"], float), np.array(BY_HAND["b"], float)
    for k, row in (rows or {}).items():
        W[k] = row
    for k, bias in (biases or {}).items():
        b[k] = bias
    return {"W": W, "b": b}


MISTAKES = {
    HINTS["pile"]: answer_with({1: [0, 0, -12, 0]}),
    HINTS["leak"]: answer_with(biases={0: 0}),
    HINTS["erase"]: answer_with({1: [0, -12, 0, 0]}),
    HINTS["noisy"]: answer_with(biases={2: 6}),
    HINTS["silent"]: answer_with({2: [0, 0, 0, 0]}),
    HINTS["write"]: answer_with({0: [0, 0, 0, 0]}),
    HINTS["forget"]: answer_with(biases={1: 0}),
    HINTS["size"]: answer_with({3: [3, 0, 0, 0]}),
    HINTS["soft"]: answer_with(
        {0: [0, 8, 0, 0], 1: [0, -8, -8, 0], 2: [0, 0, 0, 8]}, {0: -4, 1: 4, 2: -4}
    ),
    HINTS["sign"]: answer_with({3: [-0.85, 0, 0, 0]}),
    HINTS["candidate"]: answer_with(biases={3: 1}),
    HINTS["order"]: {name: rows[[0, 1, 3, 2]] for name, rows in answer_with().items()},
}
