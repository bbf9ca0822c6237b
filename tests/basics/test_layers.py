"""rnnlib stays thin enough to read, and its imports only go down."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

RNNLIB = Path(__file__).resolve().parents[2] / "rnnlib"
# From the ground up: a unit, which is a file or a package, imports only from rows above its own.
LAYERS = [
    {"checks", "threads"},
    {"activations", "initial", "losses", "optim", "gradcheck", "tasks", "datasets"},
    {"cells", "dense"},
    {"network"},
    {"training", "lesson"},
    {"plots"},
    {"bench"},
]
DRAWS = {"matplotlib", "IPython"}
OUTSIDE = {  # of the packages that are not in Python itself; for all other units NumPy alone
    "threads": {"numpy", "threadpoolctl"},  # and numpy alone, where threadpoolctl is missing
    "plots": {"numpy"} | DRAWS,
    "bench": {"numpy", "PIL", "anywidget", "ipywidgets", "traitlets"} | DRAWS,
}
NUMPY_ALONE = """
import importlib, sys
class Nothing:
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top not in sys.stdlib_module_names and top not in ("numpy", "rnnlib"):
            raise ModuleNotFoundError(f"{name} is not on this machine")
sys.meta_path.insert(0, Nothing())
importlib.import_module("rnnlib.MODULE")
"""
LINES_IN_A_FILE, LINES_IN_A_FUNCTION, LINES_IN_ALL = 250, 40, 3000


def units():
    """{name of a file or package of rnnlib: its Python files}."""
    found = {}
    for path in sorted(RNNLIB.iterdir()):
        if path.suffix == ".py" and path.stem != "__init__":
            found[path.stem] = [path]
        elif (path / "__init__.py").exists():
            found[path.name] = sorted(path.rglob("*.py"))
    return found


UNITS = units()
FILES = sorted(path for pattern in ("*.py", "*.js") for path in RNNLIB.rglob(pattern))


def lines_of(path):
    return len(path.read_text(encoding="utf-8").splitlines())


def tree_of(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def imported_names(unit):
    """The full name of everything that a unit's files import, also inside functions."""
    names = []
    for node in (node for path in UNITS[unit] for node in ast.walk(tree_of(path))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{unit}: imports are written out in full, from rnnlib..."
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names


def imports(unit):
    """(other units of rnnlib, packages from outside) that a unit imports."""
    own, outside = set(), set()
    for name in imported_names(unit):
        top, _, rest = name.partition(".")
        if top == "rnnlib":
            own.add(rest.partition(".")[0])
        elif top not in sys.stdlib_module_names:
            outside.add(top)
    return own - {unit}, outside


def lines_of_docstrings(path):
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    nodes = [node for node in ast.walk(tree_of(path)) if isinstance(node, documented)]
    return sum(len((ast.get_docstring(node) or "").splitlines()) for node in nodes)


def test_rnnlib_is_thin():
    """Docstrings don't count: whoever explains more must not have to write less code for it."""
    python = [path for paths in UNITS.values() for path in paths]
    assert sum(lines_of(path) - lines_of_docstrings(path) for path in python) <= LINES_IN_ALL


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(RNNLIB)))
def test_a_file_is_read_in_one_sitting(path):
    assert lines_of(path) <= LINES_IN_A_FILE


@pytest.mark.parametrize("unit", UNITS)
def test_a_function_fits_on_a_screen(unit):
    for node in (node for path in UNITS[unit] for node in ast.walk(tree_of(path))):
        if isinstance(node, ast.FunctionDef):
            docstring = len((ast.get_docstring(node) or "").splitlines())
            code = node.end_lineno - node.lineno + 1 - docstring
            assert code <= LINES_IN_A_FUNCTION, f"{unit}: {node.name}"


def test_every_unit_has_its_layer():
    assert sorted(name for layer in LAYERS for name in layer) == sorted(UNITS)


@pytest.mark.parametrize("unit", UNITS)
def test_imports_go_down(unit):
    own, outside = imports(unit)
    row = next(k for k, layer in enumerate(LAYERS) if unit in layer)
    assert own <= set().union(*LAYERS[:row])
    assert outside <= OUTSIDE.get(unit, {"numpy"})


@pytest.mark.parametrize("unit", UNITS)
def test_no_star_imports(unit):
    assert not [name for name in imported_names(unit) if name.endswith(".*")]


def test_plots_never_sees_a_model():
    own, _ = imports("plots")
    assert own <= {"checks"}


@pytest.mark.parametrize("unit", [name for name in UNITS if name not in OUTSIDE])
def test_numpy_alone_is_enough(unit):
    code = NUMPY_ALONE.replace("MODULE", unit)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=RNNLIB.parent, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
