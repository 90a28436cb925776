"""`new --from otter`: an assignment of otter-grader's becomes one of nbgrader cells.

That the tests of a question mean the same here is tried by running the cells as plain Python: with
the master's answers none raises, without them each does.
"""

import nbformat
import pytest
import tiny
from click.testing import CliRunner
from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
    new_raw_cell,
)

from grading import cli
from grading.checking.check import check
from grading.checking.trials import Kind
from grading.course import CourseError, working_folder
from grading.masters.build import build
from grading.migrating.otter import from_otter
from grading.migrating.otter_code import Unbalanced, with_regions, without_ignored
from grading.migrating.otter_tests import Case, Unreadable, read_case, with_points
from grading.regions import Region

REGION = Region("### BEGIN SOLUTION", "### END SOLUTION")

SOLUTIONS = {  # otter's cell → nbgrader's
    "nine = 3 * 3  # SOLUTION": """\
# nine = ...
### BEGIN SOLUTION
nine = 3 * 3
### END SOLUTION""",
    "def half(x):\n    y = x / 2 # SOLUTION NO PROMPT\n    return y # SOLUTION\n\nhalf(2)": """\
def half(x):
    ### BEGIN SOLUTION
    y = x / 2
    return y
    ### END SOLUTION

half(2)""",
    "def half(x):\n    return x / 2  # SOLUTION\none = half(2)  # SOLUTION": """\
def half(x):
    ### BEGIN SOLUTION
    return x / 2
    ### END SOLUTION

# one = ...
### BEGIN SOLUTION
one = half(2)
### END SOLUTION""",
    "if x:\n    # BEGIN SOLUTION\n    a = 1\n\n    b = 2\n    # END SOLUTION\n    print(b)": """\
if x:
    ### BEGIN SOLUTION
    a = 1

    b = 2
    ### END SOLUTION
    print(b)""",
    'plt.plot(x)  # SOLUTION NO PROMPT\n""" # BEGIN PROMPT\nplt.plot(...)\n"""; # END PROMPT': """\
# plt.plot(...)
### BEGIN SOLUTION
plt.plot(x)
### END SOLUTION""",
    "np.random.seed(4)  # SEED\nz = draw()": """\
### BEGIN SOLUTION
np.random.seed(4)
### END SOLUTION
z = draw()""",
    "x == 2  # no SOLUTION here": "x == 2  # no SOLUTION here",
}


@pytest.mark.parametrize(("source", "wanted"), SOLUTIONS.items())
def test_a_solution_stands_in_regions_and_what_students_got_for_it_is_a_comment(source, wanted):
    assert with_regions(source, REGION) == wanted


def test_ignored_lines_go():
    source = "a = 1\nb = 2  # IGNORE\n# BEGIN IGNORE\nc = 3\n# END IGNORE\nd = 4"
    assert without_ignored(source) == "a = 1\nd = 4"


@pytest.mark.parametrize("source", ["# BEGIN SOLUTION\nx = 1", "x = 1\n# END SOLUTION"])
def test_a_mark_without_its_other_half_is_named(source):
    with pytest.raises(Unbalanced, match="SOLUTION without"):
        with_regions(source, REGION)


def value(text):
    return new_output("execute_result", {"text/plain": text})


def printed(text):
    return new_output("stream", text=text)


CONFIG = '""" # BEGIN TEST CONFIG\n{}\n""" # END TEST CONFIG\n'
CASES = {  # name → source, outputs, the code that it becomes
    "a comparison": ("0 < x < 9", [value("True")], "assert 0 < x < 9"),
    "a value": ("half(4)", [value("2.0")], "assert half(4) == 2.0"),
    "not a bool": ("flag", [value("True")], "assert flag == True"),
    "an object": ("a", [value("array([1, 2])")], "assert repr(a) == 'array([1, 2])'"),
    "lines before": ("y = 2\nhalf(y); x", [value("3")], "y = 2\nhalf(y)\nassert x == 3"),
    "assertions": ("assert x\nassert y", [], "assert x\nassert y"),
    "a message": (
        CONFIG.format("failure_message: Too big.") + "assert x < 9",
        [],
        "assert x < 9, 'Too big.'",
    ),
    "accents": ("ñ = 'é'; x + ñ", [value("'aé'")], "ñ = 'é'\nassert (x + ñ) == 'aé'"),
}


