"""What draws the pictures of lesson 02b; here, its two benches.

The pictures of what a state keeps stand in `letter_states`, those of images, drawings and additions
in `shapes_of_tasks`, and those of Markov's and Elman's letters in `chains`.
"""

import re

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, PowerNorm

from .chains import markov_chain, syllables
from .letter_states import same_letter, sensitivity_and_memory
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

SYMBOLS = ["end", *"abcdefghijklmnopqrstuvwxyz"]  # as the rows of the letters bench are named
DARK = "#332288"
CAME = "#CC3311"  # the symbol that really came
# Darker is likelier. Zero is a light tint, so that a column that has been read stands out.
PROBABILITY = LinearSegmentedColormap.from_list("probability", ["#F1EFF8", "#8C82C4", DARK])
MOST_COLUMNS = 17
ABOVE_NUMBERS = 17  # points between a panel and its title, which leave room for the red numbers


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
    """One column for each letter that has been read. Together they are as wide as the panel."""
    image = ax.imshow(np.zeros((27, 1)), cmap=PROBABILITY, norm=probability_norm(), aspect="auto")
    image.set_extent((0, 1, 26.5, -0.5))
    for k in range(1, 27):
        ax.axhline(k - 0.5, color="white", lw=0.8)
    (gaps,) = ax.plot([], [], color="white", lw=2)
    ring = {"marker": "o", "ms": 10, "mfc": "none", "linestyle": ""}
    (halo,) = ax.plot([], [], mec="white", mew=4, **ring)
    (came,) = ax.plot([], [], mec=CAME, mew=1.8, **ring)
    style = {"ha": "center", "transform": ax.get_xaxis_transform()}
    letters = [ax.text(0, -0.015, "", va="top", size=13, **style) for _ in range(MOST_COLUMNS)]
    letters[0].set(text="start", size=11, y=-0.02)  # here the dot before the word is read
    above = {"va": "bottom", "size": 8.5, "color": CAME, "weight": "bold"}
    shares = [ax.text(0, 1.005, "", **above, **style) for _ in range(MOST_COLUMNS - 1)]
    ax.set(xticks=[], xlim=(0, 1))
    ax.set_xlabel("the letter that has been read", labelpad=22)
    title = "What it expects after each letter. Red: what came, and its probability"
    ax.set_title(title, pad=ABOVE_NUMBERS)
    ax.spines[["left", "bottom"]].set_visible(False)
    columns = {"image": image, "gaps": gaps, "halo": halo, "came": came}
    return columns | {"letters": letters, "shares": shares}


def _draw_expected(ax, data):
    bars = ax.barh(range(27), data["p"][-1], color=DARK, height=0.75).patches
    best = [ax.text(0, k, "", va="center", fontsize=11) for k in range(3)]
    ax.set(xlim=(0, 1.2), xlabel="probability", xticks=[0, 0.25, 0.5, 0.75, 1])
    title = ax.set_title(_after(data), loc="left", pad=ABOVE_NUMBERS)
    return {"bars": bars, "best": best, "title": title}


def _after(data):
    word = data["letters"][1:]
    return f"What follows “{word}”" if word else "What comes first in a word"


def update_letters(artists, data):
    """Show what compute_letters has returned."""
    _update_steps(artists, data["p"].astype(float), data["letters"])
    p = data["p"][-1]
    for bar, width in zip(artists["bars"], p, strict=True):
        bar.set_width(width)
    for text, row in zip(artists["best"], np.argsort(-p)[:3], strict=True):
        text.set(position=(p[row] + 0.015, row), text=f"{SYMBOLS[row]} {p[row]:.0%}")
    artists["title"].set_text(_after(data))


def _update_steps(artists, p, letters):
    """Make the columns as wide as their number allows, and ring in each the symbol that came."""
    T = len(letters)
    middles = (np.arange(T) + 0.5) / T
    artists["image"].set_data(p.T)
    edges = np.repeat(np.arange(1, T) / T, 3)
    artists["gaps"].set_data(edges, np.tile([-0.5, 26.5, np.nan], T - 1))  # one line, with breaks
    rows = [row_of(letter) for letter in letters[1:]]
    artists["halo"].set_data(middles[:-1], rows)
    artists["came"].set_data(middles[:-1], rows)
    for text in artists["letters"][1:] + artists["shares"]:
        text.set_text("")
    artists["letters"][0].set_x(middles[0])
    for k in range(1, T):
        artists["letters"][k].set(x=middles[k], text=letters[k])
        artists["shares"][k - 1].set(x=middles[k - 1], text=f"{p[k - 1, rows[k - 1]]:.0%}")


def describe_letters(data):
    """One line of words for a reader who does not see the picture."""
    p, word = data["p"][-1], data["letters"][1:]
    names = ["the end of the word", *SYMBOLS[1:]]
    likely = ", ".join(f"{names[k]} {p[k]:.0%}" for k in np.argsort(-p)[:3])
    place = f"After “{word}”" if word else "At the start of a word"
    return f"{place} the network expects {likely}."


LETTERS_BENCH = {
    "describe": describe_letters,
    "figsize": (11, 5),
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
