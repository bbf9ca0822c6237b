"""Lesson 05b: the right answers to the exercises, and hints for typical wrong ones."""

from functools import partial

import numpy as np

from rnnlib.lesson import Exercise

rng = np.random.default_rng(6)


def half_life(left=lambda n: 0.5 ** (1 / n), inverse=lambda f: np.log(f / (1 - f))):
    def answer(n):
        f = left(n)
        return f, inverse(f)

    return answer


def ways(input_gate=True, forget_gate=True, output_gate=True, own_forget=False, turned=False):
    """The right walk through the gates, or one with a mistake."""

    def open_ways(i, f, o):
        T = len(i)
        way = np.zeros((T, T), bool)
        for s in range(T):
            in_the_cell = bool(i[s]) or not input_gate
            for t in range(s, T):
                if forget_gate and (t > s or own_forget):
                    in_the_cell = in_the_cell and bool(f[t])
                way[t, s] = in_the_cell and (bool(o[t]) or not output_gate)
        return way.T if turned else way

    return open_ways


def ways_by_slices(i, f, o, one_too_early=False):
    """All pairs of steps, with a slice of f: what goes wrong if s may be later than t."""
    T = len(i)
    way = np.zeros((T, T), bool)
    for t in range(T):
        for s in range(T):
            between = f[s:t] if one_too_early else f[s + 1 : t + 1]
            in_order = s <= t or not one_too_early
            way[t, s] = bool(i[s]) and all(between) and bool(o[t]) and in_order
    return way


def pattern(T):
    """Random gates of T steps, most forget gates open."""
    return tuple((rng.random(T) < share).astype(int) for share in (0.5, 0.8, 0.5))


EXERCISES = {
    "5b.1": Exercise(
        terms=("f", "b"),
        answer=half_life(),
        cases=[(7,), (20,), (1000,)],
        hint=(
            "If you multiply f by itself n times, you get one half. "
            "b is the number whose logistic is f."
        ),
        mistakes={
            "With f = 1 − 1/n, about 1/e is left after n steps, not one half.": half_life(
                left=lambda n: 1 - 1 / n
            ),
            "With f = e^(−1/n), 1/e is left after n steps, not one half.": half_life(
                left=lambda n: np.exp(-1 / n)
            ),
            "f = 1 − 1/(2n) comes near only for large n. Solve f^n = 1/2.": half_life(
                left=lambda n: 1 - 1 / (2 * n)
            ),
            (
                "ln f is negative, but a cell that remembers needs b > 0. "
                "Solve f = 1/(1 + e^−b) for b."
            ): half_life(inverse=np.log),
        },
    ),
    "5b.2": Exercise(
        terms=("way",),
        answer=ways(),
        cases=[pattern(8), pattern(12)],
        hint=(
            "For each s, walk from t = s to the end. The way is open if the input gate was open at "
            "s, all forget gates after s up to t are open, and the output gate is open at t."
        ),
        mistakes={
            "You left out the input gate. If it is closed at s, nothing comes in there.": ways(
                input_gate=False
            ),
            "You left out the forget gates. A closed one between s and t ends the way.": ways(
                forget_gate=False
            ),
            "You left out the output gate. If it is closed at t, the output shows nothing.": ways(
                output_gate=False
            ),
            (
                "The forget gate of step s itself doesn't matter. It acts on the old cell state, "
                "and the input of step s is added after it."
            ): ways(own_forget=True),
            (
                "An output before step s can't show its input, so way[t, s] is False for t < s. "
                "An empty slice of f doesn't say so, because all([]) is True."
            ): ways_by_slices,
            (
                "You took the forget gates from s to t − 1. The one at s doesn't matter, "
                "and the one at t does. In Python the slice is f[s + 1 : t + 1]."
            ): partial(ways_by_slices, one_too_early=True),
            "Rows and columns are exchanged. way[t, s] has the output step first.": ways(
                turned=True
            ),
        },
    ),
    "5b.3": Exercise(
        terms=("F", "G", "J"),
        answer={"F": 12, "G": 4, "J": 7},
        hint=(
            "Look at which gradients are wrong with four steps and with one. "
            "A gradient that is right shows that the way to it is right."
        ),
        mistakes={
            (
                "Only db_f is wrong in patient F, so da_f is right. "
                "Look at the line that adds up the biases."
            ): {"F": 6, "G": 4, "J": 7},
            "Line 14 of patient G computes dc_next, and it is right. Is dc_next ever used?": {
                "F": 12,
                "G": 14,
                "J": 7,
            },
            (
                "Line 4 of patient J is right. "
                "There o is a factor, and no slope of a gate is needed."
            ): {"F": 12, "G": 4, "J": 4},
        },
    ),
}
