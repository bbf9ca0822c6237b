"""The plan of the LSTM block: where its wires, boxes and signs are, and what each operation lights.

Places are (x, y) in the units of the axes. A wire's name is that of the number it carries.
"""

from typing import NamedTuple

import numpy as np

LINES = ("value", "write", "erase", "read")  # the four input lines, in the order of x's columns
GATE_NAMES = {"i": "input gate", "f": "forget gate", "o": "output gate"}
TOP, BUS = 5.8, 0.7  # the heights of the cell state's wire, and of the wire that feeds the boxes
AT_F, AT_I, AT_G, AT_O = 3.1, 5.0, 6.9, 9.05  # the middles of the four boxes, from left to right
JOIN, OUT = 2.0, 10.45  # where x_t and h_{t−1} are joined, and where h_t is taken from c_t
BOX_BELOW, BOX_ABOVE, BOX_WIDTH, RADIUS = 1.75, 2.6, 1.6, 0.36
TANH_BELOW, TANH_ABOVE = 4.5, 5.2
NEW, SHOWN = 4.0, 3.2  # the heights of the signs × for the input gate and for the output gate
LEFT, RIGHT = 0.55, 12.5  # where wires from the step before begin, and those to the next step end


class Wire(NamedTuple):
    """A wire from its first point to its last, the symbol that colours it, and its name."""

    points: tuple
    symbol: str = ""  # a key of plots.COLOURS; without one, the wire is grey
    label: str = ""
    place: tuple = (0, 0)  # where the name stands
    ha: str = "left"
    drop: float = 0.42  # how far below its name the number stands
    head: bool = True


class Node(NamedTuple):
    """A box or a sign, and the wires that must be lit for it to be lit."""

    place: tuple
    sign: str
    symbol: str
    wires: tuple


def _input(points, letter):
    """The wire that carries a pre-activation up to a box."""
    place = points[-1][0] + 0.2, 1.42
    return Wire((*points, (points[-1][0], BOX_BELOW)), "", f"$a_{letter}$", place, drop=0.38)


# What is drawn later lies above. Where two wires meet, the one that goes on comes later.
WIRES = {
    "x": Wire(((JOIN, -0.5), (JOIN, BUS)), "x", "$x_t$", (JOIN, -0.74), "center", head=False),
    "h_prev": Wire(((LEFT, BUS), (JOIN, BUS)), "h", "$h_{t-1}$", (0.43, BUS), "right", head=False),
    "a_f": _input([(AT_F, BUS)], "f"),
    "a_i": _input([(AT_I, BUS)], "i"),
    "a_g": _input([(AT_G, BUS)], "g"),
    "a_o": _input([(AT_G, BUS), (AT_O, BUS)], "o"),
    "to_g": Wire(((AT_I, BUS), (AT_G, BUS)), head=False),
    "to_i": Wire(((AT_F, BUS), (AT_I, BUS)), head=False),
    "to_f": Wire(((JOIN, BUS), (AT_F, BUS)), head=False),
    "f": Wire(((AT_F, BOX_ABOVE), (AT_F, TOP - RADIUS)), "f", "$f_t$", (AT_F + 0.22, 3.6)),
    "i": Wire(
        ((AT_I, BOX_ABOVE), (AT_I, NEW), (AT_G - RADIUS, NEW)), "i", "$i_t$", (AT_I + 0.22, 3.38)
    ),
    "g": Wire(((AT_G, BOX_ABOVE), (AT_G, NEW - RADIUS)), "g", "$g_t$", (AT_G + 0.22, 3.38)),
    "o": Wire(
        ((AT_O, BOX_ABOVE), (AT_O, SHOWN), (OUT - RADIUS, SHOWN)),
        "o",
        "$o_t$",
        (AT_O - 0.2, 3.38),
        "right",
    ),
    "tap": Wire(((OUT, TOP), (OUT, TANH_ABOVE)), "c"),
    "c_prev": Wire(((LEFT, TOP), (AT_F - RADIUS, TOP)), "c", "$c_{t-1}$", (0.43, TOP), "right"),
    "kept": Wire(
        ((AT_F + RADIUS, TOP), (AT_G - RADIUS, TOP)),
        "c",
        r"$f_t\,c_{t-1}$",
        (AT_I, TOP + 0.42),
        "center",
        0.8,
    ),
    "new": Wire(
        ((AT_G, NEW + RADIUS), (AT_G, TOP - RADIUS)), "c", r"$i_t\,g_t$", (AT_G + 0.24, 5.0)
    ),
    "c": Wire(((AT_G + RADIUS, TOP), (RIGHT, TOP)), "c", "$c_t$", (RIGHT + 0.12, TOP)),
    "squashed": Wire(
        ((OUT, TANH_BELOW), (OUT, SHOWN + RADIUS)),
        "c",
        r"$\tanh\,c_t$",
        (OUT - 0.22, 4.22),
        "right",
        0.4,
    ),
    "h": Wire(((OUT, SHOWN - RADIUS), (OUT, BUS), (RIGHT, BUS)), "h", "$h_t$", (RIGHT + 0.12, BUS)),
}
# Without a forget gate, as in 1997, the cell state goes straight to the sum.
WIRES_1997 = {name: WIRES[name] for name in WIRES if name not in ("to_f", "a_f", "f", "kept")} | {
    "c_prev": WIRES["c_prev"]._replace(points=((LEFT, TOP), (AT_G - RADIUS, TOP))),
    "to_i": WIRES["to_i"]._replace(points=((JOIN, BUS), (AT_I, BUS))),
}
# Where wires split: points of these wires. x_t and h_{t−1} are joined, so there is no dot at JOIN.
DOTS = {"to_f": (-1,), "to_i": (-1,), "to_g": (-1,), "tap": (0,)}

