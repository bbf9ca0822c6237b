"""The LSTM block: drawn whole, one operation at a time, and with live numbers on its wires."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Circle, FancyBboxPatch, Polygon

from rnnlib import plots

from . import lstm_plan as plan
from .diagrams import INK, SOFT
from .lstm_plan import ALL, LIT, carried, two_digits

HEAD = 0.28  # the length of an arrowhead
FAINT, GROUND = "#CDCDCD", "#FAFAF7"
# Lines in these colours are seen well, but letters would be too pale on white.
LETTERS = {"h": "#A86F00", "g": "#A9497F", "x": "#666666"}


# The block


def draw_block(ax, lit=ALL, values=None, forget_gate=True, size=18):
    """Draw one LSTM block. What is not in `lit` is grey.

    lit: names of wires, as in lstm_plan.WIRES. A box or a sign is lit if its wires are.
    values: {wire: number}, to write below the names. Products and tanh c are worked out here.
    forget_gate: False draws the block of 1997, in which the cell state goes straight to the sum.
    size: of the letters, in points. Returns {"wires", "nodes", "names", "numbers"}, each a dict.
    """
    ax.set(xlim=(-0.7, 13.4), ylim=(-1.4, 7), aspect="equal")
    ax.axis("off")
    _rounded(ax, (1.3, 0.1), 10.25, 6.6, 0.4, fc=GROUND, ec="#BBBBBB", lw=1.3, zorder=0)
    wires = plan.WIRES if forget_gate else plan.WIRES_1997
    nodes = plan.NODES if forget_gate else plan.NODES_1997
    numbers = carried(values or {})
    named = {name: wire for name, wire in wires.items() if wire.label}
    numbered = {name: wire for name, wire in named.items() if name in numbers}
    # The boxes' inputs have names only where there are numbers, to keep the plain block plain.
    named = {name: wire for name, wire in named.items() if name[:2] != "a_" or name in numbers}
    artists = {
        "wires": {name: _draw_wire(ax, name, wire, size) for name, wire in wires.items()},
        "nodes": {name: _draw_node(ax, node, size) for name, node in nodes.items()},
        "names": {name: _draw_name(ax, wire, size) for name, wire in named.items()},
        "numbers": {name: _draw_number(ax, wire, size) for name, wire in numbered.items()},
    }
    write(artists["numbers"], numbers)
    light(artists, lit)
    return artists


def _rounded(ax, corner, width, height, rounding, **look):
    style = f"round,pad=0,rounding_size={rounding}"
    return ax.add_patch(FancyBboxPatch(corner, width, height, boxstyle=style, **look))


def _draw_wire(ax, name, wire, size):
    """The line, its arrowhead, and dots where it meets other wires. Returns these artists."""
    points = np.array(wire.points, float)
    along = points[-1] - points[-2]
    along *= HEAD / np.hypot(*along)
    ends = points.copy()
    ends[-1] -= along * 0.9 * wire.head  # a line up to the tip would make the tip blunt
    look = {"lw": size / 7, "solid_capstyle": "butt", "solid_joinstyle": "round", "zorder": 2}
    artists = ax.plot(*ends.T, **look)
    if wire.head:
        base, aside = points[-1] - along, along[::-1] * (-0.45, 0.45)
        corners = [points[-1], base + aside, base - aside]
        artists.append(ax.add_patch(Polygon(corners, lw=0, zorder=3)))
    for k in plan.DOTS.get(name, ()):
        # A grey dot must not lie on the wire of the cell state when only that wire is lit.
        zorder = 1.9 if name == "tap" else 2.1
        artists.append(ax.add_patch(Circle(points[k], 0.11, lw=0, zorder=zorder)))
    return artists


def _draw_node(ax, node, size):
    """A box with its function, or a circle with its sign. A sign is a marker: it is centred."""
    x, y = node.place
    lw = size / 8
    if node.sign in "×+":
        circle = ax.add_patch(Circle(node.place, plan.RADIUS, fc="white", lw=lw, zorder=4))
        marker, reach = ("x", 0.5) if node.sign == "×" else ("+", 0.72)
        return circle, *ax.plot(x, y, marker=marker, ms=reach * size, mew=lw, zorder=5)
    below, above = plan.BOX_BELOW, plan.BOX_ABOVE
    if node.symbol == "c":
        below, above = plan.TANH_BELOW, plan.TANH_ABOVE
    corner = x - plan.BOX_WIDTH / 2, below
    box = _rounded(ax, corner, plan.BOX_WIDTH, above - below, 0.16, lw=lw, zorder=4)
    style = {"ha": "center", "va": "center_baseline", "weight": "bold", "zorder": 5}
    return box, ax.text(x, y, node.sign, size=size - 2.5, **style)


def _draw_name(ax, wire, size):
    style = {"ha": wire.ha, "va": "center", "math_fontfamily": "cm", "zorder": 5}
    return ax.text(*wire.place, wire.label, size=size, **style)


def _draw_number(ax, wire, size):
    x, y = wire.place
    return ax.text(x, y - wire.drop, "", size=size - 4, ha=wire.ha, va="center", zorder=5)


def light(artists, lit):
    """Colour what is lit, and make the rest grey."""
    for name, parts in artists["wires"].items():
        colour = plots.COLOURS.get(plan.WIRES[name].symbol, SOFT)
        for part in parts:
            part.set_color(colour if name in lit else FAINT)
    for name, (shape, sign) in artists["nodes"].items():
        node = plan.NODES[name]
        colour = plots.COLOURS[node.symbol] if set(node.wires) <= set(lit) else FAINT
        hollow = node.symbol == "c" or node.sign in "×+"
        shape.set(edgecolor=colour, facecolor="white" if hollow else colour)
        _recolour(sign, colour if hollow else "white")
    for name, text in artists["names"].items():
        symbol = plan.WIRES[name].symbol
        colour = LETTERS.get(symbol) or plots.COLOURS.get(symbol, SOFT)
        _recolour(text, colour if name in lit else FAINT)
    for name, text in artists["numbers"].items():
        _recolour(text, INK if name in lit else FAINT)


def _recolour(artist, colour):
    """Colour a text or a sign. A text is drawn anew even if it is given the colour it has."""
    if artist.get_color() != colour:
        artist.set_color(colour)


def write(texts, numbers):
    """Write the numbers into the texts of the same names."""
    for name, text in texts.items():
        text.set_text(two_digits(numbers[name]))


# Figures


def one_operation_at_a_time():
    """Figure: the block four times, with one operation lit in each."""
    fig = plt.figure(figsize=(10, 7), layout="none")
    draw_steps(fig)
    plots.show(
        fig,
        "The LSTM block four times. Forget: the old cell state is multiplied by the forget gate. "
        "Input: the candidate is multiplied by the input gate. Update: the two are added. Output: "
        "the tanh of the new cell state is multiplied by the output gate.",
    )


def draw_steps(fig):
    """Four blocks: the question as title, the parts that answer it, and the equations below."""
    for step in (1, 2, 3, 4):
        column, row = (step - 1) % 2, (step - 1) // 2
        # Each panel takes its quarter whole: the letters need the room of any margins.
        ax = fig.add_axes((column / 2, 0.5 - row / 2, 0.5, 0.5))
        draw_block(ax, LIT[step], size=14.5)
        ax.set(xlim=(-1.05, 13.75), ylim=(-2.2, 7.6))
        _words(ax, (1.3, 7.1), plan.TITLES[step], 12)
        for k, equation in enumerate(plan.EQUATIONS[step]):
            _words(ax, (3.0, -0.6 - 0.85 * k), f"${equation}$", 14.5)


def _words(ax, place, words, size):
    style = {"va": "center", "color": INK, "math_fontfamily": "cm"}
    return ax.text(*place, words, size=size, **style)


# Bench: one step of a block with one unit


def draw_one_step(fig, data):
    """The block with a number on every wire, the question above and the arithmetic below."""
    ax = fig.subplots()
    artists = draw_block(ax, LIT[data["step"]], values=data, size=16)
    ax.set_ylim(-1.4, 7.3)
    artists["title"] = _words(ax, (1.3, 7.05), "", 14)
    artists["sum"] = _words(ax, (3.0, -0.7), "", 14)
    return artists


def update_one_step(artists, data):
    """Light the operation, and write every number anew. A wire is as thick as its number."""
    numbers = carried(data)
    write(artists["numbers"], numbers)
    light(artists, LIT[data["step"]])
    for name in ("c_prev", "f", "kept", "i", "g", "new", "c", "squashed", "o", "h"):
        artists["wires"][name][0].set_linewidth(1 + 2 * min(abs(numbers[name]), 3))
    artists["title"].set_text(plan.TITLES[data["step"]])
    sums = (
        "$c_t$ = {f} × {c_prev} + {i} × {g} = {c}",
        r"$f_t\,c_{{t-1}}$ = {f} × {c_prev} = {kept}",
        r"$i_t\,g_t$ = {i} × {g} = {new}",
        "$c_t$ = {kept} + {new} = {c}",
        "$h_t$ = {o} × tanh({c}) = {o} × {squashed} = {h}",
    )
    arithmetic = _filled(sums[data["step"]], data)
    artists["sum"].set_text(arithmetic.replace("+ −", "− "))


def _filled(words, data):
    """The words with the wires' numbers in place of their names."""
    return words.format(**{name: two_digits(number) for name, number in carried(data).items()})


