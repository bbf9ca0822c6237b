"""What all tests share."""

from hypothesis import settings

# A slow or busy machine is no bug: no example is timed, and every run tries the same ones.
settings.register_profile("course", deadline=None, derandomize=True)
settings.load_profile("course")
