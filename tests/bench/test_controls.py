"""Sliders, choices and texts: which values fit, and the widgets they make."""

import ipywidgets
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


def test_a_slider_of_ints_is_an_int_slider():
    widget = Slider("gain", 0, 5, 1, 2).widget()
    assert isinstance(widget, ipywidgets.IntSlider)
    assert (widget.min, widget.max, widget.step, widget.value) == (0, 5, 1, 2)


def test_a_slider_shows_as_many_decimals_as_its_step_has():
    assert Slider("gain", 0, 5, 0.25, 2).widget().readout_format == ".2f"
    assert Slider("gain", 0, 5, 1, 2).widget().readout_format == ".0f"


def test_play_counts_the_sliders_positions_from_where_it_stands():
    slider = Slider("gain", -5.0, 5.0, 0.5, 1.0)
    play = slider.play_button(slider.widget())
    assert (play.min, play.max, play.value, play.step) == (0, 20, 12, 1)


def test_play_reaches_the_last_position_whatever_the_rounding():
    slider = Slider("rate", 0.0, 0.7, 0.1, 0.0)  # 0.7 / 0.1 is a little less than 7
    assert slider.play_button(slider.widget()).max == 7


def test_play_runs_a_long_slider_in_about_a_hundred_pictures():
    slider = Slider("day", 0, 1000, 1, 0)
    assert slider.play_button(slider.widget()).step == 10


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
