"""What draws lesson 05a's bench that carries a value through twelve steps of an LSTM block."""

import numpy as np
from matplotlib.patches import Rectangle

from rnnlib import plots

from . import lstm_plan as plan
from .diagrams import INK
from .lstm_drawing import draw_block, light, prepare_widths, set_widths
from .lstm_plan import GATE_NAMES, LINES

GRADIENT = plots.COLOURS["gradient"]
STEPS = 12
READS = {"i": "write", "f": "erase", "o": "read"}  # the line of the command that moves each gate
EDGE = 1.5  # the strip shows the cell state from −EDGE to EDGE


def on_wires(data):
    """The number on every wire of the block at step t: {wire: number}.

    Forward, it is what the wire carries. Backward, it is the gradient of E = h_12 there.
    """
    k = data["t"] - 1
    values = _values_at(data["x"], data["trace"], k)
    if data["wires"] == "forward":
        return values
    return _gradients_at(values, data["grads"], k)


def _values_at(x, trace, k):
    """What every wire carries at step k + 1."""
    now = {name: getattr(trace, name)[k].item() for name in "ifogch"}
    before = {"c_prev": trace.c[k - 1].item(), "h_prev": trace.h[k - 1].item()}
    if k == 0:
        before = {"c_prev": 0.0, "h_prev": 0.0}
    inner = {name: _pre_activation(now[name]) for name in "ifo"}
    inner["g"] = np.arctanh(now["g"])
    numbers = now | before | {"x": x[k, 0]} | {f"a_{name}": a for name, a in inner.items()}
    return plan.carried(numbers)


def _pre_activation(gate):
    """The a for which σ(a) is the gate. A gate that rounding has made 0 or 1 is moved inwards."""
    gate = np.clip(gate, 1e-16, 1 - 1e-16)
    return np.log(gate / (1 - gate))


def _gradients_at(values, grads, k):
    """The gradient of E at every wire: the chain rule, from the wire's end to its beginning."""
    i, f, o, g = (values[name] for name in "ifog")
    dh, dc = grads.h[k].item(), grads.c[k].item()
    d = {"h": dh, "c": dc, "kept": dc, "new": dc}
    d |= {"squashed": dh * o, "c_prev": dc * f}
    d |= {"o": dh * values["squashed"], "f": dc * values["c_prev"], "i": dc * g, "g": dc * i}
    for name in "ifo":
        d[f"a_{name}"] = d[name] * values[name] * (1 - values[name])
    d["a_g"] = d["g"] * (1 - g**2)
    # Nothing leads from h_{t−1} to a box, because U is 0.
    return d | {"h_prev": 0.0, "x": grads.x[k, 0, 0].item()}


def few_digits(number):
    """The number with two digits after the point, or as 8e−5 where these would hide it."""
    if number == 0 or abs(number) >= 0.005:
        return plan.two_digits(number)
    return f"{number:.0e}".replace("e-0", "e-").replace("-", "−")


def draw_cell(fig, data):
    """The block with a number on every wire at step t, and below it a strip of all twelve steps."""
    fig.set_layout_engine("none")  # the axes are placed by hand: the block needs all the room
    top = fig.add_axes((0.225, 0.29, 0.775, 0.71))
    artists = draw_block(top, values=on_wires(data), size=16)
    top.set(xlim=(-0.75, 13.75), ylim=(-1.3, 7.0))
    # Four numbers come in at x_t, so they stand beside its name, not below it.
    artists["numbers"].pop("x").remove()
    artists["input"] = top.text(plan.JOIN + 0.4, -0.76, "", size=13, va="center")
    for text in (artists["names"]["o"], artists["numbers"]["o"]):
        text.set_y(text.get_position()[1] + 0.42)  # a negative number would meet that of g
    prepare_widths(top, artists["wires"])
    style = {"color": INK, "va": "top", "linespacing": 1.45}
    artists["title"] = fig.text(0.03, 0.95, "", size=16, weight="bold", **style)
    artists["command"] = fig.text(0.03, 0.895, "", size=13, **style)
    artists["sum"] = fig.text(0.03, 0.835, "", size=13, math_fontfamily="cm", **style)
    artists["note"] = fig.text(0.03, 0.765, "", size=12, **style)
    strip = fig.add_axes((0.1, 0.085, 0.87, 0.195))
    return artists | _draw_strip(strip, data)


def _draw_strip(ax, data):
    """All twelve steps: a line, and below it the values and the commands, which stay."""
    t = np.arange(1, STEPS + 1)
    value_row, command_row = -2.15, -3.05
    for sign, marker, inside in ((1, "^", INK), (-1, "v", "white")):
        steps = t[sign * data["x"][:, 0] > 0]
        ax.plot(steps, np.full(len(steps), value_row), marker, color=INK, mfc=inside, ms=7)
    ax.text(STEPS + 0.45, value_row, "▲ +1, ▽ −1", size=11, va="center")
    for step in t:
        ax.text(step, command_row, _commands(data["x"], step), size=11, ha="center", va="center")
    ax.axhline(-EDGE, color="#BBBBBB", lw=0.8)
    now = ax.add_patch(Rectangle((0.65, -3.4), 0.7, 3.3 + EDGE, fc="#332288", alpha=0.2, lw=0))
    (line,) = ax.plot(t, np.zeros(STEPS), marker="o", ms=5.5, clip_on=False)
    label = ax.text(STEPS + 0.45, 0, "", size=12.5, va="center")
    cut = ax.text(STEPS + 0.45, -1.05, "", size=11, va="center")
    ax.set(xlim=(0.4, 14.2), ylim=(-3.5, EDGE), xticks=t)
    ax.set_xlabel("step t", x=0.44)
    rows = {1: "1", 0: "0", -1: "−1", value_row: "value", command_row: "command"}
    ax.set_yticks(list(rows), list(rows.values()), size=11)
    ax.tick_params(axis="x", labelsize=11)
    ax.grid(False, axis="y")
    ax.axhline(0, color="#DDDDDD", lw=0.8, zorder=0)
    return {"line": line, "label": label, "cut": cut, "now": now}


