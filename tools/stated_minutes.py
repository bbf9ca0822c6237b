"""Where the course states how many minutes a lesson takes: reading and writing these places.

They are each lesson's first cell, the map on the welcome page, and the table in README.md.
"""

import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = ROOT / "notebooks"
WELCOME = NOTEBOOKS / "00_welcome.ipynb"
README = ROOT / "README.md"
STEP = 5  # stated minutes are rounded to this

# "*75 minutes, and 15 more for the optional parts · ..." in a lesson's first cell.
STATEMENT = re.compile(r"(?<=\*)(\d+) minutes(?:, and (\d+) more)?[^·*\n]*?(?= ·|\*)")
# "| [05a The LSTM cell](05a_lstm_gates.ipynb) | what you find there | 75 |" on a map of the course.
ROW = re.compile(r"(?m)^(\| *\[?(\d\d[a-z]?) [^|]*\|.*\| *)\d+( *\|)$")


def read(path):
    """A notebook as the plain dictionaries and lists that its file holds."""
    return json.loads(path.read_text(encoding="utf-8"))


def save(notebook, path):
    """Write a notebook as JupyterLab does, so that only what changed is different."""
    text = json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8")


def source_of(cell):
    """The text of a cell, which the file keeps as a list of lines."""
    return "".join(cell["source"])


def set_source(cell, text):
    """Give a cell a new text."""
    cell["source"] = text.splitlines(keepends=True)


def rounded(minutes):
    """Minutes as they are stated: in steps of five, and at least five."""
    return max(STEP, STEP * round(minutes / STEP))


def in_words(main, optional):
    """How a lesson's first cell states its minutes."""
    words = f"{rounded(main)} minutes"
    if optional >= STEP / 2:
        words += f", and {rounded(optional)} more for the optional parts"
    return words


def of(notebook):
    """The minutes that a lesson's first cell states: (main part, optional parts or 0)."""
    match = STATEMENT.search(source_of(notebook["cells"][0]))
    if not match:
        raise ValueError('the first cell must state the minutes, as in "*45 minutes · ..."')
    return int(match[1]), int(match[2] or 0)


def restate_lesson(notebook, main, optional):
    """Put the computed minutes into a lesson's first cell."""
    first = notebook["cells"][0]
    set_source(first, STATEMENT.sub(in_words(main, optional), source_of(first), count=1))


def restate_map(text, minutes):
    """A map of the course with the minutes of its lessons, {"05a": 60, ...}, in the last column."""

    def restated(row):
        start, number, end = row.groups()
        return f"{start}{minutes[number]}{end}" if number in minutes else row[0]

    return ROW.sub(restated, text)


def write(computed):
    """State the computed minutes, {path: (main, optional)}, in all three places."""
    minutes = {}
    for path, (main, optional) in computed.items():
        notebook = read(path)
        restate_lesson(notebook, main, optional)
        save(notebook, path)
        minutes[path.stem.partition("_")[0]] = rounded(main)
    notebook = read(WELCOME)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            set_source(cell, restate_map(source_of(cell), minutes))
    save(notebook, WELCOME)
    README.write_text(restate_map(README.read_text(encoding="utf-8"), minutes), encoding="utf-8")
