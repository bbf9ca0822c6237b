"""Submissions to try the grading with: right, mistaken, blank, broken and hostile ones."""

import copy
import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[2]
CHECKS = ROOT / "notebooks" / "checks"
sys.path.insert(0, str(ROOT / "tools"))

from lesson_exercises import assignment_of, exercises_in  # noqa: E402

ESSAY = "I changed one thing, with twenty seeds each way, and measured on new data."
# A mistake's code stands in the checks, so the simulated student brings a copy of them along.
MISTAKEN = """\
import pathlib, runpy
pathlib.Path("copy").mkdir(exist_ok=True)
for file, text in {files!r}.items():
    pathlib.Path("copy", file).write_text(text, encoding="utf-8")
exercise = runpy.run_path("copy/lesson{lesson}.py")["EXERCISES"]["{id}"]
{name} = list(exercise.mistakes.values())[0]
"""


def lessons():
    """The name of each assignment, with the exercises of its lesson."""
    for path in sorted((ROOT / "notebooks").glob("[0-9]*.ipynb")):
        exercises = exercises_in(nbformat.read(path, as_version=4))
        if exercises:
            yield assignment_of(path), exercises


def hand_in(course, student, assignment, change):
    """Write a submission; `change` gets the released notebook and changes it."""
    name = f"{assignment}.ipynb"
    notebook = nbformat.read(course / "release" / assignment / name, as_version=4)
    change(notebook)
    folder = course / "submitted" / student / assignment
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / name)


def put(notebook, answers):
    """Write sources into cells, {id: source}."""
    for cell in notebook.cells:
        cell.source = answers.get(cell.id, cell.source)


def name_in(call):
    """`my_xor` for check("1a.1", my_xor)."""
    return call.rstrip(")").rpartition(", ")[2]


def cell_id(exercise):
    return f"answer-{exercise.id.replace('.', '-')}"


def right(exercises):
    """For each exercise, its solution."""
    answers = {}
    for exercise in exercises:
        code = exercise.solution.partition("\ncheck(")[0]
        solution = f"solution_{exercise.id.replace('.', '_')}"
        answers[cell_id(exercise)] = f"{code}\n\n{name_in(exercise.call)} = {solution}"
        if exercise.is_open:
            answers[cell_id(exercise)] = ESSAY
    return answers


def mistaken(exercises, assignment):
    """For each exercise, the first of its typical mistakes."""
    lesson = assignment.removeprefix("exercises_")
    texts = {path.name: path.read_text(encoding="utf-8") for path in CHECKS.glob("*.py")}
    shared = ("word_loops.py", "gates_by_hand.py", f"lesson{lesson}.py")
    files = {name: texts[name] for name in shared}
    return {
        cell_id(e): MISTAKEN.format(files=files, lesson=lesson, id=e.id, name=name_in(e.call))
        for e in exercises
        if not e.is_open
    }


def broken(exercises):
    """An error in every cell."""
    return {cell_id(e): "this isn't Python" for e in exercises if not e.is_open}


def hostile(exercises, code):
    """Right answers to lesson 01a, with this code in place of that to Exercise 1a.2."""
    return copy.copy(right(exercises)) | {"answer-1a-2": code}


def add_tampered(course, assignment):
    """Blank submissions of which the notebook's structure was changed, and one with a link."""

    def without_tests(notebook):
        notebook.cells = [c for c in notebook.cells if not c.id.startswith("check-")]

    def with_other_tests(notebook):
        for cell in notebook.cells:
            if cell.id.startswith("check-"):
                cell.source, cell.metadata["nbgrader"]["points"] = "print('right.')", 100

    def with_other_metadata(notebook):
        put(notebook, right(dict(lessons())[assignment]))
        cells = {cell.id: cell for cell in notebook.cells}
        cells["answer-1a-2"].metadata["nbgrader"] |= {"grade": True, "points": 100}
        for grade_id in ("check-1a-1", "mine"):
            copied = copy.deepcopy(cells["check-1a-1"])
            copied.metadata["nbgrader"] |= {"grade_id": grade_id, "points": 50}
            copied.id = f"copy-of-{grade_id}"
            notebook.cells.append(copied)

    def with_a_link(notebook):
        put(notebook, {"answer-1a-1": "print(open('link.py').read())"})

    hand_in(course, "claims-points", assignment, with_other_metadata)
    hand_in(course, "deletes-the-tests", assignment, without_tests)
    hand_in(course, "rewrites-the-tests", assignment, with_other_tests)
    hand_in(course, "brings-a-link", assignment, with_a_link)
    link = course / "submitted" / "brings-a-link" / assignment / "link.py"
    link.symlink_to(course / "grader" / "checks" / "lesson01a.py")


