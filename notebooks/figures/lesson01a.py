"""What draws the pictures of lesson 01a: the diagrams, the activations, and its two benches."""

import matplotlib.pyplot as plt
import numpy as np

from rnnlib import plots
from rnnlib.activations import ACTIVATIONS

from . import diagrams

ACTIVATION_NAMES = ("logistic", "tanh", "relu", "softsign")
LOOKS = {
    "logistic": {"color": "#332288", "linestyle": "-"},
    "tanh": {"color": "#117733", "linestyle": (0, (6, 1.5))},
    "relu": {"color": "#882255", "linestyle": (0, (5, 1.5, 1, 1.5))},
    "softsign": {"color": "#AA4499", "linestyle": (0, (1.5, 1))},
}
NAMES = {"logistic": "logistic", "tanh": "tanh", "relu": "ReLU", "softsign": "softsign"}
# Where each name stands beside its curve in Figure 1a.3.
PLACES_OF_NAMES = {
    "relu": (2.3, 2.0),
    "tanh": (3.9, 1.06),
    "softsign": (3.9, 0.6),
    "logistic": (-5.9, 0.14),
}
PLACES_OF_SLOPES = {
    "relu": (3.6, 1.3),
    "tanh": (2.5, 0.0006),
    "softsign": (4.2, 0.055),
    "logistic": (-6.2, 0.0009),
}
FOUR, NINE = "#B35806", "#332288"

# The map of the bench: 51 × 51 pairs of weights, which serve as points of the plane, too.
REACH = 4
AXIS = np.linspace(-REACH, REACH, 51)
GRID = np.stack(np.meshgrid(AXIS, AXIS), axis=-1).reshape(-1, 2)
BOX = {"extent": (-REACH, REACH, -REACH, REACH), "origin": "lower", "aspect": "auto"}


# Diagrams


X1, X2, BIAS, SUM, PHI, OUTPUT, LOSS = (
    (1.4, 5.2), (1.4, 2.8), (5.6, 1.0), (5.6, 4.0), (9.4, 4.0), (12.9, 4.0), (16.4, 4.0),
)  # fmt: skip
GRADIENT = plots.COLOURS["gradient"]


def neuron():
    """A neuron with two inputs, and the values of the example by hand."""
    fig, ax = _draw_neuron()
    for place, text in (
        ((3.5, 5.25), "$w_1$ = 1"),
        ((3.5, 2.75), "$w_2$ = −1"),
        ((7.5, 4.45), "$a$ = 1"),
        ((14.65, 4.45), "target 1"),
    ):
        diagrams.words(ax, place, text, size=13)
    for start, end in ((X1, SUM), (X2, SUM), (BIAS, SUM), (SUM, PHI), (PHI, OUTPUT)):
        diagrams.arrow(ax, start, end, gap=0.75)
    diagrams.arrow(ax, OUTPUT, LOSS, gap=0.85)
    plots.show(
        fig,
        "A neuron: two inputs, 2 and 1, are multiplied by the weights 1 and −1 and added up with "
        "the bias 0. The sum 1 goes through φ. The output is one half, and the loss a quarter.",
    )


def neuron_backwards():
    """The same neuron with arrows from the loss back, each with its derivative."""
    fig, ax = _draw_neuron()
    for place, text in (
        ((14.65, 4.55), "$dy$ = −1"),
        ((11.2, 4.55), "× ¼"),
        ((7.5, 4.55), "$da$ = −¼"),
        ((4.6, 5.55), "$dw_1$ = $da · x_1$ = −½"),
        ((3.75, 1.95), "$dw_2$ = $da · x_2$ = −¼"),
        ((7.6, 2.4), "$db$ = $da$ = −¼"),
    ):
        diagrams.words(ax, place, text, size=13, colour=GRADIENT)
    for start, end in (
        (SUM, X1),
        (SUM, X2),
        (SUM, BIAS),
        (PHI, SUM),
        (OUTPUT, PHI),
        (LOSS, OUTPUT),
    ):
        diagrams.arrow(ax, start, end, gap=0.85, colour=GRADIENT, lw=1.8)
    plots.show(
        fig,
        "The same neuron from the loss back: dy is −1, times the slope ¼ this is da = −¼. From "
        "da come dw₁ = −½, dw₂ = −¼ and db = −¼.",
    )


