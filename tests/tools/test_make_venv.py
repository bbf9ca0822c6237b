"""What a newcomer meets first: make, and the environment that tools/make_venv.sh makes."""

import json
import re
import tomllib

import pytest
from support.course import ROOT
from support.newcomer import (
    PYTHON,
    PYTHON_WITHOUT_NETWORK,
    PYTHON_WITHOUT_VENV,
    TOO_OLD_A_PYTHON,
    UV,
    Newcomer,
)

MAKEFILES = {"the course": ROOT / "Makefile", "students": ROOT / "deploy/student/Makefile"}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture
def newcomer(tmp_path):
    return Newcomer(tmp_path)


# The Makefile


@pytest.mark.parametrize("whose", MAKEFILES)
def test_make_alone_lists_every_target(newcomer, whose):
    makefile = MAKEFILES[whose].read_text(encoding="utf-8")
    (newcomer.home / "Makefile").write_text(makefile, encoding="utf-8")
    code, printed = newcomer.make()
    assert code == 0
    listed = re.findall(r"(?m)^make ([a-z-]+) +\S.{10,95}$", printed)
    assert sorted(listed) == sorted(re.findall(r"(?m)^([a-z-]+):", makefile))


@pytest.mark.parametrize("whose", MAKEFILES)
def test_every_target_is_phony(whose):
    makefile = MAKEFILES[whose].read_text(encoding="utf-8")
    phony = re.search(r"(?m)^\.PHONY: (.*) \$\(RESULTS\)$", makefile)[1].split()
    assert phony == re.findall(r"(?m)^([a-z-]+):", makefile)


@pytest.mark.parametrize(
    "target",
    ["lab", "test", "notebooks", "minutes", "student", "present", "site", "bench", "latency"]
    + ["test-deploy"],
)
def test_options_are_passed_on(newcomer, target):
    _, printed = newcomer.make("-n", target, "ARGS=--an-option")
    assert "--an-option" in printed.splitlines()[-1]


def test_ruff_comes_before_the_tests_and_some_tests_can_be_chosen(newcomer):
    _, printed = newcomer.make("-n", "test", "TESTS=tests/tools")
    programs = re.findall(r"-m (ruff check|ruff format --check|pytest tests/tools) ", printed)
    assert programs == ["ruff check", "ruff format --check", "pytest tests/tools"]


def test_precompute_runs_every_script_and_a_script_alone(newcomer):
    folder = newcomer.home / "notebooks" / "precompute"
    folder.mkdir()
    for name in ("01_a.py", "02_b.py", "runner.py"):
        (folder / name).touch()
    ran = re.compile(r"(?m)^\S+python notebooks/precompute/(\S+)")
    _, printed = newcomer.make("-n", "precompute")
    assert sorted(ran.findall(printed)) == ["01_a.py", "02_b.py"]
    _, printed = newcomer.make("-n", "notebooks/precompute/02_b.py")
    assert ran.findall(printed) == ["02_b.py"]


# The environment


@pytest.mark.parametrize("name", ["python3", "python3.13"])
def test_the_first_run_installs_and_the_next_does_nothing(newcomer, name):
    newcomer.has(name, PYTHON)
    code, printed = newcomer.make_venv()
    assert code == 0, printed
    assert re.search(r"(?m)^python -m pip install .*-e \.$", newcomer.asked())
    assert newcomer.make_venv() == (0, "")
    assert newcomer.asked() == ""


@pytest.mark.parametrize(
    ("what", "installed"),
    [
        ("test", r"-e \.\[test\]"),
        ("present", r"-e \.\[present\]"),
        ("student", r"-e \.\[student\]"),
        ("benchmark", r"-e \. -r benchmarks/requirements\.txt"),
    ],
)
def test_extras_are_installed_once(newcomer, what, installed):
    newcomer.has("python3", PYTHON)
    assert newcomer.make_venv(what)[0] == 0
    assert re.search(rf"(?m)^python -m pip install .*{installed}$", newcomer.asked())
    newcomer.make_venv(what)
    assert newcomer.asked() == ""


def test_an_extra_contains_the_course(newcomer):
    newcomer.has("python3", PYTHON)
    newcomer.make_venv("test")
    newcomer.make_venv()
    assert newcomer.asked() == ""


