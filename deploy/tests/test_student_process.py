"""The process that a student's cells run in."""

import pytest
from grading_course import BIN, ROOT, run


@pytest.mark.skipif(not (BIN / "nbgrader").exists(), reason="needs nbgrader")
def test_it_gets_the_visible_checks_and_no_model_answers(tmp_path):
    """The notebook of an assignment's source holds the model answers of the open questions."""
    (tmp_path / "exercises_05a.ipynb").touch()
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks" / "lesson05a.py").touch()
    code = "import pathlib; print(*pathlib.Path().rglob('*'))"
    program = (
        "from grader.process import StudentProcess\n"
        f"process = StudentProcess({str(tmp_path)!r}, 60)\nprocess.ask({{'run': {code!r}}})\n"
        "print(process.take_output()[0])\nprocess.close()"
    )
    said = run("python", "-c", program, cwd=ROOT / "deploy" / "grading")
    assert "checks/lesson05a.py" in said and ".ipynb" not in said
