"""Lesson 01a's diagrams: the neuron of the example, forwards and backwards, and two layers.

An input and its weight meet in a product, so that the weight has a node of its own: the arrow that
ends there backwards carries the derivative with respect to the weight.
"""

import numpy as np
from matplotlib.patches import FancyBboxPatch

from rnnlib import plots

from . import diagrams

X1, X2, W1, W2 = (1.6, 5.7), (1.6, 3.3), (5.4, 7.9), (5.4, 1.1)
TIMES1, TIMES2, SUM, BIAS = (5.4, 5.7), (5.4, 3.3), (10.3, 4.5), (10.3, 1.1)
PHI, Y, LOSS = (13.5, 4.5), (17.1, 4.5), (21.2, 4.5)
FRAME = (3.7, 0.25, 10.9, 8.5)  # left, bottom, width and height: what belongs to the neuron

GRADIENT = plots.COLOURS["gradient"]
WEIGHT_FILL, Y_FILL = "#FFFFFF", "#CFE6F2"  # no fill is like the red of the derivatives
OPERATION = 0.5  # the radius of a node that computes; those with a value have the other one
VALUE = 0.62

# A node: its place, what stands in it, its fill and radius.
NODES = (
    (X1, "2", diagrams.INPUT, VALUE),
    (X2, "1", diagrams.INPUT, VALUE),
    (W1, "1", WEIGHT_FILL, VALUE),
    (W2, "−1", WEIGHT_FILL, VALUE),
    (BIAS, "0", WEIGHT_FILL, VALUE),
    (TIMES1, "×", diagrams.HIDDEN, OPERATION),
    (TIMES2, "×", diagrams.HIDDEN, OPERATION),
    (SUM, "+", diagrams.HIDDEN, OPERATION),
    (PHI, "$φ$", diagrams.HIDDEN, OPERATION),
    (Y, "½", Y_FILL, VALUE),
    (LOSS, "¼", diagrams.PLAIN, VALUE),
)
NAMES = (
    ((0.55, 5.7), "$x_1$"),
    ((0.55, 3.3), "$x_2$"),
    ((4.3, 7.9), "$w_1$"),
    ((4.3, 1.1), "$w_2$"),
    ((11.85, 1.1), "bias $b$"),
    ((17.1, 5.5), "$y$"),
    ((21.2, 5.5), "$E$"),
)
FORWARDS = (
    (X1, TIMES1), (X2, TIMES2), (W1, TIMES1), (W2, TIMES2), (TIMES1, SUM), (TIMES2, SUM),
    (BIAS, SUM), (SUM, PHI), (PHI, Y), (Y, LOSS),
)  # fmt: skip
BACKWARDS = (
    (LOSS, Y), (Y, PHI), (PHI, SUM), (SUM, BIAS), (SUM, TIMES1), (SUM, TIMES2), (TIMES1, W1),
    (TIMES2, W2),
)  # fmt: skip


def neuron():
    """The neuron in a frame, the loss outside, and what every arrow carries forwards."""
    ax = _nodes(diagrams.INK)
    for start, end in FORWARDS:
        diagrams.arrow(ax, start, end, gap=0.68)
    for place, text in (
        ((7.9, 5.6), "$w_1 x_1$ = 2"),
        ((7.9, 3.4), "$w_2 x_2$ = −1"),
        ((11.9, 4.95), "$a$ = 1"),
        ((15.4, 4.95), "$φ(a)$"),
        ((19.1, 4.95), "$(y - \\mathrm{target})^2$"),
        ((19.1, 4.0), "target 1"),
    ):
        diagrams.words(ax, place, text, size=12.5)
    plots.show(
        ax.figure,
        "A neuron in a frame. The inputs 2 and 1 are multiplied by the weights 1 and −1, and added "
        "up with the bias 0. The sum a = 1 goes through φ, and the output y is one half. Outside "
        "the neuron, the output and the target 1 give the loss, a quarter.",
    )


