"""Deadlines: who is late, by how much, and what it costs; recorded as nbgrader does it."""

import shutil
from datetime import UTC, datetime

import pytest
import tiny
from class_run import outcomes
from hypothesis import given
from hypothesis import strategies as st
from lab3 import nbgrader
from tiny import hand_in
from traitlets.config import Config

from grading.batch.plan import PENALTY
from grading.batch.run import run
from grading.course import Course, CourseError
from grading.masters.build import build
from grading.people.grades import grades
from grading.people.lateness import Deadlines, lateness

DUE = '{"tiny": "2026-11-20 23:59 America/Guatemala"}'  # 05:59 UTC on the 21st


def configure(course, **values):
    """The course with other deadlines; each value as it stands in grader_config.py."""
    path, mark = course.root / "grader_config.py", "\n# Deadlines of a test\n"
    text = path.read_text("utf-8").split(mark)[0] + mark
    path.write_text(text + "".join(f"c.Deadlines.{k} = {v}\n" for k, v in values.items()), "utf-8")
    return Course(course.root)


def came(course, folder, time):
    """Hand in, at a time that nbgrader's timestamp.txt says."""
    place = course.submitted / folder / tiny.ASSIGNMENT
    if not place.exists():
        hand_in(course, folder)
    (place / "timestamp.txt").write_text(f"{time}\n")


def late(course, time, folder="ana", **values):
    came(course, folder, time)
    configured = configure(course, due=DUE, **values)
    return lateness(configured.assignment(tiny.ASSIGNMENT), folder)


@pytest.mark.parametrize(
    "time, hours, penalty",
    [
        ("2026-11-19 12:00:00 UTC", 0, 0),
        ("2026-11-21 05:59:00 UTC", 0, 0),
        ("2026-11-21 06:09:00 UTC", 0, 0),  # 10 minutes of grace
        ("2026-11-21 06:10:00 UTC", 11 / 60, 0.1),
        ("2026-11-21 06:10:00.250 UTC", 11 / 60 + 0.25 / 3600, 0.1),
        ("2026-11-22 05:59:00 UTC", 24, 0.1),
        ("2026-11-22 06:29:00 UTC", 24.5, 0.2),
        ("2026-11-25 06:29:00 UTC", 96.5, 0.5),
        ("2027-11-25 06:29:00 UTC", 8856.5, 0.5),  # `most`
        ("2026-11-21 00:29:00 America/Guatemala", 0.5, 0.1),
        ("2026-11-21T06:29:00", 0.5, 0.1),  # nbgrader takes it for UTC
    ],
)
def test_each_day_begun_costs_a_share_up_to_the_most(course, time, hours, penalty):
    found = late(course, time, penalty_per_day=0.1, most=0.5, grace_minutes=10)
    assert (found.hours_late, found.penalty) == (pytest.approx(hours), pytest.approx(penalty))


def test_lateness_says_deadline_and_time_in_the_deadlines_zone(course):
    found = late(course, "2026-11-21 06:29:00 UTC")
    assert f"{found.deadline:%Y-%m-%d %H:%M %Z}" == "2026-11-20 23:59 CST"
    assert f"{found.handed_in:%Y-%m-%d %H:%M %Z}" == "2026-11-21 00:29 CST"


def test_without_a_penalty_being_late_costs_nothing(course):
    assert late(course, "2026-11-24 06:29:00 UTC").penalty == 0


def test_a_deadline_keeps_to_the_clock_when_summer_time_ends(course):
    came(course, "ana", "2026-10-25 01:30:00 UTC")
    course = configure(course, due='{"tiny": "2026-10-25 03:00 Europe/Madrid"}')  # UTC+1 by then
    assert lateness(course.assignment(tiny.ASSIGNMENT), "ana").hours_late == 0


def test_nobody_is_late_without_a_deadline(course):
    came(course, "ana", "2099-01-01 00:00:00 UTC")
    assert lateness(course.assignment(tiny.ASSIGNMENT), "ana") is None


# The last are read by nbgrader as another time than they say.
NO_TIMES = ["", "yesterday", "x" * 2000, "2099-11-30 23:30:00 -06:00", "2099-11-30 23:30:00 -0600",
            "2099-11-30 23:30:00 CST", "01/12/2099 00:30"]  # fmt: skip


@pytest.mark.parametrize("stamp", NO_TIMES)
def test_nobody_is_late_whose_time_is_not_known(course, stamp):
    assert late(course, stamp) is None


@pytest.mark.parametrize("stamp", ["2026-11-21 05:59:00 UTC", "2026-11-20 23:59 America/Guatemala",
                                   "2026-11-20T23:59:00-06:00", "2026-11-21 05:59:00.000001 UTC",
                                   "2026-11-21T05:59Z"])  # fmt: skip
def test_a_time_is_read_in_the_zone_that_it_says(course, stamp):
    found = late(course, stamp)
    assert found.handed_in.astimezone(UTC).replace(microsecond=0) == datetime(
        2026, 11, 21, 5, 59, tzinfo=UTC
    )


