"""The figures of a report: what they are for known numbers, and what holds for all."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grading.reporting.statistics import (
    Spread,
    histogram,
    item_rest_correlation,
    share,
    spread,
)

NUMBERS = st.floats(0, 1000).map(lambda each: round(each, 3))
SHARES = st.floats(0, 1)


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ([], None),
        ([3], Spread(1, 3, 3, 3, 3, 3, 3)),
        ([1, 2], Spread(2, 1.5, 1, 1.25, 1.5, 1.75, 2)),
        ([5, 1, 3, 2, 4], Spread(5, 3, 1, 2, 3, 4, 5)),
        ([0, 0, 0, 8], Spread(4, 2, 0, 0, 0, 2, 8)),
    ],
)
def test_the_spread_of_numbers(values, found):
    assert spread(values) == found


@given(st.lists(NUMBERS, min_size=1, max_size=60))
def test_a_spread_is_in_order_and_agrees_with_numpy(values):
    found = spread(values)
    ordered = [found.lowest, found.lower, found.median, found.upper, found.highest]
    assert np.allclose(ordered, np.percentile(values, [0, 25, 50, 75, 100]), atol=1e-9)
    assert np.all(np.diff(ordered) >= -1e-9)
    assert found.lowest <= found.mean <= found.highest
    assert np.isclose(found.mean, np.mean(values)) and found.count == len(values)


@pytest.mark.parametrize(
    ("part", "whole", "found"),
    [(0, 10, 0), (5, 10, 0.5), (10, 10, 1), (12, 10, 1), (-1, 10, 0), (0, 0, None), (3, 0, None)],
)
def test_a_share_is_from_0_to_1_and_extra_credit_is_all(part, whole, found):
    assert share(part, whole) == found


@pytest.mark.parametrize(
    ("shares", "counts"),
    [
        ([], [0, 0, 0, 0, 0]),
        ([0, 0.19, 0.2, 0.4], [2, 1, 1, 0, 0]),
        ([0.8, 0.99, 1], [0, 0, 0, 0, 3]),
        ([0.6, 3 * 0.2, 0.59999], [0, 0, 1, 2, 0]),
    ],
)
def test_a_bin_holds_its_lower_end_and_the_last_one_both(shares, counts):
    assert histogram(shares, bins=5) == counts


@given(st.lists(SHARES, max_size=60), st.integers(1, 20))
def test_a_histogram_counts_everybody_once(shares, bins):
    counts = histogram(shares, bins)
    assert len(counts) == bins and sum(counts) == len(shares)


@pytest.mark.parametrize("value", [-0.01, 1.01, float("nan")])
def test_what_is_no_share_is_refused(value):
    with pytest.raises(ValueError, match="a share must be from 0 to 1"):
        histogram([value])


@pytest.mark.parametrize(
    ("passed", "rest", "found"),
    [
        ([True, False], [10, 0], 1),
        ([True, False], [0, 10], -1),
        ([True, False, True, False], [5, 5, 0, 0], 0),
        ([True, True, False, False], [4, 3, 2, 1], 2 / 5**0.5),
        ([True, True], [1, 2], None),
        ([False, True], [3, 3], None),
        ([], [], None),
    ],
)
def test_a_check_goes_with_the_rest_against_it_or_not_at_all(passed, rest, found):
    correlation = item_rest_correlation(passed, rest)
    assert correlation == (None if found is None else pytest.approx(found))


@given(st.lists(st.tuples(st.booleans(), NUMBERS), max_size=40))
def test_a_correlation_is_pearsons_and_turns_round_with_the_results(pairs):
    passed, rest = [each for each, _ in pairs], [each for _, each in pairs]
    found = item_rest_correlation(passed, rest)
    turned = item_rest_correlation([not each for each in passed], rest)
    if len(set(passed)) < 2 or len(set(rest)) < 2:
        assert found is None and turned is None
        return
    assert -1 <= found <= 1
    assert found == pytest.approx(-turned, abs=1e-9)
    assert found == pytest.approx(np.corrcoef(passed, rest)[0, 1], abs=1e-6)


def test_results_and_marks_of_different_classes_are_refused():
    with pytest.raises(ValueError, match="2 results and 1 marks"):
        item_rest_correlation([True, False], [1])
