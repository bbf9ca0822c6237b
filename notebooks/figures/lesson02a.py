"""What draws the pictures of lesson 02a: diagrams of recurrence, one unit, and Elman's network."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.collections import LineCollection

from rnnlib import plots

from . import diagrams

ACTIVATION_NAMES = ("tanh", "logistic", "relu", "softsign", "identity")
SECOND = "#117733"  # the cobweb after the second input
STEPS = 30


# Diagrams


def folded_and_unrolled():
    """A recurrent network as a loop, and the same network with one copy for every step."""
    fig, ax = diagrams.canvas(19, 6.6)
    x, h, y = (1.9, 1.0), (1.9, 3.2), (1.9, 5.4)
    _column(ax, x, h, y, ("$x_t$", "$h_t$", "$y_t$"))
    _weight_names(ax, 1.9)
    diagrams.arrow(ax, (2.36, 2.85), (2.36, 3.55), gap=0.0, bend=2.6)
    diagrams.words(ax, (3.75, 3.2), "$U$", size=14)
    diagrams.words(ax, (1.9, 6.3), "folded", size=12, colour=diagrams.SOFT)
    diagrams.words(ax, (6.3, 3.2), "=", size=22)
    columns = (8.6, 11.6, 14.6)
    for t, place in enumerate(columns, start=1):
        labels = (f"$x_{t}$", f"$h_{t}$", f"$y_{t}$")
        _column(ax, (place, 1.0), (place, 3.2), (place, 5.4), labels)
    diagrams.words(ax, (7.1, 3.7), "$h_0$", size=13)
    for start, end in zip((6.9, *columns), (*columns, 17.6), strict=True):
        diagrams.arrow(ax, (start, 3.2), (end, 3.2), gap=0.62)
    for place in (10.1, 13.1):
        diagrams.words(ax, (place, 3.7), "$U$", size=13)
    diagrams.words(ax, (17.7, 3.2), "…", size=18)
    _weight_names(ax, 8.6)
    diagrams.words(ax, (11.6, 6.3), "unrolled", size=12, colour=diagrams.SOFT)
    plots.show(
        fig,
        "Left, a recurrent network with a loop from its hidden state to itself. Right, the same "
        "network unrolled: at each step the input leads to the hidden state, the hidden state to "
        "the output and to the hidden state of the next step.",
    )


def _column(ax, x, h, y, labels):
    """The input, the hidden state and the output of one step, with arrows upwards."""
    fills = (diagrams.INPUT, diagrams.HIDDEN, diagrams.OUTPUT)
    for place, label, fill in zip((x, h, y), labels, fills, strict=True):
        diagrams.node(ax, place, label, fill, radius=0.58, size=14)
    diagrams.arrow(ax, x, h, gap=0.62)
    diagrams.arrow(ax, h, y, gap=0.62)


def _weight_names(ax, place):
    diagrams.words(ax, (place - 0.45, 2.1), "$W$", size=13)
    diagrams.words(ax, (place - 0.45, 4.3), "$V$", size=13)


def context_units():
    """Elman's network: hidden values are copied into context units, one to one."""
    fig, ax = diagrams.canvas(17, 7)
    inputs = [(1.6 + 1.6 * k, 1.0) for k in range(2)]
    context = [(7.4 + 1.8 * k, 1.0) for k in range(3)]
    hidden = [(3.4 + 1.8 * k, 3.6) for k in range(3)]
    output = (5.2, 6.1)
    for start in inputs + context:
        for end in hidden:
            diagrams.arrow(ax, start, end, gap=0.58, colour="#9A9A9A", lw=1.0)
    for start in hidden:
        diagrams.arrow(ax, start, output, gap=0.58, colour="#9A9A9A", lw=1.0)
    for start, end in zip(hidden, context, strict=True):
        copy = diagrams.arrow(ax, start, end, gap=0.6, bend=-0.42, lw=1.6)
        copy.set_linestyle((0, (1.5, 1.5)))
    groups = (
        (inputs, diagrams.INPUT, ""),
        (context, diagrams.HIDDEN, ""),
        (hidden, diagrams.HIDDEN, ""),
        ([output], diagrams.OUTPUT, "$y$"),
    )
    for places, fill, label in groups:
        for place in places:
            diagrams.node(ax, place, label, fill, radius=0.55, size=13)
    names = (
        ((2.4, 0.1), "input"),
        ((9.2, 0.1), "context units: $h$ of the step before"),
        ((1.9, 3.6), "hidden"),
        ((13.2, 2.9), "copied after\nevery step"),
    )
    for place, text in names:
        diagrams.words(ax, place, text, size=11.5, colour=diagrams.SOFT)
    plots.show(
        fig,
        "Elman's network: inputs and context units lead to the hidden units, and these to the "
        "output. After every step the hidden values are copied into the context units.",
    )


