"""Lesson 02b's bench of letters shows what was computed, and fills its panels."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from support.benches import benches_of
from support.commands import overlapping
from support.lessons import figures, namespace


@pytest.fixture(scope="module")
def lesson():
    return namespace("02b")


@pytest.fixture
def bench(lesson):
    (bench,) = [each for each in benches_of(lesson) if each.name == "letters"]
    yield bench
    bench.reset()


def test_the_bars_are_the_last_distribution(lesson):
    drawing = figures("02b")
    data = lesson["compute_letters"]("qu")
    figure = plt.figure(figsize=(11, 4))
    artists = drawing.draw_letters(figure, data)
    drawing.update_letters(artists, data)
    bars = [patch.get_width() for patch in figure.axes[1].patches[:27]]
    np.testing.assert_allclose(bars, data["p"][-1], atol=1e-6)


def test_the_words_name_the_likeliest(lesson):
    words = figures("02b").describe_letters(lesson["compute_letters"]("q"))
    assert "“q”" in words
    assert "u 100%" in words


def test_the_first_column_is_called_start_and_the_row_of_the_dot_end(lesson):
    drawing = figures("02b")
    data = lesson["compute_letters"]("qu")
    artists = drawing.draw_letters(plt.figure(), data)
    drawing.update_letters(artists, data)
    assert [text.get_text() for text in artists["letters"][:4]] == ["start", "q", "u", ""]
    assert drawing.SYMBOLS[0] == "end"


@pytest.mark.parametrize("text", ["", "q", "quic", "internationalism"])
def test_the_columns_fill_their_panel(bench, text):
    bench.set(text=text)
    image = bench.artists["image"]
    assert image.get_array().shape == (27, len(text) + 1)
    assert tuple(image.get_extent()[:2]) == image.axes.get_xlim()


def test_above_each_column_stands_the_probability_of_the_symbol_that_came(bench):
    bench.set(text="quick")
    p, shown = bench.data["p"], bench.artists["shares"]
    came = [p[step, ord(letter) - ord("a") + 1] for step, letter in enumerate("quick")]
    assert [text.get_text() for text in shown if text.get_text()] == [f"{x:.0%}" for x in came]
    places = [text.get_position()[0] for text in shown[:5]]
    assert places == pytest.approx(bench.artists["came"].get_xdata())


@pytest.mark.parametrize("text", ["", "q", "recurren", "m" * 16])
def test_no_words_overlap(bench, text):
    bench.set(text=text)
    assert not overlapping(bench.figure)


def test_the_title_stays_in_the_figure(lesson):
    drawing = figures("02b")
    data = lesson["compute_letters"]("m" * 16)
    figure = plt.figure(figsize=drawing.LETTERS_BENCH["figsize"])
    artists = drawing.draw_letters(figure, data)
    drawing.update_letters(artists, data)
    figure.canvas.draw()
    assert artists["title"].get_window_extent().x1 < figure.bbox.x1
