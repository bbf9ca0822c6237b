"""The students' edition: nothing given away, nothing else lost, and every check answers in it."""

import json
import os
import re
import symtable
import sys
from contextlib import chdir, redirect_stdout
from io import StringIO
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "deploy"))
import student  # noqa: E402

LESSONS = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))
WITH_EXERCISES = [path for path in LESSONS if path.stem != "00_welcome"]


def names_of(path):
    return path.stem


@pytest.fixture(scope="module")
def edition(tmp_path_factory):
    folder = tmp_path_factory.mktemp("handed-out") / "student"
    student.write(folder)
    return folder


def cells(path):
    return nbformat.read(path, as_version=4).cells


def solution(cell):
    return "solution" in cell.metadata.get("tags", [])


def globals_of(source):
    """What a cell defines for those after it, and what it needs from those before it."""
    top = symtable.symtable(source, "cell", "exec")
    defined = {s.get_name() for s in top.get_symbols() if s.is_assigned() or s.is_imported()}
    tables, needed = [top], set()
    while tables:
        table = tables.pop()
        tables += table.get_children()
        needed |= {s.get_name() for s in table.get_symbols() if s.is_referenced() and (table is top or s.is_global())}
    return defined, needed - defined


@pytest.mark.parametrize("path", LESSONS, ids=names_of)
def test_everything_but_solutions_and_outputs_is_there(edition, path):
    ours, theirs = cells(path), cells(edition / "notebooks" / path.name)
    nbformat.validate(nbformat.read(edition / "notebooks" / path.name, as_version=nbformat.NO_CONVERT))
    kept = [cell for cell in ours if not solution(cell)]
    assert [(c.id, c.cell_type, c.source) for c in theirs] == [(c.id, c.cell_type, c.source) for c in kept]
    assert [c.metadata for c in theirs] == [c.metadata for c in kept]
    for cell in theirs:
        assert cell.cell_type != "code" or (cell.outputs == [] and cell.execution_count is None), cell.id


@pytest.mark.parametrize("path", WITH_EXERCISES, ids=names_of)
def test_no_solution_is_left(edition, path):
    theirs = (edition / "notebooks" / path.name).read_text(encoding="utf-8")
    given = [cell for cell in cells(path) if solution(cell)]
    assert len(given) >= 4, "the lecturer's copy has its solutions"
    assert not re.search(r"\bdef solution_|\bsolution_\w+\s*=|nothing has been tried yet", theirs)
    for cell in given:
        assert f'"id": "{cell.id}"' not in theirs
        assert json.dumps(cell.source)[1:-1] not in theirs.replace('",\n    "', "")


@pytest.mark.parametrize("path", LESSONS, ids=names_of)
def test_links_still_lead_somewhere(edition, path):
    for cell in cells(edition / "notebooks" / path.name):
        links = re.findall(r"\]\(([^)\s#]+)(?:#[^)]*)?\)", cell.source) if cell.cell_type == "markdown" else []
        for link in [unquote(link) for link in links if re.search(r"\.(ipynb|py|md)$|^\.", link)]:
            gone_from_ours = not (ROOT / "notebooks" / link).exists()
            assert gone_from_ours or (edition / "notebooks" / link).exists(), f"{cell.id}: {link}"


def needed_cells(code, targets):
    """`targets` and the cells before them that define what they need, in order. The latest definition counts."""
    kept, wanted = set(), [(k, name) for k in targets for name in globals_of(code[k].source)[1]]
    while wanted:
        before, name = wanted.pop()
        makers = [k for k in range(before) if name in globals_of(code[k].source)[0] and not is_stub(code[k])]
        if makers and makers[-1] not in kept:
            kept.add(makers[-1])
            wanted += [(makers[-1], other) for other in globals_of(code[makers[-1]].source)[1]]
    return [code[k] for k in sorted(kept | set(targets))]


def is_stub(cell):
    return "exercise" in cell.metadata.get("tags", [])


@pytest.mark.parametrize("path", WITH_EXERCISES, ids=names_of)
def test_no_lesson_leans_on_a_solution(edition, path):
    """A cell that used what only a solution defines would stop a student's run."""
    defined = set()
    ours = {name for cell in cells(path) if solution(cell) and cell.cell_type == "code" for name in globals_of(cell.source)[0]}
    for cell in cells(edition / "notebooks" / path.name):
        if cell.cell_type == "code":
            made, needed = globals_of(cell.source)
            assert not (needed & ours) - defined - made, cell.id
            defined |= made


@pytest.mark.parametrize("path", WITH_EXERCISES, ids=names_of)
def test_stubs_and_right_answers_are_answered(edition, path, monkeypatch):
    """In the students' folder: each stub as it stands, then the lecturer's solution, with only the cells they need."""
    monkeypatch.setitem(os.environ, "MPLBACKEND", "agg")
    monkeypatch.syspath_prepend(str(edition / "notebooks" / "precompute"))
    code = [cell for cell in cells(path) if cell.cell_type == "code"]
    targets = [k for k, cell in enumerate(code) if is_stub(cell) or solution(cell)]
    chosen, said, space = needed_cells(code, targets), {}, {"__name__": "__main__"}
    with chdir(edition / "notebooks"):
        for cell in chosen:
            heard = StringIO()
            with redirect_stdout(heard):
                exec(compile(cell.source, cell.id, "exec"), space)
            said[cell.id] = heard.getvalue().strip()
    assert sum(map(is_stub, chosen)) >= 4
    for cell in chosen:
        if is_stub(cell):
            assert said[cell.id] == f"Exercise {cell.metadata['exercise']}: nothing has been tried yet."
        elif solution(cell):
            assert said[cell.id].endswith(f"Exercise {cell.metadata['exercise']}: right."), cell.id


def test_the_checks_come_from_the_students_folder(edition):
    """The answers that a check reads are those beside the student's notebook, not the lecturer's."""
    with chdir(edition / "notebooks"):
        from rnnlib import lesson

        read = lesson.exercises_of("1")["1.1"].answer.__code__.co_filename
    assert Path(read).resolve().is_relative_to(edition.resolve())


def test_what_students_get_besides(edition):
    makefile = (edition / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"(?m)^([a-z]+):", makefile)
    assert sorted(targets) == ["clean", "help", "lab", "precompute"]
    assert re.search(r"(?m)^\.PHONY: help (.*)$", makefile)[1].split() == ["clean", "lab", "precompute"]
    assert {path.name for path in edition.iterdir()} == {*student.FILES, "README.md", "rnnlib", "notebooks"}
    assert not list(edition.rglob("TEACHING.md")) and not list(edition.rglob("__pycache__"))
    for name in ("data", "precompute", "checks"):
        ours = {p.name for p in (ROOT / "notebooks" / name).iterdir() if p.is_file()}
        assert ours == {p.name for p in (edition / "notebooks" / name).iterdir() if p.is_file()}


def test_a_second_time_replaces_and_something_else_is_spared(edition, tmp_path):
    stale = edition / "notebooks" / "stale.ipynb"
    stale.touch()
    (edition / ".venv").mkdir()
    student.write(edition)
    assert not stale.exists() and (edition / ".venv").exists()
    (edition / ".venv").rmdir()
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(SystemExit, match="something else"):
        student.write(tmp_path)
    with pytest.raises(SystemExit, match="of its own"):
        student.write(ROOT)
