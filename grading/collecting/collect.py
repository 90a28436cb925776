"""`python -m grading collect`: from an inbox to submitted/, in order of its stages."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from fnmatch import fnmatch
from pathlib import Path

import nbformat

from grading.collecting.archives import Ceilings, Unpacking
from grading.collecting.handins import Finder
from grading.collecting.history import Attempt, Settled, settle
from grading.collecting.inbox import read_inbox, require_inbox
from grading.collecting.recognising import Recogniser
from grading.collecting.storing import Store
from grading.collecting.submission import Submission, submission
from grading.course import Course
from grading.execution.limits import Limits
from grading.text import for_terminal
from helpers.entrega import MANIFEST


class Fate(StrEnum):
    """What becomes of a hand-in."""

    NEW = "new"
    REPLACES = "replaces"  # what was there is an earlier attempt now
    EARLIER = "earlier"  # kept, but a later one counts
    KNOWN = "known"  # collected before
    REFUSED = "refused"


@dataclass(frozen=True)
class Row:
    """A hand-in and what became of it."""

    submission: Submission
    fate: Fate


@dataclass(frozen=True)
class Collected:
    """An inbox after it was collected.

    rows: by student, then time. problems: about what is in no hand-in. left_over: files that are
    none.
    """

    rows: list[Row]
    problems: list[str]
    left_over: list[str]

    @property
    def needs_a_look(self) -> bool:
        return bool(self.problems) or any(row.submission.problems for row in self.rows)


def collect(
    course: Course,
    assignment: str,
    inbox: Path,
    *,
    dry_run: bool = False,
    by: datetime | None = None,
    ceilings: Ceilings | None = None,
) -> Collected:
    """Store every hand-in of an inbox as submitted/STUDENT/ASSIGNMENT; nothing with `dry_run`.

    One bad file never stops the others: what could not be taken is said. by: count as handed in at
    this time what looks later and what Canvas does not call late. ceilings: default, the course's.
    Raises CourseError for an unknown assignment and for an inbox that is none or empty.
    """
    masters = {
        path.stem: nbformat.read(path, as_version=4) for path in course.master_paths(assignment)
    }
    inbox = require_inbox(course, inbox)
    ceilings = ceilings or Ceilings.of(Limits(config=course.config))
    ignore = list(course.config.CourseDirectory.ignore)
    # Read, then left out: it says whose a hand-in is.
    reading = [pattern for pattern in ignore if not fnmatch(MANIFEST, pattern)]
    recogniser = Recogniser(masters, course.config)
    with tempfile.TemporaryDirectory(prefix="collecting-") as unpacked:
        tree = read_inbox(inbox, Unpacking(Path(unpacked), ceilings, reading), reading)
        finder = Finder(recogniser)
        hand_ins = [_not_later(each, by) for each in finder.find(tree)]
        made = [submission(each, assignment, recogniser, ceilings, ignore) for each in hand_ins]
        rows = _store(Store(course, assignment), made, dry_run)
    told = {problem for each in made for problem in each.problems}
    problems = [problem for problem in tree.all_problems() if problem not in told]
    return Collected(rows, problems, [for_terminal(name) for name in finder.left_over])


def _not_later(hand_in, by: datetime | None):
    late = hand_in.account is not None and hand_in.account.late
    if by is None or late or hand_in.time <= by:
        return hand_in
    return replace(hand_in, time=by)


def _store(store: Store, made: list[Submission], dry_run: bool) -> list[Row]:
    whose, rows = defaultdict(list), []
    for each in sorted(made, key=lambda s: (s.time, s.hand_in.upload, s.hand_in.source)):
        if each.student:
            each.student = store.name(each.student)
            whose[each.student].append(each)
        else:
            rows.append(Row(each, Fate.REFUSED))
    for student in sorted(whose):
        rows += _store_one(store, student, whose[student], dry_run)
    return rows


def _store_one(store: Store, student: str, made: list[Submission], dry_run: bool) -> list[Row]:
    """Store the hand-ins of one student or pair; its rows, in the order they came."""
    arrived = [
        Attempt(each.time, each.digest, (each.hand_in.upload, place), what=each)
        for place, each in enumerate(made)
    ]
    try:
        stored = store.attempts(student)
        settled = settle(stored, arrived)
        _warn(made, settled)
        if not dry_run:
            store.apply(student, settled)
    except OSError as error:
        for each in made:
            each.problems.append(f"it could not be stored ({error.strerror or error}): run again")
        return [Row(each, Fate.REFUSED) for each in made]
    replaces = any(each.counts for each in stored)
    return [Row(attempt.what, _fate(attempt, settled, replaces)) for attempt in arrived]


def _fate(attempt: Attempt, settled: Settled, replaces: bool) -> Fate:
    if attempt is settled.current:
        return Fate.REPLACES if replaces else Fate.NEW
    return Fate.EARLIER if any(attempt is each for each in settled.earlier) else Fate.KNOWN


def _warn(made: list[Submission], settled: Settled) -> None:
    """Say what one should look at before trusting which attempt counts."""
    for attempt in settled.tied:
        attempt.what.problems.append("another one came at the same second: see which should count")
    accounts = {}
    for each in made:
        if each.hand_in.account:
            accounts.setdefault(each.hand_in.account.key, each)
    if len(accounts) > 1 and len({each.digest for each in made}) > 1:
        names = ", ".join(str(each.hand_in.account) for each in accounts.values())
        made[-1].problems.append(f"different files from {len(accounts)} accounts: {names}")
