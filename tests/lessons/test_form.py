"""The form of the notebooks: what a reader, GitHub, a screen reader, nbval and git rely on."""

import ast
import html
import re
from urllib.parse import unquote

import nbformat
import pytest
from support.claims import claims_of, verdicts
from support.course import (
    COURSE,
    NOTEBOOKS,
    PATHS,
    SECOND_EDITION,
    Lesson,
    anchors,
    exercise_cells,
    html_of,
    printed_by,
    prose,
    tags,
    tree,
    words_of,
)

NOT_WRITTEN = [name for name in COURSE if NOTEBOOKS / f"{name}.ipynb" not in PATHS]
NUMBERS_OF_CLAIMS = range(1, 50)
KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
METADATA = {"kernelspec": KERNELSPEC, "language_info": {"name": "python"}}
MOST_BYTES = 3_000_000
MOST_LINES_IN_A_CELL = 25
MOST_LINES_TO_READ = 15
FEWEST_LETTERS_FOR_A_PICTURE = 20
WIDGET = "application/vnd.jupyter.widget-view+json"
MACHINE_PATH = re.compile(
    r"(?<![\w.:/~])/(?:home|root|Users|tmp|work|opt|mnt|var|usr)/\w|\b[A-Z]:\\\w"
)
PICTURE_DATA = re.compile(r"(?<=;base64,)[A-Za-z0-9+/=]+")
MARKDOWN_LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(<?([^)\s>]+)>?[^)]*\)")
HTML_LINK = re.compile(r"<(?:a|img)\b[^>]*(?:href|src)=\"([^\"]+)\"")
LEADS_OUT = re.compile(r"https?:|mailto:|data:|attachment:")
IMAGE_TAG = re.compile(r"<img\b[^>]*>")
GENERATED_ID = re.compile(r"[0-9a-f]{8}")
GOOD_ID = re.compile(r"[a-z0-9][a-z0-9-]{2,40}")
MAGIC_THAT_DOWNLOADS = re.compile(r"(?m)^\s*(!|%pip|%conda|%%(bash|sh))")
DOWNLOADERS = {"urllib", "requests", "http", "httpx", "socket", "ftplib", "subprocess", "pip"}
RANDOM_MODULES = {"random", "numpy.random"}
# What numpy.random offers beside its global state.
GENERATORS = {"default_rng", "Generator", "SeedSequence", "PCG64"}
KNOWN_TAGS = {
    "exercise",
    "solution",
    "raises-exception",
    "bench",
    "present",
    "regression",
    "bridge",
    "prepare",
}


@pytest.fixture(params=PATHS, ids=lambda path: path.stem, scope="module")
def lesson(request):
    return Lesson(request.param)


# The file


def test_is_a_valid_notebook(lesson):
    nbformat.validate(lesson.notebook)
    assert (lesson.notebook.nbformat, lesson.notebook.nbformat_minor) == (4, 5)


def test_says_nothing_of_the_machine_it_ran_on(lesson):
    assert lesson.notebook.metadata == METADATA


def test_is_small_enough_for_github_to_show(lesson):
    assert len(lesson.raw.encode()) < MOST_BYTES


def test_is_in_the_course(lesson):
    assert lesson.name in COURSE, "add a new lesson to COURSE and to the map in README.md"


def test_no_two_cells_have_the_same_id(lesson):
    ids = [cell.id for cell in lesson.cells]
    assert len(set(ids)) == len(ids)


def test_cells_have_names_that_say_what_they_hold(lesson):
    for cell in lesson.cells:
        assert GOOD_ID.fullmatch(cell.id), "choose a name such as bench-cell"
        assert not GENERATED_ID.fullmatch(cell.id), "choose a name such as bench-cell"


def test_was_run_from_top_to_bottom(lesson):
    """nbval compares only cells with a count, so it would accept any notebook without counts."""
    counts = [cell.execution_count for cell in lesson.code]
    assert counts == list(range(1, len(lesson.code) + 1))


def test_has_outputs(lesson):
    assert any(cell.outputs for cell in lesson.code)


def kinds_of_output(cell):
    return {output.get("name") or output.output_type for output in cell.outputs}


def test_no_cell_warned(lesson):
    for cell in lesson.code:
        assert "stderr" not in kinds_of_output(cell), cell.id


def test_only_cells_that_should_fail_failed(lesson):
    for cell in lesson.code:
        failed = "error" in kinds_of_output(cell)
        assert failed == ("raises-exception" in tags(cell)), cell.id


def test_contains_no_path_of_a_machine(lesson):
    for cell in lesson.cells:
        for text in [cell.source, *map(words_of, cell.get("outputs", []))]:
            assert not MACHINE_PATH.search(PICTURE_DATA.sub("", text)), cell.id


# The first page


def test_opens_with_its_title(lesson):
    number = lesson.name.partition("_")[0]
    title = r"# \S" if lesson.number == "0" else rf"# {number} · \S"
    assert lesson.cells[0].cell_type == "markdown"
    assert re.match(title, lesson.cells[0].source)


