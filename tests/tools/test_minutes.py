"""tools/minutes.py: each rule on a small notebook that is made up here, and the real lessons."""

import json

import minutes
import pytest
import stated_minutes
from minutes import Contents
from support.course import COURSE, NOTEBOOKS, PATHS, ROOT, name_of


def prose(*lines):
    text = "\n".join(lines)
    return {"cell_type": "markdown", "metadata": {}, "source": text.splitlines(keepends=True)}


def code(source, tags=(), folded=False):
    metadata = {"tags": list(tags)}
    if folded:
        metadata["jupyter"] = {"source_hidden": True}
    lines = source.splitlines(keepends=True)
    return {"cell_type": "code", "metadata": metadata, "source": lines, "outputs": []}


def main_part(*cells):
    return minutes.count({"cells": list(cells)})[0]


def optional_part(*cells):
    return minutes.count({"cells": list(cells)})[1]


# What is counted


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("One two three.", 3),
        ("a – b | c", 3),
        ("## A heading\n\nand text", 4),
        ("[three words long](https://example.org/a-b) here", 4),
        ("![a picture](p.png)", 2),
        ("so $h_t = W x_t + U h_{t-1}$ is read", 4),
        ("$$\na = b\n\\\\ c = d\n$$", 1),
        ("<details><summary>Hint</summary>two words</details>", 3),
        ("before\n\n```python\nx = 1\n```\n\nafter", 2),
    ],
)
def test_words_of_prose(text, words):
    assert main_part(prose(text)).words == words


def test_lines_that_can_be_seen():
    assert main_part(code("a = 1\n\n# why\nb = 2\n")).lines == 3
    assert main_part(code("a = 1\nb = 2", folded=True)).lines == 0


def test_solutions_are_not_counted():
    text = prose("a model answer")
    text["metadata"]["tags"] = ["solution"]
    assert main_part(code("a = 1", tags=["solution"]), text) == Contents()


def test_benches_are_counted_even_where_their_code_is_folded():
    cells = (code("bench", tags=["bench"]), code("bench", tags=["bench"], folded=True))
    assert main_part(*cells) == Contents(lines=1, benches=2)


@pytest.mark.parametrize(
    ("text", "predictions"),
    [
        ("**Predict.** How large?", 1),
        ("**Predict, then try.** How large?", 1),
        ("1. **Predict** before step 3.\n2. **Predict:** and again", 2),
        ("**Predict, run, explain.** This is how a lesson goes.", 0),
        ("Predict nothing.", 0),
    ],
)
def test_predictions(text, predictions):
    assert main_part(prose(text)).predictions == predictions


def test_exercises_are_counted_by_their_headings():
    cells = (
        prose("## Exercises", "### Exercise 4.1 · One", "See Exercise 4.2."),
        code("def one(): ...", tags=["exercise"]),
        prose("### Exercise 4.2 · Explain it in words"),
    )
    assert main_part(*cells).exercises == 2


def test_minutes_follow_the_rules():
    assert Contents(words=120).minutes == 1
    assert Contents(lines=10).minutes == 1
    assert Contents(benches=1).minutes == 5
    assert Contents(predictions=1).minutes == 1
    assert Contents(exercises=1).minutes == 7
    assert Contents(240, 20, 1, 1, 1).minutes == 2 + 2 + 5 + 1 + 7


# Optional parts


def test_an_optional_section_ends_at_the_next_heading_beside_it():
    cells = (
        prose("main words", "## Optional: more", "other words"),
        code("a = 1"),
        prose("### Below it", "## Main again", "words"),
        code("b = 2\nc = 3"),
    )
    assert main_part(*cells) == Contents(words=5, lines=2)
    assert optional_part(*cells) == Contents(words=6, lines=1)


def test_an_optional_exercise_ends_at_the_next_exercise():
    cells = (
        prose("### Exercise 4.1 (optional)"),
        code("one", tags=["exercise"]),
        prose("### Exercise 4.2 · Two"),
    )
    assert optional_part(*cells).exercises == 1
    assert main_part(*cells).exercises == 1


def test_a_comment_in_a_block_of_code_is_no_heading():
    cells = (prose("## Optional", "```", "# a comment", "```"), code("a = 1"))
    assert optional_part(*cells).lines == 1


# What is stated


@pytest.mark.parametrize(
    ("computed", "stated"), [(0.0, 5), (7.4, 5), (7.6, 10), (51.0, 50), (124.0, 125)]
)
def test_stated_minutes_are_rounded_to_five(computed, stated):
    assert stated_minutes.rounded(computed) == stated