def test_benchmarks_get_an_environment_of_their_own(newcomer):
    newcomer.has("python3", PYTHON)
    newcomer.make_venv("benchmark")
    assert (newcomer.home / ".venv-bench" / "bin" / "python").exists()
    assert not (newcomer.home / ".venv").exists()


def test_jupyterlab_gets_the_settings_of_the_course(newcomer):
    newcomer.has("python3", PYTHON)
    newcomer.make_venv()
    copied = newcomer.home / ".venv/share/jupyter/lab/settings/overrides.json"
    settings = json.loads(copied.read_text())
    assert settings["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"


def test_uv_is_used_where_there_is_one(newcomer):
    newcomer.has("python3", PYTHON)
    newcomer.has("uv", UV)
    assert newcomer.make_venv()[0] == 0
    assert re.search(r"(?m)^uv pip install .*--python \.venv/bin/python -e \.$", newcomer.asked())
    assert "python -m pip install" not in newcomer.asked()


def test_a_named_python_is_the_one_used(newcomer):
    newcomer.has("python3", TOO_OLD_A_PYTHON)
    newcomer.has("my python", PYTHON)
    assert newcomer.make_venv(PYTHON="my python")[0] == 0


def test_changed_requirements_are_installed_into_the_same_environment(newcomer):
    newcomer.has("python3", PYTHON)
    newcomer.make_venv()
    witness = newcomer.home / ".venv" / "witness"
    witness.touch()
    with (newcomer.home / "pyproject.toml").open("a") as project:
        project.write("# one more line\n")
    newcomer.make_venv()
    assert "install" in newcomer.asked()
    assert witness.exists()


def test_a_moved_folder_gets_a_new_environment(newcomer):
    newcomer.has("python3", PYTHON)
    newcomer.make_venv()
    (newcomer.home / ".venv" / "witness").touch()
    newcomer.home = newcomer.home.rename(newcomer.home.with_name("moved"))
    newcomer.make_venv()
    assert "install" in newcomer.asked()
    assert not (newcomer.home / ".venv" / "witness").exists()


def test_an_environment_whose_python_is_gone_is_made_anew(newcomer):
    newcomer.has("python3", PYTHON)
    newcomer.make_venv()
    (newcomer.home / ".venv" / "bin" / "python").unlink()
    assert newcomer.make_venv()[0] == 0
    assert (newcomer.home / ".venv" / "bin" / "python").exists()


def test_an_installation_that_failed_is_tried_again(newcomer):
    newcomer.has("python3", PYTHON_WITHOUT_NETWORK)
    assert newcomer.make_venv()[0] != 0
    newcomer.has("python3", PYTHON)
    (newcomer.home / ".venv" / "bin" / "python").unlink()
    assert newcomer.make_venv()[0] == 0
    assert "install" in newcomer.asked()


@pytest.mark.parametrize("named", [{}, {"PYTHON": "python3"}])
def test_too_old_a_python_is_told_what_to_do(newcomer, named):
    newcomer.has("python3", TOO_OLD_A_PYTHON)
    code, printed = newcomer.make("lab", **named)
    assert code != 0
    assert "needs Python 3.11 or newer, and found Python 3.8.18" in printed
    assert "PYTHON=" in printed
    assert not (newcomer.home / ".venv").exists()


def test_no_python_at_all_is_told_what_to_do(newcomer):
    code, printed = newcomer.make("lab")
    assert code != 0
    assert "needs Python 3.11 or newer" in printed


def test_a_python_without_venv_is_told_what_to_do(newcomer):
    newcomer.has("python3", PYTHON_WITHOUT_VENV)
    code, printed = newcomer.make("lab")
    assert code != 0
    assert "venv module is missing" in printed
    assert "apt install python3-venv" in printed


def test_script_readme_and_project_ask_for_the_same_python():
    major, minor = re.fullmatch(r">=(\d+)\.(\d+)", PROJECT["requires-python"]).groups()
    script = (ROOT / "tools" / "make_venv.sh").read_text(encoding="utf-8")
    assert f"version_info >= ({major}, {minor})" in script
    for text in (script, (ROOT / "README.md").read_text(encoding="utf-8")):
        assert f"Python {major}.{minor} or newer" in text
