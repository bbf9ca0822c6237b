"""Graves's map of the gates, and the measured sensitivities that it predicts."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke

from rnnlib import plots

OPEN, CLOSED = 0.7, 0.3  # a gate above the first is drawn open, one below the second closed
UP = 1.0  # how far the input and output gates stand from the cell
FAR = 1.75  # where a way begins and ends
PATH = "#CC3311"
# Darker is more. Zero is a light tint, so that the squares of a row can be counted.
SENSITIVITY = LinearSegmentedColormap.from_list("sensitivity", ["#F1EFF8", "#8C82C4", "#332288"])
SIZE = 11.5
MARKS = {"open": ("o", 8.5), "between": ("o", 3.5), "closed": ("_", 11)}


def gates_map(gates, ways, J, step):
    """Left the gates and the open ways to one output, right all measured sensitivities.

    gates: {"i": (T,), "f": (T,), "o": (T,)}, from 0 (closed) to 1. J: (T, T), ∂h_t/∂x_s in row t
    and column s. ways: (T, T), True where the gates predict an open way. step: the row of J that
    the left side is about, counted from 0.
    """
    J, T = np.abs(J), len(J)
    fig, (left, right) = plt.subplots(1, 2, figsize=(12, 4.7), width_ratios=(1.55, 1))
    highest = max(1.0, J.max())
    _draw_cells(left, J[step], highest)
    for gate in "ifo":
        _draw_gate(left, gate, np.asarray(gates[gate]))
    starts = [s for s in range(T) if ways[step, s] and is_direct(gates, s, step)]
    _draw_ways(left, starts, step)
    left.set_title(_title(step, int(ways[step].sum()) - len(starts)), fontsize=12)
    image = _draw_matrix(right, J, ways, step, highest)
    bar = fig.colorbar(image, ax=right, pad=0.02)
    bar.set_label("sensitivity $|∂h_t/∂x_s|$", fontsize=SIZE)
    bar.ax.tick_params(labelsize=11)
    plots.show(fig, _words(J, ways, step, starts))


def _title(step, detours):
    words = f"The open ways into output {step + 1} (dark: this step's input matters)"
    if detours:
        words += f"\n({detours} more through the detour, not drawn)"
    return words


def is_direct(gates, s, t):
    """Whether no gate is closed on the way from input s along the cells to output t."""
    i, f, o = (np.asarray(gates[name]) >= CLOSED for name in "ifo")
    return bool(i[s] and f[s + 1 : t + 1].all() and o[t])


def _draw_cells(ax, sensitivity, highest):
    T = len(sensitivity)
    t = np.arange(1, T + 1)
    look = {"cmap": SENSITIVITY, "vmin": 0, "vmax": highest, "edgecolors": "#333333", "zorder": 4}
    ax.plot([0.2, T + 0.5], [0, 0], color="#CFCFCF", lw=1.2, zorder=1)
    ax.vlines(t, -FAR + 0.15, FAR - 0.15, color="#CFCFCF", lw=1.2, zorder=1)
    ax.scatter(t, np.zeros(T), s=280, c=sensitivity, label="cells", **look)
    ax.set(xlim=(0.2, T + 0.6), ylim=(-FAR - 0.4, FAR + 0.45), xticks=t)
    ax.set_yticks([UP, 0, -UP], ["output gate", "forget gate,\ncell", "input gate"])
    for label, gate in zip(ax.get_yticklabels(), "ofi", strict=True):
        label.set_color(plots.COLOURS[gate])
    ax.set_xlabel("step      (gates:  ○ open   – closed   · in between)", fontsize=SIZE)
    ax.tick_params(labelsize=11, length=0)
    ax.grid(False)
    ax.spines[["left", "bottom"]].set_visible(False)


def _draw_gate(ax, gate, openings):
    """A circle, a dash or a dot for each step, at the gate's place beside the cell."""
    right, up = {"i": (0, -UP), "f": (-0.5, 0), "o": (0, UP)}[gate]
    t = np.arange(1, len(openings) + 1)
    kinds = {"open": openings > OPEN, "closed": openings < CLOSED}
    kinds["between"] = ~(kinds["open"] | kinds["closed"])
    for kind, here in kinds.items():
        marker, size = MARKS[kind]
        look = {"color": plots.COLOURS[gate], "mew": 2.2, "ms": size, "linestyle": "none"}
        fill = {"mfc": "white"} if kind == "open" else {}
        places = t[here] + right, np.full(here.sum(), up)
        ax.plot(*places, marker, label=f"{gate} {kind}", zorder=5, **look, **fill)


