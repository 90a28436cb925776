"""What a run has to do for one submission, and why."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from grading.course import Assignment
from grading.intake.preparation import Preparation
from grading.model.outcome import Status
from grading.model.summary import NotebookSummary, SubmissionSummary
from grading.text import printable

NEW, FORCED, GONE = "new", "forced", "its record or feedback was gone"
PENALTY = "its late penalty"


@dataclass
class Task:
    """One notebook of a submission: its Job's key, what that is made of, why it could not be read.

    The Job itself is made again when its turn comes: a class of them would not fit in memory.
    """

    student: str
    notebook: str
    key: str
    parts: dict[str, str]
    notice: str


@dataclass
class Plan:
    """One submission on its way.

    key, handed_in: see `SubmissionKeys`. why: why it is graded. before: what the last run wrote
    about it, and changed: by notebook, the parts of its Job that are not as they were then.
    missing: notebooks that were not handed in, with what to do. left: keys of the outcomes that are
    not there yet.
    """

    student: str
    key: str
    handed_in: str
    why: str
    before: SubmissionSummary | None = None
    changed: dict[str, set[str]] = field(default_factory=dict)
    tasks: list[Task] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)
    left: set[str] = field(default_factory=set)


def plan(
    assignment: Assignment,
    preparation: Preparation,
    student: str,
    key: str,
    handed_in: str,
    before: SubmissionSummary | None,
) -> Plan:
    """How to grade one submission; `before` is what the last run wrote about it."""
    tasks, missing = [], {}
    for name in preparation.names:
        folder = assignment.submitted(student)
        if not os.path.lexists(folder / f"{name}.ipynb"):
            missing[name] = _what_is_there(folder, name, preparation.names)
            continue
        job, notice = preparation.job_and_notice(student, name)
        tasks.append(Task(student, name, job.key, job.parts, notice))
    if len(missing) == len(preparation.names):  # one sentence will do
        missing = dict.fromkeys(missing, "") | {preparation.names[0]: _nothing(folder)}
    found = _changes(tasks, before)
    changed = {
        task.notebook: {change for change, names in found.items() if task.notebook in names}
        for task in tasks
    }
    why = _why(tasks, before, found)
    return Plan(student, key, handed_in, why, before, changed, tasks, missing)


def summary(plan: Plan, done: dict[str, NotebookSummary], names: list[str]) -> SubmissionSummary:
    """What became of a planned submission; `done` holds its notebooks that ran, by key."""
    rows = {}
    for task in plan.tasks:
        row = done[task.key]
        if task.notice and row.marks is not None:
            row = NotebookSummary(
                row.notebook, Status.UNREADABLE, row.marks, task.notice, row.confined, row.key,
                row.parts,
            )  # fmt: skip
        rows[task.notebook] = row
    for name, reason in plan.missing.items():
        rows[name] = NotebookSummary(name, Status.UNREADABLE, 0, reason)
    notebooks = [rows[name] for name in names]
    return SubmissionSummary(plan.student, plan.key, notebooks, plan.handed_in)


def _changes(tasks: list[Task], before: SubmissionSummary | None) -> dict[str, list[str]]:
    """What has changed since the last run → in which notebooks."""
    rows = {row.notebook: row for row in before.notebooks} if before else {}
    found: dict[str, list[str]] = {}
    for task in tasks:
        row = rows.get(task.notebook)
        changes = difference(row.parts, task.parts) if row and row.key else [NEW]
        if f"the master {task.notebook}" in changes:  # whose cells stand in every notebook
            changes = [change for change in changes if change != "the notebook"]
        for change in changes:
            found.setdefault(change, []).append(task.notebook)
    return found


def _why(tasks: list[Task], before: SubmissionSummary | None, found: dict[str, list[str]]) -> str:
    """Why a submission is graded again, in a few words."""
    if before is None:
        return NEW
    if not found:
        return "the configuration or the page of feedback"
    return "; ".join(
        change if len(names) == len(tasks) > 1 else f"{', '.join(names)}: {change}"
        for change, names in found.items()
    )


def difference(before: dict[str, str], now: dict[str, str]) -> list[str]:
    """The parts of a Job that are not as they were; with both values where these can be read."""
    changed = []
    for name in sorted(before.keys() | now.keys()):
        old, new = before.get(name, "none"), now.get(name, "none")
        if old == new:
            continue
        short = max(len(old), len(new)) < 20
        changed.append(f"{name} {old} → {new}" if short else name)
    return changed


def _what_is_there(folder, name: str, names: list[str]) -> str:
    released = {f"{each}.ipynb" for each in names}
    others = sorted({printable(path.name) for path in folder.glob("*.ipynb")} - released)
    hint = f"; is it {', '.join(others)}? Then rename it" if others else "; ask for it"
    return f"{name}.ipynb is missing{hint}"


def _nothing(folder) -> str:
    found = sorted(printable(path.name) for path in folder.glob("*"))
    there = ", ".join(found[:5]) if found else "nothing"
    return f"no notebook has its released name; in the folder: {there}. Rename it or ask for it"
