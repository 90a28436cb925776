"""Execute and examine one notebook: a Job in, an Outcome out."""

import asyncio
import json
import time
from dataclasses import replace
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_locked

from grading.candidate.box import Box
from grading.candidate.fonts import may_draw
from grading.candidate.kernel import Candidate, CandidateLost
from grading.examiner.messages import Test
from grading.examiner.process import CheckTooLong, Examiner
from grading.execution.called import as_called
from grading.execution.explaining import Explaining
from grading.execution.in_kernel import Deferred, run_again
from grading.execution.paper import imports_behind, provided_before, rebound, write_paper
from grading.execution.rendering import check_outputs, sampled_output, tally_outputs
from grading.masters.cells import calls_hand_in, calls_tally, cell_name, is_test, runs_in_kernel
from grading.masters.titles import titles
from grading.model.job import Job
from grading.model.limits import Limits, cell_timeout
from grading.model.outcome import CellRun, CheckResult, Incident, Outcome, Status
from grading.model.stops import Stop, stopped_cells
from grading.processes.event_loop import run_to_the_end
from grading.processes.scratch import scratch_folder
from grading.replay.replay import Loops, Refuted
from grading.words import using

DRAW_SECONDS = 60  # for the further draws of one test
IN_REACH = (
    "ran inside the student's kernel with its hidden parts: its marks are within reach of a "
    "submission"
)
REFUTED = (
    "its training began as the master's and did not go on like it, so the notebook was run again "
    "in full: a function of the training changes what it does, or keeps what is not declared"
)


def execute(job: Job) -> Outcome:
    """Run a notebook's cells in the sandbox and its tests outside of it.

    Whatever the submission does is a result. A failure of ours gives the status GRADER_FAILED.
    """
    with using(job.language):
        return _whole(job)


def _whole(job: Job) -> Outcome:
    """The outcome of a Job, which runs in full where a replayed training is refuted."""
    try:
        return _execute(job)
    except Refuted as refuted:
        outcome = _execute(replace(job, trainings={}))
        outcome.incidents.append(Incident(refuted.cell, REFUTED))
        outcome.loops = [
            replace(run, reason=f"refuted: {refuted.reason}") if run.cell == refuted.cell else run
            for run in outcome.loops
        ]
        return outcome


def _execute(job: Job) -> Outcome:
    outcome = Outcome(job.key, job.notebook, confined=job.confined)
    outcome.incidents += [Incident("", f"{name}: {why}") for name, why in job.refused.items()]
    try:
        with scratch_folder() as folder:
            run_to_the_end(_Run(job, outcome, folder).run)
    except Refuted:
        raise
    except Exception as error:  # kept apart from a zero, and listed for a person
        outcome.note(Status.GRADER_FAILED, "", f"{type(error).__name__}: {error}")
    return outcome


