"""Grading, from `make assignments` to the table of grades, with honest and hostile submissions."""

import os
import re
import shutil
import socket
import subprocess
from pathlib import Path

import nbformat
import pytest
import submissions
from grading_course import (
    BIN,
    FIRST,
    LESSONS,
    POINTS,
    ROOT,
    closed_points,
    contents,
    feedback,
    grades,
    hand_in,
    run,
)

from rnnlib.lesson import exercises_of

SECONDS = 4  # for a cell; a lecturer's setting is 60

pytestmark = pytest.mark.skipif(
    not (BIN / "nbgrader").exists(), reason="needs nbgrader: run sh tools/make_venv.sh grading"
)


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """A course with all assignments released."""
    folder = tmp_path_factory.mktemp("grading") / "course"
    run("python", ROOT / "tools" / "assignments.py", folder, cwd=ROOT)
    run("nbgrader", "generate_assignment", FIRST, cwd=folder)  # as a lecturer does it
    run("python", Path(__file__).with_name("grade_all.py"), "generate_assignment", cwd=folder)
    yield folder
    shutil.rmtree(folder.parent, ignore_errors=True)


@pytest.fixture(scope="module")
def listener():
    """A port of this machine that somebody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


@pytest.fixture(scope="module")
def course(released, listener):
    """The course after grading: four honest students, and the hostile ones of lesson 01a."""
    for name, exercises in LESSONS.items():
        honest = {
            "right": submissions.right(exercises),
            "mistaken": submissions.mistaken(exercises, name),
            "blank": {},
            "broken": submissions.broken(exercises),
        }
        for student, answers in honest.items():
            hand_in(released, student, name, answers)
    for student, (code, _, _) in submissions.HOSTILE.items():
        tests = released / "grader" / "checks" / "lesson01a.py"
        names = f"TESTS, BOOK = {str(tests)!r}, {str(released / 'gradebook.db')!r}\n"
        names += f"PORT = {listener.getsockname()[1]}\n"
        hand_in(released, student, FIRST, submissions.hostile(LESSONS[FIRST], names + code))
    submissions.add_tampered(released, FIRST)
    before = contents(released / "grader")
    driver = Path(__file__).with_name("grade_all.py")
    run("python", driver, "autograde", SECONDS, cwd=released)
    run("python", driver, "generate_feedback", cwd=released)
    run("nbgrader", "export", cwd=released)
    assert contents(released / "grader") == before
    return released


# --- What is released ---


def test_every_exercise_is_in_an_assignment_with_its_points(released):
    found = {}
    for path in (released / "release").glob("*/*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            known = cell.metadata.get("nbgrader", {})
            if known.get("grade"):
                number = known["grade_id"].partition("-")[2].replace("-", ".")
                found[number] = known["points"]
    assert found == POINTS


def test_no_answer_is_in_what_students_get(released):
    for path in (released / "release").rglob("*"):
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            assert "solution_" not in text and "MARK SCHEME" not in text, path
            assert "BY_HAND" not in text and "A model answer" not in text, path
    for name, exercises in LESSONS.items():
        text = "".join(p.read_text() for p in (released / "release" / name).rglob("*.*"))
        for exercise in exercises:
            lines = [line.strip() for line in exercise.solution.splitlines()]
            lines = [line for line in lines if line.count(" ") > 4 and line[:3] != "def"]
            given = str([[e.stub, e.words, e.printed, e.hints] for e in exercises])
            assert not [line for line in lines if line in text and line not in given]


def test_the_visible_check_names_the_wrong_term(released):
    """The student's own copy answers as the lesson does, though it has no answers."""
    code = f"from rnnlib.lesson import check\nimport numpy as np\n{submissions.WRONG}\n"
    code += 'check("1a.2", two_layers_backward)\n'
    code += 'check("1a.1", {"W1": [[1, 1], [1, 1]], "b1": [0, 0], "W2": [[1, -2]], "b2": [0]})\n'
    code += 'check("1a.3", {"A": "dy", "B": "dy", "C": ...})'
    said = run("python", "-c", code, cwd=released / "release" / FIRST)
    assert "The factor 2 of the square is missing" in said
    assert "for the input (0, 1)" in said and "Exercise 1a.3: C is still missing." in said


@pytest.mark.parametrize("name", LESSONS)
def test_the_visible_checks_accept_the_solutions(released, name):
    path = released / "release" / name / f"{name}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    submissions.put(notebook, submissions.right(LESSONS[name]))
    wanted = ("given-", "answer-", "check-")
    cells = [c for c in notebook.cells if c.cell_type == "code" and c.id.startswith(wanted)]
    said = run("python", "-c", "\n\n".join(c.source for c in cells), cwd=path.parent)
    accepted = re.findall(r"Exercise \S+: (?:right\.|everything is filled in)", said)
    assert len(accepted) == sum(not e.is_open for e in LESSONS[name]), said


