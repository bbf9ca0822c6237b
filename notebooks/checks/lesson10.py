"""Lesson 10: the right answers to the exercises, and hints for typical wrong ones."""

import numpy as np

from rnnlib.lesson import Exercise
from rnnlib.losses import softmax

rng = np.random.default_rng(10)


def attend(question=lambda A, h: A @ h, among=lambda h: h[:-1], scale=np.sqrt, weigh=softmax):
    def answer(A, h):
        q, states = question(A, h[-1]), among(h)
        a = weigh(states @ q / scale(h.shape[1]))
        return q, a, a @ states

    return answer


def back(softmax_rule=lambda a, da: a * (da - a @ da), scale=np.sqrt, read=1, asked=1):
    def answer(h, a, q, dm):
        ds = softmax_rule(a, h @ dm)
        return ds, read * np.outer(a, dm) + asked * np.outer(ds, q) / scale(h.shape[1])

    return answer


def pairs(a=lambda a1, a2: a1 * a2, b=lambda a1, b1, a2, b2: a2 * b1 + b2):
    def answer(a1, b1, a2, b2):
        return a(a1, a2), b(a1, b1, a2, b2)

    return answer


def cost(
    combine=lambda T, reach: T - reach,
    doubling=True,
    each=2,
    level=lambda T: T - 1,
    scores=lambda T: T * (T - 1) // 2,
):
    def answer(T):
        reaches = (
            [2**k for k in range(T.bit_length()) if 2**k < T] if doubling else list(range(1, T))
        )
        combinations, sweep, items = sum(combine(T, reach) for reach in reaches), 0, T
        while items > 1:
            sweep, items = sweep + level(items), items // 2
        return len(reaches), combinations, each * combinations, sweep, scores(T)

    return answer


def looked(T, H):
    return (
        rng.normal(size=(T, H)),
        softmax(rng.normal(size=T)),
        rng.normal(size=H),
        rng.normal(size=H),
    )


EXERCISES = {
    "10.1": Exercise(
        terms=("q", "a", "m"),
        answer=attend(),
        cases=[(rng.normal(size=(H, H)), rng.normal(size=(T, H))) for T, H in ((5, 3), (9, 2))],
        hint=(
            "Compute q = A h_T and the scores q·h_t/√H for t = 1 … T − 1. "
            "a is their softmax, and m is the mean of those states with the weights a."
        ),
        mistakes={
            "q is A h_T, not Aᵀ h_T. Each row of A makes one entry of q.": attend(
                question=lambda A, h: A.T @ h
            ),
            "The asking state is not asked. Leave out the last state.": attend(among=lambda h: h),
            "You did not divide the scores by √H.": attend(scale=lambda H: 1),
            "Divide by √H, not by H.": attend(scale=lambda H: H),
            (
                "The weights are the softmax of the scores. "
                "Exponentiate before you divide by the sum."
            ): attend(weigh=lambda s: s / s.sum()),
        },
    ),
    "10.2": Exercise(
        terms=("ds", "dh"),
        answer=back(),
        cases=[looked(T, H) for T, H in ((4, 3), (7, 2))],
        hint=(
            "Use da = h dm and ds = a (da − Σ a da). "
            "Each state gets a dm because it was read, and ds q/√H because it was asked."
        ),
        mistakes={
            "The softmax couples the scores. Subtract the mean Σ a da first.": back(
                softmax_rule=lambda a, da: a * da
            ),
            "Subtract the mean with the weights a, not the plain mean.": back(
                softmax_rule=lambda a, da: a * (da - da.mean())
            ),
            (
                "A gradient reaches each state in two ways. You have only the part for being read."
            ): back(asked=0),
            (
                "A gradient reaches each state in two ways. You have only the part for being asked."
            ): back(read=0),
            (
                "The scores were divided by √H, so what comes back through them must be divided "
                "by √H, too."
            ): back(scale=lambda H: 1),
        },
    ),
    "10.3": Exercise(
        terms=("a", "b"),
        answer=pairs(),
        cases=[tuple(rng.normal(size=4)), tuple(rng.normal(size=(4, 3)))],
        hint="Multiply out: a₂(a₁ h + b₁) + b₂ = (a₂ a₁) h + (a₂ b₁ + b₂).",
        mistakes={
            "The second step multiplies what the first step added, so b is a2 b1 + b2.": pairs(
                b=lambda a1, b1, a2, b2: b1 + b2
            ),
            (
                "You swapped the two steps. "
                "The first step is done first, and the second multiplies what it added."
            ): pairs(b=lambda a1, b1, a2, b2: a1 * b2 + b1),
            "You added the factors. Two multiplications in a row multiply their factors.": pairs(
                a=lambda a1, a2: a1 + a2
            ),
            "What the second step adds is not multiplied any more.": pairs(
                b=lambda a1, b1, a2, b2: a2 * (b1 + b2)
            ),
        },
    ),
    "10.4": Exercise(
        terms=("rounds", "combinations", "multiplications", "sweep", "scores"),
        answer=cost(),
        cases=[(T,) for T in (2, 9, 16, 1000)],
        hint=(
            "The rounds have the reaches 1, 2, 4, … below T. "
            "In each round, T − reach steps combine, with two multiplications each. "
            "In the sweep, a level with T items combines T − 1 times, up and down together. "
            "There are T(T − 1)/2 scores."
        ),
        mistakes={
            (
                "In a round, the first `reach` steps have nothing before them to combine with. "
                "So T − reach steps combine."
            ): cost(combine=lambda T, reach: T),
            "The reach doubles from round to round: 1, 2, 4, … It does not grow by one.": cost(
                doubling=False
            ),
            (
                "Combining two pairs takes two multiplications, one for the new a and one for the "
                "new b."
            ): cost(each=1),
            (
                "The second pair's b is only added. So there are two multiplications, not three."
            ): cost(each=3),
            (
                "You counted only the sweep's way up. "
                "On the way down, the steps between the pairs combine as well."
            ): cost(level=lambda T: T // 2),
            (
                "The first step of a level has nothing before it. "
                "So a level with T items combines T − 1 times, not T times."
            ): cost(level=lambda T: T),
            (
                "A step looks only at earlier ones, so only half of all pairs count. "
                "There are T(T − 1)/2 scores."
            ): cost(scores=lambda T: T * T),
            "A step does not look at itself. There are T(T − 1)/2 scores, not T(T + 1)/2.": cost(
                scores=lambda T: T * (T + 1) // 2
            ),
        },
    ),
}
