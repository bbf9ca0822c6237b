"""What draws the pictures of lesson 02b: reading letters, what a state keeps, and chains.

The pictures of images, drawings and additions stand in `shapes_of_tasks`.
"""

import re

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LinearSegmentedColormap, PowerNorm
from matplotlib.patheffects import withStroke

from rnnlib import plots
from rnnlib.tasks import ELMAN_LETTERS

from .shapes_of_tasks import (
    carry_in_a_unit,
    describe_rows,
    draw_rows,
    drawings,
    task_shapes,
    update_rows,
)

__all__ = [
    "LETTERS_BENCH",
    "ROWS_BENCH",
    "carry_in_a_unit",
    "describe_letters",
    "describe_rows",
    "draw_letters",
    "draw_rows",
    "drawings",
    "markov_chain",
    "only_letters",
    "same_letter",
    "sensitivity_and_memory",
    "syllables",
    "task_shapes",
    "update_letters",
    "update_rows",
]

SYMBOLS = [
    "end",
    "a",
    "b",
    "c",
    "d",
    "e",
    "f",
    "g",
    "h",
    "i",
    "j",
    "k",
    "l",
    "m",
    "n",
    "o",
    "p",
    "q",
    "r",
    "s",
    "t",
    "u",
    "v",
    "w",
    "x",
    "y",
    "z",
]
DARK = "#332288"
CAME = "#CC3311"  # the symbol that really came
# Darker is likelier. Zero is a light tint, so that a column that has been read stands out.
PROBABILITY = LinearSegmentedColormap.from_list("probability", ["#F1EFF8", "#8C82C4", DARK])
MOST_COLUMNS = 17
HALO = [withStroke(linewidth=3.5, foreground="white")]


def row_of(letter):
    """The row of a symbol in the pictures; the dot has row 0."""
    return 0 if letter == "." else ord(letter) - ord("a") + 1


def probability_norm():
    """The square root of a probability is drawn, because small ones would not be seen."""
    return PowerNorm(0.5, vmin=0, vmax=1)


# Bench 2b.1: reading letters


def only_letters(text):
    """The text in small letters, without anything that the network can't read."""
    return re.sub("[^a-z]", "", text.lower())[: MOST_COLUMNS - 1]


def draw_letters(fig, data):
    """What the network expects after each letter, and as bars what it expects now."""
    steps, now = fig.subplots(1, 2, width_ratios=(1.75, 1))
    artists = _draw_steps(steps) | _draw_expected(now, data)
    for ax in (steps, now):
        ax.set_yticks(range(27), SYMBOLS, fontsize=10)
        ax.tick_params(length=0)
        ax.grid(False)
        ax.set_ylim(26.5, -0.5)
    return artists


def _draw_steps(ax):
    paper = np.ma.masked_array(np.zeros((27, MOST_COLUMNS)), mask=True)
    image = ax.imshow(paper, cmap=PROBABILITY, norm=probability_norm(), aspect="auto")
    for k in range(1, 27):
        ax.axhline(k - 0.5, color="white", lw=0.8)
    for k in range(1, MOST_COLUMNS):
        ax.axvline(k - 0.5, color="white", lw=2)
    ring = {"marker": "o", "ms": 10, "mfc": "none", "linestyle": ""}
    (halo,) = ax.plot([], [], mec="white", mew=4, **ring)
    (came,) = ax.plot([], [], mec=CAME, mew=1.8, **ring)
    below = {"ha": "center", "va": "top", "fontsize": 13, "transform": ax.get_xaxis_transform()}
    letters = [ax.text(k, -0.015, "", **below) for k in range(MOST_COLUMNS)]
    ax.set(xticks=[], xlim=(-0.5, MOST_COLUMNS - 0.5))
    ax.set_xlabel("the letter that has been read", labelpad=22)
    ax.set_title("What it expects after each letter, and what came (ring)")
    ax.spines[["left", "bottom"]].set_visible(False)
    return {"image": image, "halo": halo, "came": came, "letters": letters}


def _draw_expected(ax, data):
    bars = ax.barh(range(27), data["p"][-1], color=DARK, height=0.75).patches
    best = [ax.text(0, k, "", va="center", fontsize=10.5) for k in range(3)]
    title = ax.set_title(_after(data))
    ax.set(xlim=(0, 1.2), xlabel="probability", xticks=[0, 0.25, 0.5, 0.75, 1])
    return {"bars": bars, "best": best, "title": ax.text(0, 1, "") if title is None else title}


def _after(data):
    word = data["letters"][1:]
    return f"What comes after “{word}”" if word else "What comes first in a word"


