"""To be deleted when the lessons' tests import from `support.benches`."""

from support.benches import assert_finite, assert_live_is_full, drawn_in_full, extremes, move_all  # noqa: F401
