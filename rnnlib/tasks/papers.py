"""Tasks from the papers on memory, and one made for this course.

Each function draws a fresh batch from the Generator rng: about T steps, B = batch sequences, D
inputs, K outputs, dtype float64 or float32. Shorter sequences end in zeros. A wrong size, option,
generator or dtype raises ValueError. [HS97] is Hochreiter & Schmidhuber 1997.
"""

import numpy as np

from rnnlib import checks
from rnnlib.tasks.sequences import answer_at_end, as_sequences, check_arguments, one_hot


def adding(T, batch, rng, *, variant="hochreiter", dtype=np.float64):
    """Add the two marked numbers among many. x is (value, marker), so D = 2; K = 1, at the end.

    "hochreiter" ([HS97] section 5.4): T to T + T/10 steps, values in [−1, 1]. The marker is 1 at
    one of the first ten steps and at another of the first T/2, −1 at both ends, and 0 elsewhere.
    The target is 0.5 + (X₁ + X₂)/4, and an answer is right if it is off by less than 0.04. If step
    0 is marked, its marker is 1 and its value 0. The paper does this only for the first number.

    "arjovsky" (Arjovsky, Shah & Bengio 2016): T steps, values in [0, 1], one marker in each half;
    the target is X₁ + X₂.
    """
    check_arguments(T, 4, batch, rng, dtype, variant=(variant, ("hochreiter", "arjovsky")))
    original, half, b = variant == "hochreiter", T // 2, np.arange(batch)
    steps = T + T // 10 if original else T
    lengths = rng.integers(T, steps, batch, endpoint=True)
    first = rng.integers(0, min(10, half) if original else half, batch)
    if original:
        second = rng.integers(0, half - 1, batch)
        second += second >= first  # step over `first`
    else:
        second = rng.integers(half, T, batch)
    lowest = -1 if original else 0
    x = np.zeros((steps, batch, 2))
    x[..., 0] = rng.uniform(lowest, 1, (steps, batch)) * (np.arange(steps)[:, None] < lengths)
    if original:
        x[0, (first == 0) | (second == 0), 0] = 0
        x[0, :, 1] = x[lengths - 1, b, 1] = -1
    x[first, b, 1] = x[second, b, 1] = 1
    total = x[first, b, 0] + x[second, b, 0]
    return answer_at_end(x, lengths, 0.5 + total / 4 if original else total, dtype)


