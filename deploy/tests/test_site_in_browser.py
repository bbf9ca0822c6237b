"""The static site in a browser: it opens, computes, answers and keeps students' work."""

import json
import re

import built_site
import pytest
from lab_server import KERNEL_IS_READY, run_all

LESSON = "01a_one_neuron.ipynb"
WINDOW = {"width": 1300, "height": 1000}


@pytest.fixture(scope="module")
def address(built):
    with built_site.served(built.folder) as address:
        yield address


@pytest.fixture(scope="module")
def asked(browser):
    """Every address outside this machine that a page asks for."""
    found = []
    local = re.compile(r"(https?://127\.0\.0\.1|data:|blob:)")
    browser.on("request", lambda r: None if local.match(r.url) else found.append(r.url))
    return found


@pytest.fixture(scope="module")
def page(browser, asked, address):
    """The site's first page, as it is after its address was entered."""
    page = browser.new_page()
    page.on("dialog", lambda dialog: dialog.accept())  # the browser asks before it leaves a page
    page.goto(address)
    page.wait_for_selector(".jp-Notebook .jp-MarkdownCell", timeout=60_000)
    page.wait_for_function(KERNEL_IS_READY, timeout=60_000)
    yield page
    page.close()


NEW_NOTEBOOK = """async () => {
  const panel = await jupyterapp.commands.execute(
    "notebook:create-new", {kernelName: "python", activate: true});
  await panel.context.ready; await panel.sessionContext.ready;
  await panel.context.rename("trial.ipynb");  // else saving would ask for a name
  return panel.context.path; }"""
RUN = """async (source) => {
  const notebook = jupyterapp.shell.currentWidget.content;
  await jupyterapp.commands.execute("notebook:insert-cell-below");
  notebook.activeCell.model.sharedModel.setSource(source);
  await jupyterapp.commands.execute("notebook:run-cell");
  return notebook.activeCell.model.outputs.toJSON(); }"""
ERRORS = """() => jupyterapp.shell.currentWidget.content.widgets
  .flatMap((cell) => cell.model.outputs?.toJSON() ?? [])
  .filter((output) => output.output_type === "error")
  .map((output) => `${output.ename}: ${output.evalue}`)"""
IS_IN_FRONT = "(path) => window.jupyterapp?.shell.currentWidget?.context?.path === path"
SHOW_FIRST_WIDGET = """async () => {
  const notebook = jupyterapp.shell.currentWidget.content;
  const place = notebook.widgets.findIndex((cell) => cell.model.type === "code" &&
    JSON.stringify(cell.model.outputs.toJSON()).includes("jupyter.widget-view"));
  await notebook.scrollToItem(place, "start");
  await new Promise((done) => setTimeout(done, 1000)); }"""
SOURCES = """() => window.jupyterapp?.shell.currentWidget?.content?.widgets?.map(
  (cell) => cell.model.sharedModel.getSource()) ?? []"""
ANYWIDGET = """
import anywidget, traitlets

class Doubler(anywidget.AnyWidget):
    _esm = '''export default { render({ model, el }) {
      const input = Object.assign(document.createElement("input"), {type: "range", value: 1});
      const words = Object.assign(document.createElement("output"), {className: "doubled"});
      input.setAttribute("aria-label", "to be doubled");
      input.oninput = () => { model.set("number", +input.value); model.save_changes(); };
      model.on("change:double", () => { words.textContent = model.get("double"); });
      el.append(input, words); } }'''
    number = traitlets.Int(1).tag(sync=True)
    double = traitlets.Int(2).tag(sync=True)

    @traitlets.observe("number")
    def _(self, change):
        self.double = 2 * change.new

Doubler()
"""


@pytest.fixture(scope="module")
def notebook(page):
    """A new notebook in the site, with a kernel. Its path."""
    path = page.evaluate(NEW_NOTEBOOK)
    page.wait_for_function(KERNEL_IS_READY, timeout=60_000)
    return path


