"""Reads what `rnnlib.lesson.claim` printed."""

import re


def verdicts(printed):
    """[("C29", True), ...]: the claims in a printed text, in order; True for "Holds here"."""
    lines = re.findall(r"(?m)^(C\d+) +\S.*\n {5}(Holds|Does not hold) here: \S", printed)
    return [(id, verdict == "Holds") for id, verdict in lines]
