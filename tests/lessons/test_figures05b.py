"""The pictures of lesson 05b show their data, and their words agree with it."""

import itertools

import numpy as np
import pytest
from matplotlib.colors import same_color
from support.benches import move_through_extremes
from support.lessons import beside_the_notebooks, figures
from support.pictures import assert_texts_apart, pictures_shown

from rnnlib import plots
from rnnlib.bench import Bench, Slider
from rnnlib.cells import LSTM

lesson = figures("05b")
drawing = beside_the_notebooks("figures.gradient_left")
names = beside_the_notebooks("figures.line_names")
STEPS = 300


@pytest.fixture
def shown(monkeypatch):
    yield from pictures_shown(monkeypatch)


def thick(ax):
    """{label: values} of the lines that have a name."""
    return {
        line.get_label(): line.get_ydata()
        for line in ax.lines
        if not line.get_label().startswith("_")
    }


def thin(ax, colour):
    """The values of the thin lines of one colour, in the order in which they were drawn."""
    lines = [line for line in ax.lines if line.get_alpha() is not None]
    return np.array([line.get_ydata() for line in lines if same_color(line.get_color(), colour)])


# Readable numbers, and names moved apart


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.0, "less than 10⁻³⁰⁰"),
        (2.1e-12, "2·10⁻¹²"),
        (9.9e-4, "1·10⁻³"),
        (0.0995, "0.10"),
        (0.4296, "0.43"),
        (0.999, "1.00"),
        (1.0, "1"),
        (99.6, "100"),
        (1673.3, "1,673"),
        (40582.0, "4·10⁴"),
        (np.inf, "more than 10³⁰⁰"),
    ],
)
def test_a_number_is_written_as_a_person_writes_it(value, words):
    assert names.readable(value) == words


@pytest.mark.parametrize("heights", [[0.5, 0.5], [0, 0, 0], [1, 1], [0.2, 0.9], [0.5, 0.52, 0.1]])
def test_heights_are_moved_apart_and_keep_their_order(heights):
    placed = names.spread(heights, gap=0.13)
    assert np.diff(np.sort(placed)).min() > 0.129
    assert placed.min() > 0.06 and placed.max() < 0.94
    for one, other in itertools.combinations(range(len(heights)), 2):
        if heights[one] >= heights[other]:
            assert placed[one] > placed[other]


def test_heights_that_are_apart_stay():
    np.testing.assert_allclose(names.spread([0.2, 0.9], gap=0.13), [0.2, 0.9])


# The bench of the way back


def lstm_and_trace(forget_bias, input_bias, strength, seed):
    rng = np.random.default_rng(seed)
    cell = LSTM(4, 16, rng=np.random.default_rng(seed), forget_bias=forget_bias)
    cell.part("i")["b"][:] = input_bias
    cell.params["U"] *= strength
    trace = cell.forward(rng.normal(size=(STEPS, 1, 4)))
    end = rng.normal(size=(1, 16))
    return cell, trace, end / np.linalg.norm(end)


def compute(forget_bias, input_bias, strength, seed):
    cell, trace, end = lstm_and_trace(forget_bias, input_bias, strength, seed)
    states = {"h": 0 * end, "c": end}
    grads = cell.backward(trace, np.zeros_like(trace.h), dstate=states)
    gates = np.concatenate([np.ones((1, 16)), trace.f[:0:-1, 0]])
    return {
        "whole": np.linalg.norm(grads.c[::-1, 0], axis=1),
        "direct": np.linalg.norm(np.cumprod(gates, axis=0) * end[0], axis=1),
        "forget_bias": forget_bias,
        "strength": strength,
    }


@pytest.fixture(scope="module")
def bench():
    controls = {
        "forget_bias": Slider("forget bias", -2.0, 10.0, 0.5, 7.0),
        "input_bias": Slider("input bias", -8.0, 2.0, 0.5, 0.0),
        "strength": Slider("U ×", 0.0, 4.0, 0.25, 1.0),
        "seed": Slider("seed", 0, 9, 1, 0),
    }
    with plots.plt.rc_context():
        plots.use_style()
        draw, update = lesson.draw_way_back, lesson.update_way_back
        return Bench(compute, draw, update, controls, **lesson.WAY_BACK_BENCH)


