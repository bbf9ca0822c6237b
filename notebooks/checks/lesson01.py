"""Lesson 01: what the exercises' right answers are, and what to say to typical wrong ones."""

import numpy as np

from rnnlib.lesson import Exercise

rng = np.random.default_rng(1)


def descent(sign=-1.0, rate_for_b=True):
    def step(w, b, dw, db, eta):
        return w + sign * eta * dw, b + sign * (eta if rate_for_b else 1.0) * db

    return step


def logistic_neuron(slope=lambda y: y * (1 - y), factor=2.0, swap=False):
    def backward(x, w, b, target):
        y = 1 / (1 + np.exp(-(w @ x + b)))
        dy = factor * (y - target)
        da = dy * slope(y)
        return (dy, da, da * w, da, da * x) if swap else (dy, da, da * x, da, da * w)

    return backward


def softsign(slope=lambda a, y: (1 - np.abs(y)) ** 2, chain=True):
    def backward(a, dy):
        y = a / (1 + np.abs(a))
        return y, slope(a, y), dy * slope(a, y) if chain else slope(a, y)

    return backward


def layer(slope=lambda a, h: 1 - h**2, mean=False, one_example=False):
    def backward(x, W, b, dh):
        a = x @ W.T + b
        da = dh * slope(a, np.tanh(a))
        n = len(x) if mean else 1
        return da.T @ x / n, da[0] if one_example else da.sum(0) / n, da @ W

    return backward


def softmax_cross_entropy(mean=True, sign=1.0, minus_one=True):
    def both(y, label):
        e = np.exp(y - y.max(1, keepdims=True))
        p = e / e.sum(1, keepdims=True)
        nats, n = -np.log(p[np.arange(len(y)), label]), len(y) if mean else 1
        return p, nats.sum() / n, sign * (p - minus_one * np.eye(y.shape[1])[label]) / n

    return both


INPUTS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
SHAPES = {"W1": (2, 2), "b1": (2,), "W2": (1, 2), "b2": (1,)}
BY_HAND = {"W1": [[1, 1], [1, 1]], "b1": [0, -1], "W2": [[1, -2]], "b2": [0]}
NO_ONES = "With no ones in the input only the biases speak; between them they must come to 0."
ONE = "With a single one in the input, the neuron that counts should be awake and the other one asleep."
TOO_MUCH = "With two ones the answer must come down: the second neuron must take more away."
TOO_LITTLE = "With two ones the answer is too small: the second neuron takes too much away."


def judge_xor(candidate):
    """None if the four arrays compute XOR, else the first thing that is wrong: a shape, or an input and its answer."""
    arrays = {name: np.asarray(candidate[name], float) for name in SHAPES}
    for name, shape in SHAPES.items():
        if arrays[name].shape != shape:
            return f"{name} should have the shape {shape}; it has {arrays[name].shape}."
    h = np.maximum(INPUTS @ arrays["W1"].T + arrays["b1"], 0)
    y = (h @ arrays["W2"].T + arrays["b2"])[:, 0]
    hints = (NO_ONES, ONE, ONE, TOO_MUCH if y[3] > 0 else TOO_LITTLE)
    for (one, two), hidden, answer, wanted, hint in zip(INPUTS, h, y, (0, 1, 1, 0), hints, strict=True):
        if abs(answer - wanted) > 1e-6:
            return (f"for the input ({one:g}, {two:g}) the hidden neurons give ({hidden[0]:g}, {hidden[1]:g}) and the "
                    f"answer is {answer:g}; it should be {wanted}. {hint}")  # fmt: skip
    return None


