"""Every lesson in the real JupyterLab in Chromium: it runs clean, its benches move, and every control has a name."""

import base64
import contextlib
import io
import os
import re
import shutil
import sys
from pathlib import Path

import matplotlib.style
import nbformat
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from lab_server import Lab, open_notebook, run_all, settle, shut_down
from PIL import Image

pytestmark = pytest.mark.browser
HERE = Path(__file__).resolve().parent
NOTEBOOKS = HERE.parent / "notebooks"
ERRORS = ('.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.error"], '
          '.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.stderr"], '
          '.jp-Notebook [role=alert], .jp-Notebook .jupyter-widgets-error-widget')
PIXELS = """canvas => { const { width, height } = canvas;
  const d = canvas.getContext("2d").getImageData(0, 0, width, height).data;
  let hash = 5381; for (let i = 0; i < d.length; i++) hash = (hash * 33 + d[i]) | 0; return hash; }"""
PICTURE_OF = f"(bench) => ({PIXELS})(bench.querySelector('canvas'))"
UNNAMED = """() => {
  const shown = node => node.getClientRects().length > 0;
  const name = node => node.getAttribute("aria-label") ?? node.getAttribute("alt") ?? (node.labels?.[0]?.textContent ||
    node.textContent || node.title);
  const controls = document.querySelectorAll(
    ".jp-OutputArea-output :is(button, input, select, textarea, img, canvas, [role=slider], [contenteditable=true])");
  return [...controls].filter(node => shown(node) && !name(node)?.trim()).map(node => node.outerHTML.slice(0, 99)); }"""
# What the course itself shows, without JupyterLab around it, and axe-core's rules about names of images and controls.
OWN_CONTENT = {"include": [[".jp-Notebook .jp-OutputArea-output"], [".jp-Notebook .jp-RenderedMarkdown"]]}
NAMED = ["image-alt", "role-img-alt", "svg-img-alt", "input-image-alt", "button-name", "link-name", "label", "select-name",
         "input-button-name", "aria-command-name", "aria-input-field-name", "aria-toggle-field-name", "aria-progressbar-name"]
# For notebooks that are written here.
RICH = "from test_bench import rich_bench\nbench = rich_bench()\nbench"
MANY = """from rnnlib.bench import Bench, Choice, Slider, Text
import numpy as np
def draw(fig, data):
    ax = fig.subplots()
    ax.set(xlim=(0, 9), ylim=(-9, 9))
    return ax.plot(np.zeros(10), lw=3)
def compute(gain, shift, shape, word):
    if gain == 4:
        raise ArithmeticError("the gain is four")
    return gain * {"line": np.arange(10), "wave": np.sin(np.arange(10))}[shape] / 9 + shift, gain, shape, word
def train(bench):
    for gain in np.linspace(0, 9, 500):
        bench.show((np.full(10, gain), gain, "training", ""))
bench = Bench(compute, draw, lambda artists, data: artists[0].set_ydata(data[0]), {
    "gain": Slider("gain", -5.0, 5.0, 0.1, 1.0), "shift": Slider("shift", 0, 3, 1, 0),
    "shape": Choice("shape", ("line", "wave"), "line"), "word": Text("word", "q", 5)},
    describe=lambda data: f"gain {data[1]:.1f}, shape {data[2]}, word {data[3]!r}",
    presets={"steep": {"gain": 5, "shape": "wave"}}, play="gain", actions={"Train": train}, figsize=(5, 3))
bench"""


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """A JupyterLab over a copy of the notebooks, and two of this file's own."""
    root = tmp_path_factory.mktemp("lab") / "notebooks"
    shutil.copytree(NOTEBOOKS, root, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints"))
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    for name, code in {"rich": f"import sys; sys.path.insert(0, {str(HERE)!r})\n{RICH}", "many": MANY}.items():
        book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)], metadata=kernel)
        nbformat.write(book, root / f"test-{name}.ipynb")
    with Lab(root) as server:
        yield server


@contextlib.contextmanager
def new_page(browser):
    page = browser.new_page()
    page.thrown = []
    page.on("pageerror", lambda error: page.thrown.append(str(error)))
    yield page
    shut_down(page)


@pytest.fixture
def page(browser):
    with new_page(browser) as page:
        yield page


def errors(page):
    return [text for text in page.locator(ERRORS).all_inner_texts() if text.strip()] + page.thrown


def picture(bench):
    return bench.evaluate(PICTURE_OF)


NOTE_WHAT_IS_SENT = """() => {
  window.sent = [];
  window.sendUnnoted = WebSocket.prototype.send;
  WebSocket.prototype.send = function (message) {
    const method = new TextDecoder().decode(message).match(/"method": *"(\\w+)"/);
    if (method) sent.push(method[1]);
    return sendUnnoted.call(this, message);
  }; }"""


def until_picture(bench, same_as=None, other_than=None):
    bench.page.wait_for_function(
        f"([bench, same, other]) => {{ const now = ({PICTURE_OF})(bench); "
        "return other === null ? now === same : now !== other; }",
        arg=[bench.element_handle(), same_as, other_than])


