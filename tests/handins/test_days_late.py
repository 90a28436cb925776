"""How many days a hand-in is late: by the clock of the course's zone, where clocks change too."""

import time

import pytest
import tiny
from click.testing import CliRunner
from habits import Habit, graded, judge
from tiny import hand_in

from grading.cli import main
from grading.course import Course, CourseError
from grading.people.lateness import lateness
from grading.people.notes import notes

MADRID, SANTIAGO, GUATEMALA = "Europe/Madrid", "America/Santiago", "America/Guatemala"

# What is done: due, timestamp.txt, hours of extension, days of penalty.
DAYS = {
    "the evening after the clock was put back": (
        f"2026-10-24 23:59 {MADRID}", f"2026-10-25 23:30:00 {MADRID}", 0, 1),
    "a minute into the second day after the clock was put back": (
        f"2026-10-24 23:59 {MADRID}", f"2026-10-26 00:00:00 {MADRID}", 0, 2),
    "a week later, the clock was put back in between": (
        f"2026-10-20 23:59 {MADRID}", f"2026-10-27 23:59:00 {MADRID}", 0, 7),
    "the evening after the clock was put forward": (
        f"2027-03-27 23:59 {MADRID}", f"2027-03-28 23:59:00 {MADRID}", 0, 1),
    "half an hour into the second day after the clock was put forward": (
        f"2027-03-27 23:59 {MADRID}", f"2027-03-29 00:29:00 {MADRID}", 0, 2),
    "in the south, where clocks are put back in April": (
        f"2026-04-04 22:00 {SANTIAGO}", f"2026-04-05 21:59:00 {SANTIAGO}", 0, 1),
    "in the hour that is there twice, after the deadline": (
        f"2026-10-25 01:59 {MADRID}", "2026-10-25 01:15:00 UTC", 0, 1),
    "a zone without summer time, while another one's clock changes": (
        f"2026-10-24 23:59 {GUATEMALA}", "2026-10-26 05:59:00 UTC", 0, 1),
    "due in UTC": ("2026-10-24 23:59 UTC", f"2026-10-26 00:59:00 {MADRID}", 0, 1),
    "due in UTC, one minute more": ("2026-10-24 23:59 UTC", f"2026-10-26 01:00:00 {MADRID}", 0, 2),
    "due at a fixed distance from UTC": (
        "2026-10-24 23:59 Etc/GMT+6", "2026-10-25T23:59:00-06:00", 0, 1),
    "in time by a clock of another zone": (
        f"2026-10-24 23:59 {MADRID}", f"2026-10-24 15:59:00 {GUATEMALA}", 0, 0),
    "from the 28th to the 29th of February": (
        f"2028-02-28 23:59 {MADRID}", f"2028-02-29 23:59:00 {MADRID}", 0, 1),
    "over the 29th of February": (
        f"2028-02-28 23:59 {MADRID}", f"2028-03-01 00:00:00 {MADRID}", 0, 2),
    "over the end of the year": (
        f"2026-12-31 23:59 {GUATEMALA}", f"2027-01-01 23:59:00 {GUATEMALA}", 0, 1),
    "due at 00:00, in at 23:59 of that day": (
        f"2026-10-25 00:00 {MADRID}", f"2026-10-25 23:59:00 {MADRID}", 0, 1),
    "due at 00:00, in at 00:00 of the next day": (
        f"2026-10-25 00:00 {MADRID}", f"2026-10-26 00:00:00 {MADRID}", 0, 1),
    "due at 00:00, in a minute later": (
        f"2026-10-25 00:00 {MADRID}", f"2026-10-26 00:01:00 {MADRID}", 0, 2),
    "within the ten minutes of grace": (
        f"2026-10-24 23:59 {MADRID}", f"2026-10-25 00:09:00 {MADRID}", 0, 0),
    "after the minutes of grace": (
        f"2026-10-24 23:59 {MADRID}", f"2026-10-25 00:10:00 {MADRID}", 0, 1),
    "an extension of a day ends at the same time of a clock that was put back": (
        f"2026-10-24 23:59 {MADRID}", f"2026-10-25 23:59:00 {MADRID}", 24, 0),
    "the day after such an extension": (
        f"2026-10-24 23:59 {MADRID}", f"2026-10-26 23:59:00 {MADRID}", 24, 1),
    "an extension of a day is never shorter than its hours": (
        f"2027-03-27 23:59 {MADRID}", f"2027-03-29 00:59:00 {MADRID}", 24, 0),
    "an extension of some hours over the change": (
        f"2026-10-24 23:59 {MADRID}", f"2026-10-25 05:58:00 {MADRID}", 6, 0),
}  # fmt: skip


