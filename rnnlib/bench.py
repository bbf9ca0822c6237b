"""Benches: sliders, presets, Play, one live picture and one line of words that says what it shows.

A bench wraps three plain functions of a lesson's: `compute(**values) -> data` (pure), `draw(fig, data) -> artists`
(matplotlib, once) and `update(artists, data)`. The browser asks for each picture itself (`bench.js`), and the kernel
answers with a display list: what the moving artists draw, written down by `Recorder` and painted by a canvas between
layers of all that stands still. What a canvas cannot paint as matplotlib does is painted by matplotlib.
"""

import base64
import html
import inspect
import io
import itertools
import math
import time
import traceback
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path as File

import anywidget
import ipywidgets
import numpy as np
import traitlets
from IPython.display import display
from matplotlib.artist import Artist
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.path import Path
from matplotlib.transforms import Affine2D
from PIL import Image

PIXELS_PER_INCH = 100
PAUSE_BETWEEN_SHOWS = 0.04  # seconds: an action that shows faster than 25 pictures a second skips some


@dataclass(frozen=True)
class Slider:
    """A number in [low, high] on the grid low + k·step; whole numbers if all four are ints. fmt as in ".2f"."""

    label: str
    low: float
    high: float
    step: float
    start: float
    fmt: str | None = None

    def __post_init__(self):
        where = f"Slider {self.label!r}: "
        if not all(math.isfinite(x) for x in (self.low, self.high, self.step, self.start)):
            raise ValueError(where + "low, high, step and start must be finite numbers")
        if not self.low < self.high:
            raise ValueError(where + f"expected low < high, got low = {self.low}, high = {self.high}")
        if not 0 < self.step <= self.high - self.low:
            raise ValueError(where + f"expected 0 < step <= high - low, got step = {self.step}")
        if not self.low <= self.start <= self.high:
            raise ValueError(where + f"expected start in [{self.low}, {self.high}], got {self.start}")

    @property
    def steps(self):
        return self.steps_to(self.high)

    def steps_to(self, value):
        return round((value - self.low) / self.step)

    @property
    def whole(self):
        return all(isinstance(x, int) for x in (self.low, self.high, self.step, self.start))

    def checked(self, value):
        if not isinstance(value, (int, float, np.integer, np.floating)) or not self.low <= value <= self.high:
            raise ValueError(f"expected a number in [{self.low}, {self.high}], got {value!r}")
        if self.whole and value != int(value):
            raise ValueError(f"expected a whole number in [{self.low}, {self.high}], got {value!r}")
        return int(value) if self.whole else round(float(value), 10)  # a slider's 0.15000000000000002 is 0.15

    def read(self, raw):
        return self.checked(min(max(raw, self.low), self.high))

    def extremes(self):
        return [self.low, self.high]

    def widget(self):
        decimals = max(0, -Decimal(str(self.step)).as_tuple().exponent)
        kind = ipywidgets.IntSlider if self.whole else ipywidgets.FloatSlider
        return kind(self.start, min=self.low, max=self.high, step=self.step, description=self.label,
                    readout_format=self.fmt or ("d" if self.whole else f".{decimals}f"))


@dataclass(frozen=True)
class Choice:
    """One of a few options, strings or numbers: buttons when they are short, a dropdown when they are not."""

    label: str
    options: tuple
    start: object

    def __post_init__(self):
        object.__setattr__(self, "options", tuple(self.options))
        if not self.options or len(set(self.options)) < len(self.options):
            raise ValueError(f"Choice {self.label!r}: expected different options, got {self.options}")
        if self.start not in self.options:
            raise ValueError(f"Choice {self.label!r}: expected start among {self.options}, got {self.start!r}")

    def checked(self, value):
        if value not in self.options:
            raise ValueError(f"expected one of {self.options}, got {value!r}")
        return self.options[self.options.index(value)]

    def read(self, raw):
        return self.options[raw]

    def extremes(self):
        return list(self.options)

    def widget(self):
        short = len(self.options) <= 5 and sum(len(str(option)) for option in self.options) <= 40
        kind = ipywidgets.ToggleButtons if short else ipywidgets.Dropdown
        return kind(options=[(str(option), option) for option in self.options], value=self.start,
                    description=self.label)