def _draw_neuron():
    """The nodes of the neuron with their values. Returns (figure, axes)."""
    fig, ax = diagrams.canvas(18, 6.3)
    for place, label in ((X1, "2"), (X2, "1")):
        diagrams.node(ax, place, label, diagrams.INPUT, radius=0.62, size=15)
    diagrams.words(ax, (X1[0], X1[1] + 0.9), "$x_1$", size=13)
    diagrams.words(ax, (X2[0], X2[1] - 0.9), "$x_2$", size=13)
    diagrams.node(ax, BIAS, "0", diagrams.PLAIN, radius=0.55, size=14)
    diagrams.words(ax, (BIAS[0] - 0.9, BIAS[1]), "$b$", size=13)
    diagrams.node(ax, SUM, "$+$", diagrams.HIDDEN, radius=0.72, size=19)
    diagrams.node(ax, PHI, "$φ$", diagrams.HIDDEN, radius=0.72, size=18)
    diagrams.node(ax, OUTPUT, "½", diagrams.OUTPUT, radius=0.72, size=16)
    diagrams.words(ax, (OUTPUT[0], OUTPUT[1] + 1.05), "$y$", size=14)
    diagrams.node(ax, LOSS, "¼", diagrams.PLAIN, radius=0.72, size=16)
    diagrams.words(ax, (LOSS[0], LOSS[1] + 1.05), "$E$", size=14)
    diagrams.words(ax, (SUM[0], SUM[1] + 1.05), "add up", size=11, colour=diagrams.SOFT)
    diagrams.words(ax, (PHI[0], PHI[1] + 1.05), "apply φ", size=11, colour=diagrams.SOFT)
    return fig, ax


def two_layers(inputs=3, hidden=4, outputs=2):
    """A network with a hidden layer: all inputs lead to all hidden neurons, and so on."""
    fig, ax = diagrams.canvas(16, 8.2)
    columns = (
        (2.2, inputs, "x", diagrams.INPUT, "input"),
        (7.6, hidden, "h", diagrams.HIDDEN, "hidden layer"),
        (13.0, outputs, "y", diagrams.OUTPUT, "read-out"),
    )
    places = []
    for x, count, letter, fill, name in columns:
        heights = 3.7 + 1.7 * (np.arange(count)[::-1] - (count - 1) / 2)
        places.append([(x, y) for y in heights])
        for k, place in enumerate(places[-1], start=1):
            diagrams.node(ax, place, f"${letter}_{k}$", fill, radius=0.6, size=14)
        diagrams.words(ax, (x, 7.7), name, size=12, colour=diagrams.SOFT)
    for below, above, label in ((0, 1, "$W_1$"), (1, 2, "$W_2$")):
        for start in places[below]:
            for end in places[above]:
                diagrams.arrow(ax, start, end, gap=0.62, colour="#9A9A9A", lw=1.0)
        middle = (columns[below][0] + columns[above][0]) / 2
        diagrams.words(ax, (middle, 7.0), label, size=15)
    plots.show(
        fig,
        f"A network: {inputs} inputs, {hidden} hidden neurons and {outputs} outputs. Each input "
        "leads to each hidden neuron, and each hidden neuron to each output.",
    )


# Still figures


