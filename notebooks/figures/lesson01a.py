"""What draws the pictures of lesson 01a: the activations, XOR, and the bench of the chain rule."""

import matplotlib.pyplot as plt
import numpy as np

from rnnlib import plots
from rnnlib.activations import ACTIVATIONS

from .network_diagrams import neuron, neuron_backwards, two_layers
from .neuron_bench import (
    AXIS,
    FOUR,
    NINE,
    colours_of_maps,
    decision_line,
    describe_neuron,
    draw_neuron,
    update_neuron,
)

# What the lesson and its tests find here, although it stands in other files.
__all__ = ["neuron", "neuron_backwards", "two_layers"]
__all__ += ["AXIS", "colours_of_maps", "decision_line", "draw_neuron", "update_neuron"]

ACTIVATION_NAMES = ("logistic", "tanh", "relu", "softsign")
LOOKS = {
    "logistic": {"color": "#332288", "linestyle": "-"},
    "tanh": {"color": "#117733", "linestyle": (0, (6, 1.5))},
    "relu": {"color": "#882255", "linestyle": (0, (5, 1.5, 1, 1.5))},
    "softsign": {"color": "#AA4499", "linestyle": (0, (1.5, 1))},
}
NAMES = {"logistic": "logistic", "tanh": "tanh", "relu": "ReLU", "softsign": "softsign"}
# Where each name stands beside its curve in Figure 1a.3, on the left and on the right.
ON_THE_LEFT = {"relu": (2.3, 2.0), "tanh": (1.75, 1.08), "softsign": (3.9, 0.6)}
ON_THE_LEFT["logistic"] = (-5.9, 0.14)
ON_THE_RIGHT = {"relu": (3.6, 1.3), "tanh": (2.5, 6e-4), "softsign": (4.2, 0.055)}
ON_THE_RIGHT["logistic"] = (-6.2, 9e-4)


def activations(a_far):
    """The four activations on the left, and on the right their slopes with a dot at a_far."""
    fig, (left, right) = plt.subplots(1, 2, figsize=(9.6, 3.7))
    reach = max(6, abs(a_far) + 1)
    span, bottom = np.linspace(-reach, reach, 241), 1e-5
    for name in ACTIVATION_NAMES:
        phi = ACTIVATIONS[name]
        left.plot(span, phi.apply(span), **LOOKS[name])
        slope = phi.slope(phi.apply(span))
        right.semilogy(span, np.where(slope > 0, slope, np.nan), **LOOKS[name])
        here = float(phi.slope(phi.apply(np.array(float(a_far)))))
        beside = {"color": LOOKS[name]["color"], "va": "center"}
        if here == 0:
            right.text(1.06 * reach, 4e-5, "0", **beside)
        else:
            right.plot(a_far, here, "o", color=LOOKS[name]["color"], ms=7)
            right.text(1.06 * reach, here, f"{here:.2g}", **beside)
            bottom = min(bottom, here / 3)
    for ax, places in ((left, ON_THE_LEFT), (right, ON_THE_RIGHT)):
        for name, place in places.items():
            ax.text(*place, NAMES[name], color=LOOKS[name]["color"], fontsize=10.5)
    # On the right side, the logistic function comes so close to tanh that it needs its name there.
    left.text(4.1, 1.08, "logistic", color=LOOKS["logistic"]["color"], fontsize=10.5)
    right.text(0, 0.15, "¼", color=LOOKS["logistic"]["color"], fontsize=12, ha="center", va="top")
    left.set(xlabel="weighted sum a", ylabel="φ(a)", ylim=(-1.2, 2.2), title="The activation φ")
    right.set(xlabel="weighted sum a", ylabel="slope φ′(a)", ylim=(bottom, 3))
    right.set_title("Its slope φ′")
    plots.show(
        fig,
        "Four activations and their slopes. Far from zero, the slopes of the logistic function, "
        "softsign and above all tanh approach zero; ReLU's is 1 on the right side. The largest "
        "slope of the logistic function is a quarter, at zero.",
    )


def network_answers(weights, inputs):
    """The answers (n,) of a network with one hidden ReLU layer to inputs (n, 2)."""
    W1, b1, W2, b2 = (np.asarray(weights[name], float) for name in ("W1", "b1", "W2", "b2"))
    h = np.maximum(inputs @ W1.T + b1, 0)
    return (h @ W2.T + b2)[:, 0]


