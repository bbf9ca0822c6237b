"""Benches without a browser: what they accept, what they send, and that it is what matplotlib draws in full."""

import gc
import io
import itertools
import re
import threading
import warnings

import ipywidgets
import matplotlib.patheffects
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.patches import Circle, FancyArrowPatch, Rectangle
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, Bbox
from PIL import Image

from rnnlib.bench import Bench, Choice, Slider, Text
from rnnlib.bench.live import leaves

# --- What the browser would paint -------------------------------------------------------------------------------------


def painted(bench):
    """The picture that a canvas makes of the bench's layers and ops, painted here by Agg: RGBA (height, width, 4)."""
    frame, layers = bench.picture.frame, bench.picture.layers
    width, height = frame["size"]
    renderer = RendererAgg(width, height, bench.figure.dpi)
    renderer.clear()
    for op in frame["ops"]:
        context = renderer.new_gc()
        if op.get("clip"):
            x, y, w, h = op["clip"]
            context.set_clip_rectangle(Bbox.from_bounds(x, height - y - h, w, h))
        if op["kind"] == "layer":
            layer = layers[op["layer"]]
            rgba = np.asarray(Image.open(io.BytesIO(layer["png"])).convert("RGBA"))
            renderer.draw_image(context, layer["x"], height - layer["y"] - len(rgba), rgba[::-1])
        elif op["kind"] == "path":
            paint_path(renderer, context, op, frame["data"], height)
        else:
            paint_image(renderer, context, op, frame["data"], height)
    return np.asarray(renderer.buffer_rgba()).copy()


