"""A master that breaks a rule is refused, with the cell and the reason."""

import sqlite3
from contextlib import closing, contextmanager

import nbformat
import pytest
import tiny
from downloads import files_in
from nbformat.v4 import new_output
from sqlalchemy.exc import OperationalError
from tiny import hand_in

from grading.batch.run import run
from grading.course import Course, CourseError
from grading.gradebook.ledger import transaction
from grading.masters.advice import advice, has_assertion
from grading.masters.build import BrokenMaster, build
from grading.masters.cells import code_stub, is_stub
from grading.masters.clearing import Clearing
from grading.masters.released import require_built
from grading.masters.rules import broken_rules
from grading.people.grades import grades


def problems_after(course, change):
    """What broken_rules says of the tiny course once `change` was made to its first master."""
    masters = tiny.masters()
    cells = {cell.id: cell for cell in masters["1_square"].cells}
    change(cells, masters["1_square"])
    tiny.write_masters(course.root, masters)
    paths = course.assignment(tiny.ASSIGNMENT).master_paths()
    return [str(problem) for problem in broken_rules(paths, course.config)]


def edit(cell_id, old, new):
    def change(cells, notebook):
        assert old in cells[cell_id].source
        cells[cell_id].source = cells[cell_id].source.replace(old, new)

    return change


def duplicate_id(cells, notebook):
    cells["cube"].metadata.nbgrader.grade_id = "square"


def leave_output(cells, notebook):
    cells["square"].outputs = [new_output("stream", text="hola")]


def use_name_of_test(cells, notebook):
    cells["cube"].source = "print(case)\n" + cells["cube"].source


RULES = {
    "marks of cell and block differ": (
        edit("square-check", "tick.marks(5)", "tick.marks(6)"),
        ["1_square, cell square-check", "5 points", "[6]"],
    ),
    "two blocks whose marks are too many": (
        edit("cube-check", "# Cubo", "with tick.marks(3):\n    assert True"),
        ["cell cube-check", "3 points", "[3, 3]"],
    ),
    "several blocks, one inside of another statement": (
        edit(
            "cube-check",
            "# Cubo\nwith tick.marks(3):",
            "if True:\n    with tick.marks(1):\n        assert cube(1) == 1\nwith tick.marks(2):",
        ),
        ["cell cube-check", "left margin"],
    ),
    "another language": (
        lambda cells, notebook: notebook.metadata.update(
            kernelspec={"name": "ir", "language": "R"}
        ),
        ["1_square, cell (all)", "its language is r"],
    ),
    "tally announces other marks": (
        edit("square-tally", '"1_square": 8', '"1_square": 9'),
        ["cell square-tally", "add up"],
    ),
    "duplicate id": (duplicate_id, ["cell square", "2 times"]),
    "hidden test outside a test cell": (
        edit("cube", "def", "### BEGIN HIDDEN TESTS\n### END HIDDEN TESTS\ndef"),
        ["cell cube", "idden test region"],
    ),
    "unfinished region": (
        edit("square", "    ### END SOLUTION\n", ""),
        ["cell square", "no end solution"],
    ),
    "test cell without points": (
        lambda cells, notebook: cells["cube-check"].metadata.nbgrader.pop("points"),
        ["cell cube-check", "without points"],
    ),
    **{
        f"equivalent faults that are {what}": (
            lambda cells, notebook, known=known: cells["cube"].metadata.update(grading=known),
            ["cell cube", "grading.equivalent in its metadata is a list of"],
        )
        for what, known in {
            "without a reason": {"equivalent": [{"change": "y = 1 → y = 2"}]},
            "given an empty one": {"equivalent": [{"change": "y = 1 → y = 2", "reason": " "}]},
            "texts": {"equivalent": ["y = 1 → y = 2"]},
            "no list": {"equivalent": {"change": "y = 1 → y = 2", "reason": "da lo mismo"}},
            "at a line in words": {
                "equivalent": [{"change": "y = 1 → y = 2", "reason": "da lo mismo", "line": "4"}]
            },
            "nowhere": ["equivalent"],
            "beside their name": [{"change": "y = 1 → y = 2", "reason": "da lo mismo"}],
        }.items()
    },
    "a test without points": (
        lambda cells, notebook: cells["cube-check"].metadata.nbgrader.pop("points"),
        ["cell cube-check", "without points"],
    ),
    "a question without points": (
        lambda cells, notebook: cells["square-question"].metadata.nbgrader.update(points=""),
        ["cell square-question", "without points"],
    ),
    "grading imported where students see it": (
        edit("square-imports", "from helpers import tick", "import grading.reference"),
        ["cell square-imports", "imports grading"],
    ),
}


@pytest.mark.parametrize(("change", "words"), RULES.values(), ids=RULES)
def test_a_broken_rule_is_named_with_its_cell(course, change, words):
    found = problems_after(course, change)
    assert any(all(word in problem for word in words) for problem in found), found