def xor(weights):
    """XOR in the plane of the two bits, and in the plane of the two hidden values.

    weights: W1, b1, W2 and b2 of a network with two hidden ReLU neurons.
    """
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
    _draw_regions(right, axis, read_out, hidden)
    _name_regions(right, axis, 0, read_out, hidden)
    _cover_negative_values(right, axis)
    left.set(xlabel="first bit", ylabel="second bit", xticks=[0, 1], yticks=[0, 1])
    left.set_title("The four cases in the plane of the bits")
    right.set(xlabel="hidden value $h_1$", ylabel="hidden value $h_2$")
    right.set_title("The same cases in the plane of the hidden values")
    plots.show(
        fig,
        "Left, the four cases of XOR in the plane of the bits, with two black lines between ones "
        "and zeros. Right, in the plane of the hidden values one line is enough. Negative hidden "
        "values are covered in grey, because ReLU never gives them.",
    )


def _draw_regions(ax, axis, answers_of, cases):
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
        place = x + 0.04 * np.ptp(axis), y + 0.03 * np.ptp(axis)
        ax.text(*place, "bits " + ", ".join(bits), fontsize=11, zorder=4)
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


# Bench 1a.1, which neuron_bench.py draws

NEURON_BENCH = {
    "describe": describe_neuron,
    "play": "steps",
    "figsize": (11, 3.9),
    "name": "neuron",
    "presets": {
        "Downhill": dict(w1=-3.0, w2=-1.0, b=0.0, phi="logistic", eta=1.0, steps=20),
        "Plateau": dict(w1=-3.0, w2=-4.0, b=0.0, phi="tanh", eta=0.3, steps=60),
        "Too fast": dict(w1=-1.0, w2=0.5, b=0.0, phi="relu", eta=2.0, steps=60),
        "Dead ReLU": dict(w1=0.2, w2=0.2, b=-3.0, phi="relu", eta=1.0, steps=60),
    },
}


# Bench 1a.2

CHAIN_PANELS = {  # limits of x and y, and what stands below and above
    "p": ((-1.6, 1.6), (-0.3, 2.5), "x", "u = p(x) = x²"),
    "q": ((-0.3, 2.5), (-1.5, 1.3), "u", "v = q(u) = 1 − u"),
    "r": ((-1.5, 1.3), (-0.3, 1.9), "v", "E = r(v) = v²"),
    "all": ((-1.6, 1.6), (-0.3, 1.9), "x", "E = r(q(p(x)))"),
}
NAMES_OF_SLOPES = {"p": "p′", "q": "q′", "r": "r′", "all": "r′ · q′ · p′"}


def draw_chain(chain):
    """The bench's draw function. chain: {"p": (function, slope), "q": ..., "r": ...}."""

    def draw(fig, data):
        artists = {}
        for ax, (name, panel) in zip(fig.subplots(1, 4), CHAIN_PANELS.items(), strict=True):
            artists[name] = _draw_panel(ax, chain, name, *panel)
        return artists

    return draw


def _draw_panel(ax, chain, name, xlim, ylim, xlabel, title):
    span = np.linspace(*xlim, 121)
    heights = span
    for step in chain if name == "all" else [name]:
        heights = chain[step][0](heights)
    ax.plot(span, heights, color=plots.COLOURS["loss" if name in ("r", "all") else "x"])
    red = plots.COLOURS["gradient"]
    (tangent,) = ax.plot([], [], color=red, linestyle=(0, (5, 1.5)), lw=1.6)
    (point,) = ax.plot([], [], "o", color="black", ms=8)
    look = {"transform": ax.transAxes, "va": "top", "color": red, "fontsize": 11.5}
    look["bbox"] = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
    middle = 0.63 if name == "all" else 0.48
    ax.text(middle, 0.96, f"{NAMES_OF_SLOPES[name]} = ", ha="right", **look)
    number = ax.text(middle, 0.96, "", ha="left", **look)
    ax.set(xlabel=xlabel, xlim=xlim, ylim=ylim, title=title)
    return tangent, point, number


def update_chain(artists, data):
    """Move the points and tangents to what compute_chain has returned."""
    for name, (tangent, point, number) in artists.items():
        x, y, slope = (data[name][part] for part in ("input", "output", "slope"))
        point.set_data([x], [y])
        tangent.set_data([x - 9, x + 9], [y - 9 * slope, y + 9 * slope])
        number.set_text(f"{slope + 0.0:.2f}".replace("-", "−"))


def describe_chain(data):
    """One line of words for a reader who does not see the picture."""
    p, q, r, whole = (data[name] for name in CHAIN_PANELS)
    return (
        f"x = {p['input']:.2f}, u = {p['output']:.2f}, v = {q['output']:.2f}, "
        f"E = {whole['output']:.2f}; ∂E/∂x = r′ · q′ · p′ = {r['slope']:.2f} · {q['slope']:.2f} · "
        f"{p['slope']:.2f} = {whole['slope']:.2f}."
    )


CHAIN_BENCH = {
    "describe": describe_chain,
    "play": "x",
    "presets": {"p′ = 0": dict(x=0.0), "r′ = 0": dict(x=1.0)},
    "figsize": (11, 2.9),
    "name": "chain",
}