def activations(a_far):
    """The four activations on the left, and on the right their slopes with a dot at a_far."""
    fig, (left, right) = plt.subplots(1, 2, figsize=(9.6, 3.7))
    span = np.linspace(-6, 6, 241)
    for name in ACTIVATION_NAMES:
        phi = ACTIVATIONS[name]
        left.plot(span, phi.apply(span), **LOOKS[name])
        slope = phi.slope(phi.apply(span))
        right.semilogy(span, np.where(slope > 0, slope, np.nan), **LOOKS[name])
        here = float(phi.slope(phi.apply(np.array(float(a_far)))))
        if here == 0:
            right.text(6.4, 1.4e-5, "0", color=LOOKS[name]["color"], va="center")
        else:
            right.plot(a_far, here, "o", color=LOOKS[name]["color"], ms=7)
            right.text(6.4, here, f"{here:.2g}", color=LOOKS[name]["color"], va="center")
    for ax, places in ((left, PLACES_OF_NAMES), (right, PLACES_OF_SLOPES)):
        for name, place in places.items():
            ax.text(*place, NAMES[name], color=LOOKS[name]["color"], fontsize=10.5)
    left.set(xlabel="weighted sum a", ylabel="φ(a)", ylim=(-1.2, 2.2), title="The activation φ")
    right.set(xlabel="weighted sum a", ylabel="slope φ′(a)", ylim=(1e-5, 3))
    right.set_title("Its slope φ′")
    plots.show(
        fig,
        "Four activations and their slopes. Far from zero, the slopes of the logistic function, "
        "softsign and above all tanh approach zero; ReLU's is 1 on the right side.",
    )


def network_answers(weights, inputs):
    """The answers (n,) of a network with one hidden ReLU layer to inputs (n, 2)."""
    W1, b1, W2, b2 = (np.asarray(weights[name], float) for name in ("W1", "b1", "W2", "b2"))
    h = np.maximum(inputs @ W1.T + b1, 0)
    return (h @ W2.T + b2)[:, 0]


def xor(weights):
    """XOR in the plane of the two bits, and in the plane of the two hidden values.

    weights: W1, b1, W2 and b2 of a network with two hidden ReLU neurons.
    """
    cases = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    hidden = np.maximum(cases @ np.transpose(weights["W1"]) + weights["b1"], 0)
    fig, (left, right) = plt.subplots(1, 2, figsize=(9, 4))
    _draw_regions(left, np.linspace(-0.5, 1.5, 201), lambda x: network_answers(weights, x), cases)
    reach = np.linspace(-0.6, max(2.6, hidden.max() + 0.6), 201)
    read_out = np.ravel(weights["W2"]), np.ravel(weights["b2"])
    _draw_regions(right, reach, lambda h: h @ read_out[0] + read_out[1], hidden)
    left.set(xlabel="first bit", ylabel="second bit", xticks=[0, 1], yticks=[0, 1])
    left.set_title("What the network gets")
    right.set(xlabel="hidden value $h_1$", ylabel="hidden value $h_2$")
    right.set_title("What the hidden layer makes of it")
    plots.show(
        fig,
        "Left, the four cases of XOR in the plane of the bits, with two black lines between ones "
        "and zeros. Right, in the plane of the hidden values one line is enough.",
    )


def _draw_regions(ax, axis, answers_of, cases):
    """Where the answer is above ½, where it is not, and the four cases with their targets."""
    plane = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    answer = answers_of(plane).reshape(len(axis), -1)
    ax.contourf(axis, axis, answer, levels=[-99, 0.5, 99], colors=["#FCE8D2", "#DCD6EF"])
    ax.contour(axis, axis, answer, levels=[0.5], colors=["black"])
    for bits, (x, y) in zip(((0, 0), (0, 1), (1, 0), (1, 1)), cases, strict=True):
        one = bits[0] != bits[1]
        ax.plot(x, y, "^" if one else "o", color=NINE if one else FOUR, ms=11, zorder=3)
        low = bits == (1, 0) and np.ptp(cases[1:3], axis=0).max() == 0  # on top of the other one
        place = (x + 0.06 * np.ptp(axis) / 2, y - 0.2 if low else y + 0.07)
        ax.text(*place, str(bits).replace(" ", ""), fontsize=11)
    ax.grid(False)


# Bench 1a.1


def draw_neuron(points, nine):
    """The bench's draw function for these images: points (n, 2), nine (n,) says which are nines."""

    def draw(fig, data):
        data_ax, surface_ax, loss_ax = fig.subplots(1, 3, width_ratios=(1, 1.18, 0.85))
        artists = _draw_images(data_ax, points, nine) | _draw_surface(fig, surface_ax)
        (artists["loss"],) = loss_ax.semilogy([], [], **plots.symbol("loss", marker=".", ms=5))
        limits = {"xlim": (-1, 61), "ylim": (0.03, 30)}
        loss_ax.set(xlabel="descent step", title="Loss on the way down", **limits)
        return artists

    return draw


