"""Benches: sliders, presets, Play, one live picture and one line of words that says what it shows. The browser asks for
each picture (bench.js); the kernel answers with what moving artists draw, written down by `Recorder`, for a canvas to paint
between layers of all that stands still, or painted by matplotlib where a canvas cannot."""

import base64
import contextlib
import functools
import html
import inspect
import io
import itertools
import re
import threading
import time
import traceback
from dataclasses import dataclass
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
from matplotlib.text import Text as TextArtist
from matplotlib.transforms import Affine2D
from PIL import Image

PIXELS_PER_INCH = 100
SECONDS_BETWEEN_SHOWS = 0.04  # an action that shows more often than this skips some
drawing = threading.RLock()  # JupyterLab may send one widget's messages to one thread, and another's to another


def expect(holds, label, what, got):
    if not holds:
        raise ValueError(f"{label}: expected {what}, got {got!r}")
    return got


class Control:
    """What sliders, choices and texts share: `checked` returns a value that fits, or raises ValueError."""
    def __post_init__(self):
        self.checked(self.start)

    def made(self, kind, **options):
        return kind(value=self.start, description=self.label, tooltip=self.label, **options)

    def from_browser(self, value):
        return value


@dataclass(frozen=True)
class Slider(Control):
    """A number in [low, high] in steps from low; a whole number if all four are ints."""
    label: str
    low: float
    high: float
    step: float
    start: float

    def checked(self, value):
        low, high, step = self.low, self.high, self.step
        expect(0 < step <= high - low < np.inf, self.label, "0 < step <= high - low < inf", (step, high, low))
        whole = isinstance(low + high + step + self.start, int)
        fits = isinstance(value, (int, float, np.number)) and low <= value <= high and (not whole or value % 1 == 0)
        expect(fits, self.label, f"a {'whole ' * whole}number in [{low}, {high}]", value)
        return int(value) if whole else float(value)

    def widget(self):
        kind = ipywidgets.IntSlider if isinstance(self.checked(self.start), int) else ipywidgets.FloatSlider
        return self.made(kind, min=self.low, max=self.high, step=self.step, continuous_update=False,  # bench.js asks meanwhile
                         readout_format=f".{len(str(self.step).partition('.')[2])}f")

    def play_button(self, widget):
        """A Play button that runs the slider's widget from where it stands; Play itself counts steps from 0."""
        steps = (self.high - self.low) / self.step
        play = ipywidgets.Play(max=int(steps + 1e-9), step=max(1, int(steps / 100)), interval=60)
        traitlets.link((widget, "value"), (play, "value"), transform=(
            lambda value: round((value - self.low) / self.step), lambda count: self.low + count * self.step))
        return play


@dataclass(frozen=True)
class Choice(Control):
    """One of a few options, strings or numbers: buttons while they are short, else a dropdown."""
    label: str
    options: tuple
    start: object

    def checked(self, value):
        return expect(value in self.options, self.label, f"one of {self.options}", value)

    def from_browser(self, index):
        return tuple(self.options)[index]

    def widget(self):
        short = sum(len(str(option)) + 2 for option in self.options) <= 40
        kind = ipywidgets.ToggleButtons if short else ipywidgets.Dropdown
        return self.made(kind, options=[(str(option), option) for option in self.options])


@dataclass(frozen=True)
class Text(Control):
    """A line of text of at most max_length characters."""
    label: str
    start: str
    max_length: int = 40

    def checked(self, value):
        fits = isinstance(value, str) and len(value) <= self.max_length
        return expect(fits, self.label, f"text of at most {self.max_length} characters", value)

    def widget(self):
        return self.made(ipywidgets.Text)


