"""`check` says before release whether an assignment's marking can be trusted."""

import ast
import random
from contextlib import suppress
from copy import deepcopy
from dataclasses import replace

import numpy as np
import pytest
import tiny
from click.testing import CliRunner

from grading import cli
from grading.checking.check import check
from grading.checking.results import Fate, Margin
from grading.checking.trials import Kind, Known, Masters, trials_of_tests
from grading.course import CourseError, working_folder
from grading.examiner.measuring import Measuring
from grading.intake.preparation import Preparation
from grading.masters.build import BrokenMaster, build


def checked(course, quick=True):
    return check(course.assignment(tiny.ASSIGNMENT), quick, 2, lambda what, done: None)


def changed(course, name, **cells):
    """The tiny course with other cells in a master: id → (old, new) text."""
    masters = tiny.masters()
    for each in masters[name].cells:
        if each.id in cells:
            old, new = cells[each.id]
            assert old in each.source
            each.source = each.source.replace(old, new)
    tiny.write_masters(course.root, masters)
    return course


@pytest.fixture(scope="module")
def findings(tmp_path_factory):
    return checked(tiny.make_course(tmp_path_factory.mktemp("checked")), quick=False)


def test_a_sound_assignment_has_nothing_to_mend(findings):
    assert findings.problems == []
    assert findings.strength() == 1
    for result in findings.of(Kind.MASTER, Kind.THREADS):
        assert result.earned == findings.available(result.notebook)
    assert [result.earned for result in findings.of(Kind.UNTOUCHED)] == [0, 0]


def test_a_test_that_asserts_nothing_is_named(findings):
    masters = deepcopy(findings.masters)
    (test,) = (cell for cell in masters["1_square"].cells if cell.id == "cube-check")
    test.source = "print(cube(2))"
    problem = "1_square, cube-check: it asserts nothing, so any code that runs passes it"
    assert problem in replace(findings, masters=masters).problems


def test_a_test_that_neither_a_fault_nor_a_blank_fails_is_named(findings):
    passed = [result for result in findings.results if "cube-check" not in result.lost]
    problems = replace(findings, results=passed).problems
    assert any("cube-check: neither a fault nor a blank fails it" in each for each in problems)


def test_who_depends_on_whom_is_told(findings):
    found = {each.exercise: (each.own, each.lost, each.marks) for each in findings.dependencies}
    assert found == {
        "square": (["square-check"], ["square-check", "cube-check"], 8),
        "cube": (["cube-check"], ["cube-check"], 3),
        "name": (["name-check"], ["name-check"], 4),
    }


def test_a_fault_is_told_with_the_check_that_noticed_it(findings):
    by = {(fault.mutant.cell, fault.mutant.change): fault.by for fault in findings.faults}
    assert by["square", "y = x * x → y = x + x"] == "square-check"
    assert by["cube", "y = square(x) * x → y = square(x) + x"] == "cube-check"
    assert {fault.fate for fault in findings.faults} == {Fate.KILLED}


HIDDEN = {
    name: source[source.index("    ### BEGIN") :]
    for name, source in {"square-check": tiny.SQUARE_CHECK, "cube-check": tiny.CUBE_CHECK}.items()
}


def test_faults_that_no_test_notices_are_listed_with_their_line(course):
    weak = changed(course, "1_square", **{name: (text, "") for name, text in HIDDEN.items()})
    found = checked(weak)
    survivors = [fault for fault in found.faults if fault.fate == Fate.SURVIVED]
    assert [(f.mutant.cell, f.mutant.line, f.mutant.change) for f in survivors] == [
        ("square", 4, "y = x * x → y = x + x")  # 2 * 2 is 2 + 2
    ]
    assert any("1 faults are not noticed" in problem for problem in found.problems)


