"""The course in a home: laid once, renewed where it is unchanged, and never over work."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

FILE = Path(__file__).resolve().parents[1] / "hub" / "lay_course.py"
SPEC = importlib.util.spec_from_file_location("lay_course", FILE)
lay_course = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(lay_course)


@pytest.fixture
def course(tmp_path):
    folder = tmp_path / "course" / "notebooks"
    (folder / "checks").mkdir(parents=True)
    (folder / "a.ipynb").write_text("first version")
    (folder / "checks" / "a.py").write_text("answers = 1")
    (folder / "TEACHING.md").write_text("for lecturers")
    return folder


@pytest.fixture
def home(tmp_path, course):
    folder = tmp_path / "home" / "lived-forwards"
    lay_course.lay(course, folder)
    return folder


def words(folder):
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in folder.rglob("*")
        if path.is_file() and path.name != lay_course.RECORD
    }


def test_everything_for_students_is_laid(home):
    assert words(home) == {"a.ipynb": "first version", "checks/a.py": "answers = 1"}


def test_a_second_time_changes_nothing(course, home):
    before = words(home)
    lay_course.lay(course, home)
    assert words(home) == before


def test_work_stays_while_the_course_stays(course, home):
    (home / "a.ipynb").write_text("work")
    lay_course.lay(course, home)
    assert words(home) == {"a.ipynb": "work", "checks/a.py": "answers = 1"}


def test_an_unchanged_file_follows_the_course(course, home):
    (course / "a.ipynb").write_text("second version")
    (course / "checks" / "a.py").write_text("answers = 2")
    lay_course.lay(course, home)
    assert words(home) == {"a.ipynb": "second version", "checks/a.py": "answers = 2"}


def test_a_new_version_is_laid_beside_work(course, home):
    (home / "a.ipynb").write_text("work")
    (course / "a.ipynb").write_text("second version")
    for _ in range(2):
        lay_course.lay(course, home)
        assert words(home) == {
            "a.ipynb": "work",
            "a (new).ipynb": "second version",
            "checks/a.py": "answers = 1",
        }


def test_work_in_the_new_version_stays_too(course, home):
    (home / "a.ipynb").write_text("work")
    (course / "a.ipynb").write_text("second version")
    lay_course.lay(course, home)
    (home / "a (new).ipynb").write_text("more work")
    (course / "a.ipynb").write_text("third version")
    lay_course.lay(course, home)
    assert words(home)["a.ipynb"] == "work"
    assert words(home)["a (new).ipynb"] == "more work"
    assert words(home)["a (new 2).ipynb"] == "third version"


def test_an_unchanged_new_version_follows_the_course(course, home):
    (home / "a.ipynb").write_text("work")
    for version in ("second version", "third version"):
        (course / "a.ipynb").write_text(version)
        lay_course.lay(course, home)
        assert words(home)["a (new).ipynb"] == version
    assert "a (new 2).ipynb" not in words(home)


def test_a_new_version_that_was_removed_does_not_come_back(course, home):
    (home / "a.ipynb").write_text("work")
    (course / "a.ipynb").write_text("second version")
    lay_course.lay(course, home)
    (home / "a (new).ipynb").unlink()
    lay_course.lay(course, home)
    assert words(home) == {"a.ipynb": "work", "checks/a.py": "answers = 1"}
    (course / "a.ipynb").write_text("third version")
    lay_course.lay(course, home)
    assert words(home)["a (new).ipynb"] == "third version"


def test_a_file_that_cannot_be_laid_does_not_stop_the_others(course, home):
    (home / "a.ipynb").unlink()
    (home / "a.ipynb").mkdir()
    (course / "checks" / "a.py").write_text("answers = 2")
    (refused,) = lay_course.lay(course, home)
    assert refused.startswith("a.ipynb could not be laid")
    assert words(home) == {"checks/a.py": "answers = 2"}


def test_an_interrupted_laying_remembers_what_it_laid(course, home, monkeypatch):
    copy = lay_course.copy

    def copy_until_interrupted(source, target):
        if target.name == "b.py":
            raise KeyboardInterrupt
        copy(source, target)

    (course / "a.ipynb").write_text("second version")
    (course / "checks" / "b.py").write_text("answers = 3")
    monkeypatch.setattr(lay_course, "copy", copy_until_interrupted)
    with pytest.raises(KeyboardInterrupt):
        lay_course.lay(course, home)
    monkeypatch.undo()
    (course / "a.ipynb").write_text("third version")
    lay_course.lay(course, home)
    assert words(home)["a.ipynb"] == "third version", "it was not taken for work"


def test_what_the_course_drops_stays(course, home):
    (course / "a.ipynb").unlink()
    lay_course.lay(course, home)
    assert words(home)["a.ipynb"] == "first version"


def test_who_removes_a_file_begins_anew(course, home):
    (home / "a.ipynb").unlink()
    lay_course.lay(course, home)
    assert words(home)["a.ipynb"] == "first version"


def test_files_of_the_students_own_are_left_alone(course, home):
    (home / "mine.ipynb").write_text("mine")
    lay_course.lay(course, home)
    assert words(home)["mine.ipynb"] == "mine"


@pytest.mark.parametrize("record", ["", "[1, 2]", '"text"', "{"])
def test_without_a_record_work_still_stays(course, home, record):
    (home / lay_course.RECORD).write_text(record)
    (home / "a.ipynb").write_text("work")
    lay_course.lay(course, home)
    assert words(home)["a.ipynb"] == "work"


def test_a_link_in_the_home_is_not_written_through(course, home, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("first version")
    (home / "a.ipynb").unlink()
    (home / "a.ipynb").symlink_to(elsewhere)
    (course / "a.ipynb").write_text("second version")
    lay_course.lay(course, home)
    assert elsewhere.read_text() == "first version"


def test_a_home_that_cannot_be_written_still_gets_a_server(tmp_path):
    (tmp_path / "lived-forwards").write_text("a file where a folder should be")
    done = subprocess.run(
        [sys.executable, FILE, "echo", "server"],
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "server\n"
    assert "could not be laid" in done.stderr
