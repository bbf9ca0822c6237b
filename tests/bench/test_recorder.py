"""What moving artists draw is written down so that the page paints what matplotlib would draw."""

import matplotlib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.path import Path
from matplotlib.transforms import Bbox, IdentityTransform
from support.benches import ask, assert_finite, assert_live_is_full
from support.samples import rich_bench

from rnnlib.bench import Bench, Slider
from rnnlib.bench.pixels import ScratchRenderer

BYTES_A_POINT = 9  # two numbers of four bytes and a code


@pytest.fixture
def bench():
    return rich_bench()


def recorded(bench, name):
    """The operations and bytes of one of the bench's artists alone."""
    return bench.live_picture.recorder.record([bench.artists[name]])


@pytest.mark.parametrize("t", [1.3, 0, 2.7, 9])
def test_live_is_what_matplotlib_draws_in_full(bench, t):
    bench.set(t=t)
    assert_live_is_full(bench)


def test_live_is_full_on_a_fine_screen(bench):
    ask(bench, ratio=2, t=5.5)
    assert_live_is_full(bench)


@settings(max_examples=25)
@given(st.floats(0.6, 5), st.floats(-5, 5), st.floats(0.1, 9), st.sampled_from("osx+^d."))
def test_live_is_full_for_lines_and_markers_anywhere(x, y, width, marker):
    def draw(fig, data):
        ax = fig.add_axes((0.1, 0.1, 0.8, 0.8))
        ax.set(xlim=(-1, 1), ylim=(-1, 1))
        return ax.plot([0, 0.5, x], [0, 0.31, y], lw=width, marker=marker, alpha=0.6)

    bench = Bench(
        lambda a: a,
        draw,
        lambda artists, data: None,
        {"a": Slider("a", 0, 1, 1, 0)},
        describe=lambda data: "A line.",
        figsize=(2, 1.5),
    )
    assert_live_is_full(bench)


# --- Texts ---


def draw_texts(fig, step):
    ax = fig.add_axes((0, 0, 1, 1))
    ax.set_axis_off()
    return [ax.text(0.5, 0.5, "same"), ax.text(0.1, 0.1, "limits"), fig.text(0.7, 0.2, "still")]


def update_texts(artists, step):
    text, by_limits, _ = artists
    by_limits.axes.set_xlim(0, 2 if step >= 2 else 1)
    text.set_color("red" if step >= 3 else "black")
    text.set_bbox({"fc": "yellow"} if step >= 4 else None)
    text.set_text({5: "two\nlines", 6: ""}.get(step, "same"))


@pytest.fixture
def text_bench():
    return Bench(
        lambda step: step,
        draw_texts,
        update_texts,
        {"step": Slider("step", 0, 7, 1, 0)},
        describe=str,
        figsize=(3, 2),
    )


def test_a_text_is_drawn_anew_when_it_or_its_place_or_look_changes(text_bench):
    for step in (1, 2, 3, 4, 5, 6, 7, 0, 1):
        text_bench.set(step=step)
        assert_live_is_full(text_bench, step)


def test_a_text_that_has_not_changed_is_not_drawn_again(text_bench):
    still = text_bench.artists[2]
    still.draw = None  # calling it raises TypeError
    text_bench.set(step=2)
    assert text_bench.data == 2


def test_a_text_that_has_changed_is_drawn_again(text_bench):
    still = text_bench.artists[2]
    still.draw = None
    still.set_text("changed")
    with pytest.raises(TypeError, match="not callable"):
        text_bench.set(step=3)


def test_a_text_is_drawn_anew_when_it_is_cut_elsewhere(text_bench):
    text = text_bench.artists[0]
    text.set_clip_on(True)
    for right in (300, 150, 140):
        text.set_clip_box(Bbox([[0, 0], [right, 200]]))
        text_bench.set(step=1)
        assert_live_is_full(text_bench, right)


# --- What a failed drawing leaves ---


def test_what_was_drawn_before_an_error_is_not_in_the_next_image():
    def fail_after_a_line(renderer):
        identity = IdentityTransform()
        renderer.draw_path(renderer.new_gc(), Path([(1, 5), (9, 5)]), identity)
        raise ArithmeticError

    scratch = ScratchRenderer(10, 10, 100)
    with pytest.raises(ArithmeticError):
        scratch.pixels_of(fail_after_a_line)
    pixels, _, _ = scratch.pixels_of(lambda renderer: None)
    assert pixels.size == 0


# --- Which operations ---


@pytest.mark.parametrize("name", ["cut", "hatched", "mesh"])
def test_what_is_unknown_is_painted_by_matplotlib(bench, name):
    bench.set(t=2)
    assert {op["kind"] for op in recorded(bench, name)["ops"]} == {"image"}


@pytest.mark.parametrize("name", ["dashes", "steps", "circle", "discs", "waves"])
def test_what_is_known_travels_as_paths(bench, name):
    assert {op["kind"] for op in recorded(bench, name)["ops"]} == {"path"}


def test_scatter_is_followed_point_by_point(bench):
    points = len(bench.artists["dots"].get_offsets())
    assert len(recorded(bench, "dots")["ops"]) == points


@pytest.mark.parametrize("name, places, fills", [("discs", 8, 8), ("few", 5, 2)])
def test_discs_alike_but_for_place_and_filling_are_one_operation(bench, name, places, fills):
    (op,) = recorded(bench, name)["ops"]
    _, length = op["places"]
    assert length == places * 8
    assert len(op["fills"]) == fills


def test_a_disc_that_is_nowhere_is_left_out(bench):
    offsets = bench.artists["discs"].get_offsets()
    offsets[3] = np.nan
    bench.artists["discs"].set_offsets(offsets)
    bench.set(t=4)
    assert_finite(bench)
    assert_live_is_full(bench)


def test_lines_of_a_collection_lose_points_that_nobody_sees(bench):
    points = 2 * 300
    assert len(recorded(bench, "waves")["data"]) < 0.9 * points * BYTES_A_POINT


def test_a_collections_own_paths_are_left_alone(bench):
    usual = matplotlib.rcParams["path.simplify_threshold"]
    for path in bench.artists["waves"].get_paths():
        assert path.should_simplify
        assert path.simplify_threshold == usual


def test_a_picture_is_small_enough_to_travel_fast(bench):
    bench.set(t=3)
    assert len(bench.picture_widget.frame["data"]) < 300_000