def test_a_fault_that_its_master_calls_equivalent_does_not_count(course):
    masters = tiny.masters()
    square = masters["1_square"].cells[2]
    square.metadata["grading"] = {
        "equivalent": [{"change": "y = x * x → y = x + x", "reason": "solo se prueba con 2"}]
    }
    for each in masters["1_square"].cells:
        each.source = each.source.replace(HIDDEN.get(each.id, "none"), "")
    tiny.write_masters(course.root, masters)
    found = checked(course)
    (fault,) = (fault for fault in found.faults if fault.fate == Fate.EQUIVALENT)
    assert fault.why == "solo se prueba con 2"
    assert found.problems == [] and found.strength() == 1
    build(course.assignment(tiny.ASSIGNMENT))
    released = (course.release / tiny.ASSIGNMENT / "1_square.ipynb").read_text()
    assert "equivalent" not in released and "x + x" not in released


WITHOUT_CUBE = "# Cubo\nwith tick.marks(3):\n    assert "
PROBLEMS = {
    "a master that fails its own test": (
        "cube", "square(x) * x", "square(x) * x * 2",
        "the master earns 5 of 8; not passed: cube-check",
    ),
    "a check that passes without an answer": (
        "cube-check", tiny.CUBE_CHECK, WITHOUT_CUBE + "True", "untouched it earns 3, by cube-check",
    ),
    "a check that does not notice its own blank": (
        "cube-check", tiny.CUBE_CHECK, WITHOUT_CUBE + "square(2) == 4",
        "cube left blank still passes cube-check",
    ),
    "a cell of the master's own that fails": (
        "square-imports", "from helpers import tick", "from helpers import tick\n1 / 0",
        "1_square: the master: student error: cell square-imports: ZeroDivisionError",
    ),
}  # fmt: skip


@pytest.mark.parametrize("problem", PROBLEMS)
def test_what_to_mend_is_said(course, problem):
    cell, old, new, said = PROBLEMS[problem]
    found = checked(changed(course, "1_square", **{cell: (old, new)}))
    assert any(said in each for each in found.problems)


def test_one_note_excuses_one_fault(course):
    masters = tiny.masters()
    square = masters["1_square"].cells[2]
    square.source = square.source.replace(
        "    y = x * x", "    z = x * x\n    z = x * x\n    y = z"
    )
    note = {"change": "z = x * x → z = x + x", "reason": "no se usa"}
    square.metadata["grading"] = {"equivalent": [note]}
    tiny.write_masters(course.root, masters)
    found = checked(course)
    assert any("2 faults are called equivalent by one note" in each for each in found.problems)
    fates = {f.mutant.line: f.fate for f in found.faults if f.mutant.change == note["change"]}
    assert fates == {4: Fate.EQUIVALENT, 5: Fate.EQUIVALENT}
    note["line"] = 4
    found.masters["1_square"].cells[2].metadata["grading"]["equivalent"] = [note]
    again = replace(found)
    fates = {f.mutant.line: f.fate for f in again.faults if f.mutant.change == note["change"]}
    assert fates == {4: Fate.EQUIVALENT, 5: Fate.KILLED}
    assert not any("by one note" in each for each in again.problems)


NO_SEEDS = [
    {"seeds": {"in": "seed(seed_", "values": [1]}},  # in no cell
    {"seeds": {"in": 'name == "hola', "values": [1]}},  # without the variable
    {"seeds": {"in": "seed_ < 9", "values": [1]}},  # in a test
    {"seeds": {"in": "seed_ = 7", "values": []}},
    {"seeds": {"in": "seed_ = 7", "values": 3}},
    {"seeds": {"in": 7, "values": [1]}},
    {"seeds": ["seed_ = 7", 1]},
    {"seeds": {}},
    ["seeds"],
]


@pytest.mark.parametrize("asked", NO_SEEDS, ids=str)
def test_seeds_that_change_nothing_are_refused_first(course, asked):
    masters = tiny.masters()
    name = masters["2_name"]
    name.cells.insert(1, tiny.cell("locked", "seed", "seed_ = 7"))
    name.cells[3].source += "\n    assert seed_ < 9"
    name.metadata["check"] = asked
    tiny.write_masters(course.root, masters)
    with pytest.raises(CourseError, match="2_name: check in its metadata changes nothing: "):
        checked(course)