@dataclass(frozen=True)
class Text:
    """A line of text of at most max_length characters."""

    label: str
    start: str
    max_length: int = 40

    def __post_init__(self):
        if not isinstance(self.start, str) or len(self.start) > self.max_length:
            raise ValueError(f"Text {self.label!r}: expected start of at most {self.max_length} characters, "
                             f"got {self.start!r}")

    def checked(self, value):
        if not isinstance(value, str) or len(value) > self.max_length:
            raise ValueError(f"expected text of at most {self.max_length} characters, got {value!r}")
        return value

    def read(self, raw):
        return raw[: self.max_length]

    def extremes(self):
        return ["", "m" * self.max_length]

    def widget(self):
        return ipywidgets.Text(self.start, description=self.label, continuous_update=True)


class Recorder(RendererBase):
    """A matplotlib renderer that writes down what artists draw, in canvas pixels (y downwards), as a list of ops.

    A path op has points in the buffer, where (nan, 0) starts a new line and (nan, 1) closes one; an image op has RGBA
    pixels there. Paths are cleaned by matplotlib's own code (transformed, simplified, snapped to pixels), so a canvas
    paints the same geometry as Agg. Text, hatches, odd clips and all else unknown is drawn by Agg, and sent as pixels.
    """

    def __init__(self, width, height, dpi):
        super().__init__()
        self.width, self.height, self.dpi = width, height, dpi
        self.agg = RendererAgg(width, height, dpi)
        self.flip = Affine2D().scale(1, -1).translate(0, height)
        self.begin()

    def begin(self):
        self.ops, self.chunks, self.offset = [], [], 0

    def record(self, artist):
        """Write down one artist; one that the recorder cannot follow is painted whole by Agg."""
        mark = len(self.ops)
        sharp = isinstance(artist, AxesImage) and artist.get_interpolation() == "nearest"
        try:
            if sharp:
                artist.set_interpolation("none")  # then matplotlib leaves the enlarging to the browser
            artist.draw(self)
        except Exception:
            del self.ops[mark:]
            self.exactly(artist.draw)
        finally:
            if sharp:
                artist.set_interpolation("nearest")

    def points_to_pixels(self, points):
        return points * self.dpi / 72

    def get_canvas_width_height(self):
        return self.width, self.height

    def get_text_width_height_descent(self, s, prop, ismath):
        return self.agg.get_text_width_height_descent(s, prop, ismath)

    def option_scale_image(self):
        return True

    def option_image_nocomposite(self):
        return True

    def draw_path(self, gc, path, transform, rgbFace=None):
        self.path(gc, path, transform + self.flip, rgbFace)

    def draw_markers(self, gc, marker_path, marker_trans, path, trans, rgbFace=None):
        places = np.floor((trans + self.flip).transform(path.vertices) + 0.5)  # as Agg: markers sit on whole pixels
        self.path(gc, marker_path, marker_trans + Affine2D().scale(1, -1), rgbFace,
                  places[np.isfinite(places).all(axis=1)])

    def draw_text(self, gc, x, y, s, prop, angle, ismath=False, mtext=None):
        width, height, _ = self.get_text_width_height_descent(s, prop, ismath)
        reach = math.hypot(width, height) + 3
        self.exactly(lambda agg: agg.draw_text(gc, x, y, s, prop, angle, ismath, mtext),
                     (x - reach, y - reach, x + reach, y + reach))

    def draw_tex(self, gc, x, y, s, prop, angle, *, mtext=None):
        self.exactly(lambda agg: agg.draw_tex(gc, x, y, s, prop, angle, mtext=mtext))

    def draw_quad_mesh(self, *args, **kwargs):
        self.exactly(lambda agg: agg.draw_quad_mesh(*args, **kwargs))

    def draw_gouraud_triangles(self, *args, **kwargs):
        self.exactly(lambda agg: agg.draw_gouraud_triangles(*args, **kwargs))

    def start_filter(self):
        raise NotImplementedError

    def draw_image(self, gc, x, y, im, transform=None):
        if gc.get_clip_path()[0] is not None:
            raise NotImplementedError
        place = (transform or Affine2D().scale(im.shape[1], im.shape[0])) + Affine2D().translate(x, y) + self.flip
        place = Affine2D().scale(1 / im.shape[1], 1 / im.shape[0]) + place
        self.image(im, place, gc.get_alpha(), self.clip(gc))

    def path(self, gc, path, transform, face, places=None):
        """One path, filled and stroked, at (0, 0) or at each of the places."""
        if gc.get_hatch() or gc.get_sketch_params() or gc.get_clip_path()[0] is not None or not gc.get_antialiased():
            raise NotImplementedError
        if face is not None:
            face = (*face[:3], gc.get_alpha() if gc.get_forced_alpha() or len(face) == 3 else face[3])
        edge, width = gc.get_rgb(), self.points_to_pixels(gc.get_linewidth())
        inside = (-1, -1, self.width + 1, self.height + 1) if face is None and places is None else None
        clean, loose = (path.cleaned(transform, remove_nans=True, clip=inside, snap=snap,
                                     simplify=inside is not None and path.should_simplify,
                                     stroke_width=width if edge[3] else 0) for snap in (gc.get_snap(), False))
        if places is not None and np.array_equal(clean.vertices, loose.vertices):
            places = places + 0.5  # as Agg: a marker that does not snap is centred on its pixel
        offset, dashes = gc.get_dashes()
        op = {"kind": "path", "points": self.keep(polylines(clean)), "clip": self.clip(gc)}
        if face is not None and face[3]:
            op["fill"] = css(face)
        if width and edge[3]:
            op |= {"stroke": css(edge), "width": width, "join": gc.get_joinstyle(),
                   "cap": {"projecting": "square"}.get(gc.get_capstyle(), gc.get_capstyle())}
            if dashes is not None:
                op |= {"dashes": list(self.points_to_pixels(np.asarray(dashes))),
                       "dash_offset": self.points_to_pixels(offset)}
        if places is not None:
            op["places"] = self.keep(places)
        self.ops.append(op)

    def exactly(self, draw, box=None):
        """Let Agg draw on an empty sheet, and send the pixels it touched (all of them inside box, if box is known)."""
        draw(self.agg)
        sheet = np.asarray(self.agg.buffer_rgba())
        x0, y0, x1, y1 = box or (0, 0, self.width, self.height)
        x0, y0 = max(0, int(x0)), max(0, int(y0))
        part = sheet[y0: max(0, int(y1) + 1), x0: max(0, int(x1) + 1)]
        rows, columns = bounds(part[..., 3])
        if rows.stop:
            place = Affine2D().translate(x0 + columns.start, y0 + rows.start)
            self.image(part[rows, columns], place, 1, None)
        part[...] = 0

    def image(self, rgba, place, alpha, clip):
        matrix = place.get_matrix()[:2].T.ravel().tolist()
        self.ops.append({"kind": "image", "pixels": self.keep(rgba, np.uint8), "shape": rgba.shape[:2],
                         "place": matrix, "alpha": alpha, "clip": clip})

    def clip(self, gc):
        """The clip rectangle on whole pixels, as Agg has it: x, y, width, height."""
        box = gc.get_clip_rectangle()
        if box is None:
            return None
        (x0, y0), (x1, y1) = np.floor(box.get_points() + 0.5).astype(int).tolist()
        return [x0, self.height - y1, x1 - x0, y1 - y0]

    def keep(self, array, dtype="<f4"):
        """Append an array to the buffer; its place there as [first byte, bytes]."""
        chunk = np.ascontiguousarray(array, dtype).tobytes()
        self.chunks.append(chunk)
        self.offset += len(chunk)
        return [self.offset - len(chunk), len(chunk)]


