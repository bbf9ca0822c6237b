"""The training loop: forward, backward, clip, step, and what it should notice on the way."""

import enum
import warnings
from dataclasses import dataclass, field

import numpy as np

from rnnlib import checks, losses
from rnnlib.optim import clip_by_norm
from rnnlib.training import batches
from rnnlib.training.early_stopping import EarlyStopping
from rnnlib.training.progress import Progress


class Stopped(enum.StrEnum):
    """Why training ended."""

    FINISHED = "finished"  # all updates or epochs were made
    DONE = "done"  # `until` returned True
    NO_BETTER = "no better"  # the held-out loss had no new best for `patience` looks
    NOT_FINITE = "not finite"  # the loss or the gradient was infinite or not a number


@dataclass
class History:
    """What happened in training.

    loss, norm: one number for each update. loss includes the penalties, and dropout is at work;
        norm is the gradient's norm before clipping. If training stopped because a number was not
        finite, the last loss has no norm beside it.
    validation: pairs (updates done, held-out loss), without penalties and dropout.
    best: the updates done where it was lowest. stopped: why training ended, a `Stopped`; None while
        it goes on.
    """

    loss: list = field(default_factory=list)
    norm: list = field(default_factory=list)
    validation: list = field(default_factory=list)
    best: int = 0
    stopped: Stopped | None = None

    @property
    def updates(self):
        """How many updates were made."""
        return len(self.norm)


def fit(
    network, data, optimizer, *, rng, updates=None, epochs=None, batch_size=None, window=None,
    carry=True, clip=None, l1=0.0, l2=0.0, validation=None, validate_every=50, patience=None,
    until=None, progress=None,
):  # fmt: skip
    """Train `network` in place and return its `History`.

    data: a function rng -> (x, target, mask), which makes a fresh batch whenever the last one is
        used up; `updates` counts updates, with `window` one for each window. Or fixed arrays (x,
        target, mask) with the batch on axis 1, visited once in random order in each of `epochs`,
        `batch_size` at a time. mask may be None.
    rng: the Generator of everything random in training.
    window: for truncated backpropagation through time, with one update for each `window` steps.
        The state is carried from window to window, the gradient is not; carry=False sets the state
        to zero instead. None: full backpropagation through time.
    clip: the largest norm of the gradient. l1, l2: the strengths of the penalties.
    validation: held-out (x, target, mask), looked at every `validate_every` updates. With
        `patience`, training stops after that many looks without a new best. The best parameters
        are put back, and so updates after the last look are undone.
    until: a function History -> bool, called after each update; training stops when it is True,
        and the parameters stay as they are then.
    progress: the title of a progress bar.

    A loss or gradient that is not finite stops training with a RuntimeWarning, which names the
    update and the likely cure. The last parameters with a finite loss are put back.
    Raises ValueError for a wrong argument.
    """
    _check(data, rng, patience, validation, l1, l2, updates=updates, epochs=epochs,
           batch_size=batch_size, window=window, validate_every=validate_every)  # fmt: skip
    windows, total = batches.iterate_windows(data, updates, epochs, batch_size, window, rng)
    history, params, last_finite = History(), network.params, network.copy_params()
    early_stopping = EarlyStopping(network, validation, validate_every, patience)
    bar, state = Progress(progress, total), None
    for x, target, mask, is_first in windows:
        state = None if is_first or not carry else state
        if mask is not None and not mask.any():  # nothing to learn here, but the state moves on
            state = network.forward(x, state, rng).state
            continue
        with np.errstate(over="ignore", invalid="ignore"):  # reported below, once and in words
            E, grads, state = network.loss_and_grads(x, target, mask, state, rng)
        E += _add_penalties(params, grads, l1, l2)
        norm = clip_by_norm(grads, clip)
        history.loss.append(E)
        if not np.isfinite(E) or not np.isfinite(norm):
            network.set_params(last_finite)
            history.stopped = Stopped.NOT_FINITE
            _warn(len(history.loss), E, norm, clip)
            break
        _copy_into(last_finite, params)
        optimizer.step(params, grads)
        history.norm.append(norm)
        bar(history.updates, E)
        early_stopping.look(history)
        history.stopped = _reason_to_stop(history, early_stopping, until)
        if history.stopped or history.updates == updates:
            break
    history.stopped = history.stopped or Stopped.FINISHED
    if history.stopped in (Stopped.FINISHED, Stopped.NO_BETTER):
        early_stopping.put_back_best()
    bar.close()
    return history


def _check(data, rng, patience, validation, l1, l2, *, updates, epochs, **sizes):
    checks.generator("rng", rng)
    if callable(data):
        if updates is None or epochs is not None:
            raise ValueError("fit needs `updates`, not `epochs`, where data is a function")
    elif epochs is None or updates is not None:
        raise ValueError("fit needs `epochs`, not `updates`, where data is (x, target, mask)")
    if patience is not None and validation is None:
        raise ValueError("patience needs `validation` data to judge by")
    for name, strength in (("l1", l1), ("l2", l2)):
        if not strength >= 0:
            raise ValueError(f"{name} must be a number >= 0; got {strength!r}")
    sizes |= {"updates": updates, "epochs": epochs, "patience": patience}
    for name, value in sizes.items():
        if value is not None:
            checks.size(name, value)


def _add_penalties(params, grads, l1, l2):
    """Add the penalties' gradients to grads; return what the penalties add to the loss."""
    extra = 0.0
    for penalty, strength in ((losses.l1, l1), (losses.l2, l2)):
        if strength:
            loss, slopes = penalty(params, strength)
            extra += loss
            for name, slope in slopes.items():
                grads[name] += slope
    return extra


def _copy_into(copies, params):
    for name, p in params.items():
        np.copyto(copies[name], p)


def _reason_to_stop(history, early_stopping, until):
    if early_stopping.should_stop:
        return Stopped.NO_BETTER
    if until and until(history):
        return Stopped.DONE
    return None


def _warn(update, E, norm, clip):
    cure = "a smaller learning_rate" if clip else "a smaller learning_rate or clip=1.0"
    warnings.warn(
        f"At update {update} the loss ({E:.3g}) or the gradient's norm ({norm:.3g}) is not finite. "
        f"The likely cure is {cure}. The last parameters with a finite loss are back in place.",
        RuntimeWarning,
        stacklevel=3,
    )
