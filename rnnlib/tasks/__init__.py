"""Synthetic tasks from the literature. Each function draws a fresh batch of `Sequences`."""

from rnnlib.tasks.papers import (
    ELMAN_LETTERS,
    adding,
    copy_memory,
    elman_letters,
    latch,
    life,
    temporal_order,
    temporal_xor,
    two_sequence,
)
from rnnlib.tasks.reber import (
    CONTINUAL_REBER,
    EMBEDDED_REBER,
    REBER,
    REBER_SYMBOLS,
    continual_reber,
    embedded_reber,
    reber,
)
from rnnlib.tasks.sequences import Sequences

__all__ = [
    "CONTINUAL_REBER",
    "ELMAN_LETTERS",
    "EMBEDDED_REBER",
    "REBER",
    "REBER_SYMBOLS",
    "Sequences",
    "adding",
    "continual_reber",
    "copy_memory",
    "elman_letters",
    "embedded_reber",
    "latch",
    "life",
    "reber",
    "temporal_order",
    "temporal_xor",
    "two_sequence",
]
