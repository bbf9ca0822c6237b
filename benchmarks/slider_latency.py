"""How long from a slider to the screen? Every bench of the course, in JupyterLab and Chromium.

    python benchmarks/slider_latency.py                   every bench, into benchmarks/RESULTS.md
    python benchmarks/slider_latency.py --lessons 05a,09  some lessons' benches, printed only
    python benchmarks/slider_latency.py --techniques bench,@interact
                                   each bench also with ipywidgets' @interact, one after the other

Nine small squares in a corner of the picture (slider_pictures.py) spell the position of the bench's
first slider, and slider_latency.js reads them off the screen. So what is timed is what a reader
sees: the time from a key press to the screen (median, worst), the pictures a second during a drag,
and the time by which they lag behind the slider.
"""

import argparse
import os
import statistics
import sys
import tempfile
from datetime import date
from pathlib import Path

HERE = Path(__file__).resolve().parent
COURSE = HERE.parent
sys.path[:0] = [str(HERE), str(COURSE / "tests"), str(COURSE / "tools"), str(COURSE)]
PRESSES_TO_WARM_UP = 3
MOVES, MOVES_PER_SECOND = 90, 60
FEW_POSITIONS = 30
SLIDERS = "\n# Sliders, every bench\n"
ABOUT = """
Every bench that has a slider, its first slider moved, in JupyterLab and Chromium on two cores
({day}), by `make latency ARGS="{arguments}"`. Key to screen and lag: median / worst. A drag takes
1.5 s; a slider with few positions (their number stands behind the name) cannot show more pictures
than it has positions.

"""

FIRST_CELL = """%matplotlib inline
from slider_pictures import turns
if "turn" not in globals():
    turn = turns({lesson!r}, {names!r}, {techniques!r})"""
SECOND_CELL = "next(turn)"  # run again for each bench and technique


def benches_of(lesson):
    """The names of a lesson's benches that have a slider."""
    from support.lessons import namespace

    from rnnlib.bench import Slider, all_benches

    earlier = {bench.name for bench in all_benches}
    cells = namespace(lesson)  # keeps the benches alive until their names are read
    names = []
    for bench in all_benches:
        has_slider = any(isinstance(control, Slider) for control in bench.controls.values())
        if has_slider and bench.name not in earlier:
            names.append(bench.name)
    del cells
    return sorted(names)


def write_notebook(folder, lesson, names, techniques):
    import nbformat

    cells = [FIRST_CELL.format(lesson=lesson, names=names, techniques=techniques), SECOND_CELL]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook = nbformat.v4.new_notebook(
        cells=list(map(nbformat.v4.new_code_cell, cells)), metadata=kernel
    )
    nbformat.write(notebook, Path(folder) / f"{lesson}.ipynb")


def time_one(page, keys):
    """Time the bench in the page: its slider's positions, ms of each key press, the drag."""
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
        page.wait_for_function(
            "() => latency.pressed !== null && latency.pictures.length > 0", timeout=20_000
        )
        page.wait_for_timeout(250)
        presses.append(page.evaluate("() => latency.pictures[0].time - latency.pressed"))
    drag = page.evaluate("([moves, rate]) => latency.drag(moves, rate)", [MOVES, MOVES_PER_SECOND])
    return positions, presses[PRESSES_TO_WARM_UP:], drag_figures(drag)


def drag_figures(drag):
    """Pictures a second while the slider moved, and how many ms they lag behind the slider."""
    moved = {step: time for time, step in drag["slider"]}
    start, end = drag["slider"][0][0], drag["slider"][-1][0]
    during = [picture for picture in drag["pictures"] if picture["time"] <= end]
    lags = [p["time"] - moved[p["code"]] for p in drag["pictures"] if p["code"] in moved]
    return {
        "rate": 1000 * len(during) / (end - start),
        "lag": statistics.median(lags),
        "worst_lag": max(lags),
        "right_at_end": drag["pictures"][-1]["code"] == drag["slider"][-1][1],
    }


def figures(presses, drag):
    """The cells of the table: key to screen, pictures a second, lag."""
    wrong = "" if drag["right_at_end"] else " (the last picture is not the slider's!)"
    return [
        f"{statistics.median(presses):.0f} / {max(presses):.0f}",
        f"{drag['rate']:.1f}{wrong}",
        f"{drag['lag']:.0f} / {drag['worst_lag']:.0f}",
    ]


def time_lesson(context, lab, folder, path, options):
    """Yields the table's rows of one lesson, printed as they come."""
    from lab_server import open_notebook, shut_down

    lesson = path.stem.partition("_")[0]
    names = benches_of(lesson)
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
        few = f" ({positions})" if positions < FEW_POSITIONS else ""
        if len(medians) > 1:
            row.append(f"{medians[-1] / medians[0]:.1f}")
        line = "| " + " | ".join([f"{lesson}, {name}{few}", *row]) + " |"
        print(line, flush=True)
        yield line
    shut_down(page)


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--lessons", default="", help="05a,09; all if left out")
    parser.add_argument("--techniques", default="bench", help="bench,@interact")
    parser.add_argument("--keys", type=int, default=20, help="key presses for each bench")
    options = parser.parse_args()
    options.lessons = options.lessons.split(",") if options.lessons else []
    options.techniques = options.techniques.split(",")
    return options


def table_head(techniques):
    columns = ["Lesson, bench"]
    for name in techniques:
        columns += [f"{name}: {what}" for what in ("key to screen, ms", "pictures/s", "lag, ms")]
    if len(techniques) > 1:
        columns.append("times as fast")
    return ["| " + " | ".join(columns) + " |", "|---" * len(columns) + "|"]


def write_results(rows):
    """Put the table in place of the last one in RESULTS.md."""
    results = HERE / "RESULTS.md"
    text = results.read_text(encoding="utf-8").partition(SLIDERS)[0]
    about = ABOUT.format(day=date.today(), arguments=" ".join(sys.argv[1:]))
    results.write_text(text + SLIDERS + about + "\n".join(rows) + "\n", encoding="utf-8")


def main():
    options = arguments()
    from lab_server import Lab, chromium

    # The kernels find this file, the tests' helpers and rnnlib as this process does.
    paths = [*sys.path[:4], os.environ.get("PYTHONPATH", "")]
    os.environ["PYTHONPATH"] = os.pathsep.join(paths)
    rows = table_head(options.techniques)
    print("\n".join(rows))
    window = {"width": 1500, "height": 1500}
    with (
        tempfile.TemporaryDirectory() as folder,
        Lab(folder) as lab,
        chromium(viewport=window) as context,
    ):
        for path in sorted((COURSE / "notebooks").glob("*_*.ipynb")):
            lesson = path.stem.partition("_")[0]
            if not options.lessons or lesson in options.lessons:
                rows += time_lesson(context, lab, folder, path, options)
    if not options.lessons:
        write_results(rows)


if __name__ == "__main__":
    main()
