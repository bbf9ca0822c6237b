"""From a class's files to submitted/, and the feedback back: homes, and a platform's zip."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pytest
import submissions
from grading_course import BIN, FIRST, LESSONS, ROOT, grades, run

GRADING = ROOT / "deploy" / "grading"
sys.path.insert(0, str(GRADING))

from platform_files import NAMED  # noqa: E402

PAGE = (GRADING / "README.md").read_text(encoding="utf-8")
STUDENT = 4321  # the number of a user who owns the homes, where the tests run as root
IN_ZIP = "/home/me/course 1/downloaded/exercises_01a/extracted/CS101-Exercises 01a-4711"


# --- Homes on a server ---


def as_student(*paths):
    if os.geteuid() == 0:
        for path in paths:
            os.chown(path, STUDENT, STUDENT, follow_symlinks=False)


@pytest.fixture
def server():
    """A folder with the homes of four students, and the folder of the assignments beside them."""
    folder = Path(tempfile.mkdtemp(prefix="server-"))  # pytest's own folders are closed to others
    folder.chmod(0o755)
    (folder / "course").mkdir()
    (folder / "course" / "nbgrader_config.py").touch()
    for name in ("ada", "alan", "kurt", "pipe"):
        home = folder / f"jupyter-{name}"
        place = home / "lived-forwards" / FIRST
        place.mkdir(parents=True)
        as_student(home, home / "lived-forwards", place)
    yield folder
    shutil.rmtree(folder)


def notebook_of(server, name):
    return server / f"jupyter-{name}" / "lived-forwards" / FIRST / f"{FIRST}.ipynb"


def go_through_homes(server, what):
    """Run the command as the page has it, with these homes."""
    command = re.search(rf'^sudo (python3 homes\.py {what} .*?"[^"]*")', PAGE, re.MULTILINE)[1]
    assert "/home/jupyter-{student}" in command
    program, *rest = shlex.split(command.replace("/home", str(server)))
    rest[0] = str(GRADING / rest[0])
    program = shutil.which(program, path="/usr/bin:/bin") or sys.executable
    done = subprocess.run(
        [program, *rest], cwd=server / "course", capture_output=True, text=True, timeout=100
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_notebooks_come_from_the_homes_and_nothing_else_does(server):
    secret = server / "secret"
    secret.write_text("the tests")
    secret.chmod(0)
    notebook_of(server, "ada").write_text("hers")
    as_student(notebook_of(server, "ada"))
    notebook_of(server, "kurt").symlink_to(secret)
    said = go_through_homes(server, "collect")
    (submitted,) = (p for p in (server / "course" / "submitted").rglob("*") if p.is_file())
    assert submitted == server / "course" / "submitted" / "ada" / FIRST / f"{FIRST}.ipynb"
    assert submitted.read_text() == "hers"
    assert f"{FIRST}: fetched from 1 of 4 homes" in said
    assert re.search("alan: .*No such file", said) and re.search("kurt: .*Permission denied", said)


def test_a_pipe_in_a_home_does_not_hold_up_the_others(server, monkeypatch):
    import homes

    monkeypatch.setattr(homes, "SECONDS", 0.5)
    monkeypatch.chdir(server / "course")
    os.mkfifo(notebook_of(server, "pipe"))
    as_student(notebook_of(server, "pipe"))
    with pytest.raises(OSError, match="too long"):
        homes.collect(FIRST, server / "jupyter-pipe", "lived-forwards", "pipe")


def test_feedback_comes_into_the_homes_with_their_owners_rights(server):
    precious = server / "precious"
    precious.write_text("the lecturer's")
    precious.chmod(0o444)
    for name in ("ada", "kurt"):
        page = server / "course" / "feedback" / name / FIRST / f"{FIRST}.html"
        page.parent.mkdir(parents=True)
        page.write_text(f"points of {name}")
    notebook_of(server, "kurt").with_suffix(".html").symlink_to(precious)
    said = go_through_homes(server, "return")
    laid = notebook_of(server, "ada").with_suffix(".html")
    assert laid.read_text() == "points of ada"
    assert laid.stat().st_uid == (STUDENT if os.geteuid() == 0 else os.geteuid())
    assert precious.read_text() == "the lecturer's"
    assert f"{FIRST}: returned to 1 of 4 homes" in said


# --- A zip from a learning platform ---


@pytest.mark.parametrize(
    ("name", "student", "file"),
    [
        ("Ada Lovelace_1234567_assignsubmission_file_/exercises_01a.ipynb", "Ada Lovelace", "01a"),
        ("Ada Lovelace_1234567_assignsubmission_file/exercises_10.ipynb", "Ada Lovelace", "10"),
        ("Ada Lovelace_1234567_assignsubmission_file_exercises_01a.ipynb", "Ada Lovelace", "01a"),
        (
            "Zoë O'Brien-Łuk_1_assignsubmission_file_/exercises_05c (1).ipynb",
            "Zoë O'Brien-Łuk",
            "05c",
        ),
        ("Participant 77_88_assignsubmission_file_/exercises_03.ipynb", "Participant 77", "03"),
        ("Ada_Lovelace_12_assignsubmission_file_/exercises_03.ipynb", "Ada_Lovelace", "03"),
        ("Kurt_9_assignsubmission_file_/exercises_01a/exercises_01a.ipynb", "Kurt", "01a"),
        ("lovelaceada_4711_98765_exercises_01a.ipynb", "4711", "01a"),
        ("lovelaceada_LATE_4711_98765_exercises_01a-2.ipynb", "4711", "01a"),
    ],
)
def test_a_file_of_a_platform_is_known_by_its_name(name, student, file):
    for folder in (IN_ZIP, IN_ZIP.rpartition("/")[0]):  # from the zip, or unpacked by hand
        found = re.match(NAMED, f"{folder}/{name}")
        assert (found["student_id"], found["file_id"]) == (student, f"exercises_{file}")
        assert f"{found['in_zip']}.ipynb" == name


@pytest.mark.parametrize(
    "name",
    [
        "Ada_1_assignsubmission_file_/01a_one_neuron.ipynb",  # the lesson
        "Ada_1_assignsubmission_file_/exercises_01a.html",
        "Ada_1_assignsubmission_file_/x/.ipynb_checkpoints/exercises_01a-checkpoint.ipynb",
        "Ada_1_assignsubmission_file_/__MACOSX/._exercises_01a.ipynb",
        "Ada_1_assignsubmission_onlinetext_/exercises_01a.ipynb",
        "exercises_01a.ipynb",  # whose?
        "my_exercises_01a.ipynb",
    ],
)
def test_another_file_is_left_out(name):
    assert not re.match(NAMED, f"{IN_ZIP}/{name}")


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    folder = tmp_path_factory.mktemp("collecting") / "course"
    run("python", ROOT / "tools" / "assignments.py", folder, cwd=ROOT)
    run("nbgrader", "generate_assignment", FIRST, cwd=folder)
    yield folder
    shutil.rmtree(folder.parent, ignore_errors=True)


def commands_of(heading):
    """The commands of the block below a heading of the page, without their comments."""
    block = re.search(rf"^#+ {heading}\n.*?^```\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)[1]
    return [shlex.split(line, comments=True) for line in block.splitlines()]


@pytest.mark.skipif(not (BIN / "nbgrader").exists(), reason="needs nbgrader")
def test_a_zip_goes_all_the_way_and_back(released):
    """The commands of the page, with a zip as Moodle makes it and one as Canvas does."""
    submissions.hand_in(
        released,
        "written",
        FIRST,
        lambda notebook: submissions.put(notebook, submissions.right(LESSONS[FIRST])),
    )
    written = released / "submitted" / "written" / FIRST / f"{FIRST}.ipynb"
    blank = released / "release" / FIRST / f"{FIRST}.ipynb"
    moodle, canvas = released / "CS101-Exercises 01a-4711.zip", released / "submissions.zip"
    theirs = {
        "Zoë O'Brien-Łuk_1234568_assignsubmission_file_/exercises_01a (1).ipynb": written,
        "Alan Turing_1234569_assignsubmission_file_/01a_one_neuron.ipynb": blank,
        "Emmy Noether_1234570_assignsubmission_file_/exercises_02a.ipynb": blank,
    }
    with zipfile.ZipFile(moodle, "w") as file:
        for name, path in theirs.items():
            file.write(path, name)
    with zipfile.ZipFile(canvas, "w") as file:
        file.write(blank, "hopper_LATE_4712_98766_exercises_01a-2.ipynb")
    shutil.rmtree(released / "submitted")
    make, move, collect = commands_of("From a learning platform")
    afterwards = ["Test and grade", "Feedback and the table", "Back to a learning platform"]
    subprocess.run(make, cwd=released, check=True)
    for file in (moodle, canvas):
        shutil.move(file, released / move[-1])
    said = run(*collect, cwd=released)
    assert said.count("did not match") == 1 and "invalid name 'exercises_02a.ipynb'" in said
    for heading in afterwards:
        for command in commands_of(heading):
            run(*command, cwd=released)
    points = {student: number for (student, _), number in grades(released).items()}
    assert points == {"Zoë O'Brien-Łuk": 16, "4712": 0}
    with zipfile.ZipFile(released / "downloaded" / FIRST / "feedback.zip") as file:
        pages = {name: file.read(name).decode() for name in file.namelist()}
    assert set(pages) == {
        "Zoë O'Brien-Łuk_1234568_assignsubmission_file_/exercises_01a (1).html",
        "hopper_LATE_4712_98766_exercises_01a-2.html",
    }
    assert all("Exercise 1a.2: right." in page for name, page in pages.items() if "Zoë" in name)
