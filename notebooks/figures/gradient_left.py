"""What draws lesson 05b's figures of what is left of a gradient on its way back."""

import matplotlib.pyplot as plt
import numpy as np

from rnnlib import plots

from .line_names import LETTER_SIZE as SIZE
from .line_names import name_lines, plain_axes, readable

# Figure 5b.1: what is left with each setting

DRAWN = (1e-40, 1e40)  # what lies beyond is drawn at the edge
BAND = (1e-4, 1e4)


def left_by_setting(rnn_left, lstm_left, direct_way):
    """What is left of a gradient of length 1 after 1,000 steps, a dot for each network.

    rnn_left: {how much larger U is than an orthogonal matrix: lengths}; lstm_left: {forget bias:
    lengths}; direct_way: the same as lstm_left, if the forget gates alone count.
    """
    fig, axes = plt.subplots(1, 2, figsize=(11, 4.6), sharey=True)
    names = ("simple recurrent networks", "LSTMs")
    labels = ("recurrent weights: orthogonal U times", "forget bias")
    for ax, left, name, label in zip(axes, (rnn_left, lstm_left), names, labels, strict=True):
        ax.axhspan(*BAND, color="#F0EAD2", zorder=0)
        colour, width = ("#AA4499", 0.025) if ax is axes[0] else ("#332288", 0.16)
        for setting, lengths in left.items():
            places = setting + np.linspace(-width, width, len(lengths))
            ax.semilogy(places, np.clip(lengths, *DRAWN), "o", color=colour, ms=7, alpha=0.75)
            ax.text(setting, 1e36, _in_the_band(lengths), color=colour, size=11, ha="center")
        if ax is axes[1]:
            _draw_direct_way(ax, direct_way)
            ax.text(4.3, 1e10, "dots: the whole gradient", color=colour, size=11)
        plain_axes(ax, name[0].upper() + name[1:], ylim=(DRAWN[0] / 30, DRAWN[1] * 30))
        ax.set_xlabel(label, size=SIZE)
    axes[0].set_yticks(
        [1e-40, 1e-20, 1, 1e20, 1e40], ["10⁻⁴⁰ or less", "10⁻²⁰", "1", "10²⁰", "10⁴⁰"]
    )
    axes[1].set_xticks(list(lstm_left))
    axes[0].set_ylabel("what is left of the gradient", size=SIZE)
    words = []
    for name, left in zip(names, (rnn_left, lstm_left), strict=True):
        kept = [f"{setting:g}: {_in_the_band(lengths)}" for setting, lengths in left.items()]
        words.append(f"{name}, {', '.join(kept)}")
    plots.show(
        fig,
        "How many networks keep the gradient within a factor of 10,000 over 1,000 steps, for each "
        f"setting. {'; '.join(words)}.",
    )


def _in_the_band(lengths):
    kept = sum(BAND[0] < length < BAND[1] for length in lengths)
    return f"{kept} of {len(lengths)}"


def _draw_direct_way(ax, direct_way):
    for bias, lengths in direct_way.items():
        places = bias + np.linspace(-0.16, 0.16, len(lengths))
        drawn = np.clip(lengths, *DRAWN)
        ax.semilogy(places, drawn, "o", mfc="none", color="#222222", ms=6, mew=1.2)
    ax.text(4.3, 1e-12, "circles: the direct way alone", color="#222222", size=11)


# Figure 5b.4: with the detour and without

# {words in a condition's name: its colour and dashes}; the first that fit are taken.
LOOKS = {
    "with the detour": ("#332288", "-"),
    "U = 0": ("#117733", (0, (6, 2))),
    "truncated": ("#8A5A00", (0, (2, 2))),
    "RNN, U orthogonal": ("#7A2A6C", (0, (1.5, 1))),
    "RNN": ("#AA4499", (0, (6, 1.5, 1.5, 1.5))),
    "bias 7": ("#332288", "-"),
    "": ("#5E4FC4", (0, (4, 1.5))),
}


def _look(name):
    """A condition's colour and dashes: RNNs are purple, LSTMs blue, and controls neither."""
    colour, dashes = next(look for words, look in LOOKS.items() if words in name)
    return {"color": colour, "linestyle": dashes}


