"""Facts about the data, counted independently of rnnlib.datasets where that is possible."""

import re
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnlib import datasets

DATA = files("rnnlib") / "data"


def test_digits_are_the_1797_images_of_the_uci_test_set():
    images, labels = datasets.digits()
    assert images.shape == (1797, 8, 8) and images.dtype == np.float64
    assert images.min() == 0 and images.max() == 16
    assert labels.shape == (1797,) and labels.dtype == np.int64
    assert np.bincount(labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert labels[:10].tolist() == list(range(10))
    assert images[0, 0].tolist() == [0, 0, 5, 13, 9, 1, 0, 0]  # the first row of the first zero
    assert images.sum() == 561718


def test_digits_rows_are_not_transposed():
    """A zero is taller than it is wide, so the outermost columns stay almost empty."""
    images = datasets.digits().images
    assert images[:, :, [0, 7]].mean() < 0.1 < images[:, [0, 7], :].mean()


def test_words_are_lower_case_unique_sorted_and_no_roman_numerals():
    words = datasets.words().tolist()
    assert len(words) == len(set(words)) == 40068
    assert words == sorted(words)
    assert all(re.fullmatch("[a-z]{2,18}", word) for word in words)
    assert {"queen", "the", "spell", "mix", "of"} <= set(words)
    assert not {"xxvii", "iii", "xiv", "paris", "a"} & set(words)


def test_words_obey_q_then_u():
    followers = [word[word.index("q") + 1 :][:1] for word in datasets.words() if "q" in word]
    assert len(followers) > 500 and followers.count("u") / len(followers) > 0.99


def test_sunspots():
    time, value, missing = datasets.sunspots()
    assert time.tolist() == list(range(1700, 2009))
    assert value.shape == (309,) and not missing.any() and np.isfinite(value).all()
    assert value.max() == 190.2 and time[value.argmax()] == 1957
    assert value[0] == 5 and value[-1] == 2.9


def test_co2_keeps_its_gaps_and_says_so():
    time, value, missing = datasets.co2()
    assert time.shape == value.shape == missing.shape == (2284,)
    assert np.datetime_as_string(time[[0, -1]]).tolist() == ["1958-03-29", "2001-12-29"]
    assert set(np.diff(time).astype(int)) == {7}
    assert missing.sum() == 59 and np.array_equal(missing, np.isnan(value))
    assert value[0] == 316.1 and value[-1] == 371.5


def test_co2_filled_lies_between_its_neighbours_and_changes_no_measurement():
    gaps, filled = datasets.co2(), datasets.co2(fill=True)
    assert np.array_equal(gaps.missing, filled.missing) and np.isfinite(filled.value).all()
    assert np.array_equal(gaps.value[~gaps.missing], filled.value[~gaps.missing])
    assert filled.value[6] == pytest.approx((gaps.value[5] + gaps.value[7]) / 2)


@given(
    st.integers(20, 500),
    st.integers(0, 99),
    st.sampled_from([(0.8, 0.1, 0.1), (0.5, 0.5), (1.0,), (0.3, 0.7)]),
)
def test_split_is_disjoint_covering_seeded_and_of_the_sizes_asked_for(n, seed, fractions):
    parts = datasets.split(n, fractions, np.random.default_rng(seed))
    again = datasets.split(n, fractions, np.random.default_rng(seed))
    assert sorted(np.concatenate(parts).tolist()) == list(range(n))
    assert all(
        abs(len(part) - share * n) <= 1 for part, share in zip(parts, fractions, strict=True)
    )
    assert all(np.array_equal(a, b) for a, b in zip(parts, again, strict=True))


def test_split_shuffles_by_seed_and_keeps_order_without_one():
    first, other = (
        datasets.split(100, (0.8, 0.2), np.random.default_rng(s))[0].tolist() for s in (0, 1)
    )
    assert first != other and first != sorted(first)
    assert [part.tolist() for part in datasets.split(10, (0.8, 0.2), None)] == [
        list(range(8)),
        [8, 9],
    ]


@pytest.mark.parametrize(
    "arguments, name",
    [
        ((0, (0.5, 0.5), None), "n"),
        ((2.5, (0.5, 0.5), None), "n"),
        ((2, (0.8, 0.1, 0.1), None), "n"),
        ((10, (0.5, 0.4), None), "fractions"),
        ((10, (1.5, -0.5), None), "fractions"),
        ((10, (), None), "fractions"),
        ((10, (0.5, 0.5), 0), "rng"),
    ],
)
def test_split_names_the_wrong_argument(arguments, name):
    with pytest.raises(ValueError, match=f"^{name} must"):
        datasets.split(*arguments)


def test_every_data_file_has_a_source_and_a_licence():
    lines = (DATA / "README.md").read_text("utf-8").splitlines()
    rows = {line.split("`")[1]: line for line in lines if line.startswith("| `")}
    assert set(rows) == {file.name for file in DATA.iterdir()} - {"README.md"}
    licences = ("CC BY 4.0", "public domain", "words-copyright.txt", "the notice itself")
    assert all(any(licence in row for licence in licences) for row in rows.values())
    notice = (DATA / "words-copyright.txt").read_text("utf-8")
    assert "Kevin Atkinson" in notice and "without fee" in notice


def test_the_data_stays_small():
    assert sum(len(file.read_bytes()) for file in DATA.iterdir()) < 250_000
