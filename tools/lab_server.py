"""A JupyterLab and a Chromium of our own, for tests and pictures.

JupyterLab runs in a temporary folder, on a free port, with a known token, and asks nothing.
Chromium starts with a new profile.
"""

import contextlib
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

CHROMIUM_NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
)
CHROMIUM_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
)
LAB_OPTIONS = (
    "--no-browser",
    "--ip=127.0.0.1",
    "--port=0",
    "--allow-root",
    "--ServerApp.port_retries=0",
    "--LabApp.news_url=None",
    "--LabApp.extension_manager=readonly",
    "--LabApp.expose_app_in_browser=True",
)
# JupyterLab reads and writes these folders. Ours lie in the temporary folder.
LAB_FOLDERS = {
    "JUPYTER_RUNTIME_DIR": "runtime",
    "JUPYTER_CONFIG_DIR": "config",
    "JUPYTER_DATA_DIR": "data",
    "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
    "JUPYTERLAB_SETTINGS_DIR": "settings",
    "IPYTHONDIR": "ipython",
}
NOTIFICATIONS = {"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True}
EVERY_CELL_IN_THE_PAGE = {"windowingMode": "none"}  # also the cells that are not on the screen
NO_AUTOSAVE = {"autosave": False}

# Where a notebook's page shows an error, a message on stderr or a bench's or widget's own error.
PROBLEMS = ", ".join(
    (
        '.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.error"]',
        '.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.stderr"]',
        ".jp-Notebook [role=alert]",
        ".jp-Notebook .jupyter-widgets-error-widget",
    )
)
# The toolbar shows "Idle" about a second before there is a kernel, so ask the session itself.
KERNEL_IS_READY = """() => {
  const session = window.jupyterapp?.shell.currentWidget?.sessionContext;
  return !!session?.isReady && session.session?.kernel?.status === "idle"; }"""
START_ALL_CELLS = """() => {
  window.ranAllCells = false;
  window.jupyterapp.commands.execute("notebook:run-all-cells").then(() => {
    window.ranAllCells = true;
  }); }"""
ALL_CELLS_HAVE_RUN = "() => window.ranAllCells"
BENCHES_ARE_PAINTED = """() =>
  [...document.querySelectorAll(".jp-Notebook .rnn-bench canvas")].every(
    canvas => canvas.getAttribute("aria-label"))"""
NEXT_TWO_FRAMES = """() => new Promise(
  done => requestAnimationFrame(() => requestAnimationFrame(done)))"""
SHUT_DOWN_KERNEL = "() => window.jupyterapp.shell.currentWidget?.sessionContext.shutdown()"


def find_chromium():
    """The path of a Chromium, or None.

    The environment variable CHROMIUM names one. Without it, the usual names are tried.
    """
    named = os.environ.get("CHROMIUM")
    for name in [named] if named else CHROMIUM_NAMES:
        path = shutil.which(name)
        if path:
            return path
    return None


class Lab:
    """A running JupyterLab that serves the folder `root`.

    Use it in a with statement, or stop it with stop().
    """

    def __init__(self, root, *, theme="light", options=()):
        self.folder = Path(tempfile.mkdtemp(prefix="lab-"))
        self.token = secrets.token_hex(16)
        self._write_settings(theme)
        self.process = self._start(root, options)
        self.url = self._wait_until_it_answers()

    def _write_settings(self, theme):
        settings = {
            "apputils-extension/notification": NOTIFICATIONS,
            "apputils-extension/themes": {"theme": f"JupyterLab {theme.title()}"},
            "notebook-extension/tracker": EVERY_CELL_IN_THE_PAGE,
            "docmanager-extension/plugin": NO_AUTOSAVE,
        }
        folder = self.folder / "settings" / "@jupyterlab"
        for name, values in settings.items():
            file = folder / f"{name}.jupyterlab-settings"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(values))

    def _start(self, root, options):
        environment = dict(os.environ)
        for variable, name in LAB_FOLDERS.items():
            environment[variable] = str(self.folder / name)
        command = [
            sys.executable,
            "-m",
            "jupyterlab",
            *LAB_OPTIONS,
            f"--IdentityProvider.token={self.token}",
            f"--ServerApp.root_dir={root}",
            *options,
        ]
        with (self.folder / "log").open("w") as log:
            return subprocess.Popen(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def _wait_until_it_answers(self, seconds=120):
        """Return the server's address, which the server writes into a file when it has a port."""
        info = self.folder / "runtime" / f"jpserver-{self.process.pid}.json"
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            # There may be no file yet, or half a file, or no answer yet.
            with contextlib.suppress(OSError, ValueError):
                url = json.loads(info.read_text())["url"]
                urllib.request.urlopen(f"{url}api?token={self.token}", timeout=5).read()
                return url
            time.sleep(0.1)
        log = (self.folder / "log").read_text()
        self.stop()
        raise RuntimeError(f"JupyterLab did not start:\n{log}")

    def address(self, notebook):
        """The address of a notebook's page, with a new layout and the token."""
        return f"{self.url}lab/tree/{notebook}?reset&token={self.token}"

    def stop(self):
        """End the server and remove its folder."""
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
    """A browser context of playwright's, in a Chromium with a new profile."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), headless=True, args=CHROMIUM_OPTIONS
        )
        context = browser.new_context(**context_options)
        context.set_default_timeout(60_000)
        yield context
        browser.close()


def open_notebook(page, lab, notebook):
    """Open a notebook and wait until its kernel is ready."""
    page.goto(lab.address(notebook))
    page.wait_for_function(KERNEL_IS_READY, timeout=120_000)


def run_all(page, seconds=600):
    """Run all cells; wait until all have run and every bench has its picture."""
    page.evaluate(START_ALL_CELLS)
    page.wait_for_function(ALL_CELLS_HAVE_RUN, timeout=1000 * seconds)
    page.wait_for_function(BENCHES_ARE_PAINTED)
    settle(page)


def settle(page):
    """Wait until the kernel is idle and the page has painted twice."""
    page.wait_for_function(KERNEL_IS_READY)
    page.evaluate(NEXT_TWO_FRAMES)


def shut_down(page):
    """End the notebook's kernel and close the page."""
    page.evaluate(SHUT_DOWN_KERNEL)
    page.close()
