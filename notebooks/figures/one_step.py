"""What draws lesson 05a's bench of one step: a block with one unit and a number on every wire."""

from rnnlib.bench import Slider

from . import lstm_plan as plan
from .diagrams import INK
from .lstm_drawing import draw_block, light, prepare_widths, set_widths, words_at, write
from .lstm_plan import LIT, carried, two_digits

EQUALS = 5.95  # where the equals signs of the two lines below the block stand
BOXES = ("f", "f", "i", "", "o")  # the box whose pre-activation is worked out at each operation
PRE_ACTIVATIONS = {box: f"$a_{box} = x_t + h_{{t-1}} + b_{box}$" for box in "fio"}
# The wire whose number is worked out at each operation, and how it comes about. The numbers are
# rounded, so a result may differ from theirs in its last digit: hence ≈.
RESULTS = ("c", "kept", "new", "c", "h")
SUMS = (
    "= {f} × {c_prev} + {i} × {g} ≈ {c}",
    "= {f} × {c_prev} ≈ {kept}",
    "= {i} × {g} ≈ {new}",
    "= {kept} + {new} ≈ {c}",
    "= {o} × tanh({c}) = {o} × {squashed} ≈ {h}",
)


def draw_one_step(fig, data):
    """The block with a number on every wire, the question above and the arithmetic below."""
    ax = fig.subplots()
    artists = draw_block(ax, LIT[data["step"]], values=data, size=16)
    ax.set(xlim=(-0.8, 13.65), ylim=(-1.95, 7.35))
    prepare_widths(ax, artists["wires"])
    artists["title"] = words_at(ax, (1.3, 7.05), "", 14)
    results = {wire: plan.WIRES[wire].label for wire in RESULTS}
    artists["inner"] = _draw_line(ax, -0.75, PRE_ACTIVATIONS)
    artists["sum"] = _draw_line(ax, -1.6, results)
    return artists


def _draw_line(ax, y, formulas):
    """A line of arithmetic: one of the formulas, and behind it the same in numbers.

    Setting a new formula takes as long as drawing ten numbers. So each formula is set once, and
    then only shown or hidden. What changes is the numbers, and they are plain text.
    """
    style = {"va": "baseline", "color": INK}
    # The formulas' letters look smaller than those of the numbers at the same size.
    style_of_formulas = {"ha": "right", "size": 16, "math_fontfamily": "cm", "visible": False}
    return {
        "formulas": {
            name: ax.text(EQUALS - 0.15, y, formula, **style, **style_of_formulas)
            for name, formula in formulas.items()
        },
        "numbers": ax.text(EQUALS, y, "", size=14, **style),
    }


def update_one_step(artists, data):
    """Light the operation, and write every number anew. Its size makes its wire thick or thin."""
    step, numbers = data["step"], carried(data)
    write(artists["numbers"], numbers)
    light(artists, LIT[step])
    set_widths(artists["wires"], numbers | {"tap": numbers["c"]})
    artists["title"].set_text(plan.TITLES[step])
    _write_line(artists["inner"], BOXES[step], _pre_activation(data, BOXES[step]))
    _write_line(artists["sum"], RESULTS[step], _filled(SUMS[step], data))


def _write_line(line, shown, numbers):
    """Show one formula of a line, and the numbers. A negative one that is added is subtracted."""
    for name, formula in line["formulas"].items():
        # A text is drawn anew even if it is told to be as visible as it is.
        if formula.get_visible() != (name == shown):
            formula.set_visible(name == shown)
    line["numbers"].set_text(numbers.replace("+ −", "− "))


def _pre_activation(data, box):
    """How the pre-activation of a box comes about, in numbers. All weights are 1."""
    if not box:
        return ""
    x, h_prev, total = data["x"], data["h_prev"], data[f"a_{box}"]
    x, h_prev, bias, total = map(two_digits, (x, h_prev, total - x - h_prev, total))
    return f"= {x} + {h_prev} + {bias} = {total}"


def _filled(words, data):
    """The words with the wires' numbers in place of their names."""
    return words.format(**{name: two_digits(number) for name, number in carried(data).items()})


def describe_one_step(data):
    """One line of words for a reader who does not see the picture."""
    words = (
        "The forget gate keeps {f} of the old cell state {c_prev}, and the input gate lets in {i} "
        "of the candidate {g}. The new cell state is {c}, and the hidden state is {h}.",
        "The forget gate keeps {f} of the old cell state {c_prev}, so {kept} of it stays.",
        "The candidate is {g}. The input gate lets in {i} of it, so {new} is added.",
        "What stays ({kept}) plus what comes in ({new}) is the new cell state {c}.",
        "The tanh of the cell state {c} is {squashed}. The output gate shows {o} of it, "
        "so the hidden state is {h}.",
    )
    return _filled(words[data["step"]], data)


ONE_STEP_SLIDERS = {
    "step": Slider("operation (0: all)", 0, 4, 1, 0),
    "c_prev": Slider("old cell state", -3.0, 3.0, 0.1, 2.0),
    "h_prev": Slider("old hidden state", -1.0, 1.0, 0.1, 0.5),
    "x": Slider("input x", -2.0, 2.0, 0.1, 0.5),
    "b_f": Slider("forget bias", -8.0, 8.0, 0.5, 1.0),
    "b_i": Slider("input bias", -8.0, 8.0, 0.5, -1.0),
    "b_g": Slider("candidate bias", -8.0, 8.0, 0.5, 0.0),
    "b_o": Slider("output bias", -8.0, 8.0, 0.5, 0.0),
}
ONE_STEP_BENCH = {
    "describe": describe_one_step,
    "figsize": (9, 6),
    "name": "step",
    "presets": {
        "Keep": dict(step=0, b_f=5.0, b_i=-8.0, b_o=0.0),
        "Erase": dict(step=0, b_f=-8.0, b_i=-8.0, b_o=0.0),
        "Overwrite": dict(step=0, b_f=-8.0, b_i=5.0, b_o=0.0),
        "Add": dict(step=0, b_f=5.0, b_i=5.0, b_o=0.0),
        "Hide": dict(step=0, b_f=5.0, b_i=-8.0, b_o=-8.0),
    },
}
