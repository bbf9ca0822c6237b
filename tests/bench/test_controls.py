"""Sliders, choices and texts: which values fit, and the widgets they make."""

import ipywidgets
import numpy as np
import pytest

from rnnlib.bench import Choice, Slider, Text

INFINITE = float("inf")
NOT_A_NUMBER = float("nan")


@pytest.mark.parametrize("low, high, step", [(1, 1, 1), (0, 1, 0), (0, 1, 2), (0, INFINITE, 1)])
def test_a_slider_needs_a_step_that_fits_between_finite_ends(low, high, step):
    with pytest.raises(ValueError, match="gain: expected 0 < step <= high - low < inf"):
        Slider("gain", low, high, step, low)


@pytest.mark.parametrize("start", [2, -0.1, NOT_A_NUMBER, "0.5", None])
def test_a_slider_starts_between_its_ends(start):
    with pytest.raises(ValueError, match=r"gain: expected a number in \[0, 1\], got"):
        Slider("gain", 0, 1, 0.1, start)


def test_a_slider_of_ints_takes_whole_numbers_alone():
    slider = Slider("gain", 0, 5, 1, 2)
    with pytest.raises(ValueError, match=r"gain: expected a whole number in \[0, 5\], got 0.5"):
        slider.checked(0.5)


def test_a_slider_of_ints_returns_ints():
    assert repr(Slider("gain", 0, 5, 1, 2).checked(3.0)) == "3"


def test_one_float_makes_all_values_floats():
    assert repr(Slider("gain", 0, 5, 0.5, 2).checked(3)) == "3.0"


def test_numpys_ints_are_ints():
    slider = Slider("unit", 0, np.int64(5), 1, np.int64(2))
    assert repr(slider.checked(np.int64(3))) == "3"
    assert isinstance(slider.widget(), ipywidgets.IntSlider)


def test_code_may_set_a_slider_between_two_positions():
    assert Slider("day", 0, 10, 3, 0).checked(5) == 5
    assert Slider("weight", 0.0, 4.0, 0.25, 0.0).checked(0.37) == 0.37


def test_a_slider_of_ints_is_an_int_slider():
    widget = Slider("gain", 0, 5, 1, 2).widget()
    assert isinstance(widget, ipywidgets.IntSlider)
    assert (widget.min, widget.max, widget.step, widget.value) == (0, 5, 1, 2)


@pytest.mark.parametrize(
    "low, step, readout",
    [
        (0, 0.25, ".2f"),
        (0, 1, ".0f"),
        (0.0, 1.0, ".0f"),
        (-4.0, 0.1, ".1f"),
        (0, 0.00005, ".5f"),
        (0.25, 1, ".2f"),
        (0, np.float64(0.05), ".2f"),
    ],
)
def test_a_slider_shows_as_many_decimals_as_its_positions_have(low, step, readout):
    assert Slider("gain", low, 5, step, 2).widget().readout_format == readout


def test_play_counts_the_sliders_positions_from_where_it_stands():
    slider = Slider("gain", -5.0, 5.0, 0.5, 1.0)
    play = slider.play_button(slider.widget())
    assert (play.min, play.max, play.value, play.step) == (0, 20, 12, 1)


def test_play_reaches_the_last_position_whatever_the_rounding():
    slider = Slider("rate", 0.0, 0.7, 0.1, 0.0)  # 0.7 / 0.1 is a little less than 7
    assert slider.play_button(slider.widget()).max == 7


def played(slider):
    """The values that the slider takes while Play runs, counting as Play does in the page."""
    widget = slider.widget()
    play = slider.play_button(widget)
    values = [widget.value]
    while play.value + play.step <= play.max:
        play.value += play.step
        values.append(widget.value)
    return values


def test_play_skips_positions_of_a_long_slider():
    assert played(Slider("day", 0, 1000, 1, 0)) == list(range(0, 1001, 10))


@pytest.mark.parametrize("high", [99, 100, 101, 150, 198, 199, 200, 201, 999])
def test_play_moves_at_most_a_hundred_times_and_reaches_the_end(high):
    values = played(Slider("day", 0, high, 1, 0))
    assert 50 < len(values) <= 101
    assert values[-1] == high


def test_play_reaches_an_end_that_is_no_whole_number_of_steps_away():
    assert played(Slider("day", 0, 10, 3, 0)) == [0, 3, 6, 9, 10]


def test_a_choice_starts_with_one_of_its_options():
    message = r"cell: expected one of \('RNN', 'LSTM'\), got 'GRU'"
    with pytest.raises(ValueError, match=message):
        Choice("cell", ("RNN", "LSTM"), "GRU")


def test_the_page_names_an_option_by_its_place():
    assert Choice("cell", ("RNN", "LSTM"), "RNN").from_page(1) == "LSTM"


def test_short_options_are_buttons():
    assert isinstance(Choice("cell", ("RNN", "LSTM"), "RNN").widget(), ipywidgets.ToggleButtons)


def test_long_options_are_a_dropdown():
    options = ("a rather long option", "another long option")
    assert isinstance(Choice("cell", options, options[0]).widget(), ipywidgets.Dropdown)


@pytest.mark.parametrize("start", ["much too long", 5])
def test_a_text_is_no_longer_than_its_length(start):
    with pytest.raises(ValueError, match="word: expected text of at most 5 characters"):
        Text("word", start, max_length=5)


@pytest.mark.parametrize(
    "control", [Slider("gain", 0, 5, 1, 2), Choice("gain", (1, 2), 2), Text("gain", "q")]
)
def test_every_widget_stands_at_the_start_under_its_label(control):
    widget = control.widget()
    assert widget.value == control.start
    assert widget.description == "gain"
