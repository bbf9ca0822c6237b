"""Lesson 05a's bench of twelve steps shows what was computed, and its words agree."""

import re
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import same_color
from support.benches import move_through_extremes
from support.commands import cell_from, number_in, overlapping, script_of
from support.lessons import beside_the_notebooks, figures

from rnnlib import plots
from rnnlib.bench import Bench

lesson = figures("05a")
steps = beside_the_notebooks("figures.twelve_steps")
plan = beside_the_notebooks("figures.lstm_plan")

# Bench: twelve steps

SHORT = script_of([-1, 1, -1, -1, 1, -1, 1, 1, -1, 1, 1, -1], write=[2, 9], read=[5, 12], erase=[7])


def compute_cell(t, wires, b_i, b_f, b_o):
    cell = cell_from(w_i=8.0, w_f=-8.0, w_o=8.0, b_i=b_i, b_f=b_f, b_o=b_o)
    trace = cell.forward(SHORT)
    last = np.zeros_like(trace.h)
    last[-1] = 1
    grads = cell.backward(trace, last)
    return {"t": t, "wires": wires, "x": SHORT[:, 0], "trace": trace, "grads": grads}


@pytest.fixture(scope="module")
def cell_bench():
    with plt.rc_context():
        plots.use_style()
        draw, update = lesson.draw_cell, lesson.update_cell
        yield Bench(compute_cell, draw, update, lesson.CELL_CONTROLS, **lesson.CELL_BENCH)


@pytest.fixture
def cell(cell_bench):
    cell_bench.reset()
    return cell_bench


def test_twelve_steps_at_its_extremes(cell_bench):
    move_through_extremes(cell_bench, compare_every=10)


def h_12(values, step, **moved):
    """h_12 when the named wires are moved by a little at one step."""
    c = 0.0
    for t in range(12):
        by = moved if t == step else {}
        gate = {}
        for k in "ifo":
            gate[k] = 1 / (1 + np.exp(-values[t][f"a_{k}"] - by.get(f"a_{k}", 0))) + by.get(k, 0)
        candidate = np.tanh(values[t]["a_g"] + by.get("a_g", 0)) + by.get("g", 0)
        kept = gate["f"] * (c + by.get("c_prev", 0)) + by.get("kept", 0)
        c = kept + gate["i"] * candidate + by.get("new", 0) + by.get("c", 0)
        h = gate["o"] * (np.tanh(c) + by.get("squashed", 0)) + by.get("h", 0)
    return h


@pytest.mark.parametrize("wire", [name for name, wire in plan.WIRES.items() if wire.label])
def test_the_gradient_on_a_wire_is_the_slope_of_h_12(wire):
    biases = {"b_i": -2.0, "b_f": 2.0, "b_o": -1.0}
    data = compute_cell(1, "forward", **biases)
    values = [lesson.on_wires(data | {"t": t}) for t in range(1, 13)]
    for t in range(1, 13):
        number = lesson.on_wires(data | {"t": t, "wires": "backward"})[wire]
        if wire in ("x", "h_prev"):  # in this lesson's cell only the candidate listens to the value
            through_g = lesson.on_wires(data | {"t": t, "wires": "backward"})["a_g"]
            assert number == pytest.approx(through_g if wire == "x" else 0)
            continue
        above, below = (h_12(values, t - 1, **{wire: by}) for by in (1e-6, -1e-6))
        assert number == pytest.approx((above - below) / 2e-6, abs=1e-8), t


def test_forward_the_wires_carry_what_the_cell_computed():
    data = compute_cell(5, "forward", -4.0, 4.0, -4.0)
    trace, numbers = data["trace"], lesson.on_wires(data)
    for name in "ifogch":
        assert numbers[name] == getattr(trace, name)[4].item()
    assert numbers["c_prev"] == trace.c[3].item()
    assert numbers["c"] == pytest.approx(numbers["kept"] + numbers["new"])
    assert numbers["h"] == pytest.approx(numbers["o"] * numbers["squashed"])
    expected = {"a_i": -4, "a_f": 4, "a_o": 4, "a_g": 1, "x": 1}
    assert {name: numbers[name] for name in expected} == pytest.approx(expected)
    first = lesson.on_wires(data | {"t": 1})
    assert first["c_prev"] == first["h_prev"] == first["kept"] == 0


def test_gates_that_rounding_has_closed_or_opened_give_finite_numbers():
    full = SimpleNamespace(**{name: np.ones((1, 1, 1)) for name in "ifoch"}, g=np.zeros((1, 1, 1)))
    numbers = lesson.on_wires({"t": 1, "wires": "forward", "x": np.ones((1, 4)), "trace": full})
    assert np.isfinite(list(numbers.values())).all()


@pytest.mark.parametrize("wires", ["forward", "backward"])
@pytest.mark.parametrize("t", [1, 5, 12])
def test_the_numbers_on_the_block_are_those_of_the_wires(cell, t, wires):
    cell.set(t=t, wires=wires)
    numbers, texts = lesson.on_wires(cell.data), cell.artists["numbers"]
    assert {*texts, "x"} == numbers.keys()
    for name, text in texts.items():
        number, written = numbers[name], number_in(text.get_text())
        assert written == pytest.approx(number, rel=0.5, abs=0.00501)
        if wires == "backward" and abs(number) > 1e-12:
            assert written == pytest.approx(number, rel=0.5)
        if wires == "forward":
            assert re.fullmatch(r"−?\d+\.\d\d", text.get_text())
            assert text.get_text() != "−0.00"


