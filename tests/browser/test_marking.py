"""Instructors mark answers in Chromium, by keyboard alone, and two of them at once."""

from pathlib import Path

import pytest
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

SECONDS = 60
NAMES = {"ana": "Mismo signo.", "eva": "mismo signo", "leo": STUB, "nil": HOSTILE}


def marks(course):
    """What the gradebook holds of each submission's answer."""
    assignment = course.assignment(tiny.ASSIGNMENT)
    found = entries(assignment, questions(assignment)[0]).values()
    return {each.submission: each.state for each in found}


@pytest.fixture(scope="module")
def marking(tmp_path_factory):
    """JupyterLab in a graded course of four: the address of the page there, and the course."""
    course = written_class.make_course(tmp_path_factory.mktemp("course"))
    for name, text in NAMES.items():
        hand_in(course, name, text)
    list(run(course.assignment(tiny.ASSIGNMENT)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_CONFIG_PATH", str(Path(grading.marking.__file__).parent))
        with jupyter_server(course.root, tmp_path_factory.mktemp("jupyter"), "lab") as address:
            yield f"{address}/marking/{tiny.ASSIGNMENT}", course


@pytest.fixture
def other(chromium):
    """The window of another marker, who likes it dark and narrow."""
    size = {"width": 390, "height": 844}
    with chromium.new_context(viewport=size, color_scheme="dark") as context:
        context.set_default_timeout(SECONDS * 1000)
        yield context.new_page()


def accessible(page):
    report = Axe().run(page)
    assert report.violations_count == 0, report.generate_report()


def test_a_question_is_marked_by_keyboard_alone(marking, page, look):
    address, course = marking
    page.goto(address)
    current, said = page.locator(".card.current"), page.locator("#said")
    expect(current).to_contain_text("0 proposed")
    page.keyboard.press("Enter")  # the proposed 0
    expect(said).to_have_text("Saved: 1 answer.")
    page.keyboard.press("Enter")  # on to the next that waits
    expect(current).to_contain_text("2 answers, equal")
    page.keyboard.press("s")
    page.keyboard.press("a")  # the first line of the mark scheme
    expect(said).to_have_text("Saved: 2 answers.")
    page.keyboard.press("c")
    expect(current.locator(".marks")).to_have_text("2")
    page.keyboard.press("u")
    expect(said).to_have_text("Undone.")
    lines = page.locator("#lines button")
    expect(lines.nth(0)).to_have_attribute("aria-pressed", "true")  # the line before is known again
    expect(lines.nth(2)).to_have_attribute("aria-pressed", "false")
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
    accessible(page)
    given = marks(course)
    assert {name: state.mark for name, state in given.items()} == {
        "ana": 1.5, "eva": 1.5, "leo": 0, "nil": 0,
    }  # fmt: skip
    assert given["nil"].comment == "No es una respuesta."
    assert "mismo signo" in given["ana"].comment
    assert not any(state.waits for state in given.values())


def opened(page, address):
    """The second question, a plot: four equal answers."""
    page.goto(address)
    expect(page.locator(".card.current")).to_be_visible()
    page.keyboard.press("]")
    expect(page.locator("#title")).to_have_text("Potencias")
    expect(page.locator(".card.current")).to_contain_text("4 answers, equal")


def written(page, text, keys="Control+Enter"):
    """Write a comment into the box, in place of what is there."""
    page.keyboard.press("m")
    page.keyboard.press("Control+A")
    page.keyboard.type(text)
    page.keyboard.press(keys)


def test_two_at_once_see_each_others_marks_and_overwrite_nothing(marking, page, other, look):
    address, course = marking
    opened(page, address)
    opened(other, address)
    said, current = other.locator("#said"), other.locator(".card.current")
    page.keyboard.press("2")
    expect(page.locator("#said")).to_have_text("Saved: 4 answers.")
    expect(current.locator(".others")).to_have_text("Somebody else has just changed this.")
    expect(current.locator(".marks")).to_have_text("2")
    expect(other.locator("#done")).to_have_text("4 / 4")
    expect(other.locator("#question option").nth(1)).to_contain_text("(0 of 4)")
    written(page, "**Bien**, pero $x^2 \\ge 0$.")
    expect(current.locator(".comments strong")).to_have_text("Bien")
    expect(current.locator(".comments math")).to_be_visible()
    look("others", of=other)
    # One answer is chosen; what is written to it is changed wherever the same comment is.
    other.keyboard.press("ArrowRight")
    expect(other.locator("#save-places")).to_have_text("Save in all 4")
    written(other, "Muy *bien*.", "Control+Shift+Enter")
    expect(said).to_have_text("Saved: 4 answers.")
    expect(page.locator(".card.current .comments em")).to_have_text("bien")
    other.keyboard.press("u")
    expect(said).to_have_text("Undone.")
    expect(page.locator(".card.current .comments strong")).to_have_text("Bien")
    # While one writes, the other changes the same comment: what is written stays in the box.
    other.keyboard.press("m")
    other.keyboard.type(" Más.")
    written(page, "De otra persona.")
    expect(current.locator(".comments")).to_have_text("De otra persona.")
    other.keyboard.press("Control+Shift+Enter")
    expect(said).to_contain_text("somebody else has changed this comment")
    expect(other.locator("#comment")).to_have_value("**Bien**, pero $x^2 \\ge 0$. Más.")
    assert set(comments(course)) == {"De otra persona."}
    for each in (page, other):
        accessible(each)
    look("one", full_page=True)
    look("other", of=other)


def comments(course):
    """What the gradebook holds of comments on the plots."""
    assignment = course.assignment(tiny.ASSIGNMENT)
    return [each.state.comment for each in entries(assignment, questions(assignment)[1]).values()]


def test_the_feedback_is_published_with_a_key(marking, page, look):
    address, course = marking
    opened(page, address)
    written(page, "El eje $x$ **no** tiene nombre.")
    expect(page.locator("#said")).to_have_text("Saved: 4 answers.")
    page.keyboard.press("Shift+P")
    expect(page.locator("#publish")).to_have_text("Publishing…")
    look("publishing")
    expect(page.locator("#said")).to_contain_text("Feedback renewed: 4")
    expect(page.locator("#publish")).to_have_text("Publish")
    page.goto((course.feedback / "ana" / tiny.ASSIGNMENT / "1_square.html").as_uri())
    comment = page.locator(".comment").last
    expect(comment.locator("strong").last).to_have_text("no")
    expect(comment.locator("math")).to_be_visible()
    look("comment", of=comment)


def test_the_page_is_found_from_the_formgrader(marking, page, look):
    page.goto(marking[0].replace("/marking/", "/formgrader/gradebook/"))
    page.get_by_role("link", name="One Question at a Time").click()
    expect(page.locator(".card.current")).to_be_visible()
