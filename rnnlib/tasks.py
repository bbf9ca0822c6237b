"""Synthetic tasks from the literature: each function draws a fresh batch of `Sequences` from the Generator rng.
T steps (or a few more; shorter sequences end in zeros), B = batch, D inputs, K outputs, dtype float64 or float32.
A wrong size, option, generator or dtype is a ValueError. [HS97]: Hochreiter & Schmidhuber 1997."""

from collections import namedtuple

import numpy as np

from rnnlib import checks

# x (T, B, D): what the network reads; target: what it should answer, (T, B, K) for `mse`, or (T, B) int64 classes for
# `cross_entropy`; mask (T, B) bool: where the answer counts; elsewhere the target is 0 and means nothing.
Sequences = namedtuple("Sequences", "x target mask")


def adding(T, batch, rng, *, variant="hochreiter", dtype=np.float64):
    """Add two marked numbers: x = (value, marker), D = 2; the target stands at the last step, K = 1.
    "hochreiter" ([HS97] §5.4): T to T + T/10 steps, values in [−1, 1], marker 1 at one of the
    first ten steps and at another of the first T/2, −1 at both ends, else 0; target 0.5 + (X₁ + X₂)/4, right if off by
    less than 0.04. If step 0 is marked, its marker is 1 and its value 0 (the paper says so of X₁ alone).
    "arjovsky" (Arjovsky, Shah & Bengio 2016): T steps, values in [0, 1], a marker 1 in each half, target X₁ + X₂."""
    _check(T, 4, batch, rng, dtype, variant=(variant, ("hochreiter", "arjovsky")))
    original, half, b = variant == "hochreiter", T // 2, np.arange(batch)
    steps = T + T // 10 if original else T
    lengths = rng.integers(T, steps, batch, endpoint=True)
    first = rng.integers(0, min(10, half) if original else half, batch)
    second = rng.integers(0, half - 1, batch) if original else rng.integers(half, T, batch)
    second += original & (second >= first)  # step over `first`
    x = np.zeros((steps, batch, 2))
    x[..., 0] = rng.uniform(-1 if original else 0, 1, (steps, batch)) * (np.arange(steps)[:, None] < lengths)
    if original:
        x[0, (first == 0) | (second == 0), 0] = 0
        x[0, :, 1] = x[lengths - 1, b, 1] = -1
    x[first, b, 1] = x[second, b, 1] = 1
    total = x[first, b, 0] + x[second, b, 0]
    return _answer_at_end(x, lengths, 0.5 + total / 4 if original else total, dtype)


