"""Where Python runs: on a computer of its own, or in the reader's browser, which is slower."""

import sys


def in_browser():
    """Whether Python was compiled to WebAssembly and runs in the page itself."""
    return sys.platform == "emscripten"


def in_full(*, seconds, otherwise, anyway=False):
    """Whether a slow cell should run in full. In the browser it should not, and that is said.

    seconds: how long the whole cell takes in the browser. otherwise: what it does instead there,
    such as "takes the stored run". A reader who wants to wait adds anyway=True.
    """
    if anyway or not in_browser():
        return True
    print(
        f"In the browser, all of this would take about {seconds} s, so this cell {otherwise}. "
        "To run it in full, add anyway=True to in_full(…)."
    )
    return False
