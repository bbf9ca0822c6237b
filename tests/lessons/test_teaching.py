"""TEACHING.md stays true of the notebooks: every lesson has its parts, and what it names is there."""

import ast
import re
from urllib.parse import unquote

import pytest
from support.course import COURSE, NOTEBOOKS, Lesson, anchors, tree

TEXT = (NOTEBOOKS / "TEACHING.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"(?ms)^## (\d\d[ab]?) (.*?)(?=^## |\Z)", TEXT))
PARTS = ["Plan, 50 minutes", "Plan, 90 minutes", "Predict, then run", "Misconceptions", "Concept questions", "Project",
         "Homework"]
TAUGHT = [name for name in COURSE if "01" <= name[:2] <= "10"]
LINK = re.compile(r"\[([^\[\]]+)\]\(([^)\s]+)\)")


@pytest.fixture(params=TAUGHT, scope="module")
def section(request):
    """A lesson's notebook, the whole section about it, and {part: its text}."""
    number = request.param.partition("_")[0]
    assert number in SECTIONS, f"{request.param} has no section"
    pieces = re.split(r"(?m)^\*\*([^*\n]+?)\.?\*\*", SECTIONS[number])
    return Lesson(NOTEBOOKS / f"{request.param}.ipynb"), SECTIONS[number], dict(zip(pieces[1::2], pieces[2::2]))


def strings(lesson):
    """Patterns of all strings in a lesson's code that may name a preset or a bench, f-strings with wildcards."""
    found = set()
    for cell in lesson.code:
        for node in ast.walk(tree(cell)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(re.escape(node.value))
            elif isinstance(node, ast.JoinedStr):
                found.add("".join(re.escape(v.value) if isinstance(v, ast.Constant) else r"\S+" for v in node.values))
    return found


def named(pattern, lesson):
    return any(re.fullmatch(known, pattern) for known in strings(lesson) if known != r"\S+")


def test_every_lesson_has_all_parts_in_order(section):
    lesson, text, parts = section
    assert list(parts) == PARTS
    title = lesson.cells[0].source.splitlines()[0].removeprefix("# ").replace(" · ", " ")
    assert f"{lesson.name.partition('_')[0]} {text.splitlines()[0]}" == title
    assert f"]({lesson.name}.ipynb)" in text


@pytest.mark.parametrize("minutes", [50, 90])
def test_plans_fill_their_time(section, minutes):
    _, _, parts = section
    rows = [tuple(map(int, row)) for row in re.findall(r"(?m)^\| (\d+)–(\d+) \|", parts[f"Plan, {minutes} minutes"])]
    assert len(rows) >= 6
    assert [begin for begin, _ in rows] == [0] + [end for _, end in rows[:-1]]
    assert rows[-1][1] == minutes and all(1 <= end - begin <= 20 for begin, end in rows)


def test_questions_and_misconceptions(section):
    _, _, parts = section
    assert len(re.findall(r"(?m)^\d\. .+\*Answer:\* \S", parts["Concept questions"])) == 3
    assert len(re.findall(r"(?m)^\| (?!Ask|---)", parts["Predict, then run"])) >= 5
    shown = re.findall(r'(?m)^- \*"(.+?)"\*(.+)$', parts["Misconceptions"])
    assert len(shown) >= 4
    for misconception, against in shown:
        assert re.search(r"`[^`]+`|\]\(|bench “", against) or "patient E" in against, f"what to show: {misconception}"


def test_presets_and_benches_are_in_the_notebook(section):
    lesson, text, parts = section
    presets, benches = re.findall(r"`([^`]+)`", text), re.findall(r"[Bb]ench “([^”]+)”", text)
    assert len(set(presets)) >= 4 and re.search("[Bb]ench", parts["Project"])
    assert not [name for name in presets if not named(name, lesson)]
    source = "\n".join(cell.source for cell in lesson.code)
    assert not [name for name in benches if not re.search(rf'\bname="{re.escape(name)}"', source)]


def test_homework_is_in_the_notebook(section):
    lesson, text, parts = section
    there = {cell.metadata["exercise"] for cell in lesson.code if "exercise" in cell.metadata}
    asked = set(re.findall(r"\b\d+[ab]?\.\d\b(?! (?:points|nats|bits|ppm))", parts["Homework"]))
    assert len(asked) >= 3 and asked <= there
    assert set(re.findall(r"[Ee]xercises? (\d[ab]?\.\d)", text)) <= there


def test_links_lead_to_headings_that_say_so():
    links = LINK.findall(TEXT)
    assert len(links) > 100
    own = {heading.replace(" ", "-") for heading in re.findall(r"(?m)^#+ (.+)$", TEXT)}
    for words, target in links:
        name, _, anchor = unquote(target).partition("#")
        if not name:
            assert anchor in own, target
            continue
        assert (NOTEBOOKS / name).exists(), target
        assert not anchor or (anchor in anchors(NOTEBOOKS / name) and anchor == words.replace(" ", "-")), target


@pytest.mark.parametrize("plan", ["Two lectures", "Six lectures", "Term"])
def test_plans_of_a_course(plan):
    text = re.search(rf"(?ms)^## {plan}\n(.*?)(?=^## |\Z)", TEXT)[1]
    there = {c.metadata["exercise"] for name in TAUGHT for c in Lesson(NOTEBOOKS / f"{name}.ipynb").code
             if "exercise" in c.metadata}
    asked = re.findall(r"\b\d+[ab]?\.\d\b", text)
    assert len(asked) >= 6 and set(asked) <= there
    for lecture in re.findall(r"(?m)^\d\. (.+)$", text) if plan != "Term" else []:
        parts = list(map(int, re.findall(r"\((\d+)\)", lecture)))
        assert not parts or sum(parts) == 90, lecture
