"""What draws lesson 05a's bench of gates that open and close in time, and tables of weights."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke

from rnnlib import plots

from .diagrams import INK, SOFT
from .lstm_drawing import LETTERS
from .lstm_plan import GATE_NAMES, LINES, two_digits

COMMANDS = LINES[1:]
STEPS = np.arange(1, 25)
EDGE = 3.4  # the cell state is shown from −EDGE to EDGE
# The bands of the gates, in the order of the block from top to bottom: where 0 is.
BANDS = {"o": 2.9, "f": 1.45, "i": 0.0}


def draw_gates(fig, data):
    """Four panels over the same steps: the script, the gates, the cell state, the hidden state."""
    axes = fig.subplots(4, 1, sharex=True, height_ratios=(1.15, 2.3, 1.35, 1.15))
    artists = _draw_script(axes[0]) | {"gates": _draw_bands(axes[1])}
    artists |= _draw_states(axes[2], axes[3])
    for ax in axes:
        ax.tick_params(labelsize=11)
        ax.grid(False, axis="y")
    axes[2].grid(True, axis="y")  # so that a reader can count
    axes[3].set(xlim=(0.4, 24.6), xticks=STEPS)
    axes[3].set_xlabel("step t", size=11)
    return artists


def _draw_script(ax):
    """A row for the values and one for each command. A command's word stands at its steps."""
    style = {"ls": "none", "ms": 7, "color": INK}
    (up,) = ax.plot([], [], "^", **style)
    (down,) = ax.plot([], [], "v", mfc="white", **style)
    sizes = {t: ax.text(t + 0.24, 0, "", size=11, color=INK, va="center") for t in STEPS}
    words = {}
    for row, command in enumerate(COMMANDS, start=1):
        for t in STEPS:
            words[command, t] = ax.text(t, -row, "", size=11, color=INK, ha="center", va="center")
    rows = ["value", *COMMANDS]
    ax.set(ylim=(-3.6, 0.7), title="Script: ▲ is +1, ▽ is −1, ▲3 is +3")
    ax.set_yticks([0, -1, -2, -3], rows)
    return {"up": up, "down": down, "words": words, "sizes": sizes}


def _draw_bands(ax):
    """A band for each gate, filled from 0 up to the gate's value. Returns the filled areas."""
    areas = {}
    for gate, base in BANDS.items():
        colour = plots.COLOURS[gate]
        ax.axhline(base, color=colour, lw=0.8)
        ax.axhline(base + 1, color=colour, lw=0.8, ls=(0, (1, 3)))
        (areas[gate],) = ax.fill(*_area(base, np.zeros(24)).T, color=colour, alpha=0.85, lw=0)
        for height, word in ((0.1, "closed"), (0.9, "open")):
            ax.text(24.75, base + height, word, size=11, color=SOFT, va="center")
    ax.set(ylim=(-0.08, 4.02), title="Gates")
    names = [f"{GATE_NAMES[gate]} ${gate}_t$" for gate in BANDS]
    ax.set_yticks([base + 0.5 for base in BANDS.values()], names)
    ax.tick_params(axis="y", length=0)
    for gate, label in zip(BANDS, ax.get_yticklabels(), strict=True):
        label.set_color(plots.COLOURS[gate])
    ax.spines["left"].set_visible(False)
    return areas


def _area(base, gate):
    """The corners of a step area: for every step, a piece of width 1 from 0 up to the gate."""
    left_and_right = np.stack([STEPS - 0.5, STEPS + 0.5], axis=1).ravel()
    top = np.column_stack([left_and_right, base + np.repeat(gate, 2)])
    return np.concatenate([[(0.5, base)], top, [(24.5, base)]])


def _draw_states(above, below):
    for ax in (above, below):
        ax.axhline(0, color="#DDDDDD", lw=0.8, zorder=0)
    (c,) = above.plot(STEPS, np.zeros(24), marker="o", ms=5, clip_on=False, **plots.symbol("c"))
    above.set(ylim=(-EDGE, EDGE), yticks=range(-2, 3), title="Cell state $c_t$")
    (h,) = below.plot(STEPS, np.zeros(24), marker="o", ms=5, **plots.symbol("h"))
    look = {"ls": "none", "marker": "o", "mfc": "none", "color": INK}
    (target,) = below.plot([], [], **look, ms=12, mew=1.5)
    (silence,) = below.plot([], [], **look, ms=6.5, mew=1)
    below.set(ylim=(-1.2, 1.2), yticks=[-1, 0, 1], title="Hidden state $h_t$")
    style = {"size": 11, "ha": "right", "va": "bottom", "color": INK}
    cut = above.text(1, 1.04, "", transform=above.transAxes, **style)
    task = below.text(1, 1.04, "", transform=below.transAxes, **style)
    return {"c": c, "h": h, "target": target, "silence": silence, "cut": cut, "task": task}


