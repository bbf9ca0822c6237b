"""Figure 1a.5 of lesson 01a: XOR in the plane of the bits, and in that of the hidden values."""

import matplotlib.pyplot as plt
import numpy as np

from rnnlib import plots

from .neuron_bench import FOUR, NINE


def network_answers(weights, inputs):
    """The answers (n,) of a network with one hidden ReLU layer to inputs (n, 2)."""
    W1, b1, W2, b2 = (np.asarray(weights[name], float) for name in ("W1", "b1", "W2", "b2"))
    h = np.maximum(inputs @ W1.T + b1, 0)
    return (h @ W2.T + b2)[:, 0]


def xor(weights):
    """XOR in the plane of the two bits, and in the plane of the two hidden values.

    weights: W1, b1, W2 and b2 of a network with two hidden ReLU neurons.
    """
    if any(value is ... for value in weights.values()):
        raise ValueError("Some entries of Exercise 1a.1 are still empty.")
    cases = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    hidden = np.maximum(cases @ np.transpose(weights["W1"]) + weights["b1"], 0)
    fig, (left, right) = plt.subplots(1, 2, figsize=(9, 4))
    W2, b2 = np.ravel(weights["W2"]), np.ravel(weights["b2"])

    def answers(x):
        return network_answers(weights, x)

    def read_out(h):
        return h @ W2 + b2

    axis = np.linspace(-0.5, 1.5, 201)
    _draw_regions(left, axis, answers, cases)
    _name_regions(left, axis, axis[0], answers, cases)
    axis = np.linspace(-0.6, max(2.6, hidden.max() + 0.6), 201)
    _draw_regions(right, axis, read_out, hidden, _beside_bent_line)
    _name_regions(right, axis, 0, read_out, hidden)
    _cover_negative_values(right, axis)
    _draw_reachable(right, weights)
    left.set(xlabel="first bit", ylabel="second bit", xticks=[0, 1], yticks=[0, 1])
    left.set_title("The four cases in the plane of the bits")
    right.set(xlabel="hidden value $h_1$", ylabel="hidden value $h_2$")
    right.set_title("The same cases in the plane of the hidden values")
    plots.show(
        fig,
        "Left, the four cases of XOR in the plane of the bits, with two black lines between ones "
        "and zeros. Right, in the plane of the hidden values one line is enough. Negative hidden "
        "values are covered in grey, because ReLU never gives them. If only one bent line can be "
        "reached, it's dashed.",
    )


def _above_right(x, y):
    """Where the name of a case stands: how far right and up, and which of its sides is near."""
    return 0.04, 0.03, "left"


def _beside_bent_line(x, y):
    """The same for the hidden values, whose bent line leaves most cases to the upper right."""
    if y == 0:
        return 0.04, -0.07, "left"
    return (-0.03, 0.03, "right") if x > 0 else _above_right(x, y)


def _draw_regions(ax, axis, answers_of, cases, name_cases=_above_right):
    """Where the answer is above ½, where it is not, and the four cases with their targets."""
    plane = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    answer = answers_of(plane).reshape(len(axis), -1)
    ax.contourf(axis, axis, answer, levels=[-99, 0.5, 99], colors=["#FCE8D2", "#DCD6EF"])
    ax.contour(axis, axis, answer, levels=[0.5], colors=["black"])
    names = {}  # of the cases at each place: two of them may lie on top of each other
    for bits, place in zip(((0, 0), (0, 1), (1, 0), (1, 1)), cases, strict=True):
        one = bits[0] != bits[1]
        ax.plot(*place, "^" if one else "o", color=NINE if one else FOUR, ms=11, zorder=4)
        names.setdefault(tuple(place), []).append(f"{bits[0]}{bits[1]}")
    for (x, y), bits in names.items():
        right, up, side = name_cases(x, y)
        place = x + right * np.ptp(axis), y + up * np.ptp(axis)
        ax.text(*place, "bits " + ", ".join(bits), ha=side, fontsize=11, zorder=4)
    ax.grid(False)


def _name_regions(ax, axis, low, answers_of, cases):
    """Write "answer 1" and "answer 0" where they fit into a region, far from the cases.

    low: where the visible part begins, on both axes.
    """
    length = np.ptp(axis)
    places = np.linspace(low, axis[-1], 41)
    middles = np.stack(np.meshgrid(places, places), axis=-1).reshape(-1, 2)
    corners = np.array([(-1, -1), (-1, 1), (1, -1), (1, 1)]) * (0.17 * length, 0.05 * length)
    boxes = middles[:, None] + corners  # of the words, if they stood at each of these places
    fits = ((boxes > low) & (boxes < axis[-1])).all(axis=(1, 2))
    answers = answers_of(boxes.reshape(-1, 2)).reshape(-1, 4)
    taken = np.concatenate([cases + [share * length, 0] for share in (0, 0.15, 0.3)])
    distance = np.linalg.norm(middles[:, None] - taken, axis=-1).min(axis=1)
    for name, inside, colour in (
        ("answer 1", (answers > 0.5).all(axis=1), NINE),
        ("answer 0", (answers < 0.5).all(axis=1), FOUR),
    ):
        if (fits & inside).any():
            place = middles[np.argmax(np.where(fits & inside, distance, -1))]
            look = {"ha": "center", "va": "center", "style": "italic", "fontsize": 11}
            ax.text(*place, name, color=colour, **look)


def _cover_negative_values(ax, axis):
    """Grey where a hidden value would be negative, because ReLU gives no such value."""
    low, high = axis[0], axis[-1]
    for corner in (([low, 0], [low, high]), ([0, high], [low, 0])):
        (left, right), (bottom, top) = corner
        ax.fill([left, right, right, left], [bottom, bottom, top, top], color="#DDDDDD", zorder=2)
    middle = (low / 2, (low + high) / 2)
    ax.text(*middle, "never: h < 0", rotation=90, ha="center", va="center", color="#555555")


def _draw_reachable(ax, weights):
    """A dashed bent line through all hidden values that inputs can give, if they form one."""
    W1 = np.asarray(weights["W1"], float)
    if np.linalg.matrix_rank(W1) != 1:
        return  # with two independent sums, every pair of hidden values can be reached
    along = np.linalg.svd(W1)[2][0]  # the only direction in which a change of the input counts
    inputs = np.linspace(-20, 20, 2001)[:, None] * along
    hidden = np.maximum(inputs @ W1.T + weights["b1"], 0)
    limits = {"xlim": ax.get_xlim(), "ylim": ax.get_ylim()}
    ax.plot(*hidden.T, color="#555555", linestyle=(0, (4, 2)), lw=1.5, zorder=3)
    ax.set(**limits)
