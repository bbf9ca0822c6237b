"""Lesson 01a: the answers to the exercises, hints for typical wrong ones, and three patients."""

import numpy as np

from rnnlib.gradcheck import numerical, relative_error
from rnnlib.lesson import Exercise

rng = np.random.default_rng(1)


# Exercise 1a.1

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


# Exercise 1a.2


def two_layers(
    x, W1, b1, W2, b2, target, *, factor=2.0, slope=lambda h: 1 - h * h, back=None, da_uses=None
):
    """The backward pass, as {name: gradient}. The other arguments put a mistake into it."""
    h = np.tanh(W1 @ x + b1)
    y = W2 @ h + b2
    dy = factor * (y - target)
    dh = W2.T @ (dy if back is None else back(y, dy))
    da = dh * slope(h if da_uses is None else W1 @ x + b1)
    first, second = {"dW1": np.outer(da, x), "db1": da}, {"dW2": np.outer(dy, h), "db2": dy}
    return {"dy": dy, "dh": dh, "da": da} | second | first


def with_mistake(**mistake):
    def backward(x, W1, b1, W2, b2, target):
        return two_layers(x, W1, b1, W2, b2, target, **mistake)

    return backward


def with_biases_before_the_slope(*arguments):
    """db1 is taken from dh, as if the bias were added after the activation."""
    gradients = two_layers(*arguments)
    return gradients | {"db1": gradients["dh"]}


def with_products_swapped(*arguments):
    """dW1 and dW2 are transposed: the outer products have their factors the other way round."""
    gradients = two_layers(*arguments)
    return gradients | {name: gradients[name].T for name in ("dW1", "dW2")}


def random_network(inputs, hidden, outputs):
    """x, W1, b1, W2, b2 and a target for a network of these sizes."""
    shapes = ((inputs,), (hidden, inputs), (hidden,), (outputs, hidden), (outputs,), (outputs,))
    return tuple(rng.normal(size=shape) for shape in shapes)


# Exercise 1a.3

PATIENTS = {
    "A": with_mistake(slope=lambda h: np.ones_like(h)),  # the slope of tanh is missing
    "B": with_mistake(factor=1.0),  # the 2 of the square is missing
    "C": with_mistake(back=lambda y, dy: y),  # y in place of dy
}


def report(name, x, params, target):
    """A table: which of a patient's gradients a gradient check finds right, from the loss on."""
    gradients = PATIENTS[name](x, **params, target=target)
    slopes = _measured(x, params, target)
    names = ("W2", "b2", "h", "W1", "b1")
    lines = [f"d{key:4}{_in_words(gradients['d' + key], slopes[key])}" for key in names]
    return "\n  ".join([f"Patient {name}", *lines]) + "\n"


def _measured(x, params, target):
    """The gradient of the loss with respect to each parameter and to the hidden values."""
    params = {key: value.copy() for key, value in params.items()}
    change = {"h": np.zeros(len(params["b1"]))}  # added to the hidden values

    def loss():
        h = np.tanh(params["W1"] @ x + params["b1"]) + change["h"]
        return np.sum((params["W2"] @ h + params["b2"] - target) ** 2)

    return numerical(loss, params | change)


def _in_words(gradient, slope):
    if relative_error(gradient, slope) < 1e-4:
        return "right"
    ratio = gradient / slope
    if np.allclose(ratio, ratio.flat[0], rtol=1e-3):
        return f"wrong, {ratio.flat[0]:.2f} times"
    return "wrong"


# Exercise 1a.4


def logistic_neuron(slope=lambda y: y * (1 - y), factor=2.0, swap=False):
    def backward(x, w, b, target):
        y = 1 / (1 + np.exp(-(w @ x + b)))
        dy = factor * (y - target)
        da = dy * slope(y)
        return (dy, da, da * w, da, da * x) if swap else (dy, da, da * x, da, da * w)

    return backward


EXERCISES = {
    "1a.1": Exercise(
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
    "1a.2": Exercise(
        terms=("dy", "dW2", "db2", "dh", "da", "dW1", "db1"),
        answer=two_layers,
        cases=[random_network(4, 3, 2), random_network(2, 5, 3)],
        hint="Each line uses only results from the lines above it. Check the shapes first.",
        mistakes={
            "The factor 2 of the square is missing: dy = 2(y − target).": PATIENTS["B"],
            "The slope of tanh is missing: da = dh (1 − h²).": PATIENTS["A"],
            "You computed the slope from the weighted sum. Compute it from h: 1 − h².": (
                with_mistake(da_uses="a")
            ),
            "The sign of dy is flipped. It depends on y − target.": with_mistake(factor=-2.0),
            "dh comes from dy, not from y: dh = W2ᵀ dy.": PATIENTS["C"],
            (
                "db1 is the gradient of the weighted sum, da. "
                "The bias is added before the activation, not after it."
            ): with_biases_before_the_slope,
            (
                "The two factors of the outer product are swapped. "
                "dW has one row for each neuron: dW2 = dy hᵀ and dW1 = da xᵀ."
            ): with_products_swapped,
        },
    ),
    "1a.3": Exercise(
        terms=("A", "B", "C"),
        answer={"A": "da", "B": "dy", "C": "dh"},
        hint=(
            "List the gradients that are wrong. "
            "All of them are computed from the wrong line, and the others are not."
        ),
        mistakes={
            (
                "A and C differ in dh: it is right in A and wrong in C. "
                "So the wrong line of A comes after dh."
            ): {"A": "dh", "B": "dy", "C": "da"},
            "In B every gradient is wrong, so the mistake is in the first line of all.": {
                "A": "da",
                "B": "dW2",
                "C": "dh",
            },
            (
                "In A both gradients of the first layer are wrong. "
                "A mistake in dW1 alone would leave db1 right."
            ): {"A": "dW1", "B": "dy", "C": "dh"},
        },
    ),
    "1a.4": Exercise(
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
}
