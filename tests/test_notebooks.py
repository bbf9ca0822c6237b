"""The form of the notebooks: what a reader, GitHub, a screen reader, nbval and git rely on."""

import ast
import html
import re
from urllib.parse import unquote

import nbformat
import pytest
from support.course import COURSE, NOTEBOOKS, PATHS, Lesson, anchors, prose, tags, tree

NOT_WRITTEN = [name for name in COURSE if NOTEBOOKS / f"{name}.ipynb" not in PATHS]
KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
WIDGET = "application/vnd.jupyter.widget-view+json"
MACHINE_PATH = re.compile(r"(?<![\w.:/~])/(?:home|root|Users|tmp|work|opt|mnt|var|usr)/\w|\b[A-Z]:\\\w")
PICTURE_DATA = re.compile(r"(?<=;base64,)[A-Za-z0-9+/=]+")
MARKDOWN_LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(<?([^)\s>]+)>?[^)]*\)")
IMAGE_TAG = re.compile(r"<img\b[^>]*>")
DOWNLOADERS = {"urllib", "requests", "http", "httpx", "socket", "ftplib", "subprocess", "pip"}
GENERATORS = {"default_rng", "Generator", "SeedSequence", "PCG64"}  # what numpy.random offers beside its global state


@pytest.fixture(params=PATHS, ids=lambda path: path.stem, scope="module")
def lesson(request):
    return Lesson(request.param)


def html_of(cell):
    return [output.data["text/html"] for output in cell.outputs if "text/html" in output.get("data", {})]


def words_of(output):
    return output.get("text", "") + "".join(v for v in output.get("data", {}).values() if isinstance(v, str))




# The file


def test_is_a_valid_notebook(lesson):
    nbformat.validate(lesson.notebook)
    assert (lesson.notebook.nbformat, lesson.notebook.nbformat_minor) == (4, 5)
    assert lesson.notebook.metadata == {"kernelspec": KERNELSPEC, "language_info": {"name": "python"}}
    assert len(lesson.raw.encode()) < 3_000_000


def test_is_in_the_course(lesson):
    assert lesson.name in COURSE, "a new lesson belongs into COURSE, here, and into README.md's map"


def test_cell_ids_are_names_that_stay(lesson):
    ids = [cell.id for cell in lesson.cells]
    assert len(set(ids)) == len(ids)
    made_up = [id for id in ids if re.fullmatch(r"[0-9a-f]{8}", id) or not re.fullmatch(r"[a-z0-9][a-z0-9-]{2,40}", id)]
    assert not made_up, "name each cell by what it holds, such as bench-cell"


def test_was_run_from_top_to_bottom(lesson):
    """Cells without a count are not compared by nbval, so a notebook without counts would pass whatever it does."""
    assert [cell.execution_count for cell in lesson.code] == list(range(1, len(lesson.code) + 1))
    assert any(cell.outputs for cell in lesson.code)


def test_no_cell_failed_or_warned(lesson):
    for cell in lesson.code:
        kinds = {output.get("name") or output.output_type for output in cell.outputs}
        assert "stderr" not in kinds, cell.id
        assert ("error" in kinds) == ("raises-exception" in tags(cell)), cell.id


def test_speaks_of_no_machine(lesson):
    for cell in lesson.cells:
        texts = [cell.source, *map(words_of, cell.get("outputs", []))]
        found = [m.group() for text in texts for m in MACHINE_PATH.finditer(PICTURE_DATA.sub("", text))]
        assert not found, cell.id


# The first page


def test_opens_with_title_question_and_minutes(lesson):
    first = lesson.cells[0]
    assert first.cell_type == "markdown"
    number = lesson.name.partition("_")[0]
    assert re.match(r"# \S" if lesson.number == "0" else rf"# {number} · \S", first.source)
    assert re.search(r"\b\d+ minutes\b", first.source)
    assert "**Question.**" in first.source or lesson.number == "0"


