"""Write the course as a static site: JupyterLab and Python in the browser, without a server.

    python tools/static_site.py            into site/, beside this folder
    python tools/static_site.py FOLDER     somewhere else
    PYODIDE=... python tools/static_site.py

The site shows the students' edition in JupyterLite. Any web host can serve it. NumPy, Matplotlib
and three more packages exist for WebAssembly only in Pyodide's own release. PYODIDE names a folder
with these files, or an address. Without it, the release's usual address is tried.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyodide_release
import site_contents
import wasm_packages

ROOT = Path(__file__).resolve().parents[1]
OURS = ROOT / "deploy" / "site"
KERNEL = "@jupyterlite/pyodide-kernel-extension:kernel"


def refuse_a_folder_in_use(folder):
    """Stop if the folder is the course itself or holds something else than such a site."""
    if folder.resolve() in (ROOT, *ROOT.parents):
        raise SystemExit("the site needs a folder of its own")
    is_empty = not folder.exists() or not any(folder.iterdir())
    if not is_empty and not (folder / "jupyter-lite.json").exists():
        raise SystemExit(f"{folder} holds something else; name an empty folder")


def configure(lite, contents, out):
    """Write JupyterLite's settings: what it builds, and how the pages behave."""
    build = {
        "contents": [str(contents)],
        "output_dir": str(out),
        "apps": ["lab"],
        "no_sourcemaps": True,
    }
    page = {
        "appName": "Lived Forwards",
        "exposeAppInBrowser": True,
        # Packages come from this site only, and students' machines ask nobody else.
        "litePluginSettings": {KERNEL: {"disablePyPIFallback": True}},
    }
    settings = {"jupyter-lite-schema-version": 0, "jupyter-config-data": page}
    (lite / "jupyter_lite_config.json").write_text(json.dumps({"LiteBuildConfig": build}))
    (lite / "jupyter-lite.json").write_text(json.dumps(settings))
    shutil.copy(ROOT / "deploy" / "overrides.json", lite)


def build(lite):
    """Let JupyterLite build the site."""
    command = [sys.executable, "-m", "jupyterlite_core", "build"]
    built = subprocess.run(command, cwd=lite, capture_output=True, text=True)
    if built.returncode:
        raise SystemExit(f"{built.stdout}{built.stderr}\nJupyterLite could not build the site.")


def explain(not_reached, source, consequence):
    """What a lecturer should know if the source lacks these packages."""
    return (
        f"{', '.join(not_reached)} could not be read from {source}\n{consequence}\n"
        "To put them into the site, give a folder or an address with these files of Pyodide's "
        f"release {pyodide_release.PYODIDE}:\n    make site PYODIDE=folder"
    )


def write_new(folder, cache, source, complete):
    """Write the site into the folder, which isn't there yet. Return what it lacks."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        lite = work / "lite"
        pyodide = lite / "static" / "pyodide"
        not_reached = wasm_packages.write(pyodide, cache, work, source)
        if not_reached and complete:
            raise SystemExit(explain(not_reached, source, "So the site was not written."))
        contents = site_contents.write(work / "contents", work)
        configure(lite, contents, folder)
        build(lite)
    shutil.copy(OURS / "index.html", folder)  # it opens the welcome page
    (folder / ".nojekyll").touch()  # else GitHub would leave out what begins with an underscore
    return not_reached


def write(folder, cache, source, complete=False):
    """Write the site. Return the names of the packages that it does not contain.

    It is written beside the folder and then takes its place. Whatever fails, an older site stays.
    """
    refuse_a_folder_in_use(folder)
    folder = folder.resolve()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f"{folder.name}-new-", dir=folder.parent) as name:
        new = Path(name) / "site"
        not_reached = write_new(new, cache, source, complete)
        if folder.exists():
            folder.rename(Path(name) / "old")
        new.rename(folder)
    return not_reached


def report(folder, not_reached, source, seconds):
    """Say how large the site is, and what it lacks."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files) / 1e6
    print(f"{folder.name}/ has {len(files)} files, {size:.0f} MB, and took {seconds:.0f} s.")
    if not_reached:
        consequence = (
            "So the site does not contain them. Each student's browser will fetch them from the\n"
            "address in the lock file, static/pyodide/pyodide-lock.json, and lessons only run\n"
            "where it is reached."
        )
        print(explain(not_reached, source, consequence))
    else:
        print("It contains everything: no page asks another server for anything.")


def main():
    """Read the command line and write the site."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "site")
    parser.add_argument("--cache", type=Path, default=ROOT / "build" / "site")
    parser.add_argument("--complete", action="store_true", help="fail if a package is out of reach")
    options = parser.parse_args()
    source = os.environ.get("PYODIDE") or pyodide_release.ADDRESS
    start = time.monotonic()
    not_reached = write(options.folder, options.cache, source, options.complete)
    report(options.folder, not_reached, source, time.monotonic() - start)


if __name__ == "__main__":
    main()
