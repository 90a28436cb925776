"""The sequences of lab 3, such as a a b b EOS: how they are made, split and encoded.

Random draws come from NumPy's global generator (`np.random.seed`), because the values that the lab
checks depend on it.
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
    """Make random sequences of n times "a", n times "b" and the end, "EOS".

    num_seq: how many. For each one n is drawn from 1, …, 11, all equally likely.
    Returns a list of `num_seq` lists of 2n + 1 texts.
    """
    sequences = []
    for _ in range(num_seq):
        n = np.random.randint(1, 12)
        sequences.append(["a"] * n + ["b"] * n + ["EOS"])
    return sequences


class Dataset(data.Dataset):
    """Pairs (input, target), by position, as torch.utils.data.DataLoader takes them.

    inputs, targets: two lists of sequences, as many in each.
    """

    def __init__(self, inputs, targets):
        self.inputs = inputs
        self.targets = targets

    def __len__(self):
        return len(self.targets)

    def __getitem__(self, index):
        return self.inputs[index], self.targets[index]


def create_datasets(sequences, dataset_class, p_train=0.8, p_val=0.1, p_test=0.1):
    """Split sequences, in their order, into a training, a validation and a test set.

    sequences: a list of lists of tokens. The input is a sequence without its last token; the target
    is the sequence without its first one, so that it has the next token at every step.
    dataset_class: what makes a set of (inputs, targets), such as `Dataset`.
    p_train, p_val, p_test: the share of each set, from 0 to 1. What they leave is not used.
    Returns the three sets. Raises ValueError for a negative share, or for a sum above 1.
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
    """Encode the position of a word in the vocabulary as a vector with a single 1.

    Returns an array of shape (vocab_size,), of floats: 1 at `idx`, 0 elsewhere. Raises IndexError
    when the vocabulary has no such position.
    """
    one_hot = np.zeros(vocab_size)
    one_hot[idx] = 1.0
    return one_hot


def one_hot_encode_sequence(sequence, word_to_idx, vocab_size):
    """Encode a sequence of words as a column vector for each.

    sequence: a list of words. word_to_idx: a dictionary, word → position; a word that it has not
    takes the last position, `vocab_size` - 1.
    Returns an array of shape (len(sequence), vocab_size, 1).
    """
    # With [] in place of .get, a defaultdict would add the unknown word to the vocabulary.
    indices = [word_to_idx.get(word, vocab_size - 1) for word in sequence]
    encoded = [one_hot_encode(index, vocab_size) for index in indices]
    return np.array(encoded).reshape(len(sequence), vocab_size, 1)
