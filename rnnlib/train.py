"""The training loop: forward, backward, clip, step, and what it should notice on the way."""

import sys
import time
import warnings
from dataclasses import dataclass, field

import numpy as np

from rnnlib import checks, losses
from rnnlib.optim import clip_by_norm


@dataclass
class History:
    """`loss` and `norm` (of the gradient before clipping), one number an update; `validation`, pairs (updates done,
    held-out loss); `best`, the updates done where the held-out loss was lowest; `stopped`, why training ended."""
    loss: list = field(default_factory=list)
    norm: list = field(default_factory=list)
    validation: list = field(default_factory=list)
    best: int = 0
    stopped: str = "finished"
    updates = property(lambda self: len(self.norm), doc="How many updates were made.")


def fit(network, data, optimizer, *, updates=None, epochs=None, batch_size=None, rng, window=None, carry=True, clip=None,
        l1=0.0, l2=0.0, validation=None, validate_every=50, patience=None, until=None, progress=None):  # fmt: skip
    """Train `network` in place and return its `History`.
    data: a function rng -> (x, target, mask), a fresh batch for each of `updates` updates; or fixed (x, target, mask) with
      the batch on axis 1 (mask may be None), visited once in random order in each of `epochs`, `batch_size` at a time.
    window: truncated BPTT, one update for each `window` steps; the state is carried from window to window, the gradient is
      not (Sutskever 2013, §2.8.6; Williams and Peng 1990); carry=False sets it to zero instead. None: full BPTT.
    clip: largest gradient norm. l1, l2: strengths of the penalties. validation: held-out (x, target, mask), looked at every
      `validate_every` updates; with `patience`, training stops after that many looks without a new best, which is put back.
    until: function History -> bool, called after each update; True stops. progress: a title for a progress bar.
    A loss or gradient that is not finite stops it with a RuntimeWarning that names the update and the likely cure; the last
    parameters with a finite loss are put back."""
    checks.generator("rng", rng)
    if (updates is None) == callable(data) or (epochs is None) != callable(data):
        raise ValueError("fit needs `updates` where data is a function, and `epochs` where data is (x, target, mask)")
    if patience is not None and validation is None:
        raise ValueError("patience needs `validation` data to judge by")
    for name, value in dict(updates=updates, epochs=epochs, batch_size=batch_size, window=window, patience=patience).items():
        if value is not None:
            checks.size(name, value)
    batches, total = _batches(data, updates, epochs, batch_size, window, rng)
    history, best, least, since, state = History(), None, np.inf, 0, None
    params, finite = network.params, network.copy_params()
    bar = Progress(progress, total)
    for x, target, mask, first in batches:
        state = None if first or not carry else state
        if mask is not None and not mask.any():  # nothing to learn from here, but the state moves on
            state = network.forward(x, state, rng).state
            continue
        with np.errstate(over="ignore", invalid="ignore"):  # reported below, once and in words
            E, grads, state = network.loss_and_grads(x, target, mask, state, rng)
        for penalty, strength in ((losses.l1, l1), (losses.l2, l2)):
            if strength:
                extra, slopes = penalty(params, strength)
                E += extra
                for name, slope in slopes.items():
                    grads[name] += slope
        norm = clip_by_norm(grads, clip)
        history.loss.append(E)
        if not np.isfinite(E) or not np.isfinite(norm):
            network.set_params(finite)
            history.stopped = f"not finite at update {len(history.loss)}"
            cure = "a smaller learning_rate" + ("" if clip else " or clip=1.0")
            message = f"loss {E:.3g}, gradient norm {norm:.3g}: {history.stopped}; {cure} is the likely cure. "
            warnings.warn(message + "The last parameters with a finite loss are back in place.", RuntimeWarning, stacklevel=2)
            break
        for name, p in params.items():
            np.copyto(finite[name], p)
        optimizer.step(params, grads)
        history.norm.append(norm)
        bar(history.updates, E)
        if validation is not None and history.updates % validate_every == 0:
            history.validation.append((history.updates, network.evaluate(*validation)[0]))
            since += 1
            if (held_out := history.validation[-1][1]) < least:
                least, since, history.best, best = held_out, 0, history.updates, network.copy_params()
            if patience and since >= patience:
                history.stopped = f"no better for {patience} looks, best at update {history.best}"
                break
        if until and until(history):
            history.stopped = f"done at update {history.updates}"
            break
        if history.updates == updates:
            break
    if patience and best is not None and history.stopped[:3] != "not":
        network.set_params(best)
    bar.close()
    return history


def _batches(data, updates, epochs, batch_size, window, rng):
    """(an iterator over windows (x, target, mask, the first of its batch?), how many there will be at most)."""
    if callable(data):
        sources, total = (data(rng) for _ in range(updates)), updates
    else:
        x, target, mask = data
        N = np.shape(x)[1]
        size = min(batch_size or N, N)
        total = epochs * -(-N // size) * (-(-len(x) // window) if window else 1)
        orders = (rng.permutation(N) for _ in range(epochs))
        chosen = (order[start : start + size] for order in orders for start in range(0, N, size))
        sources = ((x[:, c], target[:, c], None if mask is None else mask[:, c]) for c in chosen)
    def windows():
        for x, target, mask in sources:
            for t in range(0, len(x), window or len(x)):
                cut = slice(t, t + (window or len(x)))
                yield x[cut], target[cut], None if mask is None else mask[cut], t == 0
    return windows(), total


class Progress:
    """A bar with the loss beside it, in a notebook or on a terminal. `bar(done, loss)` moves it, `close` hides it.
    Without a title there is none. In a notebook it leaves the same empty line behind on any machine: nbval compares it."""
    EMPTY = "<span></span>"
    def __init__(self, title, total):
        self.title, self.total, self.started, self.shown, self.display = title, total, time.monotonic(), 0.0, None
        ipython = sys.modules.get("IPython")
        if title and ipython and hasattr(ipython.get_ipython(), "kernel"):
            self.display = ipython.display.display(ipython.display.HTML(self.EMPTY), display_id=True)

    def __call__(self, done, loss=None):
        now = time.monotonic()
        if not self.title or now - self.shown < 0.2:
            return
        self.shown, left = now, (now - self.started) * (self.total - done) / max(done, 1)
        words = f"{self.title}: {done} of {self.total}{'' if loss is None else f', loss {loss:.4g}'}, {left:.0f} s left"
        bar = f'<progress value="{done}" max="{self.total}" aria-label="{self.title}"></progress> '
        self._write(bar + words if self.display else f"\r{words:<78}")

    def close(self):
        self._write(self.EMPTY if self.display else f"\r{'':<78}\r")

    def _write(self, text):
        if self.display:
            self.display.update(sys.modules["IPython"].display.HTML(text))
        elif self.title and sys.stderr.isatty():
            print(text, end="", file=sys.stderr, flush=True)