def test_nobody_is_late_without_a_timestamp(course):
    hand_in(course, "ana")
    assert lateness(configure(course, due=DUE).assignment("tiny"), "ana") is None


ROSTER = "student,extension_hours\nana,\nbruno,24\ncarla,72\n"


@pytest.mark.parametrize(
    "folder, extensions, hours",
    [
        ("ana", "{}", 0),
        ("ana", '{("tiny", "ana"): 48}', 48),
        ("ana", '{("other", "ana"): 48}', 0),
        ("bruno", "{}", 24),
        ("bruno", '{("tiny", "bruno"): 12}', 24),
        ("bruno", '{("tiny", "bruno"): 36}', 36),
        ("ana_bruno", "{}", 24),
        ("bruno_carla", "{}", 72),
        ("ana_bruno", '{("tiny", "ana"): 48}', 48),
    ],
)
def test_the_longest_extension_of_those_who_hand_in_counts(course, folder, extensions, hours):
    (course.root / "students.csv").write_text(ROSTER)
    found = late(course, "2026-11-29 05:59:00 UTC", folder, extensions=extensions)
    assert (found.extension_hours, found.hours_late) == (hours, 8 * 24 - hours)


@given(st.integers(0, 400), st.integers(0, 400), st.floats(0, 1), st.floats(0, 1))
def test_a_penalty_is_a_share_and_never_falls_with_time(earlier, later, daily, most):
    deadlines = Deadlines(config=Config(Deadlines={"penalty_per_day": daily, "most": most}))
    first, second = sorted([earlier, later])
    assert 0 <= deadlines.share(first) <= deadlines.share(second) <= most


@pytest.mark.parametrize(
    "values, said",
    [
        ({"due": '{"tiny": "2026-11-20 23:59"}'}, "not a date, a time and a zone"),
        ({"due": '{"tiny": "2026-11-31 23:59 UTC"}'}, "no such date or time"),
        ({"due": '{"tiny": "20/11/2026 23:59 UTC"}'}, "no such date or time"),
        ({"due": '{"tiny": "2026-11-20 24:00 UTC"}'}, "no such date or time"),
        ({"due": '{"tiny": "2026-11-20 23:59 Guatemala"}'}, "no time zone 'Guatemala'"),
        ({"due": '{"tiny": "2026-11-20 23:59 ../UTC"}'}, "no time zone '../UTC'"),
        ({"due": '{"tiny": 7}'}, "not a date, a time and a zone"),
        ({"due": '{"other": "soon"}'}, "not a date, a time and a zone"),
        ({"due": '"2026-11-20 23:59 UTC"'}, "c.Deadlines: "),
        ({"penalty_per_day": "10"}, "c.Deadlines: "),
        ({"most": "-1"}, "c.Deadlines: "),
        ({"grace_minutes": "'ten'"}, "c.Deadlines: "),
        ({"extensions": '{"ana": 48}'}, 'write ("lab3", "20210001"): 48'),
        ({"extensions": '{("tiny", "ana"): "48"}'}, 'write ("lab3", "20210001"): 48'),
        ({"extensions": '{("tiny", "ana"): -1}'}, 'write ("lab3", "20210001"): 48'),
        ({"extensions": '{("tiny", "ana"): True}'}, 'write ("lab3", "20210001"): 48'),
    ],
)
def test_what_is_no_deadline_is_refused_and_how_to_write_it_is_said(course, values, said):
    with pytest.raises(CourseError) as error:
        lateness(configure(course, **values).assignment("tiny"), "ana")
    assert str(error.value).startswith("grader_config.py, c.Deadlines") and said in str(error.value)
    if "due" in values and "{" in values["due"]:
        assert "2026-11-30 23:59 America/Guatemala" in str(error.value)


# --- In the gradebook -----------------------------------------------------------------------------

