"""The challenges without marks: the master's answers are the gradients of autograd, torch's GRU.

The loss is written here once more, in PyTorch and from the formulas of the text, so that a slip
that a notebook's own comparison shares with its answer would show.
"""

import numpy as np
import pytest
import tiny
import torch
from lab3 import LAB

from grading.reference import reference

CASES = [  # seed, steps, hidden, vocabulary
    (1, 1, 3, 4),
    (2, 2, 4, 3),
    (3, 7, 5, 2),
    (4, 8, 6, 5),
    (5, 20, 2, 4),
]
by_case = pytest.mark.parametrize(("seed", "steps", "hidden", "vocabulary"), CASES)


def words(rng, steps, vocabulary):
    """Inputs and targets, one-hot columns of words at random."""
    return np.eye(vocabulary)[rng.integers(vocabulary, size=(2, steps))][..., np.newaxis]


def cross_entropy(scores, target):
    """Of one step, summed over the vocabulary."""
    return -(torch.tensor(target) * torch.log_softmax(scores, dim=0)).sum()


def gradients(loss, leaves):
    return [gradient.numpy() for gradient in torch.autograd.grad(loss, leaves)]


def rnn_gradients(inputs, targets, state, params):
    leaves = U, V, W, b_hidden, b_out = [torch.tensor(p, requires_grad=True) for p in params]
    h, loss = torch.tensor(state), 0
    for x, y in zip(inputs, targets, strict=True):
        h = torch.tanh(U @ torch.tensor(x) + V @ h + b_hidden)
        loss = loss + cross_entropy(W @ h + b_out, y)
    return gradients(loss, leaves)


def lstm_gradients(inputs, targets, h, C, params):
    leaves = [torch.tensor(p, requires_grad=True) for p in params]
    W_f, W_i, W_g, W_o, W_v, b_f, b_i, b_g, b_o, b_v = leaves
    h, C, loss = torch.tensor(h), torch.tensor(C), 0
    for x, y in zip(inputs, targets, strict=True):
        z = torch.cat([h, torch.tensor(x)])
        f, i = torch.sigmoid(W_f @ z + b_f), torch.sigmoid(W_i @ z + b_i)
        g, o = torch.tanh(W_g @ z + b_g), torch.sigmoid(W_o @ z + b_o)
        C = f * C + i * g
        h = o * torch.tanh(C)
        loss = loss + cross_entropy(W_v @ h + b_v, y)
    return gradients(loss, leaves)


@by_case
def test_the_answer_to_the_challenge_of_part_1_is_exact(seed, steps, hidden, vocabulary):
    master = reference(f"{LAB}/1_rnn", tiny.REPOSITORY)
    rng = np.random.default_rng(seed)
    shapes = [(hidden, vocabulary), (hidden, hidden), (vocabulary, hidden), (hidden, 1)]
    params = [0.6 * rng.standard_normal(shape) for shape in [*shapes, (vocabulary, 1)]]
    state = rng.uniform(-1, 1, (hidden, 1))
    inputs, targets = words(rng, steps, vocabulary)
    outputs, states = master.forward_pass(inputs, state, params)
    loss, own = master.backward_pass_exact(inputs, outputs, states, targets, params, state)
    exact = rnn_gradients(inputs, targets, state, params)
    assert loss == pytest.approx(master.sequence_loss(outputs, targets))
    for mine, true in zip(own, exact, strict=True):
        np.testing.assert_allclose(mine, true, rtol=0, atol=1e-6)


@by_case
def test_the_answer_to_the_challenge_of_part_2_is_exact(seed, steps, hidden, vocabulary):
    master = reference(f"{LAB}/2_lstm", tiny.REPOSITORY)
    rng = np.random.default_rng(seed)
    shapes = [(hidden, hidden + vocabulary)] * 4 + [(vocabulary, hidden)]
    shapes += [(hidden, 1)] * 4 + [(vocabulary, 1)]
    params = [rng.normal(size=shape) for shape in shapes]
    h, C = rng.normal(size=(2, hidden, 1))
    inputs, targets = words(rng, steps, vocabulary)
    lists = master.forward(inputs, h, C, params)
    loss, own = master.backward_exact(*lists, targets, params)
    exact = lstm_gradients(inputs, targets, h, C, params)
    assert loss == pytest.approx(master.sequence_loss(lists[-1], targets))
    for mine, true in zip(own, exact, strict=True):
        np.testing.assert_allclose(mine, true, rtol=0, atol=1e-6)


@by_case
def test_the_answer_to_the_challenge_of_the_gru_is_what_torch_computes(
    seed, steps, hidden, vocabulary
):
    master = reference(f"{LAB}/2_lstm", tiny.REPOSITORY)
    rng = np.random.default_rng(seed)
    gru = torch.nn.GRU(vocabulary, hidden, dtype=torch.float64)
    W, U, b, c = (rng.normal(size=tuple(p.shape)) for p in gru.parameters())
    c[: 2 * hidden] = 0  # the biases of the two gates are sums: one of each will do
    gru.load_state_dict(dict(zip(gru.state_dict(), map(torch.tensor, (W, U, b, c)), strict=True)))
    inputs, _ = words(rng, steps, vocabulary)
    start = rng.uniform(-1, 1, (hidden, 1))
    params = [*np.split(W, 3), *np.split(U, 3), *np.split(b[:, None], 3), c[2 * hidden :, None]]
    states = np.hstack(master.gru_forward(inputs, start, params)[1:]).T
    true, _ = gru(torch.tensor(inputs[:, :, 0]), torch.tensor(start.T))
    np.testing.assert_allclose(states, true.detach(), rtol=0, atol=1e-12)


@pytest.mark.parametrize("notebook", ["1_rnn", "2_lstm"])
def test_the_published_gradients_are_not_exact_which_is_what_the_challenges_ask(notebook):
    master = reference(f"{LAB}/{notebook}", tiny.REPOSITORY)
    rng = np.random.default_rng(6)
    inputs, targets = words(rng, 5, 4)
    if notebook == "1_rnn":
        shapes = [(3, 4), (3, 3), (4, 3), (3, 1), (4, 1)]
        params = [0.6 * rng.standard_normal(shape) for shape in shapes]
        state = rng.uniform(-1, 1, (3, 1))
        outputs, states = master.forward_pass(inputs, state, params)
        _, own = master.backward_pass(inputs, outputs, states, targets, params)
        exact = rnn_gradients(inputs, targets, state, params)
    else:
        shapes = [(3, 7)] * 4 + [(4, 3)] + [(3, 1)] * 4 + [(4, 1)]
        params = [rng.normal(size=shape) for shape in shapes]
        h, C = rng.normal(size=(2, 3, 1))
        _, own = master.backward(*master.forward(inputs, h, C, params), targets, params)
        exact = lstm_gradients(inputs, targets, h, C, params)
    cosines = [
        np.sum(a * b) / (np.linalg.norm(a) * np.linalg.norm(b))
        for a, b in zip(own, exact, strict=True)
    ]
    assert min(cosines) < 0.999 and max(cosines) == pytest.approx(1)
