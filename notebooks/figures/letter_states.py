"""Pictures of lesson 02b: what the state keeps of the letter before, and of earlier ones."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patheffects import withStroke

from rnnlib import plots

DARK = "#332288"
HALO = [withStroke(linewidth=3.5, foreground="white")]


# Figure 2b.4: the state after an h

# For the letter before the h: colour, marker, and where the label stands from the cloud's middle.
CONTEXTS = {
    "t": ("#332288", "o", (-1.55, 0.75)),
    "c": ("#CC3311", "s", (-1.0, -0.6)),
    "s": ("#117733", "^", (0.1, 1.0)),
    "g": ("#AA4499", "D", (-1.35, -0.85)),
    "p": ("#8A7A00", "v", (0.45, 0.5)),
    ".": ("#3A7CA5", "*", (-0.12, 0.0)),
}


def same_letter(states, letter_before):
    """The states after an h on their two principal axes, coloured by the letter before the h.

    states (N, H), letter_before (N,): a dot where the h is the first letter of its word.
    """
    places = _on_principal_axes(states)
    fig, ax = plt.subplots(figsize=(9, 4.6))
    others = ~np.isin(letter_before, list(CONTEXTS))
    ax.scatter(*places[others].T, s=9, color="#D0D0D0", label="others")
    for letter in CONTEXTS:
        _draw_cloud(ax, letter, places[letter_before == letter])
    ax.margins(0.05)
    ax.set(xlabel="first principal axis", ylabel="second principal axis")
    ax.set_title(f"The state after an h, at {len(states)} places (grey: after another letter)")
    plots.show(
        fig,
        f"{len(states)} hidden states, each directly after an h. The states after th, ch, sh, gh "
        "and ph form clouds in different places, which partly overlap; those of th and gh lie on "
        "each other. All states after an h at the start of a word are one single point, far from "
        "the clouds.",
    )


def _on_principal_axes(states):
    """Each state's place (N, 2) along the two directions in which the states are spread most."""
    centred = states.astype(float) - states.mean(axis=0)
    axes = np.linalg.svd(centred, full_matrices=False)[2][:2]
    largest = np.abs(axes).argmax(axis=1)
    axes *= np.sign(axes[np.arange(2), largest])[:, None]  # of the two directions, always the same
    return centred @ axes.T


def _draw_cloud(ax, letter, cloud):
    """The points of one letter before the h, and their name. cloud (N, 2)."""
    colour, marker, shift = CONTEXTS[letter]
    look = {"color": colour, "marker": marker, "linewidths": 0, "label": letter}
    name = {"color": colour, "size": 13, "weight": "bold", "va": "center", "zorder": 5}
    middle = np.median(cloud, axis=0)
    place = middle + shift
    if letter == ".":
        # The network has read nothing but the dot and the h, so all these states are the same.
        ax.scatter(*cloud.T, s=170, zorder=6, clip_on=False, **look)
        ax.text(*place, f"h at the start, {len(cloud)} times", ha="right", **name)
        return
    ax.scatter(*cloud.T, s=24, alpha=0.65, **look)
    # A thin line leads from the name to the cloud's point that is nearest to it.
    nearest = cloud[np.linalg.norm(cloud - place, axis=1).argmin()]
    ax.plot(*np.transpose([place, nearest]), color=colour, lw=1, zorder=4)
    ax.text(*place, f"{letter}h", ha="center", path_effects=HALO, **name)


# Figure 2b.1: sensitivity and memory

TRAINING = {"before training": ("#CC6677", "s"), "after training": (DARK, "o")}


def sensitivity_and_memory(sensitive, memory, from_letters):
    """Two panels over the lag: how far the state moves with a letter, and how well it names it."""
    fig, (left, right) = plt.subplots(1, 2, figsize=(10, 3.9))
    lags = np.arange(len(from_letters))
    percent = {name: 100 * np.array(shares) for name, shares in memory.items()}
    for name, (colour, marker) in TRAINING.items():
        look = {"color": colour, "marker": marker, "ms": 6, "label": name}
        left.plot(lags, sensitive[name], **look)
        right.plot(lags, percent[name], **look)
    baseline = 100 * np.array(from_letters)
    right.plot(lags, baseline, color="#777777", linestyle=(0, (4, 2)), label="last three letters")
    _name_curves(left, right, sensitive, percent, baseline)
    for ax in (left, right):
        ax.set(xlabel="lag k (letters back)", xticks=lags)
    values = np.concatenate(list(sensitive.values()))
    how_far = "how far the state moves, in\ndistances between two words' states"
    left.set(ylim=(0, values.max() * 1.1), ylabel=how_far)
    left.set_title("Sensitivity: the letter is replaced")
    right.set(ylim=(0, 104), ylabel="right, %", title="Memory: how often a linear probe names it")
    plots.show(fig, _words_on_memory(sensitive, percent, baseline))


def _name_curves(left, right, sensitive, percent, baseline):
    places = (
        (left, 2.2, sensitive["after training"][2] + 0.02, "after training", "bottom"),
        (left, 0.05, sensitive["before training"][2] - 0.06, "before training", "top"),
        (right, 5.2, percent["before training"][5] - 4, "before training", "top"),
        (right, 4.3, percent["after training"][4] + 2, "after training", "bottom"),
    )
    for ax, x, y, name, side in places:
        ax.text(x, y, name, color=TRAINING[name][0], va=side, size=11)
    last_three = "from the last\nthree letters"
    right.text(3.1, 27, last_three, color="#666666", ha="right", va="center", size=11)


def _words_on_memory(sensitive, percent, baseline):
    after, before = "after training", "before training"
    more = "more" if sensitive[after][0] > sensitive[before][0] else "less"
    moves, moved = sensitive[after][9], sensitive[before][9]
    return (
        f"Left: after training, the state is {more} sensitive to the last letter than before "
        f"training. If the letter nine steps back is replaced, it moves by {moves:.2f} of the "
        f"distance between two words' states after training, and by {moved:.2f} before it. Right: "
        f"a probe names this letter in {percent[after][9]:.0f} % of the words after training and "
        f"in {percent[before][9]:.0f} % before it; the last three letters alone name it in "
        f"{baseline[9]:.0f} %."
    )
