"""The list of what the page paints, and the numbers that the list points to.

The page paints operations one after the other. An operation is a dictionary of one of three kinds:

- layer: one of the images that stand still. The page has them already, so a number is enough.
      layer: the image's number
- path: straight segments, filled and then stroked; matplotlib has already split curves into them.
      points: the corners (x, y)     codes: one for each corner; 1 move, 2 line, 79 close
      fills: colours; empty to leave the path unfilled
      stroke, width, join, cap, dashes, dash_offset: the pen; without `stroke` there is none
      places (optional): paint the path at each of these (x, y), the fills in turn
- image: pixels.
      pixels: RGBA bytes, row by row     shape: rows, columns     alpha: 1 is opaque
      place: the matrix (a, b, c, d, e, f) that a canvas's `transform` takes

Paths and images also have `clip`: x, y, width, height outside which nothing is painted, or None.

The first operation paints the figure's opaque background over the whole canvas, so the page need
not clear it. All lengths are in pixels of the canvas, and y grows downwards.

Points, codes, places and pixels stand in one buffer of bytes. The operation's entry for each is a
pair, [first byte, number of bytes], that says where. Numbers in the buffer travel as they are; the
same numbers as text would take longer to write, to send and to read.
"""

import itertools

import numpy as np
from matplotlib.backend_bases import GraphicsContextBase


class Operations:
    """Operations, and the buffer that they point into."""

    def __init__(self):
        self.ops = []
        self.buffer = bytearray()

    def add(self, operation):
        """Add an operation that is ready, such as a layer."""
        self.ops.append(operation)

    def add_path(self, path, fills, pen, clip, places=None):
        """Add a path of matplotlib's that ends with a STOP, as `Path.cleaned` makes it."""
        operation = {
            "kind": "path",
            "points": self._store(path.vertices[:-1]),  # without the STOP
            "codes": self._store(path.codes[:-1], np.uint8),
            "fills": fills,
            "clip": clip,
        }
        operation.update(pen)
        if places is not None:
            operation["places"] = self._store(places)
        self.ops.append(operation)

    def add_image(self, rgba, place, clip=None, alpha=1):
        """Add an image (height, width, 4); `place` transforms its pixels to those of the canvas."""
        if not rgba.size:
            return
        operation = {
            "kind": "image",
            "pixels": self._store(rgba, np.uint8),
            "shape": rgba.shape[:2],
            "place": place.get_matrix()[:2].T.ravel().tolist(),
            "alpha": alpha,
            "clip": clip,
        }
        self.ops.append(operation)

    def _store(self, array, dtype="<f4"):
        start = len(self.buffer)
        self.buffer += np.ascontiguousarray(array, dtype).tobytes()
        return [start, len(self.buffer) - start]


def colour(red, green, blue, alpha=1.0):
    """A colour, four numbers from 0 to 1, as the page writes it."""
    return f"rgb({255 * red:.0f} {255 * green:.0f} {255 * blue:.0f} / {alpha:.4g})"


def fill_colour(gc, face):
    """The colour that fills a path: `face` (three or four numbers) with the context's alpha."""
    if gc.get_forced_alpha():
        return colour(*face[:3], gc.get_alpha())
    return colour(*face)


def is_stroked(gc):
    """Whether a line drawn in this context would be seen."""
    opacity = gc.get_rgb()[3]
    return gc.get_linewidth() > 0 and opacity > 0


def pen_of(gc, pixels_per_point):
    """The entries of an operation that say how a path is stroked; none if it is not stroked."""
    if not is_stroked(gc):
        return {}
    offset, dashes = gc.get_dashes()
    return {
        "stroke": colour(*gc.get_rgb()),
        "width": gc.get_linewidth() * pixels_per_point,
        "join": gc.get_joinstyle(),
        "cap": gc.get_capstyle().replace("projecting", "square"),  # the canvas's name for it
        "dashes": [] if dashes is None else [length * pixels_per_point for length in dashes],
        "dash_offset": (offset or 0) * pixels_per_point,
    }


def pens_of_collection(gc, *pen_properties):
    """Without end, the context of a collection's next member.

    pen_properties: lists of edge colours, widths, dashes and whether lines are smooth. The entries
    of each list are taken in turn.
    """
    pen = GraphicsContextBase()
    pen.copy_properties(gc)
    for edge, width, dashes, smooth in zip(*map(itertools.cycle, pen_properties)):
        pen.set_linewidth(width)
        pen.set_dashes(*dashes)
        pen.set_foreground(edge, isRGBA=True)
        pen.set_antialiased(smooth)
        yield pen
