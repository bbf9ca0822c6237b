"""The two diagrams of lesson 02a: a network unrolled through time, and Elman's context units."""

from matplotlib.patches import FancyBboxPatch, Polygon

from rnnlib import plots

from . import diagrams


def folded_and_unrolled():
    """A recurrent network as a loop, and the same network with one copy for every step."""
    fig, ax = diagrams.canvas(19, 7.4)
    _column(ax, 1.9, ("$x_t$", "$h_t$", "$y_t$"))
    diagrams.arrow(ax, (2.36, 3.55), (2.36, 4.25), gap=0.0, bend=2.6)
    diagrams.words(ax, (3.75, 3.9), "$U$", size=14)
    diagrams.words(ax, (1.9, 7.05), "folded", size=12, colour=diagrams.SOFT)
    diagrams.words(ax, (5.3, 3.9), "=", size=22)
    columns = (8.6, 11.6, 14.6)
    for t, place in enumerate(columns, start=1):
        _column(ax, place, (f"$x_{t}$", f"$h_{t}$", f"$y_{t}$"))
        diagrams.words(ax, (place, 0.55), f"step {t}", size=12, colour=diagrams.SOFT)
        diagrams.words(ax, (place - 1.5, 4.35), "$U$", size=13)
    diagrams.words(ax, (6.1, 3.9), "$h_0$", size=14)
    for start, end in zip((5.9, *columns), (*columns, 17.6), strict=True):
        diagrams.arrow(ax, (start, 3.9), (end, 3.9), gap=0.62)
    diagrams.words(ax, (17.7, 3.9), "…", size=18)
    diagrams.words(ax, (11.6, 7.05), "unrolled", size=12, colour=diagrams.SOFT)
    plots.show(
        fig,
        "Left, a recurrent network with a loop from its hidden state to itself. Right, the same "
        "network unrolled: at each step the input leads to the hidden state, the hidden state to "
        "the output and to the hidden state of the next step. All copies have the same weights "
        "W, U and V.",
    )


def _column(ax, place, labels):
    """The input, the hidden state and the output of one copy, with arrows upwards, W and V."""
    heights = (1.7, 3.9, 6.1)
    fills = (diagrams.INPUT, diagrams.HIDDEN, diagrams.OUTPUT)
    for height, label, fill in zip(heights, labels, fills, strict=True):
        diagrams.node(ax, (place, height), label, fill, radius=0.58, size=14)
    for start, end, name in ((1.7, 3.9, "$W$"), (3.9, 6.1, "$V$")):
        diagrams.arrow(ax, (place, start), (place, end), gap=0.62)
        diagrams.words(ax, (place + 0.42, (start + end) / 2), name, size=13)


def context_units():
    """Elman's network: hidden values are copied into context units, one to one."""
    fig, ax = diagrams.canvas(16.6, 7.6)
    inputs = [(1.6 + 1.6 * k, 1.5) for k in range(2)]
    context = [(6.2 + 1.7 * k, 1.5) for k in range(3)]
    hidden = [(3.6 + 1.7 * k, 4.2) for k in range(3)]
    output = (5.3, 6.8)
    for starts, ends in ((inputs + context, hidden), (hidden, [output])):
        for start in starts:
            for end in ends:
                diagrams.arrow(ax, start, end, gap=0.58, colour="#9A9A9A", lw=1.0)
    _draw_units(ax, inputs, diagrams.INPUT, [""] * 2)
    _draw_units(ax, context, diagrams.HIDDEN, "123")
    _draw_units(ax, hidden, diagrams.HIDDEN, "123")
    _draw_units(ax, [output], diagrams.OUTPUT, ["$y_t$"])
    _draw_copy_arrow(ax)
    names = (
        ((2.4, 0.35), "input $x_t$"),
        ((7.9, 0.35), "context units, $h_{t-1}$"),
        ((1.6, 4.2), "hidden, $h_t$"),
    )
    for place, text in names:
        diagrams.words(ax, place, text, size=12, colour=diagrams.SOFT)
    for place, name in (((1.75, 2.7), "$W$"), ((9.2, 2.75), "$U$"), ((3.75, 5.6), "$V$")):
        diagrams.words(ax, place, name, size=14)
    plots.show(
        fig,
        "Elman's network: the inputs, with the weights W, and the context units, with U, lead to "
        "the hidden units, and these, with V, to the output. After every step the hidden values "
        "are copied into the context units.",
    )


def _draw_units(ax, places, fill, labels):
    for place, label in zip(places, labels, strict=True):
        diagrams.node(ax, place, label, fill, radius=0.55, size=13)


def _draw_copy_arrow(ax):
    """A dotted arrow from the frame around the hidden units to that around the context units."""
    for left, bottom in ((2.75, 3.4), (5.35, 0.7)):
        style = {"boxstyle": "round,pad=0,rounding_size=0.3", "fc": "none", "ec": diagrams.SOFT}
        ax.add_patch(FancyBboxPatch((left, bottom), 5.1, 1.6, lw=1.0, **style))
    dots = {"color": diagrams.INK, "lw": 2.0, "linestyle": (0, (1, 1.6))}
    ax.plot([7.95, 12.0, 12.0, 11.0], [4.2, 4.2, 1.5, 1.5], **dots)
    tip = [(10.55, 1.5), (11.0, 1.72), (11.0, 1.28)]
    ax.add_patch(Polygon(tip, color=diagrams.INK))
    diagrams.words(ax, (12.3, 2.85), "copied after every step,\nunit by unit", ha="left")
