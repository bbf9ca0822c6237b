"""Fetch a class's notebooks from the homes on a server, and lay the feedback into the homes.

    sudo python3 homes.py collect exercises_01a "/home/jupyter-{student}"
    sudo python3 homes.py return exercises_01a "/home/jupyter-{student}"

Run it in the folder that `make assignments` wrote. The last argument says where the homes are;
{student} stands for the name of a student. Each home is read and written with the rights of its
owner. So a link in it can't lead to anything that the student couldn't open anyway.
"""

import argparse
import glob
import os
import subprocess
from pathlib import Path

MOST = 100_000_000  # bytes of one notebook
SECONDS = 20  # for one file; a student might have put a pipe there, which never ends


def homes_in(pattern):
    """{student: home}, for "/home/jupyter-{student}"."""
    start, end = pattern.split("{student}")
    found = sorted(glob.glob(f"{glob.escape(start)}*{glob.escape(end)}"))
    return {path[len(start) : len(path) - len(end)]: Path(path) for path in found}


def run_as_owner(home, command, given=b""):
    """What a program prints that runs with the rights of the home's owner. Raises OSError."""
    owner, rights = home.stat(), {}
    if os.geteuid() == 0:
        if owner.st_uid == 0:
            raise OSError("the home belongs to root")
        rights = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []}
    try:
        done = subprocess.run(
            command, input=given, capture_output=True, timeout=SECONDS, cwd="/", **rights
        )
    except subprocess.TimeoutExpired:
        raise OSError("this took too long") from None
    if done.returncode != 0:
        raise OSError(done.stderr.decode(errors="replace").strip())
    return done.stdout


def collect(assignment, home, folder, student):
    """Copy the student's notebook into submitted/. Raises OSError."""
    path = home / folder / assignment / f"{assignment}.ipynb"
    content = run_as_owner(home, ["head", "-c", str(MOST + 1), str(path)])
    if len(content) > MOST:
        raise OSError("the notebook is too large")
    place = Path("submitted") / student / assignment
    place.mkdir(parents=True, exist_ok=True)
    (place / path.name).write_bytes(content)
    if os.geteuid() == 0:  # what sudo writes here shall belong to the lecturer
        lecturer = Path().stat()
        for made in (Path("submitted"), place.parent, place, place / path.name):
            os.chown(made, lecturer.st_uid, lecturer.st_gid)


def give_back(assignment, home, folder, student):
    """Lay the page of feedback beside the student's notebook. Raises OSError."""
    page = Path("feedback") / student / assignment / f"{assignment}.html"
    target = home / folder / assignment / page.name
    run_as_owner(home, ["tee", str(target)], page.read_bytes())


def main():
    """Read the command line, and go through the homes."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("what", choices=["collect", "return"])
    parser.add_argument("assignment")
    parser.add_argument("homes", help='such as "/home/jupyter-{student}"')
    parser.add_argument("--folder", default="lived-forwards", help="the course in a home")
    given = parser.parse_args()
    if given.homes.count("{student}") != 1 or not Path("nbgrader_config.py").exists():
        parser.error("name the homes with {student}, and run this in the folder of the assignments")
    do = collect if given.what == "collect" else give_back
    number, homes = 0, homes_in(given.homes)
    for student, home in homes.items():
        try:
            do(given.assignment, home, given.folder, student)
            number += 1
        except OSError as error:
            print(f"{student}: {error}")
    did = "fetched from" if given.what == "collect" else "returned to"
    print(f"{given.assignment}: {did} {number} of {len(homes)} homes")


if __name__ == "__main__":
    main()
