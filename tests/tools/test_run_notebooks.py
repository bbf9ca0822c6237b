"""tools/run_notebooks.py on small notebooks that are made up here."""

import nbformat
import pytest
import run_notebooks
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook


@pytest.fixture
def write(tmp_path):
    """Write a notebook with code cells; return its path."""

    def write_cells(*sources, tags=()):
        cells = [new_markdown_cell("# A lesson")]
        for source in sources:
            cells.append(new_code_cell(source, metadata={"tags": list(tags)} if tags else {}))
        path = tmp_path / "lesson.ipynb"
        nbformat.write(new_notebook(cells=cells), path)
        return path

    return write_cells


def test_outputs_are_kept(write):
    path = write("print(6 * 7)")
    assert run_notebooks.main([str(path)]) == 0
    (output,) = nbformat.read(path, as_version=4).cells[1].outputs
    assert output.text == "42\n"


def test_a_second_run_changes_nothing(write):
    path = write("print(6 * 7)")
    run_notebooks.main([str(path)])
    first = path.read_bytes()
    run_notebooks.main([str(path)])
    assert path.read_bytes() == first


def test_a_notebook_runs_in_its_own_folder(write):
    path = write("from pathlib import Path\n\nprint(Path('lesson.ipynb').exists())")
    run_notebooks.main([str(path)])
    assert nbformat.read(path, as_version=4).cells[1].outputs[0].text == "True\n"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ("import sys\n\nprint('a warning', file=sys.stderr)", "wrote to stderr: a warning"),
    ],
)
def test_a_notebook_that_fails_is_named_and_left_as_it_was(write, capsys, source, said):
    path = write(source)
    before = path.read_bytes()
    assert run_notebooks.main([str(path)]) == 1
    printed = capsys.readouterr()
    assert said in printed.err
    assert "Failed and left as they were: lesson.ipynb" in printed.out
    assert path.read_bytes() == before


def test_an_error_that_the_lesson_announces_is_no_failure(write):
    path = write("1 / 0", tags=["raises-exception"])
    assert run_notebooks.main([str(path)]) == 0
    assert nbformat.read(path, as_version=4).cells[1].outputs[0].ename == "ZeroDivisionError"


def test_check_time_writes_nothing(write, capsys):
    path = write("print(6 * 7)")
    before = path.read_bytes()
    assert run_notebooks.main(["--check-time", str(path)]) == 0
    assert " s  lesson.ipynb" in capsys.readouterr().out
    assert path.read_bytes() == before


def test_metadata_of_machines_and_editors_is_removed():
    kept = {"tags": ["solution"], "exercise": "1.1", "jupyter": {"source_hidden": True}}
    cell = new_code_cell("1", metadata=kept | {"execution": {"iopub.execute_input": "now"}})
    notebook = new_notebook(cells=[cell], metadata={"language_info": {"name": "x", "version": "3"}})
    run_notebooks.normalise(notebook)
    assert notebook.cells[0].metadata == kept
    assert notebook.metadata == {
        "kernelspec": run_notebooks.KERNELSPEC,
        "language_info": {"name": "python"},
    }


def test_lessons_are_chosen_by_the_start_of_their_names():
    names = [path.name for path in run_notebooks.select(["05", "07"])]
    assert names[-1] == "07_gru.ipynb"
    assert all(name.startswith(("05", "07")) for name in names)
    assert len(run_notebooks.select([])) > len(names)
    with pytest.raises(SystemExit, match="starts with '99'"):
        run_notebooks.select(["99"])
