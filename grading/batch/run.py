"""Grade a class: every submission that is new or changed."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

from filelock import FileLock, Timeout

from grading.batch.class_run import HELD, ClassRun, Graded, Options
from grading.batch.executor import Executor, Workers
from grading.batch.progress import Progress
from grading.candidate.sandbox import require_sandbox
from grading.course import Assignment, Course, CourseError
from grading.execution.worker import work
from grading.masters.released import require_built
from grading.model.store import FOLDER, OutcomeStore
from grading.processes.event_loop import Interrupted, run_to_the_end
from grading.processes.pool import Pool
from grading.record.recorder import Recorder

__all__ = ["HELD", "Graded", "Options", "run"]


def run(
    assignment: Assignment, options: Options | None = None, progress: Progress | None = None
) -> list[Graded]:
    """Grade each submission of an assignment and write its feedback; in the order of their ends.

    A submission that can't be graded never stops the others. Raises CourseError when the assignment
    is not ready, another run is at work, or an outcome can't be kept.
    """
    options, progress = options or Options(), progress or Progress()
    course = assignment.course
    require_sandbox(course.config)
    require_built(assignment)
    with ExitStack() as stack:
        stack.enter_context(alone(course))
        pool = stack.enter_context(Pool(options.jobs or os.cpu_count() or 1))
        workers = Workers(partial(pool.submit, work), lambda: pool.size, [])
        if options.scheduler:
            from grading.cluster.cluster import Cluster  # an extra: most courses need no cluster

            cluster = stack.enter_context(Cluster(options.scheduler, course.config))
            workers = Workers(cluster.submit, lambda: cluster.workers, cluster.problems)
        recorder = stack.enter_context(Recorder(assignment))
        executor = Executor(workers, OutcomeStore(course.root), progress)
        class_run = ClassRun(assignment, options, progress, executor, pool, recorder)
        try:
            run_to_the_end(class_run.run)
        except Interrupted:
            raise KeyboardInterrupt from None
    return class_run.graded


@contextmanager
def alone(course: Course) -> Iterator[None]:
    """Keep other runs of this course out for the length of the block, while this process lives.

    Raises CourseError when one is at work.
    """
    path = course.root / FOLDER / "run.lock"
    path.parent.mkdir(exist_ok=True)
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise CourseError(
            "Another run is grading this course, or changes what is kept of it. Wait for it, or "
            "stop it with Ctrl-C: what it has done is kept, and this command goes on from there."
        ) from None
    try:
        yield
    finally:
        lock.release()