def configured(course, due):
    with (course.root / "grader_config.py").open("a", encoding="utf-8") as config:
        config.write(
            f"\nc.Deadlines.due = {{'tiny': {due!r}}}\nc.Deadlines.penalty_per_day = 0.1\n"
        )
        config.write("c.Deadlines.grace_minutes = 10\n")
    return Course(course.root).assignment(tiny.ASSIGNMENT)


def came(course, stamp):
    (hand_in(course, "ana") / "timestamp.txt").write_text(stamp)


@pytest.mark.parametrize(("due", "stamp", "extension", "days"), DAYS.values(), ids=DAYS)
def test_a_days_penalty_counts_days_of_the_clock(course, due, stamp, extension, days):
    came(course, stamp)
    (course.root / "students.csv").write_text(f"student,extension_hours\nana,{extension}\n")
    assert lateness(configured(course, due), "ana").penalty == pytest.approx(days / 10)


def at(stamp):
    """What makes a hand-in come at a time."""

    def do(folder):
        (folder / "timestamp.txt").write_text(stamp)

    return do


EVENINGS = [
    Habit("handed in in time", at(f"2026-10-24 23:58:00 {MADRID}"), unsaid=("descuento",)),
    Habit(
        "handed in the next evening",
        at(f"2026-10-25 23:30:00 {MADRID}"),
        said=("descuento de 0.8 puntos",),
    ),
    Habit(
        "handed in on the second day",
        at(f"2026-10-26 00:00:00 {MADRID}"),
        said=("descuento de 1.6 puntos",),
    ),
]


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    course = tiny.make_course(tmp_path_factory.mktemp("evenings"))
    return graded(configured(course, f"2026-10-24 23:59 {MADRID}").course, EVENINGS)


@pytest.mark.parametrize("habit", EVENINGS, ids=str)
def test_what_students_read_of_it(habit, results):
    judge(habit, results[habit.name])


ODD = {
    "put forward": (f"2027-03-28 02:30 {MADRID}", "that hour does not exist"),
    "put forward, in the south": (f"2026-09-06 00:00 {SANTIAGO}", "that hour does not exist"),
    "put back": (f"2026-10-25 02:30 {MADRID}", "that hour exists twice"),
    "put back, in the south": (f"2026-04-04 23:30 {SANTIAGO}", "that hour exists twice"),
}


@pytest.mark.parametrize(("due", "said"), ODD.values(), ids=ODD)
def test_a_deadline_in_an_hour_that_is_not_there_once_is_refused(course, due, said):
    hand_in(course, "ana")
    with pytest.raises(CourseError) as error:
        lateness(configured(course, due), "ana")
    assert str(error.value).startswith(f"grader_config.py, c.Deadlines.due['tiny'] = {due!r}: ")
    assert said in str(error.value)


@pytest.mark.parametrize("time", ["01:59", "03:00"])
def test_a_deadline_beside_such_an_hour_is_taken(course, time):
    came(course, f"2026-10-24 12:00:00 {MADRID}")
    due = f"2026-10-25 {time} {MADRID}"
    assert lateness(configured(course, due), "ana").penalty == 0


STAMPS = {
    "twice": (f"2026-10-25 02:30:00 {MADRID}", "exists twice", "2026-10-25 00:30 UTC"),
    "never": (f"2027-03-28 02:30:00 {MADRID}", "does not exist", "2027-03-28 01:30 UTC"),
}


@pytest.mark.parametrize(("stamp", "odd", "taken"), STAMPS.values(), ids=STAMPS)
def test_a_timestamp_in_such_an_hour_is_said_and_how_it_was_taken(course, stamp, odd, taken):
    came(course, stamp)
    (said,) = [each for each in notes(course.assignment("tiny")) if "timestamp.txt" in each]
    assert said.startswith("ana: ") and stamp in said and odd in said and taken in said


@pytest.fixture
def in_madrid(monkeypatch):
    """This machine's clock is Madrid's."""
    monkeypatch.setenv("TZ", MADRID)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


CLOSINGS = {"2026-10-25T02:30": "exists twice", "2027-03-28T02:30": "does not exist"}


@pytest.mark.usefixtures("in_madrid")
@pytest.mark.parametrize(("closed", "odd"), CLOSINGS.items(), ids=CLOSINGS)
def test_an_hour_of_closing_that_is_not_there_once_is_refused(
    course, inbox, monkeypatch, closed, odd
):
    hand_in(course, "ana").rename(inbox / "ana")
    monkeypatch.chdir(course.root)
    done = CliRunner().invoke(main, ["collect", "tiny", "inbox", "--by", closed, "--dry-run"])
    assert done.exit_code == 1
    assert f"--by {closed}: that hour {odd} on this machine's clock" in done.output
