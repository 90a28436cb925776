"""When a hand-in came and which one counts, where the platform's download tells the time."""

from datetime import UTC, datetime, timedelta

import pytest
from downloads import (
    BOTH,
    FRIDAY,
    SATURDAY,
    archive,
    blackboard,
    brightspace,
    collected,
    fates,
    files_in,
    gradescope,
    notebook,
    notebooks,
    problems,
    put,
    stored,
)

from grading.course import Course

ANA, MINE, NOON = ("Ana", "'20210001'", "ana@x.org"), notebooks(), "2026-11-20-12-00-00"
GUATEMALA, MADRID = "America/Guatemala", "Europe/Madrid"
NOT_READ = "its time could not be read in the platform's name: the file's own counts"
TIMES = {
    "Blackboard": (
        blackboard("L", ("ana", "A", "2026-11-19-23-58-59", MINE)), GUATEMALA, "20 05:58:59", ""),
    "Blackboard, an hour that is there twice": (
        blackboard("L", ("ana", "A", "2026-10-25-02-30-00", MINE)), MADRID, "25 00:30:00",
        "Blackboard says 2026-10-25 02:30, an hour that exists twice: taken for 00:30 UTC"),
    "Blackboard, no such day": (
        blackboard("L", ("ana", "A", "2026-13-45-00-00-00", MINE)), MADRID, "20 18:00:00",
        NOT_READ),
    "Gradescope": (
        gradescope(([ANA], "2026-11-19 23:58:59.9 -06:00", MINE)), MADRID, "20 05:58:59", ""),
    "Gradescope, none": (gradescope(([ANA], "", MINE)), MADRID, "20 18:00:00", NOT_READ),
    "Google Classroom: the hour of the download": (
        {f"Ana - {name}": raw for name, raw in MINE.items()}
        | {f"Luis - {name}": raw for name, raw in MINE.items()}, MADRID, "21 09:30:00", ""),
} | {
    f"Brightspace: {date!a}": (brightspace(("Ana", date, MINE)), GUATEMALA, told, "")
    for date, told in {
        "Nov 19, 2026 1158 PM": "20 05:58:00", "19 noviembre, 2026 1158 PM": "20 05:58:00",
        "19 November 2026 1158 PM": "20 05:58:00", "19 de noviembre de 2026 2358": "20 05:58:00",
        "jueves, 19 nov, 2026 11_58 p. m.": "20 05:58:00", "Nov 19, 2026 926 AM": "19 15:26:00",
        "Nov 19, 2026 1158\u202fPM": "20 05:58:00", "Nov 19, 2026 1201 AM": "19 06:01:00",
        "19 set. 2026 1201 PM": "19 18:01:00", "martes 3 mar 2026 0005": "03 06:05:00",
    }.items()
} | {
    f"Brightspace: {date}, which is no time": (
        brightspace(("Ana", date, MINE)), GUATEMALA, "20 18:00:00", NOT_READ)
    for date in ("19 marraskuu 2026 2358", "31 Nov 2026 2358", "19 Nov 2026 2561",
                 "19 Nov 2026 1301 PM")
}  # fmt: skip


def due_in(course, zone):
    with (course.root / "grader_config.py").open("a", encoding="utf-8") as config:
        config.write(f"\nc.Deadlines.due = {{'tiny': '2026-11-20 23:59 {zone}'}}\n")
    return Course(course.root)


@pytest.mark.parametrize(("files", "zone", "came", "said"), TIMES.values(), ids=TIMES)
def test_the_time_that_a_platform_tells_is_read_on_the_courses_clock(
    course, inbox, files, zone, came, said
):
    course = due_in(course, zone)
    put(inbox, "download.zip", archive(files, FRIDAY), SATURDAY)
    result = collected(course, inbox)
    (folder,) = course.assignment("tiny").submissions()[:1]
    stamp = (course.submitted / folder / "tiny/timestamp.txt").read_text()
    assert stamp[8:] == f"{came} UTC"
    told = [each for each in problems(result) if each == NOT_READ or "an hour that" in each]
    assert told == ([said] if said else [])


def test_a_time_that_is_told_stays_though_handing_in_was_closed_before(course, inbox):
    course = due_in(course, "UTC")
    put(inbox, "b.zip", archive(blackboard("L", ("ana", "A", "2026-11-20-23-59-59", MINE))))
    put(inbox, "20210009/1_square.ipynb", notebook(), SATURDAY)
    rows = collected(course, inbox, by=FRIDAY).rows
    assert [row.time for row in rows] == [FRIDAY, datetime(2026, 11, 20, 23, 59, 59, tzinfo=UTC)]


def test_a_students_archive_tells_no_time(course, inbox):
    """An archive in another one may be a student's, whatever its files are called."""
    inner = archive(blackboard("L", ("ana", "A", "2020-01-01-00-00-00", MINE)), FRIDAY)
    put(inbox, "outer.zip", archive({"gradebook.zip": inner}, FRIDAY), SATURDAY)
    assert [row.time for row in collected(course, inbox).rows] == [SATURDAY]


def attempts_of(platform):
    first, last = notebooks(mark="first"), notebooks(mark="last")
    if platform == "Blackboard":
        return blackboard("L", ("ana", "A", "2026-11-20-09-00-00", first), ("ana", "A", NOON, last))
    return brightspace(("Ana", "Nov 20, 2026 900 AM", first), ("Ana", "Nov 20, 2026 1200 PM", last))


@pytest.mark.parametrize("platform", ["Blackboard", "Brightspace"])
def test_the_last_attempt_counts_and_the_earlier_one_is_kept(course, inbox, platform):
    course = due_in(course, "UTC")
    put(inbox, "download.zip", archive(attempts_of(platform)))
    result = collected(course, inbox)
    assert [str(row.fate) for row in result.rows] == ["earlier", "new"]
    (student,) = course.assignment("tiny").submissions()
    assert stored(course, student)["1_square.ipynb"] == notebook("1_square", mark="last")
    earlier = course.submitted / ".earlier" / student / "tiny/2026-11-20T09-00-00Z"
    assert files_in(earlier)["1_square.ipynb"] == notebook("1_square", mark="first")


def test_blackboards_note_is_no_file_of_the_student(course, inbox):
    """It says the grade: another download would make another hand-in of the same files."""
    files = blackboard("L", ("ana", "Ana", NOON, MINE))
    put(inbox, "download.zip", archive(files), FRIDAY)
    (row,) = collected(course, inbox).rows
    assert str(row.submission.hand_in.account) == "Ana ana"
    graded = {name: raw.replace(b"Not Graded Yet", b"10.0") for name, raw in files.items()}
    put(inbox, "download.zip", archive(graded), FRIDAY + timedelta(days=3))
    assert fates(collected(course, inbox)) == [("ana", "known")]
    assert set(stored(course, "ana")) == BOTH


def test_an_attempt_without_a_file_is_said(course, inbox):
    put(inbox, "d.zip", archive(blackboard("L", ("ana", "A", NOON, {}), ("luis", "L", NOON, MINE))))
    result = collected(course, inbox)
    assert ("", "refused") in fates(result) and "it has no notebook of tiny" in problems(result)
