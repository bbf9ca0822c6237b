"""Draws one LSTM block: its wires, boxes and signs, with names and numbers on the wires."""

import numpy as np
from matplotlib.patches import Circle, FancyBboxPatch, Polygon

from rnnlib import plots

from . import lstm_plan as plan
from .diagrams import INK
from .lstm_plan import ALL, carried, two_digits

HEAD = 0.28  # the length of an arrowhead
FAINT, GROUND = "#CDCDCD", "#FAFAF7"
# The input and what feeds the boxes are much darker than what is not lit, which is grey, too.
FED = "#505050"
LINES = plots.COLOURS | {"x": FED}
# Lines in these colours are seen well, but letters would be too pale on white.
LETTERS = {"h": "#A86F00", "g": "#A9497F", "x": FED}


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
    """The line, its arrowhead, and dots where it splits. Returns these artists."""
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
        colour = LINES.get(plan.WIRES[name].symbol, FED)
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
        colour = LETTERS.get(symbol) or LINES.get(symbol, FED)
        _recolour(text, colour if name in lit else FAINT)
    for name, text in artists["numbers"].items():
        _recolour(text, INK if name in lit else FAINT)


def _recolour(artist, colour):
    """Colour a text or a sign. A text is drawn anew even if it is given the colour it has."""
    if artist.get_color() != colour:
        artist.set_color(colour)


def prepare_widths(ax, wires):
    """Make the wires ready for `set_widths`: a wire without a number stays thin.

    The wire of a_o is cut in two, because only its last piece carries a_o. The piece before it
    brings x_t and h_{t−1}, as the other wires that feed the boxes.
    """
    parts = wires["a_o"]
    xs, ys = parts[0].get_data()
    parts[0].set(data=(xs[:-1], ys[:-1]), solid_capstyle="projecting")
    parts += ax.plot(xs[-2:], ys[-2:], solid_capstyle="butt", zorder=2)
    for name in ("to_f", "to_i", "to_g", "a_o"):
        wires[name][0].set_linewidth(1.5)


def set_widths(wires, numbers):
    """Make every wire as thick as the size of its number asks for."""
    for name, number in numbers.items():
        wires[name][-1 if name == "a_o" else 0].set_linewidth(width(number))


def width(number):
    """How thick a wire is, in points: 1 for zero, more for a larger size, and at most 7."""
    return 1 + 6 * np.tanh(abs(number) / 2)


def write(texts, numbers):
    """Write the numbers into the texts of the same names."""
    for name, text in texts.items():
        text.set_text(two_digits(numbers[name]))


def words_at(ax, place, words, size):
    """Write words beside a block, with formulas in the letters of the block."""
    style = {"va": "center", "color": INK, "math_fontfamily": "cm"}
    return ax.text(*place, words, size=size, **style)
