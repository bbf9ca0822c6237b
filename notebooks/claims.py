"""The table of claims: what the lessons beside this file measured, read from the outputs saved in them.

`table()` gives the rows, `as_html(rows)` the table that the welcome page shows. Nothing is run.
"""

import html
import json
import re
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

NOTEBOOKS = Path(__file__).resolve().parent
NUMBER_OF_CLAIMS = len(json.loads((NOTEBOOKS / "claims.json").read_text(encoding="utf-8")))
# The two lines that rnnlib.lesson.claim prints.
PRINTED = re.compile(r"(?m)^C(\d+) +(.+)\n {5}(Holds here|Does not hold here): (.+)$")
HEADING = re.compile(r"(?m)^#{1,6} (.+)$")


class Row(NamedTuple):
    id: int  # 12 for C12
    words: str  # the claim as it is often said
    verdict: str  # "Holds here" or "Does not hold here"
    measured: str  # the sentence with the numbers
    notebook: str  # file name
    heading: str  # the last heading above the cell, "" if there is none


def rows_of(path):
    """The claims one notebook printed, in its order."""
    heading, rows = "", []
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            heading = (["", heading] + HEADING.findall(re.sub(r"(?s)```.*?```", "", source)))[-1]
        else:
            printed = "".join("".join(output.get("text", "")) for output in cell.get("outputs", []))
            rows += [Row(int(id), *rest, path.name, heading) for id, *rest in PRINTED.findall(printed)]
    return rows


def table(folder=NOTEBOOKS):
    """All claims the lessons in `folder` printed, sorted by id; those with one id stay in the order of the lessons."""
    lessons = sorted(Path(folder).glob("[01]*.ipynb"))
    return sorted((row for path in lessons for row in rows_of(path)), key=lambda row: row.id)


def not_measured(rows):
    """The ids, among C1 to C49, that no row has."""
    return [id for id in range(1, NUMBER_OF_CLAIMS + 1) if id not in {row.id for row in rows}]


def link(row):
    """The address of the section in which a claim is measured: JupyterLab writes hyphens for a heading's spaces."""
    anchor = re.sub(r"[*`]", "", row.heading).strip().replace(" ", "-")
    return row.notebook + (f"#{quote(anchor)}" if anchor else "")


def as_html(rows):
    """The rows as an HTML table with links, and a line that lists the ids not measured yet."""
    head = "".join(f"<th>{name}</th>" for name in ("Id", "Claim", "Verdict", "What was measured", "Where"))
    lines = [f"<table><thead><tr>{head}</tr></thead><tbody>"]
    for row in rows:
        lesson = row.notebook.partition("_")[0]
        verdict = row.verdict if row.verdict == "Holds here" else f"<b>{row.verdict}</b>"
        heading = html.escape(re.sub(r"[*`]", "", row.heading))
        where = f'<a href="{link(row)}">{lesson} {heading}</a>'
        words, measured = (
            f'<td style="text-align:left">{html.escape(text)}</td>' for text in (row.words, row.measured)
        )
        lines.append(f"<tr><td>C{row.id}</td>{words}<td>{verdict}</td>{measured}<td>{where}</td></tr>")
    ids = ", ".join(f"C{id}" for id in not_measured(rows))
    lines.append(f"</tbody></table><p>{'Not measured yet: ' + ids if ids else 'No claim is left unmeasured'}.</p>")
    return "\n".join(lines)
