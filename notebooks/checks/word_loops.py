"""Exercise 2b.1, a loop in which a network writes a word: wrong loops, and how they are known."""

import numpy as np

from rnnlib.cells import RNN
from rnnlib.dense import Dense
from rnnlib.lesson.exercises import NOTHING_TRIED
from rnnlib.losses import cross_entropy, softmax
from rnnlib.network import Network

ALPHABET = ".abcdefghijklmnopqrstuvwxyz"
LONGEST = 18
MOST_READ = 200  # letters for one word; a loop that reads more has no end


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


def joined(letters):
    return "".join(letters)


def writer(
    carry=True,
    choose=draw,
    first=".",
    feed_back=True,
    stop_at_dot=True,
    longest=LONGEST,
    give=joined,
):
    """The right loop, or one with a mistake."""

    def write_word(net, rng):
        letters, letter, state = [], first, None
        while len(letters) < longest:
            p, new_state = read_letter(net, letter, state)
            state = new_state if carry else None
            drawn = choose(p, rng)
            if drawn == "." and stop_at_dot:
                break
            letters.append(drawn)
            letter = drawn if feed_back else letter
        return give(letters)

    return write_word


class DoesNotStop(Exception):
    """Raised where a loop goes on reading, so that the check comes to an end."""


class Speller(Network):
    """A small network with strong random weights, which notes in `read` what it has read."""

    def __init__(self, seed):
        rng = np.random.default_rng(seed)
        layer = RNN(27, 8, rng=rng, dtype=np.float32)
        readout = Dense(8, 27, rng=rng, dtype=np.float32)
        layer.params["W"] *= 2
        readout.params["W"] *= 3
        readout.params["b"][0] = 1  # so that words end
        super().__init__([layer], readout, cross_entropy)
        self.read = ""

    def forward(self, x, state=None):
        if len(self.read) == MOST_READ:
            raise DoesNotStop
        self.read += ALPHABET[x[0, 0].argmax()]
        return super().forward(x, state)


ENDLESS = "Your loop doesn't stop: it must stop at a dot or when the word has 18 letters."

# Wrong loops that are known by the words they write.
WRONG_WORDS = {
    "The state isn't carried on. Give read_letter the state that it returned at the step before.": (
        writer(carry=False)
    ),
    "This takes the most likely letter every time. Draw it with rng.choice(27, p=p).": (
        writer(choose=most_likely)
    ),
    "All letters are drawn with the same probability. Give rng.choice the probabilities p.": (
        writer(choose=without_p)
    ),
    "Your longest words have 17 letters. Stop when the word has 18.": writer(longest=17),
}

# {hint: (what is true of the words and of what was read, a wrong loop)}; the first that is true
# is said. So what spoils everything else comes first.
SIGNS = {
    "Your function returns None. Return the word at its end.": (
        lambda words, read: any(word is None for word in words),
        writer(give=lambda letters: None),
    ),
    'Return one string. If your letters stand in a list, join them with "".join(letters).': (
        lambda words, read: not all(isinstance(word, str) for word in words),
        writer(give=list),
    ),
    "Your loop never calls read_letter, so the network can't say what comes next.": (
        lambda words, read: not any(read),
        lambda net, rng: "",
    ),
    "The network must read the dot first. Set the letter to '.' before the loop.": (
        lambda words, read: any(letters[:1] != "." for letters in read),
        writer(first="a"),
    ),
    (
        "Your loop ends after one step. Does it test the letter that was just drawn, and does "
        "return stand behind the loop?"
    ): (
        lambda words, read: max(map(len, read)) == 1,
        writer(longest=1),
    ),
    "The network reads a dot at every step. It must read the letter that was drawn last.": (
        lambda words, read: set(joined(read)) == {"."},
        writer(feed_back=False),
    ),
    "Your loop goes on after a dot. Stop when a dot is drawn.": (
        lambda words, read: any("." in word.strip(".") for word in words),
        writer(stop_at_dot=False),
    ),
    "A dot is part of your word. Return the word without dots.": (
        lambda words, read: any("." in word for word in words),
        writer(give=lambda letters: "." + joined(letters)),
    ),
    "Some of your words have more than 18 letters. Stop at a dot or when the word has 18.": (
        lambda words, read: max(map(len, words)) > LONGEST,
        writer(longest=float("inf")),
    ),
}


def words_of(write_word):
    """What a loop writes with five networks, twenty words each, and what they read for each."""
    words, read = [], []
    for seed in range(5):
        rng = np.random.default_rng(seed)
        for _ in range(20):
            net = Speller(seed)
            words.append(write_word(net, rng))
            read.append(net.read)
    return words, read


def are_written_by(write_word, words):
    return all(isinstance(word, str) for word in words) and words == words_of(write_word)[0]


def judge_writer(candidate):
    """None if the loop writes the right words; otherwise a sentence about its mistake."""
    try:
        words, read = words_of(candidate)
    except DoesNotStop:
        return f"word is wrong. {ENDLESS}"
    if words[0] is ...:
        return NOTHING_TRIED
    if are_written_by(writer(), words):
        return None
    return f"word is wrong. {hint_on(words, read)}"


def hint_on(words, read):
    """What to say about words that are wrong, and about what was read for each of them."""
    for hint, wrong in WRONG_WORDS.items():
        if are_written_by(wrong, words):
            return hint
    for hint, (is_true, _) in SIGNS.items():
        if is_true(words, read):
            return hint
    return (
        "In every step, call read_letter once, draw one symbol with rng.choice, and stop at a dot "
        f"or at {LONGEST} letters. Your first word was {words[0]!r}."
    )


MISTAKES = (
    WRONG_WORDS
    | {hint: wrong for hint, (_, wrong) in SIGNS.items()}
    | {ENDLESS: writer(stop_at_dot=False, longest=float("inf"))}
)
