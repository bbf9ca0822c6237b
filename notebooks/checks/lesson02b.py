"""Lesson 02b: the right answers to the exercises, and hints for typical wrong ones."""

import runpy
from pathlib import Path

import numpy as np

from rnnlib.lesson import Exercise

# Exercise 2b.1 stands in a file of its own. It is found from any folder in which a check may run.
word_loops = runpy.run_path(str(Path(__file__).with_name("word_loops.py")))
rng = np.random.default_rng(2)


# Exercise 2b.2


def carry_unit(sign=True, both_ways=True, shift=0, first_only=False):
    def find(h, carry):
        if first_only:
            h, carry = h[:, :1], carry[:, :1]
        if shift:
            h, carry = h[shift:], carry[:-shift]
        shares = []
        for k in range(h.shape[2]):
            active = h[:, :, k] > 0 if sign else np.abs(h[:, :, k]) > 0.5
            agree = np.mean(active == (carry == 1))
            shares.append(max(agree, 1 - agree) if both_ways else agree)
        return int(np.argmax(shares)), max(shares)

    return find


def states_and_carry(T, B, H, unit, share):
    """States of which one unit, the negative one, tells the carry at this share of the places."""
    carry = rng.integers(0, 2, (T, B))
    h = rng.uniform(-1, 1, (T, B, H))
    told = rng.random((T, B)) < share
    sign = np.where((carry == 1) == told, -1, 1)
    h[:, :, unit] = sign * rng.uniform(0.05, 1, (T, B))
    return h, carry


# Exercise 2b.3


def markov(axis=0, transposed=False, steps=0):
    def chain(counts, s, k):
        U = counts / counts.sum(axis=axis, keepdims=True)
        return U, np.linalg.matrix_power(U.T if transposed else U, k + steps)[:, s]

    return chain


EXERCISES = {
    "2b.1": Exercise(
        terms=("word",),
        answer=word_loops["writer"](),
        hint="Carry the state on, draw with p, and stop at a dot.",
        mistakes=word_loops["MISTAKES"],
        judge=word_loops["judge_writer"],
    ),
    "2b.2": Exercise(
        terms=("unit", "share"),
        answer=carry_unit(),
        cases=[states_and_carry(40, 5, 6, 4, 0.95), states_and_carry(30, 8, 5, 2, 0.9)],
        hint=(
            "For each unit, compute the share of places where h > 0 agrees with carry == 1, "
            "and take the larger of this share and 1 minus it. Either the unit is positive exactly "
            "where the carry is 1, or negative exactly there; both count."
        ),
        mistakes={
            (
                "Either the unit is positive exactly where the carry is 1, or negative exactly "
                "there; both count. So a share of 0.1 counts as 0.9."
            ): carry_unit(both_ways=False),
            "You compared the states with the carry of the step before.": carry_unit(shift=1),
            "You looked at the first sequence only. Use all B of them.": carry_unit(
                first_only=True
            ),
            "It is the sign of a unit that counts here, not its size.": carry_unit(sign=False),
        },
    ),
    "2b.3": Exercise(
        terms=("U", "h"),
        answer=markov(),
        cases=[
            (rng.integers(1, 20, (4, 4)).astype(float), 2, 3),
            (rng.integers(1, 20, (6, 6)).astype(float), 0, 5),
        ],
        hint=(
            "Divide each column by its sum. Start with an h that is 1 at place s and 0 elsewhere. "
            "Then apply h ← U h k times."
        ),
        mistakes={
            (
                "Your rows add up to 1, but the columns should. Column j holds what follows j."
            ): markov(axis=1),
            "U is right, but you multiplied h by its transpose. Use h ← U h.": markov(
                transposed=True
            ),
            "You took one step too few. Apply U k times.": markov(steps=-1),
            "You took one step too many. Apply U k times.": markov(steps=1),
        },
    ),
}