def neuron_backwards():
    """The same neuron with arrows from the loss back to the weights and the bias."""
    ax = _nodes(diagrams.SOFT)
    for start, end in ((X1, TIMES1), (X2, TIMES2)):
        diagrams.arrow(ax, start, end, gap=0.68, colour="#B5B5B5")
    for start, end in BACKWARDS:
        diagrams.arrow(ax, start, end, gap=0.72, colour=GRADIENT, lw=1.8)
    diagrams.words(ax, (13.5, 3.55), "slope ¼", size=12.5, colour=diagrams.SOFT)
    for place, text, side in (
        ((19.1, 5.0), "$dy$ = −1", "center"),
        ((15.4, 5.0), "$dy$", "center"),
        ((11.9, 5.0), "$da$ = −¼", "center"),
        ((7.9, 5.55), "$da$", "center"),
        ((7.9, 3.45), "$da$", "center"),
        ((5.75, 6.7), "$dw_1$ = $da · x_1$ = −½", "left"),
        ((5.75, 2.25), "$dw_2$ = $da · x_2$ = −¼", "left"),
        ((10.6, 2.8), "$db$ = $da$ = −¼", "left"),
    ):
        diagrams.words(ax, place, text, size=12.5, colour=GRADIENT, ha=side)
    plots.show(
        ax.figure,
        "The same neuron from the loss back. dy is −1; times the slope ¼ this is da = −¼. It goes "
        "to the bias, db = −¼, and through the two products to the weights: dw₁ = −½, dw₂ = −¼.",
    )


def _nodes(ink):
    """The nodes with the values of the forward pass, written in `ink`. Returns the axes."""
    fig, ax = diagrams.canvas(22.2, 9)
    left, bottom, width, height = FRAME
    style = "round,pad=0,rounding_size=0.4"
    look = {"boxstyle": style, "fc": "#FAF7F0", "ec": "#BBBBBB", "lw": 1.2, "zorder": 0}
    ax.add_patch(FancyBboxPatch((left, bottom), width, height, **look))
    diagrams.words(ax, (13.4, 8.2), "the neuron", size=12, colour=diagrams.SOFT)
    for place, label, fill, radius in NODES:
        diagrams.node(ax, place, label, fill, radius=radius, size=15, colour=ink)
    for place, text in NAMES:
        diagrams.words(ax, place, text, size=13)
    return ax


def two_layers(inputs=3, hidden=4, outputs=2):
    """A network with a hidden layer: all inputs lead to all hidden neurons, and so on."""
    fig, ax = diagrams.canvas(16, 8.2)
    columns = (
        (2.2, inputs, "x", diagrams.INPUT, "input"),
        (7.6, hidden, "h", diagrams.HIDDEN, "hidden layer"),
        (13.0, outputs, "y", Y_FILL, "read-out"),
    )
    places = []
    for x, count, letter, fill, name in columns:
        heights = 3.7 + 1.7 * (np.arange(count)[::-1] - (count - 1) / 2)
        places.append([(x, y) for y in heights])
        for k, place in enumerate(places[-1], start=1):
            diagrams.node(ax, place, f"${letter}_{k}$", fill, radius=0.6, size=14)
        diagrams.words(ax, (x, 7.7), name, size=12, colour=diagrams.SOFT)
    for below, above, label in ((0, 1, "$W_1$"), (1, 2, "$W_2$")):
        for start in places[below]:
            for end in places[above]:
                diagrams.arrow(ax, start, end, gap=0.62, colour="#9A9A9A", lw=1.0)
        middle = (columns[below][0] + columns[above][0]) / 2
        diagrams.words(ax, (middle, 7.0), label, size=15)
    start, end = places[0][-1], places[1][-1]
    diagrams.arrow(ax, start, end, gap=0.62, lw=2.6)
    words = f"$(W_1)_{{{hidden}{inputs}}}$, from input {inputs} to neuron {hidden}"
    middle = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    diagrams.words(ax, (middle[0] - 0.75, middle[1] - 0.8), words, size=11.5)
    plots.show(
        fig,
        f"A network: {inputs} inputs, {hidden} hidden neurons and {outputs} outputs. Each input "
        "leads to each hidden neuron, and each hidden neuron to each output. One arrow is marked: "
        f"the weight from input {inputs} to hidden neuron {hidden}, in row {hidden} and column "
        f"{inputs} of the first matrix.",
    )