TIMES = {
    "ana_bruno": "2026-11-22 07:59:00 UTC",  # 26 hours late
    "carla": "2026-11-20 12:00:00 UTC",
    "diego": "2026-11-29 05:59:00 UTC",  # 8 days
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A class with a pair a day and two hours late, one in time and one a week late; graded."""
    course = tiny.make_course(tmp_path_factory.mktemp("late"))
    build(course.assignment(tiny.ASSIGNMENT))
    for folder, time in TIMES.items():
        came(course, folder, time)
    course = configure(course, due=DUE, penalty_per_day=0.1, most=0.5)
    assert len(list(run(course.assignment(tiny.ASSIGNMENT)))) == len(TIMES)
    return course


@pytest.fixture
def late_class(graded, tmp_path):
    """A copy of it."""
    root = tmp_path / "course"
    shutil.copytree(graded.root, root)
    return Course(root)


def penalties(course):
    """What the gradebook takes off, by folder."""
    with course.gradebook() as gradebook:
        return {
            submission.student.id: pytest.approx(submission.late_submission_penalty)
            for submission in gradebook.assignment_submissions(tiny.ASSIGNMENT)
        }


def why(course):
    return {summary.submission: why for summary, why in run(course.assignment(tiny.ASSIGNMENT))}


def test_the_gradebook_takes_off_a_share_of_the_marks_earned(graded):
    assert penalties(graded) == {"ana_bruno": 2.4, "carla": 0, "diego": 6}


def test_both_of_a_pair_have_the_penalty(graded):
    found = {
        grade.student: (grade.penalty, grade.total) for grade in grades(graded.assignment("tiny"))
    }
    assert found["ana"] == found["bruno"] == (pytest.approx(2.4), pytest.approx(9.6))
    assert found["carla"] == (0, 12)


def test_the_page_of_feedback_says_the_penalty(graded):
    page = (graded.feedback / "ana_bruno" / "tiny" / "1_square.html").read_text("utf-8")
    assert "descuento de 1.6 puntos por entrega tardía" in page


def test_stock_autograde_gives_the_same_penalties(late_class):
    (late_class.root / "gradebook.db").unlink()
    shutil.rmtree(late_class.autograded)
    build(late_class.assignment(tiny.ASSIGNMENT))
    nbgrader(late_class.root, "autograde", tiny.ASSIGNMENT, "--create")
    assert penalties(late_class) == {"ana_bruno": 2.4, "carla": 0, "diego": 6}


def test_a_second_run_has_nothing_to_do(late_class):
    assert why(late_class) == dict.fromkeys(TIMES, "")


def test_another_deadline_counts_from_the_next_run_and_no_notebook_runs_again(late_class):
    before = outcomes(late_class)
    course = configure(late_class, due=DUE.replace("11-20", "11-27"), penalty_per_day=0.1)
    assert all(why(course).values())
    assert penalties(course) == {"ana_bruno": 0, "carla": 0, "diego": 1.2}
    assert outcomes(course) == before


def test_an_extension_in_the_roster_counts_from_the_next_run_for_its_student_alone(late_class):
    before = outcomes(late_class)
    (late_class.root / "students.csv").write_text("student,extension_hours\nbruno,24\n")
    assert why(late_class) == {"ana_bruno": PENALTY, "carla": "", "diego": ""}
    assert penalties(late_class) == {"ana_bruno": 1.2, "carla": 0, "diego": 6}
    assert outcomes(late_class) == before


def test_a_mark_given_by_hand_changes_the_penalty_with_the_next_run_and_stays(late_class):
    with late_class.gradebook() as gradebook:
        grade = gradebook.find_grade("square-question", "1_square", "tiny", "diego")
        grade.manual_score, grade.needs_manual_grade = 2, False
        gradebook.db.commit()
    before = {
        g.student: (g.written, g.penalty, g.total) for g in grades(late_class.assignment("tiny"))
    }
    assert before["diego"] == (2, 6, 8)
    assert why(late_class)["diego"] == PENALTY
    assert penalties(late_class)["diego"] == 7
    after = {
        g.student: (g.written, g.penalty, g.total) for g in grades(late_class.assignment("tiny"))
    }
    assert after == before | {"diego": (2, 7, 7)}


def test_a_time_that_was_corrected_counts_and_no_notebook_runs_again(late_class):
    before = outcomes(late_class)
    came(late_class, "diego", "2026-11-20 05:59:00 UTC")
    assert why(late_class)["diego"]
    assert penalties(late_class)["diego"] == 0
    assert outcomes(late_class) == before


def test_without_a_deadline_the_penalties_are_gone(late_class):
    course = configure(late_class)
    assert all(why(course).values())
    assert penalties(course) == dict.fromkeys(TIMES, 0)


OWN = """
from nbgrader.plugins import LateSubmissionPlugin

class Two(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return 2
"""


def test_an_instructors_own_plugin_decides_and_is_settled_with_one_run(late_class, monkeypatch):
    (late_class.root / "own_plugin.py").write_text(OWN)
    monkeypatch.syspath_prepend(late_class.root)
    with (late_class.root / "grader_config.py").open("a") as config:
        config.write('c.AssignLatePenalties.plugin_class = "own_plugin.Two"\n')
    course = Course(late_class.root)
    assert all(why(course).values())
    assert penalties(course) == {"ana_bruno": 4, "carla": 0, "diego": 4}
    assert {g.student: g.penalty for g in grades(course.assignment("tiny"))}["ana"] == 4
    assert why(course) == dict.fromkeys(TIMES, "")


def test_a_deadline_that_is_none_stops_a_run_before_anything_is_graded(late_class):
    course = configure(late_class, due='{"tiny": "soon"}')
    with pytest.raises(CourseError, match="not a date, a time and a zone"):
        next(run(course.assignment(tiny.ASSIGNMENT)))
    assert penalties(course) == {"ana_bruno": 2.4, "carla": 0, "diego": 6}


def test_a_roster_that_cannot_be_read_stops_a_run_before_anything_is_graded(late_class):
    (late_class.root / "students.csv").write_text("student\nana\nana\n")
    with pytest.raises(CourseError, match="students.csv, line 3"):
        next(run(late_class.assignment(tiny.ASSIGNMENT)))
