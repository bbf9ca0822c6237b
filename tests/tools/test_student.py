"""The students' edition: nothing given away, nothing else lost, and every check answers in it."""

import json
import os
import re
from contextlib import chdir, redirect_stdout
from io import StringIO
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pytest
import student
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from support.course import NOTEBOOKS, PATHS, ROOT, Lesson, name_of, tags
from support.names import defined_and_needed

WITH_EXERCISES = [path for path in PATHS if path.stem != "00_welcome"]


@pytest.fixture(scope="module")
def edition(tmp_path_factory):
    folder = tmp_path_factory.mktemp("handed-out") / "student"
    student.write(folder)
    return folder


def is_solution(cell):
    return "solution" in tags(cell)


def is_stub(cell):
    return "exercise" in tags(cell)


# What is left out


def test_solutions_and_outputs_go_and_everything_else_stays():
    notebook = new_notebook(
        cells=[
            new_markdown_cell("words", id="words"),
            new_code_cell(
                "1", id="code", execution_count=3, outputs=[new_output("stream", text="1")]
            ),
            new_code_cell("2", id="answer", metadata={"tags": ["solution"]}),
            new_markdown_cell("because", id="model-answer", metadata={"tags": ["solution"]}),
            new_code_cell("3", id="stub", metadata={"tags": ["exercise"], "exercise": "1.1"}),
        ]
    )
    cells = student.for_students(notebook).cells
    assert [cell.id for cell in cells] == ["words", "code", "stub"]
    assert cells[1].outputs == []
    assert cells[1].execution_count is None
    assert cells[2].metadata == {"tags": ["exercise"], "exercise": "1.1"}


@pytest.mark.parametrize("path", PATHS, ids=name_of)
def test_everything_but_solutions_and_outputs_is_there(edition, path):
    theirs = Lesson(edition / "notebooks" / path.name)
    nbformat.validate(theirs.notebook)
    kept = [cell for cell in Lesson(path).cells if not is_solution(cell)]
    assert [c.id for c in theirs.cells] == [c.id for c in kept]
    assert [c.source for c in theirs.cells] == [c.source for c in kept]
    assert [c.metadata for c in theirs.cells] == [c.metadata for c in kept]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in theirs.code)


@pytest.mark.parametrize("path", WITH_EXERCISES, ids=name_of)
def test_no_solution_is_left(edition, path):
    theirs = (edition / "notebooks" / path.name).read_text(encoding="utf-8")
    solutions = [cell for cell in Lesson(path).cells if is_solution(cell)]
    assert solutions, "the lecturer's notebook has its solutions"
    assert not re.search(r"\bdef solution_|\bsolution_\w+\s*=|nothing has been tried yet", theirs)
    for cell in solutions:
        assert f'"id": "{cell.id}"' not in theirs
        assert json.dumps(cell.source)[1:-1] not in theirs.replace('",\n    "', "")


def test_no_plan_of_a_lecture_and_no_leftover_of_a_run_is_handed_out(edition):
    assert not list(edition.rglob("TEACHING.md"))
    assert not list(edition.rglob("__pycache__"))


# What is there


@pytest.mark.parametrize("path", PATHS, ids=name_of)
def test_links_still_lead_somewhere(edition, path):
    for cell in Lesson(edition / "notebooks" / path.name).markdown:
        for link in map(unquote, re.findall(r"\]\(([^)\s#]+)(?:#[^)]*)?\)", cell.source)):
            is_a_file_of_ours = not re.match("https?:", link) and (NOTEBOOKS / link).exists()
            assert not is_a_file_of_ours or (edition / "notebooks" / link).exists(), link


def test_students_get_a_makefile_and_a_readme_of_their_own(edition):
    assert {path.name for path in edition.iterdir()} == {
        "Makefile",
        "README.md",
        "LICENSE",
        "LICENSE-PROSE",
        "pyproject.toml",
        "environment.yml",
        "notebooks",
        "rnnlib",
        "tools",
        "deploy",
        student.MARK,
    }
    for name in ("Makefile", "README.md"):
        assert (edition / name).read_bytes() == (ROOT / "deploy/student" / name).read_bytes()


def test_what_the_students_makefile_names_is_handed_out(edition):
    makefile = (edition / "Makefile").read_text(encoding="utf-8")
    script = (edition / "tools" / "make_venv.sh").read_text(encoding="utf-8")
    assert "tools/make_venv.sh" in makefile
    assert "deploy/overrides.json" in script
    assert (edition / "deploy" / "overrides.json").exists()
    assert (edition / "notebooks" / "00_welcome.ipynb").exists()


