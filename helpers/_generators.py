"""Leave the global random generators as they were found.

`candidate_kernel.generators` reads and sets the same generators when grading, because neither
package may import the other.
"""

import random
import sys
from contextlib import contextmanager


@contextmanager
def preserved():
    """Restore the states of `random`, NumPy and torch at the end of a `with` block.

    NumPy and torch are looked at only if they are already imported: importing them here would make
    every check slow in a notebook that uses neither.
    """
    numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
    states = [(random.setstate, random.getstate())]
    if numpy is not None:
        states.append((numpy.random.set_state, numpy.random.get_state()))
    if torch is not None:
        states.append((torch.set_rng_state, torch.get_rng_state()))
        if torch.cuda.is_initialized():
            states.append((torch.cuda.set_rng_state_all, torch.cuda.get_rng_state_all()))
    try:
        yield
    finally:
        for restore, state in states:
            restore(state)
