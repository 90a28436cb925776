"""The dates that Brightspace writes into the names of folders, in English and in Spanish."""

import re
from datetime import datetime

MONTHS = (
    "january february march april may june july august september october november december",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "enero febrero marzo abril mayo junio julio agosto setiembre octubre noviembre diciembre",
)


def read_date(text: str) -> datetime | None:
    """A date and a time of the clock such as `Nov 20, 2026 1159 PM` or `20 noviembre, 2026 2359`.

    The hours and minutes may have a mark between them. Returns None for what is no such date.
    """
    parts = re.fullmatch(r"(.*?)\b(\d{4})\b(.*)", text)
    if parts is None:
        return None
    day, month = re.findall(r"\d+", parts[1]), _month(parts[1])
    clock, half = "".join(re.findall(r"\d", parts[3])), re.sub(r"[\W\d_]", "", parts[3]).casefold()
    if len(day) != 1 or not month or len(clock) not in (3, 4) or half not in ("", "am", "pm"):
        return None
    hour, minute = int(clock[:-2]), int(clock[-2:])
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    try:
        return datetime(int(parts[2]), month, int(day[0]), hour, minute)
    except ValueError:
        return None


def _month(text: str) -> int:
    """The number of the last word that is a month or begins one; 0 without such a word."""
    found = 0
    for word in re.findall(r"[^\W\d_]{3,}", text.casefold()):
        for names in MONTHS:
            for number, name in enumerate(names.split(), 1):
                if name.startswith(word):
                    found = number
    return found