# Bench 2a.1: one unit


def curve_and_fixed_points(activation, u, b):
    """What the middle panel shows: the map h → φ(u h + b), and where it crosses the diagonal."""
    span = np.linspace(-2, 2, 161)
    return {"curve": activation.apply(u * span + b), "fixed": fixed_points(activation, u, b)}


def fixed_points(activation, u, b):
    """[(h, is it stable?)] where φ(u h + b) = h, for h between −2.5 and 2.5."""
    h = np.linspace(-2.5, 2.5, 5001) + 1e-7  # so that no fixed point lies exactly on the grid
    gap = activation.apply(u * h + b) - h
    if np.abs(gap).max() < 1e-6:
        return []  # the curve is the diagonal itself: every state stays
    k = np.flatnonzero(gap[:-1] * gap[1:] <= 0)
    roots = h[k] - gap[k] * (h[k + 1] - h[k]) / (gap[k + 1] - gap[k])
    slopes = u * activation.slope(activation.apply(u * roots + b))
    return [(float(root), bool(abs(slope) < 1)) for root, slope in zip(roots, slopes, strict=True)]


def draw_unit(fig, data):
    """Three panels: the state over time, the cobweb, and the sensitivity to the first input."""
    time, web, past = fig.subplots(1, 3, width_ratios=(1.25, 1, 1))
    artists = _draw_states(time, data) | _draw_cobweb(web, data)
    t = np.arange(1, STEPS + 1)
    (artists["sensitivity"],) = past.semilogy(
        t, np.ones(STEPS), marker=".", **plots.symbol("gradient")
    )
    past.axhline(1, color="#999999", lw=1)
    past.set(xlabel="step t", xlim=(0, 31), ylim=(1e-8, 1e4))
    past.set_title("Sensitivity $|∂h_t/∂x_1|$")
    return artists


def _draw_states(ax, data):
    t = np.arange(1, STEPS + 1)
    (x,) = ax.step(t, data["x"], where="mid", **plots.symbol("x", lw=1.2))
    (h,) = ax.plot(t, data["h"], marker="o", ms=4, **plots.symbol("h"))
    ax.text(30.5, -1.95, "input $x_t$", color="#666666", ha="right")
    ax.text(30.5, -1.6, "state $h_t$", color="#A86F00", ha="right")
    ax.set(xlabel="step t", ylim=(-2.1, 2.1), xlim=(0, 31), title="Input and state")
    return {"x": x, "h": h}


def _draw_cobweb(ax, data):
    ax.plot([-2, 2], [-2, 2], color="#999999", lw=1)
    (curve,) = ax.plot(np.linspace(-2, 2, 161), data["curve"], color="black")
    (cobweb,) = ax.plot([], [], color=plots.COLOURS["h"], lw=1.3)
    (second,) = ax.plot([], [], color=SECOND, lw=1.3, linestyle=(0, (4, 1)))
    (stable,) = ax.plot([], [], "o", color="#332288", ms=9, label="stable fixed point")
    (unstable,) = ax.plot([], [], "o", mfc="white", mec="#882255", ms=9, mew=1.8, label="unstable")
    ax.legend(loc="upper left", fontsize=9, handlelength=1.2)
    ax.set(xlabel="$h_{t-1}$", ylabel="$h_t$", xlim=(-2, 2), ylim=(-2, 2), title="One step")
    names = {"curve": curve, "cobweb": cobweb, "second": second}
    return names | {"stable": stable, "unstable": unstable}


