"""Lesson 03: the right answers to the exercises, and hints for typical wrong ones."""

import numpy as np

from rnnlib.lesson import Exercise

RNG = np.random.default_rng(31)


def states(x, w, u):
    """h_0 … h_T of a linear unit that begins at 0."""
    h = [0.0]
    for x_t in x:
        h.append(w * x_t + u * h[-1])
    return np.array(h)


def three_back(x, target, w, u, slope=2.0, carry=1.0, late=0, decay=1.0):
    h = states(x, w, u)
    dh = slope * (h[1:] - target)
    dh[1] += carry * u * dh[2]
    dh[0] += carry * u * dh[1]
    shares = dh * (h[1:] if late else h[:-1])
    return dh, (dh * x).sum() * decay, shares.sum() * decay


def only_the_last(x, target, w, u):
    h = states(x, w, u)
    e = 2 * (h[3] - target[2])
    dh = np.array([u * u * e, u * e, e])
    return dh, (dh * x).sum(), (dh * h[:-1]).sum()


def logistic_bptt(x, h, W, U, e, slope=lambda h: h * (1 - h), transpose=True, shift=1, late=True):
    dW, dU, db, later = np.zeros_like(W), np.zeros_like(U), np.zeros(len(U)), np.zeros(len(U))
    for t in range(len(x), 0, -1):
        da = (e[t - 1] + later * late) * slope(h[t])
        dW += np.outer(da, x[t - 1])
        dU += np.outer(da, h[t - shift])
        db += da
        later = (U.T if transpose else U) @ da
    return dW, dU, db, later


def run(x, h0, W, U, b, before=1, phi=np.tanh, bias=True):
    states = [h0]
    for t, x_t in enumerate(x, 1):
        states.append(phi(W @ x_t + U @ states[max(t - before, 0)] + b * bias))
    return np.array(states[1:])


def window_sees(k, L):
    seen = max(0, L - k) / L
    return seen, 1 - seen


def case(T, D, H):
    h = 1 / (1 + np.exp(-RNG.normal(size=(T + 1, H))))
    return (
        RNG.normal(size=(T, D)),
        h,
        RNG.normal(size=(H, D)),
        RNG.normal(size=(H, H)),
        RNG.normal(size=(T, H)),
    )


EXERCISES = {
    "3.1": Exercise(
        terms=("dh", "dw", "du"),
        answer=three_back,
        cases=[
            (RNG.normal(size=3), RNG.normal(size=3), 0.7, -1.3),
            (RNG.normal(size=3), RNG.normal(size=3), -0.4, 0.6),
        ],
        hint=(
            "Each dh_t is 2(h_t − target_t) plus u times the dh of the next step. "
            "The gradient of a weight is the sum of its three shares, one from each step."
        ),
        mistakes={
            ("The factor 2 is missing. The slope of a square is twice the error."): lambda *a: (
                three_back(*a, slope=1.0)
            ),
            (
                "Each dh_t also has a part 2(h_t − target_t) of its own, because every step is "
                "judged and not only the last."
            ): only_the_last,
            (
                "The part that the next step sends back is missing. Add u dh_(t+1) to dh_t."
            ): lambda *a: three_back(*a, carry=0.0),
            "u was multiplied by the state before the step, h_(t−1). You used h_t.": lambda *a: (
                three_back(*a, late=1)
            ),
            "You averaged the shares of a weight. Add them.": lambda *a: three_back(
                *a, decay=1 / 3
            ),
        },
    ),
    "3.2": Exercise(
        terms=("dW", "dU", "db", "dh_0"),
        answer=logistic_bptt,
        cases=[case(4, 2, 3), case(2, 3, 2)],
        hint=(
            "First compute da = dh h(1 − h). "
            "Then dW adds da xᵀ, dU adds da h_(t−1)ᵀ and db adds da. "
            "The step before gets Uᵀ da."
        ),
        mistakes={
            (
                "You used the slope of tanh, 1 − h². "
                "The slope of the logistic function is h(1 − h)."
            ): lambda *a: logistic_bptt(*a, slope=lambda h: 1 - h * h),
            (
                "The slope σ′ is missing. "
                "Multiply the gradient at h_t by h(1 − h) to get the gradient at a_t."
            ): lambda *a: logistic_bptt(*a, slope=lambda h: 1.0),
            "On the way back, U is transposed. Compute Uᵀ da, not U da.": lambda *a: logistic_bptt(
                *a, transpose=False
            ),
            (
                "U was multiplied by the state before the step, h[t − 1]. You used h[t]."
            ): lambda *a: logistic_bptt(*a, shift=0),
            (
                "The part that the next step sends back is missing. Use dh_t = e_t + Uᵀ da_(t+1)."
            ): lambda *a: logistic_bptt(*a, late=False),
        },
    ),
    "3.3": Exercise(
        terms=("share seen", "smallest loss"),
        answer=window_sees,
        cases=[(3, 6), (2, 8), (5, 4)],
        hint=(
            "Of the L steps of a window, the first `lag` have their cause before its border. "
            "Guessing 0 when the target is ±1 costs 1."
        ),
        mistakes={
            (
                "The first step after those without a cause counts, too. "
                "In a window, L − lag steps see their cause, not L − lag − 1."
            ): lambda k, L: (
                max(0, L - k - 1) / L,
                1 - max(0, L - k - 1) / L,
            ),
            (
                "A window shorter than the lag sees no cause at all. The share can't be negative."
            ): lambda k, L: (
                (L - k) / L,
                k / L,
            ),
            "You gave the share that is not seen.": lambda k, L: window_sees(k, L)[::-1],
            (
                "The best guess for an unknown ±1 is 0, which costs 1. "
                "Flipping a coin would cost 2."
            ): lambda k, L: (
                window_sees(k, L)[0],
                2 * window_sees(k, L)[1],
            ),
        },
    ),
    "3.4": Exercise(
        terms=("A", "B", "C", "D"),
        answer={"A": 5, "B": 6, "C": 3, "D": 8},
        hint=(
            "Look at which gradients are wrong in each of the three examinations. "
            "A gradient that is right shows that the way to it is right."
        ),
        mistakes={
            "Lines 6 to 8 of patient A use da in the right way. But what does da hold by then?": {
                "A": 6,
                "B": 6,
                "C": 3,
                "D": 8,
            },
            (
                "Only dU is wrong in patient B, so da must be right. "
                "Look at the line that adds up dU."
            ): {"A": 5, "B": 4, "C": 3, "D": 8},
            "Line 8 of patient C computes `later`, and it is right. Is `later` ever used?": {
                "A": 5,
                "B": 6,
                "C": 8,
                "D": 8,
            },
            "Patient D uses line 4 with one unit, too, and there every gradient is right.": {
                "A": 5,
                "B": 6,
                "C": 3,
                "D": 4,
            },
        },
    ),
    "3.5": Exercise(
        terms=("h",),
        answer=run,
        cases=[
            (
                RNG.normal(size=(4, 2)),
                RNG.normal(size=3),
                RNG.normal(size=(3, 2)),
                RNG.normal(size=(3, 3)),
                RNG.normal(size=3),
            )
        ],
        hint="Each step starts from the state just before it, and h0 itself is not returned.",
        mistakes={
            "From step 2 on, you still use the state two steps back.": lambda *a: run(*a, before=2),
            "The bias is missing.": lambda *a: run(*a, bias=False),
            "The tanh is missing.": lambda *a: run(*a, phi=lambda v: v),
        },
    ),
}
