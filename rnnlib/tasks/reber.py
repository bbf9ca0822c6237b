"""Reber's grammars: predict which symbols may follow."""

import numpy as np

from rnnlib.tasks.sequences import as_sequences, check_arguments, one_hot

REBER_SYMBOLS = "BTPSXVE"
# A grammar gives, for each state, {symbol: next state}. The state after the last one is the end.
REBER = (
    {"B": 1},
    {"T": 2, "P": 3},
    {"S": 2, "X": 4},
    {"T": 3, "V": 5},
    {"X": 3, "S": 6},
    {"P": 4, "V": 6},
    {"E": 7},
)


def _shifted(grammar, by):
    """The same grammar with all its states renumbered."""
    return tuple({symbol: state + by for symbol, state in edges.items()} for edges in grammar)


# B, then T or P, a whole Reber string, the same T or P again, E. There are two copies of REBER, one
# that begins at state 2 and is left with T, one that begins at state 10 and is left with P.
EMBEDDED_REBER = (
    {"B": 1},
    {"T": 2, "P": 10},
    *_shifted(REBER, 2),
    {"T": 18},
    *_shifted(REBER, 10),
    {"P": 18},
    {"E": 19},
)
CONTINUAL_REBER = (*EMBEDDED_REBER[:-1], {"E": 0})


def reber(batch, rng, *, grammar=REBER, T=None, target="legal", dtype=np.float64):
    """Predict what may follow in a Reber string. D = K = 7 REBER_SYMBOLS, one-hot.

    Every step counts up to the one before E.
    target: "legal" asks for 1 at each symbol that may come next, (T, B, 7); "next" asks for the
    symbol that did come, (T, B). T: how many steps; None for the length of the longest string.
    Raises ValueError for a wrong argument, or for T=None where the grammar never ends.
    Reber 1967; Cleeremans, Servan-Schreiber & McClelland 1989.
    """
    check_arguments(1 if T is None else T, 1, batch, rng, dtype, target=(target, ("legal", "next")))
    symbol, next_state = _tables(grammar)
    end_is_reachable = len(grammar) in next_state[:-1]
    if T is None and not end_is_reachable:
        raise ValueError("T must be a number of steps where the grammar never ends; got None")
    states, symbols = _walk(symbol, next_state, batch, T, rng)
    x, following = one_hot(symbols[:-1], len(REBER_SYMBOLS)), symbols[1:]
    if target == "legal":
        legal = one_hot(symbol, len(REBER_SYMBOLS)).max(axis=1)
        answer = legal[states[1:-1]]
    else:
        answer = np.maximum(following, 0)
    return as_sequences(x, answer, dtype, following >= 0)


def _tables(grammar):
    """(symbol, next_state), both (states + 1, 2): what a coin that shows 0 or 1 chooses.

    A state with one way out has it twice. The last row is the end: from there no symbol, −1, comes
    for ever.
    """
    symbol, next_state = [], []
    for edges in grammar:
        if not 1 <= len(edges) <= 2:
            raise ValueError(f"grammar must have one or two ways out of each state; got {edges}")
        ways = (list(edges.items()) * 2)[:2]
        symbol.append([REBER_SYMBOLS.index(name) for name, _ in ways])
        next_state.append([state for _, state in ways])
    end = len(grammar)
    return np.array([*symbol, [-1, -1]]), np.array([*next_state, [end, end]])


def _walk(symbol, next_state, batch, T, rng):
    """(states, symbols) of a batch of strings, by step; T + 1 symbols, or until all have ended."""
    states, symbols = [np.zeros(batch, int)], []
    is_over = False
    while not is_over:
        coin = rng.integers(0, 2, batch)
        symbols.append(symbol[states[-1], coin])
        states.append(next_state[states[-1], coin])
        is_over = len(symbols) > T if T else (symbols[-1] < 0).all()
    return np.array(states), np.array(symbols)


def embedded_reber(batch, rng, **options):
    """`reber` with EMBEDDED_REBER: the last T or P repeats the first.

    Hochreiter & Schmidhuber 1997, section 5.1.
    """
    return reber(batch, rng, grammar=EMBEDDED_REBER, **options)


def continual_reber(T, batch, rng, **options):
    """Embedded Reber strings without end, T steps (Gers, Schmidhuber & Cummins 2000).

    The paper stops at the network's first error; here a sequence has T steps in any case.
    """
    return reber(batch, rng, grammar=CONTINUAL_REBER, T=T, **options)
