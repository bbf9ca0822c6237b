"""Lesson 05a's bench of gates in time and its tables of weights show what was computed."""

import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import same_color
from matplotlib.patches import Rectangle
from support.benches import move_through_extremes
from support.commands import LINES, cell_from, number_in, overlapping, script_of
from support.lessons import beside_the_notebooks, figures

from rnnlib import plots
from rnnlib.bench import Bench, Choice, Slider

lesson = figures("05a")
drawing = beside_the_notebooks("figures.gates_in_time")

NOISE = [-1, 1, -1, 1, 1, -1, 1, -1, -1, 1, -1, 1, -1, 1, -1, 1, 1, -1, 1, 1, -1, 1, -1, 1]
EVEN, ODD = range(2, 25, 2), range(1, 25, 2)
PULSES = [3, 8, 13]
SCRIPTS = {
    "store and recall": script_of(NOISE, write=[2, 15], read=[8, 13, 20, 24], erase=[11]),
    "three pulses": script_of([float(t in PULSES) for t in range(1, 25)]),
    "stop and go": script_of(NOISE, write=ODD, erase=ODD, read=EVEN),
}
BY_HAND = {"b_i": -4.0, "w_i": 8.0, "b_f": 4.0, "w_f": -8.0, "b_o": -4.0, "w_o": 8.0, "u_g": 0.0}


def answers(x):
    """What is asked for, (24,): at a read, 0.6 times the value written last and not erased."""
    stored, target = 0.0, np.zeros(24)
    for t, (value, write, erase, read) in enumerate(x):
        if write:
            stored = value
        elif erase:
            stored = 0.0
        target[t] = 0.6 * stored * read
    return target


def compute_gates(script, **settings):
    x = SCRIPTS[script]
    trace = cell_from(**settings).forward(x)
    data = {name: getattr(trace, name)[:, 0, 0] for name in "ifogch"}
    target, loss = None, None
    if script != "three pulses":
        target = answers(x[:, 0])
        loss = float(((data["h"] - target) ** 2).mean())
    return data | {"script": script, "x": x[:, 0], "target": target, "loss": loss}


@pytest.fixture(scope="module")
def gates_bench():
    controls = {"script": Choice("script", tuple(SCRIPTS), "store and recall")}
    for name, start in BY_HAND.items():
        reach = {"b": 6.0, "w": 12.0, "u": 4.0}[name[0]]
        controls[name] = Slider(name, -reach, reach, 0.25, start)
    with plt.rc_context():
        plots.use_style()
        draw, update = lesson.draw_gates, lesson.update_gates
        yield Bench(compute_gates, draw, update, controls, **lesson.GATES_BENCH)


@pytest.fixture
def gates(gates_bench):
    gates_bench.reset()
    return gates_bench


def test_gates_in_time_at_its_extremes(gates_bench):
    move_through_extremes(gates_bench, compare_every=20)


@pytest.mark.parametrize("gate", "ifo")
def test_a_band_is_as_high_as_its_gate_at_every_step(gates, gate):
    gates.set(b_i=-1.0, b_f=0.5, b_o=1.0)
    area, base = gates.artists["gates"][gate], drawing.BANDS[gate]
    assert same_color(area.get_facecolor()[:3], plots.COLOURS[gate])
    for t, number in enumerate(gates.data[gate], start=1):
        heights = base + 0.99 * number, base + 1.01 * number
        inside, outside = area.get_path().contains_points([(t, height) for height in heights])
        assert inside
        assert not outside


def test_the_bands_stand_in_the_order_of_the_block_and_are_named(gates):
    ax = gates.artists["gates"]["o"].axes
    named = {label.get_text(): label.get_position()[1] for label in ax.get_yticklabels()}
    names = sorted(named, key=named.get, reverse=True)
    assert [name.split()[0] for name in names] == ["output", "forget", "input"]
    for label in ax.get_yticklabels():
        letter = label.get_text().split("$")[1][0]
        assert same_color(label.get_color(), plots.COLOURS[letter])


@pytest.mark.parametrize("script", SCRIPTS)
def test_the_script_shows_values_and_commands_at_their_steps(gates, script):
    gates.set(script=script)
    x = gates.data["x"]
    assert list(gates.artists["up"].get_xdata()) == [t for t in range(1, 25) if x[t - 1, 0] > 0]
    assert list(gates.artists["down"].get_xdata()) == [t for t in range(1, 25) if x[t - 1, 0] < 0]
    for (command, t), text in gates.artists["words"].items():
        assert text.get_position()[0] == t
        is_on = x[t - 1, LINES.index(command)] == 1
        assert text.get_text() == (command if is_on else "")


def test_cell_state_and_hidden_state_are_those_of_the_cell(gates):
    for values in gates.presets.values():
        gates.set(**values)
        for name in "ch":
            np.testing.assert_array_equal(gates.artists[name].get_ydata(), gates.data[name])
        assert gates.artists["cut"].get_text() == ""


def test_a_cell_state_beyond_the_axes_is_written(gates):
    gates.set(script="three pulses", b_i=6.0, w_i=0.0, b_f=6.0, w_f=0.0, u_g=4.0, b_o=6.0)
    largest = gates.data["c"].max()
    assert largest > drawing.EDGE == gates.artists["c"].get_ydata().max()
    written = gates.artists["cut"].get_text().split()[-1]
    assert number_in(written) == pytest.approx(largest, abs=0.005)


