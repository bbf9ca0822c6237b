"""What draws the pictures of lesson 01b: digits, learning curves, temporal XOR, and its bench."""

import matplotlib.pyplot as plt
import numpy as np

from rnnlib import plots

BLIND, SEEING = "#8A8A8A", "#332288"


def digits(images, labels):
    """Two examples of each digit, each under its label. images (n, 8, 8), labels (n,)."""
    fig, axes = plt.subplots(2, 10, figsize=(9, 2.1))
    for k, ax in enumerate(axes.flat):
        place = np.flatnonzero(labels == k % 10)[k // 10]
        ax.imshow(images[place], cmap="gray_r")
        ax.set_title(labels[place], fontsize=10, loc="center")
        ax.axis("off")
    plots.show(fig, "Two held-out examples of each digit, 0 to 9, each under its label.")


def learning(history, labels, answers):
    """Training and held-out loss by epoch, and the table of labels against answers."""
    fig, (left, right) = plt.subplots(1, 2, figsize=(9.6, 3.5), width_ratios=(1.1, 1))
    updates = np.arange(45, history.updates + 1)
    mean_of_last_epoch = np.convolve(history.loss, np.ones(45) / 45, "valid")
    left.semilogy(updates / 45, mean_of_last_epoch, **plots.symbol("train"))
    held_out = np.array(history.validation)
    left.semilogy(held_out[:, 0] / 45, held_out[:, 1], **plots.symbol("validation"))
    left.text(24, 0.075, "held out", color=plots.COLOURS["validation"])
    left.text(13, 0.016, "training", color=plots.COLOURS["train"])
    _mark_the_gap(left, 37, mean_of_last_epoch[37 * 45 - 45], held_out[36, 1])
    left.set(xlabel="epoch", ylabel="cross-entropy E, nats", title="Loss")
    _table(right, labels, answers)
    plots.show(
        fig,
        "Left: both losses fall, and the training loss falls on far below the held-out loss. "
        "Right: nearly all held-out digits lie on the diagonal, where the answer is the label.",
    )


def _mark_the_gap(ax, epoch, low, high):
    """An arrow with two heads between the two curves, and its name."""
    arrow = {"arrowstyle": "<->", "color": "#333333", "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", (epoch, low), (epoch, high), arrowprops=arrow)
    ax.text(epoch - 0.8, (low * high) ** 0.5, "gap", ha="right", va="center", color="#333333")


def _table(ax, labels, answers):
    """How many digits with each label got which answer, as numbers in a grid."""
    table = np.zeros((10, 10), int)
    np.add.at(table, (labels, answers), 1)
    ax.imshow(np.where(np.eye(10) > 0, 0, table > 0), cmap="Reds", vmin=0, vmax=3)
    for label, answer in np.argwhere(table):
        right = label == answer
        look = {"color": "#555555" if right else "#7F0000", "weight": "normal" if right else "bold"}
        ax.text(answer, label, table[label, answer], ha="center", va="center", fontsize=9, **look)
    ax.set(xlabel="answer", ylabel="label", xticks=range(10), yticks=range(10))
    ax.set_title(f"{(labels == answers).sum()} of {len(labels)} right")
    ax.grid(False)


def temporal_xor(errors):
    """The mean squared error at twelve steps. errors: {sees the previous bit: (T,)}."""
    fig, ax = plt.subplots(figsize=(9, 3.3))
    t = np.arange(1, 13)
    looks = {False: (BLIND, "s"), True: (SEEING, "o")}
    for step in t[1::3]:
        ax.axvspan(step - 0.5, step + 0.5, color="#F1E9D2", lw=0)
    ax.text(2, 0.345, "the XOR\ncomes next", ha="center", va="center", fontsize=11)
    best = ((1 / 9, "where the XOR\ncomes: 1/9"), (5 / 18, "elsewhere: 5/18"))
    for level, words in best:
        ax.axhline(level, color="black", lw=1, linestyle=(0, (3, 2)))
        ax.text(12.75, level, words, ha="left", va="center", fontsize=11)
    for sees_previous, (colour, marker) in looks.items():
        curve = errors[sees_previous].reshape(-1, 12).mean(axis=0)
        ax.plot(t, curve, marker=marker, ms=6, color=colour)
    ax.text(6.5, 0.24, "sees only\nthe present\nbit", color=BLIND, ha="center", va="top")
    ax.text(6.5, 0.295, "sees the previous bit, too", color=SEEING, ha="center", va="bottom")
    ax.set(xlabel="step t", ylabel="mean squared error", xlim=(0.4, 12.6), ylim=(0, 0.39), xticks=t)
    ax.set_title("Predicting bit t + 1")
    plots.show(
        fig,
        "The network that sees only the present bit has an error of 0.25 at every step. The "
        "network that also sees the previous bit has an error of 1/9 at steps 2, 5, 8 and 11, "
        "where the XOR comes next, and of 5/18 at all others.",
    )


def bits_per_letter(bits):
    """One bar for each predictor, with its number. bits: {name: bits per letter}."""
    fig, ax = plt.subplots(figsize=(9, 2.7))
    colours = [SEEING if name.startswith("network") else "#C8C8C8" for name in bits]
    names = [
        f"{name} letter{'s' * name.endswith('2')}" if "sees" in name else name for name in bits
    ]
    ax.barh(names, bits.values(), color=colours, height=0.62)
    for row, value in enumerate(bits.values()):
        colour = "white" if colours[row] == SEEING else "black"
        ax.text(value - 0.06, row, f"{value:.2f}", ha="right", va="center", color=colour)
    floor = bits["table of bigrams"]
    ax.axvline(floor, color="black", lw=1, linestyle=(0, (3, 2)))
    ax.text(floor + 0.05, len(bits) - 0.42, "table of bigrams", va="center", fontsize=11)
    ax.set_ylim(len(bits) - 0.1, -0.6)
    ax.grid(axis="y")
    ax.set(xlabel="bits per letter on held-out words", xlim=(0, 5.3))
    plots.show(
        fig,
        "Bits per letter on held-out words: guessing needs more than 4; the table of bigrams and "
        "the network that sees one letter need nearly the same; with two letters it needs less.",
    )


# Bench 1b.1


PALE = "#767676"
RING = {"marker": "o", "ms": 10, "mew": 2, "mfc": "none", "mec": "#E69F00", "ls": "none"}


def draw_digit(fig, data):
    """Three panels: the image, the probabilities, and where ink would help."""
    fig.get_layout_engine().set(w_pad=0.1)
    seen, scores, helps = fig.subplots(1, 3, width_ratios=(1.3, 1.25, 0.75))
    signed = plt.get_cmap(plots.SIGNED).with_extremes(bad="#CFCFCF")
    artists = {
        "image": seen.imshow(data["image"], cmap="gray_r", vmin=0, vmax=1),
        "bars": scores.barh(range(10), data["p"], color="#332288").patches,
        "help": helps.imshow(_scaled_help(data), cmap=signed, vmin=-1, vmax=1),
        "outline": helps.plot(*_outline(data["image"]), color="black", lw=1.5)[0],
        "ring": helps.plot([0], [0], **RING)[0],
    }
    _place_ring(artists["ring"], data)
    bar = fig.colorbar(artists["help"], ax=helps, shrink=0.5, pad=0.03, ticks=(-1, 0, 1))
    bar.set_label("−∂E/∂x, scaled", fontsize=10, color=PALE)
    bar.ax.tick_params(labelsize=10, labelcolor=PALE)
    scores.set(
        xlim=(0, 1.1),
        xticks=(0, 0.5, 1),
        yticks=range(10),
        xlabel="probability p",
        title="Its answer",
    )
    triangle = {"marker": "<", "ms": 10, "color": "#117733", "clip_on": False}
    (artists["label"],) = scores.plot([1.05], [data["label"]], **triangle)
    seen.set_title("What it sees")
    helps.set_title("Optional: would more ink help?", fontsize=10, color=PALE)
    for ax in (seen, helps):
        ax.set(xticks=[], yticks=[])
        ax.grid(False)
        ax.spines[:].set(visible=True, color="#999999")  # the image ends here
    return artists


def _useful_help(data):
    """−∂E/∂x, and nan where it says nothing: at the edges, on empty paper and on full ink."""
    shown = data["help"].copy()
    shown[:, [0, -1]] = np.nan  # the training images have almost no ink there
    shown[(data["image"] == 0) & (shown < 0)] = np.nan  # no ink is left to take away
    shown[(data["image"] >= 1) & (shown > 0)] = np.nan  # no more ink fits there
    return shown


def _scaled_help(data):
    """The same, as a share of the largest value, or of 1 where all values are smaller."""
    shown = _useful_help(data)
    return shown / max(1.0, np.nanmax(np.abs(shown)))


def _place_ring(ring, data):
    """Put the ring where ink would help most; hide it where it would hardly help."""
    shown = _useful_help(data)
    row, column = np.unravel_index(np.nanargmax(shown), shown.shape)
    ring.set_data([column], [row])
    ring.set_visible(bool(shown[row, column] > 0.05))


def _outline(image):
    """x and y of the borders between pixels with and without ink; nan lifts the pen."""
    ink = np.pad(image > 0.2, 1)
    x, y = [], []
    for row, column in np.argwhere(ink[:, 1:] != ink[:, :-1]):
        x += [column - 0.5, column - 0.5, np.nan]
        y += [row - 1.5, row - 0.5, np.nan]
    for row, column in np.argwhere(ink[1:] != ink[:-1]):
        x += [column - 1.5, column - 0.5, np.nan]
        y += [row - 0.5, row - 0.5, np.nan]
    return x, y


def update_digit(artists, data):
    """Show what compute_digit has returned."""
    artists["image"].set_data(data["image"])
    for bar, p in zip(artists["bars"], data["p"], strict=True):
        bar.set_width(p)
    artists["label"].set_data([1.05], [data["label"]])
    artists["help"].set_data(_scaled_help(data))
    _place_ring(artists["ring"], data)
    artists["outline"].set_data(*_outline(data["image"]))


def describe_digit(data):
    """One line of words for a reader who does not see the picture."""
    p, label = data["p"], data["label"]
    answer = int(p.argmax())
    outcome = "Right" if answer == label else f"Wrong: the label is {label} (p = {p[label]:.2f})"
    return f"It answers {answer} (p = {p[answer]:.2f}). {outcome}."


def digit_bench(clear, hard):
    """The bench's words, size and presets, for a digit that is clear and one that is misread."""
    return {
        "describe": describe_digit,
        "figsize": (10, 3.2),
        "name": "digit",
        "presets": {
            "Seven": dict(which=clear, right=0, down=0, noise=0.0),
            "A misread one": dict(which=hard, right=0, down=0, noise=0.0),
            "Noisy": dict(which=clear, right=0, down=0, noise=0.6),
        },
    }
