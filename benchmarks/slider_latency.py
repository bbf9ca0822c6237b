"""How long from a slider to the screen? Every bench of the course, in the real JupyterLab in Chromium.

    python benchmarks/slider_latency.py                          every bench, into benchmarks/RESULTS.md
    python benchmarks/slider_latency.py --lessons 05a,09         some lessons' benches, printed only
    python benchmarks/slider_latency.py --techniques bench,@interact   beside ipywidgets' @interact, in turns, same picture

Nine small squares in a corner of the picture spell the position of the bench's first slider, and slider_latency.js reads
them off the screen, so what is timed is what a reader sees: key press to screen (median, worst), pictures a second during
a drag, and how far they lag behind the slider.
"""

import argparse
import gc
import json
import os
import re
import statistics
import sys
import tempfile
from datetime import date
from pathlib import Path

HERE = Path(__file__).resolve().parent
COURSE = HERE.parent
sys.path[:0] = [str(HERE), str(COURSE / "tests"), str(COURSE / "tools"), str(COURSE)]
SQUARES = 8
PRESSES_TO_WARM_UP = 3
MOVES, MOVES_PER_SECOND = 90, 60
SLIDERS = "\n# Sliders, every bench\n"
ABOUT = """
Every bench that has a slider, its first slider moved, in JupyterLab and Chromium on two cores ({day}), by
`make latency ARGS="{arguments}"`. Key to screen and lag: median / worst. A drag takes 1.5 s; a slider with few positions
(their number stands behind the name) cannot show more pictures than it has positions.

"""

FIRST_CELL = """%matplotlib inline
from slider_latency import turns
if "turn" not in globals():
    turn = turns({lesson!r}, {names!r}, {techniques!r})"""
SECOND_CELL = "next(turn)"  # run again for each bench and technique


# --- In the kernel ----------------------------------------------------------------------------------------------------


def turns(lesson, names, techniques):
    """What the second cell shows, one after the other: every bench of the lesson in every technique."""
    from IPython.utils.capture import capture_output
    from lessons import namespace

    from rnnlib.bench import Bench

    with capture_output():  # the lesson's own benches stay off the page
        namespace(lesson)
    benches = {thing.name: thing for thing in gc.get_objects() if isinstance(thing, Bench)}
    for name in names:
        for technique in techniques:
            yield {"bench": as_bench, "@interact": as_interact}[technique](benches[name])


def with_code(bench):
    """The bench's draw and update, with squares that spell the position of its first slider."""
    import numpy as np

    first, slider = first_slider(bench)

    def draw(fig, data):
        artists = bench.draw(fig, data)
        corner = fig.add_axes((0.004, 0.004, 0.016 * (SQUARES + 1), 0.03), zorder=99)
        corner.set_axis_off()
        return artists, corner.imshow(np.ones((1, SQUARES + 1, 3)), aspect="auto")  # one artist, which costs little

    def update(parts, data_and_value):
        (artists, squares), (data, value) = parts, data_and_value
        bench.update(artists, data)
        steps = round((value - slider.low) / slider.step)
        squares.set_data([[[float(not steps >> place & 1)] * 3 for place in range(SQUARES)] + [[1.0, 0.0, 0.0]]])

    def compute(**values):
        return bench.compute(**values), values[first]

    return compute, draw, update


def first_slider(bench):
    from rnnlib.bench import Slider

    return next((name, control) for name, control in bench.controls.items() if isinstance(control, Slider))


def as_bench(bench):
    from rnnlib.bench import Bench

    compute, draw, update = with_code(bench)
    first, _ = first_slider(bench)
    controls = {first: bench.controls[first]} | bench.controls

    def with_signature(**values):
        return compute(**values)

    return Bench(with_signature, lambda fig, data: draw(fig, data[0]), update, controls,
                 describe=lambda data: bench.describe(data[0]), figsize=tuple(bench.figure.get_size_inches()))


def as_interact(bench):
    """What most courses do: draw the whole figure anew whenever a slider moves."""
    import ipywidgets
    import matplotlib.pyplot as plt
    from IPython.display import display

    compute, draw, update = with_code(bench)
    first, _ = first_slider(bench)

    def picture(**values):
        data = compute(**values)
        fig = plt.figure(figsize=tuple(bench.figure.get_size_inches()), dpi=100)
        update(draw(fig, data[0]), data)
        display(fig)
        plt.close(fig)

    controls = {first: bench.controls[first]} | bench.controls
    widgets = {name: control.widget() for name, control in controls.items()}
    widgets[first].continuous_update = True  # where a bench asks by itself
    ipywidgets.interact(picture, **widgets)


# --- In front of the browser ------------------------------------------------------------------------------------------


def benches_of(path):
    """The names of a notebook's benches that have a slider, in their order."""
    sources = ["".join(cell["source"]) for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]]
    made = [source for source in sources if re.search(r"\bBench\(", source) and "Slider(" in source]
    return [name for source in made for name in re.findall(r"\bname=\"([^\"]+)\"", source)]


