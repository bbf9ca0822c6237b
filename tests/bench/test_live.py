"""What moves in a figure, and what stands still."""

import pytest
from matplotlib.figure import Figure
from support.samples import rich_bench

from rnnlib.bench import Bench, Slider
from rnnlib.bench.live import flat_artists


@pytest.fixture
def bench():
    return rich_bench()


def test_what_stands_still_is_not_sent_again(bench):
    layers = bench.picture_widget.layers
    bench.set(t=3)
    assert bench.picture_widget.layers is layers


def test_the_order_is_that_of_matplotlib(bench):
    order, artists = bench.live_picture.draw_order, bench.artists
    band, dashes, steps = (order.index(artists[name]) for name in ("band", "dashes", "steps"))
    assert band < dashes < steps


def test_what_stands_still_between_moving_artists_is_a_layer_of_its_own(bench):
    order, artists = bench.live_picture.draw_order, bench.artists
    between = order[order.index(artists["dashes"]) : order.index(artists["steps"])]
    assert any(isinstance(item, dict) for item in between)  # the thick line at zorder 3


def test_afterwards_artists_draw_themselves_again(bench):
    assert "draw" not in vars(bench.artists["dashes"])


def test_leaves_are_the_artists_in_any_nest():
    ax = Figure().subplots()
    (line,), bars = ax.plot([1]), ax.bar([1, 2], [1, 2])
    assert flat_artists({"line": line, "rest": [(), (bars,)]}) == [line, *bars.patches]


def test_axes_do_not_jump_when_a_label_grows():
    def draw(fig, size):
        fig.set_layout_engine("constrained")
        ax = fig.subplots()
        return [ax.set_ylabel("y")]

    def update(artists, size):
        artists[0].set_fontsize(size)

    controls = {"size": Slider("size", 5, 50, 1, 5)}
    bench = Bench(lambda size: size, draw, update, controls, describe=str)
    (ax,) = bench.figure.axes
    before = ax.get_position().bounds
    bench.set(size=50)
    bench.figure.canvas.draw()
    assert ax.get_position().bounds == before
