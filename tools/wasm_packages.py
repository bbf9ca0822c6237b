"""The packages that the static site's Python needs, compiled to WebAssembly or pure.

Three sources:

    npm         Pyodide's core (Python itself) and the lock file of its release, which names a
                version and a sha256 for each package
    PyPI        the pure packages, in the lock's versions. What the lock lacks (the widgets) comes
                in the installed versions, because the site contains the scripts of these
    a release   the compiled packages, which only Pyodide's own release has
"""

import gzip
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zlib
from importlib import metadata
from pathlib import Path

import pyodide_release
from pyodide_release import PYODIDE, sha256

ROOT = Path(__file__).resolve().parents[1]
CORE = ("pyodide.asm.mjs", "pyodide.asm.wasm", "pyodide.mjs", "pyodide.js", "python_stdlib.zip")
LOCK = "pyodide-lock.json"
PYTHON = "3.14"  # the core's
# Needed on a computer only. The site itself is JupyterLab, with the widgets' scripts in it, and a
# browser's Python has no threads.
NOT_IN_THE_BROWSER = {"jupyterlab", "widgetsnbextension", "threadpoolctl"}
COURSE = "lived-forwards"
KERNEL_NEEDS = ["ipython", "micropip", "packaging", "matplotlib-inline", "jedi", "parso"]


def normal(name):
    """A package's name as lock files write it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def run(command, folder, failure):
    """Run a program in the folder; if it fails, stop with what it said and the advice."""
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    except FileNotFoundError:
        raise SystemExit(f"{command[0]} is not installed. {failure}") from None
    except subprocess.CalledProcessError as error:
        raise SystemExit(f"{error.stdout}{error.stderr}\n{failure}") from None


def download(command, folder, failure):
    """Run a program that downloads files. The folder gets them when they are complete."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as beside:
        run(command, beside, failure)
        for path in Path(beside).iterdir():
            path.replace(folder / path.name)


def is_whole(package):
    """Is this compressed file there, from its first byte to its last?"""
    try:
        with gzip.open(package) as content:
            while content.read(1_000_000):
                pass
    except (OSError, EOFError, zlib.error):
        return False
    return True


def write_core(folder, cache):
    """Write Python itself into the folder, from npm's package or the cache. Return its lock."""
    package = cache / f"pyodide-{PYODIDE}.tgz"
    if not is_whole(package):
        failure = f"The site needs npm, and from its registry the package pyodide@{PYODIDE}."
        download(["npm", "pack", "--silent", f"pyodide@{PYODIDE}"], cache, failure)
    folder.mkdir(parents=True)
    with tarfile.open(package) as archive:
        for name in CORE:
            (folder / name).write_bytes(archive.extractfile(f"package/{name}").read())
        return json.load(archive.extractfile(f"package/{LOCK}"))


def needs(name):
    """The names of the packages that an installed package needs in the browser."""
    required = [line for line in metadata.requires(name) or [] if "extra ==" not in line]
    names = [normal(re.match(r"[\w.-]+", line)[0]) for line in required]
    return [other for other in names if other not in NOT_IN_THE_BROWSER]


def new_entry(name, imports):
    """An installed package as Pyodide's lock file describes one, still without a file."""
    version = metadata.version(name)
    return {
        "name": name,
        "version": version,
        "imports": imports,
        "depends": needs(name),
        "install_dir": "site",
        "package_type": "package",
        "unvendored_tests": False,
        "file_name": f"{name}-{version}-py3-none-any.whl",
    }


def add_course(packages):
    """Add the course to the lock's packages, and what it needs and the lock lacks."""
    packages[COURSE] = new_entry(COURSE, ["rnnlib"])
    waiting = list(packages[COURSE]["depends"])
    while waiting:
        name = waiting.pop()
        if name not in packages:
            packages[name] = new_entry(name, [name.replace("-", "_")])
            waiting += packages[name]["depends"]


def needed(packages, names):
    """The names of the packages that these need, and they themselves."""
    found, waiting = set(), list(names)
    while waiting:
        name = normal(waiting.pop())
        if name not in found:
            found.add(name)
            waiting += packages[name]["depends"]
    return found


def is_pure(entry):
    return entry["file_name"].endswith("-none-any.whl")


def find_wheel(folder, name, version):
    """The pure wheel of this package and version in the folder, or None."""
    for path in folder.glob("*-none-any.whl"):
        its_name, its_version = path.name.split("-")[:2]
        if (normal(its_name), its_version) == (name, version):
            return path
    return None


def fetch_pure(cache, versions):
    """Download the pure wheels {name: version} that the cache lacks. Return {name: path}."""
    folder = cache / "wheels"
    lacking = [f"{n}=={v}" for n, v in versions.items() if find_wheel(folder, n, v) is None]
    if lacking:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        command += ["--only-binary=:all:", "--platform=any", f"--python-version={PYTHON}"]
        command += ["--implementation=py", "--abi=none", "--dest=.", *lacking]
        download(command, folder, f"The site needs from PyPI: {', '.join(lacking)}.")
    return {name: find_wheel(folder, name, version) for name, version in versions.items()}


def build_course(work):
    """The course's own wheel. Its name holds its sha256, so no browser keeps an old one."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(work)]
    run(command, ROOT, "The course's own wheel could not be built.")
    (wheel,) = work.glob("*.whl")
    name, number, rest = wheel.name.split("-", 2)
    return wheel.rename(work / f"{name}-{number}-0{sha256(wheel.read_bytes())[:8]}-{rest}")


def put_pure(entry, wheel, folder):
    """Put a wheel into the folder, and say in the lock which file it is.

    The sha256 that the lock states for a pure wheel is of no use here. It belongs to the release's
    file, and PyPI's file of the same name has another one. pip compares a download with PyPI's.
    """
    shutil.copy(wheel, folder)
    entry.update(file_name=wheel.name, sha256=sha256(wheel.read_bytes()))


def write(folder, cache, work, source=pyodide_release.ADDRESS):
    """Write Pyodide, every package and the lock file. Return the names of those not reached."""
    lock = write_core(folder, cache)
    packages = lock["packages"]
    add_course(packages)
    wanted = sorted(needed(packages, [COURSE, *KERNEL_NEEDS]))
    lock["packages"] = {name: packages[name] for name in wanted}

    pure = [name for name in wanted if is_pure(packages[name]) and name != COURSE]
    compiled = {name: packages[name] for name in wanted if not is_pure(packages[name])}
    pyodide_release.refuse_an_incomplete_folder(source, compiled.values())

    wheels = fetch_pure(cache, {name: packages[name]["version"] for name in pure})
    for name, wheel in (wheels | {COURSE: build_course(work)}).items():
        put_pure(packages[name], wheel, folder)
    not_reached = [
        name
        for name, entry in compiled.items()
        if not pyodide_release.put(entry, source, cache / "wheels", folder)
    ]
    (folder / LOCK).write_text(json.dumps(lock), encoding="utf-8")
    return not_reached
