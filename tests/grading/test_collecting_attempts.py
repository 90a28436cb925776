"""When a hand-in came and which one counts: the latest, and earlier ones are kept."""

import io
import os
import shutil
import struct
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
import tiny
from downloads import (
    BOTH,
    FRIDAY,
    PAIR,
    SATURDAY,
    archive,
    collected,
    fates,
    files_in,
    hand_in,
    notebook,
    notebooks,
    problems,
    put,
    stored,
)
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory

from grading.course import Course


def stamp(course, student):
    """When nbgrader says that it came."""
    directory = CourseDirectory(root=str(course.root))
    return directory.get_existing_timestamp(str(course.submitted / student / tiny.ASSIGNMENT))


def test_the_time_is_the_archives_or_the_files_never_the_students_claim(course, inbox):
    inner = hand_in(PAIR, time=FRIDAY - timedelta(days=30))
    put(inbox, "c.zip", archive({"anap_7_900_t.zip": inner}, FRIDAY), SATURDAY)
    claimed = notebooks(("20210003",)) | {"timestamp.txt": b"1999-01-01 00:00:00 UTC"}
    put(inbox, "d.zip", archive(claimed, FRIDAY - timedelta(days=30)), SATURDAY)
    collected(course, inbox)
    assert stamp(course, "20210001_2021-0002") == FRIDAY.replace(tzinfo=None)
    assert stamp(course, "20210003") == SATURDAY.replace(tzinfo=None)


def test_the_time_of_an_archive_in_another_is_that_of_the_outer_one(course, inbox):
    """A student may have made the inner one, with whatever names and times."""
    inner = archive({"anap_7_900_t.zip": hand_in(PAIR)}, FRIDAY - timedelta(days=30))
    put(inbox, "outer.zip", archive({"canvas.zip": inner}, FRIDAY), SATURDAY)
    collected(course, inbox)
    assert stamp(course, "20210001_2021-0002") == SATURDAY.replace(tzinfo=None)


