"""Write the students' edition: the course without solutions and outputs, in a folder that can be handed out as it is.

    python deploy/student.py            into student/ beside this folder
    python deploy/student.py FOLDER     somewhere else

What a check needs comes along, and its answers with it: who opens notebooks/checks/ can read them. Running it again
replaces the notebooks and the module, and leaves an environment (.venv) that was made in the folder alone.
"""

import argparse
import re
import shutil
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[1]
FILES = ("Makefile", "pyproject.toml", "environment.yml", "LICENSE", "LICENSE-PROSE")
TARGETS = {"help", "lab", "precompute", "clean"}  # the others need what stays with the lecturer
LEFT_OUT = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints", ".virtual_documents", "TEACHING.md")
README = """# Lived Forwards, Understood Backwards

An interactive course on recurrent networks. This is the students' edition: run the cells yourself, from top to bottom.

With Python 3.11 or newer, and make:

```
make lab
```

makes an environment in `.venv`, installs the course and opens JupyterLab at the welcome page. Without make, on Windows
for example: `python -m venv .venv`, `.venv\\Scripts\\pip install -e .`, and
`.venv\\Scripts\\jupyter lab notebooks/00_welcome.ipynb`.

- Exercises answer back: fill in a stub, run its cell, and it says which term is wrong. Where a lesson speaks of a folded
  solution, your lecturer has it.
- The welcome page's table of claims fills as you run lessons and save them.

Code: [BSD 3-Clause](LICENSE). Words and figures: [CC BY 4.0](LICENSE-PROSE).
"""


def without_solutions(notebook):
    """The notebook with neither the cells tagged solution nor any output; all other cells stay, with their ids."""
    notebook.cells = [cell for cell in notebook.cells if "solution" not in cell.metadata.get("tags", [])]
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


def for_students(makefile):
    """The Makefile without the targets that need the tests, the benchmarks or this folder."""
    for target in set(re.findall(r"(?m)^([a-z]+):", makefile)) - TARGETS:
        makefile = re.sub(rf"(?m)^{target}:.*\n(?:\t.*\n)*\n?", "", makefile)
    return re.sub(r"(?m)^(\.PHONY: help) .*$", rf"\1 {' '.join(sorted(TARGETS - {'help'}))}", makefile)


def write(folder):
    """The students' edition in `folder`; what an earlier one left in notebooks/ and rnnlib/ is replaced."""
    if folder.exists() and any(folder.iterdir()) and not (folder / "notebooks" / "00_welcome.ipynb").exists():
        raise SystemExit(f"{folder} holds something else; name an empty folder")
    if folder.resolve() in (ROOT, *ROOT.parents):
        raise SystemExit("the students' edition needs a folder of its own")
    for name in ("notebooks", "rnnlib"):
        shutil.rmtree(folder / name, ignore_errors=True)
        shutil.copytree(ROOT / name, folder / name, ignore=LEFT_OUT)
    for path in (folder / "notebooks").glob("*.ipynb"):
        nbformat.write(without_solutions(nbformat.read(path, as_version=nbformat.NO_CONVERT)), path)
    for name in FILES:
        shutil.copy(ROOT / name, folder)
    (folder / "Makefile").write_text(for_students((ROOT / "Makefile").read_text(encoding="utf-8")), encoding="utf-8")
    (folder / "README.md").write_text(README, encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "student")
    folder = parser.parse_args().folder
    write(folder)
    print(f"{len(list((folder / 'notebooks').glob('*.ipynb')))} notebooks without solutions and outputs in {folder.name}/")