def until_words(bench, words):
    bench.page.wait_for_function("([bench, words]) => bench.querySelector('.rnn-bench-words').textContent.includes(words)",
                                 arg=[bench.element_handle(), words])


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
    assert page.evaluate(UNNAMED) == []
    found = Axe().run(page, OWN_CONTENT, {"runOnly": {"type": "rule", "values": NAMED}})
    assert found.violations_count == 0, found.generate_report()


def move_and_reset(page, bench):
    before, words = picture(bench), bench.locator(".rnn-bench-words").inner_text()
    assert words and bench.get_by_role("img").get_attribute("aria-label") == words
    move_first_control(page, bench)
    until_picture(bench, other_than=before)
    settle(page)
    bench.get_by_role("button", name="Reset", exact=True).click()
    until_picture(bench, same_as=before)
    until_words(bench, words)


def move_first_control(page, bench):
    slider, text = bench.get_by_role("slider"), bench.get_by_role("textbox")
    if slider.count():
        slider.first.focus()
        at_end = slider.first.get_attribute("aria-valuenow") == slider.first.get_attribute("aria-valuemax")
        page.keyboard.press("ArrowLeft" if at_end else "ArrowRight")
    elif text.count():
        text.first.focus()
        page.keyboard.press("End")
        page.keyboard.type("e")
    else:
        bench.locator(".rnn-bench-controls [aria-pressed=false]").first.click()


@pytest.fixture(scope="module")
def opened(browser, lab):
    with new_page(browser) as page:
        open_notebook(page, lab, "test-many.ipynb")
        run_all(page)
        yield page


@pytest.fixture
def many(opened):
    """The bench with every kind of control, as it was at first."""
    bench = opened.locator(".jp-Notebook .rnn-bench")
    bench.get_by_role("button", name="Reset", exact=True).click()
    until_words(bench, "gain 1.0, shape line, word 'q'")
    settle(opened)
    return bench


def test_every_kind_of_control_moves_the_picture(many):
    before = picture(many)
    many.get_by_role("button", name="steep").click()
    until_words(many, "gain 5.0, shape wave")
    many.get_by_role("button", name="shape: line").click()
    until_words(many, "gain 5.0, shape line")
    assert many.get_by_role("button", name="shape: line").get_attribute("aria-pressed") == "true"
    many.get_by_label("word", exact=True).fill("th")
    until_words(many, "word 'th'")
    many.get_by_role("button", name="Train").click()
    until_words(many, "gain 9.0, shape training")
    many.get_by_role("button", name="Reset", exact=True).click()
    until_picture(many, same_as=before)
    assert errors(many.page) == []


def test_a_handle_stands_out_from_the_page(many):
    """By a contrast of 3, as WCAG 2.1 (1.4.11) wants of what one can use: also from the last row of a lecture hall."""
    many.get_by_role("button", name="Reset", exact=True).focus()
    handle, page = many.evaluate("""bench => {
      const seen = part => getComputedStyle(part).backgroundColor;
      let behind = bench;
      while (seen(behind) === "rgba(0, 0, 0, 0)") behind = behind.parentElement;
      return [bench.querySelector(".noUi-handle"), behind].map(part => seen(part).match(/[\\d.]+/g).map(Number)); }""")
    linear = lambda c: c / 12.92 if c < 0.04 else ((c + 0.055) / 1.055) ** 2.4  # of sRGB, as there
    light = [sum(k * linear(c / 255) for k, c in zip((0.2126, 0.7152, 0.0722), colour)) for colour in (handle, page)]
    assert (max(light) + 0.05) / (min(light) + 0.05) > 3 and handle[3:] in ([], [1])


def test_play_runs_and_pauses(many):
    play = many.get_by_role("button", name="Play or pause")
    play.click()
    until_words(many, "gain 2.")
    play.click()
    settle(many.page)
    many.page.wait_for_timeout(300)
    words = many.locator(".rnn-bench-words").inner_text()
    many.page.wait_for_timeout(500)
    assert many.locator(".rnn-bench-words").inner_text() == words
    shown = many.get_by_label("gain: value").inner_text()
    assert f"gain {float(shown):.1f}," in words


def test_the_last_of_many_fast_moves_is_what_remains(many):
    handle = many.get_by_role("slider").first
    handle.focus()
    for _ in range(25):
        many.page.keyboard.press("ArrowRight")
    for _ in range(45):
        many.page.keyboard.press("ArrowLeft")
    until_words(many, "gain \N{MINUS SIGN}1.0")
    settle(many.page)
    assert "gain \N{MINUS SIGN}1.0" in many.locator(".rnn-bench-words").inner_text()
    assert many.get_by_label("gain: value").inner_text() == "\N{MINUS SIGN}1.0"


def test_a_bench_goes_on_answering(many):
    for _ in range(4):
        many.get_by_role("button", name="steep").click()
        many.get_by_role("button", name="Reset", exact=True).click()
    until_words(many, "gain 1.0")
    settle(many.page)
    for gain in ("1.1", "1.2", "1.3"):
        many.get_by_role("slider").first.focus()
        many.page.keyboard.press("ArrowRight")
        until_words(many, f"gain {gain}")
    assert errors(many.page) == []


