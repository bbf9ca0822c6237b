"""The course's one figure style: one colour and one line style for one symbol; arrays in, artists out."""

import base64
import html
import io

import matplotlib.pyplot as plt
import numpy as np

# Okabe and Ito's and Tol's colour-blind-safe sets, dark enough for lines on white.
COLOURS = {
    "i": "#0072B2", "f": "#D55E00", "o": "#009E73", "g": "#CC79A7", "c": "#222222", "h": "#E69F00", "x": "#8A8A8A",
    "r": "#56B4E9", "z": "#7F5F00", "n": "#CC79A7", "gradient": "#882255", "loss": "#332288",
    "RNN": "#AA4499", "LSTM": "#332288", "GRU": "#117733", "train": "#332288", "validation": "#AA4499", "test": "#117733",
}  # fmt: skip
DASHES = {
    "i": "-", "f": (0, (6, 1.5)), "o": (0, (5, 1.5, 1, 1.5)), "g": (0, (1.5, 1)), "c": "-", "h": (0, (4, 1)), "x": "-",
    "r": "-", "z": (0, (6, 1.5)), "n": (0, (1.5, 1)), "gradient": "-", "loss": "-",
    "RNN": (0, (1.5, 1)), "LSTM": "-", "GRU": (0, (6, 1.5)), "train": "-", "validation": (0, (5, 1.5)), "test": (0, (1.5, 1)),
}  # fmt: skip
SIGNED = "RdBu_r"  # for values around zero: blue below, red above
AMOUNT = "cividis"  # for amounts from zero up


def use_style():
    """Set the course's style for every figure that follows: white ground in light and dark themes, quiet axes."""
    plt.rcParams.update({
        "figure.dpi": 100, "figure.facecolor": "white", "figure.constrained_layout.use": True, "savefig.facecolor": "white",
        "font.family": "DejaVu Sans", "font.size": 10.5, "axes.titlesize": 11, "axes.titlelocation": "left",
        "axes.labelsize": 10.5, "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True, "axes.axisbelow": True,
        "grid.color": "#E4E4E4", "grid.linewidth": 0.7, "lines.linewidth": 1.8, "legend.frameon": False,
        "legend.fontsize": 9.5, "xtick.labelsize": 9.5, "ytick.labelsize": 9.5, "image.interpolation": "nearest",
    })  # fmt: skip


def symbol(name, **changes):
    """Keyword arguments of a line that stands for a symbol ("f", "c", "LSTM", "gradient", ...): its colour and dashes."""
    if name not in COLOURS:
        raise ValueError(f"name must be one of {', '.join(COLOURS)}; got {name!r}")
    return {"color": COLOURS[name], "linestyle": DASHES[name], "label": name} | changes


def show(fig, alt):
    """Display a figure with `alt`, the words a screen reader says in its place, and close it."""
    from IPython.display import display

    png = io.BytesIO()
    fig.savefig(png, format="png", dpi=fig.dpi, metadata={"Software": None})
    plt.close(fig)
    code = base64.b64encode(png.getvalue()).decode()
    picture = (
        f'<img alt="{html.escape(alt)}" style="max-width:100%" src="data:image/png;base64,{code}">'
    )
    display({"text/html": picture, "text/plain": alt}, raw=True)


def series(ax, values, t=None, **changes):
    """Draw {symbol: (T,) array} as lines over the steps t = 1..T, in the symbols' colours. Returns {symbol: Line2D}."""
    t = np.arange(1, len(next(iter(values.values()))) + 1) if t is None else t
    return {name: ax.plot(t, v, **symbol(name, **changes))[0] for name, v in values.items()}


def heat(ax, values, limit=None, label=None, origin="upper", extent=None):
    """Draw a matrix (rows, columns) around zero, blue below and red above, up to ±limit. Returns the AxesImage."""
    limit = limit or float(np.abs(values).max()) or 1.0
    image = ax.imshow(
        values, cmap=SIGNED, vmin=-limit, vmax=limit, aspect="auto", origin=origin, extent=extent
    )
    ax.grid(False)
    if label:
        ax.figure.colorbar(image, ax=ax, label=label, pad=0.02)
    return image
