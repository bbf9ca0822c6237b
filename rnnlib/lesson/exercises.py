"""Exercises that answer back: collect an answer's values, compare, find the mistake, say it.

The exercises of lesson 04 stand in checks/lesson04.py beside the notebooks, as EXERCISES, a dict
from "4.1" to `Exercise`.
"""

import runpy
from dataclasses import dataclass, field

import numpy as np

from rnnlib.lesson import course_files

NOTHING_TRIED = "nothing has been tried yet."


@dataclass
class Exercise:
    """One exercise: its answer, and what to say to other answers.

    terms: the names of what an answer returns, in order, such as ("dW", "dU", "db").
    answer: a function, called with each tuple of arguments in `cases`; or, if there are no cases,
        the value itself.
    hint: what is said to a wrong answer that no mistake explains.
    mistakes: {hint: wrong answer}, typical ones; a learner who gives one reads its hint.
    judge: used in place of comparing with `answer`; a function that takes the candidate and returns
        None if it is right, otherwise a sentence that says what is wrong.
    tolerance: how far numbers may be from the answer's, relative and absolute.
    """

    terms: tuple
    answer: object
    hint: str
    cases: list = field(default_factory=list)
    mistakes: dict = field(default_factory=dict)
    judge: object = None
    tolerance: float = 1e-6


def exercises_of(lesson):
    """The exercises of one lesson, "4" or "5a", as a dict {"4.1": Exercise, ...}.

    Raises FileNotFoundError if the lesson has none.
    """
    digits = lesson.rstrip("abcdefgh")
    name = f"checks/lesson{digits.zfill(2)}{lesson[len(digits) :]}.py"
    return runpy.run_path(str(course_files.find(name)))["EXERCISES"]


def answer(exercise):
    """The course's own answer to exercise "4.1": a function, or a value such as a dict.

    A lesson goes on with it where a learner may put an answer of their own in its place. So it also
    works in an edition without solutions. Raises ValueError if there is no such exercise.
    """
    return _exercise(str(exercise)).answer


def check(exercise, candidate):
    """Say whether `candidate` answers exercise "4.1"; if not, which term is wrong, and a hint.

    Any exception of the candidate, even that of `exit()`, is reported and not raised.
    """
    try:
        said = verdict(_exercise(str(exercise)), candidate)
    except (Exception, SystemExit) as error:
        said = f"it could not be checked. {type(error).__name__}: {error}"
    print(f"Exercise {exercise}: {said}")


def _exercise(id):
    known = exercises_of(id.split(".")[0])
    if id not in known:
        raise ValueError(f"there is no such exercise; this lesson has {', '.join(known)}")
    return known[id]


def verdict(task, candidate):
    """What there is to say about a candidate for the `Exercise` task: "right." or what is wrong."""
    try:
        answers = collect(task, candidate)
    except NotImplementedError:
        return NOTHING_TRIED
    except (Exception, SystemExit) as error:
        return f"your answer stopped with {type(error).__name__}: {error}"
    missing = _say_what_is_missing(task, answers)
    if missing:
        return missing
    if task.judge:
        return task.judge(candidate) or "right."
    for answer in answers:
        if len(answer) != len(task.terms):
            wanted = ", ".join(task.terms)
            return f"it should give {len(task.terms)} things, {wanted}; it gave {len(answer)}."
    right = collect(task, task.answer)
    wrong = compare(task, answers, right)
    if not wrong:
        return "right."
    return _say_what_is_wrong(task, answers, right, wrong)


def collect(task, candidate):
    """For each case, what the candidate gives, as a tuple with one value for each term.

    The case's arrays are copied first, so that a candidate may write into its arguments.
    """
    if candidate is None or candidate is Ellipsis or not task.cases:
        return [_values(task, candidate)]
    answers = []
    for case in task.cases:
        arguments = [np.copy(a) if isinstance(a, np.ndarray) else a for a in case]
        answers.append(_values(task, candidate(*arguments)))
    return answers


def compare(task, answers, right):
    """The names of the terms that are wrong in at least one case."""
    return [
        term
        for k, term in enumerate(task.terms)
        if not all(_same(a[k], r[k], task.tolerance) for a, r in zip(answers, right, strict=True))
    ]


def find_mistake(task, answers):
    """The hint of the typical mistake that gives these answers, or None."""
    for hint, mistake in task.mistakes.items():
        if not compare(task, answers, collect(task, mistake)):
            return hint
    return None


def _values(task, value):
    if isinstance(value, dict):
        return tuple(value.get(term) for term in task.terms)
    if isinstance(value, (tuple, list)) and len(task.terms) > 1:
        return tuple(value)
    return (value,)


def _same(value, right, tolerance):
    if np.shape(value) != np.shape(right):
        return False
    if isinstance(right, (str, bool, set)):
        return bool(value == right)
    try:
        value, right = np.asarray(value, float), np.asarray(right, float)
    except (TypeError, ValueError):
        return False
    # nan may equal nan, because a typical mistake may give nan; a right answer never does.
    return bool(np.allclose(value, right, rtol=tolerance, atol=tolerance, equal_nan=True))


def _say_what_is_missing(task, answers):
    """The first missing term, behind a verdict on the terms that are there. None if all are."""
    for values in answers:
        blank = [value is None or value is Ellipsis for value in values]
        if all(blank):
            return NOTHING_TRIED
        if any(blank):
            missing = f"{task.terms[blank.index(True)]} is still missing."
            # A judge needs the whole answer, and terms can't be matched if their number is wrong.
            if task.judge or any(len(values) != len(task.terms) for values in answers):
                return missing
            given = [term for term, is_blank in zip(task.terms, blank, strict=True) if not is_blank]
            wrong = compare(task, answers, collect(task, task.answer))
            return f"{_judged(given, wrong)}; {missing}"
    return None


def _say_what_is_wrong(task, answers, right_answers, wrong):
    mistake = find_mistake(task, answers)
    if mistake:
        return f"{_listed(wrong)} wrong. {mistake}"
    sentence = _judged(task.terms, wrong)
    k = task.terms.index(wrong[0])
    got, expected = np.shape(answers[0][k]), np.shape(right_answers[0][k])
    if got != expected:
        sentence += f". {wrong[0]} should have the shape {expected}; it has {got}"
    return f"{sentence}. {task.hint}"


def _judged(terms, wrong):
    """Which of these terms are wrong and which are right: "a is wrong, b and c are right"."""
    groups = {
        "wrong": [term for term in terms if term in wrong],
        "right": [term for term in terms if term not in wrong],
    }
    return ", ".join(f"{_listed(group)} {word}" for word, group in groups.items() if group)


def _listed(terms):
    if len(terms) == 1:
        return f"{terms[0]} is"
    return f"{', '.join(terms[:-1])} and {terms[-1]} are"
