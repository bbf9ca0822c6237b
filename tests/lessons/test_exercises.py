"""Every exercise of the course: its answer is right, each single wrong term is named, each typical mistake meets its hint."""

from dataclasses import replace
from pathlib import Path

import nbformat
import numpy as np
import pytest

from rnnlib import lesson
from rnnlib.lesson.exercises import collect

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
LESSONS = sorted(path.stem.removeprefix("lesson").lstrip("0") for path in (NOTEBOOKS / "checks").glob("lesson*.py"))
TASKS = {id: task for number in LESSONS for id, task in lesson.exercises_of(number).items()}


def verdict(id, candidate):
    return lesson.verdict(TASKS[id], candidate)


@pytest.mark.parametrize("id", TASKS)
def test_the_answer_is_right(id):
    assert verdict(id, TASKS[id].answer) == "right."


@pytest.mark.parametrize("id", TASKS)
def test_typical_mistakes_meet_their_hints(id):
    task = TASKS[id]
    assert len(task.mistakes) >= 3, "name at least three typical mistakes"
    for hint, mistake in task.mistakes.items():
        assert hint in verdict(id, mistake)


def spoil(value, way):
    if isinstance(value, (str, bool, set)):
        return None
    value = np.asarray(value, float)
    return -value if way == "sign" else value * 1.5 + 0.37


@pytest.mark.parametrize("id", [id for id, task in TASKS.items() if task.cases and not task.judge])
@pytest.mark.parametrize("way", ["sign", "size"])
def test_one_wrong_term_is_named(id, way):
    task = TASKS[id]
    for k, term in enumerate(task.terms):

        def candidate(*case, k=k):
            values = list(collect(replace(task, cases=[case]), task.answer)[0])
            values[k] = spoil(values[k], way)
            return values[0] if len(values) == 1 else tuple(values)

        right = collect(task, task.answer)[0][k]
        if spoil(right, way) is not None and np.any(spoil(right, way) != np.asarray(right, float)):
            assert verdict(id, candidate).startswith(f"{term} is wrong")


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("[0-9]*.ipynb")), ids=lambda path: path.stem)
def test_every_exercise_has_a_stub_and_a_folded_solution(path):
    cells = nbformat.read(path, 4).cells
    printed = ["".join(o.get("text", "") for o in cell.get("outputs", []) if o.output_type == "stream") for cell in cells]
    stubs, solutions = {}, {}
    for cell, said in zip(cells, printed):
        tags = cell.metadata.get("tags", [])
        if cell.cell_type == "code" and "exercise" in tags:
            stubs[cell.metadata["exercise"]] = said
        if cell.cell_type == "code" and "solution" in tags:
            assert cell.metadata.get("jupyter", {}).get("source_hidden"), f"{cell.id} must be folded"
            solutions[cell.metadata["exercise"]] = said
    number = path.stem.split("_")[0].lstrip("0")
    if number in LESSONS:
        assert set(stubs) == set(solutions) == set(lesson.exercises_of(number)) and 4 <= len(stubs) <= 6
    for id in stubs:
        assert stubs[id].strip() == f"Exercise {id}: nothing has been tried yet."
        assert solutions[id].strip().endswith(f"Exercise {id}: right.")
