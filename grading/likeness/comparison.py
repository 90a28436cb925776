"""How alike the hand-ins of a class are, and how unusual that is in this class."""

from collections.abc import Iterable
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
FEWEST = 20  # fingerprints, likewise: some lines, which two may have by chance
USUAL = 1.4826  # times the median distance is the standard deviation, where the spread is normal
LEAST_SPREAD = 0.02  # two per cent: where most pairs share nothing, a little is no rarity yet
FAR = 6.0  # the line: so many spreads above the median,
LEAST = {"code": 0.45, "prose": 0.25}  # and so much in common: docs/likeness.md, "How sure"
FEWEST_PAIRS = 10  # of which it can be said what is usual: five hand-ins
MOST_PAIRS = 10_000  # that are kept, but for those that stand out: 1,000 hand-ins make 499,500


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
        return any(stands_out(kind, each.above, each.share) for kind, each in self.by_kind.items())


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

    pairs: of the `sharing` ones that have something in common the first, those that stand out
    before the others, the most unusual first. left: by kind, the runs of each hand-in that are
    neither given nor common, sorted. common: from how many hand-ins on.
    """

    pairs: list[Pair]
    sharing: int
    spreads: dict[str, Spread]
    left: dict[str, list[np.ndarray]]
    common: int


def compare(
    hand_ins: list[Own],
    size: int,
    given: dict[str, np.ndarray],
    share: float,
    one: Iterable[tuple[int, int]],
) -> Comparison:
    """Compare the hand-ins of a class with each other and with those of elsewhere.

    hand_ins: first the `size` ones of the class, then those to compare them with, which are
    not compared with each other. given: hashes of the release. share: of the class; what more have
    is common. one: the pairs, by number, that are of the same people.
    """
    common = max(LEAST_HANDINS, int(share * size))
    apart = _apart(len(hand_ins), size, one)
    kinds, spreads, left = {}, {}, {}
    for kind in KINDS:
        rows = [each.hashes[kind] for each in hand_ins]
        taken = _taken(rows[:size], given[kind], common)
        rows = [np.where(np.isin(row, taken), REMOVED, row) for row in rows]
        prints = [without(winnowed(row, WINDOW[kind])) for row in rows]
        shared = _shared(prints)
        shares = shared / np.maximum(_sizes(prints, size), FEWEST)
        of_class = shares[:size, :size][apart[:size, :size]]
        spreads[kind] = _spread(of_class)
        kinds[kind] = shared, shares, spreads[kind].above(shares)
        left[kind] = [without(np.unique(row)) for row in rows]
    pairs, sharing = _ranked(apart, kinds)
    return Comparison(pairs, sharing, spreads, left, common)


def stands_out(kind, above, share):
    """Whether a pair, or for arrays each pair, is above the line in one kind."""
    return (above >= FAR) & (share >= LEAST[kind])


def _ranked(apart: np.ndarray, kinds: dict[str, tuple]) -> tuple[list[Pair], int]:
    """The first pairs, and how many share something. kinds: what all pairs share, which share of
    theirs that is, and how far above the usual."""
    first, second = np.nonzero(apart & (sum(shared for shared, _, _ in kinds.values()) > 0))
    of_pairs = {k: [array[first, second] for array in arrays] for k, arrays in kinds.items()}
    out = np.any([stands_out(k, above, share) for k, (_, share, above) in of_pairs.items()], axis=0)
    share = np.max([share for _, share, _ in of_pairs.values()], axis=0)
    above = np.max([above for _, _, above in of_pairs.values()], axis=0)
    order = np.lexsort((second, first, -share, -above, ~out))[: max(MOST_PAIRS, out.sum())]
    pairs = [
        Pair(
            int(first[n]), int(second[n]),
            {k: Likeness(int(shared[n]), float(share[n]), float(above[n]))
             for k, (shared, share, above) in of_pairs.items()},
        )
        for n in order
    ]  # fmt: skip
    return pairs, len(first)


def without(values: np.ndarray) -> np.ndarray:
    return values[values != REMOVED]


def _apart(count: int, size: int, one: Iterable[tuple[int, int]]) -> np.ndarray:
    """Which pairs are compared: i < j, one of the class at least, of different people."""
    apart = np.triu(np.ones((count, count), bool), 1)
    apart[size:, size:] = False
    for i, j in one:
        apart[min(i, j), max(i, j)] = False
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