def numbers(data, place):
    return np.frombuffer(data, "<f4", offset=place[0], count=place[1] // 4).reshape(-1, 2).astype(float)


def colour(css):
    *rgb, alpha = map(float, re.findall(r"[\d.]+", css))
    return (*(part / 255 for part in rgb), alpha)


def paint_path(renderer, context, op, data, height):
    context.set_snap(False)
    context.set_linewidth(0)
    if "stroke" in op:
        context.set_linewidth(op["width"] * 72 / renderer.dpi)
        context.set_foreground(colour(op["stroke"]), isRGBA=True)
        context.set_joinstyle(op["join"])
        context.set_capstyle(op["cap"].replace("square", "projecting"))
        if op["dashes"]:
            context.set_dashes(op["dash_offset"] * 72 / renderer.dpi, np.array(op["dashes"]) * 72 / renderer.dpi)
    start, length = op["codes"]
    path = Path(numbers(data, op["points"]), np.frombuffer(data, np.uint8, length, start))
    path.should_simplify = False
    fills = itertools.cycle([colour(fill) for fill in op["fills"]] or [None])
    for place, fill in zip(numbers(data, op["places"]) if "places" in op else [(0, 0)], fills):
        transform = Affine2D().translate(*place).scale(1, -1).translate(0, height)
        renderer.draw_path(context, path, transform, fill)


def paint_image(renderer, context, op, data, height):
    rows, columns = op["shape"]
    start, length = op["pixels"]
    rgba = np.frombuffer(data, np.uint8, offset=start, count=length).reshape(rows, columns, 4)
    a, b, c, d, e, f = op["place"]
    assert b == c == 0, "benches of the course have no rotated images"
    x = np.arange(*np.sort(np.round([e, e + a * columns]).astype(int)))
    y = np.arange(*np.sort(np.round([f, f + d * rows]).astype(int)))
    column = np.clip(np.floor((x + 0.5 - e) / a).astype(int), 0, columns - 1)
    row = np.clip(np.floor((y + 0.5 - f) / d).astype(int), 0, rows - 1)
    pixels = rgba[row][:, column][::-1] * np.array([1, 1, 1, op["alpha"]])
    renderer.draw_image(context, x[0], height - y[-1] - 1, pixels.round().astype(np.uint8))


def drawn_in_full(bench):
    bench.figure.canvas.draw()
    return np.asarray(bench.figure.canvas.buffer_rgba()).copy()


def assert_live_is_full(bench, where=""):
    """Every pixel that would be painted live is the one matplotlib draws, but for the rounding of blended colours."""
    apart = np.abs(painted(bench).astype(int) - drawn_in_full(bench)).max(axis=2)
    wrong = np.argwhere(apart > 6)
    assert not len(wrong), f"{where}: {len(wrong)} pixels differ by up to {apart.max()}, from (y, x) = {wrong[0]} on"


def assert_finite(bench, where=""):
    frame = bench.picture.frame
    assert not frame["error"], f"{where}: {frame['error']}"
    assert bench.words.strip() and not re.search(r"\n|nan|\binf\b", bench.words.lower()), (where, bench.words)
    for op in frame["ops"]:
        if op["kind"] == "path":
            points = [numbers(frame["data"], op[name]) for name in ("points", "places") if name in op]
            assert all(np.isfinite(part).all() for part in points), f"{where}: points that are not finite"
    for artist in leaves(bench.artists):
        if hasattr(artist, "get_xydata") and artist.get_visible():
            data = np.ma.filled(np.ma.asarray(artist.get_xydata(), float), np.nan)
            assert not np.isinf(data).any(), f"{where}: infinite data in {artist}"


def ends(control):
    if isinstance(control, Slider):
        return control.low, control.high
    return ("", "m" * control.max_length) if isinstance(control, Text) else control.options


def extremes(bench):
    """Values to try: the start, presets, each control at its ends, each pair of controls at their ends."""
    at = {name: ends(control) for name, control in bench.controls.items()}
    changes = [{}, *bench.presets.values(), *({name: end} for name in at for end in at[name])]
    changes += [{one: a, other: b} for one, other in itertools.combinations(at, 2) for a in at[one] for b in at[other]]
    return (bench.start | change for change in changes)


def move_through_extremes(bench, compare_every=7):
    """Every end, preset and pair of ends: finite, no warning, and (for some of them) equal to a full draw."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for number, values in enumerate(extremes(bench)):
            bench.set(**values)
            assert_finite(bench, values)
            if number % compare_every == 0:
                assert_live_is_full(bench, values)
        bench.reset()
        assert_live_is_full(bench, "after reset")


def move_all(lesson):
    """Every bench that a lesson's namespace made goes through its extremes; how many there are."""
    theirs = next(value.__globals__ for value in lesson.values() if getattr(value, "__module__", "") == "__main__"
                  and hasattr(value, "__globals__"))
    benches = [bench for bench in gc.get_objects() if isinstance(bench, Bench)
               and getattr(bench.compute, "__globals__", None) is theirs]
    for bench in benches:
        move_through_extremes(bench)
    return len(benches)


# --- Small benches ----------------------------------------------------------------------------------------------------


def line_bench(controls=None, **changes):
    calls = []

    def compute(gain, **others):
        calls.append({"gain": gain, **others})
        if gain == 3:
            raise ArithmeticError("the gain is three")
        return gain * np.linspace(0, 1, 50) ** 2

    def draw(fig, data):
        ax = fig.subplots()
        ax.set(xlim=(0, 50), ylim=(-5, 5))
        return ax.plot(data, "r--")

    def update(artists, data):
        artists[0].set_ydata(data)

    def describe(data):
        return f"The line ends at {data[-1]:.2f}."

    bench = Bench(compute, draw, update, controls or {"gain": Slider("gain", -5.0, 5.0, 0.5, 1.0)},
                  **{"describe": describe, "figsize": (3, 2)} | changes)
    bench.calls = calls
    return bench


def ask(bench, version=None, ratio=1, who="tab", **controls):
    """What bench.js sends: the value of each control, or the index of its option."""
    version = bench.picture.frame["version"] if version is None else version
    bench.session.answer(bench.picture, {"id": who, "version": version, "ratio": ratio, "controls": controls}, [])
    return bench.picture.frame


# --- Controls and arguments -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make, message", [
    (lambda: Slider("gain", 1, 1, 1, 1), "gain: expected 0 < step <= high - low"),
    (lambda: Slider("gain", 0, 1, 0, 0), "gain: expected 0 < step"),
    (lambda: Slider("gain", 0, 1, 2, 0), "gain: expected 0 < step"),
    (lambda: Slider("gain", 0, 1, 0.1, 2), r"gain: expected a number in \[0, 1\], got 2"),
    (lambda: Slider("gain", 0, float("inf"), 1, 0), "gain: expected 0 < step <= high - low < inf"),
    (lambda: Slider("gain", 0, 1, 0.1, float("nan")), r"gain: expected a number in \[0, 1\], got nan"),
    (lambda: Slider("gain", 0, 5, 1, 2).checked(0.5), "gain: expected a whole number"),
    (lambda: Choice("cell", ("RNN", "LSTM"), "GRU"), r"cell: expected one of \('RNN', 'LSTM'\), got 'GRU'"),
    (lambda: Text("word", "much too long", max_length=5), "word: expected text of at most 5 characters"),
    (lambda: line_bench({"loss": Slider("loss", 0, 1, 1, 0)}), "controls: expected the names of compute's arguments"),
    (lambda: line_bench(play="speed"), "play: expected the name of a Slider, got 'speed'"),
    (lambda: line_bench(presets={"far": {"gain": 9}}), r"gain: expected a number in \[-5.0, 5.0\], got 9"),
    (lambda: line_bench(presets={"far": {"speed": 1}}), r"values: expected names among \['gain'\], got \['speed'\]"),
    (lambda: line_bench().set(gain=7), "gain: expected a number"),
    (lambda: line_bench().set(speed=7), "values: expected names"),
])  # fmt: skip
def test_a_bad_argument_is_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_an_error_at_creation_is_raised():
    with pytest.raises(ArithmeticError):
        line_bench({"gain": Slider("gain", 0, 5, 1, 3)})


