"""A matplotlib renderer that draws nothing: it writes down what artists would draw.

Artists draw themselves by calling a renderer's `draw_path`, `draw_text` and so on. `Recorder` turns
each call into an operation that the page paints (operations.py). matplotlib still does all that
makes a picture its own: it transforms, simplifies and snaps paths to whole pixels. Texts, and
artists that use something unknown here, are drawn by Agg and written down as an image.

painting.js paints a path that has `places` in one of two ways, and relies on this file for both:

- With one fill or none, it paints the path once and copies the pixels to all places. This is right
  only if all places have the same fraction of a pixel. `draw_markers` rounds them, as Agg does.
- With several fills, it paints the path anew at each place. Any places are right, but the path must
  look the same at all of them, which `draw_path_collection` checks.
"""

import functools
import itertools

import numpy as np
from matplotlib.backend_bases import RendererBase
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Affine2D

from rnnlib.bench.operations import Operations, fill_colour, is_stroked, pen_of, pens_of_collection
from rnnlib.bench.pixels import ScratchRenderer, extents

NO_COLOUR = (0.0, 0.0, 0.0, 0.0)
MOST_TEXTS = 2000  # images of texts that are remembered; then it starts afresh
GLYPH_STEPS = 64  # Agg places glyphs on fractions of a pixel: 64 to a pixel
# How far, in pixels, a line of a collection may move when points are left out. Agg leaves out none
# (of single lines, those within 1/9). A fiftieth of a pixel is not seen, and fewer points travel.
COLLECTION_THRESHOLD = 0.02
Y_DOWN = Affine2D().scale(1, -1)  # matplotlib's y grows upwards, a canvas's downwards


