"""Numbers that hide one among them, for an object that only says what it equals."""

from decimal import Decimal

import numpy as np

LARGEST = 10**300
LEADING = 3  # digits that are hidden: a guess is right once in some nine hundred


def among_decoys(number) -> tuple[list, int]:
    """Numbers in rising order, and the place of `number` among them.

    The list holds all numbers that differ from `number` in their first LEADING digits alone. Any of
    them gives nearly the same list, so that whoever sees it, be it again and again, learns little
    more than how many digits the number has. Returns ([], -1) for what can't be hidden so: truth
    values, fractions, complex numbers, NaN, infinity, and what is beyond 1e300.
    """
    if isinstance(number, np.generic):
        number = number.item()
    kind = type(number)
    if kind not in (int, float, Decimal) or not abs(number) < LARGEST:
        return [], -1
    sign, digits, exponent = Decimal(repr(number) if kind is float else str(number)).as_tuple()
    hidden, shown = digits[:LEADING], digits[LEADING:]
    lowest = 10 ** (LEADING - 1) if shown else 0
    values = []
    for leading in range(lowest, 10**LEADING):
        places = tuple(map(int, str(leading)))
        values.append(kind(Decimal((sign, places + shown, exponent))))
    place = int("".join(map(str, hidden))) - lowest
    if sign:
        values, place = values[::-1], len(values) - 1 - place
    return values, place
