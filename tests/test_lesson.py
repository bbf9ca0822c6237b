"""Claims and exercise checks: what they print, and that they never raise at a learner."""

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


@pytest.fixture
def ask(monkeypatch, capsys):
    """Ask `check` about a candidate for one of two made-up exercises of a lesson 3; what it prints."""
    made_up = {"3.1": PRODUCT, "3.2": Exercise(("f",), 0.5, "Halve.")}
    monkeypatch.setattr("rnnlib.lesson.exercises.exercises_of", lambda number: made_up)

    def ask(candidate, exercise="3.1"):
        check(exercise, candidate)
        return capsys.readouterr().out.strip()

    return ask


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A folder with two claims and one lesson's exercises, in which a notebook might run."""
    claims = {"C7": "Context units help.", "C12": "Squashing helps."}
    (tmp_path / "claims.json").write_text(json.dumps(claims), encoding="utf-8")
    (tmp_path / "checks").mkdir()
    code = "from rnnlib.lesson import Exercise\nEXERCISES = {'5a.1': Exercise(('f',), 2, 'Count.')}\n"
    (tmp_path / "checks" / "lesson05a.py").write_text(code, encoding="utf-8")
    monkeypatch.chdir(tmp_path)


def test_a_claim_is_printed_in_words_and_below_it_what_was_measured(course, capsys):
    claim("C12", True, "≈ 0.3 of it.")
    claim("C7", np.bool_(False), "≈ 0.5 without.")
    first, second = capsys.readouterr().out.split("C7", 1)
    assert first == "C12  Squashing helps.\n     Holds here: ≈ 0.3 of it.\n"
    assert second == "   Context units help.\n     Does not hold here: ≈ 0.5 without.\n"


@pytest.mark.parametrize("id", ["12", "C99", None])
def test_a_claim_without_words_is_refused(course, id):
    with pytest.raises(ValueError, match="id must be a claim in claims.json, such as 'C12'; got"):
        claim(id, True, "")


def test_a_claim_needs_a_truth_value(course):
    with pytest.raises(ValueError, match="holds must be True or False; got 0.3"):
        claim("C12", 0.3, "")


def test_exercises_stand_beside_the_notebook(course, capsys):
    assert list(exercises_of("5a")) == ["5a.1"]
    check("5a.1", 2)
    assert capsys.readouterr().out == "Exercise 5a.1: right.\n"


def test_a_lesson_without_exercises_is_named(course, capsys):
    check("9.1", 2)
    assert "checks/lesson09.py must stand beside the notebook" in capsys.readouterr().out


def test_check_says_what_is_wrong(ask):
    assert ask(lambda a, b: (b, a)) == "Exercise 3.1: right."
    assert ask(lambda a, b: {"db": a, "da": b}) == "Exercise 3.1: right."
    assert ask(lambda a, b: (a, b)) == "Exercise 3.1: da and db are wrong. The factors are swapped."
    assert ask(lambda a, b: (-b, a)) == "Exercise 3.1: da is wrong, db is right. Hold one factor still."
    assert ask(lambda a, b: (b, a[:2])).startswith("Exercise 3.1: db is wrong, da is right. db should have the shape (3,)")
    assert ask(lambda a, b: (b, None)) == "Exercise 3.1: db is still missing."
    assert ask(lambda a, b: (b, a * np.nan)).startswith("Exercise 3.1: db is wrong")
    assert ask(lambda a, b: (b, a, b)) == "Exercise 3.1: it should give 2 things, da, db; it gave 3."


def test_check_knows_an_untouched_stub(ask):
    def stub(a, b):
        raise NotImplementedError

    for candidate in (None, ..., lambda a, b: None, lambda a, b: ..., lambda a, b: (None, ...), stub):
        assert ask(candidate) == "Exercise 3.1: nothing has been tried yet."
    assert ask(..., "3.2") == "Exercise 3.2: nothing has been tried yet."


def test_check_takes_plain_values(ask):
    assert ask(0.5, "3.2") == "Exercise 3.2: right."
    assert ask(0.25, "3.2") == "Exercise 3.2: f is wrong. Halve."


def test_check_never_raises(ask):
    assert "stopped with ZeroDivisionError" in ask(lambda a, b: 1 / 0)
    assert "stopped with TypeError" in ask(lambda a: a)
    assert "stopped with SystemExit" in ask(lambda a, b: sys.exit("leaving"))
    assert "no such exercise" in ask(0.5, "3.9")
    assert ask(lambda a, b: ("text", object())).startswith("Exercise 3.1: da and db are wrong")
    for exercise in ("", "x", 3, None):
        ask(0.5, exercise)


def test_check_does_not_let_a_candidate_spoil_the_cases(ask):
    def greedy(a, b):
        out = b.copy(), a.copy()
        a[:], b[:] = 0, 0
        return out

    assert ask(greedy) == ask(greedy) == "Exercise 3.1: right."


def test_an_exercise_may_be_named_by_a_number(ask):
    assert ask(lambda a, b: (b, a), 3.1) == "Exercise 3.1: right."