def test_whole_numbers_stay_whole():
    bench = line_bench({"gain": Slider("gain", 0, 5, 1, 1)})
    bench.set(gain=2.0)
    assert bench.calls[-1] == {"gain": 2} and isinstance(bench.calls[-1]["gain"], int)
    assert isinstance(bench.widgets["gain"], ipywidgets.IntSlider)
    with pytest.raises(ValueError, match=r"a whole number in \[0, 5\], got 2.5"):
        bench.set(gain=2.5)


# --- Moving -----------------------------------------------------------------------------------------------------------


def test_set_moves_the_sliders_and_draws_once():
    bench = line_bench({"gain": Slider("gain", -5.0, 5.0, 0.5, 1.0), "shift": Slider("shift", 0, 4, 1, 0)})
    before = len(bench.calls)
    bench.set(gain=2, shift=3)
    assert bench.values == {"gain": 2.0, "shift": 3} and bench.widgets["shift"].value == 3
    assert len(bench.calls) == before + 1
    assert bench.data[-1] == 2 and bench.artists[0].get_ydata()[-1] == 2
    assert bench.words == bench.picture.frame["words"] == "The line ends at 2.00."


def test_a_slider_moved_in_the_kernel_moves_the_picture():
    bench = line_bench()
    bench.widgets["gain"].value = 2.5
    assert bench.data[-1] == 2.5 and bench.words == "The line ends at 2.50."


def test_reset_and_presets_are_buttons():
    bench = line_bench(presets={"steep": {"gain": 4}})
    buttons = {button.description: button for button in bench.view.children[1].children}
    assert list(buttons) == ["Reset", "steep"]
    buttons["steep"].click()
    assert bench.values == {"gain": 4.0} and bench.data[-1] == 4
    buttons["Reset"].click()
    assert bench.values == {"gain": 1.0} and bench.data[-1] == 1


def test_play_runs_the_slider_over_its_own_range():
    bench = line_bench(play="gain")
    assert (bench.play.min, bench.play.max, bench.play.value) == (0, 20, 12)
    bench.play.value = 0
    assert bench.values == {"gain": -5.0}
    bench.play.value = 20
    assert bench.values == {"gain": 5.0} and bench.data[-1] == 5
    bench.set(gain=0)
    assert bench.play.value == 10, "Play goes on from where the slider stands"


