"""What the tests of grading share: running nbgrader's programs, and reading what they write."""

import csv
import html
import json
import os
import re
import subprocess

import submissions

ROOT = submissions.ROOT
BIN = ROOT / ".venv-grading" / "bin"
POINTS = json.loads((ROOT / "deploy/grading/points.json").read_text(encoding="utf-8"))
LESSONS = dict(submissions.lessons())
FIRST = "exercises_01a"


def run(*command, cwd):
    """Run a program of the grading environment; show what it printed if it fails."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    environment["PATH"] = f"{BIN}:{environment['PATH']}"
    command = [str(BIN / command[0]), *map(str, command[1:])]
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def hand_in(course, student, assignment, answers):
    def fill_in(notebook):
        submissions.put(notebook, answers)

    submissions.hand_in(course, student, assignment, fill_in)


def contents(folder):
    files = (p for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts)
    return {path: path.read_bytes() for path in files}


def grades(course):
    """{(student, assignment): points}, from the table."""
    with open(course / "grades.csv", newline="", encoding="utf-8") as file:
        return {
            (row["student_id"], row["assignment"]): float(row["raw_score"] or 0)
            for row in csv.DictReader(file)
        }


def feedback(course, student, assignment):
    """The text of the feedback in one line, without HTML's signs."""
    path = course / "feedback" / student / assignment / f"{assignment}.html"
    text = html.unescape(re.sub("<[^>]*>", "", path.read_text(encoding="utf-8")))
    return " ".join(text.split())


def closed_points(name):
    return sum(POINTS[e.id] for e in LESSONS[name] if not e.is_open)
