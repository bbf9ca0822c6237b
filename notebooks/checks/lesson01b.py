"""Lesson 01b: the right answers to the exercises, and hints for typical wrong ones."""

import numpy as np

from rnnlib.lesson import Exercise
from rnnlib.lesson.exercises import NOTHING_TRIED

rng = np.random.default_rng(1)


# Exercise 1b.1


def softmax_cross_entropy(mean=True, sign=1.0, minus_one=True, subtract="largest of each row"):
    """The right function. The arguments put a typical mistake into it."""

    def both(y, label):
        p = softmax_after(subtract, y)
        nats, n = -np.log(p[np.arange(len(y)), label]), len(y) if mean else 1
        return p, nats.sum() / n, sign * (p - minus_one * np.eye(y.shape[1])[label]) / n

    return both


def softmax_after(subtract, y):
    """Softmax of each row after subtracting something that may not prevent an overflow."""
    if subtract == "largest of each row":
        y = y - y.max(1, keepdims=True)
    elif subtract == "largest of all":
        y = y - y.max()
    with np.errstate(over="ignore", invalid="ignore"):
        e = np.exp(y)
        return e / e.sum(1, keepdims=True)


# Exercise 1b.2


class RecordingNetwork:
    """Stands in for a Network and writes down every batch that a training loop gives it.

    Its only parameter is w, and the gradient of w for a batch is the sum of the examples' numbers.
    """

    def __init__(self):
        self.params = {"w": np.zeros(3)}
        self.batches = []

    def loss_and_grads(self, x, target, mask=None):
        x, target = np.asarray(x), np.asarray(target)
        if x.ndim != 3 or x.shape[0] != 1 or target.shape != x.shape[:2]:
            raise WrongShapes(
                f"loss_and_grads got x with the shape {x.shape} and labels with the shape "
                f"{target.shape}. It needs (1, n, D) and (1, n): write x[None, chosen] and "
                "labels[None, chosen]."
            )
        self.batches.append((x[0, :, 0].astype(int).tolist(), target[0].tolist()))
        gradient = np.full(3, x[0, :, 0].sum())
        return 0.0, {"w": gradient}, None


class WrongShapes(Exception):
    """A loop gave arrays of the wrong shape; the message says what it should give."""


N, ETA, BATCH_SIZE, EPOCHS = 10, 0.5, 4, 3
EXAMPLES = np.arange(N)  # the first number of an example is its own number
LABELS = 100 + EXAMPLES
NOT_ALL = "In every epoch, each example must be used exactly once."
NOT_SHUFFLED = "The examples came in the same order in every epoch. Shuffle them at its beginning."
NEVER_SHUFFLED = (
    "The examples were never shuffled. Draw a new order at the beginning of each epoch."
)
UPHILL = "The parameters went uphill. Subtract η times the gradient."
NO_STEP = "The parameters have not changed. Change the arrays in place: net.params[name] -= …"


def judge_training_loop(candidate):
    """None if the loop is right; otherwise a sentence about the first mistake."""
    net, rng = RecordingNetwork(), np.random.default_rng(0)
    x = np.stack([EXAMPLES] * 2, axis=1).astype(float)
    try:
        candidate(net, x, LABELS, ETA, BATCH_SIZE, EPOCHS, rng)
    except WrongShapes as error:
        return str(error)
    if not net.batches:
        return NOTHING_TRIED
    return _judge_batches(net.batches) or _judge_steps(net)


def _judge_batches(batches):
    if any(label != 100 + k for ks, labels in batches for k, label in zip(ks, labels, strict=True)):
        return "The labels do not belong to the examples. Choose both with the same numbers."
    if max(len(ks) for ks, _ in batches) > BATCH_SIZE:
        return f"A mini-batch had more than batch_size = {BATCH_SIZE} examples."
    order = [k for ks, _ in batches for k in ks]
    if len(order) != N * EPOCHS:
        missing = "The last, smaller mini-batch counts, too." if len(order) < N * EPOCHS else ""
        return (
            f"{N} examples in {EPOCHS} epochs make {N * EPOCHS}, but the network has seen "
            f"{len(order)}. {missing}".rstrip()
        )
    epochs = [order[start : start + N] for start in range(0, N * EPOCHS, N)]
    if any(sorted(epoch) != EXAMPLES.tolist() for epoch in epochs):
        return NOT_ALL
    if epochs[0] == EXAMPLES.tolist():
        return NEVER_SHUFFLED
    if epochs[0] == epochs[1]:
        return NOT_SHUFFLED
    return None


def _judge_steps(net):
    gradients = sum(sum(ks) for ks, _ in net.batches)
    right, w = -ETA * gradients, net.params["w"][0]
    if np.isclose(w, right):
        return None
    if w == 0:
        return NO_STEP
    if np.isclose(w, -right):
        return UPHILL
    if np.isclose(w, -gradients):
        return "The learning rate is missing. Multiply each gradient by η."
    return (
        f"The mini-batches are right, but the parameters changed by {w / right:.2f} times what "
        "η times the sum of all gradients gives."
    )


