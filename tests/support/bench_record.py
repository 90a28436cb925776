"""The record stage alone: what a class of lab-3 submissions and its pages cost, in time and memory.

The masters are executed once (some minutes). Everybody hands in the same complete lab, each with a
comment of their own in it, so that everybody has other outcomes. Seconds are of the processor.
"""

from __future__ import annotations

import json
import resource
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from bench_courses import LAB, hand_in, make_course
from rich.table import Table

from grading.course import Assignment
from grading.execution.execute import execute
from grading.feedback.publish import publish
from grading.intake.handed_in import HandedIn
from grading.intake.preparation import Preparation
from grading.model.job import Job
from grading.model.outcome import Outcome
from grading.model.store import OutcomeStore
from grading.record.recorder import Recorder

PAGES = 20  # students whose pages are timed: they are written one by one, each as the last


def table(root: Path, sizes: list[int]) -> Table:
    """Seconds a student, and the process's peak memory, for classes of each size."""
    made = Table(
        "students", "record, s each", "last 10, s each", "pages, s each", "peak, MB",
        title="The record stage of lab 3, four notebooks a student; pages of feedback one by one",
    )  # fmt: skip
    course = make_course(root, LAB)
    hand_in(course, LAB, "ana")
    assignment = course.assignment(LAB)
    preparation = Preparation(assignment)
    jobs = [_job(preparation, assignment, "ana", name) for name in preparation.names]
    outcomes = [execute(job).to_json() for job in jobs]
    recorded: list[float] = []
    with Recorder(assignment) as recorder:
        for size in sorted(sizes):
            while len(recorded) < size:
                student = f"s{len(recorded):04}"
                _hand_in(assignment, preparation, student, outcomes)
                recorded.append(_seconds(lambda student=student: recorder.record(student)))
            pages = [
                _seconds(lambda k=k: publish(course.root, LAB, f"s{k:04}"))
                for k in range(size - min(size, PAGES), size)
            ]
            figures = recorded, recorded[-10:], pages
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            made.add_row(str(size), *map(_mean, figures), f"{peak:.0f}")
    return made


def _job(preparation: Preparation, assignment: Assignment, submission: str, name: str) -> Job:
    return preparation.prepare(HandedIn(assignment.submitted(submission)), name).job


def _hand_in(
    assignment: Assignment, preparation: Preparation, student: str, outcomes: list[str]
) -> None:
    """Ana's lab with a comment of the student's own, and the outcomes that it has."""
    folder = assignment.submitted(student)
    shutil.copytree(assignment.submitted("ana"), folder)
    store = OutcomeStore(assignment.course.root)
    for path, text in zip(sorted(folder.glob("*.ipynb")), outcomes, strict=True):
        notebook = json.loads(path.read_text())
        for cell in notebook["cells"]:
            if cell["metadata"].get("nbgrader", {}).get("solution"):
                cell["source"] = [*cell["source"], f"\n# {student}"]
        path.write_text(json.dumps(notebook))
        job, outcome = _job(preparation, assignment, student, path.stem), Outcome.from_json(text)
        outcome.key = job.key
        store.put(outcome)


def _seconds(run: Callable[[], None]) -> float:
    started = time.process_time()
    run()
    return time.process_time() - started


def _mean(seconds: list[float]) -> str:
    return f"{sum(seconds) / len(seconds):.2f}"
