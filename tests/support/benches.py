"""Benches moved to everything that a reader can do, and what must hold there."""

import inspect
import itertools
import re
import warnings

import numpy as np

from rnnlib.bench import Slider, Text, all_benches
from rnnlib.bench.live import flat_artists

from .painting import numbers, painted

MOST_APART = 6  # of 255: what the rounding of blended colours makes


def ask(bench, version=None, ratio=1, question_id="tab", **controls):
    """Ask as bench.js does: the value of each control, or the index of its option. The answer."""
    if version is None:
        version = bench.picture_widget.frame["version"]
    question = {"id": question_id, "version": version, "ratio": ratio, "controls": controls}
    bench.session.answer(bench.picture_widget, question, [])
    return bench.picture_widget.frame


def frames_of(bench):
    """The list to which every frame is added that the bench sends from now on."""
    frames = []
    bench.picture_widget.observe(lambda change: frames.append(change.new), "frame")
    return frames


def drawn_in_full(bench):
    """The picture as matplotlib draws it: RGBA (height, width, 4)."""
    bench.figure.canvas.draw()
    return np.asarray(bench.figure.canvas.buffer_rgba()).copy()


def assert_live_is_full(bench, where=""):
    """Every pixel painted live is the one that matplotlib draws."""
    apart = np.abs(painted(bench).astype(int) - drawn_in_full(bench)).max(axis=2)
    wrong = np.argwhere(apart > MOST_APART)
    report = f"{len(wrong)} pixels differ by up to {apart.max()}, the first (y, x): {wrong[:1]}"
    assert not len(wrong), f"{where}: {report}"


def assert_finite(bench, where=""):
    """The bench shows no error, its words say no nan or inf, and all that is drawn is finite."""
    frame = bench.picture_widget.frame
    assert not frame["error"], f"{where}: {frame['error']}"
    assert bench.words.strip(), f"{where}: no words"
    assert "\n" not in bench.words, f"{where}: more than one line: {bench.words}"
    assert not re.search(r"nan|\binf\b", bench.words.lower()), f"{where}: {bench.words}"
    for op in frame["ops"]:
        for name in {"points", "places"} & set(op):
            assert np.isfinite(numbers(frame["data"], op[name])).all(), f"{where}: {name} of {op}"
    for artist in flat_artists(bench.artists):
        if hasattr(artist, "get_xydata") and artist.get_visible():
            points = np.ma.filled(np.ma.asarray(artist.get_xydata(), float), np.nan)
            assert not np.isinf(points).any(), f"{where}: infinite data in {artist}"


def ends(control):
    if isinstance(control, Slider):
        return control.low, control.high
    if isinstance(control, Text):
        return "", "m" * control.max_length
    return control.options


def extremes(bench):
    """Values to try: the start, presets, each control at its ends, each pair at its ends."""
    ends_of = {name: ends(control) for name, control in bench.controls.items()}
    yield dict(bench.start)
    for values in bench.presets.values():
        yield bench.start | values
    for name, values in ends_of.items():
        for value in values:
            yield bench.start | {name: value}
    for one, other in itertools.combinations(ends_of, 2):
        for a, b in itertools.product(ends_of[one], ends_of[other]):
            yield bench.start | {one: a, other: b}


def move_through_extremes(bench, compare_every=7):
    """Every end, preset and pair of ends: finite, no warning, and (some) as drawn in full."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for number, values in enumerate(extremes(bench)):
            bench.set(**values)
            assert_finite(bench, values)
            if number % compare_every == 0:
                assert_live_is_full(bench, values)
        bench.reset()
        assert_live_is_full(bench, "after reset")


def benches_of(lesson):
    """The benches that a lesson's cells made, also those without a name there, in no order."""
    for value in lesson.values():
        if inspect.isfunction(value) and value.__module__ == "__main__":
            cells = value.__globals__
            break
    return [bench for bench in all_benches if getattr(bench.compute, "__globals__", None) is cells]


def move_all(lesson):
    """Move every bench of a lesson through its extremes. Returns how many benches there are."""
    benches = benches_of(lesson)
    for bench in benches:
        move_through_extremes(bench)
    return len(benches)
