"""Figures of a class: pure functions of plain numbers."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

SMALLEST = 10  # with fewer, a correlation says more about luck than about a check
BINS = 10


@dataclass(frozen=True)
class Spread:
    """How numbers are spread: quartiles are those of the values themselves ("inclusive": the
    lowest is the 0th and the highest the 100th percentile), not of a population behind them."""

    count: int
    mean: float
    lowest: float
    lower: float
    median: float
    upper: float
    highest: float


def spread(values: Sequence[float]) -> Spread | None:
    """The spread of some numbers; None when there are none."""
    if not values:
        return None
    if len(values) == 1:
        return Spread(1, *[float(values[0])] * 6)
    lower, median, upper = statistics.quantiles(values, n=4, method="inclusive")
    mean = statistics.mean(map(float, values))
    return Spread(len(values), mean, min(values), lower, median, upper, max(values))


def share(part: float, whole: float) -> float | None:
    """`part` of `whole`, from 0 to 1; None when there is no whole. Extra credit counts as all."""
    return min(1.0, max(0.0, part / whole)) if whole else None


def histogram(shares: Sequence[float], bins: int = BINS) -> list[int]:
    """How many shares (from 0 to 1) fall into each of equally wide bins.

    A bin holds its lower end and not its upper one, but the last one holds 1. Raises ValueError for
    a number that is no share.
    """
    counts = [0] * bins
    for value in shares:
        if not 0 <= value <= 1:
            raise ValueError(f"a share must be from 0 to 1: {value!r}")
        # Rounded, because 0.29 * 100 is 28.999… and belongs into the bin that begins with 29.
        counts[min(bins - 1, int(round(value * bins, 9)))] += 1
    return counts


def item_rest_correlation(passed: Sequence[bool], rest: Sequence[float]) -> float | None:
    """How well passing one check goes with the marks of all the others: from -1 to 1.

    The point-biserial correlation (Pearson's, of 0 or 1 with a number) of the check with the rest,
    without the check itself, which would raise it (S. Henrysson, "Correction of item-total
    correlations in item analysis", Psychometrika 28, 1963, 211-218). passed, rest: in the same
    order of submissions. None when all of `passed` or
    all of `rest` are equal: then there is nothing to separate.
    Raises ValueError when their lengths differ.
    """
    if len(passed) != len(rest):
        raise ValueError(f"{len(passed)} results and {len(rest)} marks: they must be as many")
    if len(set(passed)) < 2 or len(set(rest)) < 2:
        return None
    try:
        correlation = statistics.correlation(list(map(float, passed)), list(map(float, rest)))
    except statistics.StatisticsError:  # marks so alike that their variance is lost in rounding
        return None
    return min(1.0, max(-1.0, correlation))
