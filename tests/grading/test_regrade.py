"""Marks that would change though the students did nothing are shown before they are recorded."""

import csv
import json
import shutil
from datetime import timedelta

import nbformat
import pytest
import tiny
from class_run import ClassRun, marks
from tiny import hand_in, solved

from grading.batch.run import HELD, Options, run
from grading.course import Course
from grading.masters.build import build
from grading.model.outcome import Status
from grading.people.grades import grades
from grading.results.export import export


@pytest.fixture(scope="module")
def graded_once(tmp_path_factory):
    """A class of two, graded: ana has everything, bruno a cube that is right for 2 only."""
    course = tiny.make_course(tmp_path_factory.mktemp("graded"))
    build(course.assignment(tiny.ASSIGNMENT))
    hand_in(course, "ana")
    notebook = solved("1_square")
    notebook.cells[4].source = "def cube(x):\n    return 8 if x == 2 else -27"
    hand_in(course, "bruno", square=nbformat.writes(notebook).encode())
    list(run(course.assignment(tiny.ASSIGNMENT)))
    return course


@pytest.fixture
def graded(graded_once, tmp_path):
    """A copy of it."""
    root = tmp_path / "course"
    shutil.copytree(graded_once.root, root)
    return Course(root)


def stricter(course):
    """The master's test of the cube, which now tries another number."""
    masters = tiny.masters()
    test = masters["1_square"].cells[5]
    test.source = test.source.replace("cube(-3) == -27", "cube(3) == 27")
    tiny.write_masters(course.root, masters)
    build(course.assignment(tiny.ASSIGNMENT))


def bruno(course):
    return marks(course)["bruno", "1_square", "cube-check"][0]


def test_who_moves_by_how_much_and_because_of_which_check_is_asked_first(graded):
    asked = []
    stricter(graded)
    found = list(
        run(graded.assignment(tiny.ASSIGNMENT), Options(agree=lambda moved: asked.extend(moved)))
    )
    (move,) = asked
    assert (move.submission, move.notebook, move.check) == ("bruno", "1_square", "cube-check")
    assert (move.before, move.after, move.change) == (3, 0, -3)
    assert bruno(graded) == 3
    assert {each.summary.submission: each.why == HELD for each in found} == {
        "ana": False,
        "bruno": True,
    }


def test_what_was_held_is_recorded_once_it_is_agreed_to_and_nothing_runs_again(graded):
    stricter(graded)
    list(run(graded.assignment(tiny.ASSIGNMENT), Options(agree=lambda moved: False)))
    found = list(run(graded.assignment(tiny.ASSIGNMENT), Options(agree=lambda moved: True)))
    assert bruno(graded) == 0
    assert {each.summary.submission for each in found if each.why} == {"bruno"}


def test_a_student_who_hands_in_again_is_not_held(graded):
    asked = []
    hand_in_again = solved("1_square")
    hand_in_again.cells[4].source = "def cube(x):\n    return x"
    path = graded.submitted / "bruno" / tiny.ASSIGNMENT / "1_square.ipynb"
    nbformat.write(hand_in_again, path)
    list(run(graded.assignment(tiny.ASSIGNMENT), Options(agree=lambda moved: asked.extend(moved))))
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
    found = list(
        run(course.assignment(tiny.ASSIGNMENT), Options(agree=lambda moved: asked.extend(moved)))
    )
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
        list(
            run(
                course.assignment(tiny.ASSIGNMENT), Options(agree=lambda moved: asked.extend(moved))
            )
        )
    found = {(m.submission, m.notebook, m.check): (m.before, m.after) for m in asked}
    assert found == {
        ("bruno", "1_square", "the late penalty"): (0, -2),
        ("bruno", "2_name", "the late penalty"): (0, -1),
    }


def asked(course):
    """Run the class: the marks that were asked about, which are then recorded."""
    moved = []

    def agree(found):
        moved.extend(found)
        return True

    list(run(Course(course.root).assignment(tiny.ASSIGNMENT), Options(agree=agree)))
    return [(move.submission, move.notebook, move.check, move.change) for move in moved]


def late(course, *lines):
    """ana came a day after a deadline, which costs a quarter; with more lines instead, none."""
    config = course.root / "grader_config.py"
    plain, _, _ = config.read_text().partition("\n# late\n")
    due = [
        'c.Deadlines.due = {"tiny": "2026-11-24 13:00 UTC"}',
        "c.Deadlines.penalty_per_day = 0.25",
    ]
    config.write_text("\n".join([plain, "# late", *(lines or due)]))


def stamp(course, text):
    (course.submitted / "ana" / tiny.ASSIGNMENT / "timestamp.txt").write_text(text)


def test_a_deadline_that_is_taken_out_is_asked_about(graded):
    stamp(graded, "2026-11-25 12:00:00 UTC")
    late(graded)
    asked(graded)
    late(graded, "c.Deadlines.penalty_per_day = 0.25")
    assert asked(graded) == [
        ("ana", "1_square", "the late penalty", 2), ("ana", "2_name", "the late penalty", 1),
    ]  # fmt: skip


