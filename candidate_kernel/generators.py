"""The states of the global random generators of a process: of `random`, NumPy and torch.

A library that is not imported has no generator here. `helpers._generators` does the same in the
students' own notebooks, because neither package may import the other.
"""

import random
import sys


def loaded() -> dict:
    """Name → (function that gives the state, function that sets it), for each generator."""
    numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
    found = {"random": (random.getstate, random.setstate)}
    if numpy is not None:
        found["numpy"] = (numpy.random.get_state, numpy.random.set_state)
    if torch is not None:
        found["torch"] = (torch.get_rng_state, torch.set_rng_state)
    return found


def states() -> dict:
    """Name → state of each generator."""
    return {name: state() for name, (state, _) in loaded().items()}


def restore(states: dict) -> None:
    """Set the generators to states that `states()` gave; leave those that it does not name."""
    for name, (_, set_state) in loaded().items():
        if name in states:
            set_state(states[name])
