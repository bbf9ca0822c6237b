"""Write the folder from which Docker or repo2docker builds a hub's image.

    python tools/hub_image.py            into hub-image/, beside this folder
    python tools/hub_image.py FOLDER     somewhere else, such as /srv/course on one server

It is the students' edition, so the image has no solutions, and what a hub needs beside it. A second
run brings a new version. It leaves the environment alone that one server has in the folder.
"""

import argparse
import shutil
from pathlib import Path

import student

ROOT = student.ROOT
HUB_FILES = ("lay_course.py", "course_config.py", "one_server_config.py", "course-hub.service")


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
    print(f"{folder} is ready; deploy/hub/README.md says what to do with it")


if __name__ == "__main__":
    main()