@pytest.mark.parametrize(
    "before",
    [
        "*15 minutes · about 2 s of computing*",
        "*75 minutes without the optional sections (depth, softsign) · about 2 s of computing*",
        "*75 minutes, and 5 more for the optional parts · about 2 s of computing*",
    ],
)
@pytest.mark.parametrize(
    ("optional", "words"),
    [(0.0, "60 minutes"), (19.0, "60 minutes, and 20 more for the optional parts")],
)
def test_a_lessons_first_cell_is_restated(before, optional, words):
    notebook = {"cells": [prose("# 04 · Title", "", before, "", "Wait 3 minutes.")]}
    stated_minutes.restate_lesson(notebook, 61.0, optional)
    text = stated_minutes.source_of(notebook["cells"][0])
    assert f"\n*{words} · about 2 s of computing*\n" in text
    assert "Wait 3 minutes." in text
    assert stated_minutes.of(notebook) == (60, 20 if optional else 0)


def test_a_first_cell_without_minutes_is_refused():
    with pytest.raises(ValueError, match="must state the minutes"):
        stated_minutes.of({"cells": [prose("# 04 · Title")]})


def test_maps_are_restated_where_a_lesson_has_new_minutes():
    before = "| [05a LSTM](05a_x.ipynb) | 3 | 75 |\n| 00 Welcome | x | 15 |\n| Other | 05 | 20 |"
    after = "| [05a LSTM](05a_x.ipynb) | 3 | 125 |\n| 00 Welcome | x | 15 |\n| Other | 05 | 20 |"
    assert stated_minutes.restate_map(before, {"05a": 125}) == after


def test_writing_states_the_minutes_in_all_three_places(tmp_path, monkeypatch):
    lesson, welcome, readme = (tmp_path / name for name in ("04_x.ipynb", "00_w.ipynb", "R.md"))
    row = "| [04 X](04_x.ipynb) | a lesson | 10 |"
    stated_minutes.save({"cells": [prose("# 04 · X", "", "*10 minutes · fast*")]}, lesson)
    stated_minutes.save({"cells": [prose("# Welcome", "", "*15 minutes*", "", row)]}, welcome)
    readme.write_text(row)
    monkeypatch.setattr(stated_minutes, "WELCOME", welcome)
    monkeypatch.setattr(stated_minutes, "README", readme)
    stated_minutes.write({lesson: (61.0, 0.0)})
    assert "*60 minutes · fast*" in lesson.read_text()
    assert "| a lesson | 60 |" in welcome.read_text()
    assert "| a lesson | 60 |" in readme.read_text()


def test_a_notebook_is_written_as_jupyterlab_writes_it(tmp_path):
    for path in PATHS:
        stated_minutes.save(stated_minutes.read(path), tmp_path / path.name)
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name


# The real lessons


@pytest.mark.parametrize("path", PATHS, ids=name_of)
def test_a_lesson_states_its_minutes_honestly(path):
    """Within ten per cent, or within what rounding to five can change."""
    computed = minutes.minutes_of(path)
    stated = stated_minutes.of(stated_minutes.read(path))
    for is_said, is_true in zip(stated, computed, strict=True):
        difference = abs(is_said - is_true)
        hint = "run make minutes ARGS=--write"
        assert difference <= max(0.1 * is_true, stated_minutes.STEP / 2), hint


@pytest.mark.parametrize("where", ["README.md", "notebooks/00_welcome.ipynb"])
def test_maps_state_the_same_minutes_as_the_lessons(where):
    text = (ROOT / where).read_text(encoding="utf-8")
    if where.endswith(".ipynb"):
        cells = json.loads(text)["cells"]
        text = "\n".join(stated_minutes.source_of(cell) for cell in cells)
    rows = {number: int(row) for number, row in stated_rows(text)}
    for name in COURSE:
        main, _ = stated_minutes.of(stated_minutes.read(NOTEBOOKS / f"{name}.ipynb"))
        assert rows[name.partition("_")[0]] == main, name


def stated_rows(text):
    """(number of a lesson, minutes in the last column) for each row of a map."""
    for row in stated_minutes.ROW.finditer(text):
        yield row[2], row[0].split("|")[-2]


def test_the_table_shows_computed_and_stated_minutes(capsys):
    minutes.main(["04"])
    head, row = capsys.readouterr().out.splitlines()
    assert head.split()[-2:] == ["computed", "stated"]
    assert row.startswith("04_vanishing_and_exploding_gradients")
