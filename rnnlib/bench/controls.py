"""Sliders, choices and lines of text: which values fit, and how they look in the page."""

import math
from dataclasses import dataclass
from decimal import Decimal
from numbers import Integral, Real

import ipywidgets
import traitlets

PLAY_INTERVAL = 60  # milliseconds from one picture of Play to the next
PLAY_STEPS = 100  # Play moves a slider at most so often; with more positions, it skips some
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
        The distance between the positions where the reader can stop, counted from `low`. Code,
        such as a preset or an action, may also set a value between two positions.
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
        # Refuses a step of 0, ends that are equal or reversed, infinite ends, and nan anywhere.
        if not 0 < self.step <= self.high - self.low < math.inf:
            numbers = (self.step, self.high, self.low)
            refuse(self.label, "0 < step <= high - low < inf", numbers)
        super().__post_init__()

    @property
    def is_whole(self):
        numbers = (self.low, self.high, self.step, self.start)
        return all(isinstance(number, Integral) for number in numbers)  # also NumPy's ints

    def checked(self, value):
        """`value` as an int or a float, or ValueError if it does not fit."""
        fits = isinstance(value, Real) and self.low <= value <= self.high
        if not fits or (self.is_whole and value % 1 != 0):
            kind = "a whole number" if self.is_whole else "a number"
            refuse(self.label, f"{kind} in [{self.low}, {self.high}]", value)
        return int(value) if self.is_whole else float(value)

    def widget(self):
        kind = ipywidgets.IntSlider if self.is_whole else ipywidgets.FloatSlider
        decimals = max(decimals_of(self.low), decimals_of(self.step))
        return kind(
            **self._options(),
            min=self.low,
            max=self.high,
            step=self.step,
            readout_format=f".{decimals}f",
            # While the slider is held, bench.js asks for pictures itself. A message of the
            # widget's own for every position would cost as much time as a picture.
            continuous_update=False,
        )

    def play_button(self, widget):
        """A Play button that moves the slider's `widget` on from where it stands, up to `high`.

        Play counts its own steps from 0. The link converts a slider's value to a step and back.
        """
        # Dividing floats can give a little more than a whole number. The small number prevents
        # that this makes one position, or one step, too many.
        positions = math.ceil((self.high - self.low) / self.step - 1e-9)
        positions_a_step = math.ceil(positions / PLAY_STEPS)
        distance = self.step * positions_a_step

        def step_of(value):
            return round((value - self.low) / distance)

        def value_at(step):
            return min(self.low + step * distance, self.high)  # the last step may be shorter

        last = math.ceil(positions / positions_a_step)
        play = ipywidgets.Play(max=last, interval=PLAY_INTERVAL)
        traitlets.link((widget, "value"), (play, "value"), transform=(step_of, value_at))
        return play


def decimals_of(number):
    """How many digits `number` has after the point: 0 for 2.0, 2 for 0.25, 5 for 0.00005."""
    return max(0, -Decimal(str(number)).normalize().as_tuple().exponent)


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
