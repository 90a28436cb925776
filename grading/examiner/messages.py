"""What the grader and the examiner tell each other about one test cell."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

from grading.model.outcome import CheckResult


@dataclass(frozen=True)
class Test:
    """A test cell to run.

    source: the master's text of it. grade_id, points: as nbgrader knows them. title: what students
    read where the cell itself names no exercise. seed: what its random inputs are drawn from, below
    2**32. stops: the cells before it that stopped, for its hints, see `helpers._order.told`.
    hidden_lines: the numbers of its lines, counted from 1, that students do not see. rebound: the
    names that cells of the master have bound since the test before it. provided: how many cells
    that students are given stand before it.
    """

    __test__ = False  # pytest takes it for one of its own

    source: str
    grade_id: str
    title: str
    points: float
    seed: int
    stops: list[tuple[str, str, str]]
    hidden_lines: list[int] = field(default_factory=list)
    rebound: list[str] = field(default_factory=list)
    provided: int = 0

    @property
    def visible(self) -> str:
        """The lines that students see."""
        lines = enumerate(self.source.split("\n"), 1)
        return "\n".join(line for number, line in lines if number not in self.hidden_lines)


@dataclass(frozen=True)
class Verdict:
    """What running a test cell gave.

    late: the submission gave no answer in time. broken: why the test itself could not run, which is
    a failure of the machine's or of the course's; empty when it could.
    """

    result: CheckResult
    late: bool = False
    broken: str = ""

    @classmethod
    def of(cls, test: Test, message: dict) -> Verdict:
        """The verdict on `test` in a message that `asdict` made of one.

        The examiner has met hostile values, so nothing but its judgement is taken from it. Raises
        ValueError when that is none.
        """
        result, late, broken = message["result"], message["late"], message["broken"]
        known = {"grade_id": test.grade_id, "points": test.points}
        verdict = cls(CheckResult(**result | known), late, broken)
        if not verdict._is_whole():
            raise ValueError("a verdict of another form")
        return verdict

    def _is_whole(self) -> bool:
        result = self.result
        texts = [result.title, result.reason, result.part or "", self.broken, *result.traceback]
        flags = [result.passed, result.in_kernel, self.late]
        for part in result.parts:
            texts += [part.title, part.reason, part.part or ""]
            flags.append(part.passed)
        scores = [result.score or 0.0, *(part.points for part in result.parts)]
        return (
            all(type(text) is str for text in texts)
            and all(type(flag) is bool for flag in flags)
            and all(type(score) in (int, float) for score in scores)
        )

    def to_message(self) -> dict:
        return asdict(self)
