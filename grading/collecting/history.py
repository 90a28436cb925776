"""All attempts of one student in the order they came: which counts, which are earlier ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple


@dataclass(frozen=True)
class Attempt:
    """An attempt that is stored, or that has arrived.

    time: in UTC. digest: of its paths and bytes. is_stored, counts: where it is now. what: whatever
    the caller needs to find it again.
    """

    time: datetime
    digest: str
    is_stored: bool = False
    counts: bool = False
    what: Any = None


class Settled(NamedTuple):
    """What is to be done. Of the arrivals the rest is there already.

    current: the arrival that shall count from now on, None: what counts stays. earlier: arrivals to
    be kept as earlier ones. came: when what counts and stays was there first, if that is earlier
    than was thought. tied: arrivals of the same second as other files.
    """

    current: Attempt | None
    earlier: list[Attempt]
    came: datetime | None
    tied: list[Attempt]


def settle(stored: list[Attempt], arrived: list[Attempt]) -> Settled:
    """Put what has arrived into the history of a student's attempts. The latest counts.

    The same files twice with no others in between are one attempt, of the earlier time: platforms
    give each download the hour it was made. Of the same second, what counts stays: a repair by hand
    is not undone. To settle the same arrivals again, once that was done, changes nothing.
    """
    everything, kept, came = [*stored, *arrived], [], None
    for digest in sorted({each.digest for each in everything}):
        same = sorted((e for e in everything if e.digest == digest), key=lambda e: e.time)
        others = [each.time for each in everything if each.digest != digest]
        for attempt in _one_attempt_each(same, others):
            first = attempt[0]
            if not any(each.is_stored for each in attempt):
                kept.append(first)
            for each in attempt:
                if each.counts and first.time < each.time and not first.is_stored:
                    came = first.time
    history = sorted([*stored, *kept], key=lambda each: (each.time, each.counts, each.digest))
    latest = history[-1] if history else None
    current = latest if latest is not None and not latest.is_stored else None
    times = [each.time for each in history]
    tied = [each for each in kept if times.count(each.time) > 1]
    earlier = sorted((e for e in kept if e is not current), key=lambda e: (e.time, e.digest))
    return Settled(current, earlier, came if current is None else None, tied)


def _one_attempt_each(same: list[Attempt], others: list[datetime]) -> Iterator[list[Attempt]]:
    """The same files, in order of time, parted where others came in between."""
    attempt = same[:1]
    for each in same[1:]:
        before, after = attempt[-1].time, each.time
        if before < after and any(before <= time <= after for time in others):
            yield attempt
            attempt = []
        attempt.append(each)
    yield attempt
