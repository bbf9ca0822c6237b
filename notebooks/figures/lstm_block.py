"""Lesson 05a's two figures of the LSTM block, and the bench of one step, re-exported."""

import matplotlib.pyplot as plt

from rnnlib import plots

from . import lstm_plan as plan
from .lstm_drawing import GROUND, LETTERS, draw_block, words_at
from .lstm_plan import LIT
from .one_step import ONE_STEP_BENCH, ONE_STEP_SLIDERS, draw_one_step, update_one_step

__all__ = [
    "ONE_STEP_BENCH",
    "ONE_STEP_SLIDERS",
    "draw_one_step",
    "draw_steps",
    "draw_without_forget_gate",
    "one_operation_at_a_time",
    "update_one_step",
    "without_forget_gate",
]

# The names of the lit boxes at each operation, beside the arrows that lead up to them.
UNDER_BOXES = 1.24
NAMES_OF_BOXES = {
    1: {"f": "forget\ngate"},
    2: {"i": "input\ngate", "g": "candidate"},
    3: {},
    4: {"o": "output\ngate"},
}


def one_operation_at_a_time():
    """Figure: the block four times, with one operation lit in each."""
    fig = plt.figure(figsize=(10, 7), layout="none")
    draw_steps(fig)
    plots.show(
        fig,
        "The LSTM block four times. Forget: the old cell state is multiplied by the forget gate. "
        "Input: the candidate is multiplied by the input gate. Update: the two are added. Output: "
        "the tanh of the new cell state is multiplied by the output gate.",
    )


def draw_steps(fig):
    """Four blocks: the question as title, the parts that answer it, and the equations below."""
    for step in (1, 2, 3, 4):
        column, row = (step - 1) % 2, (step - 1) // 2
        # Each panel takes its quarter whole: the letters need the room of any margins.
        ax = fig.add_axes((column / 2, 0.5 - row / 2, 0.5, 0.5))
        draw_block(ax, LIT[step], size=14.5)
        ax.set(xlim=(-1.05, 13.75), ylim=(-2.2, 7.6))
        for box, words in NAMES_OF_BOXES[step].items():
            _name_box(ax, box, words)
        words_at(ax, (1.3, 7.1), plan.TITLES[step], 12)
        for k, equation in enumerate(plan.EQUATIONS[step]):
            words_at(ax, (3.0, -0.6 - 0.85 * k), f"${equation}$", 14.5)


def _name_box(ax, box, words):
    """Write the name of a box on the free side of the arrow that leads up to it."""
    side, ha = (-0.18, "right") if box == "o" else (0.18, "left")
    x = plan.NODES[box].place[0] + side
    style = {"ha": ha, "va": "center", "linespacing": 0.95, "zorder": 5}
    # A longer name crosses a wire that is not lit. It is read better if the wire is interrupted.
    ground = {"fc": GROUND, "lw": 0, "pad": 0.5}
    colour = LETTERS.get(box, plots.COLOURS[box])
    ax.text(x, UNDER_BOXES, words, size=11, color=colour, bbox=ground, **style)


def without_forget_gate():
    """Figure: the block of 1997, without a forget gate."""
    fig = plt.figure(figsize=(7, 4.4), layout="none")
    draw_without_forget_gate(fig)
    plots.show(
        fig,
        "The LSTM block of 1997. The old cell state goes straight to the sum, without a forget "
        "gate on its way. The candidate, times the input gate, is added to it.",
    )


def draw_without_forget_gate(fig):
    """The block of 1997, with its title and its equation, as the panels of `draw_steps`."""
    ax = fig.add_axes((0, 0, 1, 1))
    draw_block(ax, forget_gate=False)
    ax.set(xlim=(-1.05, 13.75), ylim=(-1.5, 7.6))
    words_at(ax, (1.3, 7.1), "1997: the cell state can only be added to", 15)
    words_at(ax, (3.0, -0.8), r"$c_t = c_{t-1} + i_t \odot g_t$", 18)
