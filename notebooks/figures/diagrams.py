"""Nodes, arrows and labels, from which the course's diagrams of networks are drawn.

Places are (x, y) in the units of the axes that `canvas` makes: one unit is about 1.2 cm.
"""

import matplotlib.pyplot as plt
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch

INK = "#333333"
SOFT = "#777777"
INPUT, HIDDEN, OUTPUT, PLAIN = "#E6E6E6", "#FBE3B5", "#D6D0EA", "#FFFFFF"
RADIUS = 0.42


def canvas(width, height):
    """A figure of width × height units without axes. Returns (figure, axes)."""
    fig, ax = plt.subplots(figsize=(width * 0.5, height * 0.5))
    ax.set(xlim=(0, width), ylim=(0, height), aspect="equal")
    ax.axis("off")
    return fig, ax


def node(ax, place, label="", fill=PLAIN, radius=RADIUS, **text):
    """A circle with a label in its middle. Returns the circle."""
    circle = ax.add_patch(Circle(place, radius, fc=fill, ec=INK, lw=1.4, zorder=3))
    words(ax, place, label, **text)
    return circle


def box(ax, place, label="", fill=PLAIN, width=1.2, height=0.84, **text):
    """A box with round corners and a label, its middle at a place. Returns the box."""
    corner = place[0] - width / 2, place[1] - height / 2
    style = "round,pad=0,rounding_size=0.15"
    patch = FancyBboxPatch(corner, width, height, boxstyle=style, fc=fill, ec=INK, lw=1.4, zorder=3)
    ax.add_patch(patch)
    words(ax, place, label, **text)
    return patch


def words(ax, place, text, size=12, colour=INK, ha="center", va="center"):
    """Text at a place. Returns the text."""
    return ax.text(*place, text, fontsize=size, color=colour, ha=ha, va=va, zorder=4)


def arrow(ax, start, end, gap=RADIUS, bend=0.0, colour=INK, lw=1.3):
    """An arrow between two nodes' middles, which stops `gap` units before each of them.

    bend: how far it bends, as a share of its length; 0 for a straight arrow. Returns the arrow.
    """
    points_in_a_unit = 36  # 0.5 inches
    patch = FancyArrowPatch(
        start,
        end,
        arrowstyle="-|>",
        mutation_scale=13,
        shrinkA=gap * points_in_a_unit,
        shrinkB=gap * points_in_a_unit,
        connectionstyle=f"arc3,rad={bend}",
        color=colour,
        lw=lw,
        zorder=2,
    )
    return ax.add_patch(patch)
