"""TEACHING.md agrees with the notebooks: every lesson has its parts, and what they name exists."""

import ast
import re
from urllib.parse import unquote

import pytest
from support.course import (
    COURSE,
    NOTEBOOKS,
    SECOND_EDITION,
    Lesson,
    anchors,
    tree,
)

TEXT = (NOTEBOOKS / "TEACHING.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"(?ms)^## (\d\d[a-c]?) (.*?)(?=^## |\Z)", TEXT))
PARTS = [
    "Plan, 50 minutes",
    "Plan, 90 minutes",
    "Predict, then run",
    "Misconceptions",
    "Concept questions",
    "Project",
    "Homework",
]
PARTS_OF_THE_SECOND_EDITION = ["Rubric for", "Exam question"]  # between the questions and Project
TAUGHT = [name for name in COURSE if "01" <= name[:2] <= "10"]
LINK = re.compile(r"\[([^\[\]]+)\]\(([^)\s]+)\)")
EXERCISE = re.compile(r"\b\d+[a-c]?\.\d\b(?! (?:points|nats|bits|ppm))")
SOMETHING_TO_SHOW = re.compile(r"`[^`]+`|\]\(|bench “|patient E")
ANYTHING = r"\S+"


class Section:
    """What TEACHING.md says about one lesson: the whole text, and {part: its text}."""

    def __init__(self, name):
        number = name.partition("_")[0]
        self.lesson = Lesson(NOTEBOOKS / f"{name}.ipynb")
        self.text = SECTIONS[number]
        self.title = f"{number} {self.text.splitlines()[0]}"
        pieces = re.split(r"(?m)^\*\*([^*\n]+?)\.?\*\*", self.text)
        self.parts = dict(zip(pieces[1::2], pieces[2::2]))


@pytest.fixture(params=TAUGHT, scope="module")
def section(request):
    return Section(request.param)


# The parts of a section


def test_every_lesson_has_all_parts_in_order(section):
    additional = tuple(PARTS_OF_THE_SECOND_EDITION)
    assert [part for part in section.parts if not part.startswith(additional)] == PARTS


def test_a_lesson_of_the_second_edition_has_an_exam_question_with_its_answer(section):
    if section.lesson.name not in SECOND_EDITION:
        pytest.skip("first edition")
    assert "*Answer:*" in section.parts["Exam question"]


def test_a_section_has_the_title_of_its_lesson(section):
    first_line = section.lesson.cells[0].source.splitlines()[0]
    assert section.title == first_line.removeprefix("# ").replace(" · ", " ")


def test_a_section_links_to_its_lesson(section):
    assert f"]({section.lesson.name}.ipynb)" in section.text


def plan(section, minutes):
    """[(begin, end), ...]: the rows of a plan, in minutes."""
    rows = re.findall(r"(?m)^\| (\d+)–(\d+) \|", section.parts[f"Plan, {minutes} minutes"])
    return [(int(begin), int(end)) for begin, end in rows]


@pytest.mark.parametrize("minutes", [50, 90])
def test_a_plan_has_several_steps(section, minutes):
    assert len(plan(section, minutes)) >= 6


@pytest.mark.parametrize("minutes", [50, 90])
def test_a_plan_fills_its_time_without_gaps(section, minutes):
    begins, ends = zip(*plan(section, minutes))
    assert begins == (0, *ends[:-1])
    assert ends[-1] == minutes


@pytest.mark.parametrize("minutes", [50, 90])
def test_no_step_of_a_plan_is_longer_than_20_minutes(section, minutes):
    for begin, end in plan(section, minutes):
        assert 1 <= end - begin <= 20


def test_there_are_three_concept_questions_with_answers(section):
    questions = re.findall(r"(?m)^\d\. .+\*Answer:\* \S", section.parts["Concept questions"])
    assert len(questions) == 3


def test_there_are_predictions(section):
    rows = re.findall(r"(?m)^\| (?!Ask|---)", section.parts["Predict, then run"])
    assert len(rows) >= 3


def misconceptions(section):
    """[(misconception, what to show against it), ...]."""
    return re.findall(r'(?m)^- \*"(.+?)"\*(.+)$', section.parts["Misconceptions"])


def test_there_are_misconceptions(section):
    assert len(misconceptions(section)) >= 3


def test_every_misconception_comes_with_something_to_show(section):
    for misconception, against in misconceptions(section):
        assert SOMETHING_TO_SHOW.search(against), misconception


# What the sections name


def pattern_of(node):
    """A pattern of a string in the code; what an f-string fills in may be anything."""
    if isinstance(node, ast.Constant):
        return re.escape(node.value)
    parts = [re.escape(v.value) if isinstance(v, ast.Constant) else ANYTHING for v in node.values]
    return "".join(parts)


def patterns_of_strings(lesson):
    """Patterns of all strings in a lesson's code, any of which may name a preset."""
    found = set()
    for code in [*map(tree, lesson.code), ast.parse(drawing_code(lesson))]:
        for node in ast.walk(code):
            is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
            if is_text or isinstance(node, ast.JoinedStr):
                found.add(pattern_of(node))
    return found - {ANYTHING}


def drawing_code(lesson):
    """The modules that draw a lesson's pictures; only lessons of the second edition have them.

    They are the lesson's own module, others that its notebook imports, and what these import.
    """
    source = "\n".join(cell.source for cell in lesson.code)
    waiting = [f"lesson{lesson.name.partition('_')[0]}"]
    waiting += re.findall(r"(?m)^from figures import (\w+)", source)
    texts = {}
    while waiting:
        name = waiting.pop()
        path = NOTEBOOKS / "figures" / f"{name}.py"
        if name not in texts and path.exists():
            texts[name] = path.read_text(encoding="utf-8")
            waiting += re.findall(r"(?m)^from (?:\.|\. import )(\w+)", texts[name])
    return "\n".join(texts.values())


def presets(section):
    return re.findall(r"`([^`]+)`", section.text)


def test_a_section_names_three_presets(section):
    assert len(set(presets(section))) >= 3


def test_the_presets_are_in_the_notebook(section):
    known = patterns_of_strings(section.lesson)
    for preset in presets(section):
        assert any(re.fullmatch(pattern, preset) for pattern in known), preset


def test_the_project_uses_a_bench(section):
    assert re.search("[Bb]ench", section.parts["Project"])


def test_the_benches_are_in_the_notebook(section):
    source = "\n".join(cell.source for cell in section.lesson.code) + drawing_code(section.lesson)
    for bench in re.findall(r"[Bb]ench “([^”]+)”", section.text):
        assert re.search(rf'\bname"?[=:] ?"{re.escape(bench)}"', source), bench


def exercises_in(lesson):
    """The numbers of its exercises. One that nothing can check has a heading, but no cell."""
    text = "\n".join(cell.source for cell in lesson.markdown)
    return set(re.findall(r"(?m)^### Exercise (\d+[a-c]?\.\d) ", text))


def test_the_homework_has_three_exercises(section):
    assert len(set(EXERCISE.findall(section.parts["Homework"]))) >= 3


def test_the_homework_is_in_the_notebook(section):
    homework = set(EXERCISE.findall(section.parts["Homework"]))
    assert homework <= exercises_in(section.lesson)


def test_all_exercises_that_a_section_names_are_in_the_notebook(section):
    named = set(re.findall(r"[Ee]xercises? (\d[a-c]?\.\d)", section.text))
    assert named <= exercises_in(section.lesson)


# Links


def test_there_are_links_to_many_headings():
    assert len(LINK.findall(TEXT)) > 100


def test_links_within_the_page_lead_to_headings():
    headings = re.findall(r"(?m)^#+ (.+)$", TEXT)
    own_anchors = {heading.replace(" ", "-") for heading in headings}
    for _, target in LINK.findall(TEXT):
        name, _, anchor = unquote(target).partition("#")
        if not name:
            assert anchor in own_anchors, target


@pytest.fixture(scope="module")
def links_to_files():
    """[(words, file name, anchor), ...]."""
    links = [(words, *unquote(target).partition("#")) for words, target in LINK.findall(TEXT)]
    return [(words, name, anchor) for words, name, _, anchor in links if name]


def test_links_lead_to_files_that_exist(links_to_files):
    for _, name, _ in links_to_files:
        assert (NOTEBOOKS / name).exists(), name


def test_links_lead_to_headings_that_exist(links_to_files):
    known = {name: anchors(NOTEBOOKS / name) for _, name, anchor in links_to_files if anchor}
    for _, name, anchor in links_to_files:
        assert not anchor or anchor in known[name], f"{name}#{anchor}"


def test_the_words_of_a_link_are_the_heading_it_leads_to(links_to_files):
    for words, name, anchor in links_to_files:
        assert not anchor or anchor == words.replace(" ", "-"), name


# Plans of whole courses


def text_of_course(title):
    return re.search(rf"(?ms)^## {title}\n(.*?)(?=^## |\Z)", TEXT)[1]


@pytest.mark.parametrize("title", ["Two lectures", "Six lectures", "Term"])
def test_the_exercises_of_a_course_exist(title):
    asked = re.findall(r"\b\d+[a-c]?\.\d\b", text_of_course(title))
    known = set()
    for name in TAUGHT:
        known |= exercises_in(Lesson(NOTEBOOKS / f"{name}.ipynb"))
    assert len(asked) >= 6
    assert set(asked) <= known


@pytest.mark.parametrize("title", ["Two lectures", "Six lectures"])
def test_a_lecture_lasts_90_minutes(title):
    for lecture in re.findall(r"(?m)^\d\. (.+)$", text_of_course(title)):
        minutes = list(map(int, re.findall(r"\((\d+)\)", lecture)))
        assert not minutes or sum(minutes) == 90, lecture
