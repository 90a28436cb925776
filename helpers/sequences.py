"""The sequence data of lab 3: n times a, n times b, and the end; its split and its encoding.

Random draws come from NumPy's legacy global generator, because the values that the lab pins depend
on it.
"""

import numpy as np
from torch.utils import data

from helpers.messages import message

__all__ = [
    "Dataset",
    "create_datasets",
    "generate_data",
    "one_hot_encode",
    "one_hot_encode_sequence",
]


def generate_data(num_seq=100):
    """`num_seq` sequences of n × 'a', n × 'b' and 'EOS', n drawn from 1 to 11 for each."""
    sequences = []
    for _ in range(num_seq):
        n = np.random.randint(1, 12)
        sequences.append(["a"] * n + ["b"] * n + ["EOS"])
    return sequences


class Dataset(data.Dataset):
    """Pairs of an input and a target sequence."""

    def __init__(self, inputs, targets):
        self.inputs = inputs
        self.targets = targets

    def __len__(self):
        return len(self.targets)

    def __getitem__(self, index):
        return self.inputs[index], self.targets[index]


def create_datasets(sequences, dataset_class, p_train=0.8, p_val=0.1, p_test=0.1):
    """Split in order into `training_set, validation_set, test_set` of class `dataset_class`.

    The target of each sequence is its input shifted left by one: the next token at every step.
    """
    split = (p_train, p_val, p_test)
    if min(split) < 0 or sum(split) > 1 + 1e-9:
        raise ValueError(message("bad_split", split=split))
    bounds = [round(len(sequences) * portion) for portion in (0, *np.cumsum(split))]
    parts = [sequences[start:end] for start, end in zip(bounds, bounds[1:], strict=False)]
    return tuple(
        dataset_class([seq[:-1] for seq in part], [seq[1:] for seq in part]) for part in parts
    )


def one_hot_encode(idx, vocab_size):
    """Vector of shape (vocab_size,) with a 1 at `idx` and zeros elsewhere."""
    one_hot = np.zeros(vocab_size)
    one_hot[idx] = 1.0
    return one_hot


def one_hot_encode_sequence(sequence, word_to_idx, vocab_size):
    """Array of shape (len(sequence), vocab_size, 1); an unknown word takes the last index."""
    # .get: reading a defaultdict with [] would add the unknown word to the vocabulary.
    indices = [word_to_idx.get(word, vocab_size - 1) for word in sequence]
    encoded = [one_hot_encode(index, vocab_size) for index in indices]
    return np.array(encoded).reshape(len(sequence), vocab_size, 1)
