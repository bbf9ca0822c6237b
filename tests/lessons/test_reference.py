"""The reference: its table of claims repeats what the lessons print, and its links lead on."""

import html
import json
import re
from urllib.parse import unquote

import nbformat
import pytest
from support.claims import claims_of, printed_claims
from support.course import (
    COURSE,
    NOTEBOOKS,
    PATHS,
    REFERENCE,
    Lesson,
    anchors,
    html_of,
    printed_by,
    prose,
)
from support.lessons import beside_the_notebooks

CELL = r"<td[^>]*>(.*?)</td>"
TABLE_ROW = re.compile(
    rf"<tr><td>(C\d+)</td>{CELL}<td>(?:<b>)?([A-Za-z ]+)(?:</b>)?</td>{CELL}"
    r"<td><a href=\"([^\"]+)\">"
)
LINK = re.compile(r"\]\(([^)\s]+)\)")
claims = beside_the_notebooks("claims")


@pytest.fixture(scope="module")
def page():
    return Lesson(REFERENCE)


def test_is_a_valid_notebook_that_was_run(page):
    nbformat.validate(page.notebook)
    assert [cell.execution_count for cell in page.code] == list(range(1, len(page.code) + 1))


def test_links_lead_to_files_and_headings_that_exist(page):
    for cell in page.markdown:
        for link in LINK.findall(prose(cell)):
            name, _, anchor = unquote(link).partition("#")
            if name.startswith("http"):
                continue
            target = NOTEBOOKS / name if name else REFERENCE
            assert target.exists(), link
            assert not anchor or anchor in anchors(target), link


def entries(page, id):
    """[(name, lesson's file), ...]: the rows of a table, without those that name no lesson."""
    (cell,) = [cell for cell in page.markdown if cell.id == id]
    return re.findall(r"(?m)^\| (.+?) \| .+ \| \[\w+\]\((\w+)\.ipynb\) \|$", cell.source)


def test_every_word_and_symbol_names_its_lesson(page):
    for id in ("glossary", "words"):
        assert len(entries(page, id)) >= 25
        assert {name for _, name in entries(page, id)} <= set(COURSE)


def test_the_words_are_in_alphabetical_order(page):
    words = [re.sub(r"[^a-z ]", "", word.lower()) for word, _ in entries(page, "words")]
    assert words == sorted(words)


@pytest.mark.parametrize("name", ["01a_one_neuron", "01b_reading_digits"])
def test_a_word_stands_in_the_lesson_that_introduces_it(page, name):
    """In the second edition, a term is introduced in bold."""
    text = "\n".join(cell.source for cell in Lesson(NOTEBOOKS / f"{name}.ipynb").markdown)
    bold = " ".join(re.findall(r"\*\*([^*\n]+)\*\*", text)).lower()
    for words, lesson in entries(page, "words"):
        if lesson == name:
            assert any(word.strip() in bold for word in words.lower().split(",")), words


# The saved table of claims. If these tests fail: python tools/run_notebooks.py reference


@pytest.fixture(scope="module")
def table_html(page):
    (cell,) = [cell for cell in page.code if cell.id == "claims-cell"]
    (text,) = html_of(cell)
    return text


@pytest.fixture(scope="module")
def saved_rows(table_html):
    """[(id, words, verdict, measured, address), ...]: the table as it is saved."""
    return [tuple(map(html.unescape, row)) for row in TABLE_ROW.findall(table_html)]


def test_the_saved_table_repeats_what_the_lessons_print(saved_rows):
    printed = []
    for path in PATHS:
        for cell in Lesson(path).code:
            printed += [(*claim, path.name) for claim in printed_claims(printed_by(cell))]
    printed.sort(key=lambda row: int(row[0][1:]))
    assert [(*row, where.partition("#")[0]) for *row, where in saved_rows] == printed


def test_the_saved_table_lists_the_claims_that_are_not_measured(saved_rows, table_html):
    measured = {row[0] for row in saved_rows}
    listed = re.findall(r"\bC\d+", table_html.partition("Not measured yet")[2])
    assert listed == [f"C{k}" for k in range(1, 50) if f"C{k}" not in measured]


def test_every_claim_that_a_cell_measures_is_in_the_saved_table(saved_rows):
    measured = set()
    for path in PATHS:
        for number, cell in claims_of(Lesson(path)).items():
            if cell.execution_count:
                measured.add((f"C{number}", path.name))
    assert {(id, where.partition("#")[0]) for id, *_, where in saved_rows} == measured


def test_the_saved_table_leads_to_headings_that_exist(saved_rows):
    for id, *_, where in saved_rows:
        name, _, anchor = where.partition("#")
        assert unquote(anchor) in anchors(NOTEBOOKS / name), id


# claims.py, on two small notebooks


def code_cell(*lines):
    outputs = [{"output_type": "stream", "text": list(lines)}]
    return {"cell_type": "code", "source": "", "outputs": outputs}


def markdown_cell(text):
    return {"cell_type": "markdown", "source": [text]}


@pytest.fixture
def small_course(tmp_path):
    """Two lessons. The second prints two claims in one cell, below a heading, and one later."""
    first = [code_cell("C2   Two.\n     Holds here: first")]
    second = [
        markdown_cell("# One\n\n## A *b*"),
        code_cell(
            "C12  Less.\n     Holds here: a < b\n",
            "C2   Two.\n     Does not hold here: c\n",
            "C50x Holds here: no\n",
        ),
        markdown_cell("no heading\n```\n# code\n```"),
        code_cell("C2   Two.\n     Holds here: d"),
        markdown_cell("### E"),
    ]
    for name, cells in (("01_y", first), ("02_x", second)):
        text = json.dumps({"cells": cells})
        (tmp_path / f"{name}.ipynb").write_text(text, encoding="utf-8")
    return tmp_path


def test_claims_are_read_with_the_last_heading_above_them(small_course):
    assert claims.table(small_course) == [
        (2, "Two.", "Holds here", "first", "01_y.ipynb", ""),
        (2, "Two.", "Does not hold here", "c", "02_x.ipynb", "A *b*"),
        (2, "Two.", "Holds here", "d", "02_x.ipynb", "A *b*"),
        (12, "Less.", "Holds here", "a < b", "02_x.ipynb", "A *b*"),
    ]


def test_a_claim_links_to_its_heading(small_course):
    without, below_heading, *_ = claims.table(small_course)
    assert claims.link(without) == "01_y.ipynb"
    assert claims.link(below_heading) == "02_x.ipynb#A-b"


def test_claims_that_nothing_measures_are_listed(small_course):
    missing = claims.not_measured(claims.table(small_course))
    assert missing == [k for k in range(1, 50) if k not in (2, 12)]


@pytest.mark.parametrize("text", ["a &lt; b", "<b>Does not hold here</b>", "C1, C3,"])
def test_the_html_shows_verdicts_measurements_and_missing_claims(small_course, text):
    assert text in claims.as_html(claims.table(small_course))
