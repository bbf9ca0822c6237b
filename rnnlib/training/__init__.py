"""Training: one loop, `fit`, and what it uses: batches, early stopping, a progress bar."""

from rnnlib.training.fit import History, Stopped, fit
from rnnlib.training.progress import Progress

__all__ = ["History", "Progress", "Stopped", "fit"]
