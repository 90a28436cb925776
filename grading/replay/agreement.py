"""Whether two states of a training are the same but for rounding.

The allowed difference has two parts, for each array of numbers by itself:

- STEP times the most that the epoch has changed of it; for losses, which are sums of many rounded
  numbers, LOSS times the loss. A wrong function, loss or rate departs by far more:
  docs/proving-trainings.md has the measured figures.
- ROUNDINGS times the precision times the largest number, because a number can't be more exact than
  its type. All that is computed with the least precise of the arrays is as exact as that one.
"""

from dataclasses import dataclass

import numpy as np

from grading.replay.moments import Moment, Path

STEP = {"f8": 1e-6, "f4": 1e-1}
LOSS = {"f8": 1e-8, "f4": 1e-4}
ROUNDINGS = {"f8": 1e4, "f4": 1e2}
TELLING = 10  # an epoch that changes less than this many times what rounding may, tells nothing


@dataclass(frozen=True)
class Difference:
    """Where a state departs from the record the most, and by how many times what is allowed."""

    path: Path
    size: float
    what: str = "other numbers"

    def __str__(self) -> str:
        return f"{self.what} in {dotted(self.path)}" if self.path else self.what


def difference(before: Moment, after: Moment, found: Moment) -> Difference:
    """How far `found` departs from `after`; its size is above 1 where they don't agree.

    before, after: the record's states, between which the training's epochs have run. Raises
    ValueError as `precision_of` does.
    """
    if after.shared != found.shared:
        return Difference((), np.inf, "objects that are one in the record are two, or two are one")
    for path in sorted(after.forms.keys() | found.forms.keys(), key=len):
        ours, theirs = (each.forms.get(path, "a plain value") for each in (after, found))
        if ours != theirs:
            return Difference(path, np.inf, f"{theirs}, where the record has {ours},")
    if other := after.leaves.keys() ^ found.leaves.keys():
        return Difference(min(other, key=repr), np.inf, "other names")
    if after.generators != found.generators:
        return Difference((), np.inf, "other draws from the random generators")
    precision = min(precision_of(after), precision_of(found), key=lambda p: -np.finfo(p).eps)
    sizes = (
        Difference(path, _departure(before.leaves.get(path), leaf, found.leaves[path], precision))
        for path, leaf in after.leaves.items()
    )
    return max(sizes, key=lambda each: each.size, default=Difference((), 0))


def tells(before: Moment, after: Moment) -> bool:
    """Whether an epoch changes something by more than rounding could."""
    precision = precision_of(after)
    for path, leaf in after.leaves.items():
        if path not in before.leaves or not _is_float(leaf):
            continue
        old = before.leaves[path]
        if _is_float(old) and old.shape == leaf.shape and leaf.size:
            rounding = ROUNDINGS[precision] * np.finfo(precision).eps * np.abs(leaf).max()
            if np.abs(leaf - old).max() > TELLING * rounding:
                return True
    return False


def precision_of(moment: Moment) -> str:
    """The least precise type of the arrays in a state: "f8" or "f4".

    Raises ValueError for a less precise one: right and wrong trainings can't be told apart in it.
    """
    sizes = [
        leaf.dtype.itemsize // (2 if leaf.dtype.kind == "c" else 1)
        for leaf in moment.leaves.values()
        if _is_float(leaf)
    ]
    if (least := min([8, *sizes])) < 4:
        raise ValueError("numbers less precise than float32")
    return f"f{least}"


def dotted(path: Path) -> str:
    """`path` as a person writes it: params.0, history.loss."""
    return ".".join(str(each).strip("'") for each in path)


def _is_float(leaf) -> bool:
    return isinstance(leaf, np.ndarray) and leaf.dtype.kind in "fc"


def _departure(before, after, found, precision: str) -> float:
    """The largest difference of two leaves over what is allowed there."""
    if isinstance(after, str) or isinstance(found, str):
        return 0.0 if isinstance(found, type(after)) and after == found else np.inf
    if after.shape != found.shape:
        return np.inf
    if not (_is_float(after) and _is_float(found)):
        return 0.0 if np.array_equal(after, found) else np.inf
    if not after.size:
        return 0.0
    after, found = _wide(after), _wide(found)
    if not np.array_equal(np.isfinite(after), np.isfinite(found)):
        return np.inf
    after, found = (np.nan_to_num(each, posinf=1, neginf=-1) for each in (after, found))
    allowed = ROUNDINGS[precision] * np.finfo(precision).eps * np.abs(after).max()
    allowed = allowed + _work(before, after, precision)
    off = np.abs(found - after)
    ratios = np.where(off > 0, np.inf, 0.0)
    return float(np.divide(off, allowed, out=ratios, where=allowed > 0).max())


def _wide(leaf: np.ndarray) -> np.ndarray:
    return leaf.astype(np.complex128 if leaf.dtype.kind == "c" else np.float64)


def _work(before, after: np.ndarray, precision: str):
    """What the work of an epoch allows on one leaf, beside rounding."""
    if not isinstance(before, np.ndarray) or before.ndim != after.ndim or not _is_float(before):
        return LOSS[precision] * np.abs(after)
    before = np.nan_to_num(_wide(before), posinf=1, neginf=-1)
    if before.shape == after.shape:
        return STEP[precision] * np.abs(after - before).max()
    if after.ndim == 1 and len(before) < len(after):  # a row of losses has grown
        old = np.zeros(len(before))
        return LOSS[precision] * np.concatenate([old, np.abs(after[len(before) :])])
    return LOSS[precision] * np.abs(after)
