"""Every lesson in the real JupyterLab: it runs clean, its benches move, controls have names."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from lab_server import open_notebook, run_all, settle
from support.page import errors, picture, press, reset, until_picture, until_words, words

pytestmark = pytest.mark.browser
NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
WITHOUT_NAME = """() => {
  const kinds = "button, input, select, textarea, img, canvas, [role=slider], " +
    "[contenteditable=true]";
  const isShown = (node) => node.getClientRects().length > 0;
  const nameOf = (node) => node.getAttribute("aria-label") ?? node.getAttribute("alt") ??
    (node.labels?.[0]?.textContent || node.textContent || node.title);
  const controls = document.querySelectorAll(`.jp-OutputArea-output :is(${kinds})`);
  return [...controls].filter((node) => isShown(node) && !nameOf(node)?.trim())
    .map((node) => node.outerHTML.slice(0, 99));
}"""
# What the course itself shows, without JupyterLab around it.
OWN_CONTENT = {
    "include": [[".jp-Notebook .jp-OutputArea-output"], [".jp-Notebook .jp-RenderedMarkdown"]]
}
# axe-core's rules about the names of images and controls.
RULES = [
    "image-alt",
    "role-img-alt",
    "svg-img-alt",
    "input-image-alt",
    "button-name",
    "link-name",
    "label",
    "select-name",
    "input-button-name",
    "aria-command-name",
    "aria-input-field-name",
    "aria-toggle-field-name",
    "aria-progressbar-name",
]


@pytest.mark.parametrize("notebook", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_lesson(page, lab, notebook):
    open_notebook(page, lab, notebook.name)
    run_all(page)
    assert errors(page) == []
    benches = page.locator(".jp-Notebook .rnn-bench")
    for number in range(benches.count()):
        move_and_reset(page, benches.nth(number))
    settle(page)
    assert errors(page) == []
    assert page.evaluate(WITHOUT_NAME) == []
    found = Axe().run(page, OWN_CONTENT, {"runOnly": {"type": "rule", "values": RULES}})
    assert found.violations_count == 0, found.generate_report()


def move_and_reset(page, bench):
    """The bench has words, moves with its first control, and comes back to the same picture."""
    picture_before, words_before = picture(bench), words(bench)
    assert words_before
    assert bench.get_by_role("img").get_attribute("aria-label") == words_before
    move_first_control(page, bench)
    until_picture(bench, other_than=picture_before)
    settle(page)
    reset(bench)
    until_picture(bench, same_as=picture_before)
    until_words(bench, words_before)


def move_first_control(page, bench):
    slider, text = bench.get_by_role("slider"), bench.get_by_role("textbox")
    if slider.count():
        first = slider.first
        is_at_end = first.get_attribute("aria-valuenow") == first.get_attribute("aria-valuemax")
        press(bench, "ArrowLeft" if is_at_end else "ArrowRight")
    elif text.count():
        text.first.focus()
        page.keyboard.press("End")
        page.keyboard.type("e")
    else:
        bench.locator(".rnn-bench-controls [aria-pressed=false]").first.click()
