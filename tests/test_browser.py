"""To be deleted when test_present.py imports from `support.page`."""

from support.page import picture, until_picture  # noqa: F401