def ready(course, notebooks=None):
    """The masters of the tiny course as they are to be tried; none trains."""
    notebooks = notebooks or tiny.masters()
    tiny.write_masters(course.root, notebooks)
    trainings = dict.fromkeys(notebooks, {})
    return Masters(
        Preparation(course.assignment(tiny.ASSIGNMENT)), notebooks, trainings, tiny.SOLUTIONS
    )


@pytest.mark.parametrize(("slowest", "call", "whole"), [(0.1, 20, 60), (10, 40, 60), (90, 60, 300)])
def test_faults_have_less_time_than_students_and_more_than_the_master_took(
    course, slowest, call, whole
):
    given = dict.fromkeys(tiny.masters(), Known(slowest, needs_figures=False))
    faults = [t for t in trials_of_tests(ready(course), True, given) if t.kind is Kind.MUTANT]
    limits = {(t.job.limits["call_seconds"], t.job.limits["check_seconds"]) for t in faults}
    assert limits == {(call, whole)}


PLOT = "plt.plot([1]); plt.show()"
FIGURES = {
    "only shows": (PLOT, "4"),
    "makes what a test reads": (f"factor = 2; {PLOT}", "2 * factor"),
    "makes it under a magic": (f"%%time\nfactor = 2; {PLOT}", "2 * factor"),
    "makes what is made anew": (f"made = made / 2; {PLOT}", "made"),
    "changes what a test reads": (f"held.append(2); {PLOT}", "2 * held[0]"),
}
SETUP = "import matplotlib.pyplot as plt\nheld, made = [], 8"


def with_figure(figure, expected="4"):
    """The tiny masters with a figure before exercises whose tests are weak."""
    masters = tiny.masters()
    cells = masters["1_square"].cells
    cells[2:2] = [tiny.cell("locked", "setup", SETUP), tiny.cell("locked", "figure", figure)]
    for cell in cells:
        cell.source = cell.source.replace(HIDDEN.get(cell.id, "no such text"), "")
    cells[5].source = cells[5].source.replace("== 4", f"== {expected}")
    return masters


@pytest.mark.parametrize("figure", FIGURES)
def test_a_figure_that_makes_what_a_test_reads_is_no_matter_to_the_faults(course, figure):
    tiny.write_masters(course.root, with_figure(*FIGURES[figure]))
    found = checked(course)
    survivors = {f.mutant.after for f in found.faults if f.fate == Fate.SURVIVED}
    assert "y = x + x" in survivors  # 2 * 2 is 2 + 2
    assert not any("figure" in problem for problem in found.problems)


@pytest.mark.parametrize("needed", [True, False])
def test_figures_are_run_with_faults_only_where_the_master_needs_them(course, needed):
    masters = with_figure(PLOT)
    known = dict.fromkeys(masters, Known(0.0, needs_figures=needed))
    trials = trials_of_tests(ready(course, masters), True, known)
    fault = next(trial for trial in trials if trial.kind is Kind.MUTANT)
    assert any(cell["source"] == PLOT for cell in fault.job.notebook["cells"]) is needed


def test_how_close_a_number_is_to_its_threshold_is_measured(course):
    near = {"name-check": ('assert name == "hola"', "assert len(name) <= 5")}
    found = checked(changed(course, "2_name", **near))
    (margin,) = (each for each in found.margins if each.check == "name-check")
    assert margin.text == "len(name) <= 5"
    assert set(margin.numbers("value")) == {4.0} and set(margin.numbers("threshold")) == {5.0}
    assert margin.room == pytest.approx(0.2) and not margin.is_luck


