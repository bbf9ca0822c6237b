"""Real data that travel with the course and are never downloaded.

rnnlib/data/README.md gives their sources and licences, and says how the files were made.
"""

import gzip
from collections import namedtuple
from datetime import date
from importlib.resources import files

import numpy as np

from rnnlib import checks

DATA = files("rnnlib") / "data"
# images (1797, 8, 8) float64, ink from 0 (paper) to 16; labels (1797,) int64, 0 to 9.
Digits = namedtuple("Digits", "images labels")
# time (n,): years as int64, or days as datetime64[D]; value (n,) float64; missing (n,) bool, True
# where nothing was measured.
Series = namedtuple("Series", "time value missing")


def digits():
    """The 1,797 images of the test set of UCI's Optical Digits (Alpaydin & Kaynak 1998).

    They are those that scikit-learn ships. The rows come sheet by sheet: the labels show 14 sheets,
    though the source names 13 writers. So a shuffled `split` tests on hands that the network knows
    (a nearest neighbour reads 99 % of 360 rightly), and a split with rng=None on hands that it has
    never seen (96 %).
    """
    with DATA.joinpath("digits.npz").open("rb") as file, np.load(file) as stored:
        return Digits(stored["images"].astype(np.float64), stored["labels"].astype(np.int64))


def words():
    """40,068 English words in alphabetical order: an array of str, (40068,).

    Each has 2 to 18 letters, a to z only. They are SCOWL's lists up to size 35 without names,
    apostrophes, accents, capitals and Roman numerals. A word and its plural are two words, so a
    held-out word often has a close relative in the training set.
    """
    text = gzip.decompress(DATA.joinpath("words.txt.gz").read_bytes()).decode()
    return np.array(text.split())


def sunspots():
    """The mean sunspot number of each year from 1700 to 2008: a Series of 309, none missing."""
    return _series("sunspots.csv", _as_years)


def co2(fill=False):
    """CO2 in the air at Mauna Loa in ppmv, weekly: a Series of 2,284 values.

    The first week is that of 29 March 1958, the last that of 29 December 2001. `missing` marks 59
    weeks without a measurement. Their values are nan, or with fill=True they lie on the straight
    line between their neighbours.
    """
    weeks = _series("co2.csv", _as_days)
    if fill:
        n, known = np.arange(len(weeks.value)), ~weeks.missing
        weeks.value[:] = np.interp(n, n[known], weeks.value[known])
    return weeks


def split(n, fractions, rng):
    """Cut the indices 0 … n−1 into disjoint parts of the given sizes.

        train, validation, test = split(len(labels), (0.8, 0.1, 0.1), rng)

    fractions: positive numbers that add up to 1. rng: a Generator, which shuffles first; None keeps
    the order, as a time series needs it. Returns a tuple of index arrays. Raises ValueError for
    other fractions, or if a part would be empty.
    """
    n = checks.size("n", n)
    order = np.arange(n) if rng is None else checks.generator("rng", rng).permutation(n)
    if len(fractions) == 0 or min(fractions) <= 0 or not np.isclose(sum(fractions), 1):
        raise ValueError(f"fractions must be positive and add up to 1; got {fractions!r}")
    ends = np.rint(np.cumsum(fractions)[:-1] * n).astype(int)
    parts = tuple(np.split(order, ends))
    if min(map(len, parts)) == 0:
        raise ValueError(f"n must leave no part of {fractions!r} empty; got {n}")
    return parts


def _series(name, read_time):
    with DATA.joinpath(name).open("rb") as file:
        time, value = np.genfromtxt(file, delimiter=",", skip_header=1, unpack=True)
    return Series(read_time(time), value, np.isnan(value))


def _as_years(numbers):
    return numbers.astype(np.int64)


def _as_days(numbers):
    """Days as datetime64 from numbers such as 19580329."""
    return np.array([date.fromisoformat(f"{number:.0f}") for number in numbers], "datetime64[D]")
