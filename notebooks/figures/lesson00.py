"""What draws the picture of the welcome page's bench."""

import numpy as np

from rnnlib import plots

# The states whose values stand in the picture, and where their texts begin, end or have their
# middle: so that they cover no other state, and stay inside.
LABELLED = {0: ("h₀", 0.35, "right"), 1: ("h₁", 0.85, "left"), 10: ("h₁₀", 10, "center"),
            30: ("h₃₀", 31.6, "right")}  # fmt: skip
STEM = "#F2D49B"  # a pale form of the hidden state's colour
STATE_TEXT = "#8A5A00"  # a dark one
GAP = 0.16  # between a point and its value


def draw_unit(fig, data):
    """The input above, the hidden state below, as points on stems, from step 0 on."""
    above, below = fig.subplots(2, sharex=True, height_ratios=(1, 3.4))
    t = np.arange(len(data["h"]))
    _draw_input(above, t)
    (stems,) = below.plot(np.repeat(t, 3), _stems(data["h"]), color=STEM, lw=2.2)
    below.plot([0, t[-1]], [0, 0], color="#999999", lw=0.8)
    (points,) = below.plot(t, data["h"], **plots.symbol("h", marker="o", ms=6, linestyle=""))
    values = [
        below.text(x, 0, "", color=STATE_TEXT, ha=side, fontsize=11)
        for _, x, side in LABELLED.values()
    ]
    below.set(xlabel="step t", xlim=(-3.2, 31.8), ylim=(-1.38, 1.38))
    below.set_ylabel("hidden state $h_t$", fontsize=11)
    settings = above.text(31.6, 0.9, "", ha="right", va="center", fontsize=12)
    artists = {"h": points, "stems": stems, "values": values, "settings": settings}
    update_unit(artists, data)
    return artists


def _draw_input(ax, t):
    """The pulse: one at step 1, and zero at all later steps."""
    x = (t[1:] == 1).astype(float)
    ax.vlines(1, 0, 1, color="#CCCCCC", lw=2.2)
    ax.plot(t[1:], x, "o", color=plots.COLOURS["x"], ms=5)
    ax.text(1.5, 0.98, "the pulse, $x_1 = 1$", color="#555555", va="center", fontsize=11)
    ax.set(ylim=(-0.25, 1.35), yticks=(0, 1))
    ax.set_ylabel("input $x_t$", fontsize=11)


def _stems(h):
    """One line that goes from zero to each state and back."""
    return np.column_stack([np.zeros_like(h), h, np.zeros_like(h)]).ravel()


def update_unit(artists, data):
    """Show the states that compute_unit has returned."""
    h = data["h"]
    artists["h"].set_ydata(h)
    artists["stems"].set_ydata(_stems(h))
    for (k, (name, _, _)), text in zip(LABELLED.items(), artists["values"], strict=True):
        words = in_digits(h[k], 3) if k else "0"
        # The text of h₀ stands on the other side of zero than that of h₁.
        is_below = words.startswith("−") if k else in_digits(h[1], 3)[0] != "−"
        text.set_text(f"{name} = {words}")
        text.set_y(h[k] - GAP if is_below else h[k] + GAP)
        text.set_verticalalignment("top" if is_below else "bottom")
    settings = f"w = {in_digits(data['w'], 2)},  u = {in_digits(data['u'], 2)}"
    artists["settings"].set_text(settings)


def in_digits(number, digits):
    """A number in words, with a proper minus sign, and never as minus zero."""
    rounded = round(float(number), digits) + 0.0  # −0.0 + 0.0 is 0.0
    return f"{rounded:.{digits}f}".replace("-", "−")


def describe_unit(data):
    """One line of words for a reader who does not see the picture."""
    first, second, tenth, last = (in_digits(data["h"][k], 3) for k in (1, 2, 10, -1))
    w, u = in_digits(data["w"], 2), in_digits(data["u"], 2)
    return (
        f"With w = {w} and u = {u} the hidden state is {first} at step 1, {second} at step 2, "
        f"{tenth} at step 10 and {last} at step {len(data['h']) - 1}."
    )


UNIT_BENCH = {
    "describe": describe_unit,
    "figsize": (9, 4.0),
    "name": "one unit",
    "presets": {
        "no memory": {"w": 1.0, "u": 0.0},
        "fades": {"w": 1.0, "u": 0.9},
        "fades very slowly": {"w": 1.0, "u": 1.0},
        "stays": {"w": 1.0, "u": 1.5},
        "flips and fades": {"w": 1.0, "u": -0.9},
        "flips and stays": {"w": 1.0, "u": -1.5},
    },
}