def timed(when, extra=b"", utf8=True):
    """A Canvas archive with an entry of a time that is written in some way."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as made:
        entry = zipfile.ZipInfo("núñez_7_900_t.zip", when)
        entry.extra = extra
        made.writestr(entry, hand_in(PAIR))
    return raw.getvalue() if utf8 else without_flag(raw.getvalue())


def without_flag(raw):
    """The same with the flag off that says that names are UTF-8, as some systems write it."""
    raw = bytearray(raw)
    raw[7] &= ~0x08  # bit 11 of the entry's flags
    raw[raw.rindex(b"PK\x01\x02") + 9] &= ~0x08
    return bytes(raw)


UTC_FIELD = struct.pack("<HHBi", 0x5455, 5, 1, int(FRIDAY.timestamp()))
TIMES = {
    "in UTC, before the clock's": (timed((2026, 1, 1, 0, 0, 0), UTC_FIELD), FRIDAY),
    "none: the archive's own": (timed((1980, 1, 1, 0, 0, 0)), SATURDAY),
    "impossible: the archive's own": (timed((2026, 13, 40, 0, 0, 0)), SATURDAY),
}


@pytest.mark.parametrize(("raw", "time"), TIMES.values(), ids=TIMES)
def test_the_time_of_an_entry_is(course, inbox, raw, time):
    put(inbox, "c.zip", raw, SATURDAY)
    collected(course, inbox)
    assert stamp(course, "20210001_2021-0002") == time.replace(tzinfo=None)


def test_names_in_utf_8_are_read_as_such_without_a_flag_too(course, inbox):
    put(inbox, "c.zip", timed((2026, 11, 20, 0, 0, 0), utf8=False))
    (row,) = collected(course, inbox).rows
    assert row.submission.hand_in.account.name == "núñez"


def test_when_it_was_closed_is_the_time_of_what_canvas_does_not_call_late(course, inbox):
    put(inbox, "anap_7_900_t.zip", hand_in(PAIR), SATURDAY)
    put(inbox, "luis_LATE_8_901_t.zip", hand_in(("30001", "")), SATURDAY)
    collected(course, inbox, by=FRIDAY)
    assert stamp(course, "20210001_2021-0002") == FRIDAY.replace(tzinfo=None)
    assert stamp(course, "30001") == SATURDAY.replace(tzinfo=None)


def test_no_name_that_a_student_chose_takes_canvas_lateness_away(course, inbox):
    put(inbox, "luis_LATE_8_901_x_assignsubmission_file_t.zip", hand_in(PAIR), SATURDAY)
    (row,) = collected(course, inbox, by=FRIDAY).rows
    assert str(row.submission.hand_in.account) == "luis 8" and row.time == SATURDAY


def test_the_latest_counts_and_earlier_ones_are_kept(course, inbox):
    put(inbox, "new.zip", hand_in(PAIR, notebooks(mark="new")), SATURDAY)
    put(inbox, "old.zip", hand_in(PAIR, notebooks(mark="old")), FRIDAY)
    collected(course, inbox)
    student = "20210001_2021-0002"
    assert stored(course, student)["1_square.ipynb"] == notebook("1_square", mark="new")
    earlier = course.submitted / ".earlier" / student / "tiny" / "2026-11-20T18-00-00Z"
    assert files_in(earlier)["1_square.ipynb"] == notebook("1_square", mark="old")


def test_a_later_download_replaces_and_an_older_one_does_not(course, inbox):
    put(inbox, "t.zip", hand_in(PAIR, notebooks(mark="2")), FRIDAY)
    collected(course, inbox)
    put(inbox, "t.zip", hand_in(PAIR, notebooks(mark="3")), SATURDAY)
    assert fates(collected(course, inbox)) == [("20210001_2021-0002", "replaces")]
    put(inbox, "t.zip", hand_in(PAIR, notebooks(mark="1")), FRIDAY - timedelta(days=1))
    assert fates(collected(course, inbox)) == [("20210001_2021-0002", "earlier")]
    kept = course.submitted / ".earlier/20210001_2021-0002/tiny"
    assert [path.name for path in sorted(kept.iterdir())] == [
        "2026-11-19T18-00-00Z",
        "2026-11-20T18-00-00Z",
    ]
    assert stored(course, "20210001_2021-0002")["1_square.ipynb"] == notebook("1_square", mark="3")


def test_canvas_numbers_say_which_attempt_is_the_last_whatever_the_files_times(course, inbox):
    put(inbox, "anap_7_910_1_square-1.ipynb", notebook("1_square", PAIR, "2"), FRIDAY)
    put(inbox, "anap_7_911_2_name-1.ipynb", notebook("2_name"), FRIDAY)
    put(inbox, "anap_7_900_1_square.ipynb", notebook("1_square", PAIR, "1"), SATURDAY)
    put(inbox, "anap_7_901_2_name.ipynb", notebook("2_name"), SATURDAY)
    result = collected(course, inbox)
    assert [str(row.fate) for row in result.rows] == ["earlier", "new"]
    found = stored(course, "20210001_2021-0002")
    assert found["1_square.ipynb"] == notebook("1_square", PAIR, "2")
    assert found.keys() == BOTH
    assert not result.needs_a_look


def test_the_same_files_downloaded_again_are_one_attempt_of_the_first_hour(course, inbox):
    put(inbox, "t.zip", hand_in(PAIR), SATURDAY)
    collected(course, inbox)
    put(inbox, "t.zip", hand_in(PAIR), SATURDAY + timedelta(days=1))
    assert fates(collected(course, inbox)) == [("20210001_2021-0002", "known")]
    assert stamp(course, "20210001_2021-0002") == SATURDAY.replace(tzinfo=None)
    put(inbox, "t.zip", hand_in(PAIR), FRIDAY)
    collected(course, inbox)
    assert stamp(course, "20210001_2021-0002") == FRIDAY.replace(tzinfo=None)
    assert not (course.submitted / ".earlier").exists()


def test_a_timestamp_of_the_students_own_makes_no_other_attempt_of_the_same_files(course, inbox):
    claimed = {"timestamp.txt": b"1999-01-01 00:00:00 UTC"}
    put(inbox, "t.zip", hand_in(PAIR, notebooks() | claimed))
    collected(course, inbox)
    assert fates(collected(course, inbox)) == [("20210001_2021-0002", "known")]


def test_two_of_the_same_second_are_said(course, inbox):
    put(inbox, "a.zip", hand_in(PAIR, notebooks(mark="a")))
    put(inbox, "b.zip", hand_in(PAIR, notebooks(mark="b")))
    result = collected(course, inbox)
    assert any("other files came at the same second" in text for text in problems(result))


def test_what_was_mended_by_hand_is_not_undone(course, inbox):
    put(inbox, "t.zip", hand_in(PAIR))
    collected(course, inbox)
    mended = course.submitted / "20210001_2021-0002" / "tiny" / "1_square.ipynb"
    mended.write_bytes(notebook("1_square", mark="mended"))
    collected(course, inbox)
    collected(course, inbox)
    assert mended.read_bytes() == notebook("1_square", mark="mended")


def test_earlier_attempts_are_no_students_for_the_kit_nor_for_nbgrader(course, inbox):
    for day, mark in ((FRIDAY, "1"), (SATURDAY, "2")):
        put(inbox, f"{mark}.zip", hand_in(PAIR, notebooks(mark=mark)), day)
        put(inbox, f"tiny{mark}.zip", hand_in(("tiny", ""), notebooks(mark=mark)), day)
    collected(course, inbox)
    assert (course.submitted / ".earlier" / "tiny" / "tiny").is_dir()
    students = ["20210001_2021-0002", "tiny"]
    assert Course(course.root).assignment("tiny").submissions() == students
    assert course.strays() == []
    assert NbGraderAPI(config=course.config).get_submitted_students("tiny") == set(students)


def test_a_folder_that_cannot_be_written_leaves_what_was_there(course, inbox, monkeypatch):
    put(inbox, "t.zip", hand_in(PAIR))
    collected(course, inbox)
    before = files_in(course.submitted)
    put(inbox, "t.zip", hand_in(PAIR, notebooks(mark="new")), SATURDAY)
    put(inbox, "u.zip", hand_in(("30001", "")))
    copyfile = shutil.copyfile

    def full(source, target):
        if b'"new"' in source.read_bytes():
            raise OSError(28, "No space left on device")
        return copyfile(source, target)

    monkeypatch.setattr(shutil, "copyfile", full)
    result = collected(course, inbox)
    assert any("No space left" in text for text in problems(result))
    assert [each for each in files_in(course.submitted) if not each.startswith("30001")] == [
        *before
    ]
    assert course.assignment("tiny").submissions() == ["20210001_2021-0002", "30001"]


def test_what_counted_is_back_when_the_new_one_can_not_be_put_in_its_place(
    course, inbox, monkeypatch
):
    put(inbox, "t.zip", hand_in(PAIR))
    collected(course, inbox)
    before = files_in(course.submitted)
    put(inbox, "t.zip", hand_in(PAIR, notebooks(mark="new")), SATURDAY)
    put(inbox, "u.zip", hand_in(("30001", "")))
    rename = os.rename

    def refuse(source, target):
        if ".collecting" in str(source):
            raise PermissionError(13, "Permission denied")
        rename(source, target)

    monkeypatch.setattr(os, "rename", refuse)
    result = collected(course, inbox)
    assert any("Permission denied" in text for text in problems(result))
    assert files_in(course.submitted) == before
    assert not (course.submitted / "30001").exists()  # an empty folder would be a student


def test_a_file_that_can_not_be_read_stops_nobody_else(course, inbox, monkeypatch):
    put(inbox, "20210001/1_square.ipynb", notebook("1_square"))
    put(inbox, "t.zip", hand_in(PAIR))
    opened = Path.open

    def refuse(path, *arguments, **options):
        if path.parent.name == "20210001":
            raise PermissionError(13, "Permission denied")
        return opened(path, *arguments, **options)

    monkeypatch.setattr(Path, "open", refuse)
    result = collected(course, inbox)
    assert course.assignment("tiny").submissions() == ["20210001_2021-0002"]
    assert any("Permission denied" in text for text in problems(result))
