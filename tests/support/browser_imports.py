"""A program: import all that lessons import, as if there were no processes, as in WebAssembly.

    python browser_imports.py ROOT      in the folder of the notebooks

It prints which file of the course imports what it should not, and fails where an import fails.
"""

import ast
import builtins
import importlib
import json
import pkgutil
import sys
import threading
from pathlib import Path

MISSING = ("multiprocessing", "_multiprocessing", "_posixshmem", "concurrent.futures.process")
# These can be imported in WebAssembly, but they do nothing there. Other people's packages import
# them, and so they must not be taken away from all.
USELESS = ("subprocess", "socket", "socketserver", "multiprocessing", "concurrent")
LESSON = "a lesson's cell"


def watch_imports(root):
    """From now on, add to the list that is returned what the course's own files import in vain."""
    found, usual = [], builtins.__import__

    def watched(name, globals=None, *others, **named):
        file = (globals or {}).get("__file__") or ""
        ours = file == LESSON or (file.startswith(root) and "site-packages" not in file)
        if name.partition(".")[0] in USELESS and ours:
            found.append(f"{file} imports {name}")
        return usual(name, globals, *others, **named)

    builtins.__import__ = watched
    return found


def no_thread(thread):
    raise RuntimeError(f"{thread.name} was started during an import")


def import_the_module():
    """Import every file of rnnlib."""
    import rnnlib

    for module in pkgutil.walk_packages(rnnlib.__path__, "rnnlib."):
        importlib.import_module(module.name)


def import_what_stands_beside_the_notebooks():
    """Import the figures, the checks and the scripts of precomputed results."""
    for folder in ("figures", "checks", "precompute"):
        names = sorted(path.stem for path in Path(folder).glob("*.py"))
        for name in names:
            importlib.import_module(f"{folder}.{name}")


def import_as_the_cells_do(path):
    """Execute the import statements of a notebook's cells, and nothing else of them."""
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] != "code" or source.startswith("%%"):
            continue
        for node in ast.parse(source).body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                code = compile(ast.Module([node], []), path.name, "exec")
                exec(code, {"__name__": "__main__", "__file__": LESSON})


def main():
    sys.modules.update(dict.fromkeys(MISSING))  # None lets an import fail
    threading.Thread.start = no_thread
    found = watch_imports(sys.argv[1])
    sys.path[:0] = [".", "precompute", "checks"]  # where lessons look
    import_the_module()
    import_what_stands_beside_the_notebooks()
    for path in sorted(Path().glob("*.ipynb")):
        import_as_the_cells_do(path)
    print("\n".join(found))


if __name__ == "__main__":
    main()