def test_a_number_that_other_seeds_carry_over_its_threshold_is_luck(course):
    masters = tiny.masters()
    name = masters["2_name"]
    name.metadata["check"] = {"seeds": {"in": "(seed_ * 37", "values": [1, 2, 3]}}
    name.cells.insert(1, tiny.cell("locked", "seed", "seed_ = 7\nnoise = (seed_ * 37 % 10) / 10"))
    name.cells[3].source = name.cells[3].source.replace(
        'assert name == "hola"', 'assert name == "hola"\n    assert noise < 0.95'
    )
    tiny.write_masters(course.root, masters)
    found = checked(course, quick=False)
    (margin,) = (each for each in found.margins if each.text == "noise < 0.95")
    # Three seeds, and twice the master.
    assert sorted(margin.numbers("value")) == [0.1, 0.4, 0.7, 0.9, 0.9]
    assert margin.is_luck
    assert any("luck could decide 'noise < 0.95'" in problem for problem in found.problems)


NOTED = {
    "both sides of a number": ("assert 0 < a < 0.5", 0.499, [(0, 0.499), (0.499, 0.5)]),
    "both sides of a call": ("assert 0 < abs(a) < 0.5", -0.4, [(0, 0.4), (0.4, 0.5)]),
    "a side that has a name": ("assert (b := a * 2) < 0.5", 0.2, [(0.4, 0.5)]),
    "a side in a side": ("assert 0 < (1 < a) + 1 < 5", 2, [(1, 2), (0, 2), (2, 5)]),
    "all of some": ("assert all([0 < x < a for x in (1, 2)])", 3, [(0, 1), (1, 3), (0, 2), (2, 3)]),
    "numbers between others": ("assert 0 < a == 1 < 5", 1, []),
    "a number of a tensor": ("assert a < 0.5", np.array(0.25), [(0.25, 0.5)]),
    "a list of numbers": ("assert (a < 0.5).all()", np.array([0.25]), []),
    "a number that no float holds": ("assert a < 10**400", 1, []),
    "no number": ("assert a < 'b'", "a", []),
}


@pytest.mark.parametrize("case", NOTED)
def test_comparisons_of_numbers_are_noted_and_decide_as_they_did(case):
    source, a, pairs = NOTED[case]
    measuring = Measuring()
    exec(compile(measuring.of(ast.parse(source)), "check", "exec"), measuring.names | {"a": a})
    assert [(noted["value"], noted["threshold"]) for noted in measuring.margins] == pairs


def test_what_python_would_not_look_at_is_not_looked_at():
    measuring = Measuring()
    with pytest.raises(AssertionError):
        code = compile(measuring.of(ast.parse("assert 1 < a < 1 / 0")), "check", "exec")
        exec(code, measuring.names | {"a": 0})


LUCK = {
    "always the same, at the threshold": ([(4, 4)], False),
    "near, but steadier than that": ([(0.288, 0.29), (0.2885, 0.29)], False),
    "as far apart as what is left": ([(0.80, 1.0), (0.55, 1.0)], True),
    "one run over it": ([(0.5, 1.0), (1.1, 1.0)], True),
    "the threshold moves with the value": ([(1.0, 2.0), (10.0, 20.0)], False),
}  # fmt: skip


@pytest.mark.parametrize("written", ["assert a <= b", "assert b >= a"])
@pytest.mark.parametrize("case", LUCK)
def test_luck_decides_where_runs_differ_by_more_than_what_is_left(case, written):
    pairs, luck = LUCK[case]
    margin = Margin("notebook", "check", written)
    for a, b in pairs:
        measuring = Measuring()
        with suppress(AssertionError):  # a run over the threshold
            code = compile(measuring.of(ast.parse(written)), "check", "exec")
            exec(code, measuring.names | {"a": a, "b": b})
        margin.runs += measuring.margins
    assert len(margin.runs) == len(pairs)
    assert margin.is_luck is luck