@pytest.mark.parametrize(("source", "outputs", "wanted"), CASES.values(), ids=CASES)
def test_a_case_asserts_what_its_output_says(source, outputs, wanted):
    assert read_case(new_code_cell(source, outputs=outputs), source, True).code == wanted


def test_what_a_case_prints_is_compared():
    source = "print(x)\nx"
    case = read_case(new_code_cell(source, outputs=[printed("1\n"), value("1")]), source, True)
    assert "redirect_stdout" in case.code and not case.remark
    exec(case.code, {"x": 1})
    with pytest.raises(AssertionError):
        exec(case.code, {"x": 2})


CALLED = {  # source of a test function → its call
    "def test_it(np, x):\n    assert np.all(x)\n\ntest_it(np, x)": "test_it(np, x)",
    "def test_it(x):\n    assert x": "test_it(x)",
    "def test_it(env):\n    assert env['x'] > env['y']": "test_it({'x': x, 'y': y})",
}


@pytest.mark.parametrize(("source", "call"), CALLED.items())
def test_a_test_function_is_called_with_what_the_notebook_has(source, call):
    case = read_case(new_code_cell(source), source, False)
    assert case.code.endswith(f"\n\n{call}")


REMARKS = {  # source of a case that no answer fails, or that is not like otter's → its remark
    "0 < x": "its output was not saved",
    "None": "nothing in it can fail",
    "def test_it(x):\n    assert x": "which otter would not call",
    CONFIG.format("success_message: Well done") + "assert x": "success_message is not shown",
}


@pytest.mark.parametrize(("source", "remark"), REMARKS.items())
def test_what_should_be_looked_at_is_told(source, remark):
    assert remark in read_case(new_code_cell(source), source, True).remark


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("x ==", "not Python"),
        (CONFIG.format("points: many") + "assert x", "points are 'many'"),
        (CONFIG.format("a: [") + "assert x", "not YAML"),
    ],
)
def test_a_case_that_cant_be_read_says_why(source, why):
    with pytest.raises(Unreadable, match=why):
        read_case(new_code_cell(source), source, True)


POINTS = [  # of the cases, of the question → what each is worth
    ([None, None], None, [0.5, 0.5]),
    ([None, None], 6, [3, 3]),
    ([1, None, None], 4, [1, 1.5, 1.5]),
    ([2, None], None, [2, 0]),
    ([None, None], [3, 1], [3, 1]),
    ([None, None], {"each": 2}, [2, 2]),
]


@pytest.mark.parametrize(("cases", "question", "wanted"), POINTS)
def test_points_are_shared_as_otter_shares_them(cases, question, wanted):
    made = with_points([Case("", points=points) for points in cases], question)
    assert [case.points for case in made] == wanted


@pytest.mark.parametrize(("cases", "question"), [([5], 4), ([None], [1, 2])])
def test_points_that_do_not_add_up_are_refused(cases, question):
    with pytest.raises(Unreadable):
        with_points([Case("", points=points) for points in cases], question)


def raw(text):
    return new_raw_cell(text)


def hidden(source, points):
    return new_code_cell(CONFIG.format(f"hidden: true\npoints: {points}") + source)