def run(page, source):
    """Run a cell in the notebook on the page. Return what it printed."""
    outputs = page.evaluate(RUN, source)
    assert all(output["output_type"] != "error" for output in outputs), outputs
    return "".join("".join(output.get("text", "")) for output in outputs)


def test_the_first_page_is_the_welcome_page_and_asks_nothing(page):
    assert "You are in the browser" in page.locator(".jp-Notebook").inner_text()
    assert page.locator(".jp-Dialog").count() == 0


def test_the_kernel_computes_and_finds_the_courses_files(page, notebook):
    assert run(page, "import sys; print(sys.platform, 6 * 7)").strip() == "emscripten 42"
    source = "import json; print(len(json.load(open('claims.json'))) > 40)"
    assert run(page, source).strip() == "True"


def test_the_courses_own_wheel_loads(page, notebook):
    source = """
    import importlib.util, pyodide_js, runpy
    from pathlib import Path
    await pyodide_js.loadPackage("lived-forwards", errorCallback=print)
    folder = Path(importlib.util.find_spec("rnnlib").origin).parent
    print(runpy.run_path(str(folder / "lesson" / "browser.py"))["in_browser"]())"""
    assert run(page, re.sub("(?m)^    ", "", source)).strip().endswith("True")


def test_an_anywidget_answers(page, notebook):
    run(page, ANYWIDGET)
    slider = page.get_by_label("to be doubled")
    slider.scroll_into_view_if_needed()
    slider.fill("21")
    page.wait_for_function("() => document.querySelector('.doubled')?.textContent === '42'")


def test_work_survives_a_reload_and_can_be_downloaded(page, notebook, address, tmp_path):
    run(page, "my_answer = 1987")
    page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")
    page.goto(f"{address}lab/index.html?path={notebook}")
    page.wait_for_function(f"() => ({SOURCES})().includes('my_answer = 1987')", timeout=60_000)
    with page.expect_download() as download:
        page.evaluate("() => jupyterapp.commands.execute('docmanager:download')")
    download.value.save_as(tmp_path / "mine.ipynb")
    cells = json.loads((tmp_path / "mine.ipynb").read_text(encoding="utf-8"))["cells"]
    assert "my_answer = 1987" in ["".join(cell["source"]) for cell in cells]


def test_no_page_asks_another_server_for_anything_but_a_package(page, notebook, asked, packages):
    assert set(asked) <= {entry["file_name"] for entry in packages.values()}


@pytest.fixture
def newcomers_page(browser):
    """The page of somebody who has never been here.

    In the browser of the other tests, JupyterLab would open their notebooks again beside the
    lesson. Each starts a Python of its own, and the lesson's could come more than a minute later.
    """
    context = browser.browser.new_context(viewport=WINDOW)
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


def test_a_whole_lesson_runs_and_a_slider_moves(newcomers_page, address, packages):
    elsewhere = built_site.elsewhere(packages)
    if elsewhere:
        pytest.skip(f"the site does not contain {', '.join(elsewhere)}: give PYODIDE=folder")
    page = newcomers_page
    page.goto(f"{address}lab/index.html?path={LESSON}")
    page.wait_for_function(IS_IN_FRONT, arg=LESSON, timeout=60_000)
    page.wait_for_function(KERNEL_IS_READY, timeout=60_000)
    run_all(page, seconds=150)
    assert page.evaluate(ERRORS) == []
    move_a_slider(page)


def move_a_slider(page):
    """Click both halves of a bench's first slider. Each time the words below it change."""
    page.evaluate(SHOW_FIRST_WIDGET)
    bench = page.locator(".jp-Notebook .rnn-bench").first
    words = bench.locator(".rnn-bench-words")
    slider = bench.locator(".noUi-target").first
    for part in (0.2, 0.8):
        page.wait_for_timeout(500)  # a slider hears no second click while its handle glides
        before, box = words.inner_text(), slider.bounding_box()
        slider.click(position={"x": part * box["width"], "y": box["height"] / 2}, force=True)
        handle = words.element_handle()
        page.wait_for_function("([w, b]) => w.innerText !== b", arg=[handle, before], timeout=5000)
