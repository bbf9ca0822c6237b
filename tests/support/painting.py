"""What the browser would paint, painted here by Agg: the same operations as in painting.js."""

import io
import itertools
import re

import numpy as np
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, Bbox
from PIL import Image

POINTS_PER_INCH = 72


def painted(bench):
    """What the page makes of a bench's layers and operations: RGBA (height, width, 4)."""
    frame = bench.picture_widget.frame
    width, height = frame["size"]
    renderer = RendererAgg(width, height, bench.figure.dpi)
    renderer.clear()
    for op in frame["ops"]:
        context = renderer.new_gc()
        if op.get("clip"):
            x, y, w, h = op["clip"]
            context.set_clip_rectangle(Bbox.from_bounds(x, height - y - h, w, h))
        if op["kind"] == "layer":
            paint_layer(renderer, context, bench.picture_widget.layers[op["layer"]])
        elif op["kind"] == "path":
            paint_path(renderer, context, op, frame["data"])
        else:
            paint_image(renderer, context, op, frame["data"])
    return np.asarray(renderer.buffer_rgba()).copy()


def numbers(data, place):
    """The pairs of numbers (n, 2) at a place in the buffer."""
    start, length = place
    return np.frombuffer(data, "<f4", length // 4, start).reshape(-1, 2).astype(float)


def pixels(data, op):
    start, length = op["pixels"]
    return np.frombuffer(data, np.uint8, length, start).reshape(*op["shape"], 4)


def colour(css):
    *rgb, alpha = map(float, re.findall(r"[\d.]+", css))
    return (*(part / 255 for part in rgb), alpha)


def paint_layer(renderer, context, layer):
    rgba = np.asarray(Image.open(io.BytesIO(layer["png"])).convert("RGBA"))
    bottom = renderer.height - layer["y"] - len(rgba)
    renderer.draw_image(context, layer["x"], bottom, rgba[::-1])


def paint_path(renderer, context, op, data):
    points_per_pixel = POINTS_PER_INCH / renderer.dpi
    context.set_snap(False)
    context.set_linewidth(0)
    if "stroke" in op:
        context.set_linewidth(op["width"] * points_per_pixel)
        context.set_foreground(colour(op["stroke"]), isRGBA=True)
        context.set_joinstyle(op["join"])
        context.set_capstyle(op["cap"].replace("square", "projecting"))
        if op["dashes"]:
            dashes = np.array(op["dashes"]) * points_per_pixel
            context.set_dashes(op["dash_offset"] * points_per_pixel, dashes)
    start, length = op["codes"]
    path = Path(numbers(data, op["points"]), np.frombuffer(data, np.uint8, length, start))
    path.should_simplify = False
    fills = itertools.cycle([colour(fill) for fill in op["fills"]] or [None])
    places = numbers(data, op["places"]) if "places" in op else [(0, 0)]
    for place, fill in zip(places, fills, strict=False):
        upwards = Affine2D().translate(*place).scale(1, -1).translate(0, renderer.height)
        renderer.draw_path(context, path, upwards, fill)


def paint_image(renderer, context, op, data):
    """An image, not smoothed: a pixel of the canvas takes the image's pixel at its middle."""
    rows, columns = op["shape"]
    a, b, c, d, e, f = op["place"]
    assert b == c == 0, "benches of the course have no rotated images"
    x = np.arange(*np.sort(np.round([e, e + a * columns]).astype(int)))
    y = np.arange(*np.sort(np.round([f, f + d * rows]).astype(int)))
    column = np.clip(np.floor((x + 0.5 - e) / a).astype(int), 0, columns - 1)
    row = np.clip(np.floor((y + 0.5 - f) / d).astype(int), 0, rows - 1)
    rgba = pixels(data, op)[row][:, column][::-1] * np.array([1, 1, 1, op["alpha"]])
    renderer.draw_image(context, x[0], renderer.height - y[-1] - 1, rgba.round().astype(np.uint8))
