"""An instructor marks written answers in Chromium, by keyboard alone."""

from pathlib import Path

import tiny
import written_class
from axe_playwright_python.sync_playwright import Axe
from jupyter_process import jupyter_server
from playwright.sync_api import expect
from written_class import HOSTILE, STUB, hand_in

import grading.marking
from grading.batch.run import run
from grading.marking.marks import entries
from grading.marking.questions import questions

NAMES = {"ana": "Mismo signo.", "eva": "mismo signo", "leo": STUB, "nil": HOSTILE}


def marks(course):
    """What the gradebook holds of each submission's answer."""
    assignment = course.assignment(tiny.ASSIGNMENT)
    found = entries(assignment, questions(assignment)[0]).values()
    return {each.submission: each.state for each in found}


def test_a_question_is_marked_by_keyboard_alone(tmp_path, page, look, monkeypatch):
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(Path(grading.marking.__file__).parent))
    for folder in ("course", "jupyter"):
        (tmp_path / folder).mkdir()
    course = written_class.make_course(tmp_path / "course")
    for name, text in NAMES.items():
        hand_in(course, name, text)
    list(run(course.assignment(tiny.ASSIGNMENT)))
    with jupyter_server(course.root, tmp_path / "jupyter", "lab") as address:
        page.goto(f"{address}/marking/{tiny.ASSIGNMENT}")
        current, said = page.locator(".card.current"), page.locator("#said")
        expect(current).to_contain_text("0 proposed")
        page.keyboard.press("Enter")  # the proposed 0
        expect(said).to_have_text("Saved: 1 answer.")
        page.keyboard.press("Enter")  # on to the next that waits
        expect(current).to_contain_text("2 answers, equal")
        page.keyboard.press("s")
        page.keyboard.press("a")  # the first line of the mark scheme
        expect(said).to_have_text("Saved: 2 answers.")
        page.keyboard.press("h")  # and a half
        expect(current).to_contain_text("1.5")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("2")  # one of the two
        expect(current).to_contain_text("2 × 1")
        page.keyboard.press("u")
        expect(said).to_have_text("Undone.")
        page.keyboard.press("Enter")
        expect(current).to_contain_text("1 answer")
        page.keyboard.press("m")
        page.keyboard.type("No es una respuesta.")
        page.keyboard.press("Control+Enter")
        expect(said).to_have_text("Saved: 1 answer.")
        page.keyboard.press("0")
        expect(page.locator("#done")).to_have_text("4 / 4")
        look("marked", full_page=True)
        assert "hacked" not in page.title()
        report = Axe().run(page)
        assert report.violations_count == 0, report.generate_report()
    given = marks(course)
    assert {name: state.mark for name, state in given.items()} == {
        "ana": 1.5, "eva": 1.5, "leo": 0, "nil": 0,
    }  # fmt: skip
    assert given["nil"].comment == "No es una respuesta."
    assert "mismo signo" in given["ana"].comment
    assert not any(state.waits for state in given.values())
