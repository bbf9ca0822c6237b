"""A bench: sliders over a function of yours, and one live picture of what it returns.

`Bench` documents how to make one. The files, in the order in which a drag of a slider passes them:

- watching.js: finds the controls in the page, and hears a slider that is held
- bench.js: asks the kernel for the picture of the new values
- session.py: takes the questions from the page and sends the answers
- controls.py: which values fit a control; also makes the widget that the reader moves
- bench.py: computes the data, updates the artists, and says in words what they show
- live.py: tells what moves in the figure from what stands still
- recorder.py: a matplotlib renderer that writes down what the moving artists draw
- operations.py: the list that it writes
- painting.js: paints the list on a canvas

A drag does not pass the others:

- panel.py, bench.css: how the controls, buttons and picture are laid out
- names.js: what screen readers call the controls
- pixels.py: small helpers for images
"""

from rnnlib.bench.bench import Bench, all_benches
from rnnlib.bench.controls import Choice, Slider, Text

__all__ = ["Bench", "Choice", "Slider", "Text", "all_benches"]
