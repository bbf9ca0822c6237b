"""A site for tests: it is built, read and served here."""

import contextlib
import functools
import http.server
import json
import subprocess
import threading
from pathlib import Path
from types import SimpleNamespace

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-site" / "bin" / "python"
COMPILED = {"numpy", "matplotlib", "pillow", "kiwisolver", "contourpy"}


def build(folder):
    """Build a site. Return its folder, its packages by name, and what was printed."""
    assert PYTHON.exists(), "sh tools/make_venv.sh site makes the environment that is missing"
    command = [PYTHON, ROOT / "tools" / "static_site.py", folder]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    lock = folder / "static" / "pyodide" / "pyodide-lock.json"
    packages = json.loads(lock.read_text(encoding="utf-8"))["packages"]
    return SimpleNamespace(folder=folder, packages=packages, printed=ran.stdout)


def elsewhere(packages):
    """The names of the packages that browsers have to fetch from another server."""
    return sorted(n for n, entry in packages.items() if entry["file_name"].startswith("http"))


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A web host without a log."""

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def served(folder):
    """The address under which the site is served, below a path as on GitHub Pages."""
    handler = functools.partial(Quiet, directory=folder.parent)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/{folder.name}/"
        server.shutdown()