def test_leads_to_the_lessons_beside_it(lesson):
    ends = lesson.cells[0].source + lesson.cells[-1].source
    targets = {target for _, _, target in MARKDOWN_LINK.findall(ends)}
    place = COURSE.index(lesson.name)
    for neighbour in COURSE[max(place - 1, 0) : place] + COURSE[place + 1 : place + 2]:
        assert f"{neighbour}.ipynb" in targets


# Links and pictures


def test_links_lead_somewhere(lesson):
    later = []
    for cell in lesson.markdown:
        links = [target for _, _, target in MARKDOWN_LINK.findall(prose(cell))]
        links += re.findall(r"<(?:a|img)\b[^>]*(?:href|src)=\"([^\"]+)\"", prose(cell))
        for link in links:
            if re.match(r"https?:|mailto:|data:|attachment:", link):
                continue
            name, _, anchor = unquote(link).partition("#")
            target = (lesson.path.parent / name).resolve() if name else lesson.path
            if target.stem in NOT_WRITTEN:
                later.append(target.stem)
                continue
            assert target.exists(), f"{cell.id}: {link}"
            if anchor and target.suffix == ".ipynb":
                assert anchor in anchors(target), f"{cell.id}: {link}"
    if later:
        pytest.skip(f"leads to lessons not written yet: {', '.join(sorted(set(later)))}")


def test_every_picture_has_words(lesson):
    for cell in lesson.markdown:
        for is_image, words, _ in MARKDOWN_LINK.findall(prose(cell)):
            assert not is_image or words.strip(), cell.id
    texts = [(cell.id, prose(cell)) for cell in lesson.markdown]
    texts += [(cell.id, text) for cell in lesson.code for text in html_of(cell)]
    for id, text in texts:
        for image in IMAGE_TAG.findall(text):
            alt = re.search(r"\balt=\"([^\"]*)\"", image)
            words = html.unescape(alt[1]).strip() if alt else ""
            assert len(words) >= 20, f"{id}: a picture needs words that say what it shows"


def figures(lesson):
    """The cells that draw a still figure: not a bench, whose words stand below it."""
    return [cell for cell in lesson.code if any("<img" in text for text in html_of(cell))]


def test_every_figure_has_its_caption(lesson):
    for cell in figures(lesson):
        after = lesson.cells[lesson.cells.index(cell) + 1 :]
        following = next((c.source for c in after if c.cell_type == "markdown"), "")
        assert re.match(rf"\*Figure {lesson.number}\.\d+\.\*? \S", following), cell.id


def test_figures_are_numbered_in_order(lesson):
    found = re.findall(rf"(?m)^\*Figure {lesson.number}\.(\d+)", "\n".join(cell.source for cell in lesson.markdown))
    assert list(map(int, found)) == list(range(1, len(found) + 1))


def test_pictures_have_words_or_a_bench(lesson):
    """A bare PNG has no alt text in JupyterLab: only benches show one, for readers without a kernel."""
    for cell in lesson.code:
        kinds = [set(output.get("data", {})) for output in cell.outputs]
        bench = any(WIDGET in kind for kind in kinds)
        assert bench == any("image/png" in kind for kind in kinds), cell.id
        assert not bench or any("rnn-bench-still" in text for text in html_of(cell)), cell.id


# The code


def test_code_cells_are_short(lesson):
    assert not {c.id: n for c in lesson.code if (n := len(c.source.splitlines())) > 25}


def test_nothing_is_downloaded_and_no_global_seed_is_set(lesson):
    for cell in lesson.code:
        assert not re.search(r"(?m)^\s*(!|%pip|%conda|%%(bash|sh))", cell.source), cell.id
        for node in ast.walk(tree(cell)):
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = {alias.name for alias in node.names}
                modules = names if isinstance(node, ast.Import) else {node.module or ""}
                assert not DOWNLOADERS & {module.partition(".")[0] for module in modules}, cell.id
                assert "*" not in names, cell.id
                assert not any(m in ("random", "numpy.random") for m in modules) or names <= GENERATORS, cell.id
            elif isinstance(node, ast.Attribute) and ast.unparse(node.value) in ("np.random", "numpy.random"):
                assert node.attr in GENERATORS, f"{cell.id}: {ast.unparse(node)}"


