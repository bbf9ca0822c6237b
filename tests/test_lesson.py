"""Claims and exercise checks: what they print, and that they never raise at a learner."""

import numpy as np
import pytest

from rnnlib import lesson
from rnnlib.lesson import Exercise, check, claim

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
    monkeypatch.setattr(lesson, "exercises", lambda number: {f"{number}.1": PRODUCT,
                                                          f"{number}.2": Exercise(("f",), 0.5, "Halve.")})

    def ask(candidate, exercise="3.1"):
        check(exercise, candidate)
        return capsys.readouterr().out.strip()

    return ask


def test_claim_prints_one_line(capsys):
    claim("C12", True, "0.3 of it")
    claim("C7", np.bool_(False), "no")
    assert capsys.readouterr().out == "C12 holds: 0.3 of it\nC7 does not hold here: no\n"
    for id, holds in (("12", True), ("C123", True), ("C1", 0.3)):
        with pytest.raises(ValueError, match="claim needs"):
            claim(id, holds, "")


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