def test_a_moving_slider_makes_the_page_fetch_nothing(many):
    """JupyterLab fetches the icon of a busy kernel each time it shows it: several files for each picture."""
    fetched = []
    many.page.on("request", lambda request: fetched.append(request.url))
    many.get_by_role("slider").first.focus()
    for _ in range(10):
        many.page.keyboard.press("ArrowRight")
    until_words(many, "gain 2.0")
    settle(many.page)
    assert [url for url in fetched if "/static/" in url] == []


def test_a_held_slider_asks_for_pictures_and_tells_its_model_when_let_go(many):
    """ipywidgets' own message about a move costs as much as a picture, so a drag sends one, at its end."""
    page, handle = many.page, many.locator(".noUi-handle").first
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.evaluate(NOTE_WHAT_IS_SENT)
    page.mouse.move(x, y)
    page.mouse.down()
    for k in range(1, 11):
        page.mouse.move(x + 3 * k, y)  # the bench fails at 4, and Play goes up
        page.wait_for_timeout(30)
    held = float(many.get_by_label("gain: value").inner_text())
    until_words(many, f"gain {held:.1f},")
    settle(page)
    sent = page.evaluate("() => sent")
    assert held > 1.0 and len(sent) > 1 and set(sent) == {"custom"}
    page.mouse.up()
    settle(page)
    assert page.evaluate("() => sent")[len(sent):] == ["update"]
    page.keyboard.press("ArrowRight")
    until_words(many, f"gain {held + 0.1:.1f},")
    settle(page)
    assert page.evaluate("() => sent")[len(sent) + 1:] == ["custom", "update"]
    page.evaluate("() => { WebSocket.prototype.send = sendUnnoted; }")
    before, play = picture(many), many.get_by_role("button", name="Play or pause")
    play.click()
    until_picture(many, other_than=before)
    words = many.locator(".rnn-bench-words").inner_text()
    play.click()
    assert float(re.search(r"gain ([\d.]+),", words)[1]) > held  # from where the slider was left
    assert errors(page) == []


def test_an_error_while_moving_is_shown_until_it_is_over(many):
    handle = many.get_by_role("slider").first
    handle.focus()
    for _ in range(30):
        many.page.keyboard.press("ArrowRight")
    alert = many.locator("[role=alert]")
    many.page.wait_for_function("alert => alert.textContent.includes('the gain is four')", arg=alert.element_handle())
    many.page.keyboard.press("ArrowRight")
    until_words(many, "gain 4.1")
    assert alert.inner_text() == ""


def test_the_still_picture_steps_aside_for_the_live_one(many):
    assert many.locator("canvas").is_visible()
    assert many.page.locator(".jp-Notebook .jp-RenderedImage img").is_hidden()
    assert many.page.locator(".jp-Notebook .rnn-bench-still").is_hidden()


def test_the_browser_paints_what_matplotlib_draws(page, lab):
    """Thin lines that are painted over or left out, wrong colours and wrong order all fail; smoothing may differ."""
    from test_bench import drawn_in_full, rich_bench

    open_notebook(page, lab, "test-rich.ipynb")
    run_all(page)
    url = page.locator(".rnn-bench canvas").evaluate("canvas => canvas.toDataURL()")
    live = np.asarray(Image.open(io.BytesIO(base64.b64decode(url.split(",")[1]))).convert("RGB")).astype(int)
    with matplotlib.style.context("default"):  # lessons that ran in this process may have set their own
        full = drawn_in_full(rich_bench())[..., :3].astype(int)
    assert live.shape == full.shape
    for one, other in ((live, full), (full, live)):
        low, high = around(other)
        apart = np.maximum(low - one, one - high).max(axis=2)
        wrong = np.argwhere(apart > 64)
        assert len(wrong) == 0, f"{len(wrong)} pixels are unlike any neighbour, from (y, x) = {wrong[0]} on"


def around(rgb):
    """The least and greatest of each pixel and its eight neighbours."""
    padded = np.pad(rgb, ((1, 1), (1, 1), (0, 0)), mode="edge")
    rows, columns = rgb.shape[:2]
    shifted = [padded[y: y + rows, x: x + columns] for y in range(3) for x in range(3)]
    return np.min(shifted, axis=0), np.max(shifted, axis=0)


def test_where_there_is_no_browser_the_tests_say_so(tmp_path):
    import subprocess

    command = [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", str(HERE / "test_browser.py"),
               "-k", "steps_aside"]
    environment = {name: value for name, value in os.environ.items() if name != "CI"} | {"CHROMIUM": "no-such-browser"}
    skipped = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert skipped.returncode == 0 and "no Chromium" in skipped.stdout and re.search(r"\b1 skipped", skipped.stdout)
    failed = subprocess.run(command, env=environment | {"CI": "true"}, capture_output=True, text=True)
    assert failed.returncode == 1 and "no Chromium" in failed.stdout
