"""What a newcomer meets first: the two commands, the environments, and a README that tells the truth."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
import tomllib
import urllib.error
import urllib.request
from pathlib import Path

import nbformat
import pytest
import yaml
from test_notebooks import COURSE, PATHS

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CONDA_NAMES = {"matplotlib-base": "matplotlib"}
# Stands for Python: new enough, makes an environment that holds itself, and writes down what else it is asked to do.
STANDS_FOR_PYTHON = """#!/bin/sh
case "$*" in
  *version_info*) echo True ;;
  "-m venv"*) mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
  *) echo "python $*" >> "$CALLS" ;;
esac
"""
STANDS_FOR_UV = '#!/bin/sh\necho "uv $*" >> "$CALLS"\n'
TOO_OLD = '#!/bin/sh\ncase "$*" in --version) echo Python 3.8.18 ;; *) echo False ;; esac\n'
WITHOUT_VENV = '#!/bin/sh\ncase "$*" in *version_info*) echo True ;; *) echo No module named venv >&2; exit 1 ;; esac\n'


class Newcomer:
    """A copy of what make needs, on a machine that has the usual tools and only the programs a test gives it."""

    def __init__(self, folder):
        self.home, self.bin, self.calls = folder / "course", folder / "bin", folder / "calls"
        self.bin.mkdir(parents=True)
        (self.home / "notebooks").mkdir(parents=True)
        for name in ("Makefile", "pyproject.toml"):
            shutil.copy(ROOT / name, self.home)
        for tool in ("sh", "awk", "cat", "cp", "head", "id", "make", "mkdir", "rm", "touch"):
            (self.bin / tool).symlink_to(shutil.which(tool))

    def has(self, name, script):
        (self.bin / name).write_text(script)
        (self.bin / name).chmod(0o755)

    def make(self, *arguments, **variables):
        self.calls.unlink(missing_ok=True)
        environment = {"PATH": str(self.bin), "HOME": str(self.home), "CALLS": str(self.calls)} | variables
        done = subprocess.run(
            ["make", *arguments], cwd=self.home, env=environment, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout + done.stderr

    def asked(self):
        return self.calls.read_text() if self.calls.exists() else ""


@pytest.fixture
def newcomer(tmp_path):
    return Newcomer(tmp_path)


def test_make_alone_lists_every_target(newcomer):
    code, printed = newcomer.make()
    listed = re.findall(r"(?m)^make ([a-z]+) +\S.{10,95}$", printed)
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.search(r"(?m)^\.PHONY: (help .*)$", makefile)[1].split()
    assert code == 0
    assert sorted(listed) == sorted(targets) == sorted(re.findall(r"(?m)^([a-z]+):", makefile))


@pytest.mark.parametrize("name", ["python3", "python3.13"])
def test_first_run_installs_and_the_next_does_nothing(newcomer, name):
    newcomer.has(name, STANDS_FOR_PYTHON)
    code, printed = newcomer.make(".venv/ready")
    assert code == 0, printed
    assert re.search(r"(?m)^python -m pip install .*-e \.$", newcomer.asked())
    assert newcomer.make(".venv/ready")[0] == 0
    assert newcomer.asked() == ""


def test_uv_is_used_where_there_is_one(newcomer):
    newcomer.has("python3", STANDS_FOR_PYTHON)
    newcomer.has("uv", STANDS_FOR_UV)
    assert newcomer.make(".venv/ready")[0] == 0
    assert re.search(r"(?m)^uv pip install .*--python \.venv/bin/python -e \.$", newcomer.asked())
    assert "pip install" not in newcomer.asked().replace("uv pip install", "")


def test_named_python_is_the_one_used(newcomer):
    newcomer.has("python3", TOO_OLD)
    newcomer.has("mine", STANDS_FOR_PYTHON)
    assert newcomer.make(".venv/ready", PYTHON="mine")[0] == 0


def test_changed_requirements_or_a_moved_folder_install_again(newcomer):
    newcomer.has("python3", STANDS_FOR_PYTHON)
    newcomer.make(".venv/ready")
    os.utime(newcomer.home / "pyproject.toml", (time.time() + 60, time.time() + 60))
    assert newcomer.make("-q", ".venv/ready")[0] == 1
    os.utime(newcomer.home / "pyproject.toml", (1, 1))
    assert newcomer.make("-q", ".venv/ready")[0] == 0
    newcomer.home = newcomer.home.rename(newcomer.home.with_name("moved"))
    assert newcomer.make("-q", ".venv/ready")[0] == 1


@pytest.mark.parametrize("named", [{}, {"PYTHON": "python3"}])
def test_too_old_a_python_is_told_what_to_do(newcomer, named):
    newcomer.has("python3", TOO_OLD)
    code, printed = newcomer.make("lab", **named)
    assert code != 0
    assert "needs Python 3.11 or newer, and found Python 3.8.18" in printed
    assert "PYTHON=" in printed and not (newcomer.home / ".venv").exists()


def test_a_python_without_venv_is_told_what_to_do(newcomer):
    newcomer.has("python3", WITHOUT_VENV)
    code, printed = newcomer.make("lab")
    assert code != 0
    assert "venv module is missing" in printed and "apt install python3-venv" in printed


def test_options_are_passed_on(newcomer):
    for target in ("lab", "test", "notebooks", "latency"):
        assert "--an-option" in newcomer.make("-n", target, "ARGS=--an-option")[1].splitlines()[-1], target


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answer(url):
    with urllib.request.urlopen(url, timeout=30) as response:
        return response.read()


@pytest.mark.slow
def test_make_lab_serves_the_course(tmp_path):
    """The real thing: on this machine only, with its token, at the welcome page, on the next port if one is taken."""
    if subprocess.run(["make", "-q", ".venv/ready"], cwd=ROOT, check=False, capture_output=True).returncode:
        pytest.skip("there is no environment that make lab would start from; make test makes one")
    with socket.create_server(("127.0.0.1", free_port())) as taken:
        port = taken.getsockname()[1]
        folders = ("JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR")
        environment = os.environ | {name: str(tmp_path / name) for name in folders}
        log = (tmp_path / "log").open("w+")
        server = subprocess.Popen(
            ["make", "lab", f"ARGS=--no-browser --port={port}"], cwd=ROOT, env=environment,
            stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        try:
            found, end = None, time.monotonic() + 120
            while not found and time.monotonic() < end and server.poll() is None:
                time.sleep(0.2)
                found = re.search(r"http://127\.0\.0\.1:(\d+)(/\S*)\?token=(\w{40,})", (tmp_path / "log").read_text())
            assert found, (tmp_path / "log").read_text()
            served, page, token = found.groups()
            home = f"http://127.0.0.1:{served}"
            assert int(served) != port and page == "/lab/tree/00_welcome.ipynb"
            assert b"JupyterLab" in answer(f"{home}{page}?token={token}")
            listing = json.loads(answer(f"{home}/api/contents?token={token}"))["content"]
            assert "00_welcome.ipynb" in [entry["name"] for entry in listing]
            setting = "@jupyterlab/apputils-extension:notification"
            news = json.loads(answer(f"{home}/lab/api/settings/{setting}?token={token}"))["schema"]["properties"]
            assert news["fetchNews"]["default"] == "false", "a learner is asked about news first"
            with pytest.raises(urllib.error.HTTPError, match="403"):
                answer(f"{home}/api/contents")
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(30)
            log.close()


# The environments


def parted(requirement):
    return re.fullmatch(r"([\w-]+)(.*)", requirement.replace(" ", "")).groups()


def test_conda_users_get_the_same_packages():
    given = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    packages = dict(parted(entry) for entry in given if isinstance(entry, str))
    python = packages.pop("python")
    assert packages.pop("pip") == ""
    assert {CONDA_NAMES.get(name, name): bound for name, bound in packages.items()} == dict(
        map(parted, PROJECT["dependencies"])
    )
    assert re.fullmatch(r"=3\.\d+", python), "Binder reads one version, not a range"
    lowest = re.fullmatch(r">=3\.(\d+)", PROJECT["requires-python"])[1]
    assert int(python.removeprefix("=3.")) >= int(lowest)
    assert {"pip": ["--editable ."]} in given


def test_the_makefile_asks_for_the_same_python():
    major, minor = re.fullmatch(r">=(\d+)\.(\d+)", PROJECT["requires-python"]).groups()
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert f"version_info >= ({major}, {minor})" in makefile and f"Python {major}.{minor} or newer" in makefile
    assert f"Python {major}.{minor} or newer" in README


# README.md


def test_readme_lists_every_lesson_with_its_minutes():
    rows = dict(re.findall(r"\]\(notebooks/(\w+)\.ipynb\) *\|.*\| *(\d+) *\|", README))
    assert list(rows) == COURSE
    for path in PATHS:
        minutes = re.search(r"\b(\d+) minutes\b", nbformat.read(path, as_version=4).cells[0].source)[1]
        assert rows[path.stem] == minutes, path.stem


def test_readme_names_what_is_there():
    for target in re.findall(r"\]\(([^)#]+)\)", README) + re.findall(r"<img[^>]*src=\"([^\"]+)\"", README):
        planned = target.removeprefix("notebooks/").removesuffix(".ipynb") in COURSE
        assert re.match("https?:", target) or (ROOT / target).exists() or planned, target
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for command in re.findall(r"(?m)(?:`|^)(?:PYTHON=\S+ )?make ([a-z]+)", README):
        assert re.search(rf"(?m)^{command}:", makefile), command


def test_readme_knows_every_file_of_rnnlib_and_its_size():
    rows = dict(re.findall(r"(?m)^\| `(\w+\.(?:py|js|css))` \| *(\d+) \|", README))
    sizes = {
        path.name: len(path.read_text(encoding="utf-8").splitlines())
        for path in (ROOT / "rnnlib").iterdir()
        if path.suffix in (".py", ".js", ".css") and path.stem != "__init__"
    }
    assert set(rows) == set(sizes)
    far_off = {name: size for name, size in sizes.items() if abs(int(rows[name]) - size) > max(10, size / 10)}
    assert not far_off, "README.md gives sizes to about a tenth"