def write_notebook(folder, lesson, names, techniques):
    import nbformat

    cells = [FIRST_CELL.format(lesson=lesson, names=names, techniques=techniques), SECOND_CELL]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook = nbformat.v4.new_notebook(cells=list(map(nbformat.v4.new_code_cell, cells)), metadata=kernel)
    nbformat.write(notebook, Path(folder) / f"{lesson}.ipynb")


def time_one(page, keys):
    """(how many positions the slider has, ms of each key press, the drag) of what the page shows."""
    from lab_server import run_all

    run_all(page)
    broken = page.locator(".jp-Notebook [data-mime-type*=error]")
    if broken.count():
        raise RuntimeError(broken.first.inner_text())
    positions = page.wait_for_function("() => latency.start()").json_value()
    handle = page.locator(".jp-Notebook .noUi-handle").first
    handle.focus()
    presses = []
    page.keyboard.press("Home")
    page.wait_for_timeout(500)
    for k in range(PRESSES_TO_WARM_UP + keys):
        page.evaluate("() => latency.forget()")
        page.keyboard.press("ArrowLeft" if k // (positions - 1) % 2 else "ArrowRight")
        page.wait_for_function("() => latency.pressed !== null && latency.pictures.length > 0", timeout=20_000)
        page.wait_for_timeout(250)
        presses.append(page.evaluate("() => latency.pictures[0].time - latency.pressed"))
    drag = page.evaluate("([moves, rate]) => latency.drag(moves, rate)", [MOVES, MOVES_PER_SECOND])
    return positions, presses[PRESSES_TO_WARM_UP:], drag_figures(drag)


def drag_figures(drag):
    """Pictures a second while the slider moved, and the lags of pictures behind the slider, in ms."""
    moved = {step: time for time, step in drag["slider"]}
    start, end = drag["slider"][0][0], drag["slider"][-1][0]
    during = [picture for picture in drag["pictures"] if picture["time"] <= end]
    lags = [p["time"] - moved[p["code"]] for p in drag["pictures"] if p["code"] in moved]
    half = len(lags) // 2
    return {"rate": 1000 * len(during) / (end - start), "lag": statistics.median(lags), "worst_lag": max(lags),
            "growth": statistics.median(lags[half:]) - statistics.median(lags[:half] or lags),
            "right_at_end": drag["pictures"][-1]["code"] == drag["slider"][-1][1]}


def figures(presses, drag):
    """The cells of the table: key to screen, pictures a second, lag."""
    wrong = "" if drag["right_at_end"] else " (the last picture is not the slider's!)"
    return [f"{statistics.median(presses):.0f} / {max(presses):.0f}", f"{drag['rate']:.1f}{wrong}",
            f"{drag['lag']:.0f} / {drag['worst_lag']:.0f}"]


def time_lesson(context, lab, folder, path, options):
    """Yields the table's rows of one lesson, printed as they come."""
    from lab_server import open_notebook, shut_down

    lesson, names = path.stem.partition("_")[0], benches_of(path)
    write_notebook(folder, lesson, names, options.techniques)
    page = context.new_page()
    page.add_init_script(path=HERE / "slider_latency.js")
    open_notebook(page, lab, f"{lesson}.ipynb")
    for name in names:
        row, medians = [], []
        for _ in options.techniques:
            positions, presses, drag = time_one(page, options.keys)
            row += figures(presses, drag)
            medians.append(statistics.median(presses))
        few = f" ({positions})" if positions < 30 else ""
        times = [f"{medians[-1] / medians[0]:.1f}"] if len(medians) > 1 else []
        print("| " + " | ".join([f"{lesson}, {name}{few}", *row, *times]) + " |", flush=True)
        yield "| " + " | ".join([f"{lesson}, {name}{few}", *row, *times]) + " |"
    shut_down(page)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lessons", type=lambda text: text.split(","), default=[], help="05a,09; all if left out")
    parser.add_argument("--techniques", type=lambda text: text.split(","), default=["bench"], help="bench,@interact")
    parser.add_argument("--keys", type=int, default=20)
    options = parser.parse_args()
    from lab_server import Lab, chromium

    os.environ["PYTHONPATH"] = os.pathsep.join([*sys.path[:4], os.environ.get("PYTHONPATH", "")])
    paths = sorted((COURSE / "notebooks").glob("*_*.ipynb"))
    paths = [path for path in paths if not options.lessons or path.stem.partition("_")[0] in options.lessons]
    columns = [f"{name}: {what}" for name in options.techniques for what in ("key to screen, ms", "pictures/s", "lag, ms")]
    columns += ["times as fast"] if len(options.techniques) > 1 else []
    rows = ["| Lesson, bench | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    print("\n".join(rows))
    window = {"width": 1500, "height": 1500}
    with tempfile.TemporaryDirectory() as folder, Lab(folder) as lab, chromium(viewport=window) as context:
        for path in paths:
            rows += time_lesson(context, lab, folder, path, options)
    if not options.lessons:
        results = HERE / "RESULTS.md"
        text = results.read_text(encoding="utf-8").partition(SLIDERS)[0]
        about = ABOUT.format(day=date.today(), arguments=" ".join(sys.argv[1:]))
        results.write_text(text + SLIDERS + about + "\n".join(rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