def temporal_order(T, batch, rng, *, dtype=np.float64):
    """In which order did X and Y come? D = 8, one-hot for E B a b c d X Y; K = 4 classes.

    [HS97] section 5.6, task 6a at T = 100 (T must be at least 10): T to T + T/10 steps, that is E,
    random letters a to d, and B at the end. One X or Y stands at T/10 … T/5, another at
    T/2 … 3T/5. The classes at the last step are XX, XY, YX, YY.
    """
    check_arguments(T, 10, batch, rng, dtype)
    steps, b = T + T // 10, np.arange(batch)
    lengths = rng.integers(T, steps, batch, endpoint=True)
    letters = rng.integers(2, 6, (steps, batch))
    symbols = np.where(np.arange(steps)[:, None] < lengths, letters, -1)
    symbols[0], symbols[lengths - 1, b] = 0, 1
    first, second = rng.integers(0, 2, (2, batch))
    symbols[rng.integers(T // 10, 2 * (T // 10), batch, endpoint=True), b] = 6 + first
    symbols[rng.integers(T // 2, T // 2 + T // 10, batch, endpoint=True), b] = 6 + second
    return answer_at_end(one_hot(symbols, 8), lengths, 2 * first + second, dtype)


def copy_memory(T, batch, rng, *, dtype=np.float64):
    """Repeat ten symbols after T steps. D = K = 10, one-hot: 0 … 7, blank 8, delimiter 9.

    Arjovsky, Shah & Bengio 2016: the input is the ten symbols, T − 1 blanks, the delimiter, and ten
    blanks, T + 20 steps in all. The target is T + 10 blanks and then the ten symbols; every step
    counts. Without memory, the best cross-entropy is 10 ln 8/(T + 20).
    """
    check_arguments(T, 1, batch, rng, dtype)
    symbols, target = np.full((T + 20, batch), 8), np.full((T + 20, batch), 8)
    symbols[:10] = target[-10:] = rng.integers(0, 8, (10, batch))
    symbols[T + 9] = 9  # the delimiter
    return as_sequences(one_hot(symbols, 10), target, dtype)


def latch(T, batch, rng, *, noise=0.1, dtype=np.float64):
    """Keep the sign of the first step. D = 2: x = (±1, 1) at first, later (noise, 0); K = 1.

    noise: its standard deviation (Gaussian). The target ±1 is asked for at the last step.
    """
    check_arguments(T, 2, batch, rng, dtype)
    x = noise * rng.standard_normal((T, batch, 2)) * [1, 0]
    x[0, :, 0], x[0, :, 1] = rng.choice([-1.0, 1.0], batch), 1
    return answer_at_end(x, np.full(batch, T), x[0, :, 0], dtype)


def two_sequence(T, batch, rng, *, N=3, variant="3a", dtype=np.float64):
    """Which of two? N < T steps of +1 or −1, then noise of variance 0.2; D = 1, K = 1.

    [HS97] section 5.3, after Bengio, Simard & Frasconi 1994: T to T + T/10 steps; the answer is
    asked for at the last one.
    "3a": the target is 1 for +1, and 0 for −1. "3b": the N steps are noisy, too. "3c": the target
    is 0.2 for +1, and 0.8 for −1, plus noise of variance 0.1.
    """
    variants = ("3a", "3b", "3c")
    check_arguments(T, checks.size("N", N) + 1, batch, rng, dtype, variant=(variant, variants))
    steps, sign = T + T // 10, rng.choice([-1.0, 1.0], batch)
    lengths = rng.integers(T, steps, batch, endpoint=True)
    noise = np.sqrt(0.2) * rng.standard_normal((steps, batch))
    x = noise * (np.arange(steps)[:, None] < lengths)
    x[:N] = sign + x[:N] if variant == "3b" else sign
    if variant == "3c":
        answer = 0.5 - 0.3 * sign + np.sqrt(0.1) * rng.standard_normal(batch)
    else:
        answer = (sign + 1) / 2
    return answer_at_end(x[..., None], lengths, answer, dtype)


def temporal_xor(T, batch, rng, *, dtype=np.float64):
    """Predict the next bit; every third bit is the XOR of the two before it. D = K = 1.

    The target can be known at steps 1, 4, 7, …, counted from 0. Elman 1990, "Exclusive-OR".
    """
    check_arguments(T, 1, batch, rng, dtype)
    bits = rng.integers(0, 2, (T + 3, batch, 1)).astype(float)
    bits[2::3] = bits[:-2:3] != bits[1:-1:3]
    return as_sequences(bits[:T], bits[1 : T + 1], dtype)


# Elman 1990, Table 1: consonant, vowel, interrupted, high, back, voiced.
ELMAN_LETTERS = {
    "b": "101001", "d": "101101", "g": "101011", "a": "010011", "i": "010101", "u": "010111",
}  # fmt: skip


def elman_letters(T, batch, rng, *, dtype=np.float64):
    """Predict the next letter of ba, dii and guuu in random order.

    D = K = 6 bits of ELMAN_LETTERS, T steps. Elman 1990, "Structure in Letter Sequences".
    """
    check_arguments(T, 1, batch, rng, dtype)
    syllables = rng.choice(["ba", "dii", "guuu"], (batch, T // 2 + 1)).tolist()
    bits = np.empty((T + 1, batch, 6))
    for b, row in enumerate(syllables):
        for t, letter in enumerate("".join(row)[: T + 1]):
            bits[t, b] = [int(bit) for bit in ELMAN_LETTERS[letter]]
    return as_sequences(bits[:-1], bits[1:], dtype)


def life(T, batch, rng, *, periods=(7, 28, 112), dtype=np.float64):
    """A life of T days. x = (location, call, holiday, election), so D = 4; what came last of each?

    location: uniform in [−1, 1]; the target is yesterday's. The other three are news, ±1, once in
    each of `periods` (days), and 0 between; the target is the last news, today's included, and 0
    before the first. K = 4, and every day counts. A year here is 28 days: calls come weekly,
    holidays yearly, elections every four years. Made for this course.
    """
    check_arguments(T, 1, batch, rng, dtype)
    periods = [checks.size("periods", period) for period in periods]
    if len(periods) != 3:
        wanted = "three, those of calls, holidays and elections"
        raise ValueError(f"periods must be {wanted}; got {periods}")
    day = np.arange(T)[:, None, None]
    comes = (day - rng.integers(0, periods, (batch, 3))) % periods == 0
    news = comes * rng.choice([-1.0, 1.0], (T, batch, 3))
    # Before the first news this is day 0, whose news is 0.
    last_day = np.maximum.accumulate(comes * day)
    location = rng.uniform(-1, 1, (T + 1, batch, 1))
    location[0] = 0
    target = np.concatenate([location[:-1], np.take_along_axis(news, last_day, 0)], -1)
    return as_sequences(np.concatenate([location[1:], news], -1), target, dtype)
