"""The nbgrader preprocessor that takes the place of `Execute`: run the cells, grade the answers."""

import json
import textwrap
import time
from pathlib import Path

import nbformat
from nbformat.v4 import new_output
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution
from traitlets import Bool, Integer

from . import confine, hidden
from .process import Ended, StudentProcess, readable_folders

SOURCE = Path(__file__).parents[1] / "source"
SEED = Path(__file__).with_name("seed.json")
MOST_SHOWN = 5_000_000  # characters of the pictures and texts that a cell displays
LONGEST_SENTENCE = 1000  # characters; a sentence may quote a part of the answer
NO_LANDLOCK = (
    "This system can't confine a student's code: Landlock is missing (it needs Linux 5.13 or "
    "newer). Grade on such a system or in a container on one, or set "
    "c.GradeOutside.confined = False if you trust everybody who handed something in."
)


class GradeOutside(NbGraderPreprocessor):
    """Run a submission in a confined process and test its answers from outside."""

    seconds_per_cell = Integer(60, help="how long a cell, or the test of one exercise, may take")
    seconds_per_notebook = Integer(300, help="how long one submission may take in all")
    confined = Bool(True, help="keep the student's code from files and the network (Linux)")
    seconds_per_cell.tag(config=True)
    seconds_per_notebook.tag(config=True)
    confined.tag(config=True)

    def preprocess(self, nb, resources):
        if self.confined:
            _refuse_without_protection()
        source = SOURCE / resources["nbgrader"]["assignment"]
        _keep_only_known_files(Path(resources["metadata"]["path"]), source)
        session = Session(self, source)
        try:
            for cell in nb.cells:
                if cell.cell_type == "code":
                    self._do(cell, session)
        finally:
            session.close()
        return nb, resources

    def _do(self, cell, session):
        call = hidden.CALL.search(cell.source)
        if is_grade(cell) and not is_solution(cell):
            share, said = session.grade(*call.groups()) if call else (0.0, "there is no test.")
            points = round(share * float(cell.metadata.nbgrader["points"]), 2)
            exercise = call.group(1) if call else "?"
            cell.outputs = [
                new_output(
                    "stream",
                    name="stdout",
                    text=_wrapped(f"Exercise {exercise}: {said}"),
                ),
                new_output("execute_result", data={"text/plain": f"{points}"}, execution_count=1),
            ]
        else:
            cell.outputs = session.run(cell.source)
        cell.execution_count = 1


def _refuse_without_protection():
    """Stop where a student's code could read the hidden tests."""
    if confine.landlock_version() == 0:
        raise NbGraderException(NO_LANDLOCK)
    course = SOURCE.resolve().parent
    for folder in readable_folders():
        if course.is_relative_to(folder):
            words = "a student's code may read this folder. Move the course somewhere else."
            raise NbGraderException(f"The course is inside {folder}, and {words}")


class RestoreMetadata(NbGraderPreprocessor):
    """Undo what a submission says about points and tests: only the source says it."""

    def preprocess(self, nb, resources):
        known = resources["nbgrader"]
        path = SOURCE / known["assignment"] / f"{known['notebook']}.ipynb"
        of_source = {
            cell.metadata.nbgrader.grade_id: cell.metadata.nbgrader
            for cell in nbformat.read(path, as_version=4).cells
            if "nbgrader" in cell.metadata
        }
        for cell in nb.cells:
            claimed = cell.metadata.pop("nbgrader", None)
            grade_id = claimed.get("grade_id") if isinstance(claimed, dict) else None
            if grade_id in of_source:
                cell.metadata["nbgrader"] = of_source.pop(grade_id)
        return nb, resources


def _keep_only_known_files(folder, source):
    """Remove what was handed in beside the notebooks: links to other files, for example."""
    for path in folder.rglob("*"):
        name = path.relative_to(folder)
        is_known = (source / name).exists() or name.name == "timestamp.txt"
        if not is_known and (path.is_file() or path.is_symlink()):
            path.unlink()


class Session:
    """A submission's cells in one process after another, should one of them come to its end.

    folder: the assignment's source; the process gets a copy of it, without notebooks.
    """

    def __init__(self, settings, folder):
        self.settings, self.folder = settings, folder
        self.process, self.done = None, []
        self.end = time.monotonic() + settings.seconds_per_notebook

    def run(self, source):
        """Execute a cell, and return its outputs. A cell that ends the process is left out."""
        try:
            process = self._ready()
            reply = process.ask({"run": source})
        except Ended as ended:
            self.close()
            return [_error(f"This cell was stopped: {ended}.")]
        self.done.append(source)
        return _outputs(reply, *process.take_output())

    def grade(self, exercise, name):
        """The share of the points that an answer gets, and what there is to say about it."""
        seed = json.loads(SEED.read_text(encoding="utf-8"))
        task = hidden.load(hidden.lesson_of(exercise), seed)[exercise]
        try:
            return hidden.grade(task, self._ready(), name)
        except Ended as ended:
            self.close()
            return 0.0, f"your answer was stopped: {ended}."

    def close(self):
        if self.process:
            self.process.close()
        self.process = None

    def _ready(self):
        """A process that has executed the cells so far, with the time of one cell before it."""
        while self.process is None:
            left = self._seconds_left(self.settings.seconds_per_notebook)
            self.process = StudentProcess(self.folder, left + 10, self.settings.confined)
            self._repeat()
        self.process.allow(self._seconds_left(self.settings.seconds_per_cell))
        return self.process

    def _repeat(self):
        """Execute the cells again that came before the one at which the last process ended."""
        for source in list(self.done):
            try:
                self.process.allow(self._seconds_left(self.settings.seconds_per_cell))
                self.process.ask({"run": source})
            except Ended:
                self.close()
                self.done.remove(source)
                return
        self.process.take_output()

    def _seconds_left(self, most):
        left = self.end - time.monotonic()
        if left <= 0:
            raise Ended("the whole notebook did not come to an end in time")
        return min(most, left)


def _wrapped(text):
    """A sentence in lines that a page of feedback has room for."""
    return textwrap.fill(text[:LONGEST_SENTENCE], 80, break_on_hyphens=False) + "\n"


def _outputs(reply, printed, characters):
    """What nbformat calls the outputs of a cell; nothing but texts and PNG pictures."""
    outputs = []
    if printed:
        if characters > len(printed):
            printed += f"\n… (the cell printed {characters:,} characters; the rest is left out)\n"
        outputs.append(new_output("stream", name="stdout", text=printed))
    shown = reply.get("shown")
    left = MOST_SHOWN
    for data in shown if isinstance(shown, list) else []:
        data = data if isinstance(data, dict) else {}
        kept = {k: data[k] for k in ("text/plain", "image/png") if isinstance(data.get(k), str)}
        left -= sum(map(len, kept.values()))
        if left > 0:
            outputs.append(new_output("display_data", data=kept))
    return outputs


def _error(words):
    return new_output("error", ename="Stopped", evalue=words, traceback=[words])