def test_figures_are_shown_with_words(lesson):
    for cell in lesson.code:
        assert "plt.show(" not in cell.source, f"{cell.id}: plots.show(fig, words) carries words for screen readers"


# Claims


def claims_of(lesson):
    """{number: the cell that measures it}."""
    return {
        number: cell for cell in lesson.code for number in re.findall(r"\bclaim\(\s*[\"']C(\d+)[\"']", cell.source)
    }


def test_claims_are_known_and_their_outcome_stands_below(lesson):
    for number, cell in claims_of(lesson).items():
        assert 1 <= int(number) <= 49, cell.id
        printed = "\n".join(map(words_of, cell.outputs))
        assert re.search(rf"(?m)^C{number} +\S.*\n {{5}}(Holds here|Does not hold here): \S", printed), cell.id


@pytest.mark.skipif(bool(NOT_WRITTEN), reason=f"lessons not written yet: {', '.join(NOT_WRITTEN)}")
def test_every_claim_is_measured_somewhere():
    measured = {int(number) for path in PATHS for number in claims_of(Lesson(path))}
    assert measured == set(range(1, 50))


# Exercises


def exercise_cells(lesson, tag):
    return {c.metadata["exercise"]: c for c in lesson.code if "exercise" in c.metadata and tag in tags(c)}


def test_exercises_have_a_stub_a_hint_and_a_folded_solution(lesson):
    stubs, solutions = exercise_cells(lesson, "exercise"), exercise_cells(lesson, "solution")
    assert list(stubs) == [f"{lesson.number}.{k}" for k in range(1, len(stubs) + 1)] == list(solutions)
    assert lesson.number == "0" or 4 <= len(stubs) <= 6
    for id, stub in stubs.items():
        begin, end = lesson.cells.index(stub), lesson.cells.index(solutions[id])
        assert any(f"### Exercise {id} · " in c.source for c in lesson.cells[:begin] if c.cell_type == "markdown"), id
        between = "\n".join(c.source for c in lesson.cells[begin:end] if c.cell_type == "markdown")
        assert re.search(r"<details>\s*<summary>Hint", between), f"{id}: a hint stands between stub and solution"
        assert words_of(stub.outputs[-1]).strip() == f"Exercise {id}: nothing has been tried yet."
        assert words_of(solutions[id].outputs[-1]).strip() == f"Exercise {id}: right."


def test_solutions_are_folded(lesson):
    for cell in lesson.cells:
        if "solution" in tags(cell) and cell.cell_type == "code":
            assert cell.metadata.get("jupyter", {}).get("source_hidden") is True, cell.id
        elif "solution" in tags(cell):
            assert "<details" in cell.source, cell.id


def test_folded_are_the_solutions_and_the_drawing_code_of_benches_and_nothing_else(lesson):
    for cell in lesson.code:
        functions = " ".join(node.name for node in tree(cell).body if isinstance(node, ast.FunctionDef))
        drawing = re.search(r"\b(draw|update)_", functions) and not re.search(r"\b(compute|train)_", functions)
        folded = "solution" in tags(cell) or bool(drawing and not cell.outputs and lesson.number != "0")
        assert cell.metadata.get("jupyter", {}) == ({"source_hidden": True} if folded else {}), cell.id


def test_marks_are_known(lesson):
    known = {"exercise", "solution", "raises-exception", "bench", "present", "regression"}
    assert not {c.id: unknown for c in lesson.cells if (unknown := set(tags(c)) - known)}
