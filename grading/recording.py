"""The step of nbgrader's autograde that executes: here it replays an Outcome.

The outcome comes from the store where it is known already, else the Job runs here and now. So the
stock command, the formgrader's button and `python -m grading run` give the same marks.
"""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors.base import NbGraderPreprocessor
from traitlets import Bool
from traitlets.config import Config

from grading.candidate.box import INSTALL, why_no_box
from grading.course import Course, CourseError
from grading.execution import execute
from grading.files import master_files, submitted_files
from grading.job import Job
from grading.limits import Limits
from grading.outcome import Outcome, Status, note, noted
from grading.store import OutcomeStore


class GraderFailed(Exception):
    """Our failure, which must not be recorded as a mark."""


class RecordOutcome(NbGraderPreprocessor):
    """Puts the outcome of a submission's notebook in the notebook's place."""

    allow_unconfined = Bool(
        False,
        help="Grade without a sandbox where bubblewrap can't be used: only the limits on time and "
        "memory protect this machine and the other students' work.",
    ).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        where = resources["nbgrader"]
        course = Course.here()
        job = self._job(course, where, nb)
        store = OutcomeStore(course.root)
        outcome = store.get(job.key)
        if outcome is None:
            outcome = execute(job)
            if outcome.status is Status.GRADER_FAILED:
                raise GraderFailed(f"{where['notebook']}: {outcome.reason}")
            store.put(outcome)
        return replay(outcome, nb), resources

    def _job(self, course: Course, where: dict, nb: NotebookNode) -> Job:
        limits = Limits(config=self.config)
        ignore = list(course.config.CourseDirectory.ignore)
        paths = course.master_paths(where["assignment"])
        provided = master_files(course.source / where["assignment"], ignore)
        folder = course.submitted / where["student"] / where["assignment"]
        files, refused = submitted_files(folder, ignore, limits)
        return Job(
            where["assignment"],
            where["notebook"],
            _plain(nb),
            {path.stem: _read_master(path) for path in paths},
            files | provided,
            provided,
            refused,
            limits.as_dict(),
            confined=require_sandbox(self.config),
            stub=self.config.ClearSolutions.code_stub["python"],
        )


def require_sandbox(config: Config) -> bool:
    """Whether submissions run in a sandbox here.

    Raises CourseError when they can't and the instructor has not allowed to do without.
    """
    reason = why_no_box()
    if reason and not RecordOutcome(config=config).allow_unconfined:
        raise CourseError(
            f"Nothing was graded: {reason}.\nSubmissions run in a sandbox. Install it with "
            f"'{INSTALL}', or accept grading without one by writing "
            "c.RecordOutcome.allow_unconfined = True in grader_config.py."
        )
    return not reason


def replay(outcome: Outcome, nb: NotebookNode) -> NotebookNode:
    """The executed notebook, with what the page of feedback and the table need written on it."""
    executed = nbformat.from_dict(outcome.notebook)
    if (before := noted(nb)) is not None:
        note(executed, *before)
    note(executed, outcome.status, outcome.reason)
    executed.metadata["grading"]["confined"] = outcome.confined
    executed.metadata["grading"]["incidents"] = [
        f"{incident.cell}: {incident.text}" if incident.cell else incident.text
        for incident in outcome.incidents
    ]
    checks = {check.grade_id: check for check in outcome.checks}
    for cell in executed.cells:
        check = checks.get(cell.metadata.get("nbgrader", {}).get("grade_id"))
        if check is not None:
            cell.metadata.setdefault("grading", {})["check"] = {
                "title": check.title,
                "passed": check.passed,
                "points": check.points,
                "earned": check.earned,
                "reason": check.reason,
                "part": check.part,
                "in_kernel": check.in_kernel,
            }
    return executed


def _plain(nb: NotebookNode) -> dict:
    """The notebook as JSON, without what an earlier grading wrote on it."""
    plain = json.loads(json.dumps(nb))
    plain["metadata"].pop("grading", None)
    return plain


def _read_master(path: Path) -> dict:
    return json.loads(json.dumps(nbformat.read(path, as_version=4)))