def test_large_circles_are_the_answers_and_small_ones_the_silence(gates):
    large, small = gates.artists["target"], gates.artists["silence"]
    assert list(large.get_xdata()) == [8, 13, 20, 24]
    np.testing.assert_allclose(large.get_ydata(), [0.6, 0, -0.6, -0.6])
    assert sorted([*large.get_xdata(), *small.get_xdata()]) == list(range(1, 25))
    assert set(small.get_ydata()) == {0}
    assert large.get_markersize() > 1.5 * small.get_markersize()
    assert gates.artists["task"].get_text().endswith(f"loss {gates.data['loss']:.4f}")
    gates.set(script="three pulses")
    assert len(large.get_xdata()) == len(small.get_xdata()) == 0
    assert gates.artists["task"].get_text() == "this script has no target"


def test_a_value_other_than_one_has_its_size_beside_it(gates, monkeypatch):
    sizes = gates.artists["sizes"]
    assert {text.get_text() for text in sizes.values()} == {""}
    triple = 3 * SCRIPTS["three pulses"]
    monkeypatch.setitem(SCRIPTS, "three pulses", triple)
    gates.set(script="three pulses")
    assert [t for t, text in sizes.items() if text.get_text() == "3"] == PULSES
    assert {text.get_text() for text in sizes.values()} == {"", "3"}
    assert not overlapping(gates.figure)


def test_the_words_of_gates_in_time_agree_with_the_numbers(gates):
    assert "input gate is more than half open at steps 2 and 15" in gates.words
    assert "the forget gate at all but step 11" in gates.words
    assert "the output gate at steps 8, 13, 20 and 24" in gates.words
    numbers = [number_in(each) for each in re.findall(r"−?\d+\.\d+", gates.words)]
    assert numbers == pytest.approx([gates.data["c"][-1], gates.data["loss"]], abs=0.005)
    assert gates.words.endswith(f"and the loss is {gates.data['loss']:.4f}.")
    gates.set(**gates.presets["Plain RNN"])
    assert "open at every step, the forget gate at no step" in gates.words
    assert "loss" not in gates.words
    gates.set(**gates.presets["One-step delay"])
    assert "input gate is more than half open at 12 of 24 steps" in gates.words


def test_the_presets_are_what_their_names_say(gates):
    run = {}
    for name, values in gates.presets.items():
        gates.set(**values)
        run[name] = gates.data
    counted = np.cumsum(SCRIPTS["three pulses"][:, 0, 0]) * np.tanh(1)
    np.testing.assert_allclose(run["Counter"]["c"], counted, atol=0.1)
    leak = run["Leaky integrator"]["c"]
    assert leak[23] < leak[12] / 3
    assert run["One-step delay"]["loss"] < 0.001
    assert min(run["Latch"][gate].min() for gate in "fo") > 0.9
    assert run["Plain RNN"]["f"].max() < 0.01


def test_no_words_of_gates_in_time_overlap(gates):
    for values in gates.presets.values():
        gates.set(**values)
        assert not overlapping(gates.figure), values


# The tables of weights


@pytest.fixture
def tables(monkeypatch):
    """The figure that weight_tables shows for two cells, the cells, and the words beside it."""
    shown = []
    monkeypatch.setattr(plots, "show", lambda fig, alt: shown.extend((fig, alt)))
    by_hand = cell_from(b_i=-4.0, w_i=8.0, b_f=4.0, w_f=-8.0, b_o=-4.0, w_o=8.0)
    other = cell_from(u_g=-2.5, b_g=0.4, b_f=-9.0)
    cells = {"set by hand": by_hand, "trained": other}
    with plt.rc_context():
        plots.use_style()
        lesson.weight_tables(cells, {"set by hand": 0.0004, "trained": 0.0182})
        yield shown[0], cells, shown[1]
    plt.close(shown[0])


def test_a_table_has_every_parameter_at_its_place(tables):
    fig, cells, _ = tables
    for ax, cell in zip(fig.axes, cells.values(), strict=True):
        (image,) = ax.images
        assert image.get_clim() == (-9, 9)
        columns = [label.get_text() for label in ax.get_xticklabels()]
        assert columns == [*LINES, "$h_{t-1}$", "bias"]
        for text in ax.texts:
            column, row = text.get_position()
            parameters = np.hstack([cell.params["W"], cell.params["U"], cell.params["b"][:, None]])
            assert number_in(text.get_text()) == pytest.approx(parameters[row, column], abs=0.051)
            assert image.get_array()[row, column] == parameters[row, column]
        assert len(ax.texts) == 24


def test_a_tables_title_gives_the_loss_and_its_rows_are_the_gates(tables):
    fig, _, words = tables
    titles = [ax.get_title(loc="left") for ax in fig.axes]
    assert titles == ["set by hand: loss 0.00040", "trained: loss 0.01820"]
    rows = [label.get_text()[-4] for label in fig.axes[0].get_yticklabels()]
    assert rows == list(cell_from().gates)
    assert "set by hand, with a loss of 0.00040" in words


def test_the_four_weights_from_commands_to_gates_are_framed(tables):
    for ax in tables[0].axes:
        frames = [patch for patch in ax.patches if isinstance(patch, Rectangle)]
        centres = [np.round(frame.get_center(), 2).tolist() for frame in frames]
        assert sorted(centres) == [[1, 0], [1, 1], [2, 1], [3, 2]]  # (column, row)


def test_no_numbers_of_a_table_overlap(tables):
    assert not overlapping(tables[0])
