"""What draws the pictures of lesson 05b, the gradient's way back through an LSTM.

Here is the bench; the figures stand in `gradient_left`, the map of the gates in `gates_map`.
"""

import numpy as np

from rnnlib import plots
from rnnlib.bench import Slider

from .gates_map import gates_map
from .gradient_left import gradient_left, joints, left_by_setting
from .line_names import LETTER_SIZE as SIZE
from .line_names import SMALLEST, name_beside, plain_axes, readable, spread

__all__ = [
    "WAY_BACK_BENCH",
    "WAY_BACK_SLIDERS",
    "describe_way_back",
    "draw_way_back",
    "gates_map",
    "gradient_left",
    "joints",
    "left_by_setting",
    "update_way_back",
]


# Bench 5b.1: the way back

LOWEST, HIGHEST = 1e-12, 1e4  # what lies beyond is drawn at the edge
WHOLE = plots.COLOURS["gradient"]
DIRECT = "#222222"
# {the data's name: (what the picture calls it, its look)}
TWO_LINES = {
    "whole": ("the whole gradient", {"color": WHOLE, "lw": 4}),
    "direct": ("forget gates alone", {"color": DIRECT, "lw": 2, "linestyle": (0, (4, 2))}),
}


def draw_way_back(fig, data):
    """One panel: what is left of the gradient, and what the forget gates alone would leave."""
    fig.set_layout_engine("none")  # because what stands to the right becomes longer and shorter
    ax = fig.subplots(gridspec_kw={"left": 0.09, "right": 0.78, "bottom": 0.13, "top": 0.92})
    back = np.arange(len(data["whole"]))
    ax.set_yscale("log")
    artists = {}
    for key, (_, look) in TWO_LINES.items():
        (artists[key],) = ax.plot(back, np.ones(len(back)), **look)
    for key, (name, look) in TWO_LINES.items():
        artists[key + " name"] = name_beside(ax, name, 0.5, look["color"], SIZE)
    # The ends lie a little outside, so that a line at the edge is seen in full.
    limits = {"xlim": (0, len(back) - 1), "ylim": (LOWEST / 3, HIGHEST * 3)}
    artists["title"] = plain_axes(ax, "", ylabel="length of the gradient", **limits)
    ax.set_yticks([1e-12, 1e-8, 1e-4, 1, 1e4])
    return artists


def update_way_back(artists, data):
    """Move both lines and their names to what compute_way_back has returned."""
    low, high = np.log10([LOWEST / 3, HIGHEST * 3])
    heights = []
    for key in TWO_LINES:
        drawn = np.clip(data[key], LOWEST, HIGHEST)
        artists[key].set_ydata(drawn)
        heights.append((np.log10(drawn[-1]) - low) / (high - low))
    places = spread(heights, gap=0.13)
    for key, height in zip(TWO_LINES, places, strict=True):
        text = artists[key + " name"]
        text.set(y=height, text=f"{TWO_LINES[key][0]}\n{_true_value(data[key][-1])}")
    bias = f"{data['forget_bias']:g}".replace("-", "−")
    artists["title"].set_text(f"Forget bias {bias}, recurrent weights U × {data['strength']:g}")


def _true_value(left):
    """The last value of a line, and where it lies if the axis does not reach so far."""
    if left < SMALLEST:
        return readable(left)
    if left < LOWEST:
        return f"{readable(left)}, below the axis"
    return f"{readable(left)}, above the axis" if left > HIGHEST else f"length {readable(left)}"


def describe_way_back(data):
    """One line of words for a reader who does not see the picture."""
    steps, whole, direct = len(data["whole"]) - 1, data["whole"][-1], data["direct"][-1]
    words = f"After {steps} steps {readable(whole)} of the gradient is left"
    if whole > 1.005:
        words = (
            f"After {steps} steps the gradient is {readable(whole)} times as long as at its start"
        )
    return f"{words}; the forget gates alone would leave {readable(direct)}."


WAY_BACK_SLIDERS = {
    "forget_bias": Slider("forget bias", 0.0, 8.0, 0.5, 3.0),
    "input_bias": Slider("input bias", -6.0, 2.0, 0.5, 0.0),
    "strength": Slider("recurrent weights ×", 0.0, 2.0, 0.1, 1.0),
    "seed": Slider("seed", 0, 4, 1, 0),
}
WAY_BACK_BENCH = {
    "describe": describe_way_back,
    "figsize": (10, 4.6),
    "name": "way back",
    "presets": {
        "No detour": dict(forget_bias=7.0, input_bias=0.0, strength=0.0, seed=0),
        "Default bias 1": dict(forget_bias=1.0, input_bias=0.0, strength=1.0, seed=0),
        "Closed inputs": dict(forget_bias=7.0, input_bias=-6.0, strength=1.0, seed=0),
        "Strong U": dict(forget_bias=7.0, input_bias=0.0, strength=2.0, seed=0),
    },
}