def css(rgba):
    red, green, blue, alpha = rgba
    return f"rgb({255 * red:.0f} {255 * green:.0f} {255 * blue:.0f} / {alpha:.4g})"


def polylines(path):
    """The points of a cleaned path, with (nan, 0) before each line but the first and (nan, 1) where one closes."""
    points, codes = path.vertices, path.codes
    points[codes == Path.CLOSEPOLY] = np.nan, 1
    used = codes != Path.STOP
    points, codes = points[used], codes[used]
    return np.insert(points, np.flatnonzero(codes == Path.MOVETO)[1:], (np.nan, 0), axis=0)


def bounds(mask):
    """The slices of rows and of columns that hold all that is not zero."""
    spans = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
    return [slice(int(span[0]), int(span[-1]) + 1) if span.size else slice(0, 0) for span in spans]


def leaves(artists):
    """The artists in any nest of lists, tuples and dictionaries."""
    if isinstance(artists, Artist):
        return [artists]
    if isinstance(artists, dict):
        artists = artists.values()
    return [leaf for artist in artists or () for leaf in leaves(artist)]


def png(rgba):
    file = io.BytesIO()
    Image.fromarray(rgba).save(file, "PNG")
    return file.getvalue()


def raw(widget, value=None):
    """What the browser knows of a control's value: a choice's is the index of its option."""
    if not hasattr(widget, "index"):
        return widget.value if value is None else value
    return widget.index if value is None else [option for _, option in widget.options].index(value)


