"""A JupyterLab and a Chromium for tests: own temporary folders, a free port, a known token, no prompts."""

import contextlib
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
CHROMIUM_OPTIONS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
                    "--disable-background-networking", "--disable-component-update")
SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True},
    "apputils-extension/themes": {"theme": "JupyterLab Light"},
    "notebook-extension/tracker": {"windowingMode": "none"},  # every cell stays in the page, on screen or not
    "docmanager-extension/plugin": {"autosave": False},
}
# Idle in the toolbar shows about a second before there is a kernel, so look at the session itself.
KERNEL_IS_READY = """() => {
  const session = window.jupyterapp?.shell.currentWidget?.sessionContext;
  return !!session?.isReady && session.session?.kernel?.status === "idle"; }"""
START_ALL_CELLS = """() => {
  window.ranAllCells = false;
  window.jupyterapp.commands.execute("notebook:run-all-cells").then(() => { window.ranAllCells = true; }); }"""
BENCHES_ARE_PAINTED = """() => [...document.querySelectorAll(".jp-Notebook .rnn-bench canvas")].every(
  canvas => canvas.getAttribute("aria-label"))"""


def find_chromium():
    """The path of a Chromium: the environment's CHROMIUM, or the first known name on the PATH, or None."""
    named = os.environ.get("CHROMIUM")
    return shutil.which(named) if named else next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


class Lab:
    """A running JupyterLab that serves `root`. Stop it with stop(), or use it in a with statement."""

    def __init__(self, root, *, theme="light", options=()):
        self.folder = Path(tempfile.mkdtemp(prefix="lab-"))
        self.token = secrets.token_hex(16)
        self._write_settings(theme)
        folders = {"JUPYTER_RUNTIME_DIR": "runtime", "JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data",
                   "JUPYTERLAB_WORKSPACES_DIR": "workspaces", "JUPYTERLAB_SETTINGS_DIR": "settings",
                   "IPYTHONDIR": "ipython"}
        environment = os.environ | {name: str(self.folder / folder) for name, folder in folders.items()}
        as_root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        with (self.folder / "log").open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", "--port=0",
                 "--ServerApp.port_retries=0", f"--IdentityProvider.token={self.token}", f"--ServerApp.root_dir={root}",
                 "--LabApp.news_url=None", "--LabApp.extension_manager=readonly", "--LabApp.expose_app_in_browser=True",
                 *as_root, *options],
                env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        self.url = self._wait_until_it_answers()

    def _write_settings(self, theme):
        settings = SETTINGS | {"apputils-extension/themes": {"theme": f"JupyterLab {theme.title()}"}}
        for name, values in settings.items():
            file = self.folder / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(values))

    def _wait_until_it_answers(self, seconds=120):
        info = self.folder / "runtime" / f"jpserver-{self.process.pid}.json"
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            with contextlib.suppress(OSError, ValueError):  # no file yet, half a file, or no answer yet
                url = json.loads(info.read_text())["url"]
                urllib.request.urlopen(f"{url}api?token={self.token}", timeout=5).read()
                return url
            time.sleep(0.1)
        log = (self.folder / "log").read_text()
        self.stop()
        raise RuntimeError(f"JupyterLab did not start:\n{log}")

    def address(self, notebook):
        return f"{self.url}lab/tree/{notebook}?reset&token={self.token}"

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


@contextlib.contextmanager
def chromium(**context_options):
    """A browser context of playwright's in a Chromium with a new profile."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), headless=True, args=CHROMIUM_OPTIONS)
        context = browser.new_context(**context_options)
        context.set_default_timeout(60_000)
        yield context
        browser.close()


def open_notebook(page, lab, notebook):
    page.goto(lab.address(notebook))
    page.wait_for_function(KERNEL_IS_READY, timeout=120_000)


def run_all(page, seconds=600):
    """Run all cells, wait until all have run and every bench has its picture."""
    page.evaluate(START_ALL_CELLS)
    page.wait_for_function("() => window.ranAllCells", timeout=1000 * seconds)
    page.wait_for_function(BENCHES_ARE_PAINTED)
    settle(page)


def settle(page):
    """Wait until the kernel is idle, no question of a bench is on its way, and the page has painted twice."""
    page.wait_for_function(KERNEL_IS_READY)
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def shut_down(page):
    """End the notebook's kernel and close the page."""
    page.evaluate("() => window.jupyterapp.shell.currentWidget?.sessionContext.shutdown()")
    page.close()