def test_a_penalty_that_was_not_agreed_to_is_in_no_table(graded):
    stamp(graded, "2026-11-25 12:00:00 UTC")
    asked(graded)
    late(graded)
    course = Course(graded.root)
    list(run(course.assignment(tiny.ASSIGNMENT), Options(agree=lambda moved: False)))
    path, said = export(course.assignment(tiny.ASSIGNMENT), "grades")
    assert {row["penalty"] for row in csv.DictReader(path.open(encoding="utf-8-sig"))} == {"0"}
    assert {grade.total for grade in grades(course.assignment(tiny.ASSIGNMENT))} == {12}
    assert said[-1] == (
        "1 submissions would have another late penalty now, by marks, deadlines or extensions that "
        "changed: run 'python -m grading run tiny', then export again: ana"
    )


def test_where_it_is_not_known_what_was_handed_in_before_a_penalty_is_asked_about(graded):
    for path in graded.autograded.glob("*/tiny/outcome.json"):  # as an earlier edition wrote it
        summary = json.loads(path.read_text())
        del summary["handed_in"]
        path.write_text(json.dumps(summary))
    stamp(graded, "2026-11-25 12:00:00 UTC")
    late(graded)
    assert {check for _, _, check, _ in asked(graded)} == {"the late penalty"}


def test_the_same_files_handed_in_again_later_are_not_asked_about(graded):
    stamp(graded, "2026-11-24 12:00:00 UTC")
    late(graded)
    assert asked(graded) == []
    stamp(graded, "2026-11-25 12:00:00 UTC")
    assert asked(graded) == []
    with graded.gradebook() as gradebook:
        assert (
            gradebook.find_submission(tiny.ASSIGNMENT, "ana").notebooks[0].late_submission_penalty
        )


def test_a_notebook_that_was_missing_and_comes_later_is_not_asked_about(graded):
    hand_in(graded, "carla", name=None)
    list(run(graded.assignment(tiny.ASSIGNMENT)))
    nbformat.write(solved("2_name"), graded.submitted / "carla" / tiny.ASSIGNMENT / "2_name.ipynb")
    assert asked(graded) == []
    assert marks(graded)["carla", "2_name", "name-check"][0] == 4


def test_of_who_hands_in_one_notebook_again_only_the_others_are_asked_about(graded):
    stricter(graded)
    wrong = solved("2_name")
    wrong.cells[1].source = 'name = "adiós"'
    nbformat.write(wrong, graded.submitted / "bruno" / tiny.ASSIGNMENT / "2_name.ipynb")
    assert asked(graded) == [("bruno", "1_square", "cube-check", -3)]
    assert marks(graded)["bruno", "2_name", "name-check"][0] == 0


def test_where_the_last_run_is_not_known_all_that_differs_is_asked_about(graded):
    shutil.rmtree(graded.autograded)
    assert asked(graded) == []
    shutil.rmtree(graded.autograded)
    stricter(graded)
    assert asked(graded) == [("bruno", "1_square", "cube-check", -3)]


def test_files_that_the_configuration_takes_away_are_asked_about(graded):
    folder = hand_in(graded, "carla")
    reads = solved("1_square")
    reads.cells[4].source = "def cube(x):\n    open('mine.csv').read()\n    return x**3"
    nbformat.write(reads, folder / "1_square.ipynb")
    (folder / "mine.csv").write_text("1")
    list(run(graded.assignment(tiny.ASSIGNMENT)))
    config = graded.root / "grader_config.py"
    config.write_text(config.read_text() + '\nc.CourseDirectory.ignore.append("*.csv")\n')
    assert asked(graded) == [("carla", "1_square", "cube-check", -3)]


def test_the_page_of_a_run_lists_what_that_run_holds(graded):
    stricter(graded)
    ClassRun(graded).end()
    page = (graded.root / "reports" / "tiny.html").read_text()
    assert "to be graded again" in page


def test_an_extension_that_was_set_by_hand_is_asked_about_before_it_is_overwritten(graded):
    late(graded)
    asked(graded)  # writes the deadline, and no extension
    with graded.gradebook() as gradebook:
        gradebook.find_submission(tiny.ASSIGNMENT, "ana").extension = timedelta(hours=48)
        gradebook.db.commit()
    late(graded, 'c.Deadlines.due = {"tiny": "2026-11-24 14:00 UTC"}')
    code, said = ClassRun(graded).end()
    assert code == 3 and extension(graded) == timedelta(hours=48)
    assert "ana: an extension of 48 hours stands in the gradebook" in said
    code, said = ClassRun(graded, "--yes").end()
    assert code == 0 and not extension(graded), said


def test_an_extension_that_the_roster_gives_and_takes_again_is_not_asked_about(graded):
    late(graded)
    roster = graded.root / "students.csv"
    for hours in (48, 24):
        roster.write_text(f"student,extension_hours\nana,{hours}\nbruno,\n")
        late(graded, f'c.Deadlines.due = {{"tiny": "2026-11-24 {hours // 4}:00 UTC"}}')
        assert asked(graded) == []
        assert extension(graded) == timedelta(hours=hours)


def extension(course):
    with course.gradebook() as gradebook:
        return gradebook.find_submission(tiny.ASSIGNMENT, "ana").extension
