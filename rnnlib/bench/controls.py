"""Sliders, choices and lines of text: which values fit, and how they look in the page."""

from dataclasses import dataclass

import ipywidgets
import numpy as np
import traitlets

PLAY_INTERVAL = 60  # milliseconds from one picture of Play to the next
PLAY_PICTURES = 100  # a slider with more positions than this plays in about so many pictures
WIDEST_BUTTONS = 40  # characters; a choice whose options need more becomes a dropdown


def refuse(what, expected, got):
    """Raise ValueError: what does not fit, what was expected, and what came."""
    raise ValueError(f"{what}: expected {expected}, got {got!r}")


class Control:
    """What a bench asks of every control.

    `label` is the control's name in the page and for screen readers, `start` its first value.
    `checked(value)` returns the value if it fits, and raises ValueError otherwise.
    `widget()` makes the ipywidget that the reader moves.
    """

    def __post_init__(self):
        self.checked(self.start)

    def from_page(self, value):
        """The control's value for what the page sends."""
        return value

    def _options(self):
        """The arguments that the widgets of all controls take."""
        return {"value": self.start, "description": self.label, "tooltip": self.label}


@dataclass(frozen=True)
class Slider(Control):
    """A number that slides from `low` to `high`.

    Parameters
    ----------
    label : str
        The name beside the slider.
    low, high : int or float
        Both ends. They are values that the slider can take.
    step : int or float
        The distance between neighbouring positions, counted from `low`.
    start : int or float
        Where the slider stands first.

    The four numbers are in the unit of compute's argument. If all four are ints, every value is an
    int; otherwise every value is a float.

    Raises
    ------
    ValueError
        If the step does not fit between finite ends, or `start` does not lie between them.
    """

    label: str
    low: float
    high: float
    step: float
    start: float

    def __post_init__(self):
        if not 0 < self.step <= self.high - self.low < np.inf:
            numbers = (self.step, self.high, self.low)
            refuse(self.label, "0 < step <= high - low < inf", numbers)
        super().__post_init__()

    @property
    def is_whole(self):
        numbers = (self.low, self.high, self.step, self.start)
        return all(isinstance(number, int) for number in numbers)

    def checked(self, value):
        """`value` as an int or a float, or ValueError if it lies outside [low, high]."""
        kind = "a whole number" if self.is_whole else "a number"
        is_number = isinstance(value, (int, float, np.number))
        if not is_number or not self.low <= value <= self.high:
            refuse(self.label, f"{kind} in [{self.low}, {self.high}]", value)
        if not self.is_whole:
            return float(value)
        if value % 1 != 0:
            refuse(self.label, f"{kind} in [{self.low}, {self.high}]", value)
        return int(value)

    def widget(self):
        kind = ipywidgets.IntSlider if self.is_whole else ipywidgets.FloatSlider
        decimals = str(self.step).partition(".")[2]
        return kind(
            **self._options(),
            min=self.low,
            max=self.high,
            step=self.step,
            readout_format=f".{len(decimals)}f",
            # While the slider is held, bench.js asks for pictures itself. A message of the
            # widget's own for every position would cost as much time as a picture.
            continuous_update=False,
        )

    def play_button(self, widget):
        """A Play button that moves the slider's `widget` on from where it stands.

        Play counts the slider's positions from 0. Its link to the widget translates.
        """

        def position_of(value):
            return round((value - self.low) / self.step)

        def value_at(position):
            return self.low + position * self.step

        # The small number keeps a last position that rounding puts just below a whole number.
        positions = int((self.high - self.low) / self.step + 1e-9)
        stride = max(1, positions // PLAY_PICTURES)
        play = ipywidgets.Play(max=positions, step=stride, interval=PLAY_INTERVAL)
        traitlets.link((widget, "value"), (play, "value"), transform=(position_of, value_at))
        return play


@dataclass(frozen=True)
class Choice(Control):
    """One of a few options: buttons in a row if they are short, otherwise a dropdown.

    Parameters
    ----------
    label : str
        The name beside the buttons.
    options : sequence of str or numbers
        The values, in the order in which they are shown.
    start : str or number
        The option chosen first.

    Raises
    ------
    ValueError
        If `start` is not among the options.
    """

    label: str
    options: tuple
    start: object

    def __post_init__(self):
        object.__setattr__(self, "options", tuple(self.options))  # as the class is frozen
        super().__post_init__()

    def checked(self, value):
        """`value`, or ValueError if it is not among the options."""
        if value not in self.options:
            refuse(self.label, f"one of {self.options}", value)
        return value

    def from_page(self, index):
        """The option at `index`: the page knows only the options' places."""
        return self.options[index]

    def widget(self):
        width = sum(len(str(option)) + 2 for option in self.options)  # 2 for the button's edges
        kind = ipywidgets.ToggleButtons if width <= WIDEST_BUTTONS else ipywidgets.Dropdown
        labelled = [(str(option), option) for option in self.options]
        return kind(**self._options(), options=labelled)


@dataclass(frozen=True)
class Text(Control):
    """A line of text that the reader types.

    Parameters
    ----------
    label : str
        The name beside the line.
    start : str
        What the line says first.
    max_length : int
        The most characters it may have.

    Raises
    ------
    ValueError
        If `start` is longer than that, or no text.
    """

    label: str
    start: str
    max_length: int = 40

    def checked(self, value):
        """`value`, or ValueError if it is no text or too long."""
        if not isinstance(value, str) or len(value) > self.max_length:
            refuse(self.label, f"text of at most {self.max_length} characters", value)
        return value

    def widget(self):
        return ipywidgets.Text(**self._options())
