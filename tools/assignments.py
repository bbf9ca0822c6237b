"""Write the course's exercises as an nbgrader course: one assignment for each lesson.

    python tools/assignments.py            into build/assignments/
    python tools/assignments.py FOLDER     somewhere else

FOLDER/source/ is what `nbgrader generate_assignment` reads. The hidden tests stand in
FOLDER/grader/, outside of what students get. A second run replaces both, and leaves submissions
and grades alone. deploy/grading/README.md goes on from here.
"""

import argparse
import json
import secrets
import shutil
import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[1]
GRADING = ROOT / "deploy" / "grading"
CHECKS = ROOT / "notebooks" / "checks"
sys.path.insert(0, str(GRADING))

import assignment_notebook  # noqa: E402
import visible_checks  # noqa: E402
from grader import hidden  # noqa: E402
from lesson_exercises import exercises_in  # noqa: E402

from rnnlib.lesson.exercises import verdict  # noqa: E402


def refuse_a_folder_in_use(folder):
    """Stop if the folder holds something else than an nbgrader course of this kind."""
    is_empty = not folder.exists() or not any(folder.iterdir())
    if not is_empty and not (folder / "grader" / "seed.json").exists():
        raise SystemExit(f"{folder} holds something else; name an empty folder")


def all_points():
    """The points of each exercise, as deploy/grading/points.json states them."""
    return json.loads((GRADING / "points.json").read_text(encoding="utf-8"))


def write_assignment(path, points, folder):
    """Write one lesson's assignment. Returns its exercises; none if the lesson has none."""
    notebook = nbformat.read(path, as_version=4)
    exercises = [e for e in exercises_in(notebook) if points.get(e.id, 0) > 0]
    if not exercises:
        return []
    place = folder / "source" / path.stem
    place.mkdir(parents=True)
    name = notebook.cells[0].source.splitlines()[0].removeprefix("# ")
    made = assignment_notebook.make(name, exercises, points, notebook)
    nbformat.write(made, place / f"{path.stem}.ipynb")
    lesson = path.stem.partition("_")[0]
    shown = hidden.load(lesson, None, CHECKS)
    template = GRADING / "visible.py"
    visible_checks.write(shown, lesson, place / "checks", template)
    return exercises


def write_grader(folder, lessons):
    """Copy the grader and the checks, and choose the numbers that the hidden tests are made of."""
    seed_file = folder / "grader" / "seed.json"
    seed = json.loads(seed_file.read_text(encoding="utf-8")) if seed_file.exists() else None
    unwanted = shutil.ignore_patterns("__pycache__")
    shutil.rmtree(folder / "grader", ignore_errors=True)
    shutil.copytree(GRADING / "grader", folder / "grader", ignore=unwanted)
    shutil.copytree(CHECKS, folder / "grader" / "checks", ignore=unwanted)
    shutil.copy(GRADING / "nbgrader_config.py", folder)
    while seed is None or not tells_right_from_wrong(seed, lessons):
        seed = secrets.randbelow(2**31)
    seed_file.write_text(json.dumps(seed), encoding="utf-8")


def tells_right_from_wrong(seed, lessons):
    """Do tests with this seed accept each answer, and reject each typical mistake?"""
    for lesson in lessons:
        for task in hidden.load(lesson, seed, CHECKS).values():
            if verdict(task, task.answer) != "right.":
                return False
            if any(verdict(task, mistake) == "right." for mistake in task.mistakes.values()):
                return False
    return True


def write(folder):
    """Write the course. Returns {assignment: its exercises}."""
    refuse_a_folder_in_use(folder)
    points = all_points()
    shutil.rmtree(folder / "source", ignore_errors=True)
    paths = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))
    written = {path.stem: write_assignment(path, points, folder) for path in paths}
    written = {name: exercises for name, exercises in written.items() if exercises}
    write_grader(folder, [name.partition("_")[0] for name in written])
    return written


def main():
    """Read the command line and write the assignments."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    default = ROOT / "build" / "assignments"
    parser.add_argument("folder", nargs="?", type=Path, default=default)
    folder = parser.parse_args().folder
    points = all_points()
    for name, exercises in write(folder).items():
        total = sum(points[e.id] for e in exercises)
        by_hand = sum(e.is_open for e in exercises)
        graded = f", {by_hand} of them graded by hand" if by_hand else ""
        print(f"{name:40} {len(exercises)} exercises{graded}, {total:g} points")
    print(f"The assignments are in {folder}. deploy/grading/README.md says how to go on.")


if __name__ == "__main__":
    main()