def test_an_error_while_moving_is_shown_and_the_last_picture_stays():
    bench = line_bench()
    good = ask(bench, gain=2)
    bad = ask(bench, gain=3)
    assert "ArithmeticError: the gain is three" in bad["error"]
    assert bad["data"] == good["data"] and bad["words"] == good["words"]
    assert ask(bench, gain=3)["error"], "asked again, the error is still there"
    better = ask(bench, gain=4)
    assert better["error"] == "" and better["words"] == "The line ends at 4.00."
    with pytest.raises(ArithmeticError):
        bench.set(gain=3)


def test_actions_show_and_their_errors_are_seen_in_the_page():
    def train(bench):
        for gain in np.linspace(0, 1, 200):
            bench.show(gain * np.ones(50))

    bench = line_bench(actions={"Train": train, "Break": lambda bench: 1 / 0})
    _, learn, fail = bench.view.children[1].children
    frames = []
    bench.picture.observe(lambda change: frames.append(change.new), "frame")
    learn.click()
    assert bench.words == "The line ends at 1.00.", "the last picture shown is drawn"
    assert len(frames) < 100, "pictures that nobody could see are left out"
    assert ask(bench, gain=1)["words"] == "The line ends at 1.00.", "a question does not undo what an action shows"
    fail.click()
    assert "ZeroDivisionError" in bench.picture.frame["error"]


# --- Questions and answers --------------------------------------------------------------------------------------------


def test_an_answer_goes_to_who_asked_and_needs_no_second_computation():
    bench = line_bench({"gain": Slider("gain", -5.0, 5.0, 0.5, 1.0), "cell": Choice("cell", ("RNN", "LSTM"), "RNN")})
    frame = ask(bench, who="this tab", gain=2, cell=1)
    assert frame["answers"] == "this tab" and bench.values == {"gain": 2, "cell": "LSTM"}
    calls = len(bench.calls)
    bench.widgets["gain"].set_state({"value": 2})  # ipywidgets' own message about the same move, a little later
    ask(bench, gain=2, cell=1)
    assert len(bench.calls) == calls
    bench.widgets["gain"].set_state({"value": 1.5})  # one that was overtaken
    assert bench.values["gain"] == 2 and len(bench.calls) == calls


def test_every_question_is_answered_even_when_nothing_has_changed():
    bench = line_bench()
    answers = []
    bench.picture.observe(lambda change: answers.append(change.new["answers"]), "frame")
    for number in range(3):
        ask(bench, who=["tab", number], gain=2)
    assert answers == [["tab", 0], ["tab", 1], ["tab", 2]]


def test_a_question_that_cannot_be_understood_is_answered_with_the_error():
    bench = line_bench({"gain": Slider("gain", -5.0, 5.0, 0.5, 1.0), "cell": Choice("cell", {"RNN": 1, "LSTM": 2}, "RNN")})
    frame = ask(bench, who=["tab", 0], cell=7)
    assert frame["answers"] == ["tab", 0] and "IndexError" in frame["error"]
    frame = ask(bench, who=["tab", 1], cell=1)
    assert frame["answers"] == ["tab", 1] and not frame["error"] and bench.values["cell"] == "LSTM"


