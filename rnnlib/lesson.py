"""What a lesson says aloud: claims that were measured, and exercises that answer back.
The exercises of lesson 04 stand in notebooks/checks/lesson04.py as EXERCISES, a dict from "4.1" to `Exercise`."""

import re
import runpy
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np


def claim(id, holds, sentence):
    """Print one line: "C12 holds: ..." or "C12 does not hold here: ...". holds: what a cell measured, true or false."""
    if not re.fullmatch(r"C[1-9]\d?", str(id)) or not isinstance(holds, (bool, np.bool_)):
        raise ValueError(f"claim needs an id such as 'C12' and True or False; got {id!r} and {holds!r}")
    print(f"{id} {'holds' if holds else 'does not hold here'}: {sentence}")


@dataclass
class Exercise:
    """One exercise: its answer, and what to say to other answers.
    terms: the names of what the answer returns, in order, such as ("dW", "dU", "db").
    answer: a function, tried on each tuple of arguments in `cases`; or, where cases is empty, the value itself.
    mistakes: {hint: wrong answer}, typical ones; whoever gives one reads its hint. hint: for all other wrong answers.
    judge: instead of comparing with `answer`, a function candidate -> None if it is right, else what is wrong with it."""
    terms: tuple
    answer: object
    hint: str
    cases: list = field(default_factory=list)
    mistakes: dict = field(default_factory=dict)
    judge: object = None
    tolerance: float = 1e-6


def exercises(lesson):
    """{"4.1": Exercise, ...} of one lesson, "4" or "5a", read from checks/lesson04.py or lesson05a.py by the notebooks."""
    name = f"checks/lesson{lesson.rjust(2 + lesson[-1].isalpha(), '0')}.py"
    for folder in (Path.cwd(), Path(__file__).parents[1] / "notebooks"):
        if (folder / name).is_file():
            return runpy.run_path(str(folder / name))["EXERCISES"]
    raise FileNotFoundError(f"{name} is not beside the notebook")


def check(exercise, candidate):
    """Say whether `candidate` answers exercise "4.1"; if not, which term is wrong, and a hint. Never raises."""
    try:
        known = exercises(str(exercise).split(".")[0])
        if exercise not in known:
            raise ValueError(f"there is no such exercise; this lesson has {', '.join(known)}")
        verdict = _verdict(known[exercise], candidate)
    except Exception as error:
        verdict = f"it could not be checked. {type(error).__name__}: {error}"
    print(f"Exercise {exercise}: {verdict}")


def _verdict(task, candidate):
    if candidate is None or candidate is Ellipsis:
        return "nothing has been tried yet."
    try:
        answers = [_values(task, candidate, case) for case in task.cases or [()]]
    except NotImplementedError:
        return "nothing has been tried yet."
    except Exception as error:
        return f"your answer stopped with {type(error).__name__}: {error}"
    blank = [value is None or value is Ellipsis for value in answers[0]]
    if all(blank):
        return "nothing has been tried yet."
    if any(blank):
        return f"{task.terms[blank.index(True)]} is still missing."
    if task.judge:
        complaint = task.judge(candidate)
        return "right." if complaint is None else complaint
    if len(answers[0]) != len(task.terms):
        return f"it should give {len(task.terms)} things, {', '.join(task.terms)}; it gave {len(answers[0])}."
    right = [_values(task, task.answer, case) for case in task.cases or [()]]
    wrong = [term for k, term in enumerate(task.terms) if not all(_same(a[k], r[k], task) for a, r in zip(answers, right))]
    if not wrong:
        return "right."
    for hint, mistake in task.mistakes.items():
        other = [_values(task, mistake, case) for case in task.cases or [()]]
        if all(_same(a, o, task) for mine, theirs in zip(answers, other) for a, o in zip(mine, theirs)):
            return f"{_listed(wrong)} wrong. {hint}"
    got, expected = (np.shape(values[0][task.terms.index(wrong[0])]) for values in (answers, right))
    shape = "" if got == expected else f" {wrong[0]} should have the shape {expected}; it has {got}."
    others = [term for term in task.terms if term not in wrong]
    return f"{_listed(wrong)} wrong" + (f", {_listed(others)} right" if others else "") + f".{shape} {task.hint}"


def _listed(terms):
    return f"{terms[0]} is" if len(terms) == 1 else f"{', '.join(terms[:-1])} and {terms[-1]} are"


def _values(task, candidate, case):
    """What a candidate gives for one case, as a tuple with one value for each term."""
    value = candidate(*(np.copy(a) if isinstance(a, np.ndarray) else a for a in case)) if task.cases else candidate
    if isinstance(value, dict):
        return tuple(value.get(term) for term in task.terms)
    return tuple(value) if isinstance(value, (tuple, list)) and len(task.terms) > 1 else (value,)


def _same(a, b, task):
    if isinstance(b, (str, bool, set)) or np.shape(a) != np.shape(b):
        return np.shape(a) == np.shape(b) and a == b
    return bool(np.allclose(np.asarray(a, float), np.asarray(b, float), rtol=task.tolerance, atol=task.tolerance))