class Recorder(RendererBase):
    """A matplotlib renderer that writes down what artists draw, in canvas pixels (y downwards).
    A path op points to its vertices (x, y) and codes in the buffer, an image op to RGBA pixels. matplotlib transforms,
    simplifies and snaps the paths. Agg draws texts, and any artist not known here."""
    def __init__(self, width, height, dpi):
        super().__init__()
        self.agg, self.texts, self.said, self.image = RendererAgg(width, height, dpi), {}, {}, None
        self.points_to_pixels, self.get_canvas_width_height = self.agg.points_to_pixels, self.agg.get_canvas_width_height
        self.get_text_width_height_descent = functools.lru_cache(self.agg.get_text_width_height_descent)
        self.size, self.flip = (width, height), Affine2D().scale(1, -1).translate(0, height)

    def record(self, items):
        """The ops of artists, in their order, and the buffer they point into; what is an op already is kept."""
        self.ops, self.buffer = [], bytearray()
        for item in items:
            done, text = len(self.ops), type(item) is TextArtist
            now = text and (item.get_text(), *item.get_transform().transform(item.get_position()))
            if text and not item.stale and self.said.get(item, (None,))[0] == now:  # drawn before, and the same since
                self.add_image(*self.said[item][1])
                continue
            try:
                self.ops.append(item) if isinstance(item, dict) else item.draw(self)
            except NotImplementedError:
                del self.ops[done:]
                self.add_image(*self.drawn_by_agg(item.draw))
            if text:
                self.said[item] = now if [op["kind"] for op in self.ops[done:]] == ["image"] else None, self.image
        return {"ops": self.ops, "data": bytes(self.buffer)}

    def not_known(self, *args, **kwargs):
        raise NotImplementedError

    draw_quad_mesh = draw_gouraud_triangles = draw_tex = start_filter = not_known
    option_scale_image = lambda self: True

    def draw_path(self, gc, path, transform, rgbFace=None):
        how = dict(clip=(-1, -1, self.size[0] + 1, self.size[1] + 1), simplify=path.should_simplify) if rgbFace is None else {}
        self.add_path(gc, self.clean(gc, path, self.flip.get_matrix() @ transform.get_matrix(), **how), [rgbFace])

    def draw_path_collection(self, gc, master, paths, own, offsets, offset_trans, faces, edges, *looks, **kwargs):
        """As matplotlib's own loop, but for its detours through colours. Discs alike but for place and filling make one op."""
        pen, master, places = self.new_gc(), master.get_matrix(), offset_trans.transform(offsets)
        pen.copy_properties(gc)
        n, alike = max(map(len, (paths, own, places))), max(map(len, (paths, own, edges, *looks[:3]))) == 1 < len(faces)
        faces, edges, own = (a if len(a) else [b] for a, b in zip((faces, edges, own), (4 * [0], 4 * [0], np.eye(3))))
        cycles = map(itertools.cycle, (paths, own, places, faces, edges, *looks[:3]))  # widths, dashes, antialiased
        for _, path, transform, place, face, edge, width, dashes, smooth in zip(range(n), *cycles):
            pen.set_linewidth(width)
            pen.set_dashes(*dashes)
            pen.set_foreground(edge, isRGBA=True)
            pen.set_antialiased(smooth)
            matrix = master @ transform
            if alike and path.codes is not None and Path.CURVE4 in path.codes and np.isfinite(places).all():  # so none snaps
                return self.add_path(pen, self.clean(pen, path, matrix * [[1], [-1], [1]]), faces, self.flip.transform(places))
            matrix[:2, 2] += place
            path.simplify_threshold = 0.02  # pixels; Agg, which takes 1/9 for single lines, never simplifies a collection's
            self.draw_path(pen, path, Affine2D(matrix), face if face[3] else None)

    def draw_markers(self, gc, marker_path, marker_trans, path, trans, rgbFace=None):
        places = np.floor((trans + self.flip).transform(path.vertices) + 0.5)  # Agg puts markers on whole pixels,
        transform = marker_trans + Affine2D().scale(1, -1)
        marker, loose = (self.clean(gc, marker_path, transform, snap=snap) for snap in (gc.get_snap(), False))
        if np.array_equal(marker.vertices, loose.vertices):
            places += 0.5  # and centres there those that do not snap
        self.add_path(gc, marker, [rgbFace], places[np.isfinite(places).all(axis=1)])

    def draw_text(self, gc, x, y, s, prop, angle, ismath=False, mtext=None):
        key = mtext, s, prop, angle, ismath, gc.get_rgb(), round(64 * x), round(64 * y)  # glyphs sit on 1/64 pixels
        if key not in self.texts:
            self.texts = self.texts if len(self.texts) < 2000 else {}
            reach = 3 + np.hypot(*self.get_text_width_height_descent(s, prop, ismath)[:2])
            draw = functools.partial(RendererAgg.draw_text, gc=gc, x=x, y=y, s=s, prop=prop, angle=angle, ismath=ismath)
            self.texts[key] = self.drawn_by_agg(draw, x - reach, y - reach, x + reach, y + reach)
        self.add_image(*self.texts[key])

    def draw_image(self, gc, x, y, im, transform=None):
        height, width = im.shape[:2]
        place = Affine2D().scale(1 / width, 1 / height) + transform if transform else Affine2D()
        alpha = gc.get_alpha() if transform else 1  # else the pixels have it already
        self.add_image(im, place + Affine2D().translate(x, y) + self.flip, self.clip_of(gc), alpha)

    def clean(self, gc, path, transform, **options):
        width = self.points_to_pixels(gc.get_linewidth()) if gc.get_rgb()[3] else 0
        return path.cleaned(transform, remove_nans=True, stroke_width=width, **({"snap": gc.get_snap()} | options))

    def clip_of(self, gc, more=0):
        """The clip rectangle on whole pixels, as Agg has it (for markers one pixel more): x, y, width, height."""
        if gc.get_clip_path()[0] is not None:
            raise NotImplementedError
        if (box := gc.get_clip_rectangle()) is None:
            return None
        (x0, y0), (x1, y1) = np.floor(box.get_points() + 0.5).astype(int).tolist()
        return [x0, self.size[1] - y1, x1 - x0 + more, y1 - y0 + more]

    def drawn_by_agg(self, draw, *box):
        """What Agg draws on an empty sheet, all of it inside the box x0, y0, x1, y1: its pixels and their place."""
        draw(self.agg)
        sheet = np.asarray(self.agg.buffer_rgba())
        x0, y0, x1, y1 = (max(0, int(edge)) for edge in box or (0, 0, *self.size))
        part = sheet[y0:y1, x0:x1]
        rows, columns = inked(part)
        rgba = part[rows, columns].copy()
        part[...] = 0
        return rgba, Affine2D().translate(x0 + columns.start, y0 + rows.start)

    def add_path(self, gc, path, faces, places=None):
        """Add one cleaned path, filled and stroked, at (0, 0) or at each of the places, the faces in turn."""
        if gc.get_hatch() or gc.get_sketch_params() or not gc.get_antialiased():
            raise NotImplementedError
        op = {"kind": "path", "points": self.keep(path.vertices[:-1]), "codes": self.keep(path.codes[:-1], np.uint8),
              "clip": self.clip_of(gc, int(places is not None))}  # without the STOP that ends a cleaned path
        op["fills"] = [css((*f[:3], gc.get_alpha()) if gc.get_forced_alpha() else (*f, 1)[:4]) for f in faces if f is not None]
        if gc.get_linewidth() and gc.get_rgb()[3]:
            offset, dashes = gc.get_dashes()
            op |= {"stroke": css(gc.get_rgb()), "width": self.points_to_pixels(gc.get_linewidth()),
                   "join": gc.get_joinstyle(), "cap": gc.get_capstyle().replace("projecting", "square"),
                   "dashes": [] if dashes is None else [self.points_to_pixels(x) for x in dashes],
                   "dash_offset": self.points_to_pixels(offset or 0)}
        if places is not None:
            op["places"] = self.keep(places)
        self.ops.append(op)

    def add_image(self, rgba, place, clip=None, alpha=1):
        self.image = rgba, place, clip, alpha
        if rgba.size:
            self.ops.append({"kind": "image", "pixels": self.keep(rgba, np.uint8), "shape": rgba.shape[:2],
                             "place": place.get_matrix()[:2].T.ravel().tolist(), "alpha": alpha, "clip": clip})

    def keep(self, array, dtype="<f4"):
        """Append an array to the buffer; its place there: first byte, number of bytes."""
        start = len(self.buffer)
        self.buffer += np.ascontiguousarray(array, dtype).tobytes()
        return [start, len(self.buffer) - start]


