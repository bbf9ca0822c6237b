"""Every exercise: its answer is right, a wrong term is named, typical mistakes get their hint."""

from dataclasses import replace

import numpy as np
import pytest
from support.course import NOTEBOOKS, PATHS, Lesson, exercise_cells, name_of

from rnnlib import lesson
from rnnlib.lesson.exercises import collect

FEWEST_MISTAKES = 3
CHECKS = sorted((NOTEBOOKS / "checks").glob("lesson*.py"))
NUMBERS = [path.stem.removeprefix("lesson").lstrip("0") for path in CHECKS]
EXERCISES = {id: task for number in NUMBERS for id, task in lesson.exercises_of(number).items()}
COMPUTED = [id for id, task in EXERCISES.items() if task.cases and not task.judge]


def verdict(id, candidate):
    return lesson.verdict(EXERCISES[id], candidate)


@pytest.mark.parametrize("id", EXERCISES)
def test_the_answer_is_right(id):
    assert verdict(id, EXERCISES[id].answer) == "right."


@pytest.mark.parametrize("id", EXERCISES)
def test_an_exercise_knows_typical_mistakes(id):
    assert len(EXERCISES[id].mistakes) >= FEWEST_MISTAKES


@pytest.mark.parametrize("id", EXERCISES)
def test_typical_mistakes_get_their_hint(id):
    for hint, mistake in EXERCISES[id].mistakes.items():
        assert hint in verdict(id, mistake)


def spoil(value, way):
    """A wrong value of the same shape; None if the value is not a number or an array."""
    if isinstance(value, (str, bool, set)):
        return None
    value = np.asarray(value, float)
    return -value if way == "sign" else value * 1.5 + 0.37


def answer_with_one_wrong_term(task, place, way):
    """The right answer as a function, except for the term at `place`."""

    def candidate(*case):
        values = list(collect(replace(task, cases=[case]), task.answer)[0])
        values[place] = spoil(values[place], way)
        return values[0] if len(values) == 1 else tuple(values)

    return candidate


@pytest.mark.parametrize("id", COMPUTED)
@pytest.mark.parametrize("way", ["sign", "size"])
def test_one_wrong_term_is_named(id, way):
    task = EXERCISES[id]
    right = collect(task, task.answer)[0]
    for place, term in enumerate(task.terms):
        wrong = spoil(right[place], way)
        if wrong is not None and np.any(wrong != np.asarray(right[place], float)):
            candidate = answer_with_one_wrong_term(task, place, way)
            assert verdict(id, candidate).startswith(f"{term} is wrong")


@pytest.mark.parametrize("tag", ["exercise", "solution"])
@pytest.mark.parametrize("path", PATHS, ids=name_of)
def test_the_notebook_has_the_exercises_that_its_checks_know(path, tag):
    notebook = Lesson(path)
    known = lesson.exercises_of(notebook.number) if notebook.number in NUMBERS else {}
    assert set(exercise_cells(notebook, tag)) == set(known)
