"""Lesson 09: what the exercises' right answers are, and what to say to typical wrong ones."""

import numpy as np

from rnnlib.lesson import Exercise
from rnnlib.losses import softmax

rng = np.random.default_rng(9)


def bits(
    surprise=lambda p: -np.log2(p),
    mean=lambda s, counted: s[counted].mean(),
    perplexity=lambda b: 2.0**b,
):
    def answer(p, target, counted):
        b = mean(surprise(p[np.arange(len(target)), target]), counted)
        return b, perplexity(b)

    return answer


def draw(
    at=lambda y, tau: softmax(y / tau),
    fall=lambda p, u: int(np.searchsorted(np.cumsum(p), u, side="right")),
):
    def answer(y, tau, u):
        p = at(y, tau)
        return p, fall(p, u)

    return answer


def smooth(
    taken=lambda counts, d: d * (counts > 0).sum(),
    kept=lambda counts, d: np.maximum(counts - d, 0),
    lent=True,
):
    def answer(counts, d, shorter):
        share = taken(counts, d) / counts.sum()
        return share, kept(counts, d) / counts.sum() + lent * share * shorter

    return answer


def from_torch(order=(0, 1, 3, 2), bias=lambda b_ih, b_hh: b_ih + b_hh):
    def ours(a):
        return np.concatenate([np.split(a, 4)[k] for k in order])

    def answer(weight_ih, weight_hh, bias_ih, bias_hh):
        return ours(weight_ih), ours(weight_hh), ours(bias(bias_ih, bias_hh))

    return answer


def symbols(n, K):
    return softmax(rng.normal(size=(n, K))), rng.integers(K, size=n), rng.random(n) < 0.7


def layer(D, H):
    return (
        rng.normal(size=(4 * H, D)),
        rng.normal(size=(4 * H, H)),
        rng.normal(size=4 * H),
        rng.normal(size=4 * H),
    )


EXERCISES = {
    "9.1": Exercise(
        terms=("bits", "perplexity"),
        answer=bits(),
        cases=[symbols(n, K) for n, K in ((9, 4), (20, 27), (40, 5))],
        hint="The surprise of a symbol that was given p is −log₂ p; take the mean where it counts.",
        mistakes={
            "Those are nats: the natural logarithm. Bits count with the logarithm to the base 2.": bits(
                surprise=lambda p: -np.log(p)
            ),
            "Some symbols do not count: take the mean over those of `counted` only.": bits(
                mean=lambda s, counted: s.mean()
            ),
            "You took the logarithm of the mean probability. The mean of the surprises is larger, and it is what is asked.": bits(
                surprise=lambda p: p, mean=lambda p, counted: -np.log2(p[counted].mean())
            ),
            "What does not count was set to zero and still divided by: divide by the number that counts.": bits(
                mean=lambda s, counted: (s * counted).mean()
            ),
            "perplexity is 2 to the power of the bits: with e it belongs to nats.": bits(
                perplexity=np.exp
            ),
        },
    ),
    "9.2": Exercise(
        terms=("p", "letter"),
        answer=draw(),
        cases=[
            (rng.normal(size=K), tau, u)
            for K, tau, u in ((4, 0.5, 0.61), (6, 2.0, 0.27), (27, 1.3, 0.83), (5, 0.7, 0.4))
        ],
        hint="p is the softmax of y/τ; the letter is the first whose cumulated probability is above u.",
        mistakes={
            "You multiplied by τ: that makes cold hot.": draw(at=lambda y, tau: softmax(y * tau)),
            "The temperature must divide y before the softmax. Divided afterwards, p no longer adds up to 1.": draw(
                at=lambda y, tau: softmax(y) / tau
            ),
            "That p is for τ = 1: where is the temperature?": draw(at=lambda y, tau: softmax(y)),
            "That is always the likeliest letter. A draw must use u.": draw(
                fall=lambda p, u: int(p.argmax())
            ),
            "One too far to the left: the letter's interval is the one u lies in, so its right-hand end is above u.": draw(
                fall=lambda p, u: int(np.searchsorted(np.cumsum(p), u)) - 1
            ),
        },
    ),
    "9.3": Exercise(
        terms=("share", "p"),
        answer=smooth(),
        cases=[
            (
                rng.integers(0, 6, K).astype(float) + (np.arange(K) == 0),
                d,
                softmax(rng.normal(size=K)),
            )
            for K, d in ((4, 0.5), (9, 0.75), (27, 0.6))
        ],
        hint="Take d from every symbol that occurred; what was taken in all, over the sum of the counts, is the share.",
        mistakes={
            "d is taken once from every kind of follower, not once from every occurrence.": smooth(
                taken=lambda counts, d: d * counts.sum()
            ),
            "A symbol that never occurred cannot have d taken from it: the share counts only kinds that occurred.": smooth(
                taken=lambda counts, d: d * len(counts)
            ),
            "A count below the discount would become negative: max(count − d, 0).": smooth(
                kept=lambda counts, d: counts - d
            ),
            "p adds up to less than 1: what was taken has not been handed to the shorter context.": smooth(
                lent=False
            ),
            "You kept the whole counts and handed a share on as well: p adds up to more than 1.": smooth(
                kept=lambda counts, d: counts
            ),
        },
    ),
    "9.4": Exercise(
        terms=("W", "U", "b"),
        answer=from_torch(),
        cases=[layer(3, 2), layer(2, 5)],
        hint="Split each into four blocks i, f, g, o and put them together as i, f, o, g; the biases add.",
        mistakes={
            "The blocks are still in PyTorch's order i, f, g, o: the last two must change places.": from_torch(
                (0, 1, 2, 3)
            ),
            "PyTorch's gates do not begin with the forget gate: its order is i, f, g, o.": from_torch(
                (1, 0, 3, 2)
            ),
            "PyTorch has two biases for each gate, and both act: add them.": from_torch(
                bias=lambda b_ih, b_hh: b_ih
            ),
            "The biases add; they are not averaged.": from_torch(
                bias=lambda b_ih, b_hh: (b_ih + b_hh) / 2
            ),
        },
    ),
}
