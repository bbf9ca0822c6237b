"""Bench 2a.2 of lesson 02a: Elman's network at one step, and the same network over nine steps."""

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.patches import Rectangle

from rnnlib import plots

X_PLACE, Y_PLACE = [(-0.9, 0)], [(1.8, 2.5)]
CONTEXT = [(1.2 + k, 0) for k in range(4)]
HIDDEN = [(0.3 + k, 1.25) for k in range(4)]
PLACES = X_PLACE + CONTEXT + HIDDEN + Y_PLACE
NODE = {"cmap": plots.SIGNED, "vmin": -1, "vmax": 1, "edgecolors": "black", "linewidths": 1}
NINE = range(9)
PREDICTABLE = (1, 4, 7)  # steps 2, 5 and 8, counted from 0
SQUARES = [(3 * t, 2.01 - 0.32 * k) for t in NINE for k in range(4)]  # unit 1 on top
SHADE = "#F3EEDC"


def flip_one(bits, which):
    """The bits with bit `which` flipped (counted from 1; 0: none), and every XOR renewed."""
    bits = bits.copy()
    if which > 0:
        bits[which - 1] = 1 - bits[which - 1]
    for k in range(2, len(bits), 3):
        bits[k] = bits[k - 2] != bits[k - 1]
    return bits


def draw_elman(fig, data):
    """The network at step t on the left, and all steps up to t on the right."""
    left, right = fig.subplots(1, 2, width_ratios=(1, 1.8))
    artists = _draw_network(left) | _draw_steps(right)
    for ax in (left, right):
        ax.set_axis_off()
    return artists


def _draw_network(ax):
    wires = ax.add_collection(LineCollection([], zorder=1))
    # The arrows end at the rim of the context units; a head under a unit would not be seen.
    copy = {"arrowstyle": "-|>", "ls": ":", "color": "#555555", "shrinkB": 14.3}
    for start, end in zip(HIDDEN, CONTEXT, strict=True):
        arrow = copy | {"connectionstyle": "arc3,rad=-0.35"}
        ax.annotate("", end, start, zorder=0, arrowprops=arrow)
    dots = ax.scatter(*np.transpose(PLACES), s=720, c=np.zeros(len(PLACES)), zorder=3, **NODE)
    numbers = [ax.text(*p, "", ha="center", va="center", fontsize=7.6, zorder=4) for p in PLACES]
    names = (
        ((-0.9, -0.6), "input $x_t$"),
        ((2.7, -0.6), "context, $h_{t-1}$"),
        ((-0.75, 1.25), "$h_t$"),
        ((0.65, 2.5), "output $y_t$"),
    )
    for place, name in names:
        ax.text(*place, name, ha="center", va="center")
    for k, (x, y) in enumerate(HIDDEN):
        ax.text(x - 0.5, y, f"{k + 1}", ha="center", va="center", color="#666666")
    ax.set(xlim=(-1.7, 4.9), ylim=(-0.9, 3.0), title="Elman's network at step t")
    return {"wires": wires, "dots": dots, "numbers": numbers}


