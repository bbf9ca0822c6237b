"""Lesson 06: the right answers to the exercises, and hints for typical wrong ones."""

import numpy as np

from rnnlib.activations import logistic
from rnnlib.lesson import Exercise

LN_2 = 0.6931471805599453

rng = np.random.default_rng(6)


def clock(left=lambda f: np.prod(f), tau=lambda f: -len(f) / np.log(f).sum(), half=LN_2):
    def answer(f):
        return left(f), tau(f), half * tau(f)

    return answer


def bias(slope=lambda f, n: n * (1 - f) * f**n, away=lambda c, target: c - target):
    def answer(b, n, c_0, target):
        f = logistic(np.array(b))
        c_n = f**n * c_0
        return c_n, away(c_n, target) * slope(f, n) * c_0

    return answer


def naive(
    last=lambda x, h: x[-1],
    year_ago=lambda x, h, s: x[h - 1 - s],
    drift=lambda x, s: x[-1] - x[-1 - s],
):
    def answer(x, h, season):
        seasonal = year_ago(x, h, season)
        return last(x, h), seasonal, seasonal + drift(x, season)

    return answer


def regression(
    first=lambda x, t, p: [x[t - k] for k in range(p)], ahead=lambda h: h, constant=True
):
    """Rows (x_t, …, x_{t−p+1}, 1) and what came h steps later, by least squares."""

    def features(x, t, p):
        columns = first(x, t, p)
        return np.column_stack([*columns, np.ones(len(t))] if constant else columns)

    def answer(x, p, h):
        t = np.arange(p - 1, len(x) - ahead(h))
        weights = np.linalg.lstsq(features(x, t, p), x[t + ahead(h)], rcond=None)[0]
        return weights, float(features(x, np.array([len(x) - 1]), p)[0] @ weights)

    return answer


def wave(n, period):
    return (
        np.sin(2 * np.pi * np.arange(n) / period) + 0.05 * np.arange(n) + 0.3 * rng.normal(size=n)
    )


EXERCISES = {
    "6.1": Exercise(
        terms=("left", "tau", "half_life"),
        answer=clock(),
        cases=[(rng.uniform(0.2, 0.99, n),) for n in (4, 9, 30)],
        hint=(
            "What is left is the product of the gates. "
            "tau is the number for which exp(−T/tau) is the same amount."
        ),
        mistakes={
            (
                "The gates are multiplied. "
                "The mean gate to the power T is a different number, and it is too optimistic."
            ): clock(left=lambda f: np.mean(f) ** len(f), tau=lambda f: -1 / np.log(np.mean(f))),
            (
                "You averaged the time constants. "
                "Average their inverses instead, the rates −ln f_t."
            ): clock(tau=lambda f: np.mean(-1 / np.log(f))),
            "After tau steps 1/e is left, which is 37 %. When is one half left?": clock(half=1.0),
        },
    ),
    "6.2": Exercise(
        terms=("c_n", "dE_db"),
        answer=bias(),
        cases=[
            (b, n, c_0, target)
            for (b, n), (c_0, target) in zip(
                ((0.7, 3), (2.1, 8), (-0.4, 2)), rng.uniform(-2, 2, (3, 2)).tolist()
            )
        ],
        hint=(
            "Start from c_n = f^n c_0 with f = σ(b). "
            "By the chain rule, multiply dE/dc_n by dc_n/df and by df/db = f(1 − f)."
        ),
        mistakes={
            "You gave dE/df. f is σ(b), so multiply by the slope of σ, f(1 − f).": bias(
                slope=lambda f, n: n * f ** (n - 1)
            ),
            "The same bias is used at each of the n steps, so n equal shares add up.": bias(
                slope=lambda f, n: (1 - f) * f**n
            ),
            (
                "The sign is wrong. "
                "E falls when c_n comes nearer to the target, so dE/dc_n is c_n − target."
            ): bias(away=lambda c, target: target - c),
        },
    ),
    "6.3": Exercise(
        terms=("persistence", "seasonal", "drift"),
        answer=naive(),
        cases=[(wave(40, 8), 1, 8), (wave(30, 5), 3, 5), (wave(50, 11), 11, 11)],
        hint=(
            "The last value is x[-1], and it belongs to step n. "
            "Which index belongs to step n + h − season?"
        ),
        mistakes={
            (
                "Your index is one step too early. "
                "x[-1] is the value of step n, so step n + h − season is x[h − 1 − season]."
            ): naive(year_ago=lambda x, h, s: x[h - 2 - s]),
            (
                "The season must follow the horizon. The value h steps ahead stands at another "
                "place in the year than the value one step ahead."
            ): naive(year_ago=lambda x, h, s: x[-s]),
            "The drift is what the last value gained over the value one season before it.": naive(
                drift=lambda x, s: x[-1] - x[-2]
            ),
        },
    ),
    "6.4": Exercise(
        terms=("weights", "forecast"),
        answer=regression(),
        cases=[(wave(40, 8), 3, 1), (wave(60, 7), 4, 5)],
        hint=(
            "Make one row for each t from p − 1 to n − 1 − h. "
            "It holds the p last values, newest first, and a 1. Its target is x[t + h]."
        ),
        mistakes={
            "The weights stand newest first, so x_t comes before x_{t−1}.": regression(
                first=lambda x, t, p: [x[t - k] for k in reversed(range(p))]
            ),
            "The target of every row is h steps ahead, not one.": regression(ahead=lambda h: 1),
            "The constant is missing. Add a last column of ones.": regression(constant=False),
        },
    ),
}
