"""The course's one style for figures: one symbol has one colour and one line style everywhere."""

import base64
import html
import io

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display

# From Okabe and Ito's and from Tol's sets, which colour-blind readers can tell apart.
COLOURS = {
    "i": "#0072B2", "f": "#D55E00", "o": "#009E73", "g": "#CC79A7",
    "c": "#222222", "h": "#E69F00", "x": "#8A8A8A",
    "r": "#56B4E9", "z": "#7F5F00", "n": "#CC79A7",
    "gradient": "#882255", "loss": "#332288",
    "RNN": "#AA4499", "LSTM": "#332288", "GRU": "#117733",
    "train": "#332288", "validation": "#AA4499", "test": "#117733",
}  # fmt: skip
# The gates also differ in their dashes: (offset, (on, off, ...)) in points.
DASHES = {
    "i": "-", "f": (0, (6, 1.5)), "o": (0, (5, 1.5, 1, 1.5)), "g": (0, (1.5, 1)),
    "c": "-", "h": (0, (4, 1)), "x": "-",
    "r": "-", "z": (0, (6, 1.5)), "n": (0, (1.5, 1)),
    "gradient": "-", "loss": "-",
    "RNN": (0, (1.5, 1)), "LSTM": "-", "GRU": (0, (6, 1.5)),
    "train": "-", "validation": (0, (5, 1.5)), "test": (0, (1.5, 1)),
}  # fmt: skip
SIGNED = "RdBu_r"  # the colour map for values around zero: blue below, red above
AMOUNT = "cividis"  # the colour map for amounts from zero up


def use_style():
    """Set the course's style for every figure that follows.

    The ground is white, also in JupyterLab's dark theme, because the colours are made for white.
    """
    plt.rcParams.update(
        {
            "figure.dpi": 100,
            "figure.facecolor": "white",
            "figure.constrained_layout.use": True,
            "savefig.facecolor": "white",
            "font.family": "DejaVu Sans",
            "font.size": 10.5,
            "axes.titlesize": 11,
            "axes.titlelocation": "left",
            "axes.labelsize": 10.5,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "axes.axisbelow": True,
            "grid.color": "#E4E4E4",
            "grid.linewidth": 0.7,
            "lines.linewidth": 1.8,
            "legend.frameon": False,
            "legend.fontsize": 9.5,
            "xtick.labelsize": 9.5,
            "ytick.labelsize": 9.5,
            "image.interpolation": "nearest",
        }
    )


def symbol(name, **changes):
    """Keyword arguments for a line that stands for a symbol: its colour, dashes and label.

    Parameters
    ----------
    name : str
        A key of COLOURS, such as "f", "c", "LSTM" or "gradient".
    changes
        More arguments of `ax.plot`, or others in place of these.

    Raises
    ------
    ValueError
        If there is no such symbol.
    """
    if name not in COLOURS:
        raise ValueError(f"name must be one of {', '.join(COLOURS)}; got {name!r}")
    look = {"color": COLOURS[name], "linestyle": DASHES[name], "label": name}
    return look | changes


def series(ax, values, t=None, **changes):
    """Draw arrays over time as lines, each in its symbol's colour.

    Parameters
    ----------
    values : dict
        {symbol: array (T,)}.
    t : array (T,), optional
        The steps; 1 to T if left out.
    changes
        More arguments of `ax.plot`, for all lines.

    Returns
    -------
    dict
        {symbol: Line2D}
    """
    if t is None:
        T = len(next(iter(values.values())))
        t = np.arange(1, T + 1)
    lines = {}
    for name, array in values.items():
        (lines[name],) = ax.plot(t, array, **symbol(name, **changes))
    return lines


def heat(ax, values, limit=None, label=None, origin="upper", extent=None):
    """Draw a matrix of values around zero: blue below, red above, white at zero.

    Parameters
    ----------
    values : array (rows, columns)
    limit : float, optional
        The colours reach from -limit to limit; the largest |value| if left out.
    label : str, optional
        What the colour bar says. Without a label there is no colour bar.
    origin, extent
        As in `ax.imshow`.

    Returns
    -------
    AxesImage
    """
    if not limit:
        limit = float(np.abs(values).max())
    if limit == 0:  # a matrix of zeros: any limit will do, and colours need one
        limit = 1.0
    image = ax.imshow(
        values,
        cmap=SIGNED,
        vmin=-limit,
        vmax=limit,
        aspect="auto",
        origin=origin,
        extent=extent,
    )
    ax.grid(False)
    if label:
        ax.figure.colorbar(image, ax=ax, label=label, pad=0.02)
    return image


def show(fig, alt):
    """Display a figure as an image, and close it.

    alt: the words that a screen reader says in its place. JupyterLab drops such words from a plain
    PNG output, so the image is sent as HTML.
    """
    png = io.BytesIO()
    fig.savefig(png, format="png", dpi=fig.dpi, metadata={"Software": None})
    plt.close(fig)
    code = base64.b64encode(png.getvalue()).decode()
    source = f"data:image/png;base64,{code}"
    image = f'<img alt="{html.escape(alt)}" style="max-width:100%" src="{source}">'
    display({"text/html": image, "text/plain": alt}, raw=True)
