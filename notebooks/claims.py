"""The table of claims: what the lessons beside this file measured.

`table()` reads the rows from the outputs that are saved in the lessons, and runs nothing.
`as_html(rows)` makes the table that the reference shows.
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
COLUMNS = ("Id", "Claim", "Verdict", "What was measured", "Where")
HEADING = re.compile(r"(?m)^#{1,6} (.+)$")


class Row(NamedTuple):
    id: int  # 12 for C12
    words: str  # the claim as it is often said
    verdict: str  # "Holds here" or "Does not hold here"
    measured: str  # the sentence with the numbers
    notebook: str  # file name
    heading: str  # the last heading above the cell, "" if there is none


def rows_of(path):
    """The claims that one notebook printed, in its order."""
    heading = ""
    rows = []
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "markdown":
            heading = last_heading(cell) or heading
            continue
        for id, words, verdict, measured in PRINTED.findall(printed_by(cell)):
            rows.append(Row(int(id), words, verdict, measured, path.name, heading))
    return rows


def last_heading(cell):
    """The last heading in a markdown cell, "" if it has none. A # in code is no heading."""
    text = re.sub(r"(?s)```.*?```", "", "".join(cell["source"]))
    headings = HEADING.findall(text)
    return headings[-1] if headings else ""


def printed_by(cell):
    """All that a code cell printed."""
    return "".join("".join(output.get("text", "")) for output in cell.get("outputs", []))


def table(folder=NOTEBOOKS):
    """All claims that the lessons in a folder printed, sorted by id.

    Claims with the same id stay in the order of the lessons.
    """
    lessons = sorted(Path(folder).glob("[01]*.ipynb"))
    return sorted((row for path in lessons for row in rows_of(path)), key=lambda row: row.id)


def not_measured(rows):
    """The ids, among C1 to C49, that no row has."""
    measured = {row.id for row in rows}
    return [id for id in range(1, NUMBER_OF_CLAIMS + 1) if id not in measured]


def link(row):
    """The address of the section in which a claim is measured.

    JupyterLab makes it from the heading, with hyphens in place of spaces.
    """
    anchor = without_marks(row.heading).strip().replace(" ", "-")
    return row.notebook + (f"#{quote(anchor)}" if anchor else "")


def without_marks(heading):
    """A heading without the marks for bold, italics and code."""
    return re.sub(r"[*`]", "", heading)


def as_html(rows):
    """The rows as an HTML table with links, and a line that lists the ids not measured yet."""
    head = "".join(f"<th>{name}</th>" for name in COLUMNS)
    lines = [f"<table><thead><tr>{head}</tr></thead><tbody>"]
    lines += [row_as_html(row) for row in rows]
    missing = ", ".join(f"C{id}" for id in not_measured(rows))
    last = f"Not measured yet: {missing}" if missing else "No claim is left unmeasured"
    lines.append(f"</tbody></table><p>{last}.</p>")
    return "\n".join(lines)


def row_as_html(row):
    lesson = row.notebook.partition("_")[0]
    verdict = row.verdict if row.verdict == "Holds here" else f"<b>{row.verdict}</b>"
    heading = html.escape(without_marks(row.heading))
    where = f'<a href="{link(row)}">{lesson} {heading}</a>'
    words, measured = (
        f'<td style="text-align:left">{html.escape(text)}</td>'
        for text in (row.words, row.measured)
    )
    return f"<tr><td>C{row.id}</td>{words}<td>{verdict}</td>{measured}<td>{where}</td></tr>"
