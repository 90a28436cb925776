"""The stages of a run: plan, execute in parallel, record serially, publish."""

from __future__ import annotations

import glob
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

from grading.batch.audit import Audit
from grading.batch.backlog import Backlog
from grading.batch.changes import changes
from grading.batch.moves import Move, moves
from grading.batch.plan import FORCED, GONE, PENALTY, Plan, Task, plan, summary
from grading.batch.teaching import Lesson, Teaching
from grading.course import CourseError
from grading.feedback.publish import publish
from grading.intake.files import MAX_FOLDERS, walk
from grading.intake.preparation import Preparation
from grading.model import summary as summaries
from grading.model.outcome import Outcome, Status
from grading.model.store import OutcomeStore
from grading.model.summary import NotebookSummary, SubmissionSummary
from grading.processes.pool import WorkerLost
from grading.record.recorder import RecordFailed

AHEAD = 2  # jobs made ready before a process is free
HELD = "held: its marks would change"


@dataclass(frozen=True)
class Options:
    """How to run: see `python -m grading run --help`.

    jobs: processes, 0 for as many as there are cores. scheduler: a Dask scheduler's address.
    students, notebooks: only these, all when empty. audit: per cent. agree: asked once, with the
    marks that would change though the students did nothing; False leaves these as they were.
    """

    jobs: int = 0
    scheduler: str = ""
    students: tuple[str, ...] = ()
    notebooks: tuple[str, ...] = ()
    force: bool = False
    replay: bool = True
    audit: float = 0
    agree: Callable[[list[Move]], bool] = lambda moved: True


class Hands(NamedTuple):
    """Who executes: here or on a cluster.

    submit: takes a Job's JSON, gives a Future of its Outcome's. room: how many run at once now.
    problems: sentences about workers, which grows meanwhile.
    """

    submit: Callable[[bytes], Future]
    room: Callable[[], int]
    problems: list[str]


class Graded(NamedTuple):
    """A submission that is done; why it was graded, empty when nothing had changed."""

    summary: SubmissionSummary
    why: str


