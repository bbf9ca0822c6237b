"""What draws the picture of the welcome page's bench."""

import numpy as np

from rnnlib import plots


def draw_unit(fig, data):
    """The input pulse as a bar, and the hidden state over the steps."""
    ax, t = fig.subplots(), np.arange(1, len(data["h"]) + 1)
    ax.bar(t, t == 1, width=0.12, color=plots.COLOURS["x"])
    ax.text(1.4, 0.97, "input $x_t$", color="#666666", va="top")
    (line,) = ax.plot(
        t, data["h"], **plots.symbol("h", marker="o", markersize=5, lw=1.2, linestyle="-")
    )
    ax.text(2.6, 0.62, "hidden state $h_t$", color="#A86F00")
    ax.axhline(0, color="#999999", lw=0.8)
    ax.set(xlabel="step t", xlim=(0, 31), ylim=(-1.1, 1.1))
    return {"h": line}


def update_unit(artists, data):
    """Move the hidden state to what compute_unit has returned."""
    artists["h"].set_ydata(data["h"])


def describe_unit(data):
    """One line of words for a reader who does not see the picture."""
    first, tenth, last = (f"{data['h'][k]:.3f}" for k in (0, 9, -1))
    return (
        f"With w = {data['w']:.2f} and u = {data['u']:.2f} the hidden state is {first} at the "
        f"pulse, {tenth} at step 10 and {last} at step {len(data['h'])}."
    )


UNIT_BENCH = {
    "describe": describe_unit,
    "figsize": (9, 3.2),
    "name": "one unit",
    "presets": {
        "no memory": {"w": 1.0, "u": 0.0},
        "fades": {"w": 1.0, "u": 0.9},
        "keeps": {"w": 1.0, "u": 1.5},
        "changes its sign": {"w": 1.0, "u": -0.9},
    },
}
