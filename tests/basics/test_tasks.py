"""The tasks against their papers: every answer is worked out again here, slowly, from x alone."""

import re
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlib import tasks

SEEDS = st.integers(0, 10_000)
WITH_T = [
    tasks.adding,
    tasks.temporal_order,
    tasks.copy_memory,
    tasks.latch,
    tasks.two_sequence,
    tasks.continual_reber,
    tasks.temporal_xor,
    tasks.elman_letters,
    tasks.life,
]
MAKERS = {
    task.__name__: lambda batch, rng, task=task, **more: task(40, batch, rng, **more)
    for task in WITH_T
}
MAKERS |= {"reber": tasks.reber, "embedded_reber": tasks.embedded_reber}
MAKERS["adding arjovsky"] = lambda *given, **more: tasks.adding(
    40, *given, variant="arjovsky", **more
)
MAKERS["two_sequence 3c"] = lambda *given, **more: tasks.two_sequence(
    40, *given, variant="3c", **more
)
MAKERS["embedded_reber next"] = lambda *given, **more: tasks.embedded_reber(
    *given, target="next", **more
)
CLASSES = {"temporal_order": 4, "copy_memory": 10, "embedded_reber next": 7}
AT_THE_END = {
    "adding",
    "adding arjovsky",
    "temporal_order",
    "latch",
    "two_sequence",
    "two_sequence 3c",
}


def rng(seed=0):
    return np.random.default_rng(seed)


def spelled(x):
    """The symbols of one sequence (T, 7) as text; zeros are no symbol."""
    return "".join(tasks.REBER_SYMBOLS[row.argmax()] for row in x if row.any())


# What all tasks share


@pytest.mark.parametrize("name", MAKERS)
@given(seed=SEEDS, batch=st.integers(1, 6))
@settings(max_examples=15, deadline=None)
def test_form(name, seed, batch):
    x, target, mask = MAKERS[name](batch, rng(seed))
    T = len(x)
    assert x.shape[:2] == target.shape[:2] == mask.shape == (T, batch)
    assert x.ndim == 3 and x.dtype == np.float64 and np.isfinite(x).all() and mask.dtype == bool
    assert mask.any(axis=0).all()
    assert not target[~mask].any()
    if name in CLASSES:
        assert target.ndim == 2 and target.dtype == np.int64
        assert target.min() >= 0 and target.max() < CLASSES[name]
    else:
        assert target.ndim == 3 and target.dtype == np.float64 and np.isfinite(target).all()


@pytest.mark.parametrize("name", MAKERS)
def test_seeds(name):
    first, again, other = (MAKERS[name](8, rng(seed)) for seed in (1, 1, 2))
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert first.x.shape != other.x.shape or not np.array_equal(first.x, other.x)


@pytest.mark.parametrize("name", MAKERS)
def test_sequences_of_a_batch_differ(name):
    x = MAKERS[name](16, rng()).x
    assert any(not np.array_equal(x[:, 0], x[:, b]) for b in range(1, 16))


@pytest.mark.parametrize("name", MAKERS)
def test_dtype(name):
    single, double = MAKERS[name](3, rng(4), dtype=np.float32), MAKERS[name](3, rng(4))
    assert single.x.dtype == np.float32
    assert single.target.dtype == (np.int64 if name in CLASSES else np.float32)
    assert np.array_equal(single.x, double.x.astype(np.float32))


@pytest.mark.parametrize("name", sorted(AT_THE_END))
def test_asked_once_at_the_end_and_silent_after_it(name):
    x, _, mask = MAKERS[name](50, rng())
    assert (mask.sum(axis=0) == 1).all()
    last = mask.argmax(axis=0)
    assert all(not x[end + 1 :, b].any() for b, end in enumerate(last))
    assert last.min() >= 39 and last.max() < 44
    lengths = {39} if name in ("latch", "adding arjovsky") else {39, 40, 41, 42, 43}
    assert set(last.tolist()) == lengths


@pytest.mark.parametrize("task", WITH_T)
@pytest.mark.parametrize(
    "change, name",
    [
        ({"T": 0}, "T"),
        ({"T": 2.5}, "T"),
        ({"batch": 0}, "batch"),
        ({"batch": True}, "batch"),
        ({"rng": 0}, "rng"),
        ({"dtype": np.int64}, "dtype"),
    ],
)
def test_the_wrong_argument_is_named(task, change, name):
    with pytest.raises(ValueError, match=f"^{name} must"):
        task(**({"T": 40, "batch": 2, "rng": rng()} | change))


