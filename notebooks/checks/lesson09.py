"""Lesson 09: the right answers to the exercises, and hints for typical wrong ones."""

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
        hint=(
            "The surprise of a symbol that was given the probability p is −log₂ p. "
            "Take the mean over the symbols that count."
        ),
        mistakes={
            (
                "You gave nats, because you took the natural logarithm. "
                "Bits need the logarithm to the base 2."
            ): bits(surprise=lambda p: -np.log(p)),
            "Some symbols do not count. Take the mean over those of `counted` only.": bits(
                mean=lambda s, counted: s.mean()
            ),
            (
                "You took the logarithm of the mean probability. "
                "The exercise asks for the mean of the surprises, which is larger."
            ): bits(surprise=lambda p: p, mean=lambda p, counted: -np.log2(p[counted].mean())),
            (
                "You set the surprises that do not count to zero, but you still divided by the "
                "number of all symbols. Divide by the number of symbols that count."
            ): bits(mean=lambda s, counted: (s * counted).mean()),
            "perplexity is 2 to the power of the bits. A power of e belongs to nats.": bits(
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
        hint=(
            "p is the softmax of y/τ. "
            "The letter is the first whose cumulated probability is above u."
        ),
        mistakes={
            "You multiplied by τ, and that makes cold hot. Divide by τ.": draw(
                at=lambda y, tau: softmax(y * tau)
            ),
            (
                "The temperature must divide y before the softmax. "
                "If you divide afterwards, p no longer adds up to 1."
            ): draw(at=lambda y, tau: softmax(y) / tau),
            "Your p is the one for τ = 1. Where is the temperature?": draw(
                at=lambda y, tau: softmax(y)
            ),
            "You always give the likeliest letter. A draw must use u.": draw(
                fall=lambda p, u: int(p.argmax())
            ),
            (
                "You are one letter too far to the left. u lies in the interval of the right "
                "letter, so the right-hand end of this interval is above u."
            ): draw(fall=lambda p, u: int(np.searchsorted(np.cumsum(p), u)) - 1),
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
        hint=(
            "Take d from every symbol that occurred. "
            "The share is all that you took, divided by the sum of the counts."
        ),
        mistakes={
            "Take d once from every kind of follower, not once from every occurrence.": smooth(
                taken=lambda counts, d: d * counts.sum()
            ),
            (
                "You can't take d from a symbol that never occurred. "
                "The share counts only the kinds that occurred."
            ): smooth(taken=lambda counts, d: d * len(counts)),
            "A count below the discount would become negative. Use max(count − d, 0).": smooth(
                kept=lambda counts, d: counts - d
            ),
            (
                "p adds up to less than 1, because you have not handed what was taken to the "
                "shorter context."
            ): smooth(lent=False),
            (
                "You kept the whole counts and also handed on a share, so p adds up to more than 1."
            ): smooth(kept=lambda counts, d: counts),
        },
    ),
    "9.4": Exercise(
        terms=("W", "U", "b"),
        answer=from_torch(),
        cases=[layer(3, 2), layer(2, 5)],
        hint=(
            "Split each array into four blocks i, f, g, o and put them together as i, f, o, "
            "g. The two biases add up."
        ),
        mistakes={
            (
                "The blocks are still in PyTorch's order i, f, g, o. "
                "The last two must change places."
            ): from_torch((0, 1, 2, 3)),
            (
                "PyTorch's gates do not begin with the forget gate. Their order is i, f, g, o."
            ): from_torch((1, 0, 3, 2)),
            "PyTorch has two biases for each gate, and both act. Add them.": from_torch(
                bias=lambda b_ih, b_hh: b_ih
            ),
            "You averaged the biases. Add them.": from_torch(
                bias=lambda b_ih, b_hh: (b_ih + b_hh) / 2
            ),
        },
    ),
}
