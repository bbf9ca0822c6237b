"""How long from a slider to the screen? A bench beside ipywidgets' @interact: same picture, same computation, one run.

    python benchmarks/slider_latency.py [--notebook notebooks/05a_lstm_gates.ipynb --bench 0] [--rounds 3] [--keys 20]

Both run in the real JupyterLab in Chromium, in turns. Nine small squares in a corner of the picture spell the slider's
position, and slider_latency.js reads them off the screen, so what is timed is what a reader sees. Prints a Markdown
table: key press to screen (median, worst), pictures a second during a drag, and how far they lag behind the slider.
"""

import argparse
import gc
import json
import os
import statistics
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "tests"), str(HERE.parent)]
SQUARES = 8
PRESSES_TO_WARM_UP = 3
MOVES, MOVES_PER_SECOND = 90, 60

SETUP = "from slider_latency import as_bench, as_interact, find_bench\nbench = find_bench({notebook!r}, {number})"
TECHNIQUES = {"bench": "as_bench(bench)", "@interact": "_ = as_interact(bench)"}


# --- In the kernel ----------------------------------------------------------------------------------------------------


def find_bench(notebook, number):
    """The notebook's bench of that number (from 0), or, with no notebook, a picture of the course's heaviest kind."""
    if not notebook:
        from slider_latency_picture import lstm_bench

        return lstm_bench()
    from IPython.utils.capture import capture_output
    from lessons import namespace

    from rnnlib.bench import Bench

    with capture_output():  # the lesson's own benches stay off the page
        namespace(Path(notebook).stem.split("_")[0])
    return [thing for thing in gc.get_objects() if isinstance(thing, Bench)][number]


def with_code(bench):
    """The bench's draw and update, with squares that spell the position of its first slider."""
    from matplotlib.patches import Rectangle

    first, slider = first_slider(bench)

    def draw(fig, data):
        artists = bench.draw(fig, data)
        width = 0.016
        squares = [fig.add_artist(Rectangle((0.004 + width * place, 0.004), width, 0.03, transform=fig.transFigure,
                                            color="red" if place == SQUARES else "w", lw=0, zorder=99))
                   for place in range(SQUARES + 1)]
        return artists, squares

    def update(parts, data_and_value):
        (artists, squares), (data, value) = parts, data_and_value
        bench.update(artists, data)
        steps = round((value - slider.low) / slider.step)
        for place in range(SQUARES):
            squares[place].set_facecolor("k" if steps >> place & 1 else "w")

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
    return ipywidgets.interact(picture, **{name: control.widget() for name, control in controls.items()})


# --- In front of the browser ------------------------------------------------------------------------------------------


def write_notebooks(folder, notebook, number):
    import nbformat

    for name, display in TECHNIQUES.items():
        cells = [nbformat.v4.new_code_cell("%matplotlib inline\n" + SETUP.format(notebook=notebook, number=number)),
                 nbformat.v4.new_code_cell(display)]
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), Path(folder) / file_of(name))


def file_of(technique):
    return f"{technique.strip('@')}.ipynb"


def time_one(context, lab, technique, keys, span):
    from lab_server import open_notebook, run_all, shut_down

    page = context.new_page()
    page.add_init_script(path=HERE / "slider_latency.js")
    open_notebook(page, lab, file_of(technique))
    run_all(page)
    page.wait_for_function("() => latency.start()")
    handle = page.locator(".jp-Notebook .noUi-handle").first
    handle.focus()
    presses = []
    page.keyboard.press("Home")
    page.wait_for_timeout(500)
    for k in range(PRESSES_TO_WARM_UP + keys):
        page.evaluate("() => latency.forget()")
        page.keyboard.press("ArrowLeft" if k // span % 2 else "ArrowRight")
        page.wait_for_function("() => latency.pressed !== null && latency.pictures.length > 0", timeout=20_000)
        page.wait_for_timeout(250)
        presses.append(page.evaluate("() => latency.pictures[0].time - latency.pressed"))
    drag = page.evaluate("([moves, rate]) => latency.drag(moves, rate)", [MOVES, MOVES_PER_SECOND])
    shut_down(page)
    return presses[PRESSES_TO_WARM_UP:], drag


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


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--notebook", default="", help="a lesson whose bench to time")
    parser.add_argument("--bench", type=int, default=0, help="which of its benches, from 0")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--keys", type=int, default=20)
    parser.add_argument("--span", type=int, default=99, help="steps to the right before it turns round: for short sliders")
    parser.add_argument("--json", type=Path, help="write the single measurements here")
    options = parser.parse_args()
    from lab_server import Lab, chromium

    os.environ["PYTHONPATH"] = os.pathsep.join([*sys.path[:3], os.environ.get("PYTHONPATH", "")])
    notebook = str(Path(options.notebook).resolve()) if options.notebook else ""
    results = {name: {"presses": [], "drags": []} for name in TECHNIQUES}
    with tempfile.TemporaryDirectory() as folder:
        write_notebooks(folder, notebook, options.bench)
        with Lab(folder) as lab, chromium(viewport={"width": 1500, "height": 1500}) as context:
            for _ in range(options.rounds):
                for name, result in results.items():
                    presses, drag = time_one(context, lab, name, options.keys, options.span)
                    result["presses"] += presses
                    result["drags"].append(drag_figures(drag))
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))
    print_table(results)


def print_table(results):
    print("| technique | key to screen: p50 / worst, ms | pictures/s in a drag | lag: p50 / worst, ms | growing |")
    print("|---|---|---|---|---|")
    press, rate = {}, {}
    for name, result in results.items():
        press[name] = statistics.median(result["presses"])
        rate[name], lag, growth = (statistics.median(drag[key] for drag in result["drags"])
                                   for key in ("rate", "lag", "growth"))
        worst = max(drag["worst_lag"] for drag in result["drags"])
        print(f"| {name} | {press[name]:.0f} / {max(result['presses']):.0f} | {rate[name]:.1f} "
              f"| {lag:.0f} / {worst:.0f} | {growth:+.0f} |")
        if not all(drag["right_at_end"] for drag in result["drags"]):
            print(f"\n{name}: the last picture of a drag is not the slider's!")
    print(f"\nThe bench is {press['@interact'] / press['bench']:.1f} times as fast from key to screen, and shows "
          f"{rate['bench'] / rate['@interact']:.1f} times as many pictures in a drag.")


if __name__ == "__main__":
    main()