@pytest.mark.parametrize(
    "make, name",
    [
        (lambda: tasks.adding(3, 2, rng()), "T"),
        (lambda: tasks.adding(40, 2, rng(), variant="1997"), "variant"),
        (lambda: tasks.temporal_order(9, 2, rng()), "T"),
        (lambda: tasks.latch(1, 2, rng()), "T"),
        (lambda: tasks.two_sequence(40, 2, rng(), N=0), "N"),
        (lambda: tasks.two_sequence(3, 2, rng(), N=3), "T"),
        (lambda: tasks.two_sequence(40, 2, rng(), variant="3d"), "variant"),
        (lambda: tasks.reber(0, rng()), "batch"),
        (lambda: tasks.embedded_reber(2, None), "rng"),
        (lambda: tasks.reber(2, rng(), target="all"), "target"),
        (lambda: tasks.reber(2, rng(), T=0), "T"),
        (lambda: tasks.reber(2, rng(), grammar=tasks.CONTINUAL_REBER), "T"),
        (lambda: tasks.continual_reber(None, 2, rng()), "T"),
        (lambda: tasks.life(40, 2, rng(), periods=(7, 28)), "periods"),
        (lambda: tasks.life(40, 2, rng(), periods=(7, 28, 0)), "periods"),
    ],
)
def test_the_wrong_option_is_named(make, name):
    with pytest.raises(ValueError, match=f"^{name} must"):
        make()


# Adding