def test_opens_with_its_question(lesson):
    assert "**Question.**" in lesson.cells[0].source or lesson.number == "0"


def test_opens_with_its_minutes(lesson):
    assert re.search(r"\b\d+ minutes\b", lesson.cells[0].source)


def test_leads_to_the_lessons_beside_it(lesson):
    ends = lesson.cells[0].source + lesson.cells[-1].source
    targets = {target for _, _, target in MARKDOWN_LINK.findall(ends)}
    place = COURSE.index(lesson.name)
    for neighbour in COURSE[max(place - 1, 0) : place] + COURSE[place + 1 : place + 2]:
        assert f"{neighbour}.ipynb" in targets


# Links and pictures


def links_of(cell):
    """The targets of a markdown cell's links and pictures, without those that leave the course."""
    links = [target for _, _, target in MARKDOWN_LINK.findall(prose(cell))]
    links += HTML_LINK.findall(prose(cell))
    return [link for link in links if not LEADS_OUT.match(link)]


def test_links_lead_somewhere(lesson):
    not_written = set()
    for cell in lesson.markdown:
        for link in links_of(cell):
            name, _, anchor = unquote(link).partition("#")
            target = (lesson.path.parent / name).resolve() if name else lesson.path
            if target.stem in NOT_WRITTEN:
                not_written.add(target.stem)
                continue
            assert target.exists(), f"{cell.id}: {link}"
            if anchor and target.suffix == ".ipynb":
                assert anchor in anchors(target), f"{cell.id}: {link}"
    if not_written:
        pytest.skip(f"leads to lessons that are not written yet: {sorted(not_written)}")


def test_every_picture_in_markdown_has_words(lesson):
    for cell in lesson.markdown:
        for is_image, words, _ in MARKDOWN_LINK.findall(prose(cell)):
            assert not is_image or words.strip(), cell.id


def test_every_picture_in_html_has_words_that_say_what_it_shows(lesson):
    texts = [(cell.id, prose(cell)) for cell in lesson.markdown]
    texts += [(cell.id, text) for cell in lesson.code for text in html_of(cell)]
    for id, text in texts:
        for image in IMAGE_TAG.findall(text):
            alt = re.search(r"\balt=\"([^\"]*)\"", image)
            words = html.unescape(alt[1]).strip() if alt else ""
            assert len(words) >= FEWEST_LETTERS_FOR_A_PICTURE, id


def cells_with_a_figure(lesson):
    """The cells that draw a still figure. A bench is none: it has its words below it."""
    return [cell for cell in lesson.code if any("<img" in text for text in html_of(cell))]


def test_every_figure_has_its_caption(lesson):
    for cell in cells_with_a_figure(lesson):
        after = lesson.cells[lesson.cells.index(cell) + 1 :]
        following = next((c.source for c in after if c.cell_type == "markdown"), "")
        assert re.match(rf"\*Figure {lesson.number}\.\d+\.\*? \S", following), cell.id


def test_figures_are_numbered_in_order(lesson):
    text = "\n".join(cell.source for cell in lesson.markdown)
    numbers = re.findall(rf"(?m)^\*Figure {lesson.number}\.(\d+)", text)
    assert list(map(int, numbers)) == list(range(1, len(numbers) + 1))


def kinds_of_data(cell):
    """The formats in which a cell's outputs are stored."""
    return {kind for output in cell.outputs for kind in output.get("data", {})}


def test_only_a_bench_shows_a_bare_picture(lesson):
    """JupyterLab gives a bare PNG no alt text. A bench has one, for readers without a kernel."""
    for cell in lesson.code:
        kinds = kinds_of_data(cell)
        assert (WIDGET in kinds) == ("image/png" in kinds), cell.id


def test_a_bench_has_a_still_picture_for_readers_without_a_kernel(lesson):
    for cell in lesson.code:
        if WIDGET in kinds_of_data(cell):
            assert any("rnn-bench-still" in text for text in html_of(cell)), cell.id


# The code


def test_code_cells_are_short(lesson):
    for cell in lesson.code:
        assert len(cell.source.splitlines()) <= MOST_LINES_IN_A_CELL, cell.id


def test_code_that_is_read_is_short(lesson):
    """In the second edition, a cell that students see has one purpose and few lines."""
    if lesson.name not in SECOND_EDITION:
        pytest.skip("first edition")
    for cell in lesson.code:
        if not cell.metadata.get("jupyter"):
            lines = [line for line in cell.source.splitlines() if line.strip()]
            assert len(lines) <= MOST_LINES_TO_READ, cell.id


def test_an_experiment_says_what_to_change(lesson):
    if lesson.name not in SECOND_EDITION:
        pytest.skip("first edition")
    assert sum("# change me" in cell.source for cell in lesson.code) >= 3 or lesson.number == "0"


