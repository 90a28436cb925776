"""What lab 3 provides for the parameters of its networks: how they start and how they change."""

import numpy as np

from helpers.messages import message

__all__ = ["clip_gradient_norm", "init_orthogonal", "update_parameters"]


def init_orthogonal(param):
    """A random array of the shape of `param`, (rows, cols), with orthonormal rows or columns.

    Saxe et al. (2013), https://arxiv.org/abs/1312.6120. Draws from NumPy's legacy global generator.
    Raises ValueError unless `param` has 2 dimensions.
    """
    if np.ndim(param) != 2:
        raise ValueError(message("bad_dimensions", ndim=np.ndim(param)))
    rows, cols = np.shape(param)
    drawn = np.random.randn(rows, cols)
    if rows < cols:
        drawn = drawn.T
    q, r = np.linalg.qr(drawn)
    # The signs make the factorisation unique, and with it the draw uniform.
    q = q * np.sign(np.diag(r))
    return q.T if rows < cols else q


def clip_gradient_norm(grads, max_norm=0.25):
    """Scale `grads` in place so that their global L2 norm is at most `max_norm`; returns them."""
    norm = np.sqrt(sum((grad**2).sum() for grad in grads))
    coefficient = max_norm / (norm + 1e-6)
    if coefficient < 1:
        for grad in grads:
            grad *= coefficient
    return grads


def update_parameters(params, grads, lr=1e-3):
    """One step of gradient descent, in place, at learning rate `lr`; returns `params`."""
    for param, grad in zip(params, grads, strict=True):
        param -= lr * grad
    return params
