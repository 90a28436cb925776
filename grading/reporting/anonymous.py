"""A class whose students nobody can tell: ids, names and links are taken away before the page."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from random import SystemRandom

from grading.model.outcome import Incident, Status
from grading.reporting.submissions import Class, Run, Submission
from helpers.messages import SPANISH

HIDDEN = "…"
DRAW = SystemRandom()
CHANGED = "it is new or has changed"
# An error's kind is Python's, its text may be a student's.
ERROR = re.compile(re.escape(SPANISH["error"].partition("{")[0]) + r"\w+")
SHORTEST = 3  # of the words of a name: shorter ones (de, la) are everybody's


def anonymous(found: Class, shuffle: Callable[[list], None] = DRAW.shuffle) -> Class:
    """The same class with a number in place of each id, another one each time, in no order.

    Of what students or file names have put into a text, the kinds of errors stay and what holds no
    id or name that the class knows; links to a student's pages go.
    """
    number, label = _labels(found, shuffle)
    hide = _hiding(found)
    people = [
        replace(
            person,
            name=str(number[person.name]),
            full_name="",
            submission=label.get(person.submission, ""),
            partners=tuple(str(number[each]) for each in person.partners if each in number),
        )
        for person in found.people
    ]
    submissions = [_submission(each, label[each.name], hide) for each in found.submissions]
    count = len(found.notes)
    return replace(
        found,
        submissions=sorted(submissions, key=lambda each: _number(each.name)),
        people=sorted(people, key=lambda each: _number(each.name)),
        notes=[f"{count} about who handed in what: see the page with ids."] if count else [],
        anonymous=True,
    )


def _labels(found: Class, shuffle: Callable[[list], None]) -> tuple[dict[str, int], dict[str, str]]:
    """The number of each student, and how each submission is called: by those of its students."""
    whose: dict[str, list[str]] = {each.name: [] for each in found.submissions}
    for person in found.people:
        whose.setdefault(person.submission, []).append(person.name)
    whose.pop("", None)
    # Who has two submissions is listed with one of them: the other has a number of its own.
    others = [name for name, students in whose.items() if not students]
    numbers = list(range(1, len(found.people) + len(others) + 1))
    shuffle(numbers)
    drawn = iter(numbers)
    number = {person.name: next(drawn) for person in found.people}
    label = {name: str(next(drawn)) for name in others}
    for name, students in whose.items():
        if students:
            label[name] = " and ".join(map(str, sorted(number[each] for each in students)))
    return number, label


def _number(label: str) -> int:
    return int(label.partition(" ")[0])


def _hiding(found: Class) -> Callable[[str], str]:
    """A function that takes the ids and names of the class out of a text."""
    known = {each.name for each in found.submissions}
    for person in found.people:
        words = person.full_name.split()
        known |= {person.name, person.full_name, *(w for w in words if len(w) >= SHORTEST)}
    texts = sorted(known - {""}, key=len, reverse=True)
    if not texts:
        return str
    pattern = "|".join(map(re.escape, texts))
    # Whole words, an underscore being none of their letters: ana in "ana_lab3", not in "manzana".
    whole = re.compile(rf"(?<![^\W_])(?:{pattern})(?![^\W_])", re.IGNORECASE)
    return lambda text: whole.sub(HIDDEN, text)


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
    """A hint whose errors are told by their kind alone."""
    return "\n".join(
        found[0] if (found := ERROR.match(line)) else line for line in reason.splitlines()
    )


def _run(run: Run, hide: Callable[[str], str]) -> Run:
    reason = hide(run.reason)
    if run.reason and run.status in (Status.UNREADABLE, Status.GRADER_FAILED):
        reason = run.status.advice  # theirs quotes names of files and folders
    incidents = tuple(
        Incident(each.cell, hide(each.text.partition(":")[0])) for each in run.incidents
    )
    return replace(run, reason=reason, incidents=incidents, page="", graded_as="")