def _draw_images(ax, points, nine):
    shading = ax.imshow(np.zeros((51, 51)), cmap="PuOr", vmin=-0.6, vmax=1.6, **BOX)
    ax.plot(*points[~nine].T, "o", mfc="white", mec=FOUR, mew=1.6, ms=6, label="four")
    ax.plot(*points[nine].T, "^", mfc=NINE, mec="white", ms=7.5, label="nine")
    (before,) = ax.plot([], [], color="#555555", linestyle=(0, (3, 2)), lw=1.3, label="at step 0")
    (now,) = ax.plot([], [], color="black", lw=2, label="now")
    ax.legend(loc="lower left", ncols=2, columnspacing=0.8, handletextpad=0.4, fontsize=9)
    ax.set(xlabel="$x_1$: ink right − left", ylabel="$x_2$: ink upper − lower")
    ax.set(xlim=(-REACH, REACH), ylim=(-REACH, REACH), title="What the neuron answers")
    ax.grid(False)
    return {"shading": shading, "before": before, "now": now}


def _draw_surface(fig, ax):
    limits = {"vmin": np.log10(0.06), "vmax": np.log10(3)}
    surface = ax.imshow(np.zeros((51, 51)), cmap=plots.AMOUNT, **limits, **BOX)
    bar = fig.colorbar(surface, ax=ax, extend="both", pad=0.02)
    bar.set_ticks(np.log10([0.1, 0.2, 0.5, 1, 2]), labels=["0.1", "0.2", "0.5", "1", "2"])
    (path,) = ax.plot([], [], color="white", marker=".", ms=5, lw=1.2)
    (start,) = ax.plot([], [], "s", mfc="#555555", mec="white", ms=8)
    (here,) = ax.plot([], [], "o", mfc="white", mec="black", ms=9)
    ax.set(xlabel="weight $w_1$", ylabel="weight $w_2$", title="Loss E for every pair of weights")
    ax.set(xlim=(-REACH, REACH), ylim=(-REACH, REACH))
    ax.grid(False)
    return {"surface": surface, "path": path, "start": start, "here": here}


def update_neuron(artists, data):
    """Move everything to what compute_neuron has returned."""
    path, low = data["path"], _low_end(data["phi"])
    middle = _weighted_sum_between(data["phi"])
    artists["before"].set_data(*decision_line(path[0], data["b"], middle).T)
    artists["now"].set_data(*decision_line(path[-1], data["b"], middle).T)
    artists["shading"].set_data((data["shading"].reshape(51, 51) - low) / (1 - low))
    # Rounded to a twelfth of a decade, the colours form steps that read like contour lines.
    heights = np.log10(data["surface"]).reshape(51, 51)
    artists["surface"].set_data(np.floor(12 * heights) / 12)
    visible = np.clip(path, -2 * REACH, 2 * REACH)
    artists["path"].set_data(*visible.T)
    artists["start"].set_data(*visible[:1].T)
    artists["here"].set_data(*visible[-1:].T)
    artists["loss"].set_data(np.arange(len(path)), np.clip(data["losses"], 1e-3, 1e3))


def _low_end(phi):
    return -1.0 if phi in ("tanh", "softsign") else 0.0


def _weighted_sum_between(phi):
    """The weighted sum at which the answer lies halfway between the two targets."""
    return 0.5 if phi == "relu" else 0.0


def decision_line(w, b, middle):
    """Two far points of the line w · x + b = middle; nan if w is zero, because there is no line."""
    length = np.hypot(*w)
    if length < 1e-9:
        return np.full((2, 2), np.nan)
    along = np.array([-w[1], w[0]]) / length
    foot = (middle - b) / length**2 * w
    return np.array([foot - 12 * along, foot + 12 * along])