class Recorder(RendererBase):
    """Writes down what artists draw on a canvas of `width` times `height` pixels."""

    def __init__(self, width, height, dpi):
        super().__init__()
        self.width, self.height = width, height
        self.scratch = ScratchRenderer(width, height, dpi)
        self.pixels_per_point = self.scratch.points_to_pixels(1)
        self.to_canvas = Y_DOWN + Affine2D().translate(0, height)
        self.operations = Operations()
        self.text_images = {}  # the image that Agg drew for a text at a place, in a font and colour
        self.last_texts = {}  # what each text artist said last, and where, with its image
        self.last_image = None  # the arguments of the last `_add_image`
        # A text's layout asks for the same sizes several times, and again at the next picture.
        self.get_text_width_height_descent = functools.lru_cache(
            self.scratch.get_text_width_height_descent
        )

    def record(self, items):
        """Write down `items` in their order: artists that draw, or operations that are ready.

        Returns the list of operations and the bytes that it points into.
        """
        self.operations = Operations()
        for item in items:
            if isinstance(item, dict):
                self.operations.add(item)
            elif type(item) is Text:
                self._record_text(item)
            else:
                self._record_artist(item)
        return {"ops": self.operations.ops, "data": bytes(self.operations.buffer)}

    def _record_artist(self, artist):
        """Write down one artist; if it uses what is unknown here, as the image that Agg draws."""
        before = len(self.operations.ops)
        try:
            artist.draw(self)
        except NotImplementedError:
            del self.operations.ops[before:]
            self._add_image(*self._drawn_by_agg(artist.draw))

    def _record_text(self, text):
        """Write down a text. One that has not changed is not even asked to draw itself."""
        place = text.get_transform().transform(text.get_position())
        clip = extents(text.get_clip_box()) if text.get_clip_on() else None
        now = (text.get_text(), *place, clip)
        last, image = self.last_texts.get(text, (None, None))
        if now == last and not text.stale:
            self._add_image(*image)
            return
        before = len(self.operations.ops)
        self._record_artist(text)
        kinds = [operation["kind"] for operation in self.operations.ops[before:]]
        if kinds == ["image"]:
            self.last_texts[text] = now, self.last_image
        else:  # it is several lines, stands in a box, or is not seen
            self.last_texts.pop(text, None)

    # --- What artists ask of a renderer ---

    def points_to_pixels(self, points):
        return self.scratch.points_to_pixels(points)

    def get_canvas_width_height(self):
        return self.width, self.height

    def option_scale_image(self):
        return True  # a canvas enlarges images itself

    # --- What artists call to draw ---

    def draw_path(self, gc, path, transform, rgbFace=None):
        """Draw lines or, with a face, a filled area. Only lines may lose points nobody sees."""
        matrix = self.to_canvas.get_matrix() @ transform.get_matrix()
        if rgbFace is None:
            canvas = (-1, -1, self.width + 1, self.height + 1)
            cleaned = self._cleaned(gc, path, matrix, clip=canvas, simplify=path.should_simplify)
            self._add_path(gc, cleaned, [])
        else:
            self._add_path(gc, self._cleaned(gc, path, matrix), [rgbFace])

    def draw_markers(self, gc, marker_path, marker_trans, path, trans, rgbFace=None):
        """Draw the same marker at each corner of a path."""
        transform = marker_trans + Y_DOWN
        marker = self._cleaned(gc, marker_path, transform)
        not_snapped = self._cleaned(gc, marker_path, transform, snap=False)
        # Agg puts markers on whole pixels, and in the middle of a pixel those that do not snap.
        places = np.floor((trans + self.to_canvas).transform(path.vertices) + 0.5)
        if np.array_equal(marker.vertices, not_snapped.vertices):
            places += 0.5
        places = places[np.isfinite(places).all(axis=1)]
        self._add_path(gc, marker, [] if rgbFace is None else [rgbFace], places)

    def draw_path_collection(
        self,
        gc,
        master_transform,
        paths,
        all_transforms,
        offsets,
        offset_trans,
        facecolors,
        edgecolors,
        linewidths,
        linestyles,
        antialiaseds,
        *unused,
        **unused_in_newer_matplotlib,
    ):
        """Draw a collection's members. Each property is a list whose entries are taken in turn."""
        master = master_transform.get_matrix()
        places = offset_trans.transform(offsets)
        transforms = all_transforms if len(all_transforms) else [np.eye(3)]
        faces = facecolors if len(facecolors) else [NO_COLOUR]
        edges = edgecolors if len(edgecolors) else [NO_COLOUR]
        pen_properties = (edges, linewidths, linestyles, antialiaseds)
        pens = pens_of_collection(gc, *pen_properties)
        all_alike = all(len(entries) == 1 for entries in (paths, transforms, *pen_properties))
        # With one face, the page would copy pixels, and these places are not rounded (see above).
        if all_alike and len(faces) > 1 and looks_same_everywhere(paths[0], places):
            self._add_copies(next(pens), paths[0], master @ transforms[0], places, faces)
            return
        number = max(len(paths), len(transforms), len(places))
        lists = (paths, transforms, places, faces)
        members = zip(pens, *map(itertools.cycle, lists))
        for pen, path, transform, place, face in itertools.islice(members, number):
            matrix = master @ transform
            matrix[:2, 2] += place
            if path.should_simplify:
                path = path.copy()  # the collection's own path keeps its threshold
                path.simplify_threshold = COLLECTION_THRESHOLD
            self.draw_path(pen, path, Affine2D(matrix), face if face[3] else None)

    def draw_text(self, gc, x, y, s, prop, angle, ismath=False, mtext=None):
        """Draw a line of text, as the image that Agg makes of it. The image is remembered."""

        def draw(renderer):
            renderer.draw_text(gc, x, y, s, prop, angle, ismath, mtext)

        place = round(GLYPH_STEPS * x), round(GLYPH_STEPS * y)
        # All that the image depends on. `mtext`, the artist, has further settings of its font.
        clip = extents(gc.get_clip_rectangle())
        key = (mtext, s, prop, angle, ismath, gc.get_rgb(), gc.get_antialiased(), clip, *place)
        if key not in self.text_images:
            if len(self.text_images) >= MOST_TEXTS:
                self.text_images.clear()
            width, height, _ = self.get_text_width_height_descent(s, prop, ismath)
            reach = np.hypot(width, height) + 3  # in any direction: the text may be rotated
            box = (x - reach, y - reach, x + reach, y + reach)
            self.text_images[key] = self._drawn_by_agg(draw, box)
        self._add_image(*self.text_images[key])

    def draw_image(self, gc, x, y, im, transform=None):
        """Draw an image with its corner at (x, y). With a transform, stretch it and apply alpha."""
        move = Affine2D().translate(x, y) + self.to_canvas
        if transform is None:  # the image has the size and the alpha that it is to be painted with
            self._add_image(im, move, self._clip_of(gc))
            return
        rows, columns = im.shape[:2]
        to_unit_square = Affine2D().scale(1 / columns, 1 / rows)
        self._add_image(im, to_unit_square + transform + move, self._clip_of(gc), gc.get_alpha())

    def _unknown(self, *args, **kwargs):
        raise NotImplementedError  # then the whole artist is drawn by Agg

    draw_quad_mesh = draw_gouraud_triangles = draw_tex = start_filter = _unknown

    # --- Steps on the way to an operation ---

    def _cleaned(self, gc, path, transform, **changes):
        """The path in pixels, without points that are not finite, snapped as Agg snaps it."""
        width = self.points_to_pixels(gc.get_linewidth()) if is_stroked(gc) else 0
        options = {"remove_nans": True, "stroke_width": width, "snap": gc.get_snap()}
        return path.cleaned(transform, **(options | changes))

    def _add_path(self, gc, path, faces, places=None):
        """Write down a cleaned path, at (0, 0) or at each place, filled by the faces in turn."""
        if gc.get_hatch() or gc.get_sketch_params() or not gc.get_antialiased():
            raise NotImplementedError
        margin = 0 if places is None else 1  # Agg's markers may reach one pixel over the clip
        fills = [fill_colour(gc, face) for face in faces]
        pen = pen_of(gc, self.pixels_per_point)
        self.operations.add_path(path, fills, pen, self._clip_of(gc, margin), places)

    def _add_copies(self, gc, path, matrix, places, faces):
        """Write down discs that differ in place and filling alone: one operation for all."""
        disc = self._cleaned(gc, path, Y_DOWN.get_matrix() @ matrix)
        self._add_path(gc, disc, faces, self.to_canvas.transform(places))

    def _add_image(self, rgba, place, clip=None, alpha=1):
        self.last_image = rgba, place, clip, alpha
        self.operations.add_image(rgba, place, clip, alpha)

    def _clip_of(self, gc, margin=0):
        """The clip rectangle on whole pixels, as Agg has it: x, y, width, height; or None."""
        if gc.get_clip_path()[0] is not None:
            raise NotImplementedError
        box = gc.get_clip_rectangle()
        if box is None:
            return None
        (x0, y0), (x1, y1) = np.floor(box.get_points() + 0.5).astype(int).tolist()
        return [x0, self.height - y1, x1 - x0 + margin, y1 - y0 + margin]

    def _drawn_by_agg(self, draw, box=None):
        """What `draw(renderer)` draws in Agg: its pixels, and the transform to their place."""
        rgba, x, y = self.scratch.pixels_of(draw, box)
        return rgba, Affine2D().translate(x, y)


def looks_same_everywhere(path, places):
    """Whether a path looks the same at all places: Agg snaps straight edges to pixels only."""
    is_curved = path.codes is not None and Path.CURVE4 in path.codes
    return is_curved and np.isfinite(places).all()
