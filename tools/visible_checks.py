"""Turn a lesson's checks into checks without answers, for what students get.

A function's check becomes a table: arguments, what a right answer returns for them, and what the
typical mistakes return. Where a judge looks at an answer, its code comes along, unless it needs
the answer. Where the answer is a value, the check only says whether everything is filled in.
"""

import ast
import json
from pathlib import Path

from definitions import names_used
from grader import plain


def write(exercises, lesson, folder, template):
    """Write checks/lesson01a.py and what it reads into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    described = {name: describe(task) for name, task in exercises.items()}
    text = json.dumps(described, ensure_ascii=False)
    (folder / f"lesson{lesson}.json").write_text(text, encoding="utf-8")
    code = template.read_text(encoding="utf-8")
    (folder / f"lesson{lesson}.py").write_text(code, encoding="utf-8")
    code = Path(plain.__file__).read_text(encoding="utf-8")
    (folder / "plain.py").write_text(code, encoding="utf-8")
    judges = [exercises[name].judge for name, data in described.items() if "judge" in data]
    if judges:
        code = "\n\n".join(code_of_judges(judges))
        path = folder / f"lesson{lesson}_judges.py"
        path.write_text(f'"""What the visible checks look at."""\n\n{code}\n', encoding="utf-8")


def describe(task):
    """An exercise without its answer, as plain data."""
    data = {"terms": list(task.terms), "hint": task.hint, "tolerance": task.tolerance}
    if task.judge:
        return data | ({} if needs_the_answer(task) else {"judge": task.judge.__name__})
    if task.cases:
        data["cases"] = [plain.encode(tuple(case)) for case in task.cases]
        data["right"] = values_of(task, task.answer)
        data["mistakes"] = {hint: values_of(task, m) for hint, m in task.mistakes.items()}
    return data


def values_of(task, function):
    """What a function returns for each case. It may write into its arguments."""
    copies = (plain.decode(plain.encode(tuple(case))) for case in task.cases)
    return [plain.encode(function(*case)) for case in copies]


# --- Judges ---------------------------------------------------------------------------------------


def needs_the_answer(task):
    """Does the judge use the answer, or the function that makes it?"""
    globals_of_judge = task.judge.__globals__
    used = {globals_of_judge.get(name) is task.answer for name in _names_of(task.judge)}
    maker = getattr(task.answer, "__qualname__", "").partition(".")[0]
    return True in used or maker in _names_of(task.judge)


def code_of_judges(judges):
    """The statements that the judges need, out of the files in which they stand."""
    for path in dict.fromkeys(judge.__code__.co_filename for judge in judges):
        here = [judge for judge in judges if judge.__code__.co_filename == path]
        names = set().union(*(_names_of(judge) for judge in here))
        for names_bound, source in _statements(path):
            if names_bound & names:
                yield source


def _names_of(judge):
    """The judge's name and all names of its file that it uses, directly or indirectly."""
    statements = _statements(judge.__code__.co_filename)
    names, added = {judge.__name__}, {judge.__name__}
    while added:
        sources = [source for bound, source in statements if bound & added]
        used = set().union(*(names_used(source) for source in sources))
        added, names = used - names, names | used
    return names


def _statements(path):
    """For each statement of a file: the names that it defines, and its text."""
    text = Path(path).read_text(encoding="utf-8")
    found = []
    for tree in ast.parse(text).body:
        if isinstance(tree, ast.Assign):
            parts = [part for target in tree.targets for part in ast.walk(target)]
            bound = {part.id for part in parts if isinstance(part, ast.Name)}
        elif isinstance(tree, (ast.Import, ast.ImportFrom)):
            bound = {alias.asname or alias.name for alias in tree.names}
        else:
            bound = {tree.name} if hasattr(tree, "name") else set()
        found.append((bound, ast.get_source_segment(text, tree)))
    return found
