"""Other arguments for the exercises whose cases in the checks aren't random.

With the visible arguments, a hidden test would accept a copy of the visible values.
"""


def windows(rng):
    """(lag, L): two windows that are longer than the lag, and one that is shorter."""
    lags = [int(lag) for lag in rng.integers(2, 9, 3)]
    longer = [(lag, lag + int(rng.integers(2, 9))) for lag in lags[:2]]
    return [*longer, (lags[2] + 3, lags[2])]


def half_lives(rng):
    """(half_life, share)."""
    return [(float(rng.uniform(2, 40)), float(10 ** rng.uniform(-5, -1))) for _ in range(3)]


def steps(rng):
    """(n,), from a few steps to many."""
    return [(int(rng.integers(low, 2 * low)),) for low in (4, 30, 400)]


def leaks(rng):
    """(c_0, f, i, m, s, T)."""
    return [
        (
            float(rng.uniform(0.5, 2)),
            float(rng.uniform(0.9, 0.99)),
            float(rng.uniform(0.05, 0.3)),
            float(rng.uniform(0.2, 0.5)),
            float(rng.uniform(0.3, 0.9)),
            int(rng.integers(5, 100)),
        )
        for _ in range(3)
    ]


def curves(rng):
    """(losses, patience): curves that fall, with noise, and no two losses are equal."""
    made = []
    for patience in (2, 3, 4, 3):
        falling = 3 * 0.8 ** rng.uniform(0, 1, 14).cumsum()
        made.append((falling + rng.uniform(0, 1, 14), patience))
    return made


def lengths(rng):
    """(T,): a few steps, a power of two, and many steps."""
    few, odd, power = rng.integers(3, 8), 2 * rng.integers(10, 40) + 1, 2 ** rng.integers(4, 8)
    return [(int(T),) for T in (few, odd, power, rng.integers(500, 2000))]


OTHER_CASES = {
    "3.3": windows,
    "4.1": half_lives,
    "5b.1": steps,
    "5c.1": leaks,
    "8.2": curves,
    "10.4": lengths,
}
