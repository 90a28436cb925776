"""A picture that only a mark scheme or a solution shows is not handed out, nor shown later."""

import base64
import re
import zipfile

import nbformat
import pytest
import tiny
from click.testing import CliRunner
from habits import Habit, answer, graded, judge
from nbformat.v4 import new_markdown_cell

from grading.cli import main
from grading.course import Course
from grading.intake.restoration import Restoration

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5E"
    "rkJggg=="
)
# How a text shows a pasted picture, and the picture's name.
WAYS = {
    "as Markdown": ("![x](attachment:sol.png)", "sol.png"),
    "as HTML": ("<img src='attachment:sol.png' width=300>", "sol.png"),
    "as HTML over lines": ('<img\n  alt="x"\n  src="attachment:sol.png"/>', "sol.png"),
    "by reference": ("![x][s]\n\n[s]: attachment:sol.png", "sol.png"),
    "with a space": ("![x](<attachment:mi sol.png>)", "mi sol.png"),
    "with a space as %20": ("![x](attachment:mi%20sol.png)", "mi sol.png"),
    "with %20 in its own name": ("![x](attachment:mi%20sol.png)", "mi%20sol.png"),
    "with an accent": ("![x](attachment:soluci%C3%B3n.png)", "solución.png"),
    "with brackets": ("![x](attachment:sol(1).png)", "sol(1).png"),
    "in a table": ("| a |\n|---|\n| ![x](attachment:sol.png) |", "sol.png"),
    "as a link": ("[x](attachment:sol.png)", "sol.png"),
}
UNSEEN = {
    "no text": ("", "sol.png"),
    "a definition that nothing uses": ("[s]: attachment:sol.png", "sol.png"),
    "a comment": ("<!-- ![x](attachment:sol.png) -->", "sol.png"),
    "another name that begins alike": ("![x](attachment:sol.png.png)", "sol.png"),
}
FILES = {
    "foto.png": "![x](foto.png)",
    "img/sol2.png": "<img src='img/sol2.png'>",
    "img/mi foto.png": "![x](./img/mi%20foto.png)",
    "solución.pdf": "[x](soluci%C3%B3n.pdf)",
    "sol.svg": "![x][s]\n\n[s]: sol.svg",
    "sol.jpg": "![x](sol.jpg?raw=true)",
}
NEEDED = {
    "a.png": "![x](a.png)",
    "b.png": "<img src=b.png>",
    "c.png": "Abran c.png.",
    "d.png": "`plt.imread('d.png')`",
    "e f.png": "![x](e%20f.png)",
}


def pixel(mark):
    """A picture that can be told from others: its mark stands in its bytes."""
    return PIXEL + mark.encode()


def slug(text):
    """A text as the id of a cell, which takes few characters."""
    return re.sub(r"[^A-Za-z0-9]+", "-", text)


def question(cell_id, scheme, shown="", pasted=()):
    source = f"¿Por qué?\n\n{shown}\n\n### BEGIN MARK SCHEME\n{scheme}\n### END MARK SCHEME"
    cell = tiny.cell("task", slug(cell_id), source, 1)
    cell.attachments = {
        name: {"image/png": base64.b64encode(pixel(name)).decode()} for name in pasted
    }
    return cell