def _commands(x, t):
    """The names of the command lines that are 1 at step t."""
    return " and ".join(name for k, name in enumerate(LINES) if k and x[t - 1, k] > 0)


def update_cell(artists, data):
    """Write the numbers of step t on the wires, in either direction, and move the strip."""
    t, forward, numbers = data["t"], data["wires"] == "forward", on_wires(data)
    digits = plan.two_digits if forward else few_digits
    for name, text in artists["numbers"].items():
        text.set_text(digits(numbers[name]))
    light(artists, plan.ALL)
    if not forward:
        _colour_as_gradients(artists)
    set_widths(artists["wires"], numbers | {"tap": numbers["c" if forward else "squashed"]})
    incoming = _input_lines(data["x"], t) if forward else f"value line: {digits(numbers['x'])}"
    artists["input"].set(text=incoming, color=INK if forward else GRADIENT)
    artists["title"].set_text(f"Step {t} of {STEPS}")
    artists["command"].set_text(f"command: {_commands(data['x'], t) or 'none'}")
    artists["sum"].set_text(_sum_of_the_command(data) if forward else "")
    artists["note"].set_text(FORWARD_NOTE if forward else BACKWARD_NOTE)
    _update_strip(artists, data, forward)


def _input_lines(x, t):
    """The value and the commands that are on at step t, as words with their numbers."""
    on = [k for k in range(len(LINES)) if k == 0 or x[t - 1, k] > 0]
    return ", ".join(f"{LINES[k]} {x[t - 1, k]:g}" for k in on).replace("-", "−")


def _sum_of_the_command(data):
    """The pre-activation that the command moves, as a sum. U is 0, so only a line and b count."""
    t, x = data["t"], data["x"]
    for gate, line in READS.items():
        column = x[:, LINES.index(line)]
        if column[t - 1] == 0:
            continue
        a = _pre_activation(getattr(data["trace"], gate)[:, 0, 0])
        bias = a[column == 0][0]
        weight, total = a[t - 1] - bias, a[t - 1]
        words = f"$a_{gate}$ = {weight:.0f}·{line} + {bias:z.4g} = {total:z.4g}"
        return words.replace("-", "−").replace("+ −", "− ")
    return "each gate's $a$ is its bias"


FORWARD_NOTE = (
    "The number on a wire is\nwhat the wire carries\n(rounded). The larger its\n"
    "size, positive or negative,\nthe thicker the wire."
)
BACKWARD_NOTE = (
    "The number on a wire is\nthe gradient ∂E/∂(what\nthe wire carries), for\n"
    "$E = h_{12}$. Gradients run\nagainst the arrows."
)


def _colour_as_gradients(artists):
    for parts in artists["wires"].values():
        for part in parts:
            part.set_color(GRADIENT)
    for text in artists["numbers"].values():
        if text.get_color() != GRADIENT:
            text.set_color(GRADIENT)


def _update_strip(artists, data, forward):
    """The cell state or its gradient, cut at the edges. What was cut is written beside it."""
    line = data["trace"].c[:, 0, 0] if forward else data["grads"].c[:, 0, 0]
    colour = plots.COLOURS["c"] if forward else GRADIENT
    seen = np.clip(line, -EDGE, EDGE)
    artists["line"].set(ydata=seen, color=colour)
    name = "cell state $c_t$" if forward else r"$\partial E/\partial c_t$"
    largest = max(line, key=abs)
    is_cut = abs(largest) > EDGE
    artists["cut"].set_text(f"largest: {few_digits(largest)}" if is_cut else "")
    lowest = -0.2 if is_cut else -1.1  # the name must not meet what is written at the bottom
    artists["label"].set(text=name, color=colour, y=np.clip(seen[-1], lowest, 1.1))
    artists["now"].set_x(data["t"] - 0.35)


def describe_cell(data):
    """One sentence for a reader who does not see the picture."""
    t, trace = data["t"], data["trace"]
    command = _commands(data["x"], t)
    start = f"At step {t}, {f'with {command} on' if command else 'without a command'}, "
    if data["wires"] == "backward":
        gradient = few_digits(data["grads"].c[t - 1].item())
        return f"{start}the gradient of E = h₁₂ at the cell state is {gradient}."
    now = {k: plan.two_digits(getattr(trace, k)[t - 1].item()) for k in "ifoc"}
    gates = [f"the {name} is {now[k]}" for k, name in GATE_NAMES.items()]
    return f"{start}{', '.join(gates)}, and the cell state is {now['c']}."
