"""What a lesson says aloud: measured claims, exercises that answer back, a bridge to PyTorch."""

from rnnlib.lesson.bridge import in_pytorch
from rnnlib.lesson.browser import in_browser, in_full
from rnnlib.lesson.claims import claim
from rnnlib.lesson.exercises import Exercise, answer, check, exercises_of, verdict

__all__ = [
    "Exercise",
    "answer",
    "check",
    "claim",
    "exercises_of",
    "in_browser",
    "in_full",
    "in_pytorch",
    "verdict",
]
