"""Lesson 10: what the exercises' right answers are, and what to say to typical wrong ones."""

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
        hint="q = A h_T; scores q·h_t/√H for t = 1 … T − 1; a their softmax; m the mean of those states with weights a.",
        mistakes={
            "q = A h_T, not Aᵀ h_T: rows of A make the entries of q.": attend(
                question=lambda A, h: A.T @ h
            ),
            "The asking state is not asked: leave the last one out.": attend(among=lambda h: h),
            "The scores were not divided by √H.": attend(scale=lambda H: 1),
            "Divide by √H, not by H.": attend(scale=lambda H: H),
            "The weights are the softmax of the scores: exponentiate before you divide by the sum.": attend(
                weigh=lambda s: s / s.sum()
            ),
        },
    ),
    "10.2": Exercise(
        terms=("ds", "dh"),
        answer=back(),
        cases=[looked(T, H) for T, H in ((4, 3), (7, 2))],
        hint="da = h dm; ds = a (da − Σ a da); each state gets a dm as what was read, and ds q/√H as what was asked.",
        mistakes={
            "The softmax couples the scores: the mean Σ a da must be taken off first.": back(
                softmax_rule=lambda a, da: a * da
            ),
            "The mean to take off is the one with the weights a, not the plain mean.": back(
                softmax_rule=lambda a, da: a * (da - da.mean())
            ),
            "A state is reached by two ways: you have only that of being read.": back(asked=0),
            "A state is reached by two ways: you have only that of being asked.": back(read=0),
            "The scores were divided by √H, so what comes back through them is too.": back(
                scale=lambda H: 1
            ),
        },
    ),
    "10.3": Exercise(
        terms=("a", "b"),
        answer=pairs(),
        cases=[tuple(rng.normal(size=4)), tuple(rng.normal(size=(4, 3)))],
        hint="a₂(a₁ h + b₁) + b₂ = (a₂ a₁) h + (a₂ b₁ + b₂).",
        mistakes={
            "What the first step added is multiplied by the second: a2 b1 + b2.": pairs(
                b=lambda a1, b1, a2, b2: b1 + b2
            ),
            "The order is the other way round: the first step is done first, and the second multiplies what it added.": pairs(
                b=lambda a1, b1, a2, b2: a1 * b2 + b1
            ),
            "Two multiplications in a row multiply; they do not add.": pairs(
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
        hint="Reaches 1, 2, 4, … below T are the rounds; in each, T − reach steps combine, with two multiplications each. In the "
        "sweep a level with T items combines T − 1 times, up and down together. Scores are T(T − 1)/2.",
        mistakes={
            "In a round the first `reach` steps have nothing before them to combine with: T − reach combine.": cost(
                combine=lambda T, reach: T
            ),
            "The reach doubles from round to round: 1, 2, 4, … It does not grow by one.": cost(
                doubling=False
            ),
            "Combining two pairs takes two multiplications: one for the new a and one for the new b.": cost(
                each=1
            ),
            "The second pair's b is only added. Two of the numbers are multiplied, not three.": cost(
                each=3
            ),
            "That is the sweep's way up alone. On the way down the steps between the pairs combine as well.": cost(
                level=lambda T: T // 2
            ),
            "The first step of a level has nothing before it, so a level with T items combines T − 1 times, not T times.": cost(
                level=lambda T: T
            ),
            "A step looks at earlier ones only, so half of all pairs: T(T − 1)/2.": cost(
                scores=lambda T: T * T
            ),
            "A step does not look at itself: T(T − 1)/2 and not T(T + 1)/2.": cost(
                scores=lambda T: T * (T + 1) // 2
            ),
        },
    ),
}
