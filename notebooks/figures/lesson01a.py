"""What draws the pictures of lesson 01a: the activations and the bench of the chain rule."""

import matplotlib.pyplot as plt
import numpy as np

from rnnlib import plots
from rnnlib.activations import ACTIVATIONS
from rnnlib.bench import Choice, Slider

from .network_diagrams import neuron, neuron_backwards, two_layers
from .neuron_bench import (
    AXIS,
    colours_of_maps,
    decision_line,
    describe_neuron,
    draw_neuron,
    update_neuron,
)
from .xor_planes import network_answers, xor

# What the lesson and its tests find here, although it stands in other files.
__all__ = ["neuron", "neuron_backwards", "two_layers"]
__all__ += ["AXIS", "colours_of_maps", "decision_line", "draw_neuron", "update_neuron"]
__all__ += ["network_answers", "xor"]

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
    near = np.linspace(-6, 6, 241)
    for name in ACTIVATION_NAMES:
        left.plot(near, ACTIVATIONS[name].apply(near), **LOOKS[name])
    _draw_slopes(right, a_far)
    for ax, places in ((left, ON_THE_LEFT), (right, ON_THE_RIGHT)):
        for name, place in places.items():
            ax.text(*place, NAMES[name], color=LOOKS[name]["color"], fontsize=10.5)
    # On the right side, the logistic function comes so close to tanh that it needs its name there.
    left.text(4.1, 1.08, "logistic", color=LOOKS["logistic"]["color"], fontsize=10.5)
    look = {"color": LOOKS["logistic"]["color"], "fontsize": 11, "ha": "center", "va": "top"}
    right.text(0, 0.15, "≤ ¼", **look)
    left.set(xlabel="weighted sum a", ylabel="φ(a)", ylim=(-1.2, 2.2), title="The activation φ")
    right.set(xlabel="weighted sum a", ylabel="slope φ′(a)", title="Its slope φ′")
    plots.show(
        fig,
        "Four activations and their slopes. Far from zero, the slopes of the logistic function, "
        "softsign and above all tanh approach zero; ReLU's is 1 on the right side. The largest "
        "slope of the logistic function is a quarter, at zero.",
    )


def _draw_slopes(ax, a_far):
    """The slopes from −6 to 6, or as far as a_far; dots at a_far, their numbers at the right."""
    reach = max(6, abs(a_far) + 1)
    span = np.linspace(-reach, reach, 241)
    at_far = {}
    for name in ACTIVATION_NAMES:
        phi = ACTIVATIONS[name]
        slope = phi.slope(phi.apply(span))
        ax.semilogy(span, np.where(slope > 0, slope, np.nan), **LOOKS[name])
        at_far[name] = float(phi.slope(phi.apply(np.array(float(a_far)))))
    shown = {name: slope for name, slope in at_far.items() if slope > 0}
    bottom = min(1e-5, min(shown.values()) / 20)
    ax.set(ylim=(bottom, 3))
    gap = 0.07 * np.log10(3 / bottom)  # between two numbers, in powers of ten
    free_below = np.inf
    for name in sorted(shown, key=shown.get, reverse=True):
        ax.plot(a_far, shown[name], "o", color=LOOKS[name]["color"], ms=7)
        free_below = min(np.log10(shown[name]), free_below - gap)
        place, words = (1.06 * reach, 10**free_below), f"{shown[name]:.2g}"
        ax.text(*place, words, color=LOOKS[name]["color"], va="center", clip_on=False)
    for name in at_far.keys() - shown.keys():  # a logarithmic axis has no zero
        place = (1.06 * reach, 10 ** (np.log10(bottom) + gap / 2))
        ax.text(*place, "0", color=LOOKS[name]["color"], va="center")


# Bench 1a.1, which neuron_bench.py draws

NEURON_CONTROLS = {
    "w1": Slider("weight w1", -4.0, 4.0, 0.1, -3.0),
    "w2": Slider("weight w2", -4.0, 4.0, 0.1, -1.0),
    "b": Slider("bias b", -3.0, 3.0, 0.1, 0.0),
    "phi": Choice("activation φ", ACTIVATION_NAMES, "logistic"),
    "eta": Slider("learning rate η", 0.1, 8.0, 0.1, 3.0),
    "steps": Slider("descent steps", 0, 60, 1, 60),
}
NEURON_BENCH = {
    "describe": describe_neuron,
    "play": "steps",
    "figsize": (11, 4.1),
    "name": "neuron",
    "presets": {
        "Downhill": dict(w1=-3.0, w2=-1.0, b=0.0, phi="logistic", eta=3.0, steps=60),
        "Plateau": dict(w1=-3.0, w2=-4.0, b=0.0, phi="tanh", eta=0.3, steps=60),
        "Too fast": dict(w1=-1.0, w2=0.5, b=0.0, phi="relu", eta=2.0, steps=60),
        "Dead ReLU": dict(w1=0.2, w2=0.2, b=-3.0, phi="relu", eta=1.0, steps=60),
    },
}


# Bench 1a.2

CHAIN_PANELS = {  # limits of x and y (all of one size), and what stands below and above
    "p": ((-1.6, 1.6), (-0.3, 2.5), "x", "u = p(x) = x²"),
    "q": ((-0.5, 2.7), (-1.5, 1.3), "u", "v = q(u) = 1 − u"),
    "r": ((-1.7, 1.5), (-0.3, 2.5), "v", "E = r(v) = v²"),
    "all": ((-1.6, 1.6), (-0.3, 2.5), "x", "E = r(q(p(x)))"),
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
    ax.set(xlabel=xlabel, title=title, aspect="equal")
    ax.set(xticks=range(-2, 4), yticks=range(-1, 3), xlim=xlim, ylim=ylim)
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
    "presets": {"x = 0": dict(x=0.0), "x = 1": dict(x=1.0)},
    "figsize": (11, 2.9),
    "name": "chain",
}
