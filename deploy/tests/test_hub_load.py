"""The load test stays on this machine and within its bounds, and one student goes through it."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parents[2]
HUB_PYTHON = ROOT / ".venv-hub" / "bin" / "python"
HUB_LOAD = ROOT / "benchmarks" / "hub_load.py"
sys.path.append(str(HUB_LOAD.parent))


@pytest.mark.parametrize(
    "address", ["https://hub.example.org", "http://192.168.0.1:8000", "http://127.0.0.1.org:80"]
)
def test_a_student_goes_to_loopback_only(address):
    from hub_student import Student

    with pytest.raises(ValueError, match="127.0.0.1"):
        Student(address, "ada", "a password")


@pytest.mark.parametrize("students", ["0", "21", "1,100"])
def test_the_number_of_students_is_bounded(students):
    done = measured(students)
    assert done.returncode == 2
    assert "between 1 and 20 students" in done.stderr


class Process:
    """A process with a home, as psutil tells of it."""

    def __init__(self, home):
        self.home = home

    def environ(self):
        return {"HOME": self.home}


def test_a_students_memory_is_that_students_alone():
    import hub_load
    from hub_student import Student

    homes = ["/state/homes/student-20-1", "/state/homes/student-20-10", "/root"]
    hub = SimpleNamespace(children=lambda recursive: [Process(home) for home in homes])
    student = Student("http://127.0.0.1:8000", "student-20-1", "a password")
    found = [process.home for process in hub_load.processes_of(student, hub)]
    assert found == ["/state/homes/student-20-1"]


@pytest.mark.skipif(not shutil.which("npm"), reason="the hub's proxy needs Node.js and npm")
def test_one_student_goes_through_it():
    done = measured("1")
    assert done.returncode == 0, done.stderr
    row = next(line for line in done.stdout.splitlines() if re.match(r"\| 1 \|", line))
    server, first_cell, lesson = (
        float(cell.split("/")[0]) for cell in row.strip("| ").split(" | ")[1:4]
    )
    assert 0 < server < first_cell < lesson < 300
    assert "What follows for 90 students" in done.stdout


def measured(students):
    if not HUB_PYTHON.exists():
        pytest.skip("make test-deploy makes .venv-hub")
    return subprocess.run(
        [HUB_PYTHON, HUB_LOAD, "--students", students],
        capture_output=True,
        text=True,
        check=False,
        timeout=400,
    )
