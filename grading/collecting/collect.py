"""`python -m grading collect`: from an inbox to submitted/, in order of its stages."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fnmatch import fnmatch
from itertools import pairwise
from pathlib import Path

from grading.collecting.archives import Ceilings, Unpacking
from grading.collecting.handins import Finder
from grading.collecting.history import Attempt, Settled, settle
from grading.collecting.inbox import read_inbox, require_inbox
from grading.collecting.platforms import concerns
from grading.collecting.recognising import Recogniser
from grading.collecting.storing import Store
from grading.collecting.submission import Submission, submission
from grading.collecting.tree import Piece
from grading.collecting.workspace import workspace
from grading.course import Assignment
from grading.masters.reading import read_masters
from grading.masters.settings import identity_of, in_its_language
from grading.people.lateness import Deadlines
from grading.text import for_terminal
from helpers.hand_in import MANIFEST

A_SECOND = timedelta(seconds=1)


class Fate(StrEnum):
    """What becomes of a hand-in."""

    NEW = "new"
    REPLACES = "replaces"  # the one that counted before is an earlier attempt now
    EARLIER = "earlier"  # kept, but a later one counts
    KNOWN = "known"  # its files are stored already
    REFUSED = "refused"


@dataclass(frozen=True)
class Row:
    """A hand-in and what became of it. time: when it was there at the latest, in UTC."""

    submission: Submission
    fate: Fate
    time: datetime


@dataclass(frozen=True)
class Collected:
    """What became of an inbox.

    rows: by student, then time. problems: about files outside of all hand-ins. left_over: paths of
    files that belong to no hand-in.
    """

    rows: list[Row]
    problems: list[str]
    left_over: list[str]

    @property
    def needs_a_look(self) -> bool:
        return bool(self.problems) or any(row.submission.problems for row in self.rows)


@in_its_language
def collect(
    assignment: Assignment,
    inbox: Path,
    *,
    dry_run: bool = False,
    by: datetime | None = None,
    ceilings: Ceilings | None = None,
) -> Collected:
    """Store every hand-in of an inbox as submitted/STUDENT/ASSIGNMENT; nothing with `dry_run`.

    One bad file never stops the others: the result says what could not be taken. by: when handing
    in was closed, in UTC; what looks later counts as handed in by then, but for what Canvas calls
    late and what has a time that its platform tells. ceilings: how much is unpacked; default, as
    the course's configuration says.
    Raises CourseError for an unknown assignment, for an inbox that is none or empty, and while
    another process collects.
    """
    masters = read_masters(assignment)
    course, name = assignment.course, assignment.name
    inbox = require_inbox(course, inbox)
    ceilings = ceilings or Ceilings.of(course.config)
    ignore = list(course.config.CourseDirectory.ignore)
    # The manifest is read though it is not stored: it says whose a hand-in is.
    ignored_in_inbox = [pattern for pattern in ignore if not fnmatch(MANIFEST, pattern)]
    recogniser = Recogniser(masters, course.config, identity_of(assignment))
    deadline = Deadlines.of(course.config).deadline(name)
    finder = Finder(recogniser, None if deadline is None else deadline.tzinfo)
    submissions = []
    with workspace(course) as folder:
        tree = read_inbox(inbox, Unpacking(folder, ceilings, ignored_in_inbox), ignored_in_inbox)
        for hand_in in finder.find(tree):
            try:
                submissions.append(submission(hand_in, name, recogniser, ceilings, ignore))
            except OSError as error:
                problem = f"a file of it could not be read ({error.strerror or error})"
                submissions.append(Submission(hand_in, problems=[problem]))
        rows = _store(Store(assignment), submissions, by, dry_run)
    told = {problem for row in rows for problem in row.submission.problems}
    problems = [problem for problem in tree.all_problems() if problem not in told]
    left_over = []
    for node in finder.left_over:
        path = for_terminal("/".join(node.parts if isinstance(node, Piece) else node.trail))
        if isinstance(node, Piece) and node.is_closed:
            problems.append(f"{path}: such archives are not opened: unpack it into a folder")
        elif isinstance(node, Piece) or not node.problems:
            left_over.append(path)
    return Collected(rows, problems, left_over)


def _times(submissions: list[Submission], by: datetime | None) -> list[datetime]:
    """When each hand-in of a student was there at the latest, in UTC.

    Hand-ins that came one after the other get different times. by: see `collect`.
    """
    times = [submission.hand_in.time for submission in submissions]
    numbers = [submission.hand_in.upload for submission in submissions]
    # Canvas numbers uploads as they come: a hand-in with a lower number came before.
    uploads = sorted((i for i, number in enumerate(numbers) if number), key=numbers.__getitem__)
    for before, after in reversed(list(pairwise(uploads))):
        if numbers[before] < numbers[after]:
            times[before] = min(times[before], times[after] - A_SECOND)
    if by is None:
        return times
    late = [s.hand_in.is_late or s.hand_in.is_told for s in submissions]
    in_time = sorted({time for time, is_late in zip(times, late, strict=True) if not is_late})
    closed, latest = {}, by
    for time in reversed(in_time):
        closed[time] = latest = min(time, latest)
        latest -= A_SECOND
    return [t if is_late else closed[t] for t, is_late in zip(times, late, strict=True)]


def _store(
    store: Store, submissions: list[Submission], by: datetime | None, dry_run: bool
) -> list[Row]:
    by_student, rows = defaultdict(list), []
    for each in sorted(
        submissions, key=lambda s: (s.hand_in.upload, s.hand_in.time, s.hand_in.source)
    ):
        if each.student:
            each.student = store.name(each.student)
            by_student[each.student].append(each)
        else:
            rows.append(Row(each, Fate.REFUSED, each.hand_in.time))
    for student in sorted(by_student):
        theirs = by_student[student]
        arrived = [
            Attempt(time, each.digest, submission=each)
            for time, each in zip(_times(theirs, by), theirs, strict=True)
        ]
        arrived.sort(key=lambda attempt: attempt.time)
        rows += _store_one(store, student, arrived, dry_run)
    return rows


def _store_one(store: Store, student: str, arrived: list[Attempt], dry_run: bool) -> list[Row]:
    """Store the hand-ins of one student or pair; returns their rows, in the order they came."""
    submissions = [attempt.submission for attempt in arrived]
    try:
        stored = store.attempts(student)
        settled = settle(stored, arrived)
        before = [n for n in store.accounts(student) if concerns(n, store.assignment)]
        _warn(submissions, settled, before, bool(stored), store.assignment)
        if not dry_run:
            store.apply(student, settled)
            numbers = [each.hand_in.account_number(store.assignment) for each in submissions]
            store.note_accounts(student, filter(None, numbers))
    except OSError as error:
        for each in submissions:
            each.problems.append(f"it could not be stored ({error.strerror or error}): run again")
        return [Row(each, Fate.REFUSED, each.hand_in.time) for each in submissions]
    replaces = any(attempt.counts for attempt in stored)
    return [Row(a.submission, _fate(a, settled, replaces), a.time) for a in arrived]


def _fate(attempt: Attempt, settled: Settled, replaces: bool) -> Fate:
    if attempt is settled.current:
        return Fate.REPLACES if replaces else Fate.NEW
    return Fate.EARLIER if any(attempt is one for one in settled.earlier) else Fate.KNOWN


def _warn(
    arrived: list[Submission], settled: Settled, before: list[str], is_stored: bool, assignment: str
) -> None:
    """Add to the problems what a person should know before trusting which attempt counts.

    A hand-in itself says whose it is, so that anybody could hand in for somebody else.
    before: accounts that handed in for this student in other inboxes. is_stored: whether submitted/
    has something of the student.
    """
    for attempt in settled.tied:
        attempt.submission.problems.append(
            "other files came at the same second: see which should count"
        )
    accounts = {
        each.hand_in.account_number(assignment): str(each.hand_in.account)
        for each in arrived
        if each.hand_in.account
    }
    if len(accounts) > 1 and len({each.digest for each in arrived}) > 1:
        names = ", ".join(accounts.values())
        arrived[-1].problems.append(f"different files from {len(accounts)} accounts: {names}")
    elif others := for_terminal(", ".join(n for n in before if n not in accounts)):
        for attempt in (*settled.earlier, settled.current):
            if attempt and (account := attempt.submission.hand_in.account):
                attempt.submission.problems.append(f"handed in by {account}, before by {others}")
    current = settled.current.submission if settled.current else None
    without = is_stored and not before or any(each.hand_in.account is None for each in arrived)
    if current is not None and current.hand_in.account and without:
        current.problems.append(
            f"handed in by {current.hand_in.account}, but what it replaces came from no account"
        )
