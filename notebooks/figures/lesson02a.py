"""What draws the pictures of lesson 02a: one unit, and the errors of three kinds of networks.

The diagrams stand in `recurrence`, and what draws the bench of Elman's network in `elman_bench`.
"""

import matplotlib.pyplot as plt
import numpy as np

from rnnlib import plots

from .elman_bench import describe_elman, draw_elman, flip_one, update_elman
from .recurrence import context_units, folded_and_unrolled

__all__ = [
    "ACTIVATION_NAMES",
    "ELMAN_BENCH",
    "UNIT_BENCH",
    "context_units",
    "curve_and_fixed_points",
    "draw_elman",
    "draw_unit",
    "flip_one",
    "folded_and_unrolled",
    "update_elman",
    "update_unit",
    "xor_errors",
]

ACTIVATION_NAMES = ("tanh", "logistic", "relu", "softsign", "identity")
SECOND = "#117733"  # the cobweb after the second input
STEPS = 30
SPAN = np.linspace(-2, 2, 161)  # the h for which the curve is drawn


# Bench 2a.1: one unit


def curve_and_fixed_points(activation, u, b):
    """What the middle panel shows: the map h → φ(u h + b), and where it crosses the diagonal."""
    return {"curve": activation.apply(u * SPAN + b), "fixed": fixed_points(activation, u, b)}


def fixed_points(activation, u, b):
    """[(h, is it stable?)] where φ(u h + b) = h, for h between −2.5 and 2.5.

    Fixed points that nearby states neither approach nor leave are left out.
    """
    h = np.linspace(-2.5, 2.5, 5001) + 1e-7  # so that no fixed point lies exactly on the grid
    gap = activation.apply(u * h + b) - h
    k = np.flatnonzero(gap[:-1] * gap[1:] < 0)
    roots = h[k] - gap[k] * (h[k + 1] - h[k]) / (gap[k + 1] - gap[k])
    points = [(float(root), _approached(activation, u, b, root)) for root in roots]
    return [(root, stable) for root, stable in points if stable is not None]


def _approached(activation, u, b, root):
    """Whether states near a fixed point come closer: True, False, or None for neither."""
    slope = u * activation.slope(activation.apply(u * root + b))
    if abs(abs(slope) - 1) > 1e-6:
        return bool(abs(slope) < 1)
    nearby = root + np.array([-0.01, 0.01])
    distance = np.abs(activation.apply(u * nearby + b) - root).max() - 0.01
    return None if abs(distance) < 1e-9 else bool(distance < 0)


def draw_unit(fig, data):
    """Three panels: the state over time, the cobweb, and the sensitivity to the first input."""
    time, web, past = fig.subplots(1, 3, width_ratios=(1.25, 1, 1))
    artists = _draw_states(time, data) | _draw_cobweb(web, data)
    t = np.arange(1, STEPS + 1)
    (artists["sensitivity"],) = past.semilogy(
        t, np.ones(STEPS), marker=".", **plots.symbol("gradient")
    )
    past.axhline(1, color="#999999", lw=1)
    past.set(xlabel="step t", xlim=(0, 31), ylim=(1e-24, 1e6))
    past.set_yticks([10.0**k for k in range(-24, 7, 6)])
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
    ax.text(
        1.27,
        1.33,
        "diagonal",
        fontsize=10,
        color="#666666",
        rotation=45,
        rotation_mode="anchor",
        ha="center",
    )
    ax.text(1.55, -1.33, "curve: $φ(u h_{t-1} + b)$", ha="right", va="center", fontsize=11)
    (curve,) = ax.plot(SPAN, data["curve"], color="black")
    (cobweb,) = ax.plot([], [], color=plots.COLOURS["h"], lw=1.3)
    (second,) = ax.plot([], [], color=SECOND, lw=1.3, linestyle=(0, (4, 1)))
    (stable,) = ax.plot([], [], "o", color="#332288", ms=9, label="stable fixed point")
    (unstable,) = ax.plot([], [], "o", mfc="white", mec="#882255", ms=9, mew=1.8, label="unstable")
    ax.legend(loc="upper left", fontsize=9, handlelength=1.2)
    ax.set(xlabel="$h_{t-1}$", ylabel="$h_t$", xlim=(-1.6, 1.6), ylim=(-1.6, 1.6), title="One step")
    names = {"curve": curve, "cobweb": cobweb, "second": second}
    return names | {"stable": stable, "unstable": unstable}