def update_unit(artists, data):
    """Move everything to what compute_unit has returned."""
    h = np.clip(data["h"], -9, 9)
    artists["x"].set_ydata(data["x"])
    artists["h"].set_ydata(h)
    artists["curve"].set_ydata(np.clip(data["curve"], -9, 9))
    artists["cobweb"].set_data(*_stairs(h[:15]))
    artists["second"].set_data(*(_stairs(h[14:]) if data["x"][15] else ([], [])))
    for name, wanted in (("stable", True), ("unstable", False)):
        roots = [root for root, stable in data["fixed"] if stable == wanted]
        artists[name].set_data(roots, roots)
    artists["sensitivity"].set_ydata(np.clip(data["sensitivity"], 1e-10, 1e6))


def _stairs(h):
    """The corners of a cobweb that visits the states h one after another."""
    return np.repeat(h, 2)[:-1], np.concatenate([h[:1], np.repeat(h[1:], 2)])


def describe_unit(data):
    """One line of words for a reader who does not see the picture."""
    stable = [f"{root:.2f}" for root, is_stable in data["fixed"] if is_stable]
    rest = f"stable at h = {' and '.join(stable)}" if stable else "no stable fixed point"
    h, sensitivity = data["h"], data["sensitivity"][-1]
    return (
        f"h₁ = {h[0]:.2f}, h₁₅ = {h[14]:.3g}, h₃₀ = {h[29]:.3g}; {rest}; "
        f"|∂h₃₀/∂x₁| = {sensitivity:.1e}."
    )


UNIT_BENCH = {
    "describe": describe_unit,
    "play": "u",
    "figsize": (11, 3.6),
    "name": "unit",
    "presets": {
        "Fades": dict(w=1.0, u=0.8, b=0.0, second=0.0, phi="tanh"),
        "Edge": dict(w=1.0, u=1.0, b=0.0, second=0.0, phi="tanh"),
        "Latch": dict(w=1.0, u=2.0, b=0.0, second=0.0, phi="tanh"),
        "Flipped": dict(w=2.5, u=2.0, b=0.0, second=-1.0, phi="tanh"),
        "Swings": dict(w=1.0, u=-2.0, b=0.0, second=0.0, phi="tanh"),
        "Perfect sum": dict(w=1.0, u=1.0, b=0.0, second=0.5, phi="identity"),
        "Explodes": dict(w=1.0, u=1.3, b=0.0, second=0.0, phi="identity"),
    },
}


# Bench 2a.2: Elman's network

X_PLACE, Y_PLACE = [(-0.9, 0)], [(1.8, 2.5)]
CONTEXT = [(1.2 + k, 0) for k in range(4)]
HIDDEN = [(0.3 + k, 1.25) for k in range(4)]
PLACES = X_PLACE + CONTEXT + HIDDEN + Y_PLACE
NODE = {"cmap": plots.SIGNED, "vmin": -1, "vmax": 1, "edgecolors": "black", "linewidths": 1}
NINE = range(9)
SQUARES = [(3 * t, 1.05 + 0.32 * k) for t in NINE for k in range(4)]


def draw_elman(fig, data):
    """The network at step t on the left, and all steps up to t on the right."""
    left, right = fig.subplots(1, 2, width_ratios=(1, 1.8))
    artists = _draw_network(left) | _draw_steps(right)
    for ax in (left, right):
        ax.set_axis_off()
    return artists


def _draw_network(ax):
    wires = ax.add_collection(LineCollection([], zorder=1))
    copy = {"arrowstyle": "->", "ls": ":", "color": "#777777", "shrinkB": 11}
    for start, end in zip(HIDDEN, CONTEXT, strict=True):
        arrow = copy | {"connectionstyle": "arc3,rad=-0.35"}
        ax.annotate("", end, start, zorder=0, arrowprops=arrow)
    dots = ax.scatter(*np.transpose(PLACES), s=640, c=np.zeros(len(PLACES)), zorder=3, **NODE)
    numbers = [ax.text(*p, "", ha="center", va="center", fontsize=8.5, zorder=4) for p in PLACES]
    names = (
        ((-0.9, -0.6), "input $x_t$"),
        ((2.7, -0.6), "context, $h_{t-1}$"),
        ((-0.55, 1.25), "$h_t$"),
        ((0.65, 2.5), "output $y_t$"),
    )
    for place, name in names:
        ax.text(*place, name, ha="center", va="center")
    ax.set(xlim=(-1.7, 4.9), ylim=(-0.9, 3.0), title="Elman's network at step t")
    return {"wires": wires, "dots": dots, "numbers": numbers}


