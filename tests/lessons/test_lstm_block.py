"""The LSTM block as drawn: its wires meet its boxes, and its numbers are those of the data."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import same_color, to_rgb
from matplotlib.patches import Circle
from support.commands import overlapping
from support.lessons import beside_the_notebooks

from rnnlib import plots

block = beside_the_notebooks("figures.lstm_block")
drawing = beside_the_notebooks("figures.lstm_drawing")
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
    artists = drawing.draw_block(ax)
    start, end = LEADS[wire]
    if start:
        first = artists["wires"][wire][0].get_xydata()[0]
        assert distance_from_outline(artists, start, first) < 0.01
    if end:
        assert distance_from_outline(artists, end, tip(artists, wire)) < 0.01


def test_without_a_forget_gate_the_cell_state_goes_straight_to_the_sum(ax):
    artists = drawing.draw_block(ax, forget_gate=False)
    assert distance_from_outline(artists, "add", tip(artists, "c_prev")) < 0.01
    assert not {"f", "kept", "a_f"} & set(artists["wires"])
    assert not {"f", "forget"} & set(artists["nodes"])


def test_what_is_fed_to_the_boxes_is_one_connected_wire(ax):
    artists = drawing.draw_block(ax)
    lines = {name: parts[0].get_xydata() for name, parts in artists["wires"].items()}
    for arriving in ("x", "h_prev"):
        np.testing.assert_array_equal(lines[arriving][-1], lines["to_f"][0])
    for arriving, going_on in (("to_f", "to_i"), ("to_i", "to_g"), ("to_g", "a_o")):
        np.testing.assert_array_equal(lines[arriving][-1], lines[going_on][0])


@pytest.mark.parametrize("forget_gate", [True, False])
def test_dots_lie_where_wires_split(ax, forget_gate):
    artists = drawing.draw_block(ax, forget_gate=forget_gate)
    dots = set()
    for parts in artists["wires"].values():
        dots |= {tuple(part.center.tolist()) for part in parts if isinstance(part, Circle)}
    boxes = (plan.AT_F, plan.AT_I, plan.AT_G) if forget_gate else (plan.AT_I, plan.AT_G)
    places = {(x, plan.BUS) for x in boxes}
    assert dots == places | {(plan.OUT, plan.TOP)}


def test_each_name_appears_once(ax):
    drawing.draw_block(ax)
    words = [text.get_text() for text in ax.texts if text.get_text().startswith("$")]
    expected = ["x_t", "h_{t-1}", "c_{t-1}", "f_t", "i_t", "g_t", "o_t", "c_t", "h_t"]
    expected += [r"f_t\,c_{t-1}", r"i_t\,g_t", r"\tanh\,c_t"]
    assert sorted(words) == sorted(f"${name}$" for name in expected)


@pytest.mark.parametrize("gate", "ifog")
def test_a_gate_and_its_wire_have_its_colour(ax, gate):
    artists = drawing.draw_block(ax)
    assert same_color(artists["nodes"][gate][0].get_facecolor(), plots.COLOURS[gate])
    for part in artists["wires"][gate]:
        colour = part.get_color() if hasattr(part, "get_color") else part.get_facecolor()
        assert same_color(colour, plots.COLOURS[gate])


@pytest.mark.parametrize("step", [1, 2, 3, 4])
def test_only_what_is_lit_has_colour(ax, step):
    artists = drawing.draw_block(ax, plan.LIT[step])
    for name, parts in artists["wires"].items():
        assert same_color(parts[0].get_color(), drawing.FAINT) == (name not in plan.LIT[step])
    for name, (shape, _) in artists["nodes"].items():
        lit = set(plan.NODES[name].wires) <= plan.LIT[step]
        assert same_color(shape.get_edgecolor(), drawing.FAINT) == (not lit)


def test_the_grey_of_what_is_not_lit_is_seen_and_is_not_that_of_the_input():
    assert max(to_rgb(drawing.FAINT)) < 0.85
    assert max(to_rgb(drawing.FED)) < min(to_rgb(drawing.FAINT)) - 0.4


@pytest.mark.parametrize("values", [None, WIDE])
@pytest.mark.parametrize("forget_gate", [True, False])
def test_no_letters_overlap_one_another_or_a_line(ax, values, forget_gate):
    artists = drawing.draw_block(ax, values=values, forget_gate=forget_gate)
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
        assert min(text.get_fontsize() for text in ax.texts) >= 11
    plt.close(fig)


def test_each_lit_box_has_its_name_beside_it():
    fig = plt.figure(figsize=(10, 7), layout="none")
    block.draw_steps(fig)
    expected = [["forget gate"], ["input gate", "candidate"], [], ["output gate"]]
    for ax, names in zip(fig.axes, expected, strict=True):
        words = [text.get_text().replace("\n", " ") for text in ax.texts]
        boxes = ("forget gate", "input gate", "candidate", "output gate")
        assert [each for each in words if each in boxes] == names
    assert not overlapping(fig)
    plt.close(fig)


def test_the_block_of_1997_has_its_title_and_its_equation():
    fig = plt.figure(figsize=(7, 4.9), layout="none")
    block.draw_without_forget_gate(fig)
    words = [text.get_text() for text in fig.axes[0].texts]
    assert "1997: the cell state can only be added to" in words
    assert r"$c_t = c_{t-1} + i_t \odot g_t$" in words
    assert "$f_t$" not in words
    assert min(text.get_fontsize() for text in fig.axes[0].texts) >= 12
    plt.close(fig)