def loop(shuffle="each epoch", factor=-1.0, use_rate=True, drop_last=False, draw=False):
    """A training loop. The arguments put a typical mistake into it."""

    def training_loop(net, x, labels, eta, batch_size, epochs, rng):
        n = len(x)
        once = rng.permutation(n) if shuffle == "once" else np.arange(n)
        for _ in range(epochs):
            order = rng.permutation(n) if shuffle == "each epoch" else once
            for start in range(0, n - batch_size + 1 if drop_last else n, batch_size):
                chosen = order[start : start + batch_size]
                if draw:
                    chosen = rng.integers(0, n, len(chosen))
                _, grads, _ = net.loss_and_grads(x[None, chosen], labels[None, chosen])
                for name in net.params:
                    net.params[name] += factor * (eta if use_rate else 1.0) * grads[name]

    return training_loop


def loop_that_steps_nowhere(net, x, labels, eta, batch_size, epochs, rng):
    """New arrays are bound to a local name, so that the network keeps its old ones."""
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for start in range(0, len(x), batch_size):
            chosen = order[start : start + batch_size]
            _, grads, _ = net.loss_and_grads(x[None, chosen], labels[None, chosen])
            for name in net.params:
                w = net.params[name]
                w = w - eta * grads[name]


# Exercise 1b.3

SHARES = {"lamp": 0.7, "weather": 0.84, "waltz": 2 / 3}

EXERCISES = {
    "1b.1": Exercise(
        terms=("p", "E", "dy"),
        answer=softmax_cross_entropy(),
        cases=[
            (rng.normal(size=(4, 3)), np.array([2, 0, 1, 2])),
            (2 * rng.normal(size=(3, 5)), np.array([4, 4, 1])),
            (np.array([[1000.0, 999.0, 997.0], [2.0, 0.0, 1.0]]), np.array([1, 2])),
        ],
        hint="In each row p = eʸ/Σ eʸ, after subtracting the row's largest score. "
        "For dy, subtract 1 from p at the label, then divide by B.",
        mistakes={
            (
                "With scores of 1000 there is still nan. "
                "Subtract the largest score of each row before you use the exponential function."
            ): softmax_cross_entropy(subtract="nothing"),
            (
                "One row has nan. Subtract from each row its own largest score, "
                "not the largest of the whole array."
            ): softmax_cross_entropy(subtract="largest of all"),
            "E is the mean over the B examples, so dy is divided by B, too.": softmax_cross_entropy(
                mean=False
            ),
            (
                "dy has the wrong sign. A higher score for a wrong class makes E larger."
            ): softmax_cross_entropy(sign=-1.0),
            (
                "dy lacks the −1 at the label. It comes from the term −y_label in E."
            ): softmax_cross_entropy(minus_one=False),
        },
    ),
    "1b.2": Exercise(
        terms=("training_loop",),
        answer=loop(),
        hint="Shuffle, cut into mini-batches, compute the gradient, take a step.",
        mistakes={
            UPHILL: loop(factor=1.0),
            "The learning rate is missing.": loop(use_rate=False),
            NEVER_SHUFFLED: loop(shuffle="never"),
            NOT_SHUFFLED: loop(shuffle="once"),
            "The last, smaller mini-batch counts, too.": loop(drop_last=True),
            NOT_ALL: loop(draw=True),
            NO_STEP: loop_that_steps_nowhere,
        },
        judge=judge_training_loop,
    ),
    "1b.3": Exercise(
        terms=("lamp", "weather", "waltz"),
        answer=SHARES,
        hint="For each present symbol, take the share of its most frequent follower.",
        tolerance=0.005,
        mistakes={
            (
                "0.5 is what you reach if you always say on. "
                "After on, off is the better answer, and after off, on."
            ): SHARES | {"lamp": 0.5},
            (
                "0.3 is what you reach if you name the same state again. "
                "More often than not, the lamp changes."
            ): SHARES | {"lamp": 0.3},
            (
                "0.9 is right only after a sunny day. Take the mean over sunny and rainy days, "
                "80 % and 20 % of the time."
            ): SHARES | {"weather": 0.9},
            (
                "0.75 is the mean of 0.9 and 0.6. But sunny days are four times as frequent, "
                "so they count four times as much."
            ): SHARES | {"weather": 0.75},
            (
                "After a weak beat the next one is weak or strong, equally often, and the present "
                "beat does not tell which."
            ): SHARES | {"waltz": 1.0},
            (
                "0.8 is what you reach if you always say sunny. "
                "After a rainy day, rainy is the better guess."
            ): SHARES | {"weather": 0.8},
        },
    ),
}