def temporal_order(T, batch, rng, *, dtype=np.float64):
    """In which order came X and Y? D = 8, one-hot: E B a b c d X Y; at the last step K = 4 classes, XX XY YX YY.
    [HS97] §5.6, 6a at T = 100 (T ≥ 10): T to T + T/10 steps; E, random a to d, B; X or Y at T/10 … T/5 and T/2 … 3T/5."""
    _check(T, 10, batch, rng, dtype)
    steps, b = T + T // 10, np.arange(batch)
    lengths = rng.integers(T, steps, batch, endpoint=True)
    symbols = np.where(np.arange(steps)[:, None] < lengths, rng.integers(2, 6, (steps, batch)), -1)
    symbols[0], symbols[lengths - 1, b] = 0, 1
    first, second = rng.integers(0, 2, (2, batch))
    symbols[rng.integers(T // 10, 2 * (T // 10), batch, endpoint=True), b] = 6 + first
    symbols[rng.integers(T // 2, T // 2 + T // 10, batch, endpoint=True), b] = 6 + second
    return _answer_at_end(_one_hot(symbols, 8), lengths, 2 * first + second, dtype)


def copy_memory(T, batch, rng, *, dtype=np.float64):
    """Repeat ten symbols after T steps: D = K = 10, one-hot: 0..7, blank 8, delimiter 9; T + 20 steps, all counted.
    Arjovsky, Shah & Bengio 2016: the ten, T − 1 blanks, the delimiter, ten blanks; the target is T + 10 blanks, then the
    ten. Without memory the best cross-entropy is 10 ln 8/(T + 20)."""
    _check(T, 1, batch, rng, dtype)
    symbols, target = np.full((2, T + 20, batch), 8)
    symbols[:10] = target[-10:] = rng.integers(0, 8, (10, batch))
    symbols[T + 9] = 9  # the delimiter
    return _sequences(_one_hot(symbols, 10), target, dtype)


def latch(T, batch, rng, *, noise=0.1, dtype=np.float64):
    """Keep the first sign: x = (±1, 1), then (Gaussian, deviation noise, 0), D = 2; K = 1, asked at step T: ±1."""
    _check(T, 2, batch, rng, dtype)
    x = noise * rng.standard_normal((T, batch, 2)) * [1, 0]
    x[0, :, 0], x[0, :, 1] = rng.choice([-1.0, 1.0], batch), 1
    return _answer_at_end(x, np.full(batch, T), x[0, :, 0], dtype)


def two_sequence(T, batch, rng, *, N=3, variant="3a", dtype=np.float64):
    """Which of two? N < T steps of +1 or −1, then noise of variance 0.2, D = 1; asked at the last step, K = 1.
    [HS97] §5.3, after Bengio, Simard & Frasconi 1994: T to T + T/10 steps. "3a": target 1 for
    +1, 0 for −1; "3b": noise on the N steps too; "3c": target 0.2 for +1, 0.8 for −1, plus noise of variance 0.1."""
    _check(T, checks.size("N", N) + 1, batch, rng, dtype, variant=(variant, ("3a", "3b", "3c")))
    steps, sign = T + T // 10, rng.choice([-1.0, 1.0], batch)
    lengths = rng.integers(T, steps, batch, endpoint=True)
    x = np.sqrt(0.2) * rng.standard_normal((steps, batch)) * (np.arange(steps)[:, None] < lengths)
    x[:N] = sign + (variant == "3b") * x[:N]
    answer = 0.5 - 0.3 * sign + np.sqrt(0.1) * rng.standard_normal(batch) if variant == "3c" else (sign + 1) / 2
    return _answer_at_end(x[..., None], lengths, answer, dtype)


REBER_SYMBOLS = "BTPSXVE"  # the grammars: for each state, symbol -> next state; the state after the last is the end
REBER = ({"B": 1}, {"T": 2, "P": 3}, {"S": 2, "X": 4}, {"T": 3, "V": 5}, {"X": 3, "S": 6}, {"P": 4, "V": 6}, {"E": 7})
# B, T or P, a whole Reber string, the same T or P, E: with one copy of REBER from state 2, one from state 10.
_UPPER, _LOWER = (tuple({s: state + k for s, state in edges.items()} for edges in REBER) for k in (2, 10))
EMBEDDED_REBER = ({"B": 1}, {"T": 2, "P": 10}, *_UPPER, {"T": 18}, *_LOWER, {"P": 18}, {"E": 19})
CONTINUAL_REBER = (*EMBEDDED_REBER[:-1], {"E": 0})


def reber(batch, rng, *, grammar=REBER, T=None, target="legal", dtype=np.float64):
    """Predict what may follow in a Reber string: D = K = 7 REBER_SYMBOLS, one-hot; counted up to the step before E.
    target "legal": 1 for each symbol that may come next, (T, B, 7); "next": the one that did, (T, B). T: the length of
    the longest string, or as many steps as asked for. Reber 1967; Cleeremans, Servan-Schreiber & McClelland 1989."""
    _check(1 if T is None else T, 1, batch, rng, dtype, target=(target, ("legal", "next")))
    ways = [(list(edges.items()) * 2)[:2] for edges in grammar] + [[(None, len(grammar))] * 2]  # heads, tails
    symbol = np.array([[REBER_SYMBOLS.index(s) if s else -1 for s, _ in pair] for pair in ways])
    follow = np.array([[state for _, state in pair] for pair in ways])
    if T is None and len(grammar) not in follow[:-1]:
        raise ValueError("T must be a number of steps where the grammar never ends; got None")
    states, symbols = [np.zeros(batch, int)], []
    while len(symbols) <= T if T else not symbols or (symbols[-1] >= 0).any():
        coin = rng.integers(0, 2, batch)
        symbols.append(symbol[states[-1], coin])
        states.append(follow[states[-1], coin])
    x, symbols = _one_hot(np.array(symbols[:-1]), 7), np.array(symbols[1:])
    answer = _one_hot(symbol, 7).max(1)[np.array(states[1:-1])] if target == "legal" else np.maximum(symbols, 0)
    return _sequences(x, answer, dtype, symbols >= 0)


def embedded_reber(batch, rng, **options):
    """`reber` with EMBEDDED_REBER ([HS97] §5.1): the last T or P repeats the first."""
    return reber(batch, rng, grammar=EMBEDDED_REBER, **options)


def continual_reber(T, batch, rng, **options):
    """Embedded Reber strings without end, T steps (Gers, Schmidhuber & Cummins 2000, who stop at the first error)."""
    return reber(batch, rng, grammar=CONTINUAL_REBER, T=T, **options)


def temporal_xor(T, batch, rng, *, dtype=np.float64):
    """Predict bits; each third is the XOR of two, known at steps 1, 4, 7, …: D = K = 1. Elman 1990, "Exclusive-OR"."""
    _check(T, 1, batch, rng, dtype)
    bits = rng.integers(0, 2, (T + 3, batch, 1)).astype(float)
    bits[2::3] = bits[:-2:3] != bits[1:-1:3]
    return _sequences(bits[:T], bits[1 : T + 1], dtype)


# Elman 1990, "Structure in Letter Sequences", Table 1: consonant, vowel, interrupted, high, back, voiced.
ELMAN_LETTERS = dict(b="101001", d="101101", g="101011", a="010011", i="010101", u="010111")


def elman_letters(T, batch, rng, *, dtype=np.float64):
    """Predict the next letter of ba, dii, guuu in random order: D = K = 6 bits of ELMAN_LETTERS, T steps. Elman 1990."""
    _check(T, 1, batch, rng, dtype)
    rows = rng.choice(["ba", "dii", "guuu"], (batch, T // 2 + 1)).tolist()
    bits = "".join("".join(row)[: T + 1] for row in rows).translate(str.maketrans(ELMAN_LETTERS)).encode()
    bits = np.subtract(np.frombuffer(bits, np.uint8).reshape(batch, T + 1, 6).swapaxes(0, 1), ord("0"), dtype=float, order="C")
    return _sequences(bits[:-1], bits[1:], dtype)


def life(T, batch, rng, *, periods=(7, 28, 112), dtype=np.float64):
    """A life in T days: x = (location, call, holiday, election), D = 4; what was the last of each? K = 4, all counted.
    location: uniform in [−1, 1]; target yesterday's. The others: news, ±1, once in each of `periods` (in days), else 0;
    target the last news, today's included, 0 before the first. The default year has four weeks. Made for this course."""
    _check(T, 1, batch, rng, dtype)
    periods = [checks.size("periods", period) for period in periods]
    if len(periods) != 3:
        raise ValueError(f"periods must be three: of calls, holidays and elections; got {periods}")
    day = np.arange(T)[:, None, None]
    comes = (day - rng.integers(0, periods, (batch, 3))) % periods == 0
    news = comes * rng.choice([-1.0, 1.0], (T, batch, 3))
    last = np.maximum.accumulate(comes * day)  # before the first news: day 0, whose news is 0
    location = rng.uniform(-1, 1, (T + 1, batch, 1)) * (np.arange(-1, T) >= 0)[:, None, None]
    target = np.concatenate([location[:-1], np.take_along_axis(news, last, 0)], -1)
    return _sequences(np.concatenate([location[1:], news], -1), target, dtype)


def _check(T, least, batch, rng, dtype, **options):
    checks.size("batch", batch)
    checks.generator("rng", rng)
    if checks.size("T", T) < least:
        raise ValueError(f"T must be at least {least} steps; got {T}")
    for name, (value, allowed) in {"dtype": (dtype, (np.float32, np.float64)), **options}.items():
        if value not in allowed:
            raise ValueError(f"{name} must be one of {allowed}; got {value!r}")


def _one_hot(symbols, size):
    return np.eye(size + 1, size)[symbols]  # −1, no symbol, takes the last row: all zeros


def _answer_at_end(x, lengths, answer, dtype):
    mask = np.arange(len(x))[:, None] == lengths - 1
    return _sequences(x, mask * answer if answer.dtype.kind == "i" else (mask * answer)[..., None], dtype, mask)


def _sequences(x, target, dtype, mask=True):
    target = target.astype(dtype if target.dtype.kind == "f" else np.int64)
    return Sequences(x.astype(dtype), target, np.full(x.shape[:2], mask))
