"""Write the students' edition: the course without solutions and outputs, ready to hand out.

    python tools/student.py            into student/, beside this folder
    python tools/student.py FOLDER     somewhere else

The checks come along with their answers, so a student who opens notebooks/checks/ can read them.
A second run replaces the notebooks and the module. It leaves an environment (.venv) that was made
in the folder alone.
"""

import argparse
import shutil
from pathlib import Path

import nbformat
from nbconvert.preprocessors import ClearOutputPreprocessor, TagRemovePreprocessor

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("notebooks", "rnnlib")
FILES = (
    "pyproject.toml",
    "environment.yml",
    "LICENSE",
    "LICENSE-PROSE",
    "deploy/overrides.json",
    "tools/make_venv.sh",
)
OWN_FILES = ("Makefile", "README.md")  # the edition's own, in deploy/student/
MARK = ".students-edition"
MARK_SAYS = "Made by tools/student.py, which may replace what stands beside this file.\n"
LEFT_OUT = ("__pycache__", ".ipynb_checkpoints", ".virtual_documents", "TEACHING.md")


def for_students(notebook):
    """The notebook without the cells tagged "solution" and without any output."""
    for preprocessor in (
        TagRemovePreprocessor(remove_cell_tags={"solution"}, enabled=True),
        ClearOutputPreprocessor(enabled=True),
    ):
        notebook, _ = preprocessor(notebook, {})
    return notebook


def refuse_a_folder_in_use(folder):
    """Stop if the folder is the course itself or holds something else than a students' edition.

    The lecturer's course looks like an edition, and its solutions would be lost. So an edition is
    known by a file of its own.
    """
    if folder.resolve() in (ROOT, *ROOT.parents):
        raise SystemExit("the students' edition needs a folder of its own")
    is_empty = not folder.exists() or not any(folder.iterdir())
    if not is_empty and not (folder / MARK).exists():
        raise SystemExit(
            f"{folder} holds something else than a students' edition: there is no {MARK} in it. "
            "Name an empty folder."
        )


def write(folder):
    """Write the students' edition into the folder."""
    refuse_a_folder_in_use(folder)
    folder.mkdir(parents=True, exist_ok=True)
    # Written first, so that an interrupted run can be repeated.
    (folder / MARK).write_text(MARK_SAYS, encoding="utf-8")
    for name in FOLDERS:
        shutil.rmtree(folder / name, ignore_errors=True)
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns(*LEFT_OUT))
    for path in (folder / "notebooks").glob("*.ipynb"):
        notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
        nbformat.write(for_students(notebook), path)
    for name in FILES:
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    for name in OWN_FILES:
        shutil.copy(ROOT / "deploy" / "student" / name, folder / name)


def main():
    """Read the command line and write the edition."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "student")
    folder = parser.parse_args().folder
    write(folder)
    number = len(list((folder / "notebooks").glob("*.ipynb")))
    print(f"{number} notebooks without solutions and outputs are in {folder.name}/")


if __name__ == "__main__":
    main()
