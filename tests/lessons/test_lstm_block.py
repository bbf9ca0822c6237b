"""The LSTM block as drawn: its wires meet its boxes, and its numbers are those of the data."""

import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import same_color, to_rgb
from matplotlib.patches import Circle
from support.benches import move_through_extremes
from support.lessons import beside_the_notebooks

from rnnlib import plots
from rnnlib.bench import Bench, Slider
from rnnlib.cells import LSTM

block = beside_the_notebooks("figures.lstm_block")
plan = beside_the_notebooks("figures.lstm_plan")
# Which box or sign each wire comes from and leads to.
LEADS = {
    "a_f": (None, "f"), "a_i": (None, "i"), "a_g": (None, "g"), "a_o": (None, "o"),
    "f": ("f", "forget"), "i": ("i", "let in"), "g": ("g", "let in"), "o": ("o", "show"),
    "c_prev": (None, "forget"), "kept": ("forget", "add"), "new": ("let in", "add"),
    "c": ("add", None), "tap": (None, "squash"), "squashed": ("squash", "show"),
    "h": ("show", None),
}  # fmt: skip
# Numbers as wide as they can be: a gate is never negative.
WIDE = dict.fromkeys(plan.WIRES, -1.25) | dict.fromkeys("ifo", 0.88)


@pytest.fixture
def ax():
    with plt.rc_context():
        plots.use_style()
        fig, ax = plt.subplots(figsize=(10, 6))
        yield ax
        plt.close(fig)


def distance_from_outline(artists, node, point):
    """How far, in units of the axes, a point is from the edge of a box or a circle."""
    shape = artists["nodes"][node][0]
    path = shape.get_patch_transform().transform_path(shape.get_path())
    corners = path.interpolated(1).to_polygons(closed_only=True)[0]
    starts, ends = corners[:-1], corners[1:]
    along = ends - starts
    lengths = np.maximum((along**2).sum(axis=1), 1e-12)
    share = np.clip(((point - starts) * along).sum(axis=1) / lengths, 0, 1)
    return np.hypot(*(starts + share[:, None] * along - point).T).min()


def tip(artists, wire):
    return artists["wires"][wire][1].get_xy()[0]


@pytest.mark.parametrize("wire", LEADS)
def test_a_wire_begins_and_ends_on_outlines(ax, wire):
    artists = block.draw_block(ax)
    start, end = LEADS[wire]
    if start:
        first = artists["wires"][wire][0].get_xydata()[0]
        assert distance_from_outline(artists, start, first) < 0.01
    if end:
        assert distance_from_outline(artists, end, tip(artists, wire)) < 0.01


def test_without_a_forget_gate_the_cell_state_goes_straight_to_the_sum(ax):
    artists = block.draw_block(ax, forget_gate=False)
    assert distance_from_outline(artists, "add", tip(artists, "c_prev")) < 0.01
    assert not {"f", "kept", "a_f"} & set(artists["wires"])
    assert not {"f", "forget"} & set(artists["nodes"])


def test_what_is_fed_to_the_boxes_is_one_connected_wire(ax):
    artists = block.draw_block(ax)
    lines = {name: parts[0].get_xydata() for name, parts in artists["wires"].items()}
    for arriving in ("x", "h_prev"):
        np.testing.assert_array_equal(lines[arriving][-1], lines["to_f"][0])
    for arriving, going_on in (("to_f", "to_i"), ("to_i", "to_g"), ("to_g", "a_o")):
        np.testing.assert_array_equal(lines[arriving][-1], lines[going_on][0])


@pytest.mark.parametrize("forget_gate", [True, False])
def test_dots_lie_where_wires_meet(ax, forget_gate):
    artists = block.draw_block(ax, forget_gate=forget_gate)
    dots = set()
    for parts in artists["wires"].values():
        dots |= {tuple(part.center.tolist()) for part in parts if isinstance(part, Circle)}
    boxes = (plan.AT_F, plan.AT_I, plan.AT_G) if forget_gate else (plan.AT_I, plan.AT_G)
    places = {(x, plan.BUS) for x in (plan.JOIN, *boxes)}
    assert dots == places | {(plan.OUT, plan.TOP)}


def test_each_name_appears_once(ax):
    block.draw_block(ax)
    words = [text.get_text() for text in ax.texts if text.get_text().startswith("$")]
    expected = ["x_t", "h_{t-1}", "c_{t-1}", "f_t", "i_t", "g_t", "o_t", "c_t", "h_t"]
    expected += [r"f_t\,c_{t-1}", r"i_t\,g_t", r"\tanh\,c_t"]
    assert sorted(words) == sorted(f"${name}$" for name in expected)


@pytest.mark.parametrize("gate", "ifog")
def test_a_gate_and_its_wire_have_its_colour(ax, gate):
    artists = block.draw_block(ax)
    assert same_color(artists["nodes"][gate][0].get_facecolor(), plots.COLOURS[gate])
    for part in artists["wires"][gate]:
        colour = part.get_color() if hasattr(part, "get_color") else part.get_facecolor()
        assert same_color(colour, plots.COLOURS[gate])


@pytest.mark.parametrize("step", [1, 2, 3, 4])
def test_only_what_is_lit_has_colour(ax, step):
    artists = block.draw_block(ax, plan.LIT[step])
    for name, parts in artists["wires"].items():
        assert same_color(parts[0].get_color(), block.FAINT) == (name not in plan.LIT[step])
    for name, (shape, _) in artists["nodes"].items():
        lit = set(plan.NODES[name].wires) <= plan.LIT[step]
        assert same_color(shape.get_edgecolor(), block.FAINT) == (not lit)


def test_the_grey_of_what_is_not_lit_is_seen():
    assert max(to_rgb(block.FAINT)) < 0.85


@pytest.mark.parametrize("values", [None, WIDE])
@pytest.mark.parametrize("forget_gate", [True, False])
def test_no_letters_overlap_one_another_or_a_line(ax, values, forget_gate):
    artists = block.draw_block(ax, values=values, forget_gate=forget_gate)
    ax.figure.canvas.draw()
    texts = [*artists["names"].values(), *artists["numbers"].values()]
    boxes = [text.get_window_extent().shrunk(0.98, 0.85) for text in texts]
    for k, box in enumerate(boxes):
        assert box.count_overlaps(boxes[:k]) == 0, texts[k]
        assert ax.figure.bbox.containsx(box.x0) and ax.figure.bbox.containsx(box.x1)
        for parts in artists["wires"].values():
            path = ax.transData.transform_path(parts[0].get_path())
            assert not path.intersects_bbox(box, filled=False), texts[k]


# The figure of the four operations


def test_the_four_operations_have_titles_and_large_letters():
    fig = plt.figure(figsize=(10, 7), layout="none")
    block.draw_steps(fig)
    for step, ax in enumerate(fig.axes, start=1):
        words = [text.get_text() for text in ax.texts]
        assert plan.TITLES[step] in words
        for equation in plan.EQUATIONS[step]:
            assert f"${equation}$" in words
        assert min(text.get_fontsize() for text in ax.texts) >= 12
    plt.close(fig)


# The bench


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


def test_a_larger_number_makes_a_thicker_wire(bench):
    line = bench.artists["wires"]["kept"][0]
    bench.set(b_f=-8.0)
    closed = line.get_linewidth()
    bench.set(b_f=8.0)
    assert line.get_linewidth() > closed + 3
    bench.reset()