def update_letters(artists, data):
    """Show what compute_letters has returned."""
    p, letters = data["p"].astype(float), data["letters"]
    T = len(letters)
    columns = np.ma.masked_array(np.zeros((27, MOST_COLUMNS)), mask=True)
    columns[:, :T] = p.T
    artists["image"].set_data(columns)
    rows = [row_of(letter) for letter in letters[1:]]
    artists["halo"].set_data(range(T - 1), rows)
    artists["came"].set_data(range(T - 1), rows)
    for text, letter in zip(artists["letters"], letters.ljust(MOST_COLUMNS), strict=True):
        text.set_text(letter.strip())
    for bar, width in zip(artists["bars"], p[-1], strict=True):
        bar.set_width(width)
    for text, row in zip(artists["best"], np.argsort(-p[-1])[:3], strict=True):
        text.set(position=(p[-1, row] + 0.015, row), text=f"{SYMBOLS[row]} {p[-1, row]:.0%}")
    artists["title"].set_text(_after(data))


def describe_letters(data):
    """One line of words for a reader who does not see the picture."""
    p, word = data["p"][-1], data["letters"][1:]
    names = ["the end of the word", *SYMBOLS[1:]]
    likely = ", ".join(f"{names[k]} {p[k]:.0%}" for k in np.argsort(-p)[:3])
    place = f"After “{word}”" if word else "At the start of a word"
    return f"{place} the network expects {likely}."


LETTERS_BENCH = {
    "describe": describe_letters,
    "figsize": (11, 4.8),
    "name": "letters",
    "presets": {word: {"text": word} for word in ("q", "th", "ch", "streng", "recurren", "quick")},
}


ROWS_BENCH = {
    "describe": describe_rows,
    "play": "t",
    "figsize": (11, 3.9),
    "name": "rows",
    "presets": {
        "Half read": {"t": 4, "blank": 9},
        "Read": {"t": 8, "blank": 9},
        "Lower half covered": {"t": 8, "blank": 5},
    },
}


# Figure 2b.1: the state after an h

CONTEXTS = {
    "t": ("#332288", "o"),
    "c": ("#CC3311", "s"),
    "s": ("#117733", "^"),
    "g": ("#AA4499", "D"),
    "p": ("#8A7A00", "v"),
    ".": ("#3A7CA5", "*"),
}


# The clouds of th and gh lie on each other, so their names stand beside them.
SHIFTS = {"t": (-0.75, -0.45), "g": (0.65, -0.3)}


def same_letter(states, letter_before):
    """The states after an h on their two principal axes, coloured by the letter before the h."""
    centred = states.astype(float) - states.mean(axis=0)
    axes = np.linalg.svd(centred, full_matrices=False)[2][:2]
    largest = np.abs(axes).argmax(axis=1)
    axes *= np.sign(axes[np.arange(2), largest])[:, None]  # of the two directions, always the same
    places = centred @ axes.T
    fig, ax = plt.subplots(figsize=(9, 4.4))
    others = ~np.isin(letter_before, list(CONTEXTS))
    ax.scatter(*places[others].T, s=9, color="#D0D0D0", label="others")
    for letter, (colour, marker) in CONTEXTS.items():
        cloud = places[letter_before == letter]
        look = {"s": 24, "color": colour, "marker": marker, "linewidths": 0}
        ax.scatter(*cloud.T, alpha=0.65, label=letter, **look)
        name = "h at the start" if letter == "." else f"{letter}h"
        label = {"color": colour, "size": 13, "weight": "bold", "ha": "center", "va": "center"}
        place = np.median(cloud, axis=0) + SHIFTS.get(letter, (0, 0))
        ax.text(*place, name, path_effects=HALO, zorder=5, **label)
    ax.set(xlabel="first principal axis", ylabel="second principal axis")
    ax.set_title(f"The state after an h, at {len(states)} places (grey: after another letter)")
    plots.show(
        fig,
        f"{len(states)} hidden states, each directly after an h. The states after th, ch, sh, gh, "
        "ph and after an h at the start of a word form clouds in different places, which partly "
        "overlap.",
    )


# Figure 2b.2: sensitivity and memory

TRAINING = {"before training": ("#CC6677", "s"), "after training": (DARK, "o")}
DISCUSSED = 5  # the lag that the text looks at


def sensitivity_and_memory(sensitive, memory, guessing):
    """Two panels over the lag: how sensitive the state is to a letter, and how well it names it."""
    fig, (left, right) = plt.subplots(1, 2, figsize=(10, 3.9))
    lags = np.arange(len(guessing))
    percent = {name: 100 * np.array(shares) for name, shares in memory.items()}
    for name, (colour, marker) in TRAINING.items():
        look = {"color": colour, "marker": marker, "ms": 6, "label": name}
        left.semilogy(lags, sensitive[name], **look)
        right.plot(lags, percent[name], **look)
    baseline = 100 * np.array(guessing)
    right.plot(lags, baseline, color="#777777", linestyle=(0, (4, 2)), label="guessing")
    _name_curves(left, right, sensitive, percent, baseline)
    for ax in (left, right):
        ax.axvspan(DISCUSSED - 0.3, DISCUSSED + 0.3, color="#F0EAD2", zorder=0)
        ax.set(xlabel="lag k (letters back)", xticks=lags)
    values = np.concatenate(list(sensitive.values()))
    left.set(ylim=(values.min() / 1.5, values.max() * 1.5), ylabel="$|∂h_T/∂x_{T-k}|$")
    left.set_title("Sensitivity: how much the state would change")
    right.set(ylim=(0, 104), ylabel="right, %", title="Memory: how often a probe names the letter")
    plots.show(fig, _words_on_memory(sensitive, percent, baseline))


