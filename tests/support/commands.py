"""Small cells that listen to a value and three commands, and what their pictures are asked."""

import matplotlib.pyplot as plt
import numpy as np

from rnnlib.cells import LSTM

LINES = ("value", "write", "erase", "read")
LISTENS = {"i": "write", "f": "erase", "o": "read", "g": "value"}


def script_of(values, **commands):
    """The input of a script, (T, 1, 4), from its values and the steps of each command."""
    x = np.zeros((len(values), 1, 4))
    x[:, 0, 0] = values
    for line, steps in commands.items():
        for step in steps:
            x[step - 1, 0, LINES.index(line)] = 1
    return x


def cell_from(u_g=0.0, **settings):
    """A cell with one unit in which each box listens to one line. settings: b_i, w_i and so on."""
    cell = LSTM(4, 1, rng=np.random.default_rng(0))
    for name in cell.params:
        cell.params[name][:] = 0
    for gate, line in LISTENS.items():
        part = cell.part(gate)
        part["W"][0, LINES.index(line)] = settings.get(f"w_{gate}", 1.0)
        part["b"][:] = settings.get(f"b_{gate}", 0.0)
    cell.part("g")["U"][:] = u_g
    return cell


def number_in(text):
    return float(text.replace("−", "-"))


def overlapping(fig):
    """Pairs of texts that overlap, and texts that leave the figure."""
    fig.canvas.draw()
    texts = [t for t in fig.findobj(plt.Text) if t.get_text().strip() and t.get_visible()]
    boxes = [text.get_window_extent().shrunk(0.97, 0.8) for text in texts]
    found = []
    for k, box in enumerate(boxes):
        if not (fig.bbox.contains(box.x0, box.y0) and fig.bbox.contains(box.x1, box.y1)):
            found.append(texts[k].get_text())
        for other in range(k):
            if box.overlaps(boxes[other]):
                found.append((texts[k].get_text(), texts[other].get_text()))
    return found
