"""What a bench accepts, and how code moves it."""

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display
from IPython.utils.capture import capture_output
from support.benches import extremes, move_through_extremes
from support.samples import GAIN, line_bench

from rnnlib.bench import Bench, Choice, Slider, Text, all_benches
from rnnlib.bench.bench import with_minus_signs


@pytest.mark.parametrize(
    "options, message",
    [
        ({"controls": {"loss": GAIN}}, "controls: expected the names of compute's arguments"),
        ({"play": "speed"}, "play: expected the name of a Slider, got 'speed'"),
        ({"presets": {"far": {"gain": 9}}}, r"gain: expected a number in \[-5.0, 5.0\], got 9"),
        (
            {"presets": {"far": {"speed": 1}}},
            r"values: expected names among \['gain'\], got \['speed'\]",
        ),
    ],
)
def test_a_bad_argument_is_named(options, message):
    with pytest.raises(ValueError, match=message):
        line_bench(**options)


@pytest.mark.parametrize("values", [{"gain": 7}, {"gain": "1"}, {"speed": 7}])
def test_a_bad_value_is_refused_before_anything_moves(values):
    bench = line_bench()
    with pytest.raises(ValueError, match="expected"):
        bench.set(**values)
    assert bench.values == {"gain": 1.0}


def test_an_error_at_creation_is_raised():
    with pytest.raises(ArithmeticError, match="the gain is three"):
        line_bench({"gain": Slider("gain", 0, 5, 1, 3)})


def test_whole_numbers_reach_compute_as_ints():
    bench = line_bench({"gain": Slider("gain", 0, 5, 1, 1)})
    bench.set(gain=2.0)
    assert repr(bench.calls[-1]) == "{'gain': 2}"


def test_a_start_without_a_point_reaches_compute_as_a_float():
    bench = line_bench({"gain": Slider("gain", 0, 5, 0.5, 1)})
    assert repr(bench.calls[0]) == "{'gain': 1.0}"


def test_a_figure_that_one_can_see_through_is_refused():
    def draw(fig, data):
        fig.set_facecolor("none")
        return fig.subplots().plot(data)

    controls = {"gain": GAIN}
    with pytest.raises(ValueError, match="draw: expected a figure with an opaque background"):
        Bench(lambda gain: [gain], draw, lambda *_: None, controls, describe=str)


def two_sliders():
    return line_bench({"gain": GAIN, "shift": Slider("shift", 0, 4, 1, 0)})


def test_set_moves_the_sliders():
    bench = two_sliders()
    bench.set(gain=2, shift=3)
    assert bench.values == {"gain": 2.0, "shift": 3}
    assert {name: widget.value for name, widget in bench.widgets.items()} == bench.values


def test_set_computes_once():
    bench = two_sliders()
    before = len(bench.calls)
    bench.set(gain=2, shift=3)
    assert len(bench.calls) == before + 1


def test_set_moves_picture_and_words():
    bench = line_bench()
    bench.set(gain=2)
    assert bench.data[-1] == 2
    assert bench.artists[0].get_ydata()[-1] == 2
    assert bench.words == "The line ends at 2.00."
    assert bench.picture_widget.frame["words"] == bench.words


def test_an_error_of_set_is_raised():
    with pytest.raises(ArithmeticError, match="the gain is three"):
        line_bench().set(gain=3)


def test_a_slider_moved_in_the_kernel_moves_the_picture():
    bench = line_bench()
    bench.widgets["gain"].value = 2.5
    assert bench.data[-1] == 2.5
    assert bench.words == "The line ends at 2.50."


def buttons_of(bench):
    _, row, _ = bench.panel_widget.children
    return {button.description: button for button in row.children}


def test_reset_and_presets_are_buttons():
    bench = line_bench(presets={"steep": {"gain": 4}})
    assert list(buttons_of(bench)) == ["Reset", "steep"]


def test_a_presets_button_moves_there():
    bench = line_bench(presets={"steep": {"gain": 4}})
    buttons_of(bench)["steep"].click()
    assert bench.values == {"gain": 4.0}
    assert bench.data[-1] == 4