def describe_neuron(data):
    """One line of words for a reader who does not see the picture."""
    (w1, w2), last, losses = data["path"][0], data["path"][-1], data["losses"]
    gone = np.abs(last).max() > 2 * REACH
    end = "outside the map" if gone else f"({last[0]:.2f}, {last[1]:.2f}), E = {losses[-1]:.3g}"
    return (
        f"{data['phi']}: {len(losses) - 1} steps with η = {data['eta']:g} lead from w = "
        f"({w1:.1f}, {w2:.1f}), E = {losses[0]:.3g}, to {end}. "
        f"{60 * data['right']:.0f} of 60 right."
    )


NEURON_BENCH = {
    "describe": describe_neuron,
    "play": "steps",
    "figsize": (11, 3.9),
    "name": "neuron",
    "presets": {
        "Downhill": dict(w1=-3.0, w2=-1.0, b=0.0, phi="logistic", eta=1.0, steps=60),
        "Plateau": dict(w1=-3.0, w2=-4.0, b=0.0, phi="tanh", eta=0.3, steps=60),
        "Too fast": dict(w1=-1.0, w2=0.5, b=0.0, phi="relu", eta=2.0, steps=60),
        "Dead ReLU": dict(w1=0.2, w2=0.2, b=-3.0, phi="relu", eta=1.0, steps=60),
    },
}


# Bench 1a.2

CHAIN_PANELS = {  # limits of x and y, and what stands below and above
    "p": ((-1.6, 1.6), (-0.3, 2.5), "x", "u = p(x) = x²"),
    "q": ((-0.3, 2.5), (-1.5, 1.3), "u", "v = q(u) = 1 − u"),
    "r": ((-1.5, 1.3), (-0.3, 1.9), "v", "E = r(v) = v²"),
    "all": ((-1.6, 1.6), (-0.3, 1.9), "x", "E = r(q(p(x)))"),
}


def draw_chain(chain):
    """The bench's draw function. chain: {"p": (function, slope), "q": ..., "r": ...}."""

    def draw(fig, data):
        artists = {}
        for ax, (name, panel) in zip(fig.subplots(1, 4), CHAIN_PANELS.items(), strict=True):
            artists[name] = _draw_panel(ax, chain, name, *panel)
        return artists

    return draw


def _draw_panel(ax, chain, name, xlim, ylim, xlabel, title):
    span = np.linspace(*xlim, 121)
    heights = span
    for step in chain if name == "all" else [name]:
        heights = chain[step][0](heights)
    ax.plot(span, heights, color=plots.COLOURS["loss" if name in ("r", "all") else "x"])
    red = plots.COLOURS["gradient"]
    (tangent,) = ax.plot([], [], color=red, linestyle=(0, (5, 1.5)), lw=1.6)
    (point,) = ax.plot([], [], "o", color="black", ms=8)
    look = {"transform": ax.transAxes, "va": "top", "color": red}
    look["bbox"] = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
    ax.text(0.51, 0.95, "slope ", ha="right", **look)
    number = ax.text(0.51, 0.95, "", ha="left", **look)
    ax.set(xlabel=xlabel, xlim=xlim, ylim=ylim, title=title)
    return tangent, point, number


def update_chain(artists, data):
    """Move the points and tangents to what compute_chain has returned."""
    for name, (tangent, point, number) in artists.items():
        x, y, slope = (data[name][part] for part in ("input", "output", "slope"))
        point.set_data([x], [y])
        tangent.set_data([x - 9, x + 9], [y - 9 * slope, y + 9 * slope])
        number.set_text(f"{slope + 0.0:.2f}".replace("-", "−"))


def describe_chain(data):
    """One line of words for a reader who does not see the picture."""
    p, q, r, whole = (data[name] for name in CHAIN_PANELS)
    return (
        f"x = {p['input']:.2f}, u = {p['output']:.2f}, v = {q['output']:.2f}, "
        f"E = {whole['output']:.2f}; ∂E/∂x = r′ · q′ · p′ = {r['slope']:.2f} · {q['slope']:.2f} · "
        f"{p['slope']:.2f} = {whole['slope']:.2f}."
    )


CHAIN_BENCH = {
    "describe": describe_chain,
    "play": "x",
    "presets": {"p′ = 0": dict(x=0.0), "r′ = 0": dict(x=1.0)},
    "figsize": (11, 2.9),
    "name": "chain",
}