def update_gates(artists, data):
    """Move everything to what was computed."""
    x = data["x"]
    for name, sign in (("up", 1), ("down", -1)):
        steps = STEPS[sign * x[:, 0] > 0]
        artists[name].set_data(steps, np.zeros(len(steps)))
    for t, text in artists["sizes"].items():
        size = abs(x[t - 1, 0])
        text.set_text("" if size in (0, 1) else f"{size:g}")
    for (command, t), text in artists["words"].items():
        is_on = x[t - 1, 1 + COMMANDS.index(command)] > 0
        text.set_text(command if is_on else "")
    for gate, area in artists["gates"].items():
        area.set_xy(_area(BANDS[gate], data[gate]))
    artists["c"].set_ydata(np.clip(data["c"], -EDGE, EDGE))
    artists["h"].set_ydata(data["h"])
    largest = max(data["c"], key=abs)
    cut = f"cut at the edge: the largest is {two_digits(largest)}" if abs(largest) > EDGE else ""
    artists["cut"].set_text(cut)
    for name, chosen in _circles(data).items():
        artists[name].set_data(STEPS[chosen], data["target"][chosen] if chosen.any() else [])
    artists["task"].set_text(_task(data))


def _circles(data):
    """At which steps the target is an answer, and at which it is silence: (24,) of bool each."""
    is_read = data["x"][:, LINES.index("read")] > 0
    has_target = data["target"] is not None
    return {"target": is_read & has_target, "silence": ~is_read & has_target}


def _task(data):
    """What the circles are, and the loss."""
    if data["target"] is None:
        return "this script has no target"
    words = "target: large circle at a read, small circle where silence (0) is due"
    return f"{words}; loss {data['loss']:.4f}"


def describe_gates(data):
    """One sentence for a reader who does not see the picture."""
    i, f, o = (_steps(data[gate] > 0.5) for gate in "ifo")
    gates = f"the input gate is more than half open {i}, the forget gate {f}, the output gate {o}"
    end = f"the cell state ends at {two_digits(data['c'][-1])}"
    if data["loss"] is None:
        return f"In the script “{data['script']}”, {gates}, and {end}."
    return f"In the script “{data['script']}”, {gates}, {end}, and the loss is {data['loss']:.4f}."


def _steps(chosen):
    """Words for the steps where `chosen`, (24,) of bool, is true."""
    inside, outside = STEPS[chosen], STEPS[~chosen]
    if len(outside) == 0:
        return "at every step"
    if len(inside) == 0:
        return "at no step"
    if len(inside) <= 5:
        return f"at {_listed(inside)}"
    if len(outside) <= 5:
        return f"at all but {_listed(outside)}"
    return f"at {len(inside)} of 24 steps"


def _listed(steps):
    *first, last = map(str, steps)
    return f"steps {', '.join(first)} and {last}" if first else f"step {last}"


# Figure: the weights of cells with one unit

# The weights from commands to gates that solve the task of store and recall.
NEEDED = (("i", "write"), ("f", "erase"), ("f", "write"), ("o", "read"))
LIMIT = 9.0  # colours end here, so that a few large numbers do not make all others pale


def weight_tables(cells, losses):
    """A table of the 4 × 6 parameters of each cell. cells: {title: LSTM}, losses: {title: loss}."""
    tables = {title: _table(cell) for title, cell in cells.items()}
    width = 1.4 + 3.5 * len(cells)
    fig, axes = plt.subplots(1, len(cells), figsize=(width, 3.0), squeeze=False)
    fig.get_layout_engine().set(w_pad=0.08)
    for ax, (title, table) in zip(axes[0], tables.items(), strict=True):
        _draw_table(ax, table)
        ax.set_title(f"{title}: loss {losses[title]:.5f}", size=12)
        ax.set_yticks([])
    first = axes[0, 0]
    names = GATE_NAMES | {"g": "candidate"}
    first.set_yticks(range(4), [f"{name} ${gate}_t$" for gate, name in names.items()], size=11.5)
    for gate, label in zip(names, first.get_yticklabels(), strict=True):
        label.set_color(LETTERS.get(gate, plots.COLOURS[gate]))
    fig.supxlabel("framed: the four weights that the hand-set gates use", size=11.5)
    said = [f"{title}, with a loss of {losses[title]:.5f}" for title in cells]
    plots.show(
        fig,
        f"Tables of the 24 parameters of one cell each: {'; '.join(said)}. The rows are the three "
        "gates and the candidate, the columns the four input lines, the hidden state and the bias. "
        "Four weights are framed: from write to the input gate, from erase and from write to the "
        "forget gate, and from read to the output gate.",
    )


def _table(cell):
    """The parameters of a cell with one unit and four input lines: (4, 6), rows i, f, o, g."""
    rows = []
    for gate in (*GATE_NAMES, "g"):
        part = cell.part(gate)
        rows.append([*part["W"].ravel(), *part["U"].ravel(), *part["b"]])
    return np.array(rows)


def _draw_table(ax, table):
    plots.heat(ax, table, limit=LIMIT)
    for (row, column), number in np.ndenumerate(table):
        colour = "white" if abs(number) > 0.6 * LIMIT else INK
        words = f"{number:z.1f}".replace("-", "−")
        ax.text(column, row, words, size=11, color=colour, ha="center", va="center")
    for gate, line in NEEDED:
        column, row = LINES.index(line), list(GATE_NAMES).index(gate)
        frame = Rectangle((column - 0.47, row - 0.46), 0.94, 0.92, fill=False, ec="black", lw=2)
        # On a dark colour, only the white around a black frame is seen.
        frame.set_path_effects([withStroke(linewidth=3.6, foreground="white")])
        ax.add_patch(frame)
    ax.set_xticks(range(6), [*LINES, "$h_{t-1}$", "bias"], size=11)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
