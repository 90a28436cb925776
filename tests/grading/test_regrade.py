"""Marks that would change though the students did nothing are shown before they are recorded."""

import nbformat
import pytest
import tiny
from class_run import ClassRun, marks
from tiny import hand_in, solved

from grading.batch.run import HELD, Options, run
from grading.course import Course
from grading.execution.outcome import Status
from grading.masters.build import build


@pytest.fixture
def graded(built):
    """A class of two, graded: ana has everything, bruno a cube that is right for 2 only."""
    hand_in(built, "ana")
    notebook = solved("1_square")
    notebook.cells[4].source = "def cube(x):\n    return 8 if x == 2 else -27"
    hand_in(built, "bruno", square=nbformat.writes(notebook).encode())
    list(run(built, tiny.ASSIGNMENT))
    return built


def stricter(course):
    """The master's test of the cube, which now tries another number."""
    masters = tiny.masters()
    test = masters["1_square"].cells[5]
    test.source = test.source.replace("cube(-3) == -27", "cube(3) == 27")
    tiny.write_masters(course.root, masters)
    build(course, tiny.ASSIGNMENT)


def bruno(course):
    return marks(course)["bruno", "1_square", "cube-check"][0]


def test_who_moves_by_how_much_and_because_of_which_check_is_asked_first(graded):
    asked = []
    stricter(graded)
    found = list(run(graded, tiny.ASSIGNMENT, Options(agree=lambda moved: asked.extend(moved))))
    (move,) = asked
    assert (move.student, move.notebook, move.check) == ("bruno", "1_square", "cube-check")
    assert (move.before, move.after, move.change) == (3, 0, -3)
    assert bruno(graded) == 3
    assert {each.summary.student: each.why == HELD for each in found} == {
        "ana": False,
        "bruno": True,
    }


def test_what_was_held_is_recorded_once_it_is_agreed_to_and_nothing_runs_again(graded):
    stricter(graded)
    list(run(graded, tiny.ASSIGNMENT, Options(agree=lambda moved: False)))
    found = list(run(graded, tiny.ASSIGNMENT, Options(agree=lambda moved: True)))
    assert bruno(graded) == 0
    assert {each.summary.student for each in found if each.why} == {"bruno"}


def test_a_student_who_hands_in_again_is_not_held(graded):
    asked = []
    hand_in_again = solved("1_square")
    hand_in_again.cells[4].source = "def cube(x):\n    return x"
    path = graded.submitted / "bruno" / tiny.ASSIGNMENT / "1_square.ipynb"
    nbformat.write(hand_in_again, path)
    list(run(graded, tiny.ASSIGNMENT, Options(agree=lambda moved: asked.extend(moved))))
    assert asked == [] and bruno(graded) == 0


def test_a_mark_given_by_hand_stays_and_is_listed(graded):
    with graded.gradebook() as gradebook:
        grade = gradebook.find_grade("cube-check", "1_square", tiny.ASSIGNMENT, "bruno")
        grade.manual_score = 2
        gradebook.db.commit()
    stricter(graded)
    code, said = ClassRun(graded, "--yes").end()
    assert code == 0, said
    assert "by hand: bruno, 1_square cube-check was given 2 by a person: that stays" in said
    with graded.gradebook() as gradebook:
        grade = gradebook.find_grade("cube-check", "1_square", tiny.ASSIGNMENT, "bruno")
        assert (grade.auto_score, grade.manual_score, grade.score) == (0, 2, 2)


def test_the_command_holds_them_and_says_how_to_record_them(graded):
    stricter(graded)
    code, said = ClassRun(graded).end()
    assert code == 3
    assert "bruno" in said and "-3" in said and "1_square cube-check 3 → 0" in said
    assert "the same command with --yes" in said
    assert "1 submissions are held" in said
    assert bruno(graded) == 3
    code, said = ClassRun(graded, "--yes").end()
    assert code == 0, said
    assert bruno(graded) == 0


def test_a_changed_limit_that_moves_no_mark_asks_nothing(graded):
    with (graded.root / "grader_config.py").open("a") as config:
        config.write("\nc.Limits.cell_seconds = 59\n")
    asked = []
    course = Course(graded.root)  # which reads the configuration anew
    found = list(run(course, tiny.ASSIGNMENT, Options(agree=lambda moved: asked.extend(moved))))
    assert asked == []
    assert [each.summary.status for each in found] == [Status.GRADED] * 2
    assert all("limit" in each.why for each in found)


def test_a_deadline_that_costs_marks_is_asked_about_first(graded):
    asked, config = [], graded.root / "grader_config.py"
    (graded.submitted / "bruno" / tiny.ASSIGNMENT / "timestamp.txt").write_text(
        "2026-11-25 12:00:00 UTC"
    )
    for due in ("2026-11-30 12:00 UTC", "2026-11-24 13:00 UTC"):
        with config.open("a") as file:
            file.write(
                f'\nc.Deadlines.due = {{"tiny": "{due}"}}\nc.Deadlines.penalty_per_day = 0.25\n'
            )
        course = Course(graded.root)  # which reads the configuration anew
        list(run(course, tiny.ASSIGNMENT, Options(agree=lambda moved: asked.extend(moved))))
    found = {(m.student, m.notebook, m.check): (m.before, m.after) for m in asked}
    assert found == {
        ("bruno", "1_square", "the late penalty"): (0, -2),
        ("bruno", "2_name", "the late penalty"): (0, -1),
    }
