"""Benches made for tests: a small one, and one that draws everything lessons draw."""

import matplotlib.patheffects
import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.patches import Circle, FancyArrowPatch, Rectangle
from matplotlib.path import Path

from rnnlib.bench import Bench, Choice, Slider, Text

GAIN = Slider("gain", -5.0, 5.0, 0.5, 1.0)


def line_bench(controls=None, **changes):
    """A line as high as the gain; compute fails at 3. `bench.calls` lists compute's arguments."""
    calls = []

    def compute(gain, **others):
        calls.append({"gain": gain, **others})
        if gain == 3:
            raise ArithmeticError("the gain is three")
        return gain * np.linspace(0, 1, 50) ** 2

    def draw(fig, data):
        ax = fig.subplots()
        ax.set(xlim=(0, 50), ylim=(-5, 5))
        return ax.plot(data, "r--")

    def update(artists, data):
        artists[0].set_ydata(data)

    def describe(data):
        return f"The line ends at {data[-1]:.2f}."

    options = {"describe": describe, "figsize": (3, 2)} | changes
    bench = Bench(compute, draw, update, controls or {"gain": GAIN}, **options)
    bench.calls = calls
    return bench


def gain_and_cell():
    """Controls for line_bench: a slider and a choice."""
    return {"gain": GAIN, "cell": Choice("cell", ("RNN", "LSTM"), "RNN")}


def rich_bench():
    """One of everything that lessons draw; things stand still above and below what moves."""
    return Bench(
        lambda t: t,
        rich_draw,
        rich_update,
        {"t": Slider("t", 0.0, 9.0, 0.1, 1.3)},
        describe=lambda t: f"t is {t:.2f}.",
        figsize=(8, 4),
    )


def rich_draw(fig, t):
    left, right = fig.subplots(1, 2)
    artists = lines_and_markers(left) | images_and_patches(right) | collections(left, right)
    artists |= texts(left, right)
    left.legend(loc="upper left", framealpha=0.7)
    left.set(xlim=(0, 1), ylim=(0, 1), title="$h_t$ and $c_t$")
    right.set(xlim=(0, 1), ylim=(0, 1))
    right.axhline(0.45, color="k", lw=3, zorder=10)
    right.text(0.5, 0.9, "stands still, above", zorder=20, ha="center")
    artists["title"] = fig.suptitle("t")
    return artists


def lines_and_markers(ax):
    x = np.linspace(0, 1, 40)
    ax.grid(alpha=0.3)
    look = {"where": "post", "alpha": 0.5, "color": "green", "marker": "o", "markevery": 5}
    artists = {
        "dashes": ax.plot(x, x, "--", color="tab:red", lw=2.3, label="moves")[0],
        "steps": ax.step(x, x, zorder=4, **look)[0],
        "crosses": ax.plot(x[::6], x[::6], "x", color="k", ms=7)[0],
        "squares": ax.plot(x[::7], x[::7] ** 2, "s", mfc="w", mec="purple", ls="")[0],
        "band": ax.fill_between(x, x - 0.1, x + 0.1, color="orange", alpha=0.3, lw=0),
    }
    ax.plot(x, 1 - x, lw=6, color="navy", zorder=3)
    disc = Circle((0.5, 0.5), 0.2, transform=ax.transData)
    artists["cut"] = ax.plot(x, x, lw=8, alpha=0.5, clip_path=disc)[0]
    return artists


def images_and_patches(ax):
    eye = np.eye(6)
    low, high = (0, 1, 0, 0.4), (0.6, 1, 0.5, 0.9)
    arrow = FancyArrowPatch(
        (0.1, 0.1),
        (0.8, 0.8),
        arrowstyle="-|>",
        mutation_scale=15,
        connectionstyle="arc3,rad=.3",
    )
    colours = ["#0072B2", "#D55E00"]
    circle = Circle((0.5, 0.7), 0.1, fc=(0, 1, 0, 0.4), ec="k", lw=1.5, ls=":")
    hatched = Rectangle((0.75, 0.05), 0.2, 0.3, hatch="//", fc="none", ec="r")
    x, y = np.linspace(0, 0.3, 4), np.linspace(0.8, 1, 3)
    return {
        "image": ax.imshow(eye, extent=low, aspect="auto", interpolation="nearest", alpha=0.8),
        "smooth": ax.imshow(eye, extent=high, aspect="auto", interpolation="bilinear"),
        "bars": ax.bar([0.2, 0.4], [0.5, 0.7], width=0.1, color=colours, edgecolor="k"),
        "circle": ax.add_patch(circle),
        "arrow": ax.add_patch(arrow),
        "hatched": ax.add_patch(hatched),
        "mesh": ax.pcolormesh(x, y, np.arange(6).reshape(2, 3)),
    }