def course_with(root, cells, files):
    """A tiny course with other questions at the end of its first notebook, and files beside it."""
    course, notebooks = tiny.make_course(root), tiny.masters()
    notebooks["1_square"].cells += cells
    tiny.write_masters(root, notebooks)
    for name in files:
        path = course.source / tiny.ASSIGNMENT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pixel(name))
    return course


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The course, what its `build` says, and the first released notebook's cells by their ids."""
    cells = [question(f"only {way}", text, "", [name]) for way, (text, name) in WAYS.items()]
    for way, (text, name) in WAYS.items():
        other = "![x](attachment:otra.png)"
        cells.append(question(f"also {way}", other, text, [name, "otra.png"]))
    for way, (text, name) in UNSEEN.items():
        cells.append(question(f"unseen {way}", "![x][s]", text, [name]))
    cells += [question(name, text) for name, text in FILES.items()]
    cells += [question(name, "![x](" + name + ")", text) for name, text in NEEDED.items()]
    course = course_with(tmp_path_factory.mktemp("built"), cells, [*FILES, *NEEDED, "data.bin"])
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(course.root)
        result = CliRunner().invoke(main, ["build", tiny.ASSIGNMENT], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    path = course.release / tiny.ASSIGNMENT / "1_square.ipynb"
    return course, result.output, {cell.id: cell for cell in nbformat.read(path, 4).cells}


CELLS = [f"only {way}" for way in WAYS] + [f"unseen {way}" for way in UNSEEN]


@pytest.mark.parametrize("cell_id", CELLS)
def test_a_pasted_picture_that_no_student_is_shown_is_not_handed_out(cell_id, built):
    _, said, released = built
    name = (WAYS | UNSEEN)[cell_id.partition(" ")[2]][1]
    assert not released[slug(cell_id)].get("attachments")
    assert f"1_square, cell {slug(cell_id)}: the picture {name!r} pasted into it" in said


@pytest.mark.parametrize("way", WAYS)
def test_a_pasted_picture_that_students_are_shown_stays(way, built):
    assert list(built[2][slug(f"also {way}")].attachments) == [WAYS[way][1]]


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_only_the_mark_scheme_shows_is_not_handed_out(name, built):
    course, said, _ = built
    assert f"1_square, cell {slug(name)}: the file {name!r} is not handed out" in said
    assert not (course.release / tiny.ASSIGNMENT / name).exists()
    assert f"tiny/{name}" not in zipfile.ZipFile(course.root / "dist/tiny.zip").namelist()


@pytest.mark.parametrize("name", [*NEEDED, "data.bin"])
def test_a_file_that_students_may_need_stays(name, built):
    course, said, _ = built
    assert f"the file {name!r}" not in said
    assert (course.release / tiny.ASSIGNMENT / name).read_bytes() == pixel(name)


def test_a_solution_in_text_leaves_no_picture_in_a_hand_in():
    master = tiny.notebook(new_markdown_cell("### BEGIN SOLUTION\nx\n### END SOLUTION", id="why"))
    master.cells[0].metadata = tiny.cell("solution", "why", "x").metadata
    master.cells[0].attachments = question("why", "", "", ["sol.png"]).attachments
    submitted = tiny.notebook(new_markdown_cell("![a](attachment:sol.png)", id="why"))
    restored = Restoration(master, Course(tiny.REPOSITORY).config).restore(submitted)
    assert not restored.cells[0].get("attachments")


def named(text, *files):
    """Refer to pictures in an answer, and hand in files of one's own of such names."""

    def do(folder):
        answer("square-answer", text)(folder)
        for name in files:
            (folder / name).write_bytes(pixel("mine"))

    return do


LOOK = "import os\nassert not os.path.exists('sol.png')\n\ndef square(x):\n    return x * x"
HABITS = [
    Habit("a file of the name of the answer's", named("![a](sol.png)", "sol.png")),
    Habit("the answer's file", named("![a](sol.png)")),
    Habit("the answer's pasted picture", named("![a](attachment:pasted.png)")),
    Habit("code that looks for the answer's file", answer("square", LOOK)),
]


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    cells = [question("other", "![x](sol.png) ![y](attachment:pasted.png)", "", ["pasted.png"])]
    course = course_with(tmp_path_factory.mktemp("shown"), cells, ["sol.png"])
    found = graded(course, HABITS)
    return found, "\n".join(page.read_text("utf-8") for page in course.feedback.rglob("*.html"))


@pytest.mark.parametrize("habit", HABITS, ids=str)
def test_what_a_hand_in_earns(habit, results):
    judge(habit, results[0][habit.name])


@pytest.mark.parametrize("name", ["sol.png", "pasted.png"])
def test_no_page_of_feedback_shows_the_answers_picture(name, results):
    assert base64.b64encode(pixel(name)).decode()[:-4] not in results[1]
