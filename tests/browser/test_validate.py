"""nbgrader's Validate button, where nbgrader is installed: what students see when they press it."""

import re

import nbformat
import pytest
import tiny
from lab_window import cell, open_notebook, save, write
from playwright.sync_api import expect

RIGHT = "def square(x):\n    y = x * x\n    return y"
CUBE = "def cube(x):\n    y = square(x) * x\n    return y"
SLOW = "import time\ntime.sleep(8)"
ENDLESS = "while True:\n    pass"
# What an administrator of a hub without this course writes, as docs/writing-a-lab.md says.
SHORT = "c.Limits.cell_seconds = 30"


def pressed(page):
    """The window that the button opens, once it is there."""
    page.locator(".validate-button").get_by_text("Validate").click()
    window = page.locator(".jp-Dialog")
    expect(window).to_be_visible()
    return window


def test_it_shows_the_hint_of_each_check_that_fails(one_lab, page, look):
    address, _ = one_lab
    open_notebook(page, address, "1_square")
    window = pressed(page)
    expect(window).to_contain_text("Cuadrado: Falta completar «Potencias»")
    expect(window).not_to_contain_text("la pista está arriba")
    look("1-wrong")


def test_it_says_when_all_checks_pass(one_lab, page, look):
    address, _ = one_lab
    open_notebook(page, address, "1_square")
    write(page, cell(page, "def square"), RIGHT)
    write(page, cell(page, "def cube"), CUBE)
    save(page)
    expect(pressed(page)).to_contain_text(re.compile("success", re.IGNORECASE))
    look("1-right")


def extended(course, name, source, seconds=None):
    """A released notebook in the course folder with one more cell, which may take `seconds`."""
    path = course.release / tiny.ASSIGNMENT / "2_name.ipynb"
    node = nbformat.read(path, as_version=4)
    answer = next(each for each in node.cells if each.metadata.nbgrader.grade_id == "name")
    answer.source = f'{source}\nname = "hola"'
    if seconds:
        answer.metadata["grading"] = {"timeout": seconds}
    nbformat.write(node, course.root / f"{name}.ipynb")


@pytest.mark.parametrize(
    ("source", "seconds", "said"),
    [(SLOW, 60, "[Ss]uccess"), (ENDLESS, None, "Nombre: «name» no existe todavía")],
    ids=["slow but allowed", "endless"],
)
def test_its_times_are_those_of_the_grader(instructors_lab, page, look, source, seconds, said):
    """Of the course folder's grader_config.py, where a cell may have more."""
    address, course = instructors_lab
    config = course.root / "grader_config.py"
    config.write_text(config.read_text().replace(SHORT, "c.Limits.cell_seconds = 4"))
    extended(course, "prueba", source, seconds)
    open_notebook(page, f"{address}/lab/tree", "prueba")
    expect(pressed(page)).to_contain_text(re.compile(said))
    look("1-pressed")
