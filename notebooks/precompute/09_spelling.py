"""Lesson 09: the two-layer LSTM that spells, its data and its training.

The script writes data/09_spelling.npz, which takes about ten minutes on one core. It has a main()
of its own, because it stores the weights of one network and the losses during its training. The
weights are stored as float16, which halves the file and hardly changes the loss.
"""

import functools
from types import SimpleNamespace

import numpy as np
import runner

from rnnlib import datasets
from rnnlib.cells import LSTM
from rnnlib.dense import Dense
from rnnlib.losses import cross_entropy
from rnnlib.network import Network
from rnnlib.optim import Adam
from rnnlib.training import fit

FILE = "09_spelling.npz"
TOLERANCE = 0.01  # relative, of the loss in the first updates
ALPHABET = ".abcdefghijklmnopqrstuvwxyz"  # the dot begins and ends a word
H, BATCH, UPDATES, STAGE = 128, 64, 16000, 500


@functools.cache
def corpus():
    """All words, their letters as codes (20, N), and the mask (19, N) of the steps that count.

    The input at step t is codes[t], and the target is codes[t + 1]. train, validation and test hold
    the columns of the words that belong to each part.
    """
    words = datasets.words()
    codes = np.zeros((20, len(words)), int)  # dots, also behind the word
    mask = np.zeros((19, len(words)), bool)
    for n, word in enumerate(words):
        codes[1 : len(word) + 1, n] = [ALPHABET.index(letter) for letter in word]
        mask[: len(word) + 1, n] = True
    train, validation, test = datasets.split(len(words), (0.8, 0.1, 0.1), np.random.default_rng(9))
    return SimpleNamespace(
        words=words, codes=codes, mask=mask, train=train, validation=validation, test=test
    )


def sequences(chosen):
    """(x, target, mask) of some words.

    x (T, B, 27) is one-hot, and T is as large as the longest of these words needs.
    """
    data = corpus()
    T = int(data.mask[:, chosen].sum(axis=0).max())
    codes = data.codes[: T + 1, chosen]
    return np.eye(27, dtype=np.float32)[codes[:-1]], codes[1:], data.mask[:T, chosen]


def batch(rng):
    """A fresh batch of training words."""
    return sequences(rng.choice(corpus().train, BATCH))


def speller(rng, H=H):
    """Two LSTM layers of H units and a read-out to 26 letters and the dot."""
    layers = [LSTM(27, H, rng=rng, dtype=np.float32), LSTM(H, H, rng=rng, dtype=np.float32)]
    return Network(layers, Dense(H, 27, rng=rng, dtype=np.float32), cross_entropy, dropout=0.2)


def rates(updates=UPDATES):
    """The learning rate of each stage: 0.005, falling to a fiftieth on half a cosine."""
    stages = np.arange(updates // STAGE) / (updates // STAGE - 1)
    return 0.005 * (0.02 + 0.98 * (1 + np.cos(np.pi * stages)) / 2)


def train(network, rng, rates, stage=STAGE, progress=None):
    """Train in stages, one for each learning rate, with the same Adam throughout.

    Returns the loss of every update, and (updates, validation loss) after each stage.
    """
    optimizer, losses, held_out = Adam(), [], []
    check = sequences(corpus().validation[:1000])
    for k, rate in enumerate(rates):
        optimizer.learning_rate = rate
        history = fit(
            network, batch, optimizer, updates=stage, rng=rng, clip=1.0, progress=progress
        )
        losses += history.loss
        held_out.append((stage * (k + 1), network.evaluate(*check)[0]))
        if progress:
            print(
                f"{held_out[-1][0]} updates: train {np.mean(losses[-stage:]) / np.log(2):.3f}, "
                f"validation {held_out[-1][1] / np.log(2):.3f} bits a letter",
                flush=True,
            )
    return np.array(losses), np.array(held_out)


def first_updates(updates=20):
    """The loss of the first updates of the stored training: what a test can rebuild in seconds."""
    rng = np.random.default_rng(9)
    return train(speller(rng), rng, rates()[:1], stage=updates)[0]


def main():
    rng = np.random.default_rng(9)
    network = speller(rng)
    losses, held_out = train(network, rng, rates(), progress="spelling")
    weights = {name: p.astype(np.float16) for name, p in network.params.items()}
    np.savez_compressed(
        runner.DATA / FILE, losses=losses.astype(np.float32), held_out=held_out, **weights
    )


def load():
    """The trained network, and what `train` returned for it."""
    with np.load(runner.DATA / FILE) as stored:
        network = speller(np.random.default_rng(0))
        network.set_params({name: stored[name].astype(np.float32) for name in network.params})
        return network, stored["losses"], stored["held_out"]


if __name__ == "__main__":
    main()
