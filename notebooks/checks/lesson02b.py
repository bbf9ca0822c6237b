"""Lesson 02b: the right answers to the exercises, and hints for typical wrong ones."""

import numpy as np

from rnnlib.cells import RNN
from rnnlib.dense import Dense
from rnnlib.lesson import Exercise
from rnnlib.lesson.exercises import NOTHING_TRIED
from rnnlib.losses import cross_entropy, softmax
from rnnlib.network import Network

ALPHABET = ".abcdefghijklmnopqrstuvwxyz"
LONGEST = 18
rng = np.random.default_rng(2)


# Exercise 2b.1


def read_letter(net, letter, state):
    """As in the lesson: the probabilities of what comes next, and the new state."""
    x = np.eye(27, dtype=np.float32)[[ALPHABET.index(letter)]]
    trace = net.forward(x[:, None], state)
    return softmax(trace.y[0, 0].astype(float)), trace.state


def draw(p, rng):
    return ALPHABET[rng.choice(27, p=p)]


def most_likely(p, rng):
    return ALPHABET[p.argmax()]


def without_p(p, rng):
    return ALPHABET[rng.choice(27)]


def writer(carry=True, choose=draw, feed_back=True, keep_dot=False, longest=LONGEST):
    """The right loop, or one with a mistake."""

    def write_word(net, rng):
        word, letter, state = "", ".", None
        while len(word) < longest:
            p, new_state = read_letter(net, letter if feed_back else ".", state)
            state = new_state if carry else None
            letter = choose(p, rng)
            if letter == "." and not keep_dot:
                break
            word += letter
            if letter == ".":
                break
        return word

    return write_word


def random_speller(seed):
    """A small network with strong random weights, which writes words of various lengths."""
    rng = np.random.default_rng(seed)
    layer = RNN(27, 8, rng=rng, dtype=np.float32)
    readout = Dense(8, 27, rng=rng, dtype=np.float32)
    layer.params["W"] *= 2
    readout.params["W"] *= 3
    readout.params["b"][0] = 1  # so that words end
    return Network([layer], readout, cross_entropy)


WRONG_WRITERS = {
    "The state isn't carried on. Give read_letter the state that it returned at the step before.": (
        writer(carry=False)
    ),
    "This takes the most likely letter every time. Draw it with rng.choice(27, p=p).": (
        writer(choose=most_likely)
    ),
    "All letters are drawn with the same probability. Give rng.choice the probabilities p.": (
        writer(choose=without_p)
    ),
    "The network reads a dot at every step. It must read the letter that was drawn last.": (
        writer(feed_back=False)
    ),
    "The dot at the end is part of your word. Return the word without dots.": (
        writer(keep_dot=True)
    ),
    "Your longest words have 17 letters. Stop when the word has 18.": writer(longest=17),
}


def words_of(write_word):
    """What a loop writes with five networks, twenty words each."""
    words = []
    for seed in range(5):
        rng = np.random.default_rng(seed)
        words += [write_word(random_speller(seed), rng) for _ in range(20)]
    return words


def judge_writer(candidate):
    """None if the loop writes the right words; otherwise a sentence about its mistake."""
    if candidate(random_speller(0), np.random.default_rng(0)) is ...:
        return NOTHING_TRIED
    words = words_of(candidate)
    if words == words_of(writer()):
        return None
    for hint, wrong in WRONG_WRITERS.items():
        if words == words_of(wrong):
            return f"word is wrong. {hint}"
    return (
        "word is wrong. In every step, call read_letter once, draw one symbol with rng.choice, "
        f"and stop at a dot or at {LONGEST} letters. Your first word was {words[0]!r}."
    )


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


def states_and_carry(T, B, H, keeper, share):
    """States of which one unit, the negative one, tells the carry at this share of the places."""
    carry = rng.integers(0, 2, (T, B))
    h = rng.uniform(-1, 1, (T, B, H))
    told = rng.random((T, B)) < share
    sign = np.where((carry == 1) == told, -1, 1)
    h[:, :, keeper] = sign * rng.uniform(0.05, 1, (T, B))
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
        answer=writer(),
        hint="Carry the state on, draw with p, and stop at a dot.",
        mistakes=WRONG_WRITERS,
        judge=judge_writer,
    ),
    "2b.2": Exercise(
        terms=("unit", "share"),
        answer=carry_unit(),
        cases=[states_and_carry(40, 5, 6, 4, 0.95), states_and_carry(30, 8, 5, 2, 0.9)],
        hint=(
            "For each unit, compute the share of places where h > 0 agrees with carry == 1, "
            "and take the larger of this share and 1 minus it."
        ),
        mistakes={
            (
                "A unit that is negative where the carry is 1 tells it as well. "
                "A share of 0.1 counts as 0.9."
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