def css(rgba):
    return "rgb(%.0f %.0f %.0f / %.4g)" % (255 * rgba[0], 255 * rgba[1], 255 * rgba[2], rgba[3])


def inked(rgba):
    """The slices of rows and of columns outside which all is transparent."""
    for axis in (1, 0):
        places = np.flatnonzero(rgba[..., 3].any(axis=axis))
        yield slice(int(places[0]), int(places[-1]) + 1) if places.size else slice(0, 0)


def png(rgba):
    file = io.BytesIO()
    Image.fromarray(rgba).save(file, "PNG")
    return file.getvalue()


def leaves(artists):
    """The artists in any nest of lists, tuples and dictionaries."""
    if isinstance(artists, Artist):
        return [artists]
    return [leaf for part in (artists.values() if isinstance(artists, dict) else artists) for leaf in leaves(part)]


class Picture(anywidget.AnyWidget):
    """The bench in the browser. `layers` stand still; `frame` holds what moves, its words, and errors."""
    _esm = File(__file__).with_suffix(".js")
    _css = File(__file__).with_suffix(".css")
    layers = traitlets.List().tag(sync=True)
    frame = traitlets.Dict().tag(sync=True)
    controls = traitlets.Dict().tag(sync=True, **ipywidgets.widget_serialization)