ADVICE = {
    "a name of a test that a student's cell reads": (
        use_name_of_test,
        ["cell square-check", "'case'", "cube"],
    ),
    "a solution cell without a region": (
        edit("cube", "### BEGIN SOLUTION", "# nada"),
        ["cell cube", "without ### BEGIN SOLUTION"],
    ),
    "outputs left": (leave_output, ["outputs of 1 cell(s)"]),
    "an old notebook format": (
        lambda cells, notebook: (
            [cell.pop("id") for cell in notebook.cells] and notebook.update(nbformat_minor=2)
        ),
        ["notebook format 4.2"],
    ),
    "a delimiter in another spelling": (
        lambda cells, notebook: cells["cube"].update(
            source=cells["cube"].source.replace("### ", "###")
        ),
        ["cell cube", "'###BEGIN SOLUTION'"],
    ),
    "a delimiter in small letters": (
        lambda cells, notebook: cells["cube"].update(
            source=cells["cube"].source.replace("BEGIN SOLUTION", "Begin solution")
        ),
        ["cell cube", "'### Begin solution'"],
    ),
    "what nearly is a delimiter": (
        edit("cube-check", "with", "### BEGIN HIDDEN TEST\nwith"),
        ["cell cube-check", "'### BEGIN HIDDEN TEST'"],
    ),
    "what is not Python": (
        edit("square", "return y", "return (y"),
        ["cell square", "not valid Python as it stands", "line"],
    ),
    "what is not Python once cleared": (
        edit("cube-check", '    assert cube(2) == 8, "cube: revisen el exponente"\n', ""),
        ["cell cube-check", "until they change it"],
    ),
    "a magic in a test": (
        edit("cube-check", "# Cubo", "%matplotlib inline\n# Cubo"),
        ["cell cube-check", "'%matplotlib inline'"],
    ),
}


@pytest.mark.parametrize(("change", "words"), ADVICE.values(), ids=ADVICE)
def test_what_may_surprise_is_told_with_its_cell_and_released(course, change, words):
    assert problems_after(course, change) == []
    told = advice(course.assignment(tiny.ASSIGNMENT))
    assert any(all(word in sentence for word in words) for sentence in told), told


ASSERTIONS = {
    "assert square(2) == 4": True,
    "if square(2) != 4:\n    raise ValueError": True,
    "np.testing.assert_allclose(square(2), 4)": True,
    "with pytest.raises(ValueError):\n    square('a')": True,
    "run_tests(square)": True,
    "score": True,
    "square(2)": True,  # its value may be a number of marks
    "print(square(2))": False,
    "compress(square(2)); x = latest()": False,
    "import os": False,
    "": False,
}


@pytest.mark.parametrize("source", ASSERTIONS)
def test_a_test_can_fail_by_what_it_finds_or_is_said_to_assert_nothing(source):
    assert has_assertion(source) is ASSERTIONS[source]


def test_of_good_masters_there_is_nothing_to_tell(course):
    assert advice(course.assignment(tiny.ASSIGNMENT)) == []


def test_good_masters_have_no_problem(course):
    assert problems_after(course, lambda cells, notebook: None) == []


def test_a_refused_build_names_every_problem_and_leaves_the_release_alone(built):
    before = (built.release / "tiny" / "1_square.ipynb").read_bytes()
    masters = tiny.masters()
    masters["1_square"].cells[2].source = "### BEGIN SOLUTION"
    masters["2_name"].cells[1].metadata.nbgrader.grade_id = "name-check"
    tiny.write_masters(built.root, masters)
    with pytest.raises(BrokenMaster) as refused:
        build(built.assignment(tiny.ASSIGNMENT))
    assert "1_square, cell square" in str(refused.value)
    assert "2_name, cell name-check" in str(refused.value)
    assert (built.release / "tiny" / "1_square.ipynb").read_bytes() == before


def give_fifty_marks(master):
    check = next(cell for cell in master.cells if cell.id == "square-check")
    check.metadata.nbgrader.points = 50
    check.source = check.source.replace("marks(5)", "marks(50)")


def without_tallies():
    """The tiny masters without the cells that announce the marks."""
    masters = tiny.masters()
    for master in masters.values():
        del master.cells[-1]
    return masters


def test_a_build_that_the_gradebook_refuses_leaves_release_and_gradebook_alone(built):
    hand_in(built, "ana")
    list(run(built.assignment(tiny.ASSIGNMENT)))
    before = files_in(built.release), grades(built.assignment(tiny.ASSIGNMENT))
    masters = without_tallies()  # of both notebooks a cell less, which nbgrader refuses
    give_fifty_marks(masters["1_square"])
    masters["1_square"].cells.append(tiny.masters()["1_square"].cells[-1])
    masters["1_square"].cells[-1].source = "tick.summarise_marks('1_square')"
    tiny.write_masters(built.root, masters)
    with pytest.raises(CourseError, match="an edition with other cells"):
        build(built.assignment(tiny.ASSIGNMENT))
    assert (files_in(built.release), grades(built.assignment(tiny.ASSIGNMENT))) == before


