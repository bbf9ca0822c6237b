"""A newcomer's machine: a copy of what make needs, and only the programs that a test gives it."""

import shutil
import subprocess

from support.course import ROOT

COPIED = (
    "Makefile",
    "pyproject.toml",
    "tools/make_venv.sh",
    "deploy/overrides.json",
    "benchmarks/requirements.txt",
)
USUAL_TOOLS = (
    "awk",
    "cat",
    "cp",
    "dirname",
    "grep",
    "head",
    "id",
    "make",
    "mkdir",
    "rm",
    "sh",
)

# This stands for Python. It is new enough, it makes an environment that holds a copy of itself, and
# it writes down what else it is asked to do.
PYTHON = """#!/bin/sh
case "$*" in
  *version_info*) echo True ;;
  "-m venv"*)
    for folder in "$@"; do :; done
    rm -rf "$folder"
    mkdir -p "$folder/bin"
    cp "$0" "$folder/bin/python"
    echo "VIRTUAL_ENV=$(pwd -P)/$folder" > "$folder/bin/activate" ;;
  *) echo "python $*" >> "$CALLS" ;;
esac
"""
UV = """#!/bin/sh
echo "uv $*" >> "$CALLS"
"""
TOO_OLD_A_PYTHON = """#!/bin/sh
case "$*" in --version) echo Python 3.8.18 ;; *) echo False ;; esac
"""
PYTHON_WITHOUT_VENV = """#!/bin/sh
case "$*" in *version_info*) echo True ;; *) echo No module named venv >&2; exit 1 ;; esac
"""
PYTHON_WITHOUT_NETWORK = PYTHON.replace(
    '*) echo "python $*" >> "$CALLS" ;;', '*install*) exit 1 ;;\n  *) echo "python $*" ;;'
)


class Newcomer:
    """Someone who has a copy of the course and types make."""

    def __init__(self, folder):
        self.home = folder / "course"
        self.programs = folder / "bin"
        self.calls = folder / "calls"
        self.programs.mkdir(parents=True)
        for name in COPIED:
            (self.home / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, self.home / name)
        (self.home / "notebooks").mkdir()
        for tool in USUAL_TOOLS:
            (self.programs / tool).symlink_to(shutil.which(tool))

    def has(self, name, script):
        """Give the newcomer a program."""
        (self.programs / name).write_text(script)
        (self.programs / name).chmod(0o755)

    def run(self, *command, **variables):
        """Run a command; return its exit code and all that it printed."""
        self.calls.unlink(missing_ok=True)
        environment = {
            "PATH": str(self.programs),
            "HOME": str(self.home),
            "CALLS": str(self.calls),
        }
        done = subprocess.run(
            command,
            cwd=self.home,
            env=environment | variables,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    def make(self, *arguments, **variables):
        """Run make."""
        return self.run("make", *arguments, **variables)

    def make_venv(self, *arguments, **variables):
        """Run tools/make_venv.sh."""
        return self.run("sh", "tools/make_venv.sh", *arguments, **variables)

    def asked(self):
        """What the programs wrote down during the last run."""
        return self.calls.read_text() if self.calls.exists() else ""
