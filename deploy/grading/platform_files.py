"""The names that learning platforms give to files, and a zip that takes the feedback back there.

    python platform_files.py exercises_01a

Run it in the folder that `make assignments` wrote, after `nbgrader generate_feedback`. It writes
downloaded/exercises_01a/feedback.zip. Each page in it has the name under which the platform handed
out the student's notebook, with .html at its end, so the platform knows whose it is.
"""

import argparse
import re
import zipfile
from pathlib import Path

# What `nbgrader zip_collect` matches with the path of each file, as Moodle and Canvas name them:
#     Ada Lovelace_1234567_assignsubmission_file_/exercises_01a.ipynb      Moodle, in folders
#     Ada Lovelace_1234567_assignsubmission_file_exercises_01a.ipynb       Moodle, without folders
#     lovelaceada_LATE_4711_98765_exercises_01a-2.ipynb                    Canvas
# Moodle's number is another one for each assignment, so a student is known by name there. On Canvas
# it is the first number. Students' browsers and Canvas append " (1)" or "-2" to a file's name.
NAMED = (
    r".*/extracted/(.*/)?"
    r"(?P<in_zip>"
    r"([^/_]+_(LATE_)?(?=\d+_\d+_exercises_))?"  # Canvas: what stands before the student's number
    r"(?P<student_id>[^/]+?)_\d+_"
    r"(assignsubmission_file_?/?([^./][^/]*/)*)?"  # Moodle: also the folder of a zip in the zip
    r"(?P<file_id>exercises_\d\d[a-z]?)(?![a-z\d])[^/]*"
    r")\.ipynb$"
)


def write_zip(assignment):
    """Write the zip; return the number of its pages, and whose page is missing."""
    folder, missing, number = Path("downloaded") / assignment, [], 0
    with zipfile.ZipFile(folder / "feedback.zip", "w", zipfile.ZIP_DEFLATED) as pages:
        for path in sorted((folder / "extracted").rglob("*.ipynb")):
            found = re.match(NAMED, str(path.absolute()))
            if not found or found["file_id"] != assignment:
                continue
            page = Path("feedback") / found["student_id"] / assignment / f"{assignment}.html"
            if page.exists():
                pages.write(page, f"{found['in_zip']}.html")
                number += 1
            else:
                missing.append(found["student_id"])
    return number, missing


def main():
    """Read the command line and write the zip."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("assignment")
    assignment = parser.parse_args().assignment
    if not (Path("downloaded") / assignment / "extracted").is_dir():
        parser.error(f"there is no folder downloaded/{assignment}/extracted here")
    number, missing = write_zip(assignment)
    for student in missing:
        print(f"There is no feedback for {student}.")
    print(f"downloaded/{assignment}/feedback.zip has {number} pages")


if __name__ == "__main__":
    main()