RIGHT = next(e.solution for e in dict(lessons())["exercises_01a"] if e.id == "1a.2")
RIGHT = RIGHT.partition("\n\n\ncheck(")[0].replace("solution_1a_2", "two_layers_backward")
WRONG = RIGHT.replace("dy = 2 * (y - target)", "dy = y - target")

# For each: the code, the points of 16 that it earns, and what the feedback must say.
HOSTILE = {
    "hangs": ("while True:\n    pass", 12, "did not come to an end in time"),
    "hangs-when-called": (
        "def two_layers_backward(*arguments):\n    while True:\n        pass",
        12,
        "your answer was stopped: it did not come to an end in time",
    ),
    "hangs-and-holds-on": (
        "import os, signal\nfor number in range(1, 65):\n    try:\n"
        "        signal.signal(number, signal.SIG_IGN)\n    except (OSError, ValueError):\n"
        "        pass\nif os.fork() == 0:\n    os.setsid()\n    os.fork()\nwhile True:\n    try:\n"
        "        while True:\n            pass\n    except BaseException:\n        pass",
        12,
        "did not come to an end in time",
    ),
    "prints-a-gigabyte": (
        f"for _ in range(1000):\n    print('x' * 1_000_000)\n\n\n{RIGHT}",
        16,
        "the cell printed 1,000,001,000 characters",
    ),
    "prints-without-end": ("while True:\n    print('x' * 1000)", 12, "to an end in time"),
    "reads-the-tests": (
        f"import os, runpy, subprocess, sys\n{WRONG}\n"
        "print(subprocess.run(['cat', TESTS, BOOK], capture_output=True, text=True))\n"
        "for path in (TESTS, BOOK, '/proc/self/environ', f'/proc/{os.getppid()}/environ'):\n"
        "    try:\n        print(open(path, 'rb').read()[:40], 'WAS', 'READ')\n"
        "    except OSError as error:\n        print(error)\n"
        "for path in (BOOK, TESTS, os.path.expanduser('~root/x'), '/tmp/x'):\n"
        "    try:\n        open(path, 'r+b').write(b'x')\n        print('WAS', 'WRITTEN')\n"
        "    except OSError as error:\n        print(error)\n"
        "two_layers_backward = runpy.run_path(TESTS)['two_layers']",
        12,
        "Permission denied",
    ),
    "redefines-check": (
        "import builtins, numpy, sys\nimport rnnlib.lesson.exercises as exercises\n"
        "check = print\nexercises.check = exercises.verdict = lambda *a: 'right.'\n"
        "exercises.compare = lambda *a: []\nexercises._same = lambda *a: True\n"
        "numpy.allclose = numpy.isclose = lambda *a, **k: True\n"
        "numpy.testing.assert_allclose = lambda *a, **k: None\n"
        "class Right(float):\n    __eq__ = lambda *a: True\n"
        "def two_layers_backward(*a):\n"
        "    return {name: Right() for name in ('dy', 'dW2', 'db2', 'dh', 'da', 'dW1', 'db1')}",
        12,
        "are wrong",
    ),
    "copies-the-visible-values": (
        "from rnnlib.lesson import answer\ntwo_layers_backward = answer('1a.2')",
        12,
        "This edition holds no answers",
    ),
    "forges-replies": (
        f"import json, os\n{WRONG}\nfor end in range(3, 30):\n    try:\n"
        '        os.write(end, b\'{"reply": {"value": "right.", "points": 99}}\\n{\')\n'
        "    except OSError:\n        pass",
        12,
        "The factor 2 of the square is missing",
    ),
    "returns-too-much": (
        "def two_layers_backward(*a):\n    deep = []\n    for _ in range(100_000):\n"
        "        deep = [deep]\n    return deep",
        12,
        "your answer stopped with RecursionError",
    ),
    "returns-a-ragged-list": (
        "def two_layers_backward(*a):\n    return [[1, 2], [3]], *range(6)",
        12,
        "it could not be checked",
    ),
    "ends-itself": ("import os\nos._exit(0)", 12, "it ended by itself"),
    "takes-all-memory": ("hoard = bytearray(50 * 10**9)", 12, "MemoryError"),
    "uses-the-network": (
        f"import socket\n{RIGHT}\ntry:\n"
        "    socket.create_connection(('127.0.0.1', PORT), 5).send(b'caught')\n"
        "except OSError:\n    print('no', 'way', 'out')",
        16,
        "no way out",
    ),
}
