"""The bench itself: from the controls' values to data, from data to a picture and words."""

import base64
import html
import inspect
import re
import weakref

import numpy as np
from IPython.display import display
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from rnnlib.bench.controls import Slider, refuse
from rnnlib.bench.live import PIXELS_PER_INCH, LivePicture, flat_artists
from rnnlib.bench.panel import make_panel
from rnnlib.bench.pixels import png
from rnnlib.bench.session import Session

# Every bench that exists. Tests find a lesson's benches here, also those without a name.
all_benches = weakref.WeakSet()


class Bench:
    """Sliders over a pure function, one live picture of what it returns, and one line of words.

    A bench is shown by ending a cell with it. Without a kernel, a reader sees the picture and the
    words as they were when the cell ran.

    Parameters
    ----------
    compute : function
        compute(**values) -> data. One argument for each control. It must be pure: the same values
        give the same data, and nothing else changes.
    draw : function
        draw(fig, data) -> artists. Draws the whole figure once. Returns the artists that move, in
        any nest of lists, tuples and dictionaries. All others are taken to stand still. The
        figure's background must be opaque, because it paints over the picture before.
    update : function
        update(artists, data). Moves the artists to new data.
    controls : dict
        {name of compute's argument: Slider, Choice or Text}, in the order in which they are shown.
    describe : function
        describe(data) -> str. One line that says with numbers what the picture shows. It stands
        below the picture, and a screen reader says it in place of the picture.
    presets : dict, optional
        {label: {name: value}}. Buttons that move some of the controls.
    play : str, optional
        The name of a slider that a Play button runs.
    actions : dict, optional
        {label: function(bench)}. Buttons that call a function, which may call `show` many times.
    figsize : (float, float)
        Width and height of the figure in inches; an inch is 100 pixels of the page.
    name : str
        What tests and timings call the bench.

    Raises
    ------
    ValueError
        If a name is not that of a control, a value does not fit its control, or the figure's
        background is not opaque.

    What compute, draw, update and describe raise at the start is raised here. What they raise when
    a control moves is shown in the page, below the last good picture.

    Attributes
    ----------
    start, values : {name: value} at first, and where the controls stand now
    data, words : what was drawn last, and what describe said about it
    artists, figure, widgets : what draw returned; matplotlib's figure; {name: ipywidget}
    play : the Play button, an ipywidget, or None
    """

    # A bench's state, and who changes it:
    #
    #   values          where the controls stand; draw_values sets it, before anything can fail
    #   data, words     what was drawn last without an error, and its words; draw_data
    #   frame           what the page paints and says of them; draw_data
    #   artists         moved by update, which draw_data calls
    #   _drawn_values   the values that `frame` is for, or None if they must be drawn anew;
    #                   draw_values, mark_drawn, mark_stale
    #
    # An error leaves `data`, `words` and `frame` as they were: the last good picture. `values` are
    # then those that failed, the artists may be half moved, and the session calls mark_stale.

    def __init__(
        self,
        compute,
        draw,
        update,
        controls,
        *,
        describe,
        presets=None,
        play=None,
        actions=None,
        figsize=(9, 4.5),
        name="bench",
    ):
        self.compute, self.draw, self.update, self.describe = compute, draw, update, describe
        self.name = name
        self.controls = dict(controls)
        self.start = self.checked({name: each.start for name, each in self.controls.items()})
        self._check_names(play)
        self.presets = {label: self.checked(values) for label, values in (presets or {}).items()}
        self.values = dict(self.start)
        self.data = compute(**self.start)
        self.figure, self.artists = self._make_figure(figsize)
        self.live_picture = LivePicture(self.figure, flat_artists(self.artists))
        self.frame, self.words, self._drawn_values = {}, "", None
        self.draw_data(self.data)
        self.mark_drawn()
        self.widgets = {name: control.widget() for name, control in self.controls.items()}
        self.play = self.controls[play].play_button(self.widgets[play]) if play else None
        self.session = Session(self)
        self.picture_widget = self.session.picture_widget
        self.panel_widget = make_panel(self, actions or {})
        all_benches.add(self)

    def _check_names(self, play):
        try:
            inspect.signature(self.compute).bind(**self.start)
        except TypeError as error:
            message = f"controls: expected the names of compute's arguments, but {error}"
            raise ValueError(message) from None
        if play is not None and not isinstance(self.controls.get(play), Slider):
            refuse("play", "the name of a Slider", play)

    def _make_figure(self, figsize):
        figure = Figure(figsize=figsize, dpi=PIXELS_PER_INCH)
        FigureCanvasAgg(figure)
        artists = self.draw(figure, self.data)
        if figure.get_facecolor()[3] < 1 or not figure.get_frameon():
            refuse("draw", "a figure with an opaque background", figure.get_facecolor())
        # `draw` may leave texts empty for `update` to fill, and the layout depends on them.
        self.update(artists, self.data)
        # The first drawing settles the layout. A second layout would make the axes jump.
        figure.canvas.draw()
        figure.set_layout_engine("none")
        return figure, artists

    # --- What code in a lesson may call ---

    def set(self, **values):
        """Move some controls, and draw once. ValueError if a name or a value does not fit."""
        self.session.move(self.checked(values))

    def reset(self):
        """Put every control back to where it started."""
        self.set(**self.start)

    def show(self, data):
        """Draw `data` without compute, as actions do. They may call this as often as they like."""
        self.session.show(data)

    def act(self, action):
        """Call action(bench) as its button does, but raise its errors."""
        self.session.run_action(action)

    # --- What the session calls ---

    def checked(self, values):
        """`values` with each value checked by its control; ValueError for a name that is none."""
        if not set(values) <= set(self.controls):
            refuse("values", f"names among {sorted(self.controls)}", sorted(values))
        return {name: self.controls[name].checked(value) for name, value in values.items()}

    def draw_values(self, values):
        """Draw the picture of these values, unless it is drawn already."""
        self.values = self.checked(values)
        if self.values != self._drawn_values:
            self.draw_data(self.compute(**self.values))
            self.mark_drawn()

    def draw_data(self, data):
        """Move the artists to `data`, and write down what the page paints and says.

        If anything fails on the way, the last good `frame` stays.
        """
        self.update(self.artists, data)
        words = with_minus_signs(self.describe(data))
        self.frame = {"words": words, **self.live_picture.record()}
        self.data, self.words = data, words

    def mark_drawn(self):
        """From now on, the picture is that of `values`, and need not be drawn for them again."""
        self._drawn_values = self.values

    def mark_stale(self):
        """Draw the next time that anybody asks, whatever the values are."""
        self._drawn_values = None

    # --- What Jupyter calls ---

    def _ipython_display_(self):
        """Show the live bench and, for readers without a kernel, a still picture and its words.

        These are two more outputs, which bench.css hides as long as the live one is there. In one
        output with the live bench they would not be shown: JupyterLab picks only one of its forms.
        """
        live = {"text/plain": "Interactive figure: run this cell to move it."}
        display(self.panel_widget._repr_mimebundle_() | live, raw=True)

        self.update(self.artists, self.data)  # an error may have left the artists half moved
        self.figure.canvas.draw()
        still = png(np.asarray(self.figure.canvas.buffer_rgba()))
        picture = {"image/png": base64.b64encode(still).decode(), "text/plain": self.words}
        width = round(self.figure.get_figwidth() * PIXELS_PER_INCH)
        display(picture, metadata={"image/png": {"width": width}}, raw=True)

        paragraph = f'<p class="rnn-bench-still">{html.escape(self.words)}</p>'
        display({"text/html": paragraph, "text/plain": self.words}, raw=True)


def with_minus_signs(words):
    """The words with a true minus before negative numbers, and no sign before a rounded zero.

    A hyphen after a letter or digit stays, as in "GPT-4" and "10-20 steps". Only the exponent of a
    number like 1e-05 is negative there.
    """
    words = re.sub(r"(?<!\w)-(?=0(\.0*)?(?![\d.]*\d))", "", words)
    return re.sub(r"(?:(?<!\w)|(?<=\d[eE]))-(?=[\d.])", "−", words)
