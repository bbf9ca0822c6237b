"""Names beside lines, moved apart where lines end close to each other, and readable numbers."""

import numpy as np
from matplotlib.patheffects import withStroke

LETTER_SIZE = 11.5  # in points

SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
SMALLEST, LARGEST = 1e-300, 1e300


def readable(value):
    """A number of zero or more as a person writes it: 0.43, 257 or 2·10⁻¹²."""
    if value < SMALLEST:
        return "less than 10⁻³⁰⁰"
    if value > LARGEST:
        return "more than 10³⁰⁰"
    if 0.0995 <= value < 1:
        return f"{value:.2f}"
    if 99.5 <= value < 9999.5:
        return f"{value:,.0f}"
    if 0.001 <= value < 99.5:
        return f"{value:.2g}"
    digit, exponent = f"{value:.0e}".split("e")
    return f"{digit}·10{str(int(exponent)).translate(SUPERSCRIPTS)}"


def power_of_ten(value):
    """A power of ten as it stands beside an axis; those near 1 are written out."""
    if 0.005 < value < 5000:
        return f"{value:,g}"
    return f"$10^{{{round(np.log10(value))}}}$"


def spread(heights, gap):
    """Heights from 0 to 1, moved until they lie `gap` apart and half a gap from both ends.

    They keep their order. Of two equal heights, the first ends above the second.
    """
    order = sorted(range(len(heights)), key=lambda k: (heights[k], -k))
    placed = np.array(heights, float)
    for _ in range(200):
        for below, above in zip(order, order[1:]):
            lacking = max(0, gap - (placed[above] - placed[below]))
            placed[above] += lacking / 2
            placed[below] -= lacking / 2
        placed = np.clip(placed, gap / 2, 1 - gap / 2)
    return placed


def name_beside(ax, name, height, colour, size):
    """A name to the right of the axes, at a height from 0 to 1. Returns the text."""
    place = {"transform": ax.transAxes, "ha": "left", "va": "center"}
    return ax.text(1.025, height, name, color=colour, fontsize=size, linespacing=1.3, **place)


def name_lines(ax, runs, colours, size, titles=None, gap=0.09):
    """Name each median where it ends, or at the lower edge where it leaves the axes.

    runs: {name: (rows, T)}, drawn over 0 to T − 1. titles: other words for some of the names.
    """
    titles = titles or {}
    last = int(ax.get_xlim()[1])
    heights = {}
    for name, values in runs.items():
        median = np.median(values, axis=0)
        height = height_in(ax, median[last])
        if height >= 0:
            heights[name] = min(height, 1)
        else:
            _name_at_lower_edge(ax, values, titles.get(name, name), colours[name], size)
    places = spread(list(heights.values()), gap)
    for (name, height), place in zip(heights.items(), places, strict=True):
        look = {"color": colours[name], "lw": 1.2, "transform": ax.transAxes, "clip_on": False}
        ax.plot([1, 1.02], [height, place], **look)
        name_beside(ax, titles.get(name, name), place, colours[name], size)


def height_in(ax, value):
    """How high a value lies on the axes' logarithmic scale: 0 at the lower end, 1 at the upper."""
    low, high = np.log10(ax.get_ylim())
    return (np.log10(max(value, SMALLEST)) - low) / (high - low)


def _name_at_lower_edge(ax, values, name, colour, size):
    """A name to the right of the place where the last of a condition's rows leaves the axes."""
    start, end = ax.get_xlim()
    inside = (values >= ax.get_ylim()[0]).any(axis=0)
    leaves = np.flatnonzero(inside).max()
    place = (leaves - start) / (end - start) + 0.012
    halo = [withStroke(linewidth=3, foreground="white")]
    look = {"color": colour, "fontsize": size, "linespacing": 1.3, "path_effects": halo}
    ax.text(place, 0.02, name, va="bottom", transform=ax.transAxes, **look)


def plain_axes(ax, title, **settings):
    """Letters that are large enough, a title, and a thin line where nothing is lost or gained.

    Returns the title.
    """
    ax.axhline(1, color="#999999", lw=1, zorder=1)
    ax.set(xlabel="steps back from the end", **settings)
    ax.xaxis.label.set_size(LETTER_SIZE)
    ax.yaxis.label.set_size(LETTER_SIZE)
    ax.tick_params(labelsize=11)
    ax.yaxis.set_major_formatter(lambda value, _: power_of_ten(value))
    ax.minorticks_off()
    return ax.set_title(title, fontsize=12)
