"""How alike the hand-ins of a class are, and how unusual that is in this class."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from grading.likeness.fingerprints import WINDOW, winnowed
from grading.likeness.own import KINDS, Own

REMOVED = np.uint64(2**64 - 1)
LEAST_HANDINS = 3  # what fewer have is never common
# Of all that is not given, common or not, and spreads above the median: from here on hand-ins count
# as one when it is asked what is common.
SAME, SAME_ABOVE = 0.8, 3.0
EACH = np.uint64(8)  # of so many hashes one is enough to see that
SMALL = 0.25  # of what the median hand-in has: one with less is measured as if it had so much
USUAL = 1.4826  # times the median distance is the standard deviation, where the spread is normal
LEAST_SPREAD = 0.02  # two per cent: where most pairs share nothing, a little is no rarity yet
FAR, LEAST = 6.0, 0.25  # the line: so many spreads above the median, and so much in common
FEWEST_PAIRS = 10  # of which it can be said what is usual: five hand-ins


@dataclass(frozen=True)
class Likeness:
    """What two hand-ins share of one kind.

    shared: fingerprints. share: of the smaller one's. above: by how many spreads of the class that
    is above its median.
    """

    shared: int = 0
    share: float = 0.0
    above: float = 0.0


@dataclass(frozen=True)
class Pair:
    """Two hand-ins, numbers in the list of all. by_kind: `Likeness` for code and for prose."""

    first: int
    second: int
    by_kind: dict[str, Likeness]

    @property
    def above(self) -> float:
        return max(each.above for each in self.by_kind.values())

    @property
    def share(self) -> float:
        return max(each.share for each in self.by_kind.values())

    @property
    def stands_out(self) -> bool:
        return any(each.above >= FAR and each.share >= LEAST for each in self.by_kind.values())


@dataclass(frozen=True)
class Spread:
    """What is usual in a class, of one kind. median, distance: of the shares of all `pairs`;
    distance: the median one from the median, as a standard deviation."""

    median: float
    distance: float
    pairs: int

    def above(self, share: np.ndarray) -> np.ndarray:
        return (share - self.median) / max(self.distance, LEAST_SPREAD)


@dataclass(frozen=True)
class Comparison:
    """A class, compared.

    pairs: those that share something, most unusual first. left: by kind, the runs of each hand-in
    that are neither given nor common, sorted. common: from how many hand-ins on.
    """

    pairs: list[Pair]
    spreads: dict[str, Spread]
    left: dict[str, list[np.ndarray]]
    common: int


def compare(
    hand_ins: list[Own],
    size: int,
    given: dict[str, np.ndarray],
    share: float,
    are_one: Callable[[int, int], bool],
) -> Comparison:
    """Compare the hand-ins of a class with each other and with those of elsewhere.

    hand_ins: first the `size` ones of the class, then those to compare them with, which are
    not compared with each other. given: hashes of the release. share: of the class; what more have
    is common. are_one: whether two hand-ins, by number, are of the same people.
    """
    common = max(LEAST_HANDINS, int(share * size))
    apart = _apart(len(hand_ins), size, are_one)
    kinds, spreads, left = {}, {}, {}
    for kind in KINDS:
        rows = [each.hashes[kind] for each in hand_ins]
        taken = _taken(rows[:size], given[kind], common)
        rows = [np.where(np.isin(row, taken), REMOVED, row) for row in rows]
        prints = [without(winnowed(row, WINDOW[kind])) for row in rows]
        shared = _shared(prints)
        shares = shared / _sizes(prints, size)
        of_class = shares[:size, :size][apart[:size, :size]]
        spreads[kind] = _spread(of_class)
        kinds[kind] = shared, shares, spreads[kind].above(shares)
        left[kind] = [without(np.unique(row)) for row in rows]
    any_shared = sum(shared for shared, _, _ in kinds.values())
    pairs = [
        Pair(
            int(i), int(j),
            {k: Likeness(int(n[i, j]), float(s[i, j]), float(a[i, j]))
             for k, (n, s, a) in kinds.items()},
        )
        for i, j in np.argwhere(apart & (any_shared > 0))
    ]  # fmt: skip
    pairs.sort(key=lambda pair: (-pair.above, -pair.share, pair.first, pair.second))
    return Comparison(pairs, spreads, left, common)


def without(values: np.ndarray) -> np.ndarray:
    return values[values != REMOVED]


def _apart(count: int, size: int, are_one: Callable[[int, int], bool]) -> np.ndarray:
    """Which pairs are compared: i < j, one of the class at least, of different people."""
    apart = np.triu(np.ones((count, count), bool), 1)
    apart[size:, size:] = False
    for i, j in np.argwhere(apart):
        apart[i, j] = not are_one(i, j)
    return apart


def _taken(rows: list[np.ndarray], given: np.ndarray, common: int) -> np.ndarray:
    """The hashes that say nothing: the release's, and what more than `common` hand-ins have.

    Hand-ins that are nearly the same count as one, else a group of copies would make each other's
    text common and vanish.
    """
    rows = [np.setdiff1d(row, given) for row in rows]
    groups = _groups_of_the_same(rows)
    members = [np.unique(np.concatenate([rows[i] for i in group])) for group in groups]
    values, counts = np.unique(
        np.concatenate([np.zeros(0, np.uint64), *members]), return_counts=True
    )
    return np.union1d(given, values[counts > common])


def _groups_of_the_same(rows: list[np.ndarray]) -> list[list[int]]:
    """The numbers of the rows, together those that are the same by far more than usual: where the
    exercises are short all hand-ins are nearly the same, and copies of nobody."""
    prints = [row[row % EACH == 0] for row in rows]
    shares = _shared(prints) / _sizes(prints, len(prints))
    above = _spread(shares[np.triu_indices(len(rows), 1)]).above(shares)
    alike = (shares >= SAME) & (above >= SAME_ABOVE)
    return connected(len(rows), np.argwhere(np.triu(alike, 1)))


def connected(count: int, edges) -> list[list[int]]:
    """The numbers from 0 to `count`, those that edges connect together."""
    group = list(range(count))

    def root(i: int) -> int:
        while group[i] != i:
            group[i] = group[group[i]]
            i = group[i]
        return i

    for i, j in edges:
        group[root(int(j))] = root(int(i))
    found: dict[int, list[int]] = {}
    for i in range(count):
        found.setdefault(root(i), []).append(i)
    return list(found.values())


def _shared(prints: list[np.ndarray]) -> np.ndarray:
    """How many fingerprints each two rows share, by an inverted index: fingerprint → who has it.

    No text is compared with a text; the work is that of what is shared.
    """
    count = len(prints)
    shared = np.zeros((count, count), np.int32)
    if not count:
        return shared
    who = np.repeat(np.arange(count), [len(each) for each in prints])
    values = np.concatenate(prints)
    order = np.argsort(values, kind="stable")
    values, who = values[order], who[order]
    changes = np.flatnonzero(values[1:] != values[:-1]) + 1
    for begin, end in zip([0, *changes], [*changes, len(values)], strict=True):
        if end - begin > 1:
            holders = who[begin:end]
            shared[np.ix_(holders, holders)] += 1
    return shared


def _sizes(prints: list[np.ndarray], size: int) -> np.ndarray:
    """By how much the number of shared ones is divided, for each two rows."""
    sizes = np.array([len(each) for each in prints])
    least = SMALL * float(np.median(sizes[:size])) if size else 0
    return np.maximum(np.maximum(np.minimum.outer(sizes, sizes), least), 1)


def _spread(shares: np.ndarray) -> Spread:
    if not len(shares):
        return Spread(0.0, 0.0, 0)
    median = float(np.median(shares))
    return Spread(median, USUAL * float(np.median(np.abs(shares - median))), len(shares))
