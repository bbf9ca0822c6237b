"""The pictures that slider_latency.py times: a lesson's benches, each with a code in its corner.

This runs in the kernel. The code is a row of squares that spell the position of the bench's first
slider as a binary number, black for 1, the lowest digit first. A red square ends it.
"""

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from IPython.utils.capture import capture_output
from support.lessons import namespace

from rnnlib.bench import Bench, Slider, all_benches

SQUARES = 8


def turns(lesson, names, techniques):
    """What the cell shows, one after the other: every bench of the lesson in every technique."""
    with capture_output():  # the lesson's own benches stay off the page
        namespace(lesson)
    benches = {bench.name: bench for bench in all_benches}
    for name in names:
        for technique in techniques:
            show = as_bench if technique == "bench" else as_interact
            yield show(benches[name])


def with_code(bench):
    """The bench's draw and update, with squares that spell the position of its first slider."""
    first, slider = first_slider(bench)

    def draw(fig, data):
        artists = bench.draw(fig, data)
        corner = fig.add_axes((0.004, 0.004, 0.016 * (SQUARES + 1), 0.03), zorder=99)
        corner.set_axis_off()
        squares = np.ones((1, SQUARES + 1, 3))
        return artists, corner.imshow(squares, aspect="auto")  # one artist, so it costs little

    def update(parts, data_and_value):
        artists, squares = parts
        data, value = data_and_value
        bench.update(artists, data)
        position = round((value - slider.low) / slider.step)
        colours = []
        for place in range(SQUARES):
            is_one = position >> place & 1
            colours.append([0.0, 0.0, 0.0] if is_one else [1.0, 1.0, 1.0])
        colours.append([1.0, 0.0, 0.0])  # a red one ends them
        squares.set_data([colours])

    def compute(**values):
        return bench.compute(**values), values[first]

    return compute, draw, update


def first_slider(bench):
    for name, control in bench.controls.items():
        if isinstance(control, Slider):
            return name, control
    raise ValueError(f"{bench.name} has no slider")


def as_bench(bench):
    compute, draw, update = with_code(bench)
    first, _ = first_slider(bench)
    return Bench(
        compute,
        lambda fig, data_and_value: draw(fig, data_and_value[0]),
        update,
        {first: bench.controls[first]} | bench.controls,
        describe=lambda data_and_value: bench.describe(data_and_value[0]),
        figsize=tuple(bench.figure.get_size_inches()),
    )


def as_interact(bench):
    """What most courses do: draw the whole figure anew whenever a slider moves."""
    compute, draw, update = with_code(bench)
    first, _ = first_slider(bench)

    def picture(**values):
        data = compute(**values)
        fig = plt.figure(figsize=tuple(bench.figure.get_size_inches()), dpi=100)
        update(draw(fig, data[0]), data)
        display(fig)
        plt.close(fig)

    controls = {first: bench.controls[first]} | bench.controls
    widgets = {name: control.widget() for name, control in controls.items()}
    widgets[first].continuous_update = True  # where a bench asks by itself
    ipywidgets.interact(picture, **widgets)
