"""All attempts of one student in the order they came: which one counts, which are earlier ones."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from grading.collecting.submission import Submission


@dataclass(frozen=True)
class Attempt:
    """What a student handed in at once: in submitted/ already, or just arrived in an inbox.

    time: in UTC. digest: over the paths and bytes of the files. is_stored: whether it is in
    submitted/, counts: whether it counts there. submission: of an arrival, None of a stored one.
    """

    time: datetime
    digest: str
    is_stored: bool = False
    counts: bool = False
    submission: Submission | None = None


class Settled(NamedTuple):
    """What is to be done with the arrivals; those that are not named here are stored already.

    current: the arrival that counts from now on; None where the stored attempt goes on counting.
    earlier: arrivals to be kept as earlier attempts. corrected_time: the new time of the stored
    attempt that goes on counting, where an arrival shows that it came earlier than was known.
    tied: arrivals of the same second as other files.
    """

    current: Attempt | None
    earlier: list[Attempt]
    corrected_time: datetime | None
    tied: list[Attempt]


def settle(stored: list[Attempt], arrived: list[Attempt]) -> Settled:
    """Put what has arrived into the history of a student's attempts. The latest counts.

    The same files twice with no others in between are one attempt, of the earlier time: platforms
    give each download the hour it was made. Of attempts of the same second, the one that counted
    goes on counting: a repair by hand is not undone. To settle the same arrivals again, once they
    are stored, changes nothing.
    """
    attempts, new, corrected_time = [*stored, *arrived], [], None
    for digest in sorted({attempt.digest for attempt in attempts}):
        same = sorted((a for a in attempts if a.digest == digest), key=lambda a: a.time)
        other_times = [attempt.time for attempt in attempts if attempt.digest != digest]
        for copies in _without_others_between(same, other_times):
            first = copies[0]
            if not any(copy.is_stored for copy in copies):
                new.append(first)
            elif not first.is_stored and any(c.counts and first.time < c.time for c in copies):
                corrected_time = first.time
    history = sorted([*stored, *new], key=lambda a: (a.time, a.counts, a.digest))
    current = history[-1] if history and not history[-1].is_stored else None
    times = [attempt.time for attempt in history]
    tied = [attempt for attempt in new if times.count(attempt.time) > 1]
    earlier = sorted((a for a in new if a is not current), key=lambda a: (a.time, a.digest))
    return Settled(current, earlier, corrected_time if current is None else None, tied)


def _without_others_between(
    same: list[Attempt], other_times: list[datetime]
) -> Iterator[list[Attempt]]:
    """The attempts with the same files, in order of time, parted where other files came between."""
    copies = same[:1]
    for attempt in same[1:]:
        before, after = copies[-1].time, attempt.time
        if before < after and any(before <= time <= after for time in other_times):
            yield copies
            copies = []
        copies.append(attempt)
    yield copies
