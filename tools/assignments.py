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
from traitlets.config import PyFileConfigLoader

ROOT = Path(__file__).resolve().parents[1]
GRADING = ROOT / "deploy" / "grading"
CHECKS = ROOT / "notebooks" / "checks"
COURSE_FILES = ("nbgrader_config.py", "platform_files.py", "homes.py")
MOST_SEEDS = 20
sys.path.insert(0, str(GRADING))

import assignment_notebook  # noqa: E402
import visible_checks  # noqa: E402
from grader import hidden  # noqa: E402
from lesson_exercises import assignment_of, exercises_in  # noqa: E402

from rnnlib.lesson.exercises import verdict  # noqa: E402


def refuse_a_folder_in_use(folder):
    """Stop if the folder holds something else than an nbgrader course of this kind."""
    is_empty = not folder.exists() or not any(folder.iterdir())
    if not is_empty and not (folder / "grader" / "seed.json").exists():
        raise SystemExit(f"{folder} holds something else; name an empty folder")


def all_points(exercises):
    """The points of each exercise, as points.json states them. Stop if it names others."""
    points = json.loads((GRADING / "points.json").read_text(encoding="utf-8"))
    for names, where in (
        ({e.id for e in exercises} - points.keys(), "only in the lessons"),
        (points.keys() - {e.id for e in exercises}, "only in deploy/grading/points.json"),
    ):
        if names:
            raise SystemExit(f"These exercises are {where}: {', '.join(sorted(names))}")
    return points


def seconds_per_cell():
    """How long a cell may take when it is graded, as nbgrader_config.py sets it."""
    config = PyFileConfigLoader("nbgrader_config.py", path=str(GRADING)).load_config()
    return config.GradeOutside.seconds_per_cell


def write_assignment(path, notebook, exercises, points, folder):
    """Write one lesson's assignment; path and notebook: the lesson's."""
    place = folder / "source" / assignment_of(path)
    place.mkdir(parents=True)
    name = notebook.cells[0].source.splitlines()[0].removeprefix("# ")
    made = assignment_notebook.make(name, exercises, points, notebook, seconds_per_cell())
    nbformat.write(made, place / f"{place.name}.ipynb")
    shown = hidden.load(lesson_of(path), None, CHECKS)
    visible_checks.write(shown, lesson_of(path), place / "checks", GRADING / "visible.py")


def lesson_of(path):
    """ "01a" for 01a_one_neuron.ipynb."""
    return path.stem.partition("_")[0]


def write_grader(folder, lessons):
    """Copy the grader and the checks, and choose the numbers that the hidden tests are made of."""
    grader, seed_file = folder / "grader", folder / "grader" / "seed.json"
    before = json.loads(seed_file.read_text(encoding="utf-8")) if seed_file.exists() else None
    seed = choose_seed(before, lessons)
    if before not in (None, seed):
        print(
            "The numbers of the hidden tests are new: with those of before, the tests no longer\n"
            "tell right from wrong. Grade again, with --force, what was graded before."
        )
    # seed.json marks the folder as ours, so it is written first and never missing.
    grader.mkdir(parents=True, exist_ok=True)
    seed_file.write_text(json.dumps(seed), encoding="utf-8")
    for path in grader.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path != seed_file:
            path.unlink()
    unwanted = shutil.ignore_patterns("__pycache__")
    shutil.copytree(GRADING / "grader", grader, ignore=unwanted, dirs_exist_ok=True)
    shutil.copytree(CHECKS, grader / "checks", ignore=unwanted)
    for name in COURSE_FILES:
        shutil.copy(GRADING / name, folder)


def choose_seed(seed, lessons):
    """This seed, or another one, with which the tests tell right from wrong."""
    for _ in range(MOST_SEEDS):
        if seed is not None:
            confused = confused_with(seed, lessons)
            if not confused:
                return seed
        seed = secrets.randbelow(2**31)
    raise SystemExit(f"With {MOST_SEEDS} choices of numbers: {confused}")


def confused_with(seed, lessons):
    """What the tests with this seed judge wrongly, in a sentence; "" if there is nothing."""
    for lesson in lessons:
        for name, task in hidden.load(lesson, seed, CHECKS).items():
            if verdict(task, task.answer) != "right.":
                return f"the test of Exercise {name} rejects the course's own answer."
            for hint, mistake in task.mistakes.items():
                if verdict(task, mistake) == "right.":
                    return f"the test of Exercise {name} accepts this mistake: {hint}"
    return ""


def write(folder):
    """Write the course. Returns ({assignment: its exercises}, the points of each exercise)."""
    refuse_a_folder_in_use(folder)
    paths = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))
    notebooks = {path: nbformat.read(path, as_version=4) for path in paths}
    exercises = {path: exercises_in(notebook) for path, notebook in notebooks.items()}
    points = all_points([e for of_lesson in exercises.values() for e in of_lesson])
    exercises = {path: [e for e in found if points[e.id] > 0] for path, found in exercises.items()}
    exercises = {path: found for path, found in exercises.items() if found}
    write_grader(folder, [lesson_of(path) for path in exercises])
    shutil.rmtree(folder / "source", ignore_errors=True)
    for path, found in exercises.items():
        write_assignment(path, notebooks[path], found, points, folder)
    return {assignment_of(path): found for path, found in exercises.items()}, points


def main():
    """Read the command line and write the assignments."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    default = ROOT / "build" / "assignments"
    parser.add_argument("folder", nargs="?", type=Path, default=default)
    folder = parser.parse_args().folder
    written, points = write(folder)
    for name, exercises in written.items():
        total = sum(points[e.id] for e in exercises)
        by_hand = sum(e.is_open for e in exercises)
        graded = f", {by_hand} of them graded by hand" if by_hand else ""
        print(f"{name:15} {len(exercises)} exercises{graded}, {total:g} points")
    print(f"{sum(map(len, written.values()))} exercises in {len(written)} assignments.")
    print(f"The assignments are in {folder}. deploy/grading/README.md says how to go on.")


if __name__ == "__main__":
    main()