def gradient_left(runs, highlight=None):
    """What is left of the gradient, step by step on its way back, for several networks.

    runs: {name: a list with one array (T,) for each seed; entry k is k steps back}.
    highlight: (first, last), the steps that a second panel enlarges; None for no second panel.
    """
    runs = {name: np.array(arrays) for name, arrays in runs.items()}
    columns = 2 if highlight else 1
    fig, (axes,) = plt.subplots(1, columns, figsize=(11.5, 4.8), sharey=True, squeeze=False)
    limits = _forty_decades(np.concatenate([values.ravel() for values in runs.values()]))
    last = len(next(iter(runs.values()))[0]) - 1
    looks = {name: _look(name) for name in runs}
    for ax in axes:
        _seeds_and_medians(ax, runs, looks)
        plain_axes(ax, f"The whole way back, {last} steps", xlim=(0, last), ylim=limits)
    axes[0].set_ylabel("length of the gradient", fontsize=SIZE)
    if highlight:
        axes[0].axvspan(*highlight, color="#F0EAD2", zorder=0)
        axes[1].set_facecolor("#FBF9F1")
        axes[1].set_xlim(*highlight)
        axes[1].set_title("The shaded steps, enlarged", fontsize=12)
    colours = {name: look["color"] for name, look in looks.items()}
    titles = {name: name.replace(", ", ",\n", 1) for name in runs}
    name_lines(axes[-1], runs, colours, SIZE, titles, gap=0.13)
    plots.show(fig, _words_on_what_is_left(runs))


def _seeds_and_medians(ax, runs, looks):
    """A thin line for each row of each array (rows, T), and a thick one for the median."""
    ax.set_yscale("log")
    for name, values in runs.items():
        drawn = np.maximum(values, 1e-300)  # a logarithm needs a number above zero
        back = np.arange(drawn.shape[1])
        for row in drawn:
            ax.plot(back, row, lw=0.8, alpha=0.45, color=looks[name]["color"])
        ax.plot(back, np.median(drawn, axis=0), lw=3, label=name, **looks[name])


def _forty_decades(values):
    """Limits of an axis that cover the values, but never more than from 1e-30 to 1e10."""
    low, high = np.log10([max(values.min(), 1e-30), min(values.max(), 1e10)])
    return 10.0 ** max(np.floor(low - 0.1), -30), 10.0 ** min(np.ceil(high + 0.1), 10)


def _words_on_what_is_left(runs):
    steps = len(next(iter(runs.values()))[0]) - 1
    return (
        "Length of the gradient on its way back, on a logarithmic axis. It starts at 1. After "
        f"{steps} steps the median over the seeds is, with the range in brackets: {_ends(runs)}."
    )


def _ends(runs):
    """The median, the smallest and the largest of the last values of each condition, in words."""
    parts = []
    for name, values in runs.items():
        low, middle, high = (readable(f(values[:, -1])) for f in (np.min, np.median, np.max))
        parts.append(f"{name}: {middle} ({low} to {high})")
    return "; ".join(parts)


# Figure 5b.2: plus, times, and scaled

ENLARGED = (1e-6, 1e3)
JOINTS = {
    "plus": (r"plus: $f\,c + i\,g$", "#111111", "-"),
    "scaled": (r"scaled: $f\,c\,(1 + i\,g)$", "#117733", (0, (6, 1.5))),
    "times": (r"times: $f\,c \cdot i\,g$", "#882255", (0, (1.5, 1))),
}


def joints(back):
    """The gradient |∂c_T/∂c_t| when old and new are added, multiplied, or one scales the other.

    back: {"plus": (T+1, H), "times": (T+1, H), "scaled": (T+1, H)}, row k for k steps back.
    """
    runs = {name: np.abs(back[name].T) for name in JOINTS}
    looks = {name: {"color": colour, "linestyle": d} for name, (_, colour, d) in JOINTS.items()}
    colours = {name: colour for name, (_, colour, _) in JOINTS.items()}
    titles = {name: words for name, (words, _, _) in JOINTS.items()}
    smallest = min(values.min() for values in runs.values())
    lowest = 20 * np.floor(np.log10(max(smallest, 1e-100)) / 20)
    ticks = 10.0 ** np.arange(lowest, 1, 20)
    fig, (whole, near) = plt.subplots(1, 2, figsize=(11.5, 4.8))
    panels = (
        (whole, "All values", (ticks[0] / 10, 1e5), "#F0EAD2"),
        (near, "The shaded part, enlarged", ENLARGED, "#FBF9F1"),
    )
    for ax, title, limits, shade in panels:
        _seeds_and_medians(ax, runs, looks)
        plain_axes(ax, title, xlim=(0, len(back["plus"]) - 1), ylim=limits)
        ax.axhspan(*ENLARGED, color=shade, zorder=0)
    whole.set_yticks(ticks)
    whole.set_ylabel("$|∂c_T/∂c_t|$", fontsize=SIZE)
    name_lines(whole, runs, colours, SIZE)
    name_lines(near, runs, colours, SIZE, titles)
    plots.show(fig, _words_on_joints(runs))


def _words_on_joints(runs):
    cells, T = len(runs["plus"]), len(runs["plus"][0]) - 1
    return (
        f"The gradient at the cell state of {cells} cells on its way back, on a logarithmic axis. "
        f"It starts at 1. After {T} steps the median over the cells is, with the range in "
        f"brackets: {_ends(runs)}."
    )
