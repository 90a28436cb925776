"""The global random generators of a process."""

from __future__ import annotations

import random
import sys


def generators() -> dict:
    """The generators of the libraries that are loaded: name → (get its state, set its state)."""
    numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
    found = {"random": (random.getstate, random.setstate)}
    if numpy is not None:
        found["numpy"] = (numpy.random.get_state, numpy.random.set_state)
    if torch is not None:
        found["torch"] = (torch.get_rng_state, torch.set_rng_state)
    return found
