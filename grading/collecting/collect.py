"""`python -m grading collect`: from an inbox to submitted/, in order of its stages."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fnmatch import fnmatch
from itertools import pairwise
from pathlib import Path

import nbformat

from grading.collecting.archives import Ceilings, Unpacking
from grading.collecting.handins import Finder
from grading.collecting.history import Attempt, Settled, settle
from grading.collecting.inbox import read_inbox, require_inbox
from grading.collecting.naming import concerns
from grading.collecting.recognising import Recogniser
from grading.collecting.storing import Store
from grading.collecting.submission import Submission, submission
from grading.collecting.tree import Piece
from grading.collecting.workspace import workspace
from grading.course import Course
from grading.text import for_terminal
from helpers.entrega import MANIFEST

A_SECOND = timedelta(seconds=1)


class Fate(StrEnum):
    """What becomes of a hand-in."""

    NEW = "new"
    REPLACES = "replaces"  # what was there is an earlier attempt now
    EARLIER = "earlier"  # kept, but a later one counts
    KNOWN = "known"  # its files are there already
    REFUSED = "refused"


@dataclass(frozen=True)
class Row:
    """A hand-in and what became of it. time: when it was there at the latest, in UTC."""

    submission: Submission
    fate: Fate
    time: datetime


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
    Raises CourseError for an unknown assignment, for an inbox that is none or empty, and while
    another process collects.
    """
    masters = {
        path.stem: nbformat.read(path, as_version=4) for path in course.master_paths(assignment)
    }
    inbox = require_inbox(course, inbox)
    ceilings = ceilings or Ceilings.of(course.config)
    ignore = list(course.config.CourseDirectory.ignore)
    # Read, then left out: it says whose a hand-in is.
    reading = [pattern for pattern in ignore if not fnmatch(MANIFEST, pattern)]
    recogniser = Recogniser(masters, course.config)
    with workspace(course) as folder:
        tree = read_inbox(inbox, Unpacking(folder, ceilings, reading), reading)
        finder = Finder(recogniser)
        made = []
        for each in finder.find(tree):
            try:
                made.append(submission(each, assignment, recogniser, ceilings, ignore))
            except OSError as error:
                problem = f"a file of it could not be read ({error.strerror or error})"
                made.append(Submission(each, problems=[problem]))
        rows = _store(Store(course, assignment), made, by, dry_run)
    told = {problem for each in made for problem in each.problems}
    problems = [problem for problem in tree.all_problems() if problem not in told]
    left_over = []
    for each in finder.left_over:
        path = for_terminal("/".join(each.parts if isinstance(each, Piece) else each.trail))
        if isinstance(each, Piece) and each.is_closed:
            problems.append(f"{path}: such archives are not opened: unpack it into a folder")
        elif isinstance(each, Piece) or not each.problems:
            left_over.append(path)
    return Collected(rows, problems, left_over)


def _times(made: list[Submission], by: datetime | None) -> list[datetime]:
    """When each hand-in of a student was there at the latest; those that came one after the other
    have different times."""
    times = [each.time for each in made]
    numbers = [each.hand_in.upload for each in made]
    # Canvas numbers uploads as they come: the one before was there before.
    uploads = sorted((i for i, number in enumerate(numbers) if number), key=numbers.__getitem__)
    for before, after in reversed(list(pairwise(uploads))):
        if numbers[before] < numbers[after]:
            times[before] = min(times[before], times[after] - A_SECOND)
    if by is None:
        return times
    late = [each.hand_in.account is not None and each.hand_in.account.late for each in made]
    in_time = sorted({time for time, is_late in zip(times, late, strict=True) if not is_late})
    closed, latest = {}, by
    for time in reversed(in_time):
        closed[time] = latest = min(time, latest)
        latest -= A_SECOND
    return [t if is_late else closed[t] for t, is_late in zip(times, late, strict=True)]


def _store(store: Store, made: list[Submission], by: datetime | None, dry_run: bool) -> list[Row]:
    whose, rows = defaultdict(list), []
    for each in sorted(made, key=lambda s: (s.hand_in.upload, s.time, s.hand_in.source)):
        if each.student:
            each.student = store.name(each.student)
            whose[each.student].append(each)
        else:
            rows.append(Row(each, Fate.REFUSED, each.time))
    for student in sorted(whose):
        times = _times(whose[student], by)
        arrived = [
            Attempt(time, each.digest, what=each)
            for time, each in zip(times, whose[student], strict=True)
        ]
        arrived.sort(key=lambda attempt: attempt.time)
        rows += _store_one(store, student, arrived, dry_run)
    return rows


def _store_one(store: Store, student: str, arrived: list[Attempt], dry_run: bool) -> list[Row]:
    """Store the hand-ins of one student or pair; its rows, in the order they came."""
    made = [attempt.what for attempt in arrived]
    try:
        stored = store.attempts(student)
        settled = settle(stored, arrived)
        before = [n for n in store.accounts(student) if concerns(n, store.assignment)]
        _warn(made, settled, before, bool(stored), store.assignment)
        if not dry_run:
            store.apply(student, settled)
            accounts = [_account(each, store.assignment) for each in made]
            store.note_accounts(student, [each for each in accounts if each])
    except OSError as error:
        for each in made:
            each.problems.append(f"it could not be stored ({error.strerror or error}): run again")
        return [Row(each, Fate.REFUSED, each.time) for each in made]
    replaces = any(each.counts for each in stored)
    return [
        Row(attempt.what, _fate(attempt, settled, replaces), attempt.time) for attempt in arrived
    ]


def _fate(attempt: Attempt, settled: Settled, replaces: bool) -> Fate:
    if attempt is settled.current:
        return Fate.REPLACES if replaces else Fate.NEW
    return Fate.EARLIER if any(attempt is each for each in settled.earlier) else Fate.KNOWN


def _account(made: Submission, assignment: str) -> str:
    return made.hand_in.account.number(assignment) if made.hand_in.account else ""


def _warn(
    made: list[Submission], settled: Settled, before: list[str], is_stored: bool, assignment: str
) -> None:
    """Say what one should look at before trusting which attempt counts.

    before: accounts that handed in for this student in other inboxes. is_stored: whether there is
    something of the student. Whose it is a hand-in says itself, so that anybody could hand in for
    somebody else.
    """
    for attempt in settled.tied:
        attempt.what.problems.append("other files came at the same second: see which should count")
    new = [each.what for each in (*settled.earlier, settled.current) if each is not None]
    accounts = {
        _account(each, assignment): str(each.hand_in.account)
        for each in made
        if each.hand_in.account
    }
    if len(accounts) > 1 and len({each.digest for each in made}) > 1:
        names = ", ".join(accounts.values())
        made[-1].problems.append(f"different files from {len(accounts)} accounts: {names}")
    elif others := [each for each in before if each not in accounts]:
        for each in new:
            if each.hand_in.account:
                text = f"handed in by {each.hand_in.account}, before by {', '.join(others)}"
                each.problems.append(for_terminal(text))
    current = settled.current.what if settled.current else None
    without = is_stored and not before or any(each.hand_in.account is None for each in made)
    if current is not None and current.hand_in.account and without:
        text = f"handed in by {current.hand_in.account}, but what it replaces came from no account"
        current.problems.append(for_terminal(text))
