#!/usr/bin/env python3
"""Lay the course into the student's home without overwriting work, then start the server.

    python lay_course.py jupyterhub-singleuser --ip=...

The hub starts each student's server through this program, as the student. It copies the notebooks,
and what lies beside them, from the folder that holds deploy/hub/lay_course.py into
~/lived-forwards. A file that the student has changed stays as it is. A file that is unchanged since
it was laid follows the course. If the course has a new version of a notebook that the student has
changed, the new version is laid beside it, as "05a_lstm_gates (new).ipynb". Whoever removes a file
finds the course's version at the next start.

It uses nothing but Python's own modules, and it never keeps the server from starting.
"""

import hashlib
import json
import os
import shutil
import sys
from pathlib import Path

COURSE = Path(__file__).resolve().parents[2] / "notebooks"
FOLDER = "lived-forwards"  # in the home
RECORD = ".laid.json"  # in FOLDER: which version of each file was laid, by its checksum
LEFT_OUT = {"__pycache__", ".ipynb_checkpoints", "TEACHING.md"}


def checksum(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def files_of(course):
    """The course's files, as paths relative to it."""
    for path in sorted(course.rglob("*")):
        name = path.relative_to(course)
        if path.is_file() and not LEFT_OUT & set(name.parts):
            yield name


def copy(source, target):
    """Copy a file so that it is there completely or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_name(f".{target.name}.half")
    shutil.copyfile(source, half)
    os.replace(half, target)


def lay_file(source, folder, name, laid):
    """Lay one file; return whether the student has it now in the course's version."""
    target, wanted = folder / name, checksum(source)
    if target.exists():
        there = checksum(target)
        changed_by_student = there not in (wanted, laid.get(str(name)))
        if changed_by_student:
            return laid.get(str(name)) == wanted
        if there == wanted:
            laid[str(name)] = wanted
            return True
    copy(source, target)
    laid[str(name)] = wanted
    return True


def read_record(folder):
    """What was laid. Without a readable record, every file that differs counts as changed."""
    try:
        return dict(json.loads((folder / RECORD).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def lay(course, folder):
    """Lay all files of the course into the folder."""
    laid = read_record(folder)
    for name in files_of(course):
        is_new_version = not lay_file(course / name, folder, name, laid)
        if is_new_version and name.suffix == ".ipynb":
            beside = name.with_name(f"{name.stem} (new).ipynb")
            lay_file(course / name, folder, beside, laid)
    half = folder / f"{RECORD}.half"
    half.write_text(json.dumps(laid, indent=1), encoding="utf-8")
    os.replace(half, folder / RECORD)


def program(name):
    """The program's path: beside the Python that runs this, or by its name."""
    beside = Path(sys.executable).parent / name
    return str(beside) if beside.exists() else name


def main():
    """Lay the course, then become the server."""
    try:
        lay(COURSE, Path.home() / FOLDER)
    except Exception as error:  # whatever is wrong in a home, its owner needs a server to mend it
        print(f"The course could not be laid into this home: {error}", file=sys.stderr)
    command = sys.argv[1:]
    if command:
        os.execvp(program(command[0]), command)


if __name__ == "__main__":
    main()
