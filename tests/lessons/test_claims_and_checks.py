"""`claim` and `check`: what they print, and that `check` never raises an error at a student."""

import json
import sys

import numpy as np
import pytest

from rnnlib.lesson import Exercise, check, claim, exercises_of

RNG = np.random.default_rng(0)
PRODUCT = Exercise(
    terms=("da", "db"),
    answer=lambda a, b: (b.copy(), a.copy()),
    cases=[(RNG.normal(size=3), RNG.normal(size=3))],
    hint="Hold one factor still.",
    mistakes={"The factors are swapped.": lambda a, b: (a, b)},
)
HALF = Exercise(terms=("f",), answer=0.5, hint="Halve.")
CHECKS_OF_LESSON_05A = """
from rnnlib.lesson import Exercise
EXERCISES = {'5a.1': Exercise(('f',), 2, 'Count.')}
"""


@pytest.fixture
def ask(monkeypatch, capsys):
    """A function that asks `check` about an answer and returns what it prints.

    The exercises are those of a made-up lesson 3: 3.1 asks for a function and 3.2 for a number.
    """
    made_up = {"3.1": PRODUCT, "3.2": HALF}
    monkeypatch.setattr("rnnlib.lesson.exercises.exercises_of", lambda number: made_up)

    def ask(candidate, exercise="3.1"):
        check(exercise, candidate)
        return capsys.readouterr().out.strip()

    return ask


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A folder with two claims and one lesson's exercises, in which a notebook could run."""
    claims = {"C7": "Context units help.", "C12": "Squashing helps."}
    (tmp_path / "claims.json").write_text(json.dumps(claims), encoding="utf-8")
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks" / "lesson05a.py").write_text(CHECKS_OF_LESSON_05A, encoding="utf-8")
    monkeypatch.chdir(tmp_path)


# Claims


def test_a_claim_is_printed_in_words_above_what_was_measured(course, capsys):
    claim("C12", True, "≈ 0.3 of it.")
    assert capsys.readouterr().out == "C12  Squashing helps.\n     Holds here: ≈ 0.3 of it.\n"


def test_a_claim_that_does_not_hold_says_so(course, capsys):
    claim("C7", np.bool_(False), "≈ 0.5 without.")
    printed = capsys.readouterr().out
    assert printed == "C7   Context units help.\n     Does not hold here: ≈ 0.5 without.\n"


@pytest.mark.parametrize("id", ["12", "C99", None])
def test_a_claim_without_words_is_refused(course, id):
    with pytest.raises(ValueError, match=r"id must be a claim in claims.json, such as 'C12'; got"):
        claim(id, True, "")


def test_a_claim_needs_a_truth_value(course):
    with pytest.raises(ValueError, match=r"holds must be True or False; got 0.3"):
        claim("C12", 0.3, "")


# Where the exercises are


def test_exercises_stand_beside_the_notebook(course):
    assert list(exercises_of("5a")) == ["5a.1"]


def test_check_finds_the_exercises_beside_the_notebook(course, capsys):
    check("5a.1", 2)
    assert capsys.readouterr().out == "Exercise 5a.1: right.\n"


def test_a_lesson_without_exercises_is_named(course, capsys):
    check("9.1", 2)
    assert "checks/lesson09.py must stand beside the notebook" in capsys.readouterr().out


# What check says


@pytest.mark.parametrize(
    "answer",
    [lambda a, b: (b, a), lambda a, b: {"db": a, "da": b}],
    ids=["tuple", "dict"],
)
def test_a_right_answer_is_right(ask, answer):
    assert ask(answer) == "Exercise 3.1: right."


def test_a_typical_mistake_gets_its_own_hint(ask):
    said = ask(lambda a, b: (a, b))
    assert said == "Exercise 3.1: da and db are wrong. The factors are swapped."


def test_another_mistake_gets_the_general_hint(ask):
    said = ask(lambda a, b: (-b, a))
    assert said == "Exercise 3.1: da is wrong, db is right. Hold one factor still."


def test_a_wrong_shape_is_named(ask):
    said = ask(lambda a, b: (b, a[:2]))
    assert said.startswith("Exercise 3.1: db is wrong, da is right. db should have the shape (3,)")


def test_a_missing_term_is_named_after_the_given_ones_are_judged(ask):
    said = ask(lambda a, b: (b, None))
    assert said == "Exercise 3.1: da is right; db is still missing."
    said = ask(lambda a, b: {"db": b})
    assert said == "Exercise 3.1: db is wrong; da is still missing."


def test_a_missing_term_is_named_if_the_terms_are_not_as_many_as_expected(ask):
    assert ask(lambda a, b: (b, ..., a)) == "Exercise 3.1: db is still missing."


def test_nan_is_wrong(ask):
    assert ask(lambda a, b: (b, a * np.nan)).startswith("Exercise 3.1: db is wrong")


def test_too_many_values_are_counted(ask):
    said = ask(lambda a, b: (b, a, b))
    assert said == "Exercise 3.1: it should give 2 things, da, db; it gave 3."


def unfinished(a, b):
    raise NotImplementedError


@pytest.mark.parametrize(
    "untouched",
    [
        None,
        ...,
        lambda a, b: None,
        lambda a, b: ...,
        lambda a, b: (None, ...),
        unfinished,
    ],
)
def test_an_exercise_that_nobody_tried_is_not_called_wrong(ask, untouched):
    assert ask(untouched) == "Exercise 3.1: nothing has been tried yet."


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.5, "right."),
        (0.25, "f is wrong. Halve."),
        (..., "nothing has been tried yet."),
    ],
)
def test_an_answer_may_be_a_plain_value(ask, value, said):
    assert ask(value, "3.2") == f"Exercise 3.2: {said}"


def test_an_exercise_may_be_named_by_a_number(ask):
    assert ask(lambda a, b: (b, a), 3.1) == "Exercise 3.1: right."


# check never raises


@pytest.mark.parametrize(
    ("candidate", "error"),
    [
        (lambda a, b: 1 / 0, "ZeroDivisionError"),
        (lambda a: a, "TypeError"),
        (lambda a, b: sys.exit("leaving"), "SystemExit"),
    ],
)
def test_an_error_in_the_answer_is_reported(ask, candidate, error):
    assert f"stopped with {error}" in ask(candidate)


def test_an_unknown_exercise_is_reported(ask):
    assert "no such exercise" in ask(0.5, "3.9")


@pytest.mark.parametrize("exercise", ["", "x", 3, None])
def test_what_is_no_exercise_is_reported(ask, exercise):
    assert ask(0.5, exercise).startswith(f"Exercise {exercise}: ")


def test_values_of_any_type_are_compared(ask):
    said = ask(lambda a, b: ("text", object()))
    assert said.startswith("Exercise 3.1: da and db are wrong")


def test_an_answer_cannot_spoil_the_cases(ask):
    def overwrites_its_arguments(a, b):
        out = b.copy(), a.copy()
        a[:], b[:] = 0, 0
        return out

    first = ask(overwrites_its_arguments)
    second = ask(overwrites_its_arguments)
    assert first == second == "Exercise 3.1: right."
