"""Questions from the page, and answers to it.

When a control moves, bench.js asks for the picture of all the controls' values. The session hands
the values to the bench and sends back what the page paints. Two things can go wrong on the way,
and the session takes care of both:

- A question may be out of date. A preset, Reset or an action's `set` moves controls from the
  kernel, and a question asked just before still has the old values. So `move` raises `version`,
  each question names the version that the page knew, and the values of an older one are ignored.
  Play, and code that sets a widget's value, move a single widget and raise no version: the page
  hears of the new value, and its next question has it.
- Code of the bench may fail. The page then keeps the last good picture, and shows the error.
"""

import contextlib
import functools
import threading
import time
import traceback
from pathlib import Path

import anywidget
import ipywidgets
import traitlets

FOLDER = Path(__file__).parent
SCRIPTS = ("painting.js", "names.js", "watching.js", "bench.js")  # for the page, one script
SECONDS_BETWEEN_SHOWS = 0.04  # an action that shows more often than this skips some pictures
# JupyterLab may hand the messages of two widgets to two threads, and matplotlib knows only one.
one_at_a_time = threading.RLock()


def only_in_page():
    """A context where errors end, because the page shows them (see `reporting_to_page`).

    Such an error, or Kernel > Interrupt, must not end the thread that takes the page's messages.
    """
    return contextlib.suppress(Exception, KeyboardInterrupt)


class PictureWidget(anywidget.AnyWidget):
    """The bench's picture in the page, and what it exchanges with the kernel.

    `layers` are the images that stand still. `frame` is the answer to a question: what moves, the
    words, and an error if there was one. `controls` are the widgets whose values the page reads.
    """

    _esm = "\n".join((FOLDER / name).read_text(encoding="utf-8") for name in SCRIPTS)
    _css = FOLDER / "bench.css"
    layers = traitlets.List().tag(sync=True)
    frame = traitlets.Dict().tag(sync=True)
    controls = traitlets.Dict().tag(sync=True, **ipywidgets.widget_serialization)


class Session:
    """Keeps the picture in the page and the controls of a bench together."""

    def __init__(self, bench):
        self.bench = bench
        self.version = 0
        self.error = ""
        self.moves_widgets = False  # whether `move` is moving the widgets right now
        self.runs_action = False
        self.skipped_data = None  # the last data that an action showed, if it came too soon
        layers = bench.live_picture.layers
        self.picture_widget = PictureWidget(controls=bench.widgets, layers=layers)
        self.picture_widget.on_msg(self.answer)
        for name, widget in bench.widgets.items():
            widget.observe(functools.partial(self._widget_moved, name), "value")
        self.send()

    def answer(self, _, question, buffers):
        """Answer a question of the page: an id, a version, a ratio, and the controls' values."""
        bench = self.bench
        with one_at_a_time, only_in_page(), self.reporting_to_page(question["id"]):
            if question["ratio"] != bench.live_picture.ratio:
                bench.live_picture.set_ratio(question["ratio"])
                self.picture_widget.layers = bench.live_picture.layers
                bench.draw_data(bench.data)
            values = dict(bench.values)
            if question["version"] == self.version:
                for name, value in question["controls"].items():
                    values[name] = bench.controls[name].from_page(value)
            bench.draw_values(values)

    def move(self, values):
        """Move controls from the kernel, and draw once."""
        with one_at_a_time, self.reporting_to_page():
            self.version += 1
            self.moves_widgets = True
            try:
                for name, value in values.items():
                    self.bench.widgets[name].value = value
            finally:
                self.moves_widgets = False
            # Draw even if no value is new: an action may have shown something else since then.
            self.bench.mark_stale()
            self.skipped_data = None
            self.bench.draw_values(self.bench.values | values)

    def _widget_moved(self, name, change):
        """Follow a widget that moved by itself: by Play, or by code in a cell.

        While ipywidgets takes in a message from the page, the widget's `_property_lock` holds the
        values in it. Such a move is left alone, because the page asks for its picture itself. The
        lock is private to ipywidgets, where versions 8.1 have it (tested with 8.1.9).
        """
        with one_at_a_time:
            if self.moves_widgets or change.owner._property_lock:
                return
            with self.reporting_to_page():
                self.bench.draw_values(self.bench.values | {name: change.new})

    def show(self, data):
        """Draw the given data. In an action, skip what follows the last picture too soon."""
        too_soon = time.monotonic() - self.last_sent_at <= SECONDS_BETWEEN_SHOWS
        if self.runs_action and too_soon:
            self.skipped_data = data  # drawn at the action's end, unless other data comes first
            return
        with one_at_a_time, self.reporting_to_page():
            self._draw_shown(data)

    def run_action(self, action):
        """Call action(bench), then draw the last data that it showed if that was skipped."""
        with self.reporting_to_page():
            self.runs_action, self.skipped_data = True, None
            try:
                action(self.bench)
            finally:
                self.runs_action = False
            with one_at_a_time:
                if self.skipped_data is not None:
                    self._draw_shown(self.skipped_data)

    def _draw_shown(self, data):
        self.skipped_data = None
        self.bench.draw_data(data)
        self.bench.mark_drawn()  # a question with the same values must not undo it

    @contextlib.contextmanager
    def reporting_to_page(self, question_id=None):
        """After this block, send the last good picture, and the block's error if it had one.

        question_id: the id of the question that this answers; None if nobody asked.
        """
        try:
            yield
            self.error = ""
        except BaseException:
            self.bench.mark_stale()  # the next question must try again
            self.error = traceback.format_exc()
            raise
        finally:
            self.send(question_id)

    def send(self, question_id=None):
        self.last_sent_at = time.monotonic()
        about = {"question_id": question_id, "version": self.version, "error": self.error}
        self.picture_widget.frame = self.bench.frame | about
        # Another thread of the kernel does the sending. Without this pause it would have to wait
        # for up to 5 ms until Python lets it run.
        time.sleep(0.001)
