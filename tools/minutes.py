"""How many minutes does a lesson take? Computed from its notebook, by the same rules for all.

    python tools/minutes.py            print a table of all lessons
    python tools/minutes.py 05         only the lessons whose names start like this
    python tools/minutes.py --write    also state the minutes, rounded to five, in each lesson's
                                       first cell, on the welcome page and in README.md

A lesson takes
    one minute for 120 words of prose (a formula counts as one word),
    one minute for 10 lines of code that can be seen (not of folded cells, nor of solutions),
    five minutes for a bench (a cell tagged "bench"),
    one minute for each place that says **Predict**,
    seven minutes for an exercise (a heading such as "### Exercise 4.2 · ...").

A section whose heading says "optional" is counted apart, up to the next heading that is not below
it. A code cell belongs to the last heading above it.
"""

import argparse
import re
from dataclasses import dataclass, fields

import stated_minutes
from stated_minutes import NOTEBOOKS, read, source_of

WORDS_A_MINUTE = 120
LINES_A_MINUTE = 10
MINUTES_OF_A_BENCH = 5
MINUTES_OF_A_PREDICTION = 1
MINUTES_OF_AN_EXERCISE = 7

HEADING = re.compile(r"^(#{1,6}) +(.+)$")
EXERCISE = re.compile(r"^Exercise \d")
# **Predict.** or **Predict, then try.**, but not the rule "**Predict, run, explain.**".
PREDICTION = re.compile(r"\*\*Predict(, then try)?[.:]?\*\*")
CODE_BLOCK = re.compile(r"(?ms)^ *```.*?^ *```")
FORMULA = re.compile(r"(?s)\$\$.+?\$\$|\$[^$\n]+\$")
HTML_TAG = re.compile(r"</?[a-z][^<>]*>")
LINK = re.compile(r"!?\[([^\[\]]*)\]\([^)]*\)")
WORD = re.compile(r"\S*\w\S*")


@dataclass(frozen=True)
class Contents:
    """What a part of a lesson holds that takes time."""

    words: int = 0
    lines: int = 0
    benches: int = 0
    predictions: int = 0
    exercises: int = 0

    @property
    def minutes(self):
        """How long this takes, not rounded."""
        return (
            self.words / WORDS_A_MINUTE
            + self.lines / LINES_A_MINUTE
            + self.benches * MINUTES_OF_A_BENCH
            + self.predictions * MINUTES_OF_A_PREDICTION
            + self.exercises * MINUTES_OF_AN_EXERCISE
        )

    def __add__(self, other):
        """What both parts hold together."""
        return Contents(
            self.words + other.words,
            self.lines + other.lines,
            self.benches + other.benches,
            self.predictions + other.predictions,
            self.exercises + other.exercises,
        )


# What the cells hold


def tags_of(cell):
    """The tags of a cell; most cells have none."""
    return cell["metadata"].get("tags", [])


def is_folded(cell):
    """Whether JupyterLab shows only a bar in place of the cell's code."""
    return cell["metadata"].get("jupyter", {}).get("source_hidden", False)


def words_in(text):
    """The number of words that a reader reads: links without addresses, formulas as one word."""
    text = HTML_TAG.sub(" ", text)
    text = FORMULA.sub(" formula ", text)
    text = LINK.sub(r"\1", text)
    return len(WORD.findall(text))


def contents_of_prose(text):
    """What the text of a markdown cell, or a part of it, holds."""
    text = CODE_BLOCK.sub("", text)
    headings = [match[2] for match in map(HEADING.match, text.splitlines()) if match]
    return Contents(
        words=words_in(text),
        predictions=len(PREDICTION.findall(text)),
        exercises=sum(1 for heading in headings if EXERCISE.match(heading)),
    )


def contents_of_code(cell):
    """What a code cell holds."""
    benches = 1 if "bench" in tags_of(cell) else 0
    if is_folded(cell):
        return Contents(benches=benches)
    lines = [line for line in source_of(cell).splitlines() if line.strip()]
    return Contents(lines=len(lines), benches=benches)


# The main part and the optional parts


def split_at_headings(text):
    """Pieces of a markdown text, each of which begins at a heading or at the text's beginning."""
    pieces, in_code = [[]], False
    for line in text.splitlines(keepends=True):
        if line.lstrip().startswith("```"):
            in_code = not in_code
        elif HEADING.match(line) and not in_code:
            pieces.append([])
        pieces[-1].append(line)
    return ["".join(piece) for piece in pieces if piece]


def optional_level_after(piece, level):
    """The level of the optional heading that this piece of text stands below, or None.

    `level` is the same for the piece before.
    """
    heading = HEADING.match(piece.splitlines()[0])
    if not heading:
        return level
    own_level = len(heading[1])
    if level is not None and own_level > level:
        return level
    return own_level if "optional" in heading[2].lower() else None


def count(notebook):
    """What a lesson holds: (contents of its main part, contents of its optional parts)."""
    main, optional, level = Contents(), Contents(), None
    for cell in notebook["cells"]:
        if "solution" in tags_of(cell):
            continue
        is_code = cell["cell_type"] == "code"
        for piece in [cell] if is_code else split_at_headings(source_of(cell)):
            if is_code:
                contents = contents_of_code(piece)
            else:
                level = optional_level_after(piece, level)
                contents = contents_of_prose(piece)
            if level is None:
                main += contents
            else:
                optional += contents
    return main, optional


def minutes_of(path):
    """The computed minutes of a notebook: (main part, optional parts)."""
    main, optional = count(read(path))
    return main.minutes, optional.minutes


# The command line


def print_table(paths):
    """Print what each lesson holds, and its computed and stated minutes."""
    names = [field.name for field in fields(Contents)]
    print(" " * 40 + "".join(f"{name:>12}" for name in [*names, "computed", "stated"]))
    for path in paths:
        notebook = read(path)
        rows = zip(count(notebook), stated_minutes.of(notebook), strict=True)
        for name, (contents, stated) in zip((path.stem, "  optional"), rows, strict=True):
            if contents.minutes or stated:
                columns = [getattr(contents, field) for field in names]
                columns += [f"{contents.minutes:.1f}", stated]
                print(f"{name:40}" + "".join(f"{column:>12}" for column in columns))


def main(arguments=None):
    """Print the table, and state the minutes if asked to."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", help="start of a lesson's name; all by default")
    parser.add_argument("--write", action="store_true", help="state the minutes in the files")
    options = parser.parse_args(arguments)
    starts = tuple(options.names) or ("",)
    lessons = sorted(NOTEBOOKS.glob("[0-9]*.ipynb"))
    paths = [path for path in lessons if path.name.startswith(starts)]
    if options.write:
        stated_minutes.write({path: minutes_of(path) for path in paths})
    print_table(paths)


if __name__ == "__main__":
    main()