def test_the_bench_at_its_extremes(bench):
    move_through_extremes(bench)


@pytest.mark.parametrize("preset", lesson.WAY_BACK_BENCH["presets"])
def test_the_lines_are_the_data_within_the_axis(bench, preset):
    bench.set(**bench.presets[preset])
    for key in ("whole", "direct"):
        drawn = bench.artists[key].get_ydata()
        np.testing.assert_array_equal(drawn, np.clip(bench.data[key], 1e-12, 1e4))
    assert_texts_apart(bench.figure)


def test_a_line_at_the_edge_has_its_true_value_beside_it(bench):
    bench.set(**bench.presets["Default bias 1"])
    assert bench.artists["whole name"].get_text() == "the whole gradient\n2·10⁻¹⁷, below the axis"
    assert bench.artists["direct name"].get_text() == "forget gates alone\n3·10⁻⁴³, below the axis"
    data = bench.data | {"whole": np.full(STEPS, 3e7)}
    lesson.update_way_back(bench.artists, data)
    assert bench.artists["whole name"].get_text() == "the whole gradient\n3·10⁷, above the axis"


def test_without_a_detour_the_forget_gates_are_all(bench):
    bench.set(**bench.presets["No detour"])
    np.testing.assert_allclose(bench.data["whole"], bench.data["direct"])
    expected = "After 299 steps 0.71 of the gradient is left; the forget gates alone would leave "
    assert bench.words == expected + "0.71."


def test_words_on_a_gradient_that_grows(bench):
    bench.set(**bench.presets["Strong U"])
    assert bench.words.startswith("After 299 steps the gradient is 73 times as long as at its")


# What is left after a thousand steps


def made_up(rates, seeds=3):
    """Gradients that change by a constant factor at each step, a little different in each seed."""
    steps = np.arange(1000)
    return [np.exp(steps * np.log(rates) * (1 + 0.02 * seed)) for seed in range(seeds)]


FOUR = {
    "RNN, U orthogonal": made_up(0.7),
    "RNN, best U": made_up(1.004),
    "LSTM, forget bias 1": made_up(0.87),
    "LSTM, forget bias 7": made_up(1.005),
}
THREE = {
    "forget bias 7": made_up(1.006),
    "forget bias 7, U = 0": made_up(0.999),
    "forget bias 7, truncated as in 1997": made_up(0.9988),
}


@pytest.mark.parametrize(("runs", "highlight"), [(FOUR, None), (THREE, None), (THREE, (900, 999))])
def test_what_is_left_is_drawn_seed_by_seed_with_the_median(shown, runs, highlight):
    lesson.gradient_left(runs, highlight)
    fig, alt = shown[0]
    assert len(fig.axes) == (2 if highlight else 1)
    for ax in fig.axes:
        medians = thick(ax)
        assert set(medians) == set(runs)
        for name, arrays in runs.items():
            np.testing.assert_allclose(medians[name], np.median(arrays, axis=0))
            (line,) = [line for line in ax.lines if line.get_label() == name]
            np.testing.assert_array_equal(thin(ax, line.get_color()), arrays)
    for name, arrays in runs.items():
        low, middle, high = (names.readable(run[-1]) for run in sorted(arrays, key=lambda a: a[-1]))
        assert f"{name}: {middle} ({low} to {high})" in alt
    said = {text.get_text().replace("\n", " ") for text in fig.axes[-1].texts}
    assert said == set(runs)
    assert_texts_apart(fig)


def test_conditions_differ_in_colour_and_in_dashes():
    for runs in (FOUR, THREE):
        looks = [drawing._look(name) for name in runs]
        assert len({look["color"] for look in looks}) == len(looks)
        assert len({str(look["linestyle"]) for look in looks}) == len(looks)