def test_questions_and_buttons_in_different_threads_do_not_mix_their_pictures():
    bench = rich_bench()
    ops = {t: len(ask(bench, t=t)["ops"]) for t in (0.5, 4.0)}
    bench.forget_what_is_drawn()
    frames = []
    bench.picture.observe(lambda change: frames.append((change.new["words"], len(change.new["ops"]))), "frame")
    threads = [threading.Thread(target=lambda: [bench.set(t=0.5) for _ in range(20)]),
               threading.Thread(target=lambda: [ask(bench, t=4.0) for _ in range(20)])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(frames) == {("t is 0.50.", ops[0.5]), ("t is 4.00.", ops[4.0])}


def test_a_question_from_before_a_set_does_not_undo_it():
    bench = line_bench()
    before = bench.picture.frame["version"]
    bench.set(gain=4)
    assert ask(bench, version=before, gain=0)["words"] == "The line ends at 4.00."
    assert ask(bench, gain=0)["words"] == "The line ends at 0.00."


def test_twice_the_pixels_on_a_fine_screen():
    bench = line_bench()
    assert bench.picture.frame["size"] == (300, 200)
    frame = ask(bench, ratio=2, gain=2)
    assert frame["size"] == (600, 400) and frame["ratio"] == 2
    assert_live_is_full(bench)


def test_two_outputs_and_a_line_that_do_not_depend_on_pixels(monkeypatch):
    shown = []
    monkeypatch.setattr("rnnlib.bench.bench.display", lambda data, **_: shown.append(data))
    bench = line_bench()
    bench._ipython_display_()
    live, still, words = shown
    assert "application/vnd.jupyter.widget-view+json" in live and live["text/plain"].startswith("Interactive figure")
    assert set(still) == {"image/png", "text/plain"} and still["text/plain"] == bench.words
    assert words["text/html"] == f'<p class="rnn-bench-still">{bench.words}</p>'


# --- Live equals full -------------------------------------------------------------------------------------------------


def rich_draw(fig, t):
    """One of everything that lessons draw, with things that stand still above and below what moves."""
    left, right = fig.subplots(1, 2)
    x = np.linspace(0, 1, 40)
    left.grid(alpha=0.3)
    artists = {"dashes": left.plot(x, x, "--", color="tab:red", lw=2.3, label="moves")[0]}
    left.plot(x, 1 - x, lw=6, color="navy", zorder=3)
    artists["steps"] = left.step(x, x, where="post", alpha=0.5, color="green", marker="o", markevery=5, zorder=4)[0]
    artists["crosses"] = left.plot(x[::6], x[::6], "x", color="k", ms=7)[0]
    artists["squares"] = left.plot(x[::7], x[::7] ** 2, "s", mfc="w", mec="purple", ls="")[0]
    artists["band"] = left.fill_between(x, x - 0.1, x + 0.1, color="orange", alpha=0.3, lw=0)
    left.legend(loc="upper left", framealpha=0.7)
    left.set(xlim=(0, 1), ylim=(0, 1), title="$h_t$ and $c_t$")
    artists["image"] = right.imshow(np.eye(6), extent=(0, 1, 0, 0.4), aspect="auto", interpolation="nearest", alpha=0.8)
    artists["smooth"] = right.imshow(np.eye(6), extent=(0.6, 1, 0.5, 0.9), aspect="auto", interpolation="bilinear")
    artists["bars"] = right.bar([0.2, 0.4], [0.5, 0.7], width=0.1, color=["#0072B2", "#D55E00"], edgecolor="k")
    artists["circle"] = right.add_patch(Circle((0.5, 0.7), 0.1, fc=(0, 1, 0, 0.4), ec="k", lw=1.5, ls=":"))
    artists["arrow"] = right.add_patch(FancyArrowPatch((0.1, 0.1), (0.8, 0.8), arrowstyle="-|>", mutation_scale=15,
                                                       connectionstyle="arc3,rad=.3"))
    artists["dots"] = right.scatter(x[::4], x[::4], c=x[::4], s=60, cmap="viridis", alpha=0.8)
    artists["nodes"] = left.scatter(x[::9], x[::9], c=x[::9], s=80, edgecolors="black", linewidths=1, marker="s")
    artists["no_edges"] = left.scatter(x[::8], 1 - x[::8], c=x[::8], s=x[::8] * 90, edgecolors="none")
    artists["discs"] = left.scatter(x[::5], 1 - x[::5] ** 2, c=x[::5], s=200, edgecolors="black", alpha=0.7)
    artists["few"] = right.scatter([0.1, 0.3, 0.3, 0.9, 2], [0.9, 0.95, 0.8, 0.97, 0.5], s=300, edgecolors="none",
                                     marker=Path.wedge(20, 150))
    artists["few"].set_facecolor(["tab:blue", "tab:red"])
    waves = [np.column_stack([np.linspace(0, 1, 300), 0.5 + 0.4 * np.sin(k * np.linspace(0, 9, 300))]) for k in (1, 3)]
    artists["waves"] = left.add_collection(LineCollection(waves, colors=["#224466", "0.7"], linewidths=1.1))
    pair = LineCollection([[(0, 0), (1, 1)], [(0, 1), (1, 0.3)]], colors=["c", "m"], linestyles=[":", "-"])
    artists["pair"] = right.add_collection(pair)
    artists["hatched"] = right.add_patch(Rectangle((0.75, 0.05), 0.2, 0.3, hatch="//", fc="none", ec="r"))
    artists["mesh"] = right.pcolormesh(np.linspace(0, 0.3, 4), np.linspace(0.8, 1, 3), np.arange(6).reshape(2, 3))
    artists["words"] = right.text(0.5, 0.5, "two\nlines", rotation=30, ha="center", bbox={"fc": "w", "alpha": 0.5})
    halo = matplotlib.patheffects.withStroke(linewidth=3, foreground="w")
    artists["halo"] = left.text(0.6, 0.2, "halo", path_effects=[halo])
    artists["note"] = left.annotate("note", (0.5, 0.5), (0.7, 0.3), arrowprops={"arrowstyle": "->"}, clip_on=True)
    artists["cut"] = left.plot(x, x, lw=8, alpha=0.5, clip_path=Circle((0.5, 0.5), 0.2, transform=left.transData))[0]
    right.set(xlim=(0, 1), ylim=(0, 1))
    right.axhline(0.45, color="k", lw=3, zorder=10)
    right.text(0.5, 0.9, "stands still, above", zorder=20, ha="center")
    artists["title"] = fig.suptitle("t")
    return artists


def rich_update(artists, t):
    x = np.linspace(0, 1, 40)
    artists["dashes"].set_ydata(0.5 + 0.5 * np.sin(7 * x + t))
    artists["steps"].set_ydata(np.where(x > t / 9, np.nan, x**2))
    artists["crosses"].set_ydata(np.abs(np.cos(t + x[::6])))
    artists["squares"].set_ydata(np.abs(np.sin(t + x[::7])))
    artists["image"].set_data(np.roll(np.eye(6), int(t), axis=0))
    artists["nodes"].set_array(np.sin(t + x[::9]))
    artists["discs"].set_array(np.cos(t + x[::5]))
    artists["bars"][0].set_height(0.3 + t / 20)
    artists["circle"].set_radius(0.05 + t / 50)
    artists["arrow"].set_positions((0.1, 0.1), (0.8, 0.8 - t / 20))
    artists["words"].set_text(f"two\nlines {t:+.2f}")
    artists["note"].set_position((0.7, 0.3 + t / 30))
    artists["hatched"].set_visible(t > 1)
    artists["title"].set_text(f"t = {t:.2f}, $\\sigma(t)^2$")


def rich_bench():
    return Bench(lambda t: t, rich_draw, rich_update, {"t": Slider("t", 0.0, 9.0, 0.1, 1.3)},
                 describe=lambda t: f"t is {t:.2f}.", figsize=(8, 4))


def test_live_is_what_matplotlib_draws_in_full():
    bench = rich_bench()
    assert_live_is_full(bench, "start")
    for t in (0, 2.7, 9):
        bench.set(t=t)
        assert_live_is_full(bench, t)
    ask(bench, ratio=2, t=5.5)
    assert_live_is_full(bench, "fine screen")


def test_a_text_is_drawn_anew_when_it_or_its_place_changes():
    """A text that says the same in the same place is not drawn again; what else may change it is noticed."""
    def draw(fig, step):
        ax = fig.add_axes((0, 0, 1, 1))
        ax.set_axis_off()
        return [ax.text(0.5, 0.5, "same"), ax.text(0.1, 0.1, "limits"), fig.text(0.7, 0.2, "still")]

    def update(artists, step):
        text, by_limits, _ = artists
        by_limits.axes.set_xlim(0, 2 if step >= 2 else 1)
        text.set_color("red" if step >= 3 else "black")
        text.set_bbox({"fc": "yellow"} if step >= 4 else None)
        text.set_text("two\nlines" if step == 5 else "" if step == 6 else "same")

    bench = Bench(lambda step: step, draw, update, {"step": Slider("step", 0, 7, 1, 0)}, describe=lambda step: f"{step}",
                  figsize=(3, 2))
    for step in (1, 2, 3, 4, 5, 6, 7, 0, 1):
        bench.set(step=step)
        assert_live_is_full(bench, step)
    still = bench.artists[2]
    still.draw = None  # would be called if it were drawn again
    bench.set(step=2)
    still.set_text("changed")
    with pytest.raises(TypeError):
        bench.set(step=3)


def test_what_stands_still_is_not_sent_again():
    bench = rich_bench()
    layers = bench.picture.layers
    bench.set(t=3)
    assert bench.picture.layers is layers
    assert len(bench.picture.frame["data"]) < 300_000


@pytest.mark.parametrize("name", ["cut", "hatched", "mesh"])
def test_what_a_canvas_does_not_know_is_painted_by_matplotlib(name):
    bench = rich_bench()
    bench.set(t=2)
    artist = bench.artists[name]
    kinds = {op["kind"] for op in bench.live.recorder.record([artist])["ops"]}
    assert kinds == {"image"}


def test_scatter_is_followed_point_by_point():
    bench = rich_bench()
    dots = bench.artists["dots"]
    assert isinstance(dots, PathCollection)
    assert len(bench.live.recorder.record([dots])["ops"]) == len(dots.get_offsets())


def test_discs_alike_but_for_place_and_filling_are_one_op():
    bench = rich_bench()
    for name, places, fills in (("discs", 8, 8), ("few", 5, 2)):
        op, = bench.live.recorder.record([bench.artists[name]])["ops"]
        assert (op["places"][1], len(op["fills"])) == (places * 8, fills)
    offsets = bench.artists["discs"].get_offsets()
    offsets[3] = np.nan
    bench.artists["discs"].set_offsets(offsets)
    bench.set(t=4)
    assert_finite(bench, "one place is nowhere")
    assert_live_is_full(bench, "one place is nowhere")


def test_lines_of_a_collection_lose_points_that_nobody_sees():
    bench = rich_bench()
    data = bench.live.recorder.record([bench.artists["waves"]])["data"]
    assert len(data) < 0.9 * 2 * 300 * 9, "9 bytes a point: two numbers and a code"


def test_the_order_is_that_of_matplotlib():
    bench = rich_bench()
    band, dashes, steps = (bench.live.order.index(bench.artists[name]) for name in ("band", "dashes", "steps"))
    assert band < dashes < steps
    between = bench.live.order[dashes:steps]
    assert any(isinstance(item, dict) for item in between), "the thick line that stands still at zorder 3 is a layer"


@settings(max_examples=25)
@given(st.floats(0.6, 5), st.floats(-5, 5), st.floats(0.1, 9), st.sampled_from(["o", "s", "x", "+", "^", "d", "."]))
def test_lines_and_markers_anywhere(x, y, width, marker):
    def draw(fig, data):
        ax = fig.add_axes((0.1, 0.1, 0.8, 0.8))
        ax.set(xlim=(-1, 1), ylim=(-1, 1))
        return ax.plot([0, 0.5, x], [0, 0.31, y], lw=width, marker=marker, alpha=0.6)

    bench = Bench(lambda a: a, draw, lambda artists, data: None, {"a": Slider("a", 0, 1, 1, 0)},
                  describe=lambda data: "A line.", figsize=(2, 1.5))
    assert_live_is_full(bench)


def test_extremes_are_all_ends_presets_and_pairs():
    controls = {"gain": Slider("gain", -5.0, 5.0, 0.5, 1.0), "cell": Choice("cell", ("RNN", "LSTM", "GRU"), "RNN"),
                "word": Text("word", "a", 5)}
    bench = line_bench(controls, presets={"steep": {"gain": 4}})
    values = list(extremes(bench))
    assert len(values) == 1 + 1 + (2 + 3 + 2) + (6 + 4 + 6)
    assert {"gain": 4.0, "cell": "RNN", "word": "a"} in values
    assert {"gain": -5.0, "cell": "RNN", "word": "mmmmm"} in values
    move_through_extremes(bench)