def imports_of(cell):
    """[(module, names)]: what a cell imports; the names are empty for `import module`."""
    found = []
    for node in ast.walk(tree(cell)):
        if isinstance(node, ast.Import):
            found += [(alias.name, set()) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append((node.module or "", {alias.name for alias in node.names}))
    return found


def test_nothing_is_downloaded(lesson):
    for cell in lesson.code:
        assert not MAGIC_THAT_DOWNLOADS.search(cell.source), cell.id
        for module, _ in imports_of(cell):
            assert module.partition(".")[0] not in DOWNLOADERS, cell.id


def test_every_imported_name_is_named(lesson):
    for cell in lesson.code:
        for _, names in imports_of(cell):
            assert "*" not in names, cell.id


def test_random_numbers_come_from_a_generator(lesson):
    """A global seed would make a cell's numbers depend on which cells ran before it."""
    for cell in lesson.code:
        for module, names in imports_of(cell):
            if module in RANDOM_MODULES:
                assert names, f"{cell.id}: import {module}"
                assert names <= GENERATORS, f"{cell.id}: from {module} import {names}"
        for node in ast.walk(tree(cell)):
            is_attribute = isinstance(node, ast.Attribute)
            if is_attribute and ast.unparse(node.value) in ("np.random", "numpy.random"):
                assert node.attr in GENERATORS, f"{cell.id}: {ast.unparse(node)}"


def test_figures_are_shown_with_words(lesson):
    for cell in lesson.code:
        assert "plt.show(" not in cell.source, f"{cell.id}: use plots.show(fig, words)"


# Claims


def test_claims_are_known(lesson):
    assert set(claims_of(lesson)) <= set(NUMBERS_OF_CLAIMS)


def test_the_outcome_of_a_claim_stands_below_its_cell(lesson):
    for number, cell in claims_of(lesson).items():
        ids = [id for id, _ in verdicts(printed_by(cell))]
        assert f"C{number}" in ids, cell.id


@pytest.mark.skipif(bool(NOT_WRITTEN), reason=f"lessons not written yet: {', '.join(NOT_WRITTEN)}")
def test_every_claim_is_measured_somewhere():
    measured = {number for path in PATHS for number in claims_of(Lesson(path))}
    assert measured == set(NUMBERS_OF_CLAIMS)


# Exercises


def markdown_in(cells):
    return "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def test_exercises_are_numbered_in_order(lesson):
    ids = list(exercise_cells(lesson, "exercise"))
    assert ids == [f"{lesson.number}.{k}" for k in range(1, len(ids) + 1)]


def test_every_exercise_has_one_solution(lesson):
    exercises, solutions = (exercise_cells(lesson, tag) for tag in ("exercise", "solution"))
    assert list(exercises) == list(solutions)


def test_a_lesson_has_three_to_six_exercises(lesson):
    """An exercise that nothing can check has a heading and a folded model answer, but no cell."""
    headings = re.findall(r"(?m)^### Exercise \d", markdown_in(lesson.cells))
    assert 3 <= len(headings) <= 6 or lesson.number == "0"


def test_an_exercise_stands_below_its_heading(lesson):
    for id, cell in exercise_cells(lesson, "exercise").items():
        above = markdown_in(lesson.cells[: lesson.cells.index(cell)])
        assert f"### Exercise {id} · " in above


def test_a_hint_stands_between_an_exercise_and_its_solution(lesson):
    solutions = exercise_cells(lesson, "solution")
    for id, cell in exercise_cells(lesson, "exercise").items():
        begin, end = lesson.cells.index(cell), lesson.cells.index(solutions[id])
        between = markdown_in(lesson.cells[begin:end])
        assert re.search(r"<details>\s*<summary>Hint", between), id


def test_an_exercise_is_saved_as_not_tried(lesson):
    for id, cell in exercise_cells(lesson, "exercise").items():
        last = words_of(cell.outputs[-1]).strip()
        assert last == f"Exercise {id}: nothing has been tried yet."


def test_a_solution_is_saved_as_right(lesson):
    for id, cell in exercise_cells(lesson, "solution").items():
        last = words_of(cell.outputs[-1]).strip()
        assert last == f"Exercise {id}: right."


def test_solutions_in_markdown_are_folded(lesson):
    for cell in lesson.markdown:
        if "solution" in tags(cell):
            assert "<details" in cell.source, cell.id


def only_draws_a_bench(cell):
    """Whether a cell defines what draws a bench, and nothing that a student should read."""
    names = [node.name for node in tree(cell).body if isinstance(node, ast.FunctionDef)]
    draws = any(re.match(r"(\w*_)?(draw|update)_", name) for name in names)
    computes = any(re.match(r"(\w*_)?(compute|train)_", name) for name in names)
    return draws and not computes and not cell.outputs


def test_code_that_is_not_to_be_read_is_folded_and_no_other_code(lesson):
    for cell in lesson.code:
        drawing = only_draws_a_bench(cell)
        folded = bool({"solution", "regression", "prepare"} & set(tags(cell))) or drawing
        expected = {"source_hidden": True} if folded else {}
        assert cell.metadata.get("jupyter", {}) == expected, cell.id


def test_tags_are_known(lesson):
    for cell in lesson.cells:
        assert set(tags(cell)) <= KNOWN_TAGS, cell.id