def _draw_steps(ax):
    for t in NINE:
        arrows = [((3 * t, 0.25), (3 * t, 0.85)), ((3 * t, 2.2), (3 * t, 2.8))]
        if t < 8:
            arrows.append(((3 * t + 0.55, 1.53), (3 * t + 2.4, 1.53)))
        for start, end in arrows:
            ax.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "color": "#999999"})
    squares = ax.scatter(
        *np.transpose(SQUARES), s=120, marker="s", c=np.zeros(36), zorder=3, **NODE
    )
    bits = [ax.text(3 * t, 0.0, "", ha="center", va="center", fontsize=12) for t in NINE]
    answers = [ax.text(3 * t, 3.05, "", ha="center", va="center", fontsize=11) for t in NINE]
    for t in NINE:
        ax.text(3 * t, -0.62, f"{t + 1}", ha="center", color="#777777", fontsize=9.5)
    for height, name in ((-0.55, "step"), (0.05, "$x_t$"), (1.53, "$h_t$"), (3.05, "$y_t$")):
        ax.text(-1.7, height, name, ha="center", va="center")
    (now,) = ax.plot([], [], color="#332288", lw=2)
    ax.set(xlim=(-2.3, 25.2), ylim=(-0.9, 3.6), title="The same network, step by step")
    return {"squares": squares, "bits": bits, "answers": answers, "now": now}


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
        text.set(text=f"{value:z.1f}".replace("-", "−"), color=colour)
    past = np.arange(9) < t
    artists["squares"].set_array((h * past[:, None]).ravel())
    for s in NINE:
        artists["bits"][s].set_text(f"{bits[s]:.0f}" if past[s] else "")
        artists["answers"][s].set_text(f"{y[s]:.2f}" if past[s] else "")
    left, right = 3 * t - 3 - 0.8, 3 * t - 3 + 0.8
    artists["now"].set_data([left, right, right, left, left], [-0.35, -0.35, 3.4, 3.4, -0.35])


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
    words += f"For the next bit the network says {y[t - 1]:.1f}"
    if t % 3 == 2:
        return words + f"; the XOR of the last two bits is {int(bits[t - 2] != bits[t - 1])}."
    return words + "; nobody can know it."


ELMAN_BENCH = {
    "describe": describe_elman,
    "play": "t",
    "figsize": (11, 3.9),
    "name": "elman",
    "presets": {
        "Step 8": dict(t=8, flip=0, memory="carried"),
        "Bit 7 flipped": dict(t=8, flip=7, memory="carried"),
        "Wiped": dict(t=8, flip=0, memory="wiped"),
    },
}


# Figure 2a.3


def xor_errors(ways):
    """The mean error at twelve steps. ways: {"(a) no recurrence": errors (seeds, 120), ...}."""
    fig, ax = plt.subplots(figsize=(9, 3.5))
    steps = np.arange(7, 18)
    looks = {
        "(a) no recurrence": ("#8A8A8A", "s", 0.25),
        "(b) Elman's rule": ("#AA4499", "o", 0.105),
        "(c) full gradient": ("#332288", "^", 0.027),
    }
    for name, (colour, marker, height) in looks.items():
        mean = np.mean(ways[name], axis=0)[6:17]
        ax.plot(steps, mean, color=colour, marker=marker, ms=6)
        ax.text(17.3, height, name, color=colour, va="center")
    ax.set(xlabel="step t", ylabel="mean squared error", xlim=(6.5, 19.6), ylim=(0, 0.34))
    ax.set(xticks=steps, title="Predicting bit t + 1")
    plots.show(
        fig,
        "Without recurrence the error stays at 0.25. With Elman's rule it dips part of the way at "
        "steps 8, 11, 14 and 17; with the full gradient it dips there almost to zero.",
    )
