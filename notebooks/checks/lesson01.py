"""Lesson 01: the right answers to the exercises, and hints for typical wrong ones."""

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
XOR = (0, 1, 1, 0)
SHAPES = {"W1": (2, 2), "b1": (2,), "W2": (1, 2), "b2": (1,)}
BY_HAND = {"W1": [[1, 1], [1, 1]], "b1": [0, -1], "W2": [[1, -2]], "b2": [0]}
NO_ONES = (
    "If there are no ones in the input, only the biases count. "
    "Together they must give the answer 0."
)
ONE = (
    "If there is a single one in the input, the neuron that counts should be active. "
    "The other neuron should give 0."
)
TOO_MUCH = "With two ones, the answer is too large. The second neuron must subtract more."
TOO_LITTLE = "With two ones, the answer is too small. The second neuron subtracts too much."


def judge_xor(candidate):
    """None if the four arrays compute XOR; otherwise a sentence about the first mistake.

    That is a wrong shape, or an input that gets a wrong answer.
    """
    arrays = {name: np.asarray(candidate[name], float) for name in SHAPES}
    for name, shape in SHAPES.items():
        if arrays[name].shape != shape:
            return f"{name} should have the shape {shape}; it has {arrays[name].shape}."
    h = np.maximum(INPUTS @ arrays["W1"].T + arrays["b1"], 0)
    y = (h @ arrays["W2"].T + arrays["b2"])[:, 0]
    hints = (NO_ONES, ONE, ONE, TOO_MUCH if y[3] > 0 else TOO_LITTLE)
    for x, hidden, answer, right, hint in zip(INPUTS, h, y, XOR, hints, strict=True):
        if abs(answer - right) > 1e-6:
            return (
                f"for the input ({x[0]:g}, {x[1]:g}) the hidden neurons give "
                f"({hidden[0]:g}, {hidden[1]:g}) and the answer is {answer:g}. "
                f"It should be {right}. {hint}"
            )
    return None


EXERCISES = {
    "1.1": Exercise(
        terms=("w", "b"),
        answer=descent(),
        cases=[
            (rng.normal(size=3), 0.7, rng.normal(size=3), -0.4, 0.3),
            (rng.normal(size=5), -1.1, rng.normal(size=5), 0.9, 0.05),
        ],
        hint="Each parameter moves by η times its own gradient, downhill.",
        mistakes={
            "You went uphill. The gradient points to where E grows, so subtract it.": descent(
                sign=1.0
            ),
            "The bias moved by its whole gradient. Multiply this gradient by η, too.": descent(
                rate_for_b=False
            ),
            "The learning rate is missing. Multiply each gradient by η.": (
                lambda w, b, dw, db, eta: (w - dw, b - db)
            ),
        },
    ),
    "1.2": Exercise(
        terms=("dy", "da", "dw", "db", "dx"),
        answer=logistic_neuron(),
        cases=[
            (rng.normal(size=3), rng.normal(size=3), 0.4, 1.0),
            (rng.normal(size=4), rng.normal(size=4), -0.8, 0.0),
        ],
        hint=(
            "Go backwards. First compute dy from E, then da = dy · y(1 − y). "
            "From da and x you get dw, from da alone db, and from da and w you get dx."
        ),
        mistakes={
            "The slope of the logistic function is missing: da = dy · y(1 − y).": logistic_neuron(
                lambda y: 1.0
            ),
            (
                "You used the slope of tanh, 1 − y². "
                "The slope of the logistic function is y(1 − y)."
            ): logistic_neuron(lambda y: 1 - y * y),
            "The factor 2 from the square is missing: dy = 2(y − target).": logistic_neuron(
                factor=1.0
            ),
            (
                "The sign of dy is flipped. It depends on y − target, not on target − y."
            ): logistic_neuron(factor=-2.0),
            "You swapped dw and dx. Compute dw from x, and dx from w.": logistic_neuron(swap=True),
        },
    ),
    "1.3": Exercise(
        terms=("y", "slope", "da"),
        answer=softsign(),
        cases=[
            (rng.normal(size=6), rng.normal(size=6)),
            (3 * rng.normal(size=(2, 3)), rng.normal(size=(2, 3))),
        ],
        hint="Show first that 1 − |y| = 1/(1 + |a|). The slope is the square of this.",
        mistakes={
            "The square is missing. The slope is (1 − |y|)².": softsign(lambda a, y: 1 - np.abs(y)),
            "The absolute value is missing. The slope at −a equals the slope at a.": softsign(
                lambda a, y: (1 - y) ** 2
            ),
            "You used the slope of tanh, 1 − y². The slope of softsign is (1 − |y|)².": softsign(
                lambda a, y: 1 - y * y
            ),
            "da needs the gradient dy that arrives from above. Multiply the slope by dy.": softsign(
                chain=False
            ),
        },
    ),
    "1.4": Exercise(
        terms=("dW", "db", "dx"),
        answer=layer(),
        cases=[
            (
                rng.normal(size=(5, 3)),
                rng.normal(size=(4, 3)),
                rng.normal(size=4),
                rng.normal(size=(5, 4)),
            ),
            (
                rng.normal(size=(2, 6)),
                rng.normal(size=(3, 6)),
                rng.normal(size=3),
                rng.normal(size=(2, 3)),
            ),
        ],
        hint=(
            "Compute da = dh (1 − h²) first; its shape is (B, H). Then dW = daᵀ x and dx = da W, "
            "and db is the sum of da over the examples."
        ),
        mistakes={
            "The slope of tanh is missing: da = dh (1 − h²).": layer(slope=lambda a, h: 1.0),
            "You computed the slope from the weighted sum a. Compute it from h: 1 − h².": layer(
                slope=lambda a, h: 1 - a * a
            ),
            (
                "Do not divide by B. dh already says how each example changes E, "
                "so the gradients of the examples are added."
            ): layer(mean=True),
            "db is the sum over all examples, not the value of the first.": layer(one_example=True),
        },
    ),
    "1.5": Exercise(
        terms=("p", "E", "dy"),
        answer=softmax_cross_entropy(),
        cases=[
            (rng.normal(size=(4, 3)), np.array([2, 0, 1, 2])),
            (2 * rng.normal(size=(3, 5)), np.array([4, 4, 1])),
        ],
        hint="In each row p = eʸ/Σ eʸ. For dy, subtract 1 from p at the label, then divide by B.",
        mistakes={
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
    "1.6": Exercise(
        terms=("W1", "b1", "W2", "b2"),
        answer=BY_HAND,
        hint=(
            "Let one hidden neuron count the ones in the input. "
            "Let the other one be active only if there are two."
        ),
        mistakes={
            NO_ONES: BY_HAND | {"b2": [1]},
            ONE: BY_HAND | {"b1": [0, 0]},
            TOO_MUCH: BY_HAND | {"W2": [[1, -1]]},
            TOO_LITTLE: BY_HAND | {"W2": [[1, -3]]},
        },
        judge=judge_xor,
    ),
}
