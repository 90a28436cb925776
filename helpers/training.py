"""The training loop of the notebooks: a counter of epochs that knows what the loop changes.

for epoch in epochs(2000, params=params, history=history):
    …
    history["loss"].append(loss)
"""

import sys
import time
from operator import index

from tqdm import tqdm

from helpers.messages import message

__all__ = ["Epochs", "epochs", "training_seconds"]


_last = None  # the Epochs of the loop that began last in this kernel


class _Bar(tqdm):
    monitor_interval = 0  # no watching thread: the bar is drawn by the loop alone


class Epochs:
    """The numbers 0, …, n - 1 of the epochs, with a progress bar: see `epochs`, which makes it.

    n: how many epochs.
    state: name → object that the loop changes in place. When grading knows the end of this
    training already, it fills these objects in place of the loop.
    """

    def __init__(self, n, state):
        self.n = n
        self.state = state
        self.seconds = None  # how long all epochs took, once they are over and none was left out

    def __len__(self):
        return self.n

    def __iter__(self):
        follow = _kernels_follower()
        after = follow(self) if follow is not None else None
        global _last
        _last, self.seconds = self, None
        done, begun, all_run = 0, time.monotonic(), True
        try:
            with self._bar() as bar:
                while done < self.n:
                    yield done
                    shown, done = done, done + 1
                    if after is not None:
                        done = after(done)
                        all_run &= done == shown + 1
                    # The loop draws at most once a second: the output is saved in the notebook.
                    bar.set_postfix(self.latest(), refresh=False)
                    bar.update(done - shown)
            if all_run:
                self.seconds = time.monotonic() - begun
        except (GeneratorExit, KeyboardInterrupt):  # the loop was left: break, error, interruption
            if done:
                print(message("stopped", done=done, total=self.n))
            raise

    def latest(self):
        """The last number of every list in `history`, by name, as text."""
        history = self.state.get("history")
        if not isinstance(history, dict):
            return {}
        return {name: _short(values[-1]) for name, values in history.items() if len(values)}

    def _bar(self):
        return _Bar(
            total=self.n,
            desc=message("bar"),
            unit=message("epoch_unit"),
            file=sys.stdout,
            mininterval=1,
            miniters=1,
        )


def epochs(n, /, **state):
    """Count the epochs of a training loop and show a progress bar.

    n: how many epochs, a whole number from 0 up.
    state: by keyword, every object that the loop changes in place, such as arrays of parameters.
    A dictionary of lists with the name `history` is shown too: the last value of each list.
    Returns an `Epochs`, which gives 0, …, n - 1. Raises ValueError for any other `n`.
    """
    try:
        count = index(n)
    except TypeError:
        count = -1
    if count < 0 or isinstance(n, bool):
        raise ValueError(message("bad_epochs", epochs=n))
    return Epochs(count, state)


def training_seconds():
    """How many seconds the training loop that began last has taken.

    None where there was none, where it did not reach its end, and where grading has left epochs
    out, because the time of the others says nothing about a training.
    """
    return None if _last is None else _last.seconds


def _kernels_follower():
    """The method `follow_epochs` of the kernel that runs this notebook; None where it has none.

    Only the grader's kernel has one. It is called with each loop (an `Epochs`) at its start, and
    returns None or a function of the number of epochs done. The loop calls that function after each
    epoch and goes on from the number that it returns.
    """
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(getattr(shell, "kernel", None), "follow_epochs", None)


def _short(value):
    """A number with four digits; anything else as its text."""
    try:
        return f"{float(value):.4g}"
    except (TypeError, ValueError):
        return str(value)
