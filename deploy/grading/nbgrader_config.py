"""nbgrader's settings. `make assignments` copies this file into the course folder."""

import sys
from pathlib import Path

HERE = str(Path(__file__).resolve().parent)
if HERE not in sys.path:
    sys.path.insert(0, HERE)  # so that nbgrader finds the folder grader/

from grader.preprocess import GradeOutside, RestoreMetadata  # noqa: E402
from nbgrader import preprocessors as p  # noqa: E402
from platform_files import NAMED  # noqa: E402

c = get_config()  # noqa: F821  (Jupyter defines it)
c.CourseDirectory.root = HERE
c.CourseDirectory.course_id = "lived-forwards"

# The source has the stubs as students get them, so there are no solutions to take out.
c.GenerateAssignment.preprocessors = [
    p.LockCells,
    p.ClearOutput,
    p.CheckCellMetadata,
    p.ComputeChecksums,
    p.SaveCells,
    p.ClearHiddenTests,
    p.ClearMarkScheme,
    p.ComputeChecksums,
    p.CheckCellMetadata,
]

# The model answers stand in mark schemes beside the questions, which only graders see.
c.ClearMarkScheme.enforce_metadata = False

# Submissions run in a confined process, and their answers are tested outside of it.
c.Autograde.sanitize_preprocessors = [
    p.ClearOutput,
    p.DeduplicateIds,
    RestoreMetadata,
    p.OverwriteKernelspec,
    p.OverwriteCells,
    p.CheckCellMetadata,
]
c.Autograde.autograde_preprocessors = [
    GradeOutside,
    p.LimitOutput,
    p.SaveAutoGrades,
    p.AssignLatePenalties,
    p.CheckCellMetadata,
]
c.OverwriteCells.add_missing_cells = True

# nbgrader zip_collect: whose a file from a learning platform is, and which files to leave out.
c.FileNameCollectorPlugin.named_regexp = NAMED
c.ZipCollectApp.strict = True

# How long a cell, or the test of one exercise, may take, and how long a whole submission.
c.GradeOutside.seconds_per_cell = 60
c.GradeOutside.seconds_per_notebook = 300
