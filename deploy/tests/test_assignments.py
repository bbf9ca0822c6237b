"""Writing the assignments: what is read out of a lesson, and what stops with a clear sentence."""

import json
import re
import shutil
from dataclasses import replace

import assignment_notebook
import assignments
import nbformat
import pytest
import submissions
import visible_checks
from grader import hidden
from lesson_exercises import exercises_in
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

PAGE = (submissions.ROOT / "deploy/grading/README.md").read_text(encoding="utf-8")
LESSONS = dict(submissions.lessons())


def lesson(folded="Hint", stub='x = ...\n\n\ncheck("1a.1", x)'):
    words = (
        f"### Exercise 1a.1 · One\n\nDo it.\n\n<details><summary>{folded}</summary>\nH\n</details>"
    )
    cells = [
        new_markdown_cell(words),
        new_code_cell("print('checks')", outputs=[], metadata={}),
        new_code_cell(stub, metadata={"tags": ["exercise"]}),
    ]
    return new_notebook(cells=cells)


# --- Reading a lesson ---


@pytest.mark.parametrize("title", ["Hint", "Second hint", "Hint for the others"])
def test_a_hint_is_known_by_its_title(title):
    (exercise,) = exercises_in(lesson(title))
    assert exercise.hints == ["H"] and exercise.words == "Do it."


@pytest.mark.parametrize("title", ["What is printed", "Answer", "A pint"])
def test_another_folded_part_is_not_taken_for_a_hint(title):
    with pytest.raises(ValueError, match=f"1a.1.*{title}"):
        exercises_in(lesson(title))


def test_a_stub_without_a_check_is_named():
    with pytest.raises(ValueError, match="stub of Exercise 1a.1"):
        exercises_in(lesson(stub="x = ..."))


def test_what_a_cell_prints_belongs_to_an_exercise_only_if_the_table_says_so():
    (exercise,) = exercises_in(lesson())
    assert exercise.printed == [] and exercise.beginning == "print('checks')"
    printed = {e.id: len(e.printed) for found in LESSONS.values() for e in found if e.printed}
    assert printed == {"1a.3": 1, "3.4": 3, "3.5": 1, "5b.3": 2}


# --- Points and limits ---


def test_every_exercise_has_points_and_all_points_an_exercise():
    exercises = [e for found in LESSONS.values() for e in found]
    assert assignments.all_points(exercises)
    with pytest.raises(SystemExit, match="only in the lessons: 11.1"):
        assignments.all_points([*exercises, replace(exercises[0], id="11.1")])
    with pytest.raises(SystemExit, match="only in deploy/grading/points.json: 1a.1"):
        assignments.all_points(exercises[1:])


def test_the_notebook_says_how_long_a_cell_may_take(monkeypatch, tmp_path):
    config = "c = get_config()\nc.GradeOutside.seconds_per_cell = 45\n"
    (tmp_path / "nbgrader_config.py").write_text(config, encoding="utf-8")
    monkeypatch.setattr(assignments, "GRADING", tmp_path)
    path = next((submissions.ROOT / "notebooks").glob("10*.ipynb"))
    notebook = nbformat.read(path, as_version=4)
    made = assignment_notebook.make("10", [], {}, notebook, assignments.seconds_per_cell())
    assert "A cell may take 45 seconds" in made.cells[0].source


# --- The numbers of the hidden tests ---


def test_a_mistake_that_no_test_rejects_is_named(monkeypatch):
    """With an endless search, this would hang."""
    (name, task), *_ = hidden.load("10", None, assignments.CHECKS).items()
    task.mistakes["You did it well"] = task.answer
    monkeypatch.setattr(hidden, "load", lambda *_: {name: task})
    with pytest.raises(SystemExit, match=f"Exercise {name} accepts this mistake: You did it well"):
        assignments.choose_seed(None, ["10"])


def test_a_seed_stays_and_a_new_one_is_announced(monkeypatch, tmp_path, capsys):
    assignments.write_grader(tmp_path, ["10"])
    seed = json.loads((tmp_path / "grader/seed.json").read_text())
    assignments.write_grader(tmp_path, ["10"])
    assert json.loads((tmp_path / "grader/seed.json").read_text()) == seed
    assert capsys.readouterr().out == ""
    monkeypatch.setattr(assignments, "confused_with", lambda s, _: "it is" if s == seed else "")
    assignments.write_grader(tmp_path, ["10"])
    assert json.loads((tmp_path / "grader/seed.json").read_text()) != seed
    assert "Grade again, with --force" in capsys.readouterr().out


def test_an_interrupted_run_leaves_a_folder_that_is_known_again(monkeypatch, tmp_path):
    assignments.write_grader(tmp_path, ["10"])
    seed = (tmp_path / "grader/seed.json").read_text()
    (tmp_path / "grader" / "stale.py").touch()

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(shutil, "copytree", interrupted)
        with pytest.raises(KeyboardInterrupt):
            assignments.write_grader(tmp_path, ["10"])
    assert (tmp_path / "grader/seed.json").read_text() == seed
    assignments.refuse_a_folder_in_use(tmp_path)
    assignments.write_grader(tmp_path, ["10"])
    assert (tmp_path / "grader/seed.json").read_text() == seed
    assert not (tmp_path / "grader" / "stale.py").exists()


# --- The page for lecturers ---


def test_the_page_names_the_exercises_as_they_are():
    is_open = [e.id for found in LESSONS.values() for e in found if e.is_open]
    assert re.search(r"Four exercises are open: (.*)\.\n", PAGE)[1].replace(
        " and", ","
    ) == ", ".join(is_open)
    silent = []
    for name in LESSONS:
        tasks = hidden.load(name.removeprefix("exercises_"), None, assignments.CHECKS)
        for id, task in tasks.items():
            described = visible_checks.describe(task)
            if "judge" not in described and "cases" not in described:
                silent.append(id)
    found = re.search(r"five\s+exercises \(([^)]*)\) even that", PAGE)[1].replace(" and", ",")
    assert found.split(", ") == silent
