"""Which submissions are held for a look: a person should see them before marks are published."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from grading.model.outcome import Status
from grading.reporting.items import Master
from grading.reporting.reasons import alike
from grading.reporting.submissions import Class, Result, Run, Submission
from grading.reporting.tables import failures
from helpers.messages import TEXTS

MISSING_NAME = [table["name_error"].partition("}")[2] for table in TEXTS.values()]


@dataclass(frozen=True)
class Held:
    """One reason for a person to look at a submission.

    notebook: empty when the whole submission is concerned. kind: a status, or one of the constants
    below. why: the details, which may be empty. advice: what to do about it. page: the address of
    the notebook's feedback, relative to reports/; empty without one.
    """

    submission: str
    notebook: str
    kind: str
    why: str
    advice: str
    page: str = ""


ZERO = "0 marks, one cause"
ALL = "all "  # begins the cause of a ZERO where all checks failed for one reason
ZERO_ADVICE = "look whether one line mended would bring back the work that follows"
NOT_GRADED = "not graded"
NOT_CURRENT = "to be graded again"
NO_SANDBOX = "not in a sandbox"


def held(class_: Class) -> list[Held]:
    """All that is held for a look in a class, the most urgent first."""
    again = f"run it: python -m grading run {class_.assignment}"
    rows = [
        row for submission in class_.submissions for row in _of(submission, class_.masters, again)
    ]
    if class_.anonymous:
        rows = [_anonymous(row, class_) for row in rows]
    order = [NOT_GRADED, *map(str, reversed(Status)), NOT_CURRENT, ZERO, NO_SANDBOX]
    return sorted(rows, key=lambda row: order.index(row.kind))


def _anonymous(row: Held, class_: Class) -> Held:
    """A row as the anonymous page shows it: without the reason why all checks failed, unless other
    submissions have it too, because a reason may quote the student's own words."""
    reason = row.why.partition(": ")[2]
    gives_reason = row.kind == ZERO and row.why.startswith(ALL)
    if gives_reason and reason not in {shared.text for shared in failures(class_)}:
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
    """The single cause for which a notebook earned no marks at all; empty where it earned some,
    where all its exercises were left open, and where there are several causes.

    Such a cause is an error in a student's cell, when every check after it lacked a name, did not
    run or found its blank open; or one reason, whatever the numbers in it, for which all checks
    failed.
    """
    everything_blank = run.blanks is not None and run.blanks == len(master.blanks) > 0
    if run.marks != 0 or not master.automatic or not run.kept or everything_blank:
        return ""
    checks = [item for item in master.items if not item.written and item.points]
    results = [submission.results[item.notebook, item.name] for item in checks]
    if all(result.blank for result in results):
        return ""
    names = {item.name for item in checks}
    errors = [incident for incident in run.incidents if incident.cell not in names]
    if errors and all(map(_may_follow, results)):
        return f"cell {errors[0].cell}: {errors[0].text}"
    reasons = {alike(result.reason) for result in results}
    if len(results) > 1 and len(reasons) == 1:
        return f"{ALL}{len(results)} checks: {reasons.pop()}"
    return ""


def _may_follow(result: Result) -> bool:
    """Whether a check may have failed only because of an error before it."""
    return (
        result.blank
        or result.passed is None
        or any(words in result.reason for words in MISSING_NAME)
    )