def collections(left, right):
    x = np.linspace(0, 1, 40)
    t = np.linspace(0, 1, 300)
    waves = [np.column_stack([t, 0.5 + 0.4 * np.sin(9 * k * t)]) for k in (1, 3)]
    pair = [[(0, 0), (1, 1)], [(0, 1), (1, 0.3)]]
    edged = {"edgecolors": "black"}
    wedge = Path.wedge(20, 150)
    few_x, few_y = [0.1, 0.3, 0.3, 0.9, 2], [0.9, 0.95, 0.8, 0.97, 0.5]
    artists = {
        "dots": right.scatter(x[::4], x[::4], c=x[::4], s=60, cmap="viridis", alpha=0.8),
        "nodes": left.scatter(x[::9], x[::9], c=x[::9], s=80, linewidths=1, marker="s", **edged),
        "no_edges": left.scatter(x[::8], 1 - x[::8], c=x[::8], s=x[::8] * 90, edgecolors="none"),
        "discs": left.scatter(x[::5], 1 - x[::5] ** 2, c=x[::5], s=200, alpha=0.7, **edged),
        "few": right.scatter(few_x, few_y, s=300, edgecolors="none", marker=wedge),
        "waves": LineCollection(waves, colors=["#224466", "0.7"], linewidths=1.1),
        "pair": LineCollection(pair, colors=["c", "m"], linestyles=[":", "-"]),
    }
    artists["few"].set_facecolor(["tab:blue", "tab:red"])
    left.add_collection(artists["waves"])
    right.add_collection(artists["pair"])
    return artists


def texts(left, right):
    halo = matplotlib.patheffects.withStroke(linewidth=3, foreground="w")
    box = {"fc": "w", "alpha": 0.5}
    arrow = {"arrowstyle": "->"}
    return {
        "words": right.text(0.5, 0.5, "two\nlines", rotation=30, ha="center", bbox=box),
        "halo": left.text(0.6, 0.2, "halo", path_effects=[halo]),
        "note": left.annotate("note", (0.5, 0.5), (0.7, 0.3), arrowprops=arrow, clip_on=True),
    }


def rich_update(artists, t):
    x = np.linspace(0, 1, 40)
    artists["dashes"].set_ydata(0.5 + 0.5 * np.sin(7 * x + t))
    artists["steps"].set_ydata(np.where(x > t / 9, np.nan, x**2))
    artists["crosses"].set_ydata(np.abs(np.cos(t + x[::6])))
    artists["squares"].set_ydata(np.abs(np.sin(t + x[::7])))
    artists["image"].set_data(np.roll(np.eye(6), int(t), axis=0))
    artists["nodes"].set_array(np.sin(t + x[::9]))
    artists["discs"].set_array(np.cos(t + x[::5]))
    artists["bars"][0].set_height(0.3 + t / 20)
    artists["circle"].set_radius(0.05 + t / 50)
    artists["arrow"].set_positions((0.1, 0.1), (0.8, 0.8 - t / 20))
    artists["words"].set_text(f"two\nlines {t:+.2f}")
    artists["note"].set_position((0.7, 0.3 + t / 30))
    artists["hatched"].set_visible(t > 1)
    artists["title"].set_text(f"t = {t:.2f}, $\\sigma(t)^2$")


def bench_with_everything():
    """Every kind of control, a preset, Play and an action; compute fails at a gain of 4."""
    shapes = {"line": np.arange(10) / 9, "wave": np.sin(np.arange(10)) / 9}

    def compute(gain, shift, shape, word):
        if gain == 4:
            raise ArithmeticError("the gain is four")
        return gain * shapes[shape] + shift, gain, shape, word

    def draw(fig, data):
        ax = fig.subplots()
        ax.set(xlim=(0, 9), ylim=(-9, 9))
        return ax.plot(np.zeros(10), lw=3)

    def update(artists, data):
        artists[0].set_ydata(data[0])

    def describe(data):
        _, gain, shape, word = data
        return f"gain {gain:.1f}, shape {shape}, word {word!r}"

    def train(bench):
        for gain in np.linspace(0, 9, 500):
            bench.show((np.full(10, gain), gain, "training", ""))

    controls = {
        "gain": Slider("gain", -5.0, 5.0, 0.1, 1.0),
        "shift": Slider("shift", 0, 3, 1, 0),
        "shape": Choice("shape", ("line", "wave"), "line"),
        "word": Text("word", "q", 5),
    }
    options = {"play": "gain", "actions": {"Train": train}, "figsize": (5, 3)}
    presets = {"steep": {"gain": 5, "shape": "wave"}}
    return Bench(compute, draw, update, controls, describe=describe, presets=presets, **options)
