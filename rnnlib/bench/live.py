"""A figure as the page paints it: images of what stands still, and between them what moves."""

import functools

import numpy as np
from matplotlib.artist import Artist
from matplotlib.image import AxesImage

from rnnlib.bench.pixels import cropped, png
from rnnlib.bench.recorder import Recorder

PIXELS_PER_INCH = 100


class LivePicture:
    """A figure of which only some artists move.

    `layers` are images of what stands still. The page gets them once for each `ratio`.
    `draw_order` has everything in the order in which matplotlib draws it: moving artists, and
    operations that paint a layer.
    """

    def __init__(self, figure, moving):
        self.figure = figure
        self.moving = moving
        for artist in moving:
            if isinstance(artist, AxesImage) and artist.get_interpolation() == "nearest":
                # The same to Agg, and it lets the page enlarge the few pixels of the data itself.
                artist.set_interpolation("none")
        self.set_ratio(1)

    def set_ratio(self, ratio):
        """Draw anew for a screen where a pixel of the page is `ratio` pixels wide: 1 or 2."""
        self.ratio = ratio
        self.figure.set_dpi(PIXELS_PER_INCH * ratio)
        self.size = self.figure.canvas.get_width_height(physical=True)
        self.recorder = Recorder(*self.size, self.figure.dpi)
        images, self.draw_order = layers_and_draw_order(self.figure, self.moving)
        # The page needs the ratio, because layers and frames reach it one after the other.
        self.layers = [image | {"ratio": ratio} for image in images]

    def record(self):
        """What the page paints now: its size in pixels, the operations and their bytes."""
        recorded = self.recorder.record(self.draw_order)
        return {"size": self.size, "ratio": self.ratio, **recorded}


def layers_and_draw_order(figure, moving):
    """Draw what stands still, as layers: what lies below each moving artist, and above the last.

    While the figure draws, each moving artist's `draw` is replaced. Instead of drawing, it puts
    away what has been drawn so far as a layer, and notes that the artist comes next. Where nothing
    has been drawn in between, there is no layer.
    """
    renderer = figure.canvas.get_renderer()
    layers, order = [], []

    def put_away_layer():
        pixels, x, y = cropped(np.asarray(renderer.buffer_rgba()))
        if pixels.size:
            order.append({"kind": "layer", "layer": len(layers)})
            layers.append({"png": png(pixels), "x": x, "y": y})
        renderer.clear()

    def note_instead_of_drawing(artist, unused_renderer):
        put_away_layer()
        order.append(artist)

    for artist in moving:
        artist.draw = functools.partial(note_instead_of_drawing, artist)
    try:
        renderer.clear()
        figure.draw(renderer)
        put_away_layer()
    finally:
        for artist in moving:
            vars(artist).pop("draw", None)  # the class's own `draw` is seen again
    return layers, order


def flat_artists(artists):
    """All artists in any nest of lists, tuples and dictionaries, as one list."""
    if isinstance(artists, Artist):
        return [artists]
    parts = artists.values() if isinstance(artists, dict) else artists
    found = []
    for part in parts:
        found += flat_artists(part)
    return found