class _Run:
    """One notebook on its way, cell by cell."""

    def __init__(self, job: Job, outcome: Outcome, folder: Path):
        self._job, self._outcome = job, outcome
        self._limits = Limits(**job.limits)
        self._notebook = nbformat.from_dict(job.notebook)
        master = nbformat.from_dict(job.masters[job.name])
        self._tests = {c.metadata.nbgrader.grade_id: c for c in master.cells if is_test(c)}
        self._titles, self._rebound = titles(master, job.hidden_tests), rebound(master)
        self._provided = provided_before(master)
        self._folder = folder
        self._loops = Loops(job.trainings, job.teaches, job.audits)
        self._candidate = Candidate(self._notebook, self._box("box"), self._loops)
        self._examiner = Examiner(write_paper(job, folder, master), self._limits)
        self._explaining = Explaining(job, outcome)
        self._stopped: Stop | None = None
        self._ran: set[int] = set()  # the places of the cells that ran in the kernel
        self._deferred: list[Deferred] = []

    def _box(self, name: str) -> Box:
        """A box with all that a kernel needs. name: of its folder, which no other box has."""
        job = self._job
        files = job.files | job.master_files
        box = Box(
            self._folder / name, self._limits, job.confined, imports_behind(job), job.threads,
            job.language,
            tuple(statement.split()[1].partition(".")[0] for statement in job.imports),
            may_draw((cell.source for cell in self._notebook.cells), files),
        )  # fmt: skip
        box.prepare(as_called(files, self._notebook.cells))
        return box

    async def run(self) -> None:
        candidate, examiner = self._candidate, self._examiner
        # Each start and each stop runs to its end, whatever becomes of the other: a process that is
        # given up while it starts would stay behind.
        try:
            _raise_first(
                await asyncio.gather(candidate.start(), examiner.start(), return_exceptions=True)
            )
            await self._cells()
        finally:
            ended = await asyncio.gather(candidate.stop(), examiner.stop(), return_exceptions=True)
        _raise_first(ended)
        for deferred in self._deferred:
            await self._run_deferred(deferred)
        for cell in self._notebook.cells:
            if _is_tally(cell):
                cell.outputs = tally_outputs(self._outcome.checks)
        self._explaining.errors(self._notebook.cells)
        self._outcome.loops, self._outcome.trainings = self._loops.runs, self._loops.recorded
        self._outcome.notebook = json.loads(json.dumps(self._notebook))

    async def _cells(self) -> None:
        self._deadline = time.monotonic() + self._limits.notebook_seconds
        for index, cell in enumerate(self._notebook.cells):
            if cell.cell_type == "code" and cell.source.strip():
                await self._cell(cell, index)
            if self._job.until_failure and self._has_failed():
                return

    def _has_failed(self) -> bool:
        checks = self._outcome.checks
        return self._stopped is not None or bool(checks and checks[-1].passed is False)

    async def _cell(self, cell: NotebookNode, index: int) -> None:
        name = cell_name(cell, index)
        test = self._tests.get(cell.metadata.get("nbgrader", {}).get("grade_id"))
        if self._stopped is None and time.monotonic() > self._deadline:
            self._stop(Stop.NOTEBOOK_TIME, name)
        started = time.monotonic()
        if test is not None:
            check = self._explaining.check(await self._check(test, cell, index))
            self._outcome.checks.append(check)
            cell.outputs = check_outputs(check)
        elif self._stopped is None and not (_is_tally(cell) or _is_hand_in(cell)):
            await self._student_cell(cell, index)
        if self._stopped is None:
            seconds = round(time.monotonic() - started, 3)
            self._outcome.cells.append(CellRun(name, seconds, self._candidate.peak_mb()))

    async def _student_cell(self, cell: NotebookNode, index: int) -> None:
        allowed = cell_timeout(cell, self._limits.cell_seconds)
        left = max(0.1, self._deadline - time.monotonic())
        self._loops.begin(cell_name(cell, index), cell.source)
        self._ran.add(index)
        try:
            stop = await self._candidate.run(cell, index, min(allowed, left))
        except CandidateLost as lost:
            self._loops.end()
            why = self._explaining.ended(cell, lost.stop)
            self._stop(lost.stop, cell_name(cell, index), allowed, why)
            return
        if self._loops.end():
            cell.outputs.append(sampled_output())
        if stop is Stop.CELL_TIME and left < allowed:
            self._stop(Stop.NOTEBOOK_TIME, cell_name(cell, index))
        elif stop is not None:
            text = stop.to_instructor(self._limits, allowed)
            self._outcome.note(stop.status, cell_name(cell, index), text)

    async def _check(self, test: NotebookNode, cell: NotebookNode, index: int) -> CheckResult:
        """The result of one test cell; not run when the student's kernel is gone."""
        grade_id, points = test.metadata.nbgrader.grade_id, test.metadata.nbgrader.points
        if self._stopped is not None:
            reason = Stop.NOT_RUN.to_student(self._limits)
            return CheckResult(grade_id, self._titles[grade_id], points, None, reason)
        if runs_in_kernel(test) and self._job.hidden_tests.lines(test.source):
            self._deferred.append(Deferred(test, cell, index, len(self._outcome.checks)))
            return CheckResult(grade_id, self._titles[grade_id], points, None, in_kernel=True)
        if runs_in_kernel(test):
            return await self._check_in_kernel(test, cell, index)
        stops = stopped_cells(self._notebook.cells[:index])
        hidden, seed = self._job.hidden_tests.lines(test.source), self._job.seed(grade_id)
        asked = Test(
            test.source, grade_id, self._titles[grade_id], points, seed, stops, sorted(hidden),
            self._rebound[grade_id], self._provided[grade_id],
        )  # fmt: skip
        result = await self._examine(asked)
        return await self._draw_again(asked, result) if self._job.draws > 1 else result

    async def _examine(self, test: Test) -> CheckResult:
        """The examiner's result of one test, with what it means for the outcome noted."""
        try:
            verdict = await self._examiner.run(test, self._candidate)
        except CheckTooLong:
            self._outcome.note(
                Status.TIMED_OUT, test.grade_id, Stop.CHECK_TIME.to_instructor(self._limits)
            )
            reason = Stop.CHECK_TIME.to_student(self._limits)
            return CheckResult(test.grade_id, test.title, test.points, False, reason)
        if verdict.broken:
            text = Stop.TEST_LACKS.to_instructor(self._limits, lacking=verdict.broken)
            self._outcome.note(Stop.TEST_LACKS.status, test.grade_id, text)
            return replace(verdict.result, reason=Stop.TEST_LACKS.to_student(self._limits))
        if self._candidate.lost is not None:
            self._stop(self._candidate.lost, test.grade_id)
        elif verdict.late:
            self._outcome.note(
                Status.TIMED_OUT, test.grade_id, Stop.CALL_TIME.to_instructor(self._limits)
            )
        return verdict.result

    async def _draw_again(self, test: Test, first: CheckResult) -> CheckResult:
        """The first result of a test, with what other random inputs of its own gave."""
        failed, started = [], time.monotonic()
        for draw in range(1, self._job.draws):
            if self._stopped is not None or time.monotonic() - started > DRAW_SECONDS:
                break
            seed = self._job.seed(test.grade_id, draw)
            result = await self._examine(replace(test, seed=seed))
            if not result.passed:
                failed.append({"seed": seed, "reason": result.reason})
        return replace(first, failed_draws=failed)

    async def _check_in_kernel(self, test, cell: NotebookNode, index: int) -> CheckResult:
        """A test that its master has tagged to run inside the student's kernel."""
        grade_id, points = test.metadata.nbgrader.grade_id, test.metadata.nbgrader.points
        cell.source = test.source
        await self._student_cell(cell, index)
        errors = [output for output in cell.outputs if output.output_type == "error"]
        reason = errors[0].evalue if errors else ""
        passed = not errors and self._stopped is None
        self._outcome.incidents.append(Incident(grade_id, "ran inside the student's kernel"))
        return CheckResult(grade_id, self._titles[grade_id], points, passed, reason, in_kernel=True)

    async def _run_deferred(self, deferred: Deferred) -> None:
        """The result of a test whose hidden parts are in the submission's reach."""
        check = self._outcome.checks[deferred.place]
        box, loops = self._box(f"box-{deferred.place}"), Loops(self._job.trainings, False)
        said = await run_again(deferred, self._notebook, box, loops, self._ran)
        if said.stop is not None:
            text = said.stop.to_instructor(self._limits, self._limits.cell_seconds)
            what = text.partition(";")[0]  # no other test runs in that kernel
            self._outcome.note(said.stop.status, check.grade_id, what)
        check = replace(check, passed=said.passed, reason=said.reason)
        self._outcome.checks[deferred.place] = check
        self._outcome.incidents.append(Incident(check.grade_id, IN_REACH))
        deferred.cell.outputs = check_outputs(check)

    def _stop(self, stop: Stop, cell: str, seconds: float = 0, why: str = "") -> None:
        self._stopped = stop
        self._outcome.note(stop.status, cell, stop.to_instructor(self._limits, seconds) + why)


def _raise_first(results: list) -> None:
    for result in results:
        if isinstance(result, BaseException):
            raise result


def _is_tally(cell: NotebookNode) -> bool:
    return is_locked(cell) and not is_grade(cell) and calls_tally(cell)


def _is_hand_in(cell: NotebookNode) -> bool:
    return is_locked(cell) and calls_hand_in(cell)
