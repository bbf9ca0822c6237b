"""Pictures of lesson 02b's chains of letters: Markov's letter pairs and Elman's syllables."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LinearSegmentedColormap, PowerNorm

from rnnlib import plots
from rnnlib.tasks import ELMAN_LETTERS

PROBABILITY = LinearSegmentedColormap.from_list("probability", ["#F1EFF8", "#8C82C4", "#332288"])
MARKED = "#CC3311"  # the column of the start, and the letters that start a syllable
SYMBOLS = list(".abcdefghijklmnopqrstuvwxyz")


def markov_chain(chain, start, flow):
    """The matrix of letter pairs, and the distribution over time from certainty at one symbol."""
    fig, (left, right) = plt.subplots(1, 2, figsize=(11, 5.2), width_ratios=(1, 1.05))
    # The square root of a probability is drawn, because small ones would not be seen.
    norm = PowerNorm(0.5, vmin=0, vmax=1)
    look = {"cmap": PROBABILITY, "norm": norm, "aspect": "auto"}
    image = left.imshow(chain, **look)
    first = int(start.argmax())
    right.imshow(np.vstack([start, flow]).T, **look)
    left.set_xticks(range(27), SYMBOLS, fontsize=10)
    left.set(xlabel="this symbol (column j)", ylabel="next symbol (row i)", title="U, counted")
    right.set(xlabel="step t", xticks=range(0, len(flow) + 1, 2))
    right.set_title(f"$h_t$, starting from {SYMBOLS[first]}")
    for ax in (left, right):
        ax.set_yticks(range(27), SYMBOLS, fontsize=10)
        ax.grid(False)
    left.axvline(first - 0.5, color=MARKED, lw=1.2)
    left.axvline(first + 0.5, color=MARKED, lw=1.2)
    bar = fig.colorbar(image, ax=right, label="probability", pad=0.02)
    bar.set_ticks([0, 0.05, 0.2, 0.5, 1], labels=["0", "0.05", "0.2", "0.5", "1"])
    best, last = int(flow[0].argmax()), int(flow[-1].argmax())
    plots.show(
        fig,
        f"Left: the matrix of letter pairs, with the column of {SYMBOLS[first]} marked. Right: "
        f"after one step from {SYMBOLS[first]} the likeliest symbol is {SYMBOLS[best]} "
        f"({flow[0, best]:.2f}). Then the distribution spreads until it changes no more; its "
        f"likeliest symbol is {SYMBOLS[last]} ({flow[-1, last]:.2f}).",
    )


def syllables(error, bits):
    """The error in predicting each letter, one bar for each. error (T,), bits (T, 6)."""
    names = {code: letter for letter, code in ELMAN_LETTERS.items()}
    letters = [names["".join(f"{bit:.0f}" for bit in step)] for step in bits]
    starts = np.isin(letters, list("bdg"))
    fig, ax = plt.subplots(figsize=(9.5, 3.1))
    places = np.arange(len(letters))
    ax.bar(places, error, color=np.where(starts, MARKED, "#555555"), width=0.8)
    ax.set_xticks(places, letters, fontsize=12)
    for label, is_start in zip(ax.get_xticklabels(), starts, strict=True):
        label.set(color=MARKED if is_start else "#333333", weight="bold" if is_start else "normal")
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
