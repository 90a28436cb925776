"""The page of `compare` is opened from disk: on a desk and on a phone, light and dark."""

import random

import pytest
import tiny
from alone import AUTHORS, essay
from axe_playwright_python.sync_playwright import Axe
from nbformat import write
from nbformat.v4 import new_code_cell
from writing import written

from grading.likeness.report import write_likeness

WIDTHS = {"desktop": 1280, "phone": 360}
COPIES = {4: 0, 8: 0, 10: 6}  # who has whose code, with names of their own
SAME_WORDS = {9: 2}  # who has whose answer


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """A class of twelve: thrice somebody's code is another's with other names, once an answer."""
    course = tiny.make_course(tmp_path_factory.mktemp("course"))
    for number in range(12):
        whose, words = COPIES.get(number, number), SAME_WORDS.get(number, number)
        notebook = tiny.solved("1_square")
        for cell in notebook.cells:
            if cell.id == "square-answer":
                cell.source = essay(random.Random(words)) + f" Lo hicimos {number + 2} veces."
        for source in AUTHORS[whose].cells("1_rnn").values():
            notebook.cells.insert(3, new_code_cell(written(source, f"_{number}")))
        folder = course.submitted / f"2021{1234 + 77 * number}" / tiny.ASSIGNMENT
        folder.mkdir(parents=True)
        write(notebook, folder / "1_square.ipynb")
    return write_likeness(course.assignment(tiny.ASSIGNMENT), (), 0.3, 1).paths[0].as_uri()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_it_opens_without_an_error_fits_and_can_be_read_by_all(page, look, address, theme, width):
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.set_viewport_size({"width": WIDTHS[width], "height": 900})
    page.emulate_media(color_scheme=theme)
    page.goto(address)
    look("top")
    page.locator("summary").first.click()
    look("sides", of=page.locator("#sides details").first.locator(".sides").first)
    page.locator("details").evaluate_all("all => all.forEach(each => each.open = true)")
    look("page", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS[width]
    assert said == []


def test_axe_finds_nothing(page, address):
    page.goto(address)
    for details in page.locator("details").all():
        details.locator("summary").click()
    page.set_content(page.content().replace("Content-Security-Policy", "x-left-out"))
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("link", ["#pairs a", "svg a"])
def test_a_pair_leads_to_what_it_shares(page, address, link):
    page.goto(address)
    page.locator(link).first.focus()
    page.keyboard.press("Enter")
    shown = page.locator("details[open] mark")
    assert shown.first.is_visible()