@given(SEEDS, st.integers(4, 60))
@settings(deadline=None)
def test_adding_as_in_1997(seed, T):
    x, target, mask = tasks.adding(T, 5, rng(seed))
    assert len(x) == T + T // 10
    for b in range(5):
        end = mask[:, b].argmax()
        value, marker = x[: end + 1, b].T
        marked = [t for t in range(end + 1) if marker[t] == 1]
        assert len(marked) == 2
        assert marked[0] < min(10, T // 2) and marked[1] < T // 2
        assert marker[end] == -1 and (marker[0] == -1 or (marked[0] == 0 and value[0] == 0))
        assert all(marker[t] == 0 for t in range(1, end) if t not in marked)
        assert (abs(value) <= 1).all()
        assert target[end, b, 0] == pytest.approx(0.5 + sum(value[t] for t in marked) / 4)


def test_adding_spreads_its_markers_over_all_the_places_allowed():
    x = tasks.adding(100, 20_000, rng()).x
    counts = (x[..., 1] == 1).sum(axis=1)
    share = (
        counts / 20_000
    )  # 1/10 for the first mark at 0..9, and 1/49 (or 1/50) for the second at 0..49
    assert share[:10] == pytest.approx(0.1 + 0.9 / 49, abs=0.01)
    assert share[10:50] == pytest.approx(1 / 49, abs=0.005) and not counts[50:].any()
    assert x[..., 0].min() < -0.99 and x[..., 0].max() > 0.99


@given(SEEDS, st.integers(4, 60))
@settings(deadline=None)
def test_adding_as_in_2016(seed, T):
    x, target, mask = tasks.adding(T, 5, rng(seed), variant="arjovsky")
    assert len(x) == T and mask[-1].all()
    for b in range(5):
        value, marker = x[:, b].T
        first, second = (t for t in range(T) if marker[t])
        assert first < T // 2 <= second and set(marker) == {0, 1}
        assert (value >= 0).all() and (value <= 1).all()
        assert target[-1, b, 0] == pytest.approx(value[first] + value[second])


def test_adding_always_answering_one_costs_a_sixth():
    x, target, _ = tasks.adding(20, 50_000, rng(), variant="arjovsky")
    target = target[-1]
    assert (x[..., 1] == 1).mean(axis=1) == pytest.approx(0.1, abs=0.01)
    assert ((target - 1) ** 2).mean() == pytest.approx(1 / 6, abs=0.005)


# Temporal order, copy, latch, two sequences, long lag


@given(SEEDS, st.integers(10, 120))
@settings(deadline=None)
def test_temporal_order(seed, T):
    x, target, mask = tasks.temporal_order(T, 5, rng(seed))
    for b in range(5):
        end = mask[:, b].argmax()
        assert (x[: end + 1, b].sum(-1) == 1).all()
        text = "".join("EBabcdXY"[k] for k in x[: end + 1, b].argmax(-1))
        assert re.fullmatch("E[abcd]*[XY][abcd]*[XY][abcd]*B", text)
        first, second = (match.start() for match in re.finditer("[XY]", text))
        assert T // 10 <= first <= 2 * (T // 10) and T // 2 <= second <= T // 2 + T // 10
        assert ["XX", "XY", "YX", "YY"][target[end, b]] == text[first] + text[second]


def test_temporal_order_has_four_equally_likely_classes_and_the_lengths_of_task_6a():
    x, target, mask = tasks.temporal_order(100, 8000, rng())
    assert len(x) == 110 and mask.any(axis=1).nonzero()[0].tolist() == list(range(99, 110))
    assert np.bincount(target[mask]) / 8000 == pytest.approx(0.25, abs=0.02)
    assert x[30:50].mean(axis=(0, 1)) == pytest.approx(
        [0, 0, 0.25, 0.25, 0.25, 0.25, 0, 0], abs=0.01
    )


@given(SEEDS, st.integers(1, 60))
@settings(deadline=None)
def test_copy_memory(seed, T):
    x, target, mask = tasks.copy_memory(T, 4, rng(seed))
    assert x.shape == (T + 20, 4, 10) and mask.all() and (x.sum(-1) == 1).all()
    for b in range(4):
        symbols = x[:, b].argmax(-1).tolist()
        assert max(symbols[:10]) < 8
        assert symbols[10:] == [8] * (T - 1) + [9] + [8] * 10
        assert target[:, b].tolist() == [8] * (T + 10) + symbols[:10]


def test_copy_memory_uses_all_eight_symbols():
    assert set(tasks.copy_memory(5, 100, rng()).target[-10:].ravel().tolist()) == set(range(8))


@given(SEEDS, st.integers(2, 60))
@settings(deadline=None)
def test_latch(seed, T):
    x, target, mask = tasks.latch(T, 6, rng(seed))
    assert len(x) == T and mask[-1].all()
    assert (abs(x[0, :, 0]) == 1).all() and (x[0, :, 1] == 1).all() and not x[1:, :, 1].any()
    assert np.array_equal(target[-1, :, 0], x[0, :, 0])


def test_latch_noise_and_signs():
    x = tasks.latch(200, 500, rng(), noise=0.3).x
    assert x[1:, :, 0].std() == pytest.approx(0.3, rel=0.02) and abs(x[1:, :, 0].mean()) < 0.01
    assert abs(x[0, :, 0].mean()) < 0.15
    assert not tasks.latch(20, 3, rng(), noise=0).x[1:].any()


@given(SEEDS, st.integers(1, 4), st.sampled_from(["3a", "3b", "3c"]))
@settings(deadline=None)
def test_two_sequence(seed, N, variant):
    x, target, mask = tasks.two_sequence(40, 6, rng(seed), N=N, variant=variant)
    answers = target[mask][:, 0]
    if variant == "3b":
        assert set(answers) <= {0, 1}
    else:
        assert (abs(x[:N]) == 1).all() and (x[:N] == x[0]).all()
    if variant == "3a":
        assert np.array_equal(target.sum(0)[:, 0], (x[0, :, 0] > 0).astype(float))


def test_two_sequence_noise():
    x, target, mask = tasks.two_sequence(100, 5000, rng(), N=3, variant="3b")
    answer, sign = target.sum(0)[:, 0], 2 * target.sum(0) - 1
    assert x[3:100].var() == pytest.approx(0.2, rel=0.01)
    assert (x[:3] - sign).var() == pytest.approx(0.2, rel=0.05) and abs(
        (x[:3] - sign).mean()
    ) < 0.02
    assert answer.mean() == pytest.approx(0.5, abs=0.03)
    x, target, mask = tasks.two_sequence(100, 5000, rng(), N=1, variant="3c")
    clean = np.where(x[0] > 0, 0.2, 0.8)
    assert (target.sum(0) - clean).var() == pytest.approx(0.1, rel=0.1) and abs(
        (target.sum(0) - clean).mean()
    ) < 0.02


# Reber grammars


LOOP = "T*V(?:PXT*V)*(?:PS|V)"  # from the state that P leads to, up to E
STRING = f"B(?:TS*X(?:S|X{LOOP})|P{LOOP})E"
EMBEDDED = f"B(?:T{STRING}T|P{STRING}P)E"


def all_reber_strings(longest):
    """Every Reber string up to a length, made from the regular expression, not from the table."""
    n = range(longest)
    loops = {""}
    for _ in n:
        loops |= {
            loop + "PX" + "T" * k + "V" for loop in loops for k in n if len(loop) + k + 3 <= longest
        }
    loops = {"T" * k + "V" + loop + end for loop, k, end in product(loops, n, ("PS", "V"))}
    found = {"BP" + loop + "E" for loop in loops} | {"BT" + "S" * k + "XSE" for k in n}
    found |= {
        "BT" + "S" * k + "XX" + loop + "E"
        for loop, k in product({w for w in loops if len(w) < longest}, n)
    }
    return {text for text in found if len(text) <= longest}


def legal_successors(text, grammar=tasks.CONTINUAL_REBER):
    """What may follow each prefix of a text: ("BT", REBER) gives ["TP", "SX"]."""
    ways = [grammar[0]]
    for symbol in text:
        ways.append((*grammar, {})[ways[-1][symbol]])
    return ["".join(edges) for edges in ways[1:]]


@pytest.mark.parametrize(
    "grammar, before",
    [(tasks.REBER, ""), (tasks.EMBEDDED_REBER, "BT"), (tasks.EMBEDDED_REBER, "BP")],
)
def test_legal_successors_against_all_short_strings(grammar, before):
    """After up to 6 symbols a Reber string can end within 6 more, so 12 show every successor."""
    after = before[1:] + "E" if before else ""
    strings = [before + text + after for text in all_reber_strings(12)]
    assert all(re.fullmatch(EMBEDDED if before else STRING, text) for text in strings)
    for prefix in {text[:n] for text in strings for n in range(1 + len(before), 7 + len(before))}:
        legal = {
            text[len(prefix)] for text in strings if text.startswith(prefix) and text != prefix
        }
        assert set(legal_successors(prefix, grammar)[-1]) == legal


def test_legal_successors_by_hand():
    assert legal_successors("BT", tasks.REBER) == ["TP", "SX"]
    assert legal_successors("BTXSE", tasks.REBER) == ["TP", "SX", "XS", "E", ""]
    assert legal_successors("BPBTXSEPE", tasks.EMBEDDED_REBER)[-4:] == ["E", "P", "E", ""]
    assert legal_successors("BTBPVVETEB")[-4:] == ["T", "E", "B", "TP"]


@pytest.mark.parametrize(
    "task, grammar, pattern",
    [(tasks.reber, tasks.REBER, STRING), (tasks.embedded_reber, tasks.EMBEDDED_REBER, EMBEDDED)],
)
@given(SEEDS)
@settings(deadline=None, max_examples=30)
def test_strings_are_grammatical_and_targets_their_legal_successors(task, grammar, pattern, seed):
    x, target, mask = task(6, rng(seed))
    lengths = x.any(axis=-1).sum(axis=0)
    assert lengths.max() == len(x) and set(x.sum(-1).ravel()) <= {0, 1}
    for b, length in enumerate(lengths):
        text = spelled(x[:, b])
        assert len(text) == length and re.fullmatch(pattern, text)
        assert mask[:, b].tolist() == [t < length - 1 for t in range(len(x))]
        for t, legal in enumerate(legal_successors(text, grammar)[:-1]):
            assert {tasks.REBER_SYMBOLS[k] for k in np.flatnonzero(target[t, b] == 1)} == set(legal)
            assert text[t + 1] in legal


@given(SEEDS, st.integers(1, 120))
@settings(deadline=None, max_examples=30)
def test_continual_reber(seed, T):
    x, target, mask = tasks.continual_reber(T, 3, rng(seed))
    assert x.shape == target.shape == (T, 3, 7) and mask.all()
    for b in range(3):
        text = spelled(x[:, b])
        whole = re.match(f"(?:{EMBEDDED})*", text).end()
        assert len(text) == T and (whole == T or text[whole] == "B")
        assert "E" not in text[whole:] or re.fullmatch(f"B[TP]{STRING}[TP]?", text[whole:])
        for t, legal in enumerate(legal_successors(text)):
            assert {tasks.REBER_SYMBOLS[k] for k in np.flatnonzero(target[t, b] == 1)} == set(legal)


@pytest.mark.parametrize("name", ["reber", "embedded_reber", "continual_reber"])
def test_next_is_the_symbol_that_came(name):
    x, target, mask = MAKERS[name](8, rng(3), target="next")
    same, legal, _ = MAKERS[name](8, rng(3))
    assert np.array_equal(x, same)
    for t, b in np.argwhere(mask):
        assert legal[t, b, target[t, b]] == 1
        assert t + 1 == len(x) or target[t, b] == x[t + 1, b].argmax()


def test_both_ways_out_of_a_state_are_equally_likely():
    x = tasks.reber(4000, rng()).x
    assert x[1].mean(axis=0)[[1, 2]] == pytest.approx(0.5, abs=0.03)  # T or P after B
    x = tasks.embedded_reber(4000, rng()).x
    text = [spelled(x[:, b]) for b in range(4000)]
    assert np.mean([t[1] == "T" for t in text]) == pytest.approx(0.5, abs=0.03)
    assert {t[1] + t[-2] for t in text} == {"TT", "PP"}


def test_reber_can_be_cut_at_a_length():
    x, _, mask = tasks.reber(4, rng(), T=30)
    assert (
        len(x) == 30
        and all(re.match(STRING, spelled(x[:, b])) for b in range(4))
        and not mask[-1].any()
    )


# Elman's two, and life


@given(SEEDS, st.integers(1, 60))
@settings(deadline=None)
def test_temporal_xor(seed, T):
    x, target, mask = tasks.temporal_xor(T, 4, rng(seed))
    assert x.shape == target.shape == (T, 4, 1) and mask.all() and set(x.ravel()) <= {0, 1}
    for b in range(4):
        bits = [int(bit) for bit in x[:, b, 0]] + [int(target[-1, b, 0])]
        assert target[:, b, 0].tolist() == bits[1:]
        assert all(bits[t] == (bits[t - 1] + bits[t - 2]) % 2 for t in range(2, T + 1, 3))


def test_temporal_xor_is_random_everywhere_else():
    x = tasks.temporal_xor(30, 4000, rng()).x[..., 0]
    xor = np.logical_xor(x[:-2], x[1:-1]) == x[2:]
    assert xor.mean(axis=1)[0::3] == pytest.approx(1)
    assert xor.mean(axis=1)[1::3] == pytest.approx(0.5, abs=0.05)
    assert xor.mean(axis=1)[2::3] == pytest.approx(0.5, abs=0.05)
    assert x.mean() == pytest.approx(0.5, abs=0.01)


@given(SEEDS, st.integers(1, 80))
@settings(deadline=None)
def test_elman_letters(seed, T):
    x, target, mask = tasks.elman_letters(T, 3, rng(seed))
    letter = {bits: name for name, bits in tasks.ELMAN_LETTERS.items()}
    assert x.shape == target.shape == (T, 3, 6) and mask.all()
    for b in range(3):
        read, asked = (
            "".join(letter["".join(str(int(bit)) for bit in row)] for row in a[:, b])
            for a in (x, target)
        )
        assert asked[:-1] == read[1:]
        assert re.fullmatch("(ba|dii|guuu)*(b|d|di|g|gu|guu)?", read + asked[-1])


def test_elman_letters_by_feature():
    """A vowel is no consonant, all are voiced, only consonants are interrupted, none are alike."""
    table = np.array([list(bits) for bits in tasks.ELMAN_LETTERS.values()], int)
    assert table.shape == (6, 6) and len({tuple(row) for row in table.tolist()}) == 6
    assert table[:, 0].tolist() == [1, 1, 1, 0, 0, 0] and (table[:, 0] + table[:, 1] == 1).all()
    assert (table[:, 2] == table[:, 0]).all() and table[:, 5].all()
    high, back = (
        "".join(n for n, bits in tasks.ELMAN_LETTERS.items() if bits[k] == "1") for k in (3, 4)
    )
    assert (high, back) == ("diu", "gau")


def test_elman_syllables_are_equally_frequent():
    x = tasks.elman_letters(3000, 5, rng()).x
    consonants = ["".join(str(int(bit)) for bit in row) for row in x.reshape(-1, 6) if row[0]]
    for name in "bdg":
        assert consonants.count(tasks.ELMAN_LETTERS[name]) / len(consonants) == pytest.approx(
            1 / 3, abs=0.03
        )


@given(SEEDS, st.integers(1, 150), st.sampled_from([(7, 28, 112), (2, 5, 11), (1, 1, 1)]))
@settings(deadline=None)
def test_life(seed, T, periods):
    x, target, mask = tasks.life(T, 3, rng(seed), periods=periods)
    assert x.shape == target.shape == (T, 3, 4) and mask.all() and (abs(x) <= 1).all()
    for b, (k, period) in product(range(3), enumerate(periods, 1)):
        days = np.flatnonzero(x[:, b, k])
        assert set(np.abs(x[days, b, k])) <= {1} and (np.diff(days) == period).all()
        assert len(days) >= T // period and (len(days) == 0 or days[0] < period)
        last = 0
        for t in range(T):
            last = x[t, b, k] or last
            assert target[t, b, k] == last
    assert not target[0, :, 0].any() and np.array_equal(target[1:, :, 0], x[:-1, :, 0])


def test_life_begins_on_any_day_and_its_news_are_fair():
    x = tasks.life(7, 7000, rng()).x
    assert (x[..., 1] != 0).mean(axis=1) == pytest.approx(1 / 7, abs=0.02)
    assert abs(x[..., 1].sum() / 7000) < 0.04 and abs(x[..., 0].mean()) < 0.01
    assert x[..., 0].std() == pytest.approx(3**-0.5, rel=0.02)