def test_a_build_leaves_all_as_it_was_while_another_program_has_the_gradebook(built):
    before = files_in(built.release)
    config = built.root / "grader_config.py"
    config.write_text(config.read_text().replace("timeout=60", "timeout=1"))
    with closing(sqlite3.connect(built.root / "gradebook.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(CourseError, match="tiny was not released: the gradebook is locked"):
            build(Course(built.root).assignment(tiny.ASSIGNMENT))
    assert files_in(built.release) == before


def test_a_build_that_the_database_gives_up_leaves_the_release_alone(built, monkeypatch):
    before = files_in(built.release)

    @contextmanager
    def given_up(engine):
        with transaction(engine) as connection:
            yield connection
            raise OperationalError("COMMIT", {}, Exception("disk full"))

    monkeypatch.setattr("grading.masters.build.transaction", given_up)
    masters = tiny.masters()
    masters["1_square"].cells[0].source = "# Otro título"
    tiny.write_masters(built.root, masters)
    with pytest.raises(CourseError, match="tiny was not released: .*disk full"):
        build(built.assignment(tiny.ASSIGNMENT))
    assert files_in(built.release) == before


def test_a_header_of_nbgraders_is_no_change_of_the_masters(course):
    header = tiny.notebook(tiny.cell("locked", "header", "# Del curso"))
    nbformat.write(header, course.root / "header.ipynb")
    with (course.root / "grader_config.py").open("a") as config:
        config.write('\nc.IncludeHeaderFooter.header = "header.ipynb"\n')
    course = Course(course.root)
    build(course.assignment(tiny.ASSIGNMENT))
    require_built(course.assignment(tiny.ASSIGNMENT))


@pytest.mark.parametrize("change", ["a test deleted", "a notebook deleted", "other marks"])
def test_masters_that_are_not_as_they_were_built_are_graded_by_nobody(course, change):
    masters = without_tallies()
    tiny.write_masters(course.root, masters)
    build(course.assignment(tiny.ASSIGNMENT))
    hand_in(course, "ana")
    if change == "a test deleted":
        masters["1_square"].cells.remove(
            next(cell for cell in masters["1_square"].cells if cell.id == "square-check")
        )
    elif change == "other marks":
        give_fifty_marks(masters["1_square"])
    tiny.write_masters(course.root, masters)
    if change == "a notebook deleted":
        (course.source / tiny.ASSIGNMENT / "2_name.ipynb").unlink()
    with pytest.raises(CourseError, match=r"released.*run 'python -m grading build tiny'"):
        list(run(course.assignment(tiny.ASSIGNMENT)))


def test_an_unknown_assignment_is_refused_with_the_known_ones(course):
    with pytest.raises(CourseError, match=r"No assignment 'lab9'.*tiny"):
        build(course.assignment("lab9"))


def test_a_release_holds_no_solution_hidden_test_or_mark_scheme(built):
    released = "".join(path.read_text() for path in (built.release / "tiny").glob("*.ipynb"))
    for secret in (
        "x * x",
        "HIDDEN",
        "negativos",
        "grading.reference",
        "MARK SCHEME",
        "mismo signo",
        "hola\\n",
    ):
        assert secret not in released
    assert "Falta completar «Potencias»" in released


HEADINGS = {
    "## Ejercicio 1: vocabulario (10 puntos)": "«Ejercicio 1: vocabulario»",
    "## 9. Reto 🏆: ¿son exactos? (sin puntos)": "«Reto 🏆: ¿son exactos?»",
    "### Ejercicio 2: `forward` (5 + 5 puntos)\nTexto.": "«Ejercicio 2: forward»",
    "# Uno\n\n## Dos": "«Dos»",
    '# Con "comillas" y \\barras': "«Con comillas y barras»",
    "Sin título.": "este ejercicio",
}


@pytest.mark.parametrize("heading", HEADINGS)
def test_a_blank_names_its_exercise_by_the_heading_above_it(course, heading):
    clear = Clearing(course.config)
    clear(tiny.cell("text", "title", heading))
    blank = clear(tiny.cell("solution", "square", tiny.SQUARE)).source
    names = {}
    exec(blank, names)
    with pytest.raises(NotImplementedError, match="^Falta completar ") as raised:
        names["square"](2)
    assert str(raised.value) == f"Falta completar {HEADINGS[heading]}"
    assert is_stub(str(raised.value), code_stub(course.config))


@pytest.mark.parametrize(
    "text, stub",
    [
        ("# Escriban aquí su código", True),
        ('    raise NotImplementedError("Falta completar «La pérdida»")', True),
        ("Falta completar este ejercicio", True),
        ("Falta completar", False),
        ("no lo hicimos", False),
        ("", False),
    ],
)
def test_what_stands_for_a_solution_is_known_again(course, text, stub):
    assert is_stub(text, code_stub(course.config)) is stub