def words_of(values):
    return ", ".join(f"{name} = {value}" for name, value in values.items())


class Picture(anywidget.AnyWidget):
    """The live picture in the browser. `layers` stand still; a frame is what moves; both are painted by bench.js."""

    _esm = File(__file__).with_suffix(".js")
    _css = File(__file__).with_suffix(".css")
    layers = traitlets.List().tag(sync=True)
    frame = traitlets.Dict().tag(sync=True)
    controls = traitlets.Dict().tag(sync=True, **ipywidgets.widget_serialization)
    lengths = traitlets.Dict().tag(sync=True)
    play = traitlets.List().tag(sync=True, **ipywidgets.widget_serialization)


class Bench:
    """Sliders over a pure function, and one live picture of what it returns.

    compute(**values) -> data, draw(fig, data) -> the artists that move (in lists, dicts, as you like), update(artists,
    data) and describe(data) -> one line of words that carries the current values. controls: {name: Slider, Choice or
    Text}, named as compute's arguments. presets: {label: {name: value}}. play: the Slider that a Play button runs.
    actions: {label: function(bench)}. Errors at creation are raised; errors while moving are shown in the page.
    """

    def __init__(self, compute, draw, update, controls, *, describe, presets=None, play=None, actions=None,
                 figsize=(9, 4.5), name="bench"):
        self.compute, self.update, self.describe, self.name = compute, update, describe, name
        self.controls, self.presets, self.actions = dict(controls), dict(presets or {}), dict(actions or {})
        self._check_names(play)
        self.start = {name: control.start for name, control in self.controls.items()}
        self.values = dict(self.start)
        self.figure = Figure(figsize=figsize, dpi=PIXELS_PER_INCH)
        FigureCanvasAgg(self.figure)
        data = compute(**self.values)
        self.artists = draw(self.figure, data)
        self._draw(data)
        self.figure.canvas.draw()  # settles the layout, which must not run again: axes may not jump
        self.figure.set_layout_engine("none")
        self._live = self._quiet = self._acting = False
        self._sent_at = 0
        self._build_widgets(play)
        self._scale(1)
        self._send()

    def _check_names(self, play):
        wanted = inspect.signature(self.compute).parameters.values()
        named = {p.name for p in wanted if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)}
        needed = {p.name for p in wanted if p.name in named and p.default is p.empty}
        free = any(p.kind == p.VAR_KEYWORD for p in wanted)
        if not needed <= set(self.controls) or not (free or set(self.controls) <= named):
            raise ValueError(f"controls: expected the names of compute's arguments, {sorted(named)}, "
                             f"got {sorted(self.controls)}")
        if play is not None and not isinstance(self.controls.get(play), Slider):
            raise ValueError(f"play: expected the name of a Slider, got {play!r}")
        for label, values in self.presets.items():
            try:
                self._checked(values)
            except ValueError as error:
                raise ValueError(f"presets[{label!r}]: {error}") from None

    def _checked(self, values):
        unknown = set(values) - set(self.controls)
        if unknown:
            raise ValueError(f"expected names among {sorted(self.controls)}, got {sorted(unknown)}")
        checked = {}
        for name, value in values.items():
            try:
                checked[name] = self.controls[name].checked(value)
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from None
        return checked

    def _build_widgets(self, play):
        self.widgets = {name: control.widget() for name, control in self.controls.items()}
        self.picture = Picture(controls=self.widgets, lengths={
            name: control.max_length for name, control in self.controls.items() if isinstance(control, Text)})
        bar = [self._button("Reset", self.reset, "Put everything back to where it started")]
        bar += [self._button(label, lambda values=values: self.set(**values), f"Set {words_of(values)}")
                for label, values in self.presets.items()]
        bar += [self._button(label, lambda act=act: self._act(act)) for label, act in self.actions.items()]
        if play is not None:  # Play counts from its own 0; bench.js keeps it and the slider together
            slider, steps = self.controls[play], self.controls[play].steps
            self.play = ipywidgets.Play(slider.steps_to(slider.start), min=0, max=steps, step=max(1, steps // 100),
                                        interval=60)
            self.picture.play = [self.play, self.widgets[play], slider.low, slider.step]
            bar.append(self.play)
        grid, bar = ipywidgets.Box(list(self.widgets.values())), ipywidgets.Box(bar)
        grid.add_class("rnn-bench-controls").add_class(f"rnn-bench-{'many' if len(self.widgets) > 3 else 'few'}")
        self.view = ipywidgets.VBox([grid, bar.add_class("rnn-bench-buttons"), self.picture]).add_class("rnn-bench")
        self.picture.on_msg(self._answer)
        for widget in self.widgets.values():
            widget.observe(self._moved, "value")

    def _button(self, label, action, tooltip=""):
        def clicked(_):
            try:
                action()
            except Exception:
                self._error = traceback.format_exc()
                self._send()

        button = ipywidgets.Button(description=label, tooltip=tooltip or label)
        button.on_click(clicked)
        return button

    def _act(self, action):
        self._acting = True
        try:
            action(self)
        finally:
            self._acting = False
        self.show(self.data)

    def reset(self):
        """Put every control back to where it started."""
        self.set(**self.start)

    def set(self, **values):
        """Move several controls, and draw once."""
        values = self.values | self._checked(values)
        try:
            self._follow(values)
        finally:  # the picture first: sliders that move one by one must not make the browser ask for mixtures
            self._send()
            self._quiet = True
            for name, value in values.items():
                self.widgets[name].value = value
            self._quiet = False

    def show(self, data):
        """Draw the given data without compute; an action may call this as often as it likes."""
        self.data = data
        if not self._acting or time.monotonic() - self._sent_at > PAUSE_BETWEEN_SHOWS:
            self._draw(data)
            self._send()

    def extremes(self):
        """Values to try: the start, each control at its ends, each preset, and each pair of controls at their ends."""
        yield dict(self.start)
        yield from (self.start | values for values in self.presets.values())
        ends = {name: control.extremes() for name, control in self.controls.items()}
        yield from (self.start | {name: end} for name in ends for end in ends[name])
        for one, other in itertools.combinations(ends, 2):
            yield from (self.start | {one: a, other: b} for a in ends[one] for b in ends[other])

    def _follow(self, values):
        self.values = values
        try:
            self._draw(self.compute(**values))
        except BaseException:
            self._error = traceback.format_exc()
            raise

    def _draw(self, data):
        self.update(self.artists, data)
        self.data, self.words, self._error = data, self.describe(data), ""

    def _moved(self, _):
        """A control moved in the kernel or in the browser (which has then asked for its picture by itself)."""
        values = {name: control.read(raw(self.widgets[name])) for name, control in self.controls.items()}
        if not self._quiet and values != self.values:
            try:
                self._follow(values)
            finally:
                if not self._live:
                    self._send()

    def _answer(self, _, question, buffers):
        """Answer the browser, which asks for the picture of the values it sends."""
        self._live = True
        try:
            values = {name: self.controls[name].read(value) for name, value in question["values"].items()}
            if question["ratio"] != self._ratio:
                self._scale(question["ratio"])
            if values != self.values:
                self._follow(values)
        except (Exception, KeyboardInterrupt):
            self._error = traceback.format_exc()
        self._send(question["id"])

    def _send(self, answers=None):
        """Send the picture as it stands, or, after an error, the error: then the last good picture remains."""
        picture = {} if self._error else self._record()
        self._sent_at = time.monotonic()
        self.picture.frame = picture | {
            "answers": answers, "words": self.words, "error": self._error,
            "values": {name: raw(self.widgets[name], value) for name, value in self.values.items()}}

    def _scale(self, ratio):
        """Draw once in full what stands still, ratio canvas pixels to a CSS pixel, in layers between what moves.

        Each moving artist, when its turn to be drawn comes, takes what was drawn so far away as a layer.
        """
        self._ratio = ratio
        self.figure.set_dpi(PIXELS_PER_INCH * ratio)
        canvas = self.figure.canvas
        renderer = canvas.get_renderer()
        self._recorder = Recorder(*canvas.get_width_height(physical=True), self.figure.dpi)
        self._order, layers = [], []

        def cut(artist=None):
            sheet = np.asarray(renderer.buffer_rgba())
            rows, columns = bounds(sheet[..., 3])
            if rows.stop:
                layers.append({"png": png(sheet[rows, columns]), "x": columns.start, "y": rows.start})
                self._order.append({"kind": "layer", "layer": len(layers) - 1})
            renderer.clear()
            self._order.append(artist)

        moving = leaves(self.artists)
        for artist in moving:
            artist.draw = lambda _, artist=artist: cut(artist)
        try:
            renderer.clear()
            self.figure.draw(renderer)
        finally:
            for artist in moving:
                artist.__dict__.pop("draw", None)
        cut()
        self._order.pop()
        self.picture.layers = layers

    def _record(self):
        """The display list of the picture as it stands."""
        recorder = self._recorder
        recorder.begin()
        for item in self._order:
            if isinstance(item, dict):
                recorder.ops.append(item)
            else:
                recorder.record(item)
        return {"ops": recorder.ops, "data": b"".join(recorder.chunks),
                "size": [recorder.width, recorder.height, self._ratio]}

    def _ipython_display_(self):
        """Two outputs and a line: the live view, then, for readers with no kernel, a still picture and its words.

        bench.css hides the still ones while the live one is there. No text here depends on pixels.
        """
        self.figure.canvas.draw()
        still = base64.b64encode(png(np.asarray(self.figure.canvas.buffer_rgba()))).decode()
        width = round(self.figure.get_figwidth() * PIXELS_PER_INCH)
        live = self.view._repr_mimebundle_() | {"text/plain": "Interactive figure: run this cell to move it."}
        display(live, raw=True)
        display({"image/png": still, "text/plain": self.words}, metadata={"image/png": {"width": width}}, raw=True)
        display({"text/html": f'<p class="rnn-bench-still">{html.escape(self.words)}</p>', "text/plain": self.words},
                raw=True)
