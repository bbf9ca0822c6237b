"""Which cells measure a claim, and what `rnnlib.lesson.claim` printed below them."""

import re

CLAIM_CALL = re.compile(r"\bclaim\(\s*[\"']C(\d+)[\"']")
PRINTED_CLAIM = re.compile(r"(?m)^(C\d+) +(\S.*)\n {5}(Holds here|Does not hold here): (\S.*)$")


def printed_claims(printed):
    """[(id, words, verdict, measured), ...]: the claims in a printed text, in order."""
    return PRINTED_CLAIM.findall(printed)


def verdicts(printed):
    """[("C29", True), ...]: the claims in a printed text, in order; True for "Holds here"."""
    return [(id, verdict == "Holds here") for id, _, verdict, _ in printed_claims(printed)]


def claims_of(lesson):
    """{number: the cell that measures the claim with this number}."""
    cells = {}
    for cell in lesson.code:
        for number in CLAIM_CALL.findall(cell.source):
            cells[int(number)] = cell
    return cells
