"""What lab 3 provides for the parameters of its networks: how they start and how they change."""

import numpy as np

from helpers.messages import message

__all__ = ["clip_gradient_norm", "init_orthogonal", "update_parameters"]


def init_orthogonal(param):
    """A random matrix with orthonormal columns or, if it is wider than high, orthonormal rows.

    param: an array of shape (rows, cols); only its shape counts.
    Returns a new array of that shape, drawn from NumPy's global generator (`np.random.seed`).
    Raises ValueError unless `param` has 2 dimensions.

    Orthogonal initialisation: Saxe, McClelland and Ganguli (2013), "Exact solutions to the
    nonlinear dynamics of learning in deep linear neural networks", https://arxiv.org/abs/1312.6120.
    """
    if np.ndim(param) != 2:
        raise ValueError(message("bad_dimensions", ndim=np.ndim(param)))
    rows, cols = np.shape(param)
    drawn = np.random.randn(rows, cols)
    if rows < cols:
        drawn = drawn.T
    q, r = np.linalg.qr(drawn)
    # With the signs of r's diagonal the factorisation is the only one, and the draw uniform among
    # orthogonal matrices: Mezzadri (2007), https://arxiv.org/abs/math-ph/0609050.
    q = q * np.sign(np.diag(r))
    return q.T if rows < cols else q


def clip_gradient_norm(grads, max_norm=0.25):
    """Scale gradients in place so that their norm, taken together, is at most `max_norm`.

    grads: a sequence of arrays of any shapes. The norm is the square root of the sum of the squares
    of all their elements.
    max_norm: the largest norm that is left as it is, a number above 0.
    Returns `grads`.

    Gradient clipping: Pascanu, Mikolov and Bengio (2013), "On the difficulty of training recurrent
    neural networks", https://arxiv.org/abs/1211.5063; the same as torch.nn.utils.clip_grad_norm_.
    """
    norm = np.sqrt(sum((grad**2).sum() for grad in grads))
    coefficient = max_norm / (norm + 1e-6)
    if coefficient < 1:
        for grad in grads:
            grad *= coefficient
    return grads


def update_parameters(params, grads, lr=1e-3):
    """Do one step of gradient descent in place: param ← param − lr · grad.

    params, grads: two sequences of arrays, as many and of the same shapes.
    lr: the learning rate.
    Returns `params`. Raises ValueError when one sequence is longer than the other.
    """
    for param, grad in zip(params, grads, strict=True):
        param -= lr * grad
    return params
