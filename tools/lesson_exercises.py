"""Read the exercises out of a lesson: the task, the stub, the hint, or how to judge an answer."""

import re
from dataclasses import dataclass, field

HEADING = re.compile(r"^### Exercise (\d+[a-z]?\.\d+) · (.+)$", re.MULTILINE)
FOLDED = re.compile(r"<details><summary>([^<]*)</summary>\n(.*?)</details>", re.DOTALL)
MODEL, RUBRIC = "A model answer", "How to judge your answer"
HINT = re.compile(r"(Second hint|Hint)\b")  # also "Hint for the others"
# The answer to another exercise can't be asked for where no answers are handed out.
OFFERS_AN_ANSWER = re.compile(r',? or `answer\("[^"]+"\)`')
# The cells whose printed text an exercise speaks of. The assignment shows that text with the task.
PRINTED = {
    "1a.3": ("ex-1a-3-table",),
    "3.4": ("clinic-patients", "clinic-patients-more", "clinic-check"),
    "3.5": ("clinic-forward",),
    "5b.3": ("clinic-patients", "clinic-check"),
}


@dataclass
class LessonExercise:
    """One exercise of a lesson, in its parts; an open one has no stub, but a model answer."""

    id: str
    title: str
    words: str = ""
    place: int = 0  # the number of the cell that has the heading
    printed: list = field(default_factory=list)  # what the cells named in PRINTED print
    stub: str = ""  # without the call of check
    call: str = ""  # check("1a.1", my_xor)
    beginning: str = ""  # the code with which an open exercise begins
    solution: str = ""
    hints: list = field(default_factory=list)
    model_answer: str = ""
    rubric: str = ""

    @property
    def is_open(self):
        return not self.call


def assignment_of(path):
    """ "exercises_01a" for the lesson 01a_one_neuron.ipynb: neither may overwrite the other."""
    return f"exercises_{path.stem.partition('_')[0]}"


def exercises_in(notebook):
    """The exercises of a lesson, in their order."""
    found, cells = [], notebook.cells
    for place, cell in enumerate(cells):
        heading = cell.cell_type == "markdown" and HEADING.search(cell.source)
        if not heading:
            continue
        exercise = LessonExercise(heading[1], heading[2], place=place)
        _read_words(exercise, cell.source[heading.end() :])
        for following in cells[place + 1 : _end(cells, place)]:
            _read_cell(exercise, following)
        exercise.printed = [_printed_by(cells, name) for name in PRINTED.get(exercise.id, ())]
        found.append(exercise)
    return found


def _end(cells, place):
    """The number of the cell with which the exercise at this place is over."""
    for k in range(place + 1, len(cells)):
        tags = cells[k].metadata.get("tags", ())
        has_heading = cells[k].cell_type == "markdown" and re.search("^#+ ", cells[k].source, re.M)
        if has_heading or "regression" in tags:
            return k
        if "solution" in tags and cells[k].cell_type == "code":
            return k + 1
    return len(cells)


def _read_words(exercise, text):
    """Split a markdown cell into the task and the folded parts."""
    # A heading of the same rank or a higher one ends the exercise.
    text = re.split(r"^#{1,3} ", text, flags=re.MULTILINE)[0]
    for summary, words in FOLDED.findall(text):
        if summary == MODEL:
            exercise.model_answer = words.strip()
        elif summary == RUBRIC:
            exercise.rubric = words.strip()
        elif HINT.match(summary):
            exercise.hints.append(words.strip())
        else:
            raise ValueError(f"Exercise {exercise.id}: what is the folded part {summary!r}?")
    left = OFFERS_AN_ANSWER.sub("", FOLDED.sub("", text)).strip()
    exercise.words = f"{exercise.words}\n\n{left}".strip()


def _read_cell(exercise, cell):
    tags = cell.metadata.get("tags", ())
    if cell.cell_type == "markdown":
        _read_words(exercise, cell.source)
    elif "exercise" in tags:
        call = re.search(r"^check\(.*\)$", cell.source, re.MULTILINE)
        if call is None:
            raise ValueError(f"The stub of Exercise {exercise.id} doesn't end with check(…).")
        exercise.stub = cell.source[: call.start()].rstrip()
        exercise.call = call.group()
    elif "solution" in tags:
        exercise.solution = cell.source
    elif not exercise.call and cell.id not in PRINTED.get(exercise.id, ()):
        exercise.beginning = cell.source


def _printed_by(cells, cell_id):
    """What the code cell with this name has printed."""
    cell = next(cell for cell in cells if cell.id == cell_id)
    return "".join(output.get("text", "") for output in cell.get("outputs", ())).rstrip()