def test_reset_goes_back_to_the_start():
    bench = line_bench()
    bench.set(gain=4)
    buttons_of(bench)["Reset"].click()
    assert bench.values == {"gain": 1.0}
    assert bench.data[-1] == 1


@pytest.mark.parametrize("position, gain", [(0, -5.0), (20, 5.0)])
def test_play_runs_the_slider_over_its_own_range(position, gain):
    bench = line_bench(play="gain")
    bench.play.value = position
    assert bench.values == {"gain": gain}
    assert bench.data[-1] == gain


def test_play_goes_on_from_where_the_slider_stands():
    bench = line_bench(play="gain")
    bench.set(gain=0)
    assert bench.play.value == 10


@pytest.mark.parametrize(
    "words, shown",
    [
        ("the sum is -0.5", "the sum is −0.5"),
        ("the sum is -0.00", "the sum is 0.00"),
        ("from -0 to -0.01", "from 0 to −0.01"),
        ("a one-to-many net", "a one-to-many net"),
        ("1e-05", "1e−05"),
        ("less than -2.5E-48", "less than −2.5E−48"),
        ("-.5 and (-0.7)", "−.5 and (−0.7)"),
        ("score 3-0", "score 3-0"),
        ("10-20 steps", "10-20 steps"),
        ("GPT-4", "GPT-4"),
    ],
)
def test_words_have_true_minus_signs(words, shown):
    assert with_minus_signs(words) == shown


def test_a_bench_is_listed():
    bench = line_bench()
    assert bench in all_benches


@pytest.fixture
def shown():
    """The outputs of a cell that ends with a bench, and the bench's words."""
    InteractiveShell.instance()
    bench = line_bench()
    with capture_output() as captured:
        display(bench)
    InteractiveShell.clear_instance()
    return [output.data for output in captured.outputs], bench.words


def test_the_first_output_is_the_live_bench(shown):
    (live, _, _), _ = shown
    assert "application/vnd.jupyter.widget-view+json" in live
    assert live["text/plain"] == "Interactive figure: run this cell to move it."


def test_without_a_kernel_there_are_a_still_picture_and_its_words(shown):
    (_, still, words), said = shown
    assert set(still) == {"image/png", "text/plain"}
    assert still["text/plain"] == said
    assert words["text/html"] == f'<p class="rnn-bench-still">{said}</p>'


def test_the_still_picture_is_the_last_good_one():
    """An update that fails may have moved an artist already."""
    InteractiveShell.instance()
    bench = line_bench()

    def update(artists, data):
        artists[0].set_ydata(data)
        if data[-1] == 5:
            raise ArithmeticError("five is too much")

    bench.update = update
    with pytest.raises(ArithmeticError, match="five is too much"):
        bench.set(gain=5)
    with capture_output():
        display(bench)
    InteractiveShell.clear_instance()
    assert bench.words == "The line ends at 1.00."
    assert bench.artists[0].get_ydata()[-1] == 1


def every_kind_of_control():
    controls = {
        "gain": GAIN,
        "cell": Choice("cell", ("RNN", "LSTM", "GRU"), "RNN"),
        "word": Text("word", "a", 5),
    }
    return line_bench(controls, presets={"steep": {"gain": 4}})


def test_extremes_are_the_start_all_presets_ends_and_pairs_of_ends():
    values = list(extremes(every_kind_of_control()))
    assert len(values) == 1 + 1 + (2 + 3 + 2) + (2 * 3 + 2 * 2 + 3 * 2)
    assert {"gain": 4.0, "cell": "RNN", "word": "a"} in values
    assert {"gain": -5.0, "cell": "RNN", "word": "mmmmm"} in values


def test_a_sound_bench_stands_its_extremes():
    bench = every_kind_of_control()
    move_through_extremes(bench)
    assert bench.values == bench.start


def test_a_bench_with_an_infinite_line_does_not():
    bench = line_bench(describe=lambda data: "A line.")
    bench.update = lambda artists, data: artists[0].set_ydata(np.where(data > 4, np.inf, data))
    with pytest.raises(AssertionError, match="infinite data"):
        move_through_extremes(bench)
