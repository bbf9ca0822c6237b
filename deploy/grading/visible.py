"""The visible checks of one lesson's assignment: what a right answer returns, but not the answer.

The arguments, the right values and those of typical mistakes stand in the .json file beside this
one. The grader draws other numbers, so only a function that computes them is right there, too.
"""

import json
import runpy
from pathlib import Path

from rnnlib.lesson import Exercise

HERE = Path(__file__)
plain = runpy.run_path(str(HERE.with_name("plain.py")))
encode, decode = plain["encode"], plain["decode"]
judges = HERE.with_name(f"{HERE.stem}_judges.py")
JUDGES = runpy.run_path(str(judges)) if judges.exists() else {}
COMPLETE = "everything is filled in. Whether it is right, you read in the feedback."


def table(cases, values):
    """A function that knows what belongs to these arguments, and nothing else."""
    known = {json.dumps(case): value for case, value in zip(cases, values)}

    def look_up(*arguments):
        key = json.dumps(encode(arguments))
        if key not in known:
            raise ValueError("This edition holds no answers, only a few of their values.")
        return decode(known[key])

    return look_up


def exercise_from(data):
    """An Exercise of rnnlib, for check, from its description."""
    common = {"terms": tuple(data["terms"]), "hint": data["hint"]}
    if data.get("judge"):
        return Exercise(answer=None, judge=JUDGES[data["judge"]], **common)
    if not data.get("cases"):
        return Exercise(answer=None, judge=lambda candidate: COMPLETE, **common)
    return Exercise(
        cases=[decode(case) for case in data["cases"]],
        answer=table(data["cases"], data["right"]),
        mistakes={hint: table(data["cases"], v) for hint, v in data["mistakes"].items()},
        tolerance=data["tolerance"],
        **common,
    )


EXERCISES = {
    name: exercise_from(data)
    for name, data in json.loads(HERE.with_suffix(".json").read_text(encoding="utf-8")).items()
}