def test_the_axis_never_covers_more_than_forty_decades(shown):
    lesson.gradient_left(FOUR)
    lesson.gradient_left(THREE, (900, 999))
    wide, near = (fig.axes[0].get_ylim() for fig, _ in shown)
    assert wide == (1e-30, 1e3)
    assert near == (0.1, 1e3)
    assert shown[1][0].axes[1].get_xlim() == (900, 999)


def test_a_gradient_of_exactly_zero_is_drawn_without_a_warning(shown):
    lesson.gradient_left({"LSTM, forget bias 1": [np.r_[np.ones(10), np.zeros(20)]]})
    shown[0][0].canvas.draw()
    assert "less than 10⁻³⁰⁰" in shown[0][1]


# Plus, times, and scaled


@pytest.fixture(scope="module")
def back():
    """Made-up gradients at 101 cell states of 5 cells: row k is k steps back."""
    rng, factors = np.random.default_rng(0), {"plus": 0.99, "times": 0.15, "scaled": 0.98}
    gradients = {}
    for name, factor in factors.items():
        steps = factor * np.exp(rng.normal(scale=0.2, size=(100, 5)))
        gradients[name] = np.vstack([np.ones((1, 5)), np.cumprod(steps, axis=0)])
    gradients["times"] *= -1
    return gradients


def test_joints_are_drawn_cell_by_cell_with_the_median(shown, back):
    lesson.joints(back)
    fig, alt = shown[0]
    for ax in fig.axes:
        medians = thick(ax)
        for name, gradients in back.items():
            sizes = np.abs(gradients)
            np.testing.assert_allclose(medians[name], np.median(sizes, axis=1))
            np.testing.assert_allclose(thin(ax, drawing.JOINTS[name][1]), sizes.T)
            words = [names.readable(f(sizes[-1])) for f in (np.median, np.min, np.max)]
            assert "{}: {} ({} to {})".format(name, *words) in alt
    whole, near = fig.axes
    assert near.get_ylim() == (1e-6, 1e3)
    assert {text.get_text() for text in whole.texts} == set(back)
    assert {text.get_text() for text in near.texts} == {
        words for words, _, _ in drawing.JOINTS.values()
    }
    assert whole.get_ylim()[0] < min(np.abs(values).min() for values in back.values())
    assert_texts_apart(fig)


# What is left with each setting


def test_each_network_is_a_dot_and_the_words_count_those_in_the_band(shown):
    rnn_left = {1.0: [1e-60, 1e-50], 1.8: [1.0, 1e6]}
    lstm_left = {1: [1e-20, 1e-9], 7: [10.0, 900.0]}
    direct_way = {1: [1e-30, 1e-25], 7: [0.3, 0.4]}
    lesson.left_by_setting(rnn_left, lstm_left, direct_way)
    fig, alt = shown[0]
    for ax, left in zip(fig.axes, (rnn_left, lstm_left), strict=True):
        filled = [
            line for line in ax.lines if line.get_marker() == "o" and line.get_mfc() != "none"
        ]
        drawn = np.concatenate([line.get_ydata() for line in filled])
        expected = np.clip(np.concatenate(list(left.values())), *drawing.DRAWN)
        np.testing.assert_allclose(drawn, expected)
    hollow = [line for line in fig.axes[1].lines if line.get_mfc() == "none"]
    assert [list(line.get_ydata()) for line in hollow] == list(direct_way.values())
    counts = [
        [text.get_text() for text in ax.texts if " of " in text.get_text()] for ax in fig.axes
    ]
    assert counts == [["0 of 2", "1 of 2"], ["0 of 2", "2 of 2"]]
    assert_texts_apart(fig)
    assert "simple recurrent networks, 1: 0 of 2, 1.8: 1 of 2" in alt
    assert "LSTMs, 1: 0 of 2, 7: 2 of 2" in alt
