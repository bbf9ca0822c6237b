"""What a lesson says aloud: claims that were measured, and exercises that answer back."""

from rnnlib.lesson.claims import claim
from rnnlib.lesson.exercises import Exercise, check, exercises_of, verdict

__all__ = ["Exercise", "check", "claim", "exercises_of", "verdict"]
