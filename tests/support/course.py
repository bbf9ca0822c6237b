"""The course's notebooks, as tests read them."""

import ast
import re
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ROOT / "notebooks"
COURSE = [
    "00_welcome",
    "01a_one_neuron",
    "01b_reading_digits",
    "02a_hidden_state",
    "02b_letters",
    "03_backpropagation_through_time",
    "04_vanishing_and_exploding_gradients",
    "05a_lstm_gates",
    "05b_the_way_back",
    "05c_lstm_memory",
    "06_time_scales",
    "07_gru",
    "08_tuning",
    "09_spelling_out_loud",
    "10_after_the_lstm",
]
# Lessons written anew, which are held to more rules. Ruff lays out their code, too (see Makefile).
SECOND_EDITION = [
    "00_welcome",
    "01a_one_neuron",
    "01b_reading_digits",
    "02a_hidden_state",
    "02b_letters",
    "05a_lstm_gates",
    "05b_the_way_back",
]
PATHS = sorted(NOTEBOOKS.glob("[0-9]*.ipynb"))  # the lessons
REFERENCE = NOTEBOOKS / "reference.ipynb"


class Lesson:
    """A notebook: its name, its number without a leading zero, its text and its cells."""

    def __init__(self, path):
        self.path = path
        self.name = path.stem
        self.number = path.stem.partition("_")[0].lstrip("0") or "0"
        self.raw = path.read_text(encoding="utf-8")
        self.notebook = nbformat.reads(self.raw, as_version=nbformat.NO_CONVERT)
        self.cells = self.notebook.cells
        self.markdown = [cell for cell in self.cells if cell.cell_type == "markdown"]
        self.code = [cell for cell in self.cells if cell.cell_type == "code"]


def name_of(path):
    """What pytest calls a test of this notebook."""
    return path.stem


def tags(cell):
    """The tags of a cell; most cells have none."""
    return cell.metadata.get("tags", [])


def shows_a_bench(cell):
    """Whether a bench stands in the cell's saved output."""
    outputs = cell.get("outputs", [])
    return any("rnn-bench" in output.get("data", {}).get("text/html", "") for output in outputs)


def html_of(cell):
    """All HTML that a code cell shows."""
    shown = [output.get("data", {}).get("text/html") for output in cell.outputs]
    return [html for html in shown if html is not None]


def words_of(output):
    """All text in an output, in whatever form it is stored."""
    data = output.get("data", {}).values()
    return output.get("text", "") + "".join(part for part in data if isinstance(part, str))


def printed_by(cell):
    """All text in the outputs of a code cell."""
    return "\n".join(map(words_of, cell.outputs))


def exercise_cells(lesson, tag):
    """{"1.2": cell}: the code cells with a tag, "exercise" or "solution", by their exercise."""
    return {
        cell.metadata["exercise"]: cell
        for cell in lesson.code
        if "exercise" in cell.metadata and tag in tags(cell)
    }


def prose(cell):
    """A markdown cell without its code, where links and pictures are only examples."""
    return re.sub(r"```.*?```|`[^`\n]*`", "", cell.source, flags=re.DOTALL)


def tree(cell):
    """The syntax tree of a code cell, without IPython's magic lines."""
    return ast.parse(re.sub(r"(?m)^\s*[%!].*$", "", cell.source))


def anchors(path):
    """The names that JupyterLab gives to a notebook's headings: hyphens stand for spaces."""
    text = "\n".join(prose(cell) for cell in Lesson(path).markdown)
    headings = re.findall(r"(?m)^#{1,6} (.+)$", text)
    return {re.sub(r"[*`]", "", heading).strip().replace(" ", "-") for heading in headings}