def _draw_steps(ax):
    for t in NINE:
        arrows = [((3 * t, 0.25), (3 * t, 0.85)), ((3 * t, 2.2), (3 * t, 2.8))]
        if t in PREDICTABLE:
            ax.add_patch(Rectangle((3 * t - 1.1, -0.35), 2.2, 4.5, color=SHADE, zorder=0))
        if t < 8:
            arrows.append(((3 * t + 0.55, 1.53), (3 * t + 2.4, 1.53)))
        for start, end in arrows:
            ax.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "color": "#999999"})
    squares = ax.scatter(
        *np.transpose(SQUARES), s=120, marker="s", c=np.zeros(36), zorder=3, **NODE
    )
    bits = [ax.text(3 * t, 0.0, "", ha="center", va="center", fontsize=12) for t in NINE]
    answers = [ax.text(3 * t, 3.05, "", ha="center", va="center", fontsize=11) for t in NINE]
    targets = [ax.text(3 * t, 3.75, "", ha="center", va="center", fontsize=12) for t in NINE]
    for k in range(4):
        ax.text(-0.8, 2.01 - 0.32 * k, f"{k + 1}", ha="center", va="center", color="#666666")
    for t in NINE:
        ax.text(3 * t, -0.62, f"{t + 1}", ha="center", color="#777777", fontsize=9.5)
    rows = ((-0.55, "step"), (0.05, "$x_t$"), (1.53, "$h_t$"), (3.05, "$y_t$"), (3.75, "target"))
    for height, name in rows:
        ax.text(-1.9, height, name, ha="center", va="center")
    (now,) = ax.plot([], [], color="#332288", lw=2)
    ax.set(xlim=(-3.0, 25.2), ylim=(-0.9, 4.25), title="The same network, step by step")
    return {"squares": squares, "bits": bits, "answers": answers, "targets": targets, "now": now}


def update_elman(artists, data):
    """Show the network at step t, and the steps up to t."""
    t, bits, h, y = (data[name] for name in ("t", "bits", "h", "y"))
    context = h[t - 2] if t > 1 and data["memory"] == "carried" else np.zeros(4)
    values = np.concatenate([bits[t - 1 : t], context, h[t - 1], y[t - 1 : t]])
    lines, widths, colours = _wires(data["net"].params, bits[t - 1], context, h[t - 1])
    artists["wires"].set(segments=lines, linewidths=widths, colors=colours)
    artists["dots"].set_array(values)
    for text, value in zip(artists["numbers"], values, strict=True):
        colour = "white" if abs(value) > 0.65 else "black"
        text.set(text=f"{value:z.2f}".replace("-", "−"), color=colour)
    past = np.arange(9) < t
    artists["squares"].set_offsets(SQUARES[: 4 * t])  # no squares for steps still to come
    artists["squares"].set_array(h[:t].ravel())
    for s in NINE:
        artists["bits"][s].set_text(f"{bits[s]:.0f}" if past[s] else "")
        artists["answers"][s].set_text(f"{y[s]:.2f}" if past[s] else "")
        artists["targets"][s].set_text(target_at(bits, s) if past[s] else "")
    left, right = 3 * t - 3 - 0.8, 3 * t - 3 + 0.8
    artists["now"].set_data([left, right, right, left, left], [-0.35, -0.35, 4.1, 4.1, -0.35])


def target_at(bits, s):
    """The next bit, if it is the XOR of the last two; otherwise "?", as nobody can know it."""
    return f"{int(bits[s - 1] != bits[s])}" if s in PREDICTABLE else "?"


def _wires(params, bit, context, h):
    """Lines, widths and colours: as thick as |weight · value|, red above zero, blue below."""
    groups = (
        (X_PLACE, HIDDEN, params["0.W"] * bit),
        (CONTEXT, HIDDEN, params["0.U"] * context),
        (HIDDEN, Y_PLACE, params["readout.W"] * h),
    )
    lines, flows = [], []
    for starts, ends, flow in groups:
        lines += [(start, end) for end in ends for start in starts]
        flows.append(np.ravel(flow))
    flow = np.concatenate(flows)
    colours = np.where(flow > 0, "#B2182B", "#2166AC")
    return lines, np.clip(np.abs(flow), 0, 4), colours


def describe_elman(data):
    """One line of words for a reader who does not see the picture."""
    t, bits, y = data["t"], data["bits"], data["y"]
    so_far = " ".join(f"{bit:.0f}" for bit in bits[:t])
    words = f"Step {t}, memory {data['memory']}: bits so far {so_far}. "
    words += f"For the next bit the network says ≈ {y[t - 1]:.2f}"
    if t % 3 == 2:
        return words + f"; the XOR of the last two bits is {int(bits[t - 2] != bits[t - 1])}."
    return words + "; nobody can know it."
