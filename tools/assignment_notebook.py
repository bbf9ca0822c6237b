"""Make an nbgrader notebook of a lesson's exercises."""

import re

from definitions import needed_by
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

INTRODUCTION = """\
# Exercises of lesson {lesson}

Keep the lesson open beside this notebook: the exercises speak of its figures and formulas. Fill in
the cells that say `...`, and run the check below each of them. It says which term is wrong, as in
the lesson. **Don't rename this file, and don't delete cells.**

- Your points come from tests with other numbers than those of the check. So write functions that
  compute their answers.
- A term that is right gets its share of the points.
- A cell may take {seconds} seconds when your work is graded. A cell that takes longer is stopped,
  and the others still count.
"""
TO_WRITE = "*Write your answer here: what you did, what you expected, what you saw, what follows.*"
BEGINNING = "# Your experiment. If it needs more of the lesson than stands above, do it there."
MARKING = """\
**How your answer is judged**

{rubric}

<!-- BEGIN MARK SCHEME -->
**For the grader.** {points:g} points: {each:g} for each of the {number} questions above. A model \
answer:

{model_answer}
<!-- END MARK SCHEME -->
"""


def make(lesson, exercises, points, notebook, seconds):
    """The source notebook of one assignment; lesson: its name, "01a · One neuron".

    seconds: how long a cell may take when it is graded.
    """
    words = INTRODUCTION.format(lesson=lesson, seconds=seconds) + "\n" + _introduction(notebook)
    cells = [_words("introduction", words.strip()), *_given(exercises, notebook)]
    for exercise in exercises:
        make_cells = _open_exercise if exercise.is_open else _closed_exercise
        cells += make_cells(exercise, points[exercise.id])
    return new_notebook(cells=cells, metadata={"kernelspec": notebook.metadata["kernelspec"]})


def _introduction(notebook):
    """What the lesson says between the heading "Exercises" and the first of them."""
    for cell in notebook.cells:
        found = re.search(r"^## Exercises\n(.*?)^### Exercise", cell.source, re.DOTALL | re.M)
        if found and "check" not in found[1].lower():
            return found[1].strip()
    return ""


def _given(exercises, notebook):
    """The imports and definitions of the lesson that the exercises use, in up to two cells."""
    imports, definitions = ["from rnnlib.lesson import check", "import numpy as np"], []
    for exercise in exercises:
        before = [c for c in notebook.cells[: exercise.place] if _is_lesson_code(c)]
        first_of_solution = exercise.solution.split("\n\n\n")[0].split("\ncheck(")[0]
        sources = [exercise.stub, exercise.beginning, first_of_solution]
        if exercise.is_open:  # its words name the functions with which one may begin
            names = re.findall(r"`(\w+)[`(]", exercise.words)
            functions = "".join(cell.source for cell in before)
            sources += [n for n in names if f"def {n}(" in functions or n.istitle() or n.isupper()]
        more_imports, more = needed_by(sources, [cell.source for cell in before])
        imports += [line for line in more_imports if line not in imports]
        definitions += [text for text in more if text not in definitions]
    cells = [_code("given-imports", "\n".join(_merged(imports)), locked=True)]
    if definitions:
        text = "# From the lesson\n\n" + "\n\n".join(definitions)
        cells.append(_code("given-definitions", text, locked=True))
    return cells


def _merged(imports):
    """One line for each module: from rnnlib.losses import accuracy, cross_entropy."""
    names = {}
    for line in imports:
        start, _, name = line.partition(" import ")
        names.setdefault(start, set()).add(name)
    lines = [
        f"{start} import {', '.join(sorted(found))}" if start.startswith("from") else start
        for start, found in names.items()
    ]
    return sorted(lines, key=lambda line: ("rnnlib" in line, line.split()[1]))


def _is_lesson_code(cell):
    tags = cell.metadata.get("tags", ())
    return cell.cell_type == "code" and not {"exercise", "solution", "regression"} & set(tags)


def _closed_exercise(exercise, points):
    name = exercise.id.replace(".", "-")
    printed = "".join(f"\n\n```text\n{text}\n```" for text in exercise.printed)
    yield _words(f"task-{name}", _task(exercise, points) + printed)
    yield _code(f"answer-{name}", exercise.stub, solution=True)
    yield _code(f"check-{name}", exercise.call, grade=True, locked=True, points=points)
    for number, hint in enumerate(exercise.hints, start=1):
        title = "Hint" if number == 1 else "Second hint"
        folded = f"<details><summary>{title}</summary>\n\n{hint}\n\n</details>"
        yield _words(f"hint-{name}-{number}", folded)


def _open_exercise(exercise, points):
    name = exercise.id.replace(".", "-")
    number = len(re.findall("^- ", exercise.rubric, re.MULTILINE))
    marking = MARKING.format(
        rubric=exercise.rubric,
        points=points,
        each=points / number,
        number=number,
        model_answer=exercise.model_answer,
    )
    yield _words(f"task-{name}", _task(exercise, points))
    yield _words(f"rubric-{name}", marking, nbgrader=True)
    code = exercise.beginning or BEGINNING
    yield _code(f"experiment-{name}", code, solution=True)
    answer = _words(f"answer-{name}", TO_WRITE)
    answer.metadata["nbgrader"] = _nbgrader(f"answer-{name}", True, True, False, points)
    yield answer


def _task(exercise, points):
    worth = f"{points:g} point" + ("" if points == 1 else "s")
    return f"## Exercise {exercise.id} · {exercise.title}\n\n*{worth}*\n\n{exercise.words}"


def _words(name, text, nbgrader=False):
    cell = new_markdown_cell(text, id=name)
    if nbgrader:
        cell.metadata["nbgrader"] = _nbgrader(name, False, False, True)
    return cell


def _code(name, text, solution=False, grade=False, locked=False, points=None):
    cell = new_code_cell(text, id=name)
    cell.metadata["nbgrader"] = _nbgrader(name, solution, grade, locked, points)
    return cell


def _nbgrader(name, solution, grade, locked, points=None):
    """What nbgrader wants to know about a cell."""
    known = {"grade_id": name, "solution": solution, "grade": grade, "locked": locked}
    if points is not None:
        known["points"] = points
    return known | {"task": False, "schema_version": 3}