def describe_one_step(data):
    """One line of words for a reader who does not see the picture."""
    words = (
        "The forget gate keeps {f} of the old cell state {c_prev}, and the input gate lets in {i} "
        "of the candidate {g}. The new cell state is {c}, and the hidden state is {h}.",
        "The forget gate keeps {f} of the old cell state {c_prev}, so {kept} of it stays.",
        "The candidate is {g}. The input gate lets in {i} of it, so {new} is added.",
        "What stays ({kept}) plus what comes in ({new}) is the new cell state {c}.",
        "The tanh of the cell state {c} is {squashed}. The output gate shows {o} of it, "
        "so the hidden state is {h}.",
    )
    return _filled(words[data["step"]], data)


ONE_STEP_BENCH = {
    "describe": describe_one_step,
    "figsize": (9, 5.6),
    "name": "step",
    "presets": {
        "Keep": dict(step=0, b_f=5.0, b_i=-8.0, b_o=0.0),
        "Erase": dict(step=0, b_f=-8.0, b_i=-8.0, b_o=0.0),
        "Overwrite": dict(step=0, b_f=-8.0, b_i=5.0, b_o=0.0),
        "Add": dict(step=0, b_f=5.0, b_i=5.0, b_o=0.0),
        "Hide": dict(step=0, b_f=5.0, b_i=-8.0, b_o=-8.0),
    },
}
