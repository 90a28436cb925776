"""The notebooks that still have to run, and the submissions that wait for them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from grading.batch.plan import FORCED, Plan, Task
from grading.model.outcome import Outcome
from grading.model.store import OutcomeStore
from grading.model.summary import NotebookSummary


class Backlog:
    """Equal notebooks stand in it once; the longest come first.

    names: the assignment's notebooks. forced: those that run although their outcome is known.
    done: what was found, by key. complete: submissions whose notebooks have all run.
    """

    def __init__(self, names: list[str], store: OutcomeStore, forced: tuple[str, ...]):
        self._store, self._forced = store, forced or tuple(names)
        self._queues: dict[str, deque[Task]] = {name: deque() for name in names}
        self._seconds: dict[str, float] = {}  # the longest run of each notebook so far
        self._users: dict[str, list[Plan]] = {}  # a key → the submissions that wait for it
        self.done: dict[str, NotebookSummary] = {}
        self.complete: deque[Plan] = deque()

    def add(self, planned: Plan, why: str) -> None:
        """Take in a submission, which is there for a reason."""
        for task in planned.tasks:
            if self._must_run(task, why):
                planned.left.add(task.key)
                if task.key not in self._users:
                    self._queues[task.notebook].append(task)
                self._users.setdefault(task.key, []).append(planned)
        if not planned.left:
            self.complete.append(planned)

    def _must_run(self, task: Task, why: str) -> bool:
        """Whether a notebook's outcome is not known yet; what is known is noted."""
        if task.key in self.done:
            return False
        if why == FORCED and task.notebook in self._forced:
            return True
        outcome = self._store.get(task.key)
        if outcome is None:
            return True
        self.done[task.key] = NotebookSummary.of(task.notebook, outcome, task.parts)
        return False

    def sizes(self) -> dict[str, int]:
        """How many runs each notebook still needs."""
        return {name: len(queue) for name, queue in self._queues.items()}

    def next(self, is_ready: Callable[[str], bool]) -> Task | None:
        """The next to run of the notebooks that are ready; None when there is none."""
        ready = [name for name, queue in self._queues.items() if queue and is_ready(name)]
        if not ready:
            return None
        longest = max(ready, key=lambda name: self._seconds.get(name, float("inf")))
        return self._queues[longest].popleft()

    def note_seconds(self, name: str, outcome: Outcome) -> None:
        """Learn how long a notebook takes."""
        seconds = sum(cell.seconds for cell in outcome.cells)
        self._seconds[name] = max(seconds, self._seconds.get(name, 0))

    def finish(self, task: Task, row: NotebookSummary) -> None:
        """A notebook is done, for all who wait for it."""
        self.done[task.key] = row
        for planned in self._users.pop(task.key):
            planned.left.discard(task.key)
            if not planned.left:
                self.complete.append(planned)
