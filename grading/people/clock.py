"""Times as a clock on the wall shows them, where the clock is put forward and back."""

from datetime import UTC, datetime, timedelta, tzinfo

DAY = timedelta(days=1)


def oddity(wall: datetime, zone: tzinfo | None) -> str:
    """What is odd about a time of the clock: "does not exist", "exists twice", or "" for nothing.

    wall: date and time without a zone. zone: whose clock it is; None stands for this machine's.
    """
    moments = [_moment(wall.replace(fold=fold), zone) for fold in (0, 1)]
    if moments[0] == moments[1]:
        return ""
    shown = moments[0].astimezone(zone).replace(tzinfo=None, fold=0)
    return "exists twice" if shown == wall.replace(fold=0) else "does not exist"


def in_utc(wall: datetime, zone: tzinfo | None) -> datetime:
    """The moment in UTC of a time of the clock; of an hour that exists twice, the first.

    An hour that does not exist counts as if the clock had not been put forward yet.
    """
    return _moment(wall.replace(fold=0), zone)


def extended(deadline: datetime, hours: float) -> datetime:
    """The deadline so many hours later, in its zone.

    Where the clock is changed in between, the later counts of two readings of the hours: as they
    pass, and as the clock shows them. So two more days end at the same time of the clock, and
    nobody gets less time than was promised.
    """
    passed = deadline.astimezone(UTC) + timedelta(hours=hours)
    shown = (deadline + timedelta(hours=hours)).astimezone(UTC)
    return max(passed, shown).astimezone(deadline.tzinfo)


def days_begun(deadline: datetime, came: datetime) -> int:
    """How many days after a deadline have begun by a moment; 0 up to the deadline itself.

    A day ends when the clock of the deadline's zone shows the deadline's time again, however many
    hours that is. Where it shows that time twice, the second one ends the day.
    """
    deadline_in_utc, moment = deadline.astimezone(UTC), came.astimezone(UTC)
    if moment <= deadline_in_utc:
        return 0
    days = max(1, (moment - deadline_in_utc) // DAY - 1)
    while moment > (deadline + days * DAY).replace(fold=1).astimezone(UTC):
        days += 1
    return days


def _moment(wall: datetime, zone: tzinfo | None) -> datetime:
    return wall.replace(tzinfo=zone).astimezone(UTC)
