"""Lesson 05a's bench of one step shows what was computed, and its words agree."""

import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
from support.benches import move_through_extremes
from support.commands import overlapping
from support.lessons import beside_the_notebooks

from rnnlib import plots
from rnnlib.bench import Bench, Slider
from rnnlib.cells import LSTM

block = beside_the_notebooks("figures.lstm_block")
drawing = beside_the_notebooks("figures.lstm_drawing")
plan = beside_the_notebooks("figures.lstm_plan")


def compute(step, c_prev, h_prev, x, b_f, b_i, b_g, b_o):
    """One step of an LSTM with one unit, all of whose weights are 1."""
    biases = {"i": b_i, "f": b_f, "o": b_o, "g": b_g}
    cell = LSTM(1, 1, rng=np.random.default_rng(0))
    cell.params["W"][:] = cell.params["U"][:] = 1
    cell.params["b"][:] = [biases[gate] for gate in cell.gates]
    state = {"h": np.full((1, 1), h_prev), "c": np.full((1, 1), c_prev)}
    trace = cell.forward(np.full((1, 1, 1), x), state)
    data = {"step": step, "c_prev": c_prev, "h_prev": h_prev, "x": x}
    data |= {f"a_{gate}": x + h_prev + bias for gate, bias in biases.items()}
    return data | {name: getattr(trace, name).item() for name in "ifogch"}


@pytest.fixture(scope="module")
def bench():
    controls = {
        "step": Slider("operation", 0, 4, 1, 0),
        "c_prev": Slider("c", -3.0, 3.0, 0.1, 2.0),
        "h_prev": Slider("h", -1.0, 1.0, 0.1, 0.5),
        "x": Slider("x", -2.0, 2.0, 0.1, 0.5),
    }
    for gate, start in {"f": 1.0, "i": -1.0, "g": 0.0, "o": 0.0}.items():
        controls[f"b_{gate}"] = Slider(f"b_{gate}", -8.0, 8.0, 0.1, start)
    with plt.rc_context():
        plots.use_style()
        draw, update = block.draw_one_step, block.update_one_step
        yield Bench(compute, draw, update, controls, **block.ONE_STEP_BENCH)


def test_the_bench_at_its_extremes(bench):
    move_through_extremes(bench, compare_every=20)


def test_every_number_is_that_of_the_data(bench):
    bench.set(step=2, c_prev=-1.5, h_prev=0.3, x=-0.7, b_f=2.0)
    data, texts = bench.data, bench.artists["numbers"]
    expected = {name: number for name, number in data.items() if name != "step"}
    expected |= {"kept": data["f"] * data["c_prev"], "new": data["i"] * data["g"]}
    expected |= {"squashed": np.tanh(data["c"])}
    assert texts.keys() == expected.keys()
    for name, number in expected.items():
        assert float(texts[name].get_text().replace("−", "-")) == pytest.approx(number, abs=0.00501)
    bench.reset()


@pytest.mark.parametrize(
    ("step", "names"),
    [
        (0, ("f", "c_prev", "i", "g", "c", "h")),
        (1, ("f", "c_prev", "kept")),
        (2, ("g", "i", "new")),
        (3, ("kept", "new", "c")),
        (4, ("c", "squashed", "o", "h")),
    ],
)
def test_the_words_agree_with_the_numbers(bench, step, names):
    bench.set(step=step, c_prev=-1.5)
    numbers = plan.carried(bench.data)
    assert re.findall(r"−?\d+\.\d\d", bench.words) == [plan.two_digits(numbers[n]) for n in names]
    assert bench.artists["title"].get_text() == plan.TITLES[step]
    bench.reset()


def test_it_opens_with_a_forget_gate_almost_open_and_an_input_gate_half_open(bench):
    assert bench.words.startswith("The forget gate keeps 0.88 of the old cell state 2.00")
    assert "lets in 0.50" in bench.words


def test_the_size_of_its_number_makes_a_wire_thick_or_thin(bench):
    wires = bench.artists["wires"]
    for values in ({}, {"b_f": -8.0, "b_i": 5.0, "x": -0.7}, {"b_o": -8.0, "c_prev": -3.0}):
        bench.set(**values)
        numbers = plan.carried(bench.data)
        order = sorted(numbers, key=lambda name: abs(numbers[name]))
        widths = [wires[k][-1 if k == "a_o" else 0].get_linewidth() for k in order]
        assert (np.diff(widths) >= 0).all()
        assert widths[-1] > widths[0] + 2
    assert drawing.width(-4.0) == drawing.width(4.0) > drawing.width(1.0)
    bench.reset()


@pytest.mark.parametrize(("step", "box"), [(0, "f"), (1, "f"), (2, "i"), (4, "o")])
def test_a_line_says_how_a_pre_activation_comes_about(bench, step, box):
    bench.set(step=step, x=-0.7, h_prev=0.3, **{f"b_{box}": -2.5})
    assert line_of(bench, "inner") == (
        f"$a_{box} = x_t + h_{{t-1}} + b_{box}$ = −0.70 + 0.30 − 2.50 = −2.90"
    )
    bench.set(step=3)
    assert line_of(bench, "inner") == ""
    bench.reset()


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (0, "$c_t$ = 0.88 × −1.50 + 0.50 × 0.76 ≈ −0.94"),
        (1, r"$f_t\,c_{t-1}$ = 0.88 × −1.50 ≈ −1.32"),
        (2, r"$i_t\,g_t$ = 0.50 × 0.76 ≈ 0.38"),
        (3, "$c_t$ = −1.32 + 0.38 ≈ −0.94"),
        (4, "$h_t$ = 0.73 × tanh(−0.94) = 0.73 × −0.74 ≈ −0.54"),
    ],
)
def test_a_line_says_how_the_operation_comes_about(bench, step, words):
    bench.set(step=step, c_prev=-1.5)
    assert line_of(bench, "sum") == words
    bench.reset()


def test_no_formula_ever_changes_so_that_each_is_set_only_once(bench):
    before = formulas_of(bench)
    for step in range(5):
        bench.set(step=step, c_prev=-1.5, x=-0.7)
        assert formulas_of(bench) == before
    bench.reset()


def formulas_of(bench):
    """{text artist: what it says} for all texts that are formulas."""
    texts = bench.figure.findobj(plt.Text)
    return {text: text.get_text() for text in texts if "$" in text.get_text()}


def line_of(bench, name):
    """What a line below the block says: the formula that is shown, and the numbers behind it."""
    line = bench.artists[name]
    shown = [text.get_text() for text in line["formulas"].values() if text.get_visible()]
    return " ".join([*shown, line["numbers"].get_text()]).strip()


@pytest.mark.parametrize("step", range(5))
def test_no_words_of_one_step_overlap(bench, step):
    for values in ({}, {"c_prev": -3.0, "x": -2.0, "h_prev": -1.0, "b_f": 8.0, "b_o": -8.0}):
        bench.set(step=step, **values)
        assert not overlapping(bench.figure), values
    bench.reset()
