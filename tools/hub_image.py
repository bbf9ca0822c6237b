"""Write the folder from which Docker or repo2docker builds a hub's image.

    python tools/hub_image.py            into hub-image/, beside this folder
    python tools/hub_image.py FOLDER     somewhere else

It is the students' edition, so the image has no solutions, and what a hub needs beside it. The
same folder is what one server keeps in /srv/course.
"""

import argparse
import shutil
from pathlib import Path

import student

ROOT = student.ROOT
HUB_FILES = ("lay_course.py", "course_config.py", "one_server_config.py")


def write(folder):
    """Write the students' edition and the hub's files into the folder."""
    student.write(folder)
    hub = folder / "deploy" / "hub"
    hub.mkdir(parents=True, exist_ok=True)
    for name in HUB_FILES:
        shutil.copy(ROOT / "deploy" / "hub" / name, hub / name)
    shutil.copy(ROOT / "deploy" / "hub" / "image" / "postBuild", folder / "postBuild")


def main():
    """Read the command line and write the folder."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "hub-image")
    folder = parser.parse_args().folder
    write(folder)
    print(f"{folder.name}/ is ready for docker build or repo2docker; see deploy/hub/README.md")


if __name__ == "__main__":
    main()
