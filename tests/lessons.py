# This file goes when the tests of lessons 03 to 10 have moved to tests/lessons/.
from support.lessons import NOTEBOOKS, namespace  # noqa: F401
