"""Claims: what is often said, in words, and below it what a cell has just measured."""

import json

import numpy as np

from rnnlib.lesson import course_files


def claim(id, holds, measured):
    """Print a claim in words and, below it, whether it holds here and what was measured.

    id: a key of notebooks/claims.json, such as "C29". holds: True or False, as a cell measured it.
    measured: one sentence made from the measured values; it must be true under either verdict.
    A number in it that another machine may round differently stands after the sign ≈.

        C29  The plus sign preserves the error; multiplication does not.
             Holds here: after 100 steps ≈ 0.45 of it is left with plus, ≈ 3e-41 with times.

    Raises ValueError for an unknown id, or if holds is not a truth value.
    """
    words = json.loads(course_files.find("claims.json").read_text(encoding="utf-8"))
    if id not in words:
        raise ValueError(f"id must be a claim in claims.json, such as 'C12'; got {id!r}")
    if not isinstance(holds, (bool, np.bool_)):
        raise ValueError(f"holds must be True or False; got {holds!r}")
    verdict = "Holds here" if holds else "Does not hold here"
    print(f"{id:<5}{words[id]}\n     {verdict}: {measured}")
