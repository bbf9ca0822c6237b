"""Real data that travel with the course, never downloaded; rnnlib/data/README.md gives sources, licences and making."""

import gzip
from collections import namedtuple
from datetime import date
from importlib.resources import files

import numpy as np

from rnnlib import checks

DATA = files("rnnlib") / "data"
# images (1797, 8, 8) float64, ink from 0 (paper) to 16; labels (1797,) int64, 0 to 9.
Digits = namedtuple("Digits", "images labels")
# time (n,), years as int64 or days as datetime64[D]; value (n,) float64; missing (n,) bool, True where nothing was measured.
Series = namedtuple("Series", "time value missing")


def digits():
    """The 1,797 images of the test set of UCI's Optical Digits (Alpaydin & Kaynak 1998), as scikit-learn ships it.
    Rows come by person (13): a shuffled `split` tests familiar hands (nearest neighbour right on 99 % of 360), one with
    rng=None hands never seen (96 %)."""
    with DATA.joinpath("digits.npz").open("rb") as file, np.load(file) as stored:
        return Digits(stored["images"].astype(np.float64), stored["labels"].astype(np.int64))


def words():
    """40,068 English words in alphabetical order, letters a to z only, 2 to 18 of them: an array of str, (40068,).
    SCOWL's lists up to size 35 without names, apostrophes, accents, capitals and Roman numerals. A word and its
    plural are two words, so a held-out word often has a sister in the training set."""
    return np.array(gzip.decompress(DATA.joinpath("words.txt.gz").read_bytes()).decode().split())


def sunspots():
    """The mean sunspot number of each year from 1700 to 2008: a Series of 309 values, none missing."""
    return _series("sunspots.csv", lambda years: years.astype(np.int64))


def co2(fill=False):
    """CO2 in the air at Mauna Loa in ppmv, weekly from 29 March 1958 to 29 December 2001: a Series of 2,284 values.
    `missing` marks 59 weeks without a measurement: nan, or with fill=True on the straight line between neighbours."""
    weeks = _series("co2.csv", lambda days: np.array([date.fromisoformat(f"{d:.0f}") for d in days], "datetime64[D]"))
    if fill:
        n, known = np.arange(len(weeks.value)), ~weeks.missing
        weeks.value[:] = np.interp(n, n[known], weeks.value[known])
    return weeks


def split(n, fractions, rng):
    """Cut the indices 0 … n−1 into disjoint parts of the given sizes: a tuple of index arrays, together all of 0 … n−1.
    train, validation, test = split(len(labels), (0.8, 0.1, 0.1), rng). fractions: positive, adding up to 1.
    rng: a Generator shuffles first; None keeps the order, as a time series needs. No part may be empty (ValueError)."""
    n = checks.size("n", n)
    order = np.arange(n) if rng is None else checks.generator("rng", rng).permutation(n)
    if len(fractions) == 0 or min(fractions) <= 0 or not np.isclose(sum(fractions), 1):
        raise ValueError(f"fractions must be positive and add up to 1; got {fractions!r}")
    parts = tuple(np.split(order, np.rint(np.cumsum(fractions)[:-1] * n).astype(int)))
    if min(map(len, parts)) == 0:
        raise ValueError(f"n must leave no part of {fractions!r} empty; got {n}")
    return parts


def _series(name, read_time):
    with DATA.joinpath(name).open("rb") as file:
        time, value = np.genfromtxt(file, delimiter=",", skip_header=1, unpack=True)
    return Series(read_time(time), value, np.isnan(value))