@pytest.mark.parametrize("name", ["data", "precompute", "checks", "figures"])
def test_what_lessons_read_is_handed_out(edition, name):
    ours = {path.name for path in (NOTEBOOKS / name).iterdir() if path.is_file()}
    theirs = {path.name for path in (edition / "notebooks" / name).iterdir() if path.is_file()}
    assert ours == theirs


def test_the_checks_come_from_the_students_folder(edition):
    """The answers that a check reads lie beside the student's notebook."""
    with chdir(edition / "notebooks"):
        from rnnlib import lesson

        read = lesson.exercises_of("2a")["2a.1"].answer.__code__.co_filename
    assert Path(read).resolve().is_relative_to(edition.resolve())


# Exercises answer


@pytest.mark.parametrize("path", WITH_EXERCISES, ids=name_of)
def test_no_lesson_needs_a_name_that_only_a_solution_defines(edition, path):
    in_solutions = set()
    for cell in Lesson(path).code:
        if is_solution(cell):
            in_solutions |= defined_and_needed(cell.source)[0]
    defined = set()
    for cell in Lesson(edition / "notebooks" / path.name).code:
        made, needed = defined_and_needed(cell.source)
        assert not (needed & in_solutions) - defined - made, cell.id
        defined |= made


def needed_cells(code, targets):
    """The target cells, and the cells before them that define what they need, in their order.

    The latest definition before a cell counts. `targets` are places in the list `code`.
    """
    kept, wanted = set(targets), list(targets)
    while wanted:
        target = wanted.pop()
        for name in defined_and_needed(code[target].source)[1]:
            maker = last_maker(code[:target], name)
            if maker is not None and maker not in kept:
                kept.add(maker)
                wanted.append(maker)
    return [code[place] for place in sorted(kept)]


def last_maker(code, name):
    """The place of the last cell that defines the name and is not an exercise's stub, or None."""
    for place in reversed(range(len(code))):
        if not is_stub(code[place]) and name in defined_and_needed(code[place].source)[0]:
            return place
    return None


@pytest.mark.parametrize("path", WITH_EXERCISES, ids=name_of)
def test_stubs_and_right_answers_are_answered(edition, path, monkeypatch):
    """Run each stub as it stands and the lecturer's solution, with only the cells they need."""
    monkeypatch.setitem(os.environ, "MPLBACKEND", "agg")
    monkeypatch.syspath_prepend(str(edition / "notebooks" / "precompute"))
    code = Lesson(path).code
    targets = [k for k, cell in enumerate(code) if is_stub(cell) or is_solution(cell)]
    space, answered = {"__name__": "__main__"}, 0
    with chdir(edition / "notebooks"):
        for cell in needed_cells(code, targets):
            with redirect_stdout(StringIO()) as output:
                exec(compile(cell.source, cell.id, "exec"), space)
            said = output.getvalue().strip()
            exercise = cell.metadata.get("exercise")
            if is_stub(cell):
                assert said == f"Exercise {exercise}: nothing has been tried yet."
                answered += 1
            elif is_solution(cell):
                assert said.endswith(f"Exercise {exercise}: right."), cell.id
    assert answered > 0


# Where it is written


def test_a_second_time_replaces_and_leaves_the_environment(edition):
    stale = edition / "notebooks" / "stale.ipynb"
    stale.touch()
    (edition / ".venv").mkdir()
    student.write(edition)
    assert not stale.exists()
    assert (edition / ".venv").exists()
    (edition / ".venv").rmdir()


def test_a_folder_that_holds_something_else_is_spared(tmp_path):
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(SystemExit, match="something else"):
        student.write(tmp_path)


def test_a_clone_of_the_course_is_spared(tmp_path):
    """It has the same files as an edition, and solutions beside."""
    (tmp_path / "notebooks").mkdir()
    welcome = tmp_path / "notebooks" / "00_welcome.ipynb"
    welcome.touch()
    with pytest.raises(SystemExit, match="something else"):
        student.write(tmp_path)
    assert welcome.exists()


def test_an_interrupted_run_can_be_repeated(tmp_path, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(student.shutil, "copytree", interrupted)
        with pytest.raises(KeyboardInterrupt):
            student.write(tmp_path / "edition")
    student.write(tmp_path / "edition")
    assert (tmp_path / "edition" / "notebooks" / "00_welcome.ipynb").exists()


@pytest.mark.parametrize("folder", [ROOT, ROOT.parent])
def test_the_course_itself_is_spared(folder):
    with pytest.raises(SystemExit, match="of its own"):
        student.write(folder)
