"""Look at a notebook as a learner does: run it in JupyterLab in Chromium and save a picture of each output.

    python tests/screenshot.py notebooks/07_gru.ipynb [--width 1280] [--height 900] [--dark] [--zoom 1] [--out DIR]

Writes DIR/cell-07-output-1.png and so on (cells counted from 1, in the order of the notebook), and prints error
outputs, messages on stderr and errors of the page.
"""

import argparse
from pathlib import Path

from lab_server import Lab, chromium, open_notebook, run_all

PROBLEMS = ('.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.error"], '
            '.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.stderr"], '
            '.jp-Notebook [role=alert], .jupyter-widgets-error-widget')


def save_outputs(page, folder):
    cells = page.locator(".jp-Notebook .jp-Cell")
    for number in range(cells.count()):
        outputs = cells.nth(number).locator(".jp-OutputArea-child")
        for place in range(outputs.count()):
            output = outputs.nth(place)
            if output.is_visible() and (output.bounding_box() or {"height": 0})["height"] > 5:
                output.scroll_into_view_if_needed()
                output.screenshot(path=folder / f"cell-{number + 1:02d}-output-{place + 1}.png")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("notebook", type=Path)
    parser.add_argument("--width", type=int, default=1280)
    parser.add_argument("--height", type=int, default=900)
    parser.add_argument("--zoom", type=float, default=1, help="device pixels to a CSS pixel")
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--out", type=Path, default=Path("screenshots"))
    parser.add_argument("--seconds", type=int, default=600, help="how long the notebook may take to run")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    notebook = options.notebook.resolve()
    size = {"width": options.width, "height": options.height}
    with (Lab(notebook.parent, theme="dark" if options.dark else "light") as lab,
          chromium(viewport=size, device_scale_factor=options.zoom) as browser):
        page = browser.new_page()
        page.on("pageerror", lambda error: print("page error:", error))
        open_notebook(page, lab, notebook.name)
        try:
            run_all(page, options.seconds)
        finally:
            page.screenshot(path=options.out / "page.png")
        for problem in page.locator(PROBLEMS).all_inner_texts():
            if problem.strip():
                print("problem:", problem)
        save_outputs(page, options.out)
    print(f"{len(list(options.out.glob('*.png')))} pictures in {options.out}")


if __name__ == "__main__":
    main()
