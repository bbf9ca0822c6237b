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
from matplotlib.colors import to_hex, to_rgb  # noqa: E402
from PIL import Image  # noqa: E402

from rnnlib import plots  # noqa: E402

# Symbols that stand in one picture.
TOGETHER = ["ifog", "rzn", "ch", ("RNN", "LSTM", "GRU"), ("train", "validation", "test")]


@pytest.fixture
def ax():
    fig, ax = plt.subplots()
    yield ax
    plt.close(fig)


def luminance(colour):
    """The relative luminance of an sRGB colour, as WCAG defines it."""
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def test_every_symbol_has_a_colour_and_dashes():
    assert plots.COLOURS.keys() == plots.DASHES.keys()


@pytest.mark.parametrize("table", [plots.COLOURS, plots.DASHES], ids=["colours", "dashes"])
@pytest.mark.parametrize("symbols", TOGETHER)
def test_symbols_in_one_picture_differ(symbols, table):
    assert len({str(table[symbol]) for symbol in symbols}) == len(symbols)


@pytest.mark.parametrize("name", plots.COLOURS)
def test_no_colour_is_too_pale_for_a_line_on_white(name):
    contrast = 1.05 / (luminance(plots.COLOURS[name]) + 0.05)
    assert contrast > 2


def test_a_symbol_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="name must be one of i, f, o"):
        plots.symbol("q")


def test_changes_go_before_a_symbols_own_look():
    assert plots.symbol("f", label="forget", lw=3) == {
        "color": plots.COLOURS["f"],
        "linestyle": plots.DASHES["f"],
        "label": "forget",
        "lw": 3,
    }


def test_series_draws_the_numbers_from_step_1_on(ax):
    lines = plots.series(ax, {"f": np.array([0.1, 0.2]), "c": np.array([3.0, 4.0])})
    np.testing.assert_array_equal(lines["c"].get_xydata(), [[1, 3], [2, 4]])


def test_series_draws_in_the_symbols_colours(ax):
    line = plots.series(ax, {"f": np.array([0.1, 0.2])})["f"]
    assert to_hex(line.get_color()).upper() == plots.COLOURS["f"]
    assert line.get_label() == "f"


def test_heat_is_symmetric_about_zero(ax):
    assert plots.heat(ax, np.array([[1.0, -3.0]])).get_clim() == (-3, 3)


def test_heat_takes_a_limit(ax):
    assert plots.heat(ax, np.array([[1.0, -3.0]]), limit=2).get_clim() == (-2, 2)


def test_heat_of_zeros_has_colours_too(ax):
    assert plots.heat(ax, np.zeros((2, 2))).get_clim() == (-1, 1)


def test_heat_with_a_label_has_a_colour_bar(ax):
    plots.heat(ax, np.eye(2), label="h")
    assert ax.figure.axes[1].get_ylabel() == "h"


@pytest.fixture(scope="module")
def shown():
    """What `show` displays of a figure of 3 by 2 inches, and the figure's number."""
    InteractiveShell.instance()
    with matplotlib.rc_context():
        plots.use_style()
        fig, ax = plt.subplots(figsize=(3, 2))
        ax.plot([0, 1])
        with capture_output() as captured:
            plots.show(fig, 'a line from 0 to 1, "rising"')
    InteractiveShell.clear_instance()
    return captured.outputs[0].data, fig.number


def test_show_gives_a_screen_reader_words(shown):
    data, _ = shown
    assert 'alt="a line from 0 to 1, &quot;rising&quot;"' in data["text/html"]
    assert data["text/plain"] == 'a line from 0 to 1, "rising"'


def test_show_gives_the_whole_picture(shown):
    data, _ = shown
    code = data["text/html"].split("base64,")[1].split('"')[0]
    assert Image.open(io.BytesIO(base64.b64decode(code))).size == (300, 200)


def test_show_closes_the_figure(shown):
    _, number = shown
    assert not plt.fignum_exists(number)
