"""Look at a notebook as a student does: run it in JupyterLab in Chromium and save its pictures.

    python tools/screenshot.py notebooks/07_gru.ipynb [--width 1280] [--height 900] [--dark]
                               [--zoom 1] [--out FOLDER] [--seconds 600]

Each output becomes a file such as FOLDER/cell-07-output-1.png. Cells are counted from 1, in the
order of the notebook. Error outputs, messages on stderr and errors of the page are printed.
"""

import argparse
from pathlib import Path

from lab_server import PROBLEMS, Lab, chromium, open_notebook, run_all

LOWEST_OUTPUT = 5  # pixels; a lower one shows nothing


def is_worth_a_picture(output):
    """Whether there is something to see: hidden and empty outputs are left out."""
    if not output.is_visible():
        return False
    box = output.bounding_box()
    return box is not None and box["height"] > LOWEST_OUTPUT


def save_outputs(page, folder):
    """Save a picture of each output that shows something."""
    cells = page.locator(".jp-Notebook .jp-Cell").all()
    for number, cell in enumerate(cells, start=1):
        outputs = cell.locator(".jp-OutputArea-child").all()
        for place, output in enumerate(outputs, start=1):
            if is_worth_a_picture(output):
                output.scroll_into_view_if_needed()
                output.screenshot(path=folder / f"cell-{number:02d}-output-{place}.png")


def print_problems(page):
    """Print what the page shows of errors."""
    for text in page.locator(PROBLEMS).all_inner_texts():
        if text.strip():
            print("problem:", text)


def look_at(page, lab, notebook, options):
    """Run a notebook in the page, and save what it shows."""
    page.on("pageerror", lambda error: print("page error:", error))
    open_notebook(page, lab, notebook.name)
    try:
        run_all(page, options.seconds)
    finally:
        page.screenshot(path=options.out / "page.png")
    print_problems(page)
    save_outputs(page, options.out)


def main():
    """Read the command line, start JupyterLab and Chromium, and look at the notebook."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("notebook", type=Path)
    parser.add_argument("--width", type=int, default=1280)
    parser.add_argument("--height", type=int, default=900)
    parser.add_argument("--zoom", type=float, default=1, help="device pixels for one CSS pixel")
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--out", type=Path, default=Path("screenshots"))
    parser.add_argument("--seconds", type=int, default=600, help="how long the notebook may run")
    options = parser.parse_args()

    options.out.mkdir(parents=True, exist_ok=True)
    notebook = options.notebook.resolve()
    size = {"width": options.width, "height": options.height}
    theme = "dark" if options.dark else "light"
    with (
        Lab(notebook.parent, theme=theme) as lab,
        chromium(viewport=size, device_scale_factor=options.zoom) as context,
    ):
        look_at(context.new_page(), lab, notebook, options)
    print(f"{len(list(options.out.glob('*.png')))} pictures are in {options.out}")


if __name__ == "__main__":
    main()