class Bench:
    """Sliders over a pure function, and one live picture of what it returns.
    compute(**values) -> data (pure); draw(fig, data) -> the artists that move, in any nest of lists and dicts; update(artists,
    data); describe(data) -> one line of words with the values. controls: {name of compute's argument: Slider, Choice or Text}.
    presets: {label: {name: value}}. play: the name of a slider to run. actions: {label: function(bench)}. Errors at creation
    are raised; those while moving are shown in the page."""
    def __init__(self, compute, draw, update, controls, *, describe, presets=None, play=None, actions=None,
                 figsize=(9, 4.5), name="bench"):
        self.compute, self.draw, self.update, self.describe, self.name = compute, draw, update, describe, name
        self.controls, self.play = dict(controls), None
        self.start = {name: control.start for name, control in self.controls.items()}
        self.values = dict(self.start)
        self.reset = functools.partial(self.set, **self.start)  # put every control back to where it started
        try:
            inspect.signature(compute).bind(**self.start)
        except TypeError as error:
            raise ValueError(f"controls: expected the names of compute's arguments, but {error}") from None
        expect(play is None or isinstance(controls.get(play), Slider), "play", "the name of a Slider", play)
        self.presets = {label: self._checked(values) for label, values in (presets or {}).items()}
        self.figure = Figure(figsize=figsize, dpi=PIXELS_PER_INCH)
        FigureCanvasAgg(self.figure)
        self.data = compute(**self.start)
        self.artists = draw(self.figure, self.data)
        for image in (a for a in leaves(self.artists) if isinstance(a, AxesImage) and a.get_interpolation() == "nearest"):
            image.set_interpolation("none")  # the same to Agg, and lets a canvas enlarge the pixels
        self.update(self.artists, self.data)
        self.figure.canvas.draw()  # settles the layout, which must not run again: axes may not jump
        self.figure.set_layout_engine("none")
        self._build_widgets(play, actions or {})
        self._scale(1)
        self.show(self.data)

    def _checked(self, values):
        expect(set(values) <= set(self.controls), "values", f"names among {sorted(self.controls)}", sorted(values))
        return {name: self.controls[name].checked(value) for name, value in values.items()}

    def _build_widgets(self, play, actions):
        self._quiet, self._acting, self._version = False, False, 0
        self.widgets = {name: control.widget() for name, control in self.controls.items()}
        presets = {"Reset": self.start} | self.presets
        bar = [self._button(label, functools.partial(self.set, **values)) for label, values in presets.items()]
        bar += [self._button(label, functools.partial(self._act, action)) for label, action in actions.items()]
        if play is not None:
            self.play = self.controls[play].play_button(self.widgets[play])
            bar.append(self.play)
        self.picture = Picture(controls=self.widgets)
        grid = ipywidgets.Box(list(self.widgets.values())).add_class("rnn-bench-controls")
        buttons = ipywidgets.Box(bar).add_class("rnn-bench-buttons")
        self.view = ipywidgets.VBox([grid, buttons, self.picture]).add_class("rnn-bench")
        self.picture.on_msg(self._answer)
        for name, widget in self.widgets.items():
            widget.observe(functools.partial(self._moved, name), "value")

    def _button(self, label, action):
        def clicked(_):
            with contextlib.suppress(Exception), self._sending():
                action()
        button = ipywidgets.Button(description=label, tooltip=label)
        button.on_click(clicked)
        return button

    def _act(self, action):
        self._acting = True
        try:
            action(self)
        finally:
            self._acting = False
        self.show(self.data)

    def _scale(self, ratio):
        """Draw what stands still, `ratio` pixels of the canvas to one of the page: a layer below each moving artist."""
        self._ratio = ratio
        self.figure.set_dpi(PIXELS_PER_INCH * ratio)
        renderer, layers, self._order = self.figure.canvas.get_renderer(), [], []
        self._recorder = Recorder(*self.figure.canvas.get_width_height(physical=True), self.figure.dpi)

        def put_away(artist=None, renderer=renderer):
            sheet = np.asarray(renderer.buffer_rgba())
            rows, columns = inked(sheet)
            if rows.stop:
                self._order.append({"kind": "layer", "layer": len(layers)})
                layers.append({"png": png(sheet[rows, columns]), "x": columns.start, "y": rows.start})
            renderer.clear()
            self._order += [artist] if artist else []
        moving = leaves(self.artists)
        for artist in moving:
            artist.draw = functools.partial(put_away, artist)
        try:
            renderer.clear()
            self.figure.draw(renderer)
            put_away()
        finally:
            for artist in moving:
                vars(artist).pop("draw", None)
        self.picture.layers = layers

    def set(self, **values):
        """Move several controls, and draw once."""
        values = self._checked(values)
        with drawing, self._sending():
            self._quiet, self._version = True, self._version + 1
            for name, value in values.items():
                self.widgets[name].value = value
            self._quiet = False
            self._follow(self.values | values)

    def show(self, data):
        """Draw the given data without compute; an action may call this as often as it likes."""
        self.data = data
        if not self._acting or time.monotonic() - self._sent_at > SECONDS_BETWEEN_SHOWS:
            with drawing:
                self._draw(data)
                self._send()

    def _draw(self, data):
        self.update(self.artists, data)
        words = re.sub(r"-(?=0(\.0*)?(?![\d.]*\d))", "", self.describe(data))  # no sign before a zero, elsewhere a minus
        self._frame = {"words": re.sub(r"-(?=[\d.])", "−", words), "size": self._recorder.size, "ratio": self._ratio,
                       **self._recorder.record(self._order)}
        self.data, self.words, self._drawn, self._error = data, self._frame["words"], self.values, ""

    def _follow(self, values):
        """Draw the picture of these values, unless it is drawn already."""
        self.values = self._checked(values)
        if self.values != self._drawn:
            self._draw(self.compute(**self.values))

    @contextlib.contextmanager
    def _sending(self, answers=None):
        """Whatever happens in here, send the last good picture, and the error if there was one since."""
        try:
            yield
        except BaseException:
            self._drawn, self._error = None, traceback.format_exc()
            raise
        finally:
            self._send(answers)

    def _moved(self, name, change):
        """A control moved. One that the browser moved holds its lock, and the browser asks for the picture itself."""
        with drawing:
            if not self._quiet and not change.owner._property_lock:
                with self._sending():
                    self._follow(self.values | {name: change.new})

    def _answer(self, _, question, buffers):
        """Answer the browser, which asks for the picture of its controls; it may not have heard of the last set()."""
        with drawing, contextlib.suppress(Exception, KeyboardInterrupt), self._sending(question["id"]):
            if question["ratio"] != self._ratio:
                self._scale(question["ratio"])
                self._draw(self.data)
            news = question["controls"] if question["version"] == self._version else {}
            self._follow(self.values | {name: self.controls[name].from_browser(value) for name, value in news.items()})

    def _send(self, answers=None):
        self._sent_at = time.monotonic()
        self.picture.frame = self._frame | {"answers": answers, "version": self._version, "error": self._error}
        time.sleep(0.001)  # gives the kernel's thread that sends it its turn: it would wait up to 5 ms for this one to pause

    def _ipython_display_(self):
        """The live view, and, for readers with no kernel, a still picture and its words (bench.css hides them else)."""
        self.figure.canvas.draw()
        still = base64.b64encode(png(np.asarray(self.figure.canvas.buffer_rgba()))).decode()
        width = {"width": round(self.figure.get_figwidth() * PIXELS_PER_INCH)}
        display(self.view._repr_mimebundle_() | {"text/plain": "Interactive figure: run this cell to move it."}, raw=True)
        display({"image/png": still, "text/plain": self.words}, metadata={"image/png": width}, raw=True)
        display({"text/html": f'<p class="rnn-bench-still">{html.escape(self.words)}</p>', "text/plain": self.words}, raw=True)
