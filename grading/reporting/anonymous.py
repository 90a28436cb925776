"""A class without the ids, names and links that would tell who a student is."""

import re
from collections.abc import Callable
from dataclasses import replace
from random import SystemRandom

from grading.model.outcome import Incident, Status
from grading.people.hiding import hiding
from grading.reporting.submissions import Class, Run, Submission
from helpers.messages import TEXTS

DRAW = SystemRandom()
CHANGED = "it is new or has changed"
# An error's kind is Python's, its text may be a student's.
BEGINNINGS = "|".join(re.escape(table["error"].partition("{")[0]) for table in TEXTS.values())
ERROR = re.compile(rf"(?:{BEGINNINGS})\w+")


def anonymous(class_: Class, shuffle: Callable[[list], None] = DRAW.shuffle) -> Class:
    """The same class with a number, drawn anew each time, in place of each student's id.

    Texts keep the kinds of errors, but neither the students' own error messages nor any id or name
    of the class; links to a student's pages are taken out.
    """
    number, label = _labels(class_, shuffle)
    hide = _hiding(class_)
    people = [
        replace(
            person,
            name=str(number[person.name]),
            full_name="",
            submission=label.get(person.submission, ""),
            partners=tuple(str(number[id_]) for id_ in person.partners if id_ in number),
        )
        for person in class_.people
    ]
    submissions = [_submission(one, label[one.name], hide) for one in class_.submissions]
    count = len(class_.notes)
    return replace(
        class_,
        submissions=sorted(submissions, key=lambda submission: _number(submission.name)),
        people=sorted(people, key=lambda person: _number(person.name)),
        notes=[f"{count} about who handed in what: see the page with ids."] if count else [],
        anonymous=True,
    )


def _labels(
    class_: Class, shuffle: Callable[[list], None]
) -> tuple[dict[str, int], dict[str, str]]:
    """The number of each student, and the label of each submission: the numbers of its students."""
    whose: dict[str, list[str]] = {submission.name: [] for submission in class_.submissions}
    for person in class_.people:
        whose.setdefault(person.submission, []).append(person.name)
    whose.pop("", None)
    # A student with two submissions is listed with one of them; the other gets its own number.
    others = [name for name, students in whose.items() if not students]
    numbers = list(range(1, len(class_.people) + len(others) + 1))
    shuffle(numbers)
    drawn = iter(numbers)
    number = {person.name: next(drawn) for person in class_.people}
    label = {name: str(next(drawn)) for name in others}
    for name, students in whose.items():
        if students:
            label[name] = " and ".join(map(str, sorted(number[student] for student in students)))
    return number, label


def _number(label: str) -> int:
    return int(label.partition(" ")[0])


def _hiding(class_: Class) -> Callable[[str], str]:
    """A function that takes the ids and names of the class out of a text."""
    ids = [each.name for each in (*class_.submissions, *class_.people)]
    return hiding(ids, [person.full_name for person in class_.people])


def _submission(submission: Submission, label: str, hide: Callable[[str], str]) -> Submission:
    return replace(
        submission,
        name=label,
        why=CHANGED if submission.why else "",
        runs={name: _run(run, hide) for name, run in submission.runs.items()},
        results={
            item: replace(result, reason=hide(_without_text(result.reason)))
            for item, result in submission.results.items()
        },
    )


def _without_text(reason: str) -> str:
    """A hint in which only the kind of an error is left of it."""
    return "\n".join(
        error[0] if (error := ERROR.match(line)) else line for line in reason.splitlines()
    )


def _run(run: Run, hide: Callable[[str], str]) -> Run:
    reason = hide(run.reason)
    if run.reason and run.status in (Status.UNREADABLE, Status.GRADER_FAILED):
        reason = run.status.advice  # these reasons quote names of files and folders
    incidents = tuple(
        Incident(incident.cell, hide(incident.text.partition(":")[0])) for incident in run.incidents
    )
    notes = tuple(map(hide, run.notes))
    return replace(run, reason=reason, incidents=incidents, notes=notes, page="", graded_as="")
