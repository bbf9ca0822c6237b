"""Plot helpers: what the artists hold, and the one style."""

import base64
import io

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt  # noqa: E402
import numpy as np  # noqa: E402
import pytest  # noqa: E402
from IPython.core.interactiveshell import InteractiveShell  # noqa: E402
from IPython.utils.capture import capture_output  # noqa: E402
from matplotlib.colors import to_hex  # noqa: E402
from PIL import Image  # noqa: E402

from rnnlib import plots  # noqa: E402


def luminance(colour):
    rgb = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) / 255
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4) @ [0.2126, 0.7152, 0.0722]


def test_lines_of_the_gates_differ_by_more_than_colour():
    assert plots.COLOURS.keys() == plots.DASHES.keys()
    for group in ("ifog", "rzn", ("c", "h"), ("RNN", "LSTM", "GRU"), ("train", "validation", "test")):
        assert len({plots.COLOURS[s] for s in group}) == len({str(plots.DASHES[s]) for s in group}) == len(group)
    for name, colour in plots.COLOURS.items():
        assert 1.05 / (luminance(colour) + 0.05) > 2, f"{name} is too pale for a line on white"


def test_series_draws_the_numbers_in_the_symbols_colours():
    fig, ax = plt.subplots()
    lines = plots.series(ax, {"f": np.array([0.1, 0.2]), "c": np.array([3.0, 4.0])})
    assert np.array_equal(lines["c"].get_xydata(), [[1, 3], [2, 4]])
    assert to_hex(lines["f"].get_color()).upper() == plots.COLOURS["f"] and lines["f"].get_label() == "f"
    plt.close(fig)
    with pytest.raises(ValueError, match="name must be one of"):
        plots.symbol("q")


def test_heat_is_symmetric_about_zero():
    fig, ax = plt.subplots()
    image = plots.heat(ax, np.array([[1.0, -3.0]]), label="h")
    assert image.get_clim() == (-3, 3)
    assert plots.heat(ax, np.zeros((2, 2))).get_clim() == (-1, 1)
    plt.close(fig)


def test_show_gives_a_picture_with_alternative_text():
    InteractiveShell.instance()
    plots.use_style()
    fig, ax = plt.subplots(figsize=(3, 2))
    ax.plot([0, 1])
    with capture_output() as said:
        plots.show(fig, 'a line from 0 to 1, "rising"')
    data = said.outputs[0].data
    assert 'alt="a line from 0 to 1, &quot;rising&quot;"' in data["text/html"] and data["text/plain"].startswith("a line")
    code = data["text/html"].split("base64,")[1].split('"')[0]
    assert Image.open(io.BytesIO(base64.b64decode(code))).size == (300, 200)
    assert not plt.fignum_exists(fig.number)
    InteractiveShell.clear_instance()
