"""What a person should look at before marks are published."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from grading.model.outcome import Status
from grading.reporting.items import Master
from grading.reporting.reasons import alike
from grading.reporting.submissions import Class, Result, Run, Submission
from grading.reporting.tables import failures
from helpers.messages import SPANISH

MISSING_NAME = SPANISH["name_error"].partition("}")[2]


@dataclass(frozen=True)
class Held:
    """Something held for a look. notebook: empty when it is about the whole submission."""

    submission: str
    notebook: str
    what: str
    why: str
    advice: str
    page: str = ""


ZERO = "0 marks, one cause"
ALL = "all "
ZERO_ADVICE = "look whether one line mended would bring back the work that follows"
NOT_GRADED = "not graded"
NOT_CURRENT = "to be graded again"
NO_SANDBOX = "not in a sandbox"


def held(found: Class) -> list[Held]:
    """Everything held for a look, the most urgent first."""
    again = f"run it: python -m grading run {found.assignment}"
    rows = [
        row for submission in found.submissions for row in _of(submission, found.masters, again)
    ]
    if found.anonymous:
        rows = [_anonymous(row, found) for row in rows]
    order = [NOT_GRADED, *map(str, reversed(Status)), NOT_CURRENT, ZERO, NO_SANDBOX]
    return sorted(rows, key=lambda row: order.index(row.what))


def _anonymous(row: Held, found: Class) -> Held:
    """A reason that one submission alone has may be in a student's own words."""
    text = row.why.partition(": ")[2]
    own = row.what == ZERO and row.why.startswith(ALL)
    if own and text not in {reason.text for reason in failures(found)}:
        return replace(row, why=f"{ALL}checks, one reason")
    return row


def _of(submission: Submission, masters: list[Master], again: str) -> Iterator[Held]:
    if submission.status is None:
        yield Held(submission.name, "", NOT_GRADED, submission.why, again)
    elif submission.why:
        yield Held(submission.name, "", NOT_CURRENT, submission.why, again)
    for master in masters:
        run = submission.runs.get(master.name)
        if run is None:
            continue
        if run.status.needs_a_look and (run.reason or run.status is not submission.status):
            yield Held(
                submission.name, master.name, str(run.status), run.reason, run.status.advice,
                run.page,
            )  # fmt: skip
        elif cause := single_cause(submission, master, run):
            yield Held(submission.name, master.name, ZERO, cause, ZERO_ADVICE, run.page)
        if not run.confined:
            advice = "its code could read and change what you can: see docs/security.md"
            yield Held(submission.name, master.name, NO_SANDBOX, "", advice, run.page)


def single_cause(submission: Submission, master: Master, run: Run) -> str:
    """The one thing that made a notebook earn nothing; empty when it earned something, when its
    exercises are all left open, or when there are several things.

    That is an error of the student's cells after which each check lacked a name, did not run or
    found its blank open; or one reason that all checks failed for, whatever its numbers.
    """
    everything_blank = run.blanks is not None and run.blanks == len(master.blanks) > 0
    if run.marks != 0 or not master.automatic or not run.kept or everything_blank:
        return ""
    checks = [item for item in master.items if not item.written and item.points]
    results = [submission.results[item.notebook, item.name] for item in checks]
    if all(result.blank for result in results):
        return ""
    errors = [each for each in run.incidents if each.cell not in {item.name for item in checks}]
    if errors and all(map(_may_follow, results)):
        return f"cell {errors[0].cell}: {errors[0].text}"
    reasons = {alike(result.reason) for result in results}
    if len(results) > 1 and len(reasons) == 1:
        return f"{ALL}{len(results)} checks: {reasons.pop()}"
    return ""


def _may_follow(result: Result) -> bool:
    """Whether a check may have failed only for an error before it."""
    return result.blank or result.passed is None or MISSING_NAME in result.reason
