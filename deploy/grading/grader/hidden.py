"""The hidden tests: the course's own checks, with other random numbers than the visible ones.

They run here, in the grader. Only the arguments of the student's function go into the student's
process, and only what it returns comes back.
"""

import re
import runpy
from pathlib import Path
from unittest import mock

import numpy as np

from rnnlib.lesson.exercises import compare, verdict

from . import plain
from .other_cases import OTHER_CASES
from .process import Ended, decoded

HERE = Path(__file__).parent
CALL = re.compile(r'^check\("([\w.]+)", (\w+)\)$', re.MULTILINE)
METHODS = ("loss_and_grads", "forward")  # what a student's function may call outside
original_rng = np.random.default_rng


def load(lesson, seed, folder=HERE / "checks"):
    """The exercises of a lesson, "01a", with cases drawn anew from this seed.

    Without a seed (None), the cases are those that the course shows.
    """

    def other_numbers(number=None):
        return original_rng([seed, number] if isinstance(number, int) else number)

    path = folder / f"lesson{lesson}.py"
    if seed is None:
        return runpy.run_path(str(path))["EXERCISES"]
    with mock.patch.object(np.random, "default_rng", other_numbers):
        exercises = runpy.run_path(str(path))["EXERCISES"]
    for name in exercises.keys() & OTHER_CASES.keys():
        exercises[name].cases = OTHER_CASES[name](original_rng([seed, len(name)]))
    return exercises


def lesson_of(exercise):
    """ "01a" for the exercise "1a.2", "10" for "10.1"."""
    digits, letter = re.match(r"(\d+)([a-z]?)\.", exercise).groups()
    return digits.zfill(2) + letter


def grade(task, process, name):
    """Test what `name` stands for in the student's process.

    Returns the share of the points, from 0 to 1, and the sentence that says what is wrong.
    Raises Ended if the process comes to its end.
    """
    found = process.ask({"look": name})
    if "raised" in found:
        return 0.0, f"there is nothing to test, because {name} does not exist."
    answer = Asked(process, name) if found.get("callable") else decoded(found.get("value"))
    try:
        said = verdict(task, answer)
        share = _share(task, answer, said)
    except Exception as error:  # a ragged list, for example
        said, share = f"it could not be checked. {type(error).__name__}: {error}", 0.0
    if isinstance(answer, Asked) and answer.ended:
        raise answer.ended
    return share, said


def _share(task, answer, said):
    """Everything for a right answer; otherwise the share of the terms that are right."""
    if said == "right.":
        return 1.0
    if task.judge or len(task.terms) < 2:
        return 0.0
    given = answer.given if isinstance(answer, Asked) else [answer]
    right = [task.answer(*case) for case in task.cases] or [task.answer]
    if len(given) != len(right):
        return 0.0
    given, right = ([_in_order(task, v) for v in values] for values in (given, right))
    if any(len(values) != len(task.terms) for values in given):
        return 0.0
    return 1 - len(compare(task, given, right)) / len(task.terms)


def _in_order(task, value):
    if isinstance(value, dict):
        return tuple(value.get(term) for term in task.terms)
    return tuple(value) if isinstance(value, (tuple, list)) else (value,)


class Asked:
    """A function of the student's, called in the student's process."""

    def __init__(self, process, name):
        self.process, self.name = process, name
        self.given, self.ended = [], None

    def __call__(self, *arguments):
        self.objects, self.error_outside = {}, None
        encoded = [plain.encode(a, self._as_object) for a in arguments]
        try:
            reply = self.process.ask({"call": self.name, "arguments": encoded}, self._method)
            if self.error_outside:
                raise self.error_outside
            if "raised" in reply:
                raise _same_error(str(reply["raised"]), str(reply.get("words", "")))
            self._take_over(reply.get("state"))
            value = decoded(reply.get("value"), self._object)
        except Ended as ended:
            self.ended = ended
            raise
        self.given.append(value)
        return value

    def _as_object(self, value):
        """Encode an object by a number and its plain attributes; a generator by its state."""
        number = str(len(self.objects))
        self.objects[number] = value
        if isinstance(value, np.random.Generator):
            return {"object": number, "generator": plain.encode(value.bit_generator.state)}
        return {"object": number, "attributes": dict(_plain_attributes(value))}

    def _object(self, data):
        return self.objects[str(data["object"])]

    def _method(self, message):
        """Call a method of an object here, because the student's function called it there."""
        try:
            self._take_over(message.get("state"))
            if message["method"] not in METHODS:
                raise AttributeError(f"{message['method']} can't be called in a test")
            method = getattr(self._object({"object": message["of"]}), message["method"])
            arguments = [decoded(a, self._object) for a in message["arguments"]]
            return {"value": plain.encode(method(*arguments), self._as_object)}
        except Exception as error:
            self.error_outside = error
            return {"raised": f"{type(error).__name__}: {error}"}

    def _take_over(self, state):
        """Copy into the arrays of the objects here what the student's function wrote into them."""
        for number, changed in state.items() if isinstance(state, dict) else ():
            thing = self.objects.get(number)
            if isinstance(thing, np.random.Generator):
                thing.bit_generator.state = decoded(changed["generator"])
            elif isinstance(getattr(thing, "params", None), dict) and "params" in changed:
                _copy_arrays(decoded(changed["params"], self._object), thing.params)


def _copy_arrays(source, target):
    for name, array in target.items():
        value = source.get(name) if isinstance(source, dict) else None
        if np.shape(value) == array.shape and np.asarray(value).dtype.kind in "bif":
            array[...] = value


def _plain_attributes(thing):
    """The name and the encoded value of each public attribute that can be encoded completely."""
    for name in dir(thing):
        if name.startswith("_") or callable(getattr(type(thing), name, None)):
            continue
        try:
            yield name, plain.encode(getattr(thing, name), _refuse)
        except TypeError:
            continue


def _refuse(value):
    raise TypeError(type(value).__name__)


def _same_error(name, words):
    if name == "NotImplementedError":
        return NotImplementedError(words)
    return type(name if name.isidentifier() else "Error", (Exception,), {})(words)