BOX_Y, TANH_Y = (BOX_BELOW + BOX_ABOVE) / 2, (TANH_BELOW + TANH_ABOVE) / 2
NODES = {
    "f": Node((AT_F, BOX_Y), "σ", "f", ("a_f", "f")),
    "i": Node((AT_I, BOX_Y), "σ", "i", ("a_i", "i")),
    "g": Node((AT_G, BOX_Y), "tanh", "g", ("a_g", "g")),
    "o": Node((AT_O, BOX_Y), "σ", "o", ("a_o", "o")),
    "forget": Node((AT_F, TOP), "×", "f", ("f", "kept")),
    "let in": Node((AT_G, NEW), "×", "i", ("i", "new")),
    "add": Node((AT_G, TOP), "+", "c", ("new", "c")),
    "squash": Node((OUT, TANH_Y), "tanh", "c", ("tap", "squashed")),
    "show": Node((OUT, SHOWN), "×", "o", ("o", "h")),
}
NODES_1997 = {name: NODES[name] for name in NODES if name not in ("f", "forget")}

ALL = frozenset(WIRES)
LIT = (  # the whole step, then its four operations
    ALL,
    {"c_prev", "h_prev", "x", "to_f", "a_f", "f", "kept"},
    {"h_prev", "x", "to_f", "to_i", "to_g", "a_i", "a_g", "i", "g", "new"},
    {"kept", "new", "c"},
    {"h_prev", "x", "to_f", "to_i", "to_g", "a_o", "o", "c", "tap", "squashed", "h"},
)
TITLES = (
    "One step of an LSTM block",
    "1  Forget: how much of the old cell state stays?",
    "2  Input: what is new, and how much comes in?",
    "3  Update: what is the new cell state?",
    "4  Output: how much does the network see?",
)
EQUATIONS = (
    (),
    (r"f_t = \sigma(W_f\,x_t + U_f\,h_{t-1} + b_f)",),
    (
        r"i_t = \sigma(W_i\,x_t + U_i\,h_{t-1} + b_i)",
        r"g_t = \tanh(W_g\,x_t + U_g\,h_{t-1} + b_g)",
    ),
    (r"c_t = f_t \odot c_{t-1} + i_t \odot g_t",),
    (r"o_t = \sigma(W_o\,x_t + U_o\,h_{t-1} + b_o)", r"h_t = o_t \odot \tanh(c_t)"),
)


def carried(values):
    """The numbers on the wires: `values`, and what the signs and the tanh make of them."""
    numbers = {name: number for name, number in values.items() if name in WIRES}
    if {"f", "c_prev"} <= values.keys():
        numbers["kept"] = values["f"] * values["c_prev"]
    if {"i", "g"} <= values.keys():
        numbers["new"] = values["i"] * values["g"]
    if "c" in values:
        numbers["squashed"] = np.tanh(values["c"])
    return numbers


def two_digits(number):
    """The number with two digits after the point, a true minus, and no sign before a zero."""
    return f"{number:z.2f}".replace("-", "−")
