"""Files that stand beside the notebooks."""

from pathlib import Path


def find(name):
    """The path of a course file, such as "claims.json".

    It is looked for in the current folder, which is the notebooks' own while a notebook runs, and
    in the folder `notebooks` below it. Raises FileNotFoundError where it is in neither.
    """
    for folder in (Path.cwd(), Path.cwd() / "notebooks"):
        if (folder / name).is_file():
            return folder / name
    raise FileNotFoundError(
        f"{name} must stand beside the notebook; nothing was found in {Path.cwd()}"
    )