EXERCISES = {
    "1.1": Exercise(
        terms=("w", "b"),
        answer=descent(),
        cases=[
            (rng.normal(size=3), 0.7, rng.normal(size=3), -0.4, 0.3),
            (rng.normal(size=5), -1.1, rng.normal(size=5), 0.9, 0.05),
        ],
        hint="Each parameter moves by η times its own gradient.",
        mistakes={
            "You went uphill. The gradient points to where E grows; subtract it.": descent(sign=1.0),
            "The bias moved by its whole gradient. It takes the learning rate, too.": descent(rate_for_b=False),
            "The learning rate is missing: scale each gradient by η.": lambda w, b, dw, db, eta: (w - dw, b - db),
        },
    ),
    "1.2": Exercise(
        terms=("dy", "da", "dw", "db", "dx"),
        answer=logistic_neuron(),
        cases=[(rng.normal(size=3), rng.normal(size=3), 0.4, 1.0), (rng.normal(size=4), rng.normal(size=4), -0.8, 0.0)],
        hint="Go backwards: dy from E, da = dy · y(1 − y), then dw from x, db, and dx from w.",
        mistakes={
            "The slope of the logistic is missing: da = dy · y(1 − y).": logistic_neuron(lambda y: 1.0),
            "That is the slope of tanh, 1 − y². The logistic's is y(1 − y).": logistic_neuron(lambda y: 1 - y * y),
            "The 2 of the square is missing: dy = 2(y − target).": logistic_neuron(factor=1.0),
            "The sign of dy is turned round: it is y − target, not target − y.": logistic_neuron(factor=-2.0),
            "dw and dx have changed places: dw comes from x, dx from w.": logistic_neuron(swap=True),
        },
    ),
    "1.3": Exercise(
        terms=("y", "slope", "da"),
        answer=softsign(),
        cases=[(rng.normal(size=6), rng.normal(size=6)), (3 * rng.normal(size=(2, 3)), rng.normal(size=(2, 3)))],
        hint="1 − |y| is 1/(1 + |a|), and the slope is its square.",
        mistakes={
            "The square is missing: the slope is (1 − |y|)².": softsign(lambda a, y: 1 - np.abs(y)),
            "The absolute value is missing: the slope at −a is the slope at a.": softsign(lambda a, y: (1 - y) ** 2),
            "That is the slope of tanh, 1 − y². Softsign's is (1 − |y|)².": softsign(lambda a, y: 1 - y * y),
            "da must carry on the blame from above: multiply the slope by dy.": softsign(chain=False),
        },
    ),
    "1.4": Exercise(
        terms=("dW", "db", "dx"),
        answer=layer(),
        cases=[
            (rng.normal(size=(5, 3)), rng.normal(size=(4, 3)), rng.normal(size=4), rng.normal(size=(5, 4))),
            (rng.normal(size=(2, 6)), rng.normal(size=(3, 6)), rng.normal(size=3), rng.normal(size=(2, 3))),
        ],
        hint="da = dh (1 − h²), (B, H); then dW = daᵀ x, db sums da over the examples, dx = da W.",
        mistakes={
            "The slope of tanh is missing: da = dh (1 − h²).": layer(slope=lambda a, h: 1.0),
            "The slope takes h, not the weighted sum a: 1 − h².": layer(slope=lambda a, h: 1 - a * a),
            "Do not divide by B: dh already says what each example adds to E, so the sum stands.": layer(mean=True),
            "db must sum over all examples, not take the first.": layer(one_example=True),
        },
    ),
    "1.5": Exercise(
        terms=("p", "E", "dy"),
        answer=softmax_cross_entropy(),
        cases=[
            (rng.normal(size=(4, 3)), np.array([2, 0, 1, 2])),
            (2 * rng.normal(size=(3, 5)), np.array([4, 4, 1])),
        ],
        hint="p = eʸ/Σ eʸ over each row; dy = p, less 1 at the label, divided by B.",
        mistakes={
            "E is a mean over the B examples, and so dy is divided by B.": softmax_cross_entropy(mean=False),
            "dy has the wrong sign: a higher score for a wrong class raises E.": softmax_cross_entropy(sign=-1.0),
            "dy lacks the −1 at the label, which comes from −y_label.": softmax_cross_entropy(minus_one=False),
        },
    ),
    "1.6": Exercise(
        terms=("W1", "b1", "W2", "b2"),
        answer=BY_HAND,
        hint="Let one hidden neuron count the ones, and the other wake up only when there are two.",
        mistakes={
            NO_ONES: BY_HAND | {"b2": [1]},
            ONE: BY_HAND | {"b1": [0, 0]},
            TOO_MUCH: BY_HAND | {"W2": [[1, -1]]},
            TOO_LITTLE: BY_HAND | {"W2": [[1, -3]]},
        },
        judge=judge_xor,
    ),
}
