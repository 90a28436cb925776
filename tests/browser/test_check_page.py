"""The page of `check` opens from disk: no request, no error, on a phone and in a dark theme."""

import nbformat
import pytest
import tiny
from playwright.sync_api import expect

from grading.checking.findings import Findings
from grading.checking.hashes import WeakHash
from grading.checking.mutants import mutants
from grading.checking.results import Result
from grading.checking.summary import write_findings
from grading.checking.trials import Kind
from grading.model.outcome import CheckResult, Status

MARGIN = {"text": "test_rmse < 70", "value": 63.2, "sign": "<", "threshold": 70.0, "room": 0.097}


def result(kind, notebook, passed, label="", mutant=None, margins=()):
    checks = [
        CheckResult(grade_id, grade_id, points, ok, margins=list(margins))
        for (grade_id, points), ok in zip(CHECKS[notebook], passed, strict=True)
    ]
    return Result(kind, notebook, label, mutant, Status.GRADED, "", checks, 0.4)


CHECKS = {"1_square": [("square-check", 5), ("cube-check", 3)], "2_name": [("name-check", 4)]}


@pytest.fixture
def address(course):
    """A page with something in every part of it."""
    masters = {name: nbformat.from_dict(master) for name, master in tiny.masters().items()}
    square = masters["1_square"].cells[2]
    faults = mutants("square", square.source, tiny.SOLUTIONS)
    square.metadata["grading"] = {
        "equivalent": [{"change": faults[-1].change, "reason": "da el mismo número"}]
    }
    results = [
        result(Kind.MASTER, "1_square", [True, True], margins=[MARGIN]),
        result(Kind.MASTER, "2_name", [True]),
        result(Kind.SEED, "1_square", [True, False], "3", margins=[{**MARGIN, "value": 75.0,
                                                                  "room": -0.07}]),
        result(Kind.UNTOUCHED, "1_square", [False, False]),
        result(Kind.BLANK, "1_square", [False, False], "square"),
        result(Kind.BLANK, "1_square", [True, False], "cube"),
        result(Kind.BLANK, "2_name", [False], "name"),
        *(result(Kind.MUTANT, "1_square", [k % 3 == 0] * 2, "square", fault)
          for k, fault in enumerate(faults)),
    ]  # fmt: skip
    weak = [WeakHash("2_name", "name-check", "check_string(name, '0xe8b7be43')", "<hola>")]
    findings = Findings(course.assignment(tiny.ASSIGNMENT), masters, False, results, weak, 312)
    return write_findings(findings).as_uri()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1100, 360])
def test_it_opens_from_disk_without_a_request_or_an_error(page, look, address, scheme, width):
    requests, errors = [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: errors.append(message.text))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 1000})
    page.goto(address)
    expect(page.get_by_role("heading", name="tiny: can its marking be trusted?")).to_be_visible()
    expect(page.locator(".verdict")).to_contain_text("Not ready for release")
    expect(page.get_by_text("luck could decide 'test_rmse < 70'").first).to_be_visible()
    expect(page.get_by_text("<hola>")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert requests == [address] and errors == []
    look(f"{scheme}-{width}", full_page=True)
