"""What is held for a look, and which zeros have one single cause."""

from dataclasses import replace

import pytest

from grading.model.outcome import Incident, Status
from grading.reporting.held import NO_SANDBOX, NOT_CURRENT, NOT_GRADED, ZERO, held, single_cause
from grading.reporting.items import Item, Master
from grading.reporting.submissions import Class, Result, Run, Submission
from helpers.messages import message

ITEMS = tuple(Item("n", f"c{k}", f"C{k}", "E", 5, False) for k in range(3))
MASTER = Master("n", ITEMS, ("a", "b", "c"))
IMPORT = Incident("top", "ModuleNotFoundError: No module named 'nada'")
LACKS = Result(0, False, message("name_error", name="f"))
LACKS_OTHER = Result(0, False, message("name_error", name="g"))
OPEN = Result(0, False, "Falta completar «E».", blank=True)
NOT_RUN = Result(0, None, "La comprobación no se ejecutó")
SHAPE_3, SHAPE_4 = (Result(0, False, f"La forma es ({n},): ¿transpuesta?") for n in (3, 4))
WRONG = Result(0, False, "no")


def submission(results, name="s", status=Status.GRADED, why="", **run):
    runs = {"n": Run(**({"status": status, "marks": 0, "kept": True, "blanks": 0} | run))}
    found = {("n", item.name): each for item, each in zip(ITEMS, results, strict=True)}
    return Submission(name, status, why, runs, found)


@pytest.mark.parametrize(
    ("results", "run", "cause"),
    [
        ([LACKS, LACKS_OTHER, OPEN], {"incidents": (IMPORT,)}, "cell top: ModuleNotFoundError"),
        ([NOT_RUN] * 3, {"incidents": (Incident("top", "ended the kernel"),)}, "cell top: ended"),
        ([LACKS] * 3, {}, "all 3 checks: «f» no existe todavía"),
        ([SHAPE_3, SHAPE_4, SHAPE_3], {}, "all 3 checks: La forma es (#,): ¿transpuesta?"),
        ([WRONG, LACKS, LACKS], {"incidents": (IMPORT,)}, ""),
        ([LACKS, LACKS_OTHER, LACKS], {}, ""),
        ([LACKS, LACKS_OTHER, OPEN], {"incidents": (Incident("c0", "a call took long"),)}, ""),
        ([OPEN] * 3, {"blanks": 3}, ""),
        ([OPEN] * 3, {"blanks": 1}, ""),
        ([LACKS] * 3, {"blanks": 3}, ""),
        ([LACKS] * 3, {"kept": False, "blanks": None}, ""),
        ([Result(5, True), LACKS, LACKS], {"marks": 5}, ""),
    ],
)
def test_the_single_cause_of_a_zero(results, run, cause):
    found = submission(results, **run)
    said = single_cause(found, MASTER, found.runs["n"])
    assert said.startswith(cause) and bool(said) == bool(cause)


def test_on_an_anonymous_page_a_cause_that_one_alone_has_is_not_quoted():
    rows = [submission([LACKS] * 3, "1"), submission([SHAPE_3] * 3, "2"),
            submission([SHAPE_4] * 3, "3")]  # fmt: skip
    found = Class("lab", [MASTER], rows, [])
    assert "«f»" in held(found)[0].why
    hidden = held(replace(found, anonymous=True))
    assert [row.why for row in hidden] == [
        "all checks, one reason",
        *2 * ["all 3 checks: La forma es (#,): ¿transpuesta?"],
    ]


def test_the_most_urgent_comes_first_and_a_student_error_is_not_held():
    good = [Result(5, True)] * 3
    late = Status.TIMED_OUT
    cases = [
        submission(good, "fine", Status.STUDENT_ERROR, marks=15),
        submission([LACKS] * 3, "zero"),
        submission(good, "box", marks=15, confined=False),
        submission(good, "slow", late, reason="cell 1: ran over", marks=15),
        submission(good, "lost", Status.GRADER_FAILED, reason="its process ended", marks=None),
        submission(good, "new", why="changed", marks=15),
        Submission("none", None, "changed"),
    ]
    rows = held(Class("lab", [MASTER], cases, []))
    assert [(row.submission, row.kind) for row in rows] == [
        ("none", NOT_GRADED),
        ("lost", Status.GRADER_FAILED),
        ("slow", late),
        ("new", NOT_CURRENT),
        ("zero", ZERO),
        ("box", NO_SANDBOX),
    ]
    assert all(row.advice for row in rows)
