"""The way of each submission through a run: read → execute → record → publish."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from grading.batch.audit import Audit
from grading.batch.changes import FORCED, Change, Changes
from grading.batch.executor import Executor
from grading.batch.moves import Move, moves
from grading.batch.plan import NotPlanned, Plan, plan
from grading.batch.progress import Progress
from grading.batch.teaching import Teaching
from grading.course import Assignment, CourseError
from grading.feedback.publish import publish
from grading.intake.handed_in import HandedIn
from grading.intake.preparation import Preparation
from grading.model import summary as summaries
from grading.model.notes import Note
from grading.model.outcome import Outcome
from grading.model.store import OutcomeStore
from grading.model.summary import SubmissionSummary
from grading.people.lateness import extension_hours
from grading.processes.event_loop import end_other_tasks, interruptible
from grading.processes.pool import Pool, WorkerLost
from grading.record.recorder import Recorder, RecordFailed

HELD = "held: its marks would change"
OPEN = 8  # submissions that are on their way at once, beside those that have room to run


@dataclass(frozen=True)
class Options:
    """How to run: see `python -m grading run --help`.

    jobs: processes, 0 for as many as there are cores. scheduler: a Dask scheduler's address.
    submissions, notebooks: only these, all when empty. audit: per cent. agree: asked once, with the
    marks that would change though the students did nothing; False leaves these as they were.
    """

    jobs: int = 0
    scheduler: str = ""
    submissions: tuple[str, ...] = ()
    notebooks: tuple[str, ...] = ()
    force: bool = False
    replay: bool = True
    audit: float = 0
    agree: Callable[[list[Move]], bool] = lambda moved: True


class Graded(NamedTuple):
    """A submission that is done; why it was graded, empty when nothing had changed."""

    summary: SubmissionSummary
    why: str


class _Result(NamedTuple):
    """A submission whose notebooks have run. notes: by notebook, what is to be told about it."""

    change: Change
    why: str
    summary: SubmissionSummary
    notes: dict[str, list[Note]]


class _Held(NamedTuple):
    """A result that would change marks, until somebody has agreed to that."""

    result: _Result
    moves: list[Move]


class ClassRun:
    """One run over the submissions of an assignment. graded: those that are done."""

    def __init__(
        self,
        assignment: Assignment,
        options: Options,
        progress: Progress,
        executor: Executor,
        pool: Pool,
        recorder: Recorder,
    ):
        self._assignment, self._options, self._progress = assignment, options, progress
        self._executor, self._pool, self._recorder = executor, pool, recorder
        self._submissions = self._chosen()
        self._preparation = Preparation(assignment)
        self._require_known_notebooks()
        self._changes = Changes(assignment, options.force)
        count = len(self._submissions)
        self._teaching = Teaching(self._preparation, executor, progress, count)
        self._store = OutcomeStore(assignment.course.root)
        self._audit = Audit(options.audit)
        self._held: list[_Held] = []
        self.graded: list[Graded] = []

    def _chosen(self) -> list[str]:
        known = self._assignment.submissions()
        if unknown := set(self._options.submissions) - set(known):
            raise CourseError(
                f"No submission of {', '.join(sorted(unknown))} in submitted/: check the name."
            )
        return list(self._options.submissions) or known

    def _require_known_notebooks(self) -> None:
        names = self._preparation.names
        if unknown := set(self._options.notebooks) - set(names):
            raise CourseError(
                f"{self._assignment} has no notebook {', '.join(sorted(unknown))}; it has "
                f"{', '.join(names)}."
            )

    async def run(self) -> None:
        """Grade every submission; the progress is told of each one as it is done.

        Raises StoreError when an outcome can't be kept, AuditFailed when an audit finds a
        difference.
        """
        count = len(self._submissions)
        self._progress.begin(count, count * len(self._preparation.names))
        self._watching = asyncio.create_task(self._executor.watch())  # held, or it is collected
        try:
            await self._for_each(self._submissions, self._grade)
            await self._settle()
            await self._for_each(self._audit.chosen(), self._look_again)
        finally:
            await end_other_tasks()
        if said := self._audit.said():
            self._progress.audited(said)

    async def _for_each(self, items: Iterable, work: Callable[..., Awaitable[None]]) -> None:
        """Do some work on each item, on several at once but not on a whole class: it would not fit
        in memory. The first error ends it."""
        running: set[asyncio.Task] = set()
        for item in items:
            running.add(asyncio.create_task(interruptible(work(item))))
            if len(running) >= OPEN + 2 * self._executor.room:
                running = await _until_one_is_done(running)
        while running:
            running = await _until_one_is_done(running)

    async def _grade(self, submission: str) -> None:
        """The whole way of one submission, but for marks that need somebody's agreement."""
        handed_in = HandedIn(self._assignment.submitted(submission))
        change = self._changes.of(submission, handed_in)
        if change.why is None:
            self._progress.skip(len(self._preparation.names))
            self._done(change.before, "")
            return
        try:
            planned = plan(change, handed_in, self._preparation)
        except NotPlanned as error:
            self._progress.skip(len(self._preparation.names))
            self._fail(change, str(error))
            return
        del handed_in  # its files take memory
        self._progress.skip(len(planned.missing))
        outcomes = await self._execute(planned)
        extension = extension_hours(self._assignment, submission)
        summary = planned.summary(outcomes, self._preparation.names, extension)
        notes = {name: prepared.notes for name, prepared in planned.notebooks.items()}
        result = _Result(change, planned.why, summary, notes)
        if summary.marks is None or not outcomes:  # nothing to record
            self._done(summary, planned.why)
        elif moved := moves(self._assignment, planned, outcomes, extension):
            self._held.append(_Held(result, moved))
        else:
            await self._record(result, outcomes)

    async def _execute(self, planned: Plan) -> dict[str, Outcome]:
        """The outcomes of a submission's notebooks, by name."""
        names = list(planned.notebooks)
        outcomes = await asyncio.gather(*(self._outcome(planned, name) for name in names))
        return dict(zip(names, outcomes, strict=True))

    async def _outcome(self, planned: Plan, name: str) -> Outcome:
        """The outcome of one notebook: the one that is kept, or what its execution gives now."""
        job, submission = planned.notebooks[name].job, planned.change.submission
        is_forced = planned.why == FORCED and name in (self._options.notebooks or [name])
        outcome = self._executor.known(job.key, again=is_forced)
        if outcome is not None:
            self._progress.skip(1)
            return outcome
        if self._options.replay:
            job = replace(job, trainings=await self._teaching.trainings(name))
        outcome = await self._executor.run(job, f"{submission} {name}")
        self._progress.executed(submission, name, outcome)
        return outcome

    async def _record(self, result: _Result, outcomes: dict[str, Outcome]) -> None:
        """Have nbgrader keep what a submission earned, then make its feedback."""
        submission = result.change.submission
        where = self._assignment.course.root, self._assignment.name, submission
        try:
            self._recorder.record(submission, outcomes, result.notes, result.change.handed_in)
            await asyncio.wrap_future(self._pool.submit(publish, *where))
        except (RecordFailed, WorkerLost) as error:
            self._fail(result.change, str(error), result.why)
            return
        summaries.save(self._assignment, result.summary)
        self._done(result.summary, result.why)

    async def _settle(self) -> None:
        """Record the submissions whose marks change, if that is agreed to."""
        if not self._held:
            return
        if self._options.agree([move for held in self._held for move in held.moves]):
            await self._for_each(self._held, self._record_held)
            return
        for held in self._held:
            self._done(held.result.change.before or held.result.summary, HELD)

    async def _record_held(self, held: _Held) -> None:
        """Record a result that was agreed to, from the outcomes that are kept."""
        rows = [row for row in held.result.summary.notebooks if row.key]
        outcomes = {row.notebook: self._store.get(row.key) for row in rows}
        if None in outcomes.values():
            self._fail(held.result.change, "an outcome is gone: run again", held.result.why)
            return
        await self._record(held.result, outcomes)

    async def _look_again(self, chosen: tuple[str, str, str]) -> None:
        """Run a notebook whose training was replayed in full, and compare."""
        submission, name, key = chosen
        handed_in = HandedIn(self._assignment.submitted(submission))
        job = self._preparation.prepare(handed_in, name).job
        if job.key == key:  # else it has changed since
            job = replace(job, trainings=await self._teaching.trainings(name), audits=True)
            full = await self._executor.run_unkept(job, f"{submission} {name} (audit)")
            self._audit.compare(submission, name, self._store.get(key), full)

    def _fail(self, change: Change, reason: str, why: str = "") -> None:
        """A submission that can't be graded: our failure, never a zero."""
        names = self._preparation.names
        summary = summaries.failed(change.submission, change.key, names, reason)
        self._done(summary, why or reason)

    def _done(self, summary: SubmissionSummary, why: str) -> None:
        if why != HELD:
            self._audit.offer(summary)
        self.graded.append(Graded(summary, why))
        self._progress.graded(summary, why)


async def _until_one_is_done(running: set[asyncio.Task]) -> set[asyncio.Task]:
    """The tasks that are left. Raises what one that is done has raised."""
    done, left = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()
    return left