def _name_curves(left, right, sensitive, percent, baseline):
    places = (
        (left, 6.3, sensitive["after training"][6] * 1.25, "after training", "bottom"),
        (left, 2.7, sensitive["before training"][3] / 1.3, "before training", "top"),
        (right, 3.2, percent["before training"][3] - 5, "before training", "top"),
        (right, 3.2, percent["after training"][3] + 3, "after training", "bottom"),
    )
    for ax, x, y, name, side in places:
        ha = "right" if ax is left and side == "top" else "left"
        ax.text(x, y, name, color=TRAINING[name][0], ha=ha, va=side, size=11)
    right.text(0.1, baseline[0] - 2, "guessing", color="#666666", va="top", size=11)


def _words_on_memory(sensitive, percent, baseline):
    after, before = "after training", "before training"
    k = DISCUSSED
    more = "more" if sensitive[after][k] > sensitive[before][k] else "less"
    return (
        f"Left: after training, the state is {more} sensitive to the letter {k} steps back than "
        f"before training. Right: a probe names this letter in {percent[before][k]:.0f} % of the "
        f"words before training and in {percent[after][k]:.0f} % after it; guessing is right in "
        f"{baseline[k]:.0f} %. Nine letters back it is {percent[before][9]:.0f} % and "
        f"{percent[after][9]:.0f} %."
    )


# Optional: a Markov chain, and Elman's letters


def markov_chain(chain, start, flow):
    """The matrix of letter pairs, and the distribution over time from certainty at one symbol."""
    fig, (left, right) = plt.subplots(1, 2, figsize=(11, 5.2), width_ratios=(1, 1.05))
    look = {"cmap": PROBABILITY, "aspect": "auto"}
    image = left.imshow(chain, norm=probability_norm(), **look)
    first = int(start.argmax())
    right.imshow(np.vstack([start, flow]).T, norm=probability_norm(), **look)
    names = ["."] + SYMBOLS[1:]
    left.set_xticks(range(27), names, fontsize=10)
    left.set(xlabel="this symbol (column j)", ylabel="next symbol (row i)", title="U, counted")
    right.set(xlabel="step t", xticks=range(0, len(flow) + 1, 2))
    right.set_title(f"$h_t$, starting from {names[first]}")
    for ax in (left, right):
        ax.set_yticks(range(27), names, fontsize=10)
        ax.grid(False)
    left.axvline(first - 0.5, color=CAME, lw=1.2)
    left.axvline(first + 0.5, color=CAME, lw=1.2)
    bar = fig.colorbar(image, ax=right, label="probability", pad=0.02)
    bar.set_ticks([0, 0.05, 0.2, 0.5, 1], labels=["0", "0.05", "0.2", "0.5", "1"])
    best, last = int(flow[0].argmax()), int(flow[-1].argmax())
    plots.show(
        fig,
        f"Left: the matrix of letter pairs, with the column of {names[first]} marked. Right: after "
        f"one step from {names[first]} the likeliest symbol is {names[best]} "
        f"({flow[0, best]:.2f}). Then the distribution spreads until it changes no more; its "
        f"likeliest symbol is {names[last]} ({flow[-1, last]:.2f}).",
    )


def syllables(error, bits):
    """The error in predicting each letter, one bar for each. error (T,), bits (T, 6)."""
    names = {code: letter for letter, code in ELMAN_LETTERS.items()}
    letters = [names["".join(f"{bit:.0f}" for bit in step)] for step in bits]
    starts = np.isin(letters, list("bdg"))
    fig, ax = plt.subplots(figsize=(9.5, 3.1))
    places = np.arange(len(letters))
    ax.bar(places, error, color=np.where(starts, CAME, "#555555"), width=0.8)
    ax.set_xticks(places, letters, fontsize=12)
    for label, is_start in zip(ax.get_xticklabels(), starts, strict=True):
        label.set(color=CAME if is_start else "#333333", weight="bold" if is_start else "normal")
    ax.tick_params(axis="x", length=0)
    ax.grid(axis="x", visible=False)
    ax.set(xlabel="the letter to predict", ylabel="squared error", xlim=(-0.7, len(letters) - 0.3))
    ax.set_title("A syllable starts at each red letter")
    plots.show(
        fig,
        f"The error at {len(letters)} letters of Elman's stream. At b, d and g, where a syllable "
        f"starts, it is {error[starts].mean():.3f} on average; at the vowels it is "
        f"{error[~starts].mean():.4f}.",
    )
