"""Images as arrays: crop them, write them as PNG, draw one thing by itself."""

import io

import numpy as np
from matplotlib.backends.backend_agg import RendererAgg
from PIL import Image


def png(rgba):
    """The bytes of a PNG file of an image, an array (height, width, 4) of bytes."""
    file = io.BytesIO()
    Image.fromarray(rgba).save(file, "PNG")
    return file.getvalue()


def cropped(rgba):
    """The smallest part of an image outside which all is transparent.

    Returns the part (a view, of size 0 if everything is transparent) and the x and y of its upper
    left corner.
    """
    is_drawn = rgba[..., 3] > 0
    rows = np.flatnonzero(is_drawn.any(axis=1))
    columns = np.flatnonzero(is_drawn.any(axis=0))
    if not rows.size:
        return rgba[:0, :0], 0, 0
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    left, right = int(columns[0]), int(columns[-1]) + 1
    return rgba[top:bottom, left:right], left, top


def extents(box):
    """A box as four numbers that can be compared: x0, y0, x1, y1; None if there is no box."""
    return None if box is None else tuple(box.extents)


class ScratchRenderer(RendererAgg):
    """Agg, matplotlib's own renderer, on a sheet that is empty before and after each drawing."""

    def pixels_of(self, draw, box=None):
        """What `draw(renderer)` draws: its pixels, and the x and y of their upper left corner.

        box: x0, y0, x1, y1 around everything that is drawn, if that is known. Only this part of the
        sheet is then searched and wiped, which for a short text takes far less time.
        """
        whole_sheet = np.asarray(self.buffer_rgba())
        x0, y0, x1, y1 = box or (0, 0, self.width, self.height)
        x0, y0 = max(0, int(x0)), max(0, int(y0))
        inside = whole_sheet[y0 : max(0, int(y1)), x0 : max(0, int(x1))]
        try:
            draw(self)
            part, x, y = cropped(inside)
            return part.copy(), x0 + x, y0 + y
        finally:
            inside[...] = 0  # also if `draw` failed half-way
