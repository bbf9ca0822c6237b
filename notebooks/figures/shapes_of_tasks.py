"""Pictures of lesson 02b's three shapes of tasks: images read and drawn, and numbers added."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Rectangle

from rnnlib import plots

from . import diagrams

PROBABILITY = LinearSegmentedColormap.from_list("probability", ["#F1EFF8", "#8C82C4", "#332288"])
NOT_READ = "#DCE6EE"
RIGHT = "#117733"


# Figure 2b.2

SHAPES = (
    ("many to one", (1, 2, 3, 4), (4,), "an image, row by row\n→ its label"),
    ("one to many", (1,), (1, 2, 3, 4), "a label\n→ an image, row by row"),
    ("many to many", (1, 2, 3, 4), (1, 2, 3, 4), "two numbers\n→ their sum"),
)


def task_shapes():
    """Three unrolled networks, which read and answer at different steps."""
    fig, ax = diagrams.canvas(22.4, 8.6)
    for k, (title, inputs, outputs, example) in enumerate(SHAPES):
        _unrolled(ax, 0.9 + 7.6 * k, inputs, outputs)
        middle = 3.4 + 7.6 * k
        diagrams.words(ax, (middle, 7.9), title, size=14).set_weight("bold")
        diagrams.words(ax, (middle, 0.7), example, size=12, colour="#555555")
    plots.show(
        fig,
        "Three unrolled networks of four steps. Many to one: an input at each step, an output at "
        "the last one. One to many: an input at the first step, an output at each step. Many to "
        "many: an input and an output at each step.",
    )


def _unrolled(ax, left, inputs, outputs):
    """Four hidden states side by side, with inputs below and outputs above at some steps."""
    x, h, y = 2.4, 4.5, 6.6
    for step in (1, 2, 3, 4):
        place = left + 1.67 * (step - 1)
        if step > 1:
            diagrams.arrow(ax, (place - 1.67, h), (place, h), gap=0.47)
        diagrams.node(ax, (place, h), fill=diagrams.HIDDEN)
        if step in inputs:
            diagrams.node(ax, (place, x), fill=diagrams.INPUT)
            diagrams.arrow(ax, (place, x), (place, h), gap=0.47)
        if step in outputs:
            diagrams.node(ax, (place, y), fill=diagrams.OUTPUT)
            diagrams.arrow(ax, (place, h), (place, y), gap=0.47)


# Bench 2b.2: an image, read row by row


def draw_rows(fig, data):
    """The rows that have been read, and how likely each digit is after each of them."""
    seen, answers = fig.subplots(1, 2, width_ratios=(1, 1.75))
    ink = plt.get_cmap("gray_r").with_extremes(bad=NOT_READ)
    chance = PROBABILITY.with_extremes(bad="white")
    image = seen.imshow(np.zeros((8, 8)), cmap=ink, vmin=0, vmax=1, aspect="auto")
    p = answers.imshow(np.zeros((8, 10)), cmap=chance, vmin=0, vmax=1, aspect="auto")
    fig.colorbar(p, ax=answers, label="probability", pad=0.02)
    middle = {"ha": "center", "va": "center"}
    waiting = seen.text(3.5, 4, "", color="#4A5A68", fontsize=11, **middle)
    best = [answers.text(0, row, "", fontsize=12, weight="bold", **middle) for row in range(8)]
    (label,) = answers.plot([0], [-0.85], "v", color=RIGHT, ms=10, clip_on=False)
    name = answers.text(0, -0.87, "right digit", color=RIGHT, va="center", fontsize=11)
    for ax in (seen, answers):
        ax.set_yticks(range(8), range(1, 9))
        ax.tick_params(length=0)
        ax.grid(False)
        ax.set_ylim(7.5, -0.5)  # the triangle stands above the axes
    seen.set(ylabel="row", xticks=[])
    seen.set_title("The rows read so far", pad=24)
    answers.set(xticks=range(10), xlabel="digit")
    answers.set_title("Its answer after each row", pad=24)
    parts = {"image": image, "p": p, "waiting": waiting, "best": best}
    return parts | {"label": label, "name": name}


def update_rows(artists, data):
    """Show what compute_rows has returned, up to row t."""
    t, label = data["t"], data["label"]
    unread = np.arange(8)[:, None] >= t
    for name in ("image", "p"):
        values = data[name]
        artists[name].set_data(np.ma.masked_array(values, np.repeat(unread, values.shape[1], 1)))
    artists["waiting"].set(text="not read yet" if t < 8 else "", position=(3.5, (t + 7) / 2))
    for row, text in enumerate(artists["best"]):
        digit = int(data["p"][row].argmax())
        light = "white" if data["p"][row, digit] > 0.4 else "black"
        text.set(text=f"{digit}" if row < t else "", position=(digit, row), color=light)
    artists["label"].set_data([label], [-0.85])
    side = 1 if label < 7 else -1
    artists["name"].set(position=(label + 0.3 * side, -0.87), ha="left" if side > 0 else "right")


def describe_rows(data):
    """One line of words for a reader who does not see the picture."""
    p, t, label = data["p"], data["t"], data["label"]
    so_far = ", ".join(f"{digit}" for digit in p[:t].argmax(axis=1))
    last = p[t - 1]
    return (
        f"The digit is {label}. After {t} of 8 rows the network answers {last.argmax()} "
        f"(probability {last.max():.2f}). Its answers row by row: {so_far}."
    )


# Figure 2b.5


def drawings(images):
    """Ten small pictures, each under its label. images (8 rows, 10, 8 columns)."""
    fig, axes = plt.subplots(1, 10, figsize=(9.5, 1.45))
    for label, ax in enumerate(axes):
        ax.imshow(images[:, label], cmap="gray_r", vmin=0, vmax=1)
        ax.set_title(label, loc="center", fontsize=12)
        ax.set(xticks=[], yticks=[])
        ax.grid(False)
        ax.spines[:].set(visible=True, color="#CCCCCC")
    plots.show(fig, "The digits 0 to 9 as the network draws them, soft, each under its label.")


# Figure 2b.3

ROWS_OF_BITS = ("first number", "second number", "sum", "carry")
TOP_OF_UNITS = 5  # the row in which unit 0 is drawn


def carry_in_a_unit(x, total, carry, h):
    """One addition: the bits, the carry, and the states of all units below them.

    x (T, 1, 2), total (T, 1, 1), carry (T, 1), h (T, H).
    """
    T, H = h.shape
    unit, share, sign = unit_that_agrees(h, carry[:, 0])
    fig, ax = plt.subplots(figsize=(10, 4.7))
    _draw_bits(ax, x[:, 0], total[:, 0, 0], carry[:, 0])
    _draw_units(fig, ax, h, unit)
    ax.set_xticks(range(T), range(1, T + 1))
    ax.tick_params(length=0)
    ax.set(xlabel="step t (lowest bit first)", xlim=(-0.52, T - 0.48))
    ax.set_ylim(TOP_OF_UNITS + H - 0.45, -0.6)
    ax.spines[:].set_visible(False)
    other = "negative" if sign == "positive" else "positive"
    how = f"{sign} for 1, {other} for 0"
    ax.set_title(f"Unit {unit} tells the carry at {share:.0%} of these {T} steps: {how}")
    plots.show(
        fig,
        f"One addition of {T} bits with its sum and carry, and the states of {H} units. "
        f"Unit {unit} is framed. It is the unit whose sign agrees with the carry most often: at "
        f"{share:.0%} of the steps it is {sign} if the carry is 1, and {other} if it is 0.",
    )


def unit_that_agrees(h, carry):
    """The unit whose sign agrees with the carry most often: its number, how often, and how.

    h (T, H), carry (T,). How: "positive" or "negative", which is its sign where the carry is 1.
    """
    shares = ((h > 0) == (carry[:, None] == 1)).mean(axis=0)
    either_way = np.maximum(shares, 1 - shares)
    unit = int(either_way.argmax())
    return unit, either_way[unit], "positive" if shares[unit] >= 0.5 else "negative"


def _draw_units(fig, ax, h, framed):
    """The states of all units as coloured rows below the bits, one of them in a frame."""
    T, H = h.shape
    bottom = TOP_OF_UNITS + H
    image = plots.heat(ax, h.T, limit=1, extent=(-0.5, T - 0.5, bottom - 0.5, TOP_OF_UNITS - 0.5))
    fig.colorbar(image, ax=ax, label="state of a unit", pad=0.02, shrink=0.6, anchor=(0, 0.05))
    for k in range(1, T):
        ax.vlines(k - 0.5, TOP_OF_UNITS - 0.5, bottom - 0.5, color="white", lw=1)
    for k in range(1, H):
        ax.hlines(TOP_OF_UNITS + k - 0.5, -0.5, T - 0.5, color="white", lw=3)
    frame = {"fill": False, "ec": "black", "lw": 2.5, "clip_on": False, "zorder": 5}
    ax.add_patch(Rectangle((-0.5, TOP_OF_UNITS + framed - 0.5), T, 1, **frame))
    names = [*ROWS_OF_BITS, *(f"unit {k}" for k in range(H))]
    ax.set_yticks([0, 1, 2, 3, *range(TOP_OF_UNITS, bottom)], names, fontsize=11)
    ax.get_yticklabels()[4 + framed].set_weight("bold")


def _draw_bits(ax, x, total, carry):
    """The rows of bits as numbers, and the carry as filled and empty squares."""
    for row, bits in enumerate((x[:, 0], x[:, 1], total, carry)):
        for t, bit in enumerate(bits):
            filled = row == 3 and bit == 1
            if row == 3:
                square = {"fc": "#444444" if filled else "white", "ec": "#444444", "lw": 1}
                ax.add_patch(Rectangle((t - 0.32, row - 0.34), 0.64, 0.68, **square))
            colour = "white" if filled else "black"
            ax.text(t, row, f"{bit:.0f}", ha="center", va="center", color=colour, fontsize=12)
    ax.hlines(1.5, -0.5, len(x) - 0.5, color="#333333", lw=1.2)
