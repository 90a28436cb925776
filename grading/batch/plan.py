"""What a run has to do for one submission, and why."""

import os
from dataclasses import dataclass

from grading.batch.changes import FORCED, GONE, NOT_RUN, PENALTY, Change
from grading.course import SUBMISSION_RULE, UNFIT_SUBMISSION
from grading.intake.files import MAX_FOLDERS, notebook_path
from grading.intake.handed_in import HandedIn
from grading.intake.preparation import Preparation, Prepared
from grading.model.outcome import Outcome, Status
from grading.model.summary import NotebookSummary, SubmissionSummary
from grading.text import printable

NEW = "new"
AGAIN, OTHER = "handed in again, unchanged", "the configuration or the page of feedback"


class NotPlanned(Exception):
    """Why a submission can't be graded: a sentence for the instructor."""


@dataclass
class Plan:
    """How to grade one submission.

    notebooks: those that were handed in, by name, ready to run. missing: the others, with what to
    do. changed: by notebook, the parts of its Job that are not as they were in the last run.
    """

    change: Change
    why: str
    notebooks: dict[str, Prepared]
    missing: dict[str, str]
    changed: dict[str, set[str]]

    def summary(
        self, outcomes: dict[str, Outcome], names: list[str], extension: float | None
    ) -> SubmissionSummary:
        """What became of the submission.

        outcomes: of its notebooks, by name. names: the assignment's notebooks, in order. extension:
        the hours that will be written into the gradebook, None where none will.
        """
        rows = {
            name: NotebookSummary(name, Status.UNREADABLE, 0, reason)
            for name, reason in self.missing.items()
        }
        for name, prepared in self.notebooks.items():
            rows[name] = NotebookSummary.of(
                name, outcomes[name], prepared.job.parts, prepared.ids, prepared.notes
            )
        change = self.change
        ordered = [rows[name] for name in names]
        return SubmissionSummary(
            change.submission, change.key, ordered, change.handed_in, extension
        )


def plan(change: Change, handed_in: HandedIn, preparation: Preparation) -> Plan:
    """How to grade a submission that is new or changed.

    Raises NotPlanned when a file can't be read, or its folder has a name that nbgrader can't take.
    """
    if not change.key:
        raise NotPlanned(change.why)
    if handed_in.is_too_deep:
        raise NotPlanned(f"there are over {MAX_FOLDERS} folders in one another: take them out")
    try:
        notebooks, missing = _prepared(handed_in, preparation)
    except OSError as error:
        raise NotPlanned(f"a file could not be read: {error}") from error
    if notebooks and UNFIT_SUBMISSION.search(change.submission):
        raise NotPlanned(SUBMISSION_RULE)
    parts = _changed_parts(notebooks, change.before)
    why = change.why if change.why in (FORCED, GONE, NOT_RUN, PENALTY) else _why(parts, change)
    return Plan(change, why, notebooks, missing, parts)


def _prepared(
    handed_in: HandedIn, preparation: Preparation
) -> tuple[dict[str, Prepared], dict[str, str]]:
    """The notebooks that were handed in, and what to do about those that were not."""
    notebooks, missing = {}, {}
    for name in preparation.names:
        if os.path.lexists(notebook_path(handed_in.folder, name)):
            notebooks[name] = preparation.prepare(handed_in, name)
        else:
            missing[name] = _what_is_there(handed_in.folder, name, preparation.names)
    if not notebooks:  # one sentence will do
        first, *others = preparation.names
        missing = {first: _nothing(handed_in.folder), **dict.fromkeys(others, "")}
    return notebooks, missing


def _changed_parts(
    notebooks: dict[str, Prepared], before: SubmissionSummary | None
) -> dict[str, set[str]]:
    """By notebook, what of its Job is not as it was in the last run."""
    rows = {row.notebook: row for row in before.notebooks} if before else {}
    changed = {}
    for name, prepared in notebooks.items():
        row = rows.get(name)
        parts = difference(row.parts, prepared.job.parts) if row and row.key else [NEW]
        if f"the master {name}" in parts:  # its cells stand in the notebook too
            parts = [part for part in parts if part != "the notebook"]
        changed[name] = set(parts)
    return changed


def _why(changed: dict[str, set[str]], change: Change) -> str:
    """Why a submission is graded again, in a few words."""
    if change.before is None:
        return NEW
    by_part: dict[str, list[str]] = {}
    for name, parts in changed.items():
        for part in sorted(parts):
            by_part.setdefault(part, []).append(name)
    if not by_part:
        return AGAIN if change.came_again else OTHER
    return "; ".join(
        part if len(names) == len(changed) > 1 else f"{', '.join(names)}: {part}"
        for part, names in by_part.items()
    )  # fmt: skip


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
    names = sorted(printable(path.name) for path in folder.glob("*"))
    there = ", ".join(names[:5]) if names else "nothing"
    return f"no notebook has its released name; in the folder: {there}. Rename it or ask for it"