def update_unit(artists, data):
    """Move everything to what compute_unit has returned."""
    h = np.clip(data["h"], -9, 9)
    artists["x"].set_ydata(data["x"])
    artists["h"].set_ydata(h)
    artists["curve"].set_ydata(np.clip(data["curve"], -9, 9))
    artists["cobweb"].set_data(*_stairs(h[:15]))
    artists["second"].set_data(*(_stairs(h[15:]) if data["x"][15] else ([], [])))
    for name, wanted in (("stable", True), ("unstable", False)):
        roots = [root for root, stable in data["fixed"] if stable == wanted]
        artists[name].set_data(roots, roots)
    artists["sensitivity"].set_ydata(np.clip(data["sensitivity"], 1e-30, 1e12))


def _stairs(h):
    """The corners of a cobweb that visits the states h one after another."""
    return np.repeat(h, 2)[:-1], np.concatenate([h[:1], np.repeat(h[1:], 2)])


def describe_unit(data):
    """One line of words for a reader who does not see the picture."""
    stable = [f"{root:.2f}" for root, is_stable in data["fixed"] if is_stable]
    if np.allclose(data["curve"], SPAN):
        rest = "every state is a fixed point"
    else:
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
        "Flipped": dict(w=2.3, u=2.0, b=0.0, second=-1.0, phi="tanh"),
        "Swings": dict(w=1.0, u=-2.0, b=0.0, second=0.0, phi="tanh"),
        "Perfect sum": dict(w=1.0, u=1.0, b=0.0, second=0.5, phi="identity"),
        "Explodes": dict(w=1.0, u=1.3, b=0.0, second=0.0, phi="identity"),
    },
}


# Bench 2a.2: Elman's network

ELMAN_BENCH = {
    "describe": describe_elman,
    "play": "t",
    "figsize": (11, 4.2),
    "name": "elman",
    "presets": {
        "Step 8": dict(t=8, flip=0, memory="carried"),
        "Bit 7 flipped": dict(t=8, flip=7, memory="carried"),
        "Wiped": dict(t=8, flip=0, memory="wiped"),
    },
}


# Figures 2a.3 and 2a.4

XOR_LOOKS = {
    "no recurrence": ("#767676", "s", 0.262),
    "recurrence": ("#332288", "^", 0.03),
    "full gradient": ("#332288", "^", 0.03),
    "Elman's rule": ("#AA4499", "o", 0.136),
}
PLACE_UNKNOWN = ((5 / 18, 0.285, "0.278: place unknown"), (1 / 9, 1 / 9, "1/9: place unknown"))


def xor_errors(errors, levels=()):
    """The mean error at steps 1 to 12. errors: {"recurrence": (seeds, steps), ...}.

    levels: (error, height of its name, name) for each dotted line.
    """
    fig, ax = plt.subplots(figsize=(9.5, 4))
    steps = np.arange(1, 13)
    for t in (2, 5, 8, 11):
        ax.axvspan(t - 0.5, t + 0.5, color="#F3EEDC", zorder=0)
    ax.text(2, 0.335, "predictable", color="#7A6A2E", ha="center", va="center", fontsize=11)
    always_half = (0.25, 0.238, "0.25: always answering ½")
    for level, height, label in (always_half, *levels):
        ax.plot([0.4, 12.5], [level, level], color="#555555", lw=1.2, linestyle=(0, (1, 2)))
        ax.text(12.7, height, label, color="#555555", va="center", fontsize=11)
    words = "The mean squared error, at the predictable steps and at the others. "
    for name, by_step in errors.items():
        colour, marker, height = XOR_LOOKS[name]
        mean = np.mean(by_step, axis=0)[:12]
        ax.plot(steps, mean, color=colour, marker=marker, ms=6, label=name)
        ax.text(12.7, height, name, color=colour, va="center", fontsize=11)
        known, unknown = mean[steps % 3 == 2].mean(), mean[steps % 3 != 2].mean()
        words += f"{name}: ≈ {known:.2f} and ≈ {unknown:.2f}. "
    ax.set(xlabel="step t", ylabel="mean squared error", xlim=(0.4, 18.6), ylim=(0, 0.355))
    ax.set(xticks=steps, title="Predicting bit t + 1")
    plots.show(fig, words.strip())
