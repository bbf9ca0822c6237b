"""A progress bar with the loss beside it, in a notebook or on a terminal."""

# tqdm was tried: its bar in a notebook is a widget, which a saved notebook shows as an error before
# it is run, and its text holds times and rates, which differ at every run and so fail in nbval.

import sys
import time

SECONDS_BETWEEN_REDRAWS = 0.2


class Progress:
    """`bar(done, loss)` moves the bar, `bar.close()` removes it.

    title: the words before it; None for no bar at all. total: how many steps there are.
    In a notebook it leaves the same empty line behind on every machine, which nbval compares.
    """

    EMPTY = "<span></span>"

    def __init__(self, title, total):
        self.title, self.total = title, total
        self.started, self.shown_at, self.display = time.monotonic(), 0.0, None
        ipython = sys.modules.get("IPython")
        if title and ipython and hasattr(ipython.get_ipython(), "kernel"):
            empty = ipython.display.HTML(self.EMPTY)
            self.display = ipython.display.display(empty, display_id=True)

    def __call__(self, done, loss=None):
        now = time.monotonic()
        if not self.title or now - self.shown_at < SECONDS_BETWEEN_REDRAWS:
            return
        self.shown_at = now
        seconds_left = (now - self.started) * (self.total - done) / max(done, 1)
        words = f"{self.title}: {done} of {self.total}"
        if loss is not None:
            words += f", loss {loss:.4g}"
        words += f", {seconds_left:.0f} s left"
        label = f'aria-label="{self.title}"'
        bar = f'<progress value="{done}" max="{self.total}" {label}></progress> '
        self._write(bar + words if self.display else f"\r{words:<78}")

    def close(self):
        """Remove the bar."""
        self._write(self.EMPTY if self.display else f"\r{'':<78}\r")

    def _write(self, text):
        if self.display:
            self.display.update(sys.modules["IPython"].display.HTML(text))
        elif self.title and sys.stderr.isatty():
            print(text, end="", file=sys.stderr, flush=True)
