"""What the trials of an assignment have shown."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from nbformat import NotebookNode
from nbgrader.utils import is_solution

from grading.checking.hashes import WeakHash
from grading.checking.results import Dependency, Fate, Fault, Margin, Result, UnluckyDraw
from grading.checking.trials import Kind
from grading.course import Assignment
from grading.masters.advice import has_assertion
from grading.masters.cells import is_test
from grading.model.outcome import Status

# Right answers, whole: they must run without an error and earn everything.
WHOLE = (Kind.MASTER, Kind.THREADS, Kind.SEED, Kind.DRAWS)
CATCH = "; an error that is shown on purpose is caught with try in its cell"
ENOUGH = 0.95  # of the faults must be noticed


@dataclass
class Findings:
    """All that `check` has found. masters: the notebooks, by name."""

    assignment: Assignment
    masters: dict[str, NotebookNode]
    quick: bool
    results: list[Result]
    weak: list[WeakHash]
    seconds: float = 0

    def of(self, *kinds: Kind) -> list[Result]:
        return [result for result in self.results if result.kind in kinds]

    def available(self, notebook: str) -> float:
        cells = self.masters[notebook].cells
        return sum(cell.metadata.nbgrader.points for cell in cells if is_test(cell))

    @cached_property
    def faults(self) -> list[Fault]:
        return [self._fault(result) for result in self.of(Kind.MUTANT)]

    def _fault(self, result: Result) -> Fault:
        mutant, cell = result.mutant, self._cell(result.notebook, result.label)
        for known in cell.metadata.get("grading", {}).get("equivalent", []):
            if known["change"] == mutant.change and known.get("line", mutant.line) == mutant.line:
                return Fault(result.notebook, mutant, Fate.EQUIVALENT, why=known["reason"])
        if result.lost:
            return Fault(result.notebook, mutant, Fate.KILLED, by=result.lost[0])
        return Fault(result.notebook, mutant, Fate.OPEN if result.partial else Fate.SURVIVED)

    def _cell(self, notebook: str, grade_id: str) -> NotebookNode:
        return next(
            cell
            for cell in self.masters[notebook].cells
            if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id
        )

    def count(self, fate: Fate, notebook: str | None = None) -> int:
        return sum(f.fate == fate and notebook in (None, f.notebook) for f in self.faults)

    def strength(self, notebook: str | None = None) -> float | None:
        """The share of the decided faults that was noticed; None where none was decided."""
        killed = self.count(Fate.KILLED, notebook)
        decided = killed + self.count(Fate.SURVIVED, notebook)
        return killed / decided if decided else None

    @cached_property
    def dependencies(self) -> list[Dependency]:
        points = {
            (name, cell.metadata.nbgrader.grade_id): cell.metadata.nbgrader.points
            for name, master in self.masters.items()
            for cell in master.cells
            if is_test(cell)
        }
        return [
            Dependency(
                result.notebook,
                result.label,
                self._own(result.notebook, result.label),
                result.lost,
                sum(points[result.notebook, check] for check in result.lost),
            )
            for result in self.of(Kind.BLANK)
        ]

    def _own(self, notebook: str, exercise: str) -> list[str]:
        own, inside = [], False
        for cell in self.masters[notebook].cells:
            grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
            if is_solution(cell):
                inside = grade_id == exercise
            elif inside and is_test(cell):
                own.append(grade_id)
        return own

    @cached_property
    def margins(self) -> list[Margin]:
        """Comparisons of numbers, those that luck could decide first, then the closest."""
        by_key: dict[tuple, Margin] = {}
        for result in self.of(Kind.MASTER, Kind.THREADS, Kind.SEED):
            worst: dict[tuple, dict] = {}
            for check in result.checks:
                for noted in check.margins:
                    key = (result.notebook, check.grade_id, noted["text"])
                    if key not in worst or noted["room"] < worst[key]["room"]:
                        worst[key] = noted
            for key, noted in worst.items():
                by_key.setdefault(key, Margin(*key)).runs.append(noted)
        return sorted(by_key.values(), key=lambda margin: (not margin.is_luck, margin.room))

    @cached_property
    def unlucky(self) -> list[UnluckyDraw]:
        """The random inputs for which a test fails a right answer that it passes for others."""
        return [
            UnluckyDraw(result.notebook, check.grade_id, result.label, **draw)
            for result in self.of(Kind.DRAWS)
            for check in result.checks
            for draw in check.failed_draws
        ]

    @property
    def problems(self) -> list[str]:
        """What has to be mended before release, a sentence each."""
        return [*self._unfinished(), *self._marks(), *self._blanks(), *self._weakness()]

    def _unfinished(self) -> Iterator[str]:
        for result in self.results:
            if result.status is Status.GRADER_FAILED:
                what = result.mutant.change if result.mutant else result.label
                yield f"{result.notebook}: {result.kind} {what} could not be run: {result.reason}"
            elif result.kind in WHOLE and result.status is not Status.GRADED:
                which = f" {result.label}" if result.label else ""
                yield (
                    f"{result.notebook}: {result.kind}{which}: {result.status}: {result.reason}"
                    f"{CATCH if result.status is Status.STUDENT_ERROR else ''}"
                )

    def _marks(self) -> Iterator[str]:
        for result in self.of(*WHOLE):
            full = self.available(result.notebook)
            if result.lost or result.earned != full:
                which = f" {result.label}" if result.label else ""
                yield (
                    f"{result.notebook}: {result.kind}{which} earns {result.earned:g} of "
                    f"{full:g}; not passed: {', '.join(result.lost) or 'nothing'}"
                )
        for result in self.of(Kind.UNTOUCHED):
            if result.earned:
                passed = [c.grade_id for c in result.checks if c.earned]
                yield (
                    f"{result.notebook}: untouched it earns {result.earned:g}, by "
                    f"{', '.join(passed)}: these pass without an answer"
                )

    def _blanks(self) -> Iterator[str]:
        for each in self.dependencies:
            kept = [check for check in each.own if check not in each.lost]
            if kept:
                yield f"{each.notebook}: {each.exercise} left blank still passes {', '.join(kept)}"
            if not each.lost:
                yield f"{each.notebook}: no check notices that {each.exercise} is blank"

    def _weakness(self) -> Iterator[str]:
        strength = self.strength()
        if strength is not None and strength < ENOUGH:
            survived = self.count(Fate.SURVIVED)
            yield (
                f"{survived} faults are not noticed ({strength:.1%} are, {ENOUGH:.0%} is asked): "
                "see the list, and strengthen the tests or mark them as equivalent with a reason"
            )
        yield from self._unused()
        yield from self._excused()
        for each in self.unlucky:
            yield (
                f"{each.notebook}, {each.check}: fails a right answer ({each.style}) when its "
                f"inputs are drawn from the seed {each.seed}: {each.reason or 'without a hint'}"
            )
        for margin in self.margins:
            if margin.is_luck:
                yield f"{margin.notebook}, {margin.check}: luck could decide {margin.text!r}"

    def _unused(self) -> Iterator[str]:
        """Tests that give their marks to everybody, as far as it was tried."""
        failed = {(fault.notebook, fault.by) for fault in self.faults}
        for result in self.of(Kind.UNTOUCHED, Kind.BLANK):
            failed |= {(result.notebook, check) for check in result.lost}
        for name, master in self.masters.items():
            for cell in filter(is_test, master.cells):
                test = cell.metadata.nbgrader.grade_id
                if not has_assertion(cell.source):
                    yield f"{name}, {test}: it asserts nothing, so any code that runs passes it"
                elif self.results and (name, test) not in failed:
                    yield (
                        f"{name}, {test}: neither a fault nor a blank fails it, so it gives its "
                        "marks to everybody"
                    )

    def _excused(self) -> Iterator[str]:
        """Notes of the masters that call several faults none, of which they may have meant one."""
        equivalent = Counter(
            (fault.notebook, fault.mutant.cell, fault.mutant.change)
            for fault in self.faults
            if fault.fate is Fate.EQUIVALENT
        )
        for (notebook, grade_id, change), count in equivalent.items():
            known = self._cell(notebook, grade_id).metadata["grading"]["equivalent"]
            lines = [note for note in known if note["change"] == change and "line" in note]
            if count > max(1, len(lines)):
                yield (
                    f"{notebook}, {grade_id}: {count} faults are called equivalent by one note, "
                    f"{change!r}: write which line, a note for each"
                )