def master():
    """A master with a question of each kind."""
    return new_notebook(
        cells=[
            raw("# ASSIGNMENT CONFIG\nexport_cell: true\nfiles:\n    - data/table.csv\nseed: 3"),
            new_code_cell("import math\nimport otter"),
            new_markdown_cell("```otter\n# BEGIN QUESTION\nname: q1\npoints: 3\n```"),
            new_markdown_cell("**Question 1.** Write `area`."),
            raw("# BEGIN SOLUTION"),
            new_code_cell("def area(r):\n    return math.pi * r**2 # SOLUTION"),
            raw("# END SOLUTION"),
            raw("# BEGIN TESTS"),
            new_code_cell("round(area(1), 2)", outputs=[value("3.14")]),
            hidden("assert math.isclose(area(2), 4 * math.pi)", 2),
            raw("# END TESTS"),
            raw("# END QUESTION"),
            raw("# BEGIN QUESTION\nname: q2 (a)\nall_or_nothing: true"),
            raw("# BEGIN SOLUTION"),
            new_code_cell("tau = 2 * math.pi # SOLUTION"),
            raw("# END SOLUTION"),
            raw("# BEGIN TESTS"),
            new_code_cell("assert tau > 6"),
            hidden("assert round(tau, 3) == 6.283", 4),
            raw("# END TESTS"),
            raw("# END QUESTION"),
            raw("# BEGIN QUESTION\nname: q3\nmanual: true\npoints: 2"),
            new_markdown_cell("**Question 3.** Why is it round?"),
            raw("# BEGIN SOLUTION"),
            new_markdown_cell("All points are as far away."),
            raw("# END SOLUTION"),
            raw("# END QUESTION"),
            raw("# BEGIN QUESTION\nname: q4\nmanual: true"),
            new_markdown_cell("**Question 4.** Print it."),
            raw("# BEGIN SOLUTION"),
            new_code_cell("print(tau) # SOLUTION"),
            raw("# END SOLUTION"),
            raw("# END QUESTION"),
            new_markdown_cell("The end."),
        ]
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("otter")
    nbformat.write(master(), folder / "hw1.ipynb")
    nbformat.write(new_notebook(cells=[new_markdown_cell("Notes")]), folder / "notes.ipynb")
    (folder / "data").mkdir()
    (folder / "data" / "table.csv").write_text("1,2")
    return folder


@pytest.fixture(scope="module")
def taken_over(tmp_path_factory, folder):
    """The assignment that the folder became, and what the command said; it changed no file."""
    course = tiny.make_course(tmp_path_factory.mktemp("course"))
    before = {path: path.read_bytes() for path in folder.rglob("*.*")}
    with working_folder(course.root):
        done = CliRunner().invoke(cli.main, ["new", "hw1", "--from", "otter", str(folder)])
    assert done.exit_code == 0, done.output
    assert {path: path.read_bytes() for path in folder.rglob("*.*")} == before
    return course.assignment("hw1"), done.output


def cells(assignment):
    notebook = nbformat.read(assignment.source / "hw1.ipynb", as_version=4)
    nbformat.validate(notebook)
    return notebook.cells


WANTED = [  # grade_id, kind, points
    ("setup", "locked", None),
    ("q1-text", "locked", None),
    ("q1", "solution", None),
    ("q1-test-1", "grade", 1),
    ("q1-test-2", "grade", 2),
    ("q2-a", "solution", None),
    ("q2-a-test", "grade", 4),
    ("q3-question", "task", 2),
    (None, "answer", None),
    ("q4-text", "locked", None),
    ("q4", "grade and solution", 1),
    ("text", "locked", None),
]


def test_each_cell_becomes_one_of_nbgraders_kinds(taken_over):
    def kind(said):
        if said.get("grade") and said.get("solution"):
            return "grade and solution"
        return next((k for k in ("grade", "solution", "task", "locked") if said.get(k)), "answer")

    found = [cell.metadata.get("nbgrader", {}) for cell in cells(taken_over[0])]
    assert [(s.get("grade_id"), kind(s), s.get("points")) for s in found] == WANTED


def test_hidden_cases_and_what_is_expected_stand_in_regions(taken_over):
    by_id = {
        c.metadata.nbgrader.grade_id: c.source
        for c in cells(taken_over[0])
        if "nbgrader" in c.metadata
    }
    assert by_id["q1-test-1"] == "# q1, test 1\nassert round(area(1), 2) == 3.14"
    assert by_id["q2-a-test"].split("\n")[1:3] == ["assert tau > 6", "### BEGIN HIDDEN TESTS"]
    assert by_id["q3-question"].endswith(
        "### BEGIN MARK SCHEME\nAll points are as far away.\n### END MARK SCHEME"
    )


def test_the_masters_answers_pass_and_none_passes_without_them(taken_over):
    notebook = [cell for cell in cells(taken_over[0]) if cell.cell_type == "code"]
    names = {}
    for cell in notebook:
        exec(cell.source, names)
    for cell in notebook:
        if cell.metadata.nbgrader.grade and cell.metadata.nbgrader.locked:
            with pytest.raises((NameError, AssertionError)):
                exec(cell.source, {"math": names["math"]})


def test_it_builds_and_check_finds_nothing_to_mend(taken_over):
    assignment = taken_over[0]
    assert build(assignment) == ["hw1"]
    findings = check(assignment, True, 1, lambda what, done: None)
    assert {result.earned for result in findings.of(Kind.MASTER)} == {7}
    assert {result.earned for result in findings.of(Kind.UNTOUCHED)} == {0}
    assert findings.problems == []


@pytest.mark.parametrize(
    "sentence",
    [
        "source/hw1/data/table.csv",
        "hw1.ipynb, ASSIGNMENT CONFIG, seed: no cell is seeded",
        "ASSIGNMENT CONFIG: nothing here corresponds to export_cell",
        "hw1.ipynb, cell number 2: its lines that call otter were left out",
        "hw1.ipynb, question q4: it says no number of points",
        "notes.ipynb: it has no '# BEGIN QUESTION'",
    ],
)
def test_it_says_what_was_written_and_what_was_not_taken_over(taken_over, sentence):
    assert sentence in taken_over[1]


BROKEN = {  # what a notebook has → what the sentence says
    ("# BEGIN QUESTION\nname: q1",): "question q1 has no # END QUESTION",
    ("# BEGIN QUESTION\npoints: 1",): "cell number 1: its question has no name",
    ("# BEGIN QUESTION\nname: [",): "cell number 1: its settings are not YAML",
    ("# BEGIN QUESTION\nname: a", "# END TESTS"): "cell number 2: '# END TESTS' stands inside",
    ("# BEGIN QUESTION\nname: a", "# BEGIN QUESTION\nname: b"): "stands inside of a question",
    ("# BEGIN QUESTION\nname: a", "# END QUESTION", "# BEGIN TESTS"): "outside of a question",
    ("# Notes",): "holds no master notebook of otter-grader's",
}


@pytest.mark.parametrize(("texts", "sentence"), BROKEN.items())
def test_a_master_that_cant_be_read_is_refused_with_its_cell_and_nothing_is_written(
    course, tmp_path_factory, texts, sentence
):
    folder = tmp_path_factory.mktemp("broken")
    nbformat.write(new_notebook(cells=list(map(raw, texts))), folder / "hw1.ipynb")
    with pytest.raises(CourseError) as error:
        from_otter(course.assignment("hw1"), folder)
    assert sentence in str(error.value)
    assert not course.assignment("hw1").source.exists()


def test_another_language_is_refused(course, tmp_path_factory):
    notebook, folder = master(), tmp_path_factory.mktemp("R")
    notebook.metadata["kernelspec"] = {"name": "ir", "display_name": "R", "language": "R"}
    nbformat.write(notebook, folder / "hw1.ipynb")
    with pytest.raises(CourseError, match="is a notebook in R: the kit grades Python only"):
        from_otter(course.assignment("hw1"), folder)
