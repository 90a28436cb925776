"""The page of `compare` is opened from disk: on a desk and on a phone, light and dark."""

import pytest
import tiny
from axe_playwright_python.sync_playwright import Axe
from nbformat import write
from nbformat.v4 import new_code_cell

from grading.likeness.report import write_likeness

WIDTHS = {"desktop": 1280, "phone": 360}
ANSWER = "Porque dos factores del mismo signo dan siempre un producto que no baja de cero, y punto."
CODE = (
    "def area(lado):\n    suma = 0\n    for paso in range(lado):\n        suma += paso * lado - 3\n"
)
CODE += "    return [suma, max(suma, lado), '<script>no</script>', " + "suma + lado, " * 9 + "]\n"


@pytest.fixture
def address(course):
    """A class of eight, of whom three have the same answer, and two of these the same code."""
    for number in range(8):
        notebook = tiny.solved("1_square")
        for cell in notebook.cells:
            if cell.id == "square-answer":
                cell.source = (
                    ANSWER if number < 3 else " ".join(f"w{number}x{n}" for n in range(30))
                )
        if number < 2:
            notebook.cells.insert(3, new_code_cell(CODE.replace("suma", f"s{number}")))
        folder = course.submitted / f"2021000{number}" / tiny.ASSIGNMENT
        folder.mkdir(parents=True)
        write(notebook, folder / "1_square.ipynb")
    return write_likeness(course.assignment(tiny.ASSIGNMENT), (), 0.4, 1).paths[0].as_uri()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_it_opens_without_an_error_fits_and_can_be_read_by_all(page, look, address, theme, width):
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.set_viewport_size({"width": WIDTHS[width], "height": 900})
    page.emulate_media(color_scheme=theme)
    page.goto(address)
    look("top")
    for details in page.locator("details").all():
        details.locator("summary").click()
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
