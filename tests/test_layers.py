"""rnnlib stays thin, and its arrows go down."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

RNNLIB = Path(__file__).resolve().parents[1] / "rnnlib"
# A unit is a file or a package; its files by name.
UNITS = {
    path.stem: sorted(path.rglob("*.py")) if path.is_dir() else [path]
    for path in sorted(RNNLIB.iterdir())
    if path.suffix == ".py" and path.stem != "__init__" or (path / "__init__.py").exists()
}
# From the ground up: a file imports only from lines above its own.
LAYERS = [
    {"checks"},
    {"activations", "initial", "losses", "optim", "gradcheck", "tasks", "datasets"},
    {"cells", "dense"},
    {"network"},
    {"train", "lesson"},
    {"plots"},
    {"bench"},
]
DRAWS = {"matplotlib", "IPython"}
OUTSIDE = {"plots": {"numpy"} | DRAWS, "bench": {"numpy", "PIL", "anywidget", "ipywidgets", "traitlets"} | DRAWS}
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


def imports(module):
    """(rnnlib's own modules, names of other packages) that a file imports anywhere, also inside functions."""
    own, outside = set(), set()
    nodes = [node for path in UNITS[module] for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: imports are written out in full, from rnnlib..."
            assert all(alias.name != "*" for alias in node.names), f"{module}: no star imports"
            inside = node.module == "rnnlib"
            names = [f"rnnlib.{alias.name}" for alias in node.names] if inside else [node.module]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        for name in names:
            top, _, rest = name.partition(".")
            if top == "rnnlib":
                own.add(rest.partition(".")[0])
            elif top not in sys.stdlib_module_names:
                outside.add(top)
    return own - {module}, outside


def test_rnnlib_is_thin():
    sizes = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in files("*.py", "*.js")}
    assert sum(sizes.values()) < 3000, sizes


def files(*patterns):
    return [path for pattern in patterns for path in RNNLIB.rglob(pattern)]


def test_every_file_has_its_layer():
    assert sorted(name for layer in LAYERS for name in layer) == sorted(UNITS)


@pytest.mark.parametrize("module", UNITS)
def test_arrows_go_down(module):
    own, outside = imports(module)
    below = set().union(*LAYERS[: next(k for k, layer in enumerate(LAYERS) if module in layer)])
    assert own <= below
    assert outside <= OUTSIDE.get(module, {"numpy"})


def test_plots_never_sees_a_model():
    own, _ = imports("plots")
    assert own <= {"checks"}


@pytest.mark.parametrize("module", [name for name in UNITS if name not in OUTSIDE])
def test_numpy_alone_is_enough(module):
    code = NUMPY_ALONE.replace("MODULE", module)
    done = subprocess.run([sys.executable, "-c", code], cwd=RNNLIB.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
