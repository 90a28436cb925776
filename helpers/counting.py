"""Does a trained network of lab 3 count? Questions to it about words that it may never have seen.

In all functions `probabilities` is a function of a list of words, such as ["a", "a", "b"], that
returns an array of shape (words, 4): after each word, the probabilities of the next one, in the
order of `WORDS`. It may have more axes of length 1. Notebook 1 of the lab shows these functions.
"""

import numpy as np

__all__ = ["WORDS", "continue_word", "end_position", "is_word", "step_loss"]

WORDS = ("a", "b", "EOS", "UNK")
END = WORDS.index("EOS")


def end_position(probabilities, n, limit=40):
    """After how many b, read behind n times a, EOS is the likeliest next word for the first time.

    n: how many times a, a whole number from 1 up. limit: how many times b are tried.
    Returns a whole number, n if the network counts right; None where EOS never is the likeliest.
    """
    expected = _rows(probabilities, ["a"] * n + ["b"] * limit)[n:].argmax(axis=1)
    places = np.flatnonzero(expected == END)
    return int(places[0]) + 1 if len(places) else None


def continue_word(probabilities, start, temperature=0.0, rng=None, limit=60):
    """Let the network go on with its own words until it says EOS.

    start: a list of words. temperature: 0 takes the likeliest word; any larger number draws from
    the probabilities, to the power of 1 / temperature. rng: the `numpy.random.Generator` that is
    drawn from. limit: with so many words it is stopped.
    Returns the list of all words, `start` first.
    """
    words = list(start)
    while words[-1] != "EOS" and len(words) < limit:
        chances = _rows(probabilities, words)[-1]
        if temperature:
            # The largest is 1 before the power, so that small temperatures do not make them all 0.
            chances = (chances / chances.max()) ** (1 / temperature)
            index = rng.choice(len(WORDS), p=chances / chances.sum())
        else:
            index = chances.argmax()
        words.append(WORDS[index])
    return words


def is_word(words):
    """Whether a list of words is of the language: n times a, n times b, EOS, with n from 1 up."""
    n = words.count("a")
    return n > 0 and list(words) == ["a"] * n + ["b"] * n + ["EOS"]


def step_loss(probabilities, dataset):
    """The mean of -log(probability of the right word) over all steps of a dataset, in nats.

    dataset: pairs (input words, target words), by position.
    """
    losses = []
    for index in range(len(dataset)):
        words, targets = dataset[index]
        rows = _rows(probabilities, words)
        right = [WORDS.index(word) for word in targets]
        losses.extend(-np.log(rows[np.arange(len(words)), right] + 1e-12))
    return float(np.mean(losses))


def _rows(probabilities, words):
    return np.asarray(probabilities(words), dtype=float).reshape(len(words), len(WORDS))