class ClassRun:
    """One run, from its plans to the last page of feedback."""

    def __init__(self, assignment, options, progress, pool, hands, recorder):
        self._assignment, self._options = assignment, options
        self._progress, self._pool, self._hands = progress, pool, hands
        self._recorder, self._store = recorder, OutcomeStore(assignment.course.root)
        self._preparation = Preparation(assignment)
        self._teaching = Teaching(assignment, self._preparation)
        self._lessons: deque[Lesson] = deque()
        self._backlog = Backlog(self._preparation.names, self._store, options.notebooks)
        self._futures: dict[Future, tuple[str, Callable[[Future], Iterator[Graded]]]] = {}
        self._executing = self._told = 0
        self._held: list[tuple[Plan, SubmissionSummary, list[Move]]] = []
        self._audit = Audit(options.audit)

    def graded(self) -> Iterator[Graded]:
        self._require_known_notebooks()
        changed, chosen = [], self._options.students
        for change in changes(self._assignment, chosen, self._options.force):
            if change.why is None:
                self._audit.offer(change.before)
                yield Graded(change.before, "")
            elif not change.key:
                yield self._failed(change.student, "", change.why, change.why)
            else:
                changed.append(change)
        self._progress.planning(len(changed))
        for change in changed:
            yield from self._plan(*change)
        self._ask_for_trainings()
        self._progress.begin(sum(self._backlog.sizes().values()))
        yield from self._until_done()
        yield from self._settle()
        yield from self._until_done()
        self._audit_some()
        yield from self._until_done()
        self._audit.require_equal()

    # --- What there is to do ----------------------------------------------------------------

    def _require_known_notebooks(self) -> None:
        if unknown := set(self._options.notebooks) - set(self._preparation.names):
            raise CourseError(
                f"{self._assignment} has no notebook {', '.join(sorted(unknown))}; it has "
                f"{', '.join(self._preparation.names)}."
            )

    def _plan(self, student, key, handed_in, before, why) -> Iterator[Graded]:
        if any(deep for *_, deep in walk(self._assignment.submitted(student))):
            reason = f"there are over {MAX_FOLDERS} folders in one another: take them out"
            yield self._failed(student, key, reason, reason)
            return
        try:
            planned = plan(self._assignment, self._preparation, student, key, handed_in, before)
        except OSError as error:
            reason = f"a file could not be read: {error}"
            yield self._failed(student, key, reason, reason)
            return
        if planned.tasks and glob.escape(student) != student:
            reason = "rename the folder: nbgrader takes no * ? or [ in it"
            yield self._failed(student, key, reason, reason)
            return
        if why in (FORCED, GONE, PENALTY):
            planned.why = why
        self._backlog.add(planned, why)

    def _ask_for_trainings(self) -> None:
        if self._options.replay:
            for name, size in self._backlog.sizes().items():
                if size:
                    self._teaching.ask(name, size)

    # --- One step after the other -----------------------------------------------------------

    def _until_done(self) -> Iterator[Graded]:
        while True:
            self._feed()
            if not self._futures and not self._backlog.complete:
                return
            finished, _ = wait(
                self._futures,
                timeout=0 if self._backlog.complete else 0.5,
                return_when=FIRST_COMPLETED,
            )
            for future in finished:
                _, handle = self._futures.pop(future)
                yield from handle(future)
            self._feed()
            if self._backlog.complete:
                yield from self._record(self._backlog.complete.popleft())
            for text in self._hands.problems[self._told :]:
                self._progress.problem(text)
                self._told += 1
            self._progress.running(
                [label for future, (label, _) in self._futures.items() if future.running()]
            )

    def _feed(self) -> None:
        """Give the workers their next jobs: lessons first, then the longest notebooks."""
        self._lessons.extend(self._teaching.due())
        while self._executing < self._hands.room() + AHEAD:
            if self._lessons:
                lesson = self._lessons.popleft()
                self._execute(lesson.label, lesson.job, partial(self._learnt, lesson))
            elif (task := self._backlog.next(self._teaching.is_ready)) is not None:
                self._begin(task)
            else:
                return

    def _begin(self, task: Task) -> None:
        label = f"{task.student} {task.notebook}"
        try:
            job = self._preparation.job(task.student, task.notebook)
            changed = job.key != task.key
        except OSError:
            changed = True
        if changed:
            self._finish(task, _lost(task, "it changed while the class was graded: run again"))
            return
        if self._options.replay:
            job = replace(job, trainings=self._teaching.trainings(task.notebook))
        self._execute(label, job, partial(self._executed, task))

    def _execute(self, label, job, handle) -> None:
        self._executing += 1
        future = self._hands.submit(job.to_json().encode())
        self._futures[future] = label, partial(self._handle, handle)

    def _handle(self, handle, future: Future) -> Iterator[Graded]:
        self._executing -= 1
        try:
            handle(Outcome.from_json(future.result().decode()), "")
        except WorkerLost as error:
            handle(None, f"{error}: set aside; look at it, then try it with --student")
        return iter(())

    def _learnt(self, lesson: Lesson, outcome: Outcome | None, lost: str) -> None:
        if outcome is not None:
            self._backlog.note_seconds(lesson.notebook, outcome)
        if problem := self._teaching.learn(lesson, outcome):
            self._progress.problem(problem)

    def _executed(self, task: Task, outcome: Outcome | None, lost: str) -> None:
        if outcome is None:
            self._finish(task, _lost(task, lost))
            return
        if outcome.status is not Status.GRADER_FAILED:  # our failure is tried again next time
            self._store.put(outcome)
        self._backlog.note_seconds(task.notebook, outcome)
        self._finish(task, NotebookSummary.of(task.notebook, outcome, task.parts))

    def _finish(self, task: Task, row: NotebookSummary) -> None:
        self._backlog.finish(task, row)
        self._progress.executed(task.student, row)

    def _record(self, planned: Plan) -> Iterator[Graded]:
        """Have nbgrader keep what a submission earned, then make its feedback."""
        found = summary(planned, self._backlog.done, self._preparation.names)
        if found.marks is None or not planned.tasks:  # nothing to record
            yield Graded(found, planned.why)
            return
        if moved := moves(self._assignment, planned, found):
            self._held.append((planned, found, moved))
            return
        yield from self._write(planned, found)

    def _settle(self) -> Iterator[Graded]:
        """Record the submissions whose marks move, if that is agreed to."""
        held, self._held = self._held, []
        if not held:
            return
        agreed = self._options.agree([move for *_, moved in held for move in moved])
        for planned, found, _ in held:
            if agreed:
                yield from self._write(planned, found)
            else:
                yield Graded(planned.before or found, HELD)

    def _write(self, planned: Plan, found: SubmissionSummary) -> Iterator[Graded]:
        try:
            self._recorder.record(planned.student)
        except RecordFailed as error:
            yield self._failed(planned.student, planned.key, str(error), planned.why)
            return
        where = self._assignment.course.root, self._assignment.name, planned.student
        future = self._pool.submit(publish, *where)
        handle = partial(self._published, planned, found)
        self._futures[future] = f"{planned.student} feedback", handle

    def _published(self, planned: Plan, found, future: Future) -> Iterator[Graded]:
        try:
            future.result()
        except (RecordFailed, WorkerLost) as error:
            yield self._failed(planned.student, planned.key, str(error), planned.why)
            return
        summaries.save(self._assignment, found)
        self._audit.offer(found)
        yield Graded(found, planned.why)

    def _failed(self, student: str, key: str, reason: str, why: str) -> Graded:
        return Graded(summaries.failed(student, key, self._preparation.names, reason), why)

    # --- Replayed notebooks once more, in full ------------------------------------------------

    def _audit_some(self) -> None:
        for student, row in self._audit.chosen():
            job = self._preparation.job(student, row.notebook)
            compare = partial(self._audit.compare, student, row.notebook, self._store.get(row.key))
            self._execute(f"{student} {row.notebook} (audit)", job, compare)


def _lost(task: Task, reason: str) -> NotebookSummary:
    return NotebookSummary(task.notebook, Status.GRADER_FAILED, None, reason)
