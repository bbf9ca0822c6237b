"""pyproject.toml declares what is imported, and environment.yml says the same to conda users."""

import ast
import re
import sys
import tomllib

import pytest
import yaml
from support.course import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
CONDA_NAMES = {"matplotlib-base": "matplotlib"}
IMPORT_NAMES = {
    "pillow": "PIL",
    "ipython": "IPython",
    "pyyaml": "yaml",
    "axe-playwright-python": "axe_playwright_python",
}
OUR_FOLDERS = (
    "rnnlib",
    "tests",
    "tests/tools",
    "tools",
    "benchmarks",
    "deploy/grading",
    "deploy/tests",
    "notebooks/precompute",
)


def parted(requirement):
    """A requirement's name and its bound: ("numpy", ">=2.0")."""
    return re.fullmatch(r"([\w-]+)(.*)", requirement.replace(" ", "")).groups()


def required(extra):
    """The packages that the course needs, and those of an extra; an extra may name other extras."""
    requirements = set(PROJECT["dependencies"])
    for requirement in EXTRAS.get(extra, []):
        others = re.fullmatch(rf"{PROJECT['name']}\[(.*)\]", requirement)
        if others:
            for other in others[1].split(","):
                requirements |= required(other)
        else:
            requirements.add(requirement)
    return requirements


def importable(extra):
    """The names under which the packages that an extra brings are imported."""
    names = {parted(requirement)[0] for requirement in required(extra)}
    return {IMPORT_NAMES.get(name, name) for name in names}


def our_own():
    """The names of our own modules and packages."""
    names = {"rnnlib", "support", "grader"}  # grader is a folder in deploy/grading
    for folder in OUR_FOLDERS:
        names |= {path.stem for path in (ROOT / folder).glob("*.py")}
    names |= {path.name for path in (ROOT / "notebooks").iterdir() if path.is_dir()}
    return names


def imported_by(path):
    """The packages that a file imports, without Python's own and ours."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add(node.module.partition(".")[0])
    return found - set(sys.stdlib_module_names) - our_own()


@pytest.mark.parametrize(
    ("folder", "extras"),
    [
        ("rnnlib", [None]),
        ("notebooks", [None]),
        ("tools", ["test"]),
        ("tests", ["test"]),
        ("deploy/tests", ["test", "grading"]),  # grade_all.py runs in nbgrader's environment
    ],
)
def test_what_is_imported_is_declared(folder, extras):
    declared = set().union(*map(importable, extras))
    missing = {}
    for path in (ROOT / folder).rglob("*.py"):
        undeclared = imported_by(path) - declared
        if undeclared:
            missing[str(path.relative_to(ROOT))] = undeclared
    assert missing == {}


@pytest.mark.parametrize("extra", ["student", "present"])
def test_a_lecturers_program_needs_no_more_than_its_extra(extra):
    assert imported_by(ROOT / "tools" / f"{extra}.py") <= importable(extra)


def test_conda_users_get_the_same_packages():
    given = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    packages = dict(parted(entry) for entry in given if isinstance(entry, str))
    del packages["python"], packages["pip"]
    renamed = {CONDA_NAMES.get(name, name): bound for name, bound in packages.items()}
    assert renamed == dict(map(parted, PROJECT["dependencies"]))
    assert {"pip": ["--editable ."]} in given


def test_conda_users_get_one_python_that_is_new_enough():
    given = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    (python,) = [entry for entry in given if str(entry).startswith("python=")]
    version = re.fullmatch(r"python=3\.(\d+)", python)
    assert version, "Binder reads one version, not a range"
    lowest = re.fullmatch(r">=3\.(\d+)", PROJECT["requires-python"])
    assert int(version[1]) >= int(lowest[1])