def test_an_input_that_fails_a_right_answer_is_told_with_its_seed(course):
    luck = (
        '### BEGIN HIDDEN TESTS\n    import random\n    assert random.random() < 0.8, "mala suerte"'
    )
    found = checked(changed(course, "2_name", **{"name-check": ("### BEGIN HIDDEN TESTS", luck)}))
    assert found.unlucky and {(each.check, each.style) for each in found.unlucky} == {
        ("name-check", "the master's own")
    }
    assert all(random.Random(each.seed).random() >= 0.8 for each in found.unlucky)
    (said, *_) = (each for each in found.problems if "fails a right answer" in each)
    assert f"drawn from the seed {found.unlucky[0].seed}: mala suerte" in said


def test_every_right_answer_that_the_instructor_keeps_must_earn_everything(course):
    folder = course.source / tiny.ASSIGNMENT / "variants/signed"
    folder.mkdir(parents=True)
    (folder / "1_square.py").write_text("# %% square\ndef square(x):\n    return x * abs(x)\n")
    found = checked(course, quick=False)
    assert any("random inputs signed earns 0 of 8" in problem for problem in found.problems)
    assert not any("signed" in problem for problem in checked(course).problems)


def test_a_hash_that_is_found_by_trying_is_told(course):
    from helpers import checkarr

    hashes = f'assert check_string(name, "{checkarr.text_crc("hola")}")'
    masters = tiny.masters()
    name = masters["2_name"]
    name.cells.insert(1, tiny.cell("locked", "more", "from helpers.checkarr import check_string"))
    name.cells.insert(1, tiny.cell("text", "hint", "Una palabra de saludo: hola."))
    name.cells[4].source = name.cells[4].source.replace('assert name == "hola"', hashes)
    tiny.write_masters(course.root, masters)
    (weak,) = checked(course).weak
    assert (weak.notebook, weak.check, weak.answer) == ("2_name", "name-check", "hola")


def test_a_quick_look_runs_no_other_seeds_or_threads(course):
    found = checked(course)
    assert not found.of(Kind.THREADS, Kind.SEED)
    assert found.strength() == 1 and found.problems == []


def test_what_only_a_training_would_show_is_not_decided_by_a_quick_look(course):
    masters = tiny.masters()
    loop = "from helpers.training import epochs\nfor epoch in epochs(9, n=[name]):\n    pass"
    masters["2_name"].cells.insert(2, tiny.cell("locked", "loop", loop))
    tiny.write_masters(course.root, masters)
    found = checked(course)
    assert {fault.fate for fault in found.faults if fault.notebook == "2_name"} == {Fate.OPEN}
    assert found.strength("2_name") is None and found.strength("1_square") == 1


def test_what_no_run_may_decide_is_refused_first(course):
    masters = tiny.masters()
    masters["1_square"].cells[2].source = "### BEGIN SOLUTION\ndef square(x):"
    tiny.write_masters(course.root, masters)
    with pytest.raises(BrokenMaster, match="1_square, cell square"):
        checked(course)
    with pytest.raises(CourseError, match="No assignment 'lab9'"):
        check(course.assignment("lab9"), True, 1, lambda what, done: None)


def test_the_command_writes_a_page_and_its_exit_code_tells(course):
    with working_folder(course.root):
        done = CliRunner().invoke(cli.main, ["check", tiny.ASSIGNMENT, "--quick"])
        assert done.exit_code == 0, done.output
        assert "Nothing was found to mend" in done.output
        page = course.root / "reports/tiny-check.html"
        assert str(page.relative_to(course.root)) in done.output
        assert "✓ Nothing was found to mend" in page.read_text()
        changed(course, "1_square", cube=("square(x) * x", "square(x)"))
        done = CliRunner().invoke(cli.main, ["check", tiny.ASSIGNMENT, "--quick"])
        assert done.exit_code == 3
        assert "the master earns 5 of 8" in done.output
        assert "Not ready for release" in page.read_text()