def _draw_ways(ax, starts, step):
    """A thick line from each input up into the cells, along them, and out at the top."""
    end = step + 1
    look = {"color": PATH, "solid_joinstyle": "round", "solid_capstyle": "butt", "zorder": 3}
    for s in starts:
        corners = [(s + 1, -FAR), (s + 1, 0), (end, 0), (end, FAR - 0.1)]
        ax.plot(*np.transpose(corners), lw=5, label=f"way from {s + 1}", **look)
        ax.text(s + 1, -FAR - 0.06, f"$x_{{{s + 1}}}$", color=PATH, size=13, ha="center", va="top")
    colour = PATH if starts else "#777777"
    if starts:
        ax.plot(end, FAR - 0.05, "^", color=PATH, ms=11, zorder=3)
    ax.text(end, FAR + 0.1, f"$h_{{{end}}}$", color=colour, size=13, ha="center", va="bottom")


def _draw_matrix(ax, J, ways, step, highest):
    T = len(J)
    later = np.triu(np.ones((T, T), bool), k=1)  # an output cannot depend on a later input
    image = ax.imshow(
        np.ma.masked_array(J, later),
        cmap=SENSITIVITY,
        vmin=0,
        vmax=highest,
        extent=(0.5, T + 0.5, T + 0.5, 0.5),
    )
    rows, columns = np.nonzero(ways)
    ring = {"marker": "o", "ms": 110 / T, "mfc": "none", "linestyle": "none"}
    ax.plot(columns + 1, rows + 1, mec="white", mew=4.5, **ring)
    ax.plot(columns + 1, rows + 1, mec=PATH, mew=2.2, label="ways", **ring)
    ax.add_patch(Rectangle((0.5, step + 0.5), step + 1, 1, fill=False, ec="#333333", lw=1.8))
    halo = [withStroke(linewidth=3, foreground="white")]
    words = {"ha": "center", "va": "center", "size": 11, "color": "#666666", "path_effects": halo}
    ax.text(0.72 * T + 0.5, 0.2 * T + 0.5, "inputs that\ncome later", **words)
    ax.set(xticks=range(1, T + 1), yticks=range(1, T + 1))
    ax.set_xlabel("input step $s$", fontsize=SIZE)
    ax.set_ylabel("output step $t$", fontsize=SIZE)
    ax.set_title("Measured, with rings at open ways", fontsize=12)
    ax.tick_params(labelsize=11, length=0)
    ax.grid(False)
    return image


def _words(J, ways, step, starts):
    inputs = " and ".join(", ".join(str(s + 1) for s in starts).rsplit(", ", 1))
    plural = "s" if len(starts) > 1 else ""
    source = f"the input{plural} of step{plural} {inputs}" if starts else "no input"
    words = f"Left: the gates at {len(J)} steps. Along the cells, an open way leads to output "
    words += f"{step + 1} from {source}"
    detours = int(ways[step].sum()) - len(starts)
    if detours:
        words += f"; {detours} more through the detour, not drawn"
    words += f". Right: the gates predict {int(ways.sum())} open ways"
    if ways.any():
        words += f"; there the measured sensitivity is at least {J[ways].min():.2g}"
    return words + f". Elsewhere it is at most {J[~ways].max(initial=0):.2g}."