def test_hidden_tests_use_other_arguments_than_the_visible_ones(released):
    program = (
        "import json, pathlib\nfrom grader import hidden, plain\n"
        "seed = json.loads(pathlib.Path('grader/seed.json').read_text())\n"
        "for path in pathlib.Path('source').glob('*/checks/lesson*.json'):\n"
        "    tasks = hidden.load(path.stem.removeprefix('lesson'), seed)\n"
        "    for name, shown in json.loads(path.read_text()).items():\n"
        "        cases = [plain.encode(tuple(case)) for case in tasks[name].cases]\n"
        "        new = sum(case not in shown['cases'] for case in cases)\n"
        "        assert not cases or 'judge' in shown or new > 0, name"
    )
    run("python", "-c", program, cwd=released)


# --- Honest students ---


@pytest.mark.parametrize("name", LESSONS)
def test_right_answers_get_all_points(course, name):
    assert grades(course)["right", name] == closed_points(name), feedback(course, "right", name)


@pytest.mark.parametrize("name", LESSONS)
def test_a_mistake_costs_points_and_the_feedback_names_it(course, name):
    said = feedback(course, "mistaken", name)
    for id, task in exercises_of(LESSONS[name][0].id.partition(".")[0]).items():
        sentence = re.search(rf"Exercise {id}: (.*?) Out\[1\]", said)[1]
        assert sentence != "right." and "stopped:" not in sentence, sentence
        assert task.judge or next(iter(task.mistakes)) in sentence
    assert grades(course)["mistaken", name] < closed_points(name)


def test_the_feedback_names_the_wrong_term_and_the_typical_mistake(course):
    said = feedback(course, "mistaken", "exercises_05a")
    assert "Exercise 5a.1: dc, da_i, da_f, da_g and dc_prev are wrong" in said
    assert "You left out dc_later" in said
    # One of the six terms, da_o, is right; the others get no points.
    assert "0.67" in said


@pytest.mark.parametrize("student", ["blank", "broken"])
def test_nothing_gets_no_points(course, student):
    points = grades(course)
    assert [points[student, name] for name in LESSONS] == [0] * len(LESSONS)
    word = "nothing has been tried yet" if student == "blank" else "SyntaxError"
    assert all(word in feedback(course, student, name) for name in LESSONS)


def test_points_that_a_notebook_claims_do_not_count(course):
    assert grades(course)["claims-points", FIRST] == 16


def test_open_questions_wait_for_a_person(course):
    path = course / "autograded" / "right" / "exercises_05a" / "exercises_05a.ipynb"
    cells = {c.id: c for c in nbformat.read(path, as_version=4).cells}
    assert cells["answer-5a-4"].source == submissions.ESSAY
    assert "For the grader" in cells["rubric-5a-4"].source
    code = (
        "from nbgrader.api import Gradebook\n"
        "book = Gradebook('sqlite:///gradebook.db')\n"
        "for student in ('right', 'blank'):\n"
        "    grade = book.find_grade('answer-5a-4', *['exercises_05a'] * 2, student)\n"
        "    print(student, grade.needs_manual_grade, grade.auto_score)"
    )
    assert run("python", "-c", code, cwd=course).split("\n")[:2] == [
        "right True None",
        "blank False 0.0",
    ]


# --- Hostile students ---


@pytest.mark.parametrize("student", submissions.HOSTILE)
def test_a_hostile_submission_gets_what_it_earned(course, student):
    _, points, word = submissions.HOSTILE[student]
    said = feedback(course, student, FIRST)
    assert grades(course)[student, FIRST] == points, said[-3000:]
    assert word in said
    assert "WAS READ" not in said and "WAS WRITTEN" not in said and "with_mistake" not in said
    path = course / "autograded" / student / FIRST / f"{FIRST}.ipynb"
    assert path.stat().st_size < 100_000


@pytest.mark.parametrize("student", ["deletes-the-tests", "rewrites-the-tests", "brings-a-link"])
def test_a_changed_notebook_gets_nothing_for_it(course, student):
    assert grades(course)[student, FIRST] == 0
    assert "def with_mistake" not in feedback(course, student, FIRST)
    assert not list((course / "feedback" / student).rglob("link.py"))


@pytest.mark.parametrize("namespaces", [True, False])
def test_processes_that_hold_on_are_ended(namespaces):
    """Also where the system allows no namespaces, as in many containers."""
    code = submissions.HOSTILE["hangs-and-holds-on"][0]
    program = (
        "from grader.process import Ended, StudentProcess\n"
        f"process = StudentProcess(None, 60, True, {namespaces})\nprocess.allow(1)\n"
        f"try:\n    process.ask({{'run': {code!r}}})\nexcept Ended as ended:\n    print(ended)"
    )
    said = run("python", "-c", program, cwd=ROOT / "deploy" / "grading")
    assert "to an end in time" in said


def test_nothing_is_left_behind(course, listener):
    with pytest.raises(BlockingIOError):
        listener.accept()  # nobody came through to the network
    running = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True).stdout
    assert str(course / "grader") not in running and "grading/grader" not in running
    assert not [p for p in Path("/tmp").glob("submission-*") if p.stat().st_uid == os.getuid()]
