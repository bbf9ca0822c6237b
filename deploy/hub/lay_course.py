#!/usr/bin/env python3
"""Lay the course into the student's home without overwriting work, then start the server.

    python lay_course.py jupyterhub-singleuser --ip=...

The hub starts each student's server through this program, as the student. It copies the notebooks,
and what lies beside them, from the folder that holds deploy/hub/lay_course.py into
~/lived-forwards. A file that the student has changed stays as it is. A file that is unchanged since
it was laid follows the course. If the course has a new version of a notebook that the student has
changed, the new version is laid beside it once, as "05a_lstm_gates (new).ipynb". If the student has
worked in that one, too, the next version becomes "05a_lstm_gates (new 2).ipynb". Whoever removes
one of the course's own files finds it again at the next start. A file that the course no longer has
stays.

It uses nothing but Python's own modules, and it never keeps the server from starting. A file that
can't be laid doesn't keep the others from being laid.
"""

import hashlib
import itertools
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


def is_changed(target, laid, name):
    """Whether the student has changed a file since it was laid, or has a file of that name."""
    return target.exists() and checksum(target) != laid.get(str(name))


def lay_file(source, folder, name, laid):
    """Lay one file, unless the student has changed it. A new version of a notebook is laid beside.

    laid has the checksum of each file's last version that the student was given, under its name.
    """
    target, wanted = folder / name, checksum(source)
    if target.exists() and checksum(target) == wanted:
        laid[str(name)] = wanted
    elif not is_changed(target, laid, name):
        copy(source, target)
        laid[str(name)] = wanted
    elif name.suffix == ".ipynb" and laid.get(str(name)) != wanted:
        beside = name_beside(folder, name, laid)
        copy(source, folder / beside)
        laid[str(beside)] = laid[str(name)] = wanted


def name_beside(folder, name, laid):
    """The first name for a new version under which no work of the student lies."""
    numbers = itertools.chain([""], (f" {number}" for number in itertools.count(2)))
    names = (name.with_name(f"{name.stem} (new{number}).ipynb") for number in numbers)
    return next(beside for beside in names if not is_changed(folder / beside, laid, beside))


def read_record(folder):
    """What was laid. Without a readable record, every file that differs counts as changed."""
    try:
        return dict(json.loads((folder / RECORD).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def write_record(folder, laid):
    half = folder / f"{RECORD}.half"
    half.write_text(json.dumps(laid, indent=1), encoding="utf-8")
    os.replace(half, folder / RECORD)


def lay(course, folder):
    """Lay all files of the course into the folder; return a sentence for each that was refused."""
    folder.mkdir(parents=True, exist_ok=True)
    laid, refused = read_record(folder), []
    try:
        for name in files_of(course):
            try:
                lay_file(course / name, folder, name, laid)
            except OSError as error:  # a folder of that name, or a file that can't be read
                refused.append(f"{name} could not be laid: {error}")
    finally:
        write_record(folder, laid)
    return refused


def program(name):
    """The program's path: beside the Python that runs this, or by its name."""
    beside = Path(sys.executable).parent / name
    return str(beside) if beside.exists() else name


def main():
    """Lay the course, then become the server."""
    try:
        for sentence in lay(COURSE, Path.home() / FOLDER):
            print(sentence, file=sys.stderr)
    except Exception as error:  # whatever is wrong in a home, its owner needs a server to mend it
        print(f"The course could not be laid into this home: {error}", file=sys.stderr)
    command = sys.argv[1:]
    if command:
        os.execvp(program(command[0]), command)


if __name__ == "__main__":
    main()
