"""All attempts of one student in the order they came: which counts, which are earlier ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple


@dataclass(frozen=True)
class Attempt:
    """An attempt that is stored, or that has arrived.

    time: in UTC. digest: of its paths and bytes. order: between attempts of the same second; equal
    ones come in any order.
    is_stored, counts: where it is now. what: whatever the caller needs to find it again.
    """

    time: datetime
    digest: str
    order: tuple = ()
    is_stored: bool = False
    counts: bool = False
    what: Any = None


class Settled(NamedTuple):
    """What is to be done. Of the arrivals the rest is known already.

    current: the arrival that shall count from now on, None: what counts stays. earlier: arrivals to
    be kept as earlier ones. came: when what counts and stays was there first, if that is earlier
    than was thought. tied: arrivals of which nobody knows whether another one came later.
    """

    current: Attempt | None
    earlier: list[Attempt]
    came: datetime | None
    tied: list[Attempt]


def settle(stored: list[Attempt], arrived: list[Attempt]) -> Settled:
    """Put what has arrived into the history of a student's attempts. The latest counts.

    To settle the same arrivals again, once that was done, changes nothing. The same files twice in
    a row are one attempt, of the earlier time: platforms give each download the hour it was made.
    At the same second what is stored counts as later: a repair by hand is not undone.
    """
    known = {(each.time, each.digest) for each in stored}
    new = [each for each in arrived if (each.time, each.digest) not in known]
    history: list[Attempt] = []
    came = None
    for each in sorted([*stored, *new], key=lambda a: (a.time, a.is_stored, a.order)):
        before = history[-1] if history else None
        if before is None or before.digest != each.digest or (before.is_stored and each.is_stored):
            history.append(each)
        elif each.is_stored:
            history[-1] = each
            if each.counts:
                came = before.time
    latest = history[-1] if history else None
    current = latest if latest is not None and not latest.is_stored else None
    earlier = [each for each in history if not each.is_stored and each is not current]
    tied = [each for each in history if not each.is_stored and _is_tied(each, history)]
    return Settled(current, earlier, came if current is None else None, tied)


def _is_tied(arrival: Attempt, history: list[Attempt]) -> bool:
    return any(
        each is not arrival
        and each.time == arrival.time
        and (each.is_stored or each.order == arrival.order)
        for each in history
    )