@pytest.mark.parametrize(
    ("t", "words"), [(1, "value −1"), (2, "value 1, write 1"), (7, "value 1, erase 1")]
)
def test_the_input_shows_its_value_and_the_commands_that_are_on(cell, t, words):
    cell.set(t=t)
    assert cell.artists["input"].get_text() == words
    cell.set(wires="backward")
    gradient = steps.few_digits(lesson.on_wires(cell.data)["x"])
    assert cell.artists["input"].get_text() == f"value line: {gradient}"


@pytest.mark.parametrize(
    ("t", "words"),
    [
        (2, "$a_i$ = 8·write − 2.5 = 5.5"),
        (5, "$a_o$ = 8·read − 4 = 4"),
        (7, "$a_f$ = −8·erase + 0 = −8"),
        (8, "each gate's $a$ is its bias"),
    ],
)
def test_a_sum_says_what_the_command_does_to_its_gate(cell, t, words):
    cell.set(t=t, b_i=-2.5, b_f=0.0)
    assert cell.artists["sum"].get_text() == words
    cell.set(wires="backward")
    assert cell.artists["sum"].get_text() == ""


def test_small_numbers_are_not_hidden_by_rounding():
    assert steps.few_digits(0.0) == "0.00"
    assert steps.few_digits(-0.25) == "−0.25"
    assert steps.few_digits(0.00008) == "8e−5"
    assert steps.few_digits(-0.00496) == "−5e−3"


def test_a_number_of_larger_size_makes_a_thicker_wire(cell):
    for wires in ("forward", "backward"):
        cell.set(t=12, wires=wires)
        numbers = lesson.on_wires(cell.data)
        widths = {k: parts[0].get_linewidth() for k, parts in cell.artists["wires"].items()}
        widths["a_o"] = cell.artists["wires"]["a_o"][-1].get_linewidth()
        order = sorted(numbers, key=lambda name: abs(numbers[name]))
        assert (np.diff([widths[name] for name in order]) >= 0).all()


def test_backward_all_wires_and_numbers_have_the_gradients_colour(cell):
    colours = {}
    for wires in ("backward", "forward"):
        cell.set(wires=wires)
        lines = [parts[0].get_color() for parts in cell.artists["wires"].values()]
        numbers = [text.get_color() for text in cell.artists["numbers"].values()]
        colours[wires] = [same_color(each, steps.GRADIENT) for each in lines + numbers]
    assert all(colours["backward"])
    assert not any(colours["forward"])


def test_a_line_says_that_gradients_run_against_the_arrows(cell):
    cell.set(wires="backward")
    assert "against the arrows" in cell.artists["note"].get_text()
    cell.set(wires="forward")
    assert "what the wire carries" in cell.artists["note"].get_text().replace("\n", " ")


def test_the_strip_shows_the_cell_state_or_its_gradient(cell):
    line = cell.artists["line"]
    np.testing.assert_array_equal(line.get_ydata(), cell.data["trace"].c[:, 0, 0])
    cell.set(wires="backward", t=7)
    np.testing.assert_array_equal(line.get_ydata(), cell.data["grads"].c[:, 0, 0])
    assert same_color(line.get_color(), steps.GRADIENT)
    assert "E" in cell.artists["label"].get_text()
    assert cell.artists["now"].get_x() + cell.artists["now"].get_width() / 2 == 7


def test_what_the_strip_cuts_is_written(cell):
    assert cell.artists["cut"].get_text() == ""
    cell.set(b_i=6.0)
    c = cell.data["trace"].c[:, 0, 0]
    assert abs(c).max() > steps.EDGE >= abs(cell.artists["line"].get_ydata()).max()
    largest = number_in(cell.artists["cut"].get_text().removeprefix("largest: "))
    assert largest == pytest.approx(max(c, key=abs), abs=0.005)


def test_the_strip_names_values_and_commands_at_their_steps(cell):
    strip = cell.artists["line"].axes
    words = {t.get_text(): [] for t in strip.texts}
    for text in strip.texts:
        words[text.get_text()].append(text.get_position()[0])
    assert (words["write"], words["erase"], words["read"]) == ([2, 9], [7], [5, 12])
    marks = {line.get_marker(): line for line in strip.lines}
    assert list(marks["^"].get_xdata()) == [2, 5, 7, 8, 10, 11]
    assert list(marks["v"].get_xdata()) == [1, 3, 4, 6, 9, 12]
    assert same_color(marks["v"].get_markerfacecolor(), "white")
    assert not same_color(marks["^"].get_markerfacecolor(), "white")


@pytest.mark.parametrize(("t", "command"), [(2, "write"), (5, "read"), (7, "erase"), (8, None)])
def test_the_words_of_twelve_steps_agree_with_the_numbers(cell, t, command):
    cell.set(t=t)
    assert f"step {t}, " in cell.words
    assert (f"with {command} on" if command else "without a command") in cell.words
    numbers = lesson.on_wires(cell.data)
    said = re.findall(r"−?\d+\.\d\d|−?\de−\d+", cell.words)
    assert said == [plan.two_digits(numbers[name]) for name in "ifoc"]
    cell.set(wires="backward")
    gradient = steps.few_digits(cell.data["grads"].c[t - 1].item())
    assert cell.words.endswith(f"at the cell state is {gradient}.")


@pytest.mark.parametrize("wires", ["forward", "backward"])
def test_no_words_of_twelve_steps_overlap(cell, wires):
    for biases in ({}, {"b_i": 6.0}, {"b_i": -12.0}, {"b_f": -6.0, "b_o": 6.0}):
        for t in (1, 4, 6, 12):
            cell.set(wires=wires, t=t, **biases)
            assert not overlapping(cell.figure), (biases, t)
