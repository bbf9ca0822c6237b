"""What draws Bench 1a.1: the 60 images with the neuron's answers, the loss surface, the descent."""

import numpy as np

from rnnlib import plots
from rnnlib.activations import ACTIVATIONS

FOUR, NINE = "#B35806", "#332288"

# The map of the bench: 51 × 51 pairs of weights, which serve as points of the plane, too.
# The sliders end at 4. The map reaches a little further, so that a start there can be seen.
REACH = 4.25
AXIS = np.linspace(-REACH, REACH, 51)
GRID = np.stack(np.meshgrid(AXIS, AXIS), axis=-1).reshape(-1, 2)
BOX = {"extent": (-REACH, REACH, -REACH, REACH), "origin": "lower", "aspect": "auto"}

# Where the names of the regions may stand: near the corners.
CORNERS = np.array([(-3.1, 3.5), (3.1, 3.5), (3.1, -3.5), (-3.1, -3.5)])
WORDS_ON_COLOUR = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}


def colours_of_maps(points, target, w, b, phi):
    """The colours of the bench's two maps, each for the 51 × 51 points of GRID.

    points: (n, 2), target: (n,), w: (2,). "surface" holds the loss of a neuron with these weights,
    "shading" the output of the neuron with the weights w, if the points were its inputs.
    """
    outputs = ACTIVATIONS[phi].apply(GRID @ points.T + b)  # of every neuron on the map
    surface = ((outputs - target) ** 2).mean(axis=1)
    return {"surface": surface, "shading": ACTIVATIONS[phi].apply(GRID @ w + b)}


def draw_neuron(points, nine):
    """The bench's draw function for these images: points (n, 2), nine (n,) says which are nines."""

    def draw(fig, data):
        data_ax, surface_ax, loss_ax = fig.subplots(1, 3, width_ratios=(1, 1.18, 0.85))
        artists = _draw_images(data_ax, points, nine) | _draw_surface(fig, surface_ax)
        (artists["loss"],) = loss_ax.semilogy([], [], **plots.symbol("loss", marker=".", ms=5))
        limits = {"xlim": (-1, 61), "ylim": (0.03, 30)}
        loss_ax.set(xlabel="descent step", ylabel="loss E, mean of the 60 images", **limits)
        loss_ax.set_title("Loss on the way down")
        return artists

    return draw


def _draw_images(ax, points, nine):
    shading = ax.imshow(np.zeros((51, 51)), cmap="PuOr", vmin=-0.6, vmax=1.6, **BOX)
    ax.plot(*points[~nine].T, "o", mfc="white", mec=FOUR, mew=1.6, ms=6, label="four")
    ax.plot(*points[nine].T, "^", mfc=NINE, mec="white", ms=7.5, label="nine")
    (before,) = ax.plot([], [], color="#555555", linestyle=(0, (3, 2)), lw=1.3, label="at step 0")
    (now,) = ax.plot([], [], color="black", lw=2, label="now")
    # Below the axes, because the lines can cross every place inside them.
    place = {"loc": "upper center", "bbox_to_anchor": (0.48, -0.15), "borderaxespad": 0}
    ax.legend(**place, ncols=4, columnspacing=0.8, handletextpad=0.4, fontsize=9.5)
    ax.set(xlabel="$x_1$: ink right − left", ylabel="$x_2$: ink upper − lower")
    ax.set(xlim=(-REACH, REACH), ylim=(-REACH, REACH), title="What the neuron answers")
    ax.grid(False)
    look = {"ha": "center", "va": "center", "bbox": WORDS_ON_COLOUR, "in_layout": False}
    names = {f"region of {name}": ax.text(0, 0, "", **look) for name in ("nine", "four")}
    return {"shading": shading, "before": before, "now": now} | names


def _draw_surface(fig, ax):
    limits = {"vmin": np.log10(0.06), "vmax": np.log10(3)}
    surface = ax.imshow(np.zeros((51, 51)), cmap=plots.AMOUNT, **limits, **BOX)
    bar = fig.colorbar(surface, ax=ax, extend="both", pad=0.02)
    bar.set_ticks(np.log10([0.1, 0.2, 0.5, 1, 2]), labels=["0.1", "0.2", "0.5", "1", "2"])
    (lowest,) = ax.plot([], [], "x", color="white", ms=9, mew=2)
    name = ax.text(0, 0, "", fontsize=10.5, va="center", bbox=WORDS_ON_COLOUR, in_layout=False)
    (path,) = ax.plot([], [], color="white", marker=".", ms=5, lw=1.2)
    (start,) = ax.plot([], [], "s", mfc="#555555", mec="white", ms=8)
    (here,) = ax.plot([], [], "o", mfc="white", mec="black", ms=9)
    ax.set(xlabel="weight $w_1$", ylabel="weight $w_2$", title="Loss E for every pair of weights")
    ax.set(xlim=(-REACH, REACH), ylim=(-REACH, REACH))
    ax.grid(False)
    lines = {"path": path, "start": start, "here": here, "lowest": lowest}
    return lines | {"surface": surface, "name of lowest": name}


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
    _name_answers(artists, path[-1], middle - data["b"])
    _mark_lowest(artists, data["surface"])


def _name_answers(artists, w, threshold):
    """Name the regions at the corners that lie farthest on either side of w · x = threshold."""
    sums = CORNERS @ w
    for region, corner, is_there in (
        ("nine", np.argmax(sums), sums.max() > threshold),
        ("four", np.argmin(sums), sums.min() <= threshold),
    ):
        name = artists[f"region of {region}"]
        name.set_position(CORNERS[corner])
        name.set_text(f"“{region}”" if is_there else "")


def _mark_lowest(artists, surface):
    """A cross and a name at the lowest point, unless it is only where the map ends."""
    at = GRID[surface.argmin()]
    is_minimum = np.abs(at).max() < REACH - 1e-9 and np.ptp(surface) > 1e-9
    artists["lowest"].set_data(*(at[:, None] if is_minimum else ([], [])))
    name = artists["name of lowest"]
    name.set_text("lowest point" if is_minimum else "")
    name.set_position((np.clip(at[0] + 0.25, -3.85, 0.9), np.clip(at[1] - 0.75, -3.6, 3.6)))


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
    place = "a place outside the map" if gone else f"({last[0]:.2f}, {last[1]:.2f})"
    loss = f"{losses[-1]:,.0f}" if losses[-1] >= 1000 else f"{losses[-1]:.3g}"
    # Weights that grow without end answer some images right by chance, so we don't count these.
    ran_away = np.abs(last).max() > 100
    result = "The weights ran away." if ran_away else f"{data['right']} of 60 right."
    return (
        f"{data['phi']}: {len(losses) - 1} steps with η = {data['eta']:g} lead from w = "
        f"({w1:.1f}, {w2:.1f}), E = {losses[0]:.3g}, to {place}, E = {loss}. {result}"
    )
