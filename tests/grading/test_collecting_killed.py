"""A `collect` that is killed leaves no student's file outside of the course, and none for long."""

import os
import subprocess
import sys

import pytest
import tiny
from downloads import PAIR, collected, files_in, hand_in, notebooks, problems, put, stored

from grading.collecting.collect import collect
from grading.collecting.workspace import workspace
from grading.course import Course, CourseError

COLLECT_AND_BE_KILLED = """
import os, signal, sys
from pathlib import Path
from grading.collecting.collect import collect
from grading.course import Course

os.rename = lambda source, target: os.kill(os.getpid(), signal.SIGKILL)
collect(Course(Path(sys.argv[1])).assignment("tiny"), Path(sys.argv[2]))
"""
STUDENT = "_".join(PAIR)


@pytest.fixture
def course(tmp_path):
    (tmp_path / "course").mkdir()
    return tiny.make_course(tmp_path / "course")


@pytest.fixture
def inbox(tmp_path):
    return put(tmp_path / "inbox", "t.zip", hand_in(PAIR)).parent


@pytest.fixture
def killed(course, inbox, tmp_path):
    """What lies in the temporary folder after a `collect` was killed as it moved a submission."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    command = [sys.executable, "-c", COLLECT_AND_BE_KILLED, str(course.root), str(inbox)]
    environment = {**os.environ, "TMPDIR": str(temporary)}
    subprocess.run(command, env=environment, check=False, timeout=120)
    assert any(name.endswith("1_square.ipynb") for name in files_in(course.submitted))
    return files_in(temporary)


def test_nothing_is_left_outside_of_the_course(killed):
    assert killed == {}


def test_the_next_one_stores_everything_and_leaves_nothing_else(course, inbox, killed):
    collected(course, inbox)
    assert set(stored(course, STUDENT)) == {*notebooks(), "timestamp.txt"}
    assert {path.name for path in course.submitted.iterdir()} == {STUDENT}


def test_a_dry_run_removes_what_was_left_too(course, inbox, killed):
    collected(course, inbox, dry_run=True)
    assert files_in(course.submitted) == {}


def test_the_folder_of_one_that_is_at_work_is_left_alone(course, inbox):
    with workspace(course) as folder:
        (folder / "17").write_bytes(b"")
        with pytest.raises(CourseError, match="Another process is collecting"):
            collected(course, inbox)
        assert (folder / "17").exists()
    collected(course, inbox)
    assert course.assignment("tiny").submissions() == [STUDENT]


def test_submitted_may_be_a_link_to_another_disk(course, inbox, tmp_path):
    course.submitted.rename(tmp_path / "disk")
    course.submitted.symlink_to(tmp_path / "disk")
    assert problems(collected(course, inbox)) == []
    assert set(stored(course, STUDENT)) == {*notebooks(), "timestamp.txt"}


@pytest.mark.parametrize(("megabytes", "is_unpacked"), [(4, True), (1, False)])
def test_how_much_is_unpacked_is_configured(course, inbox, megabytes, is_unpacked):
    (course.root / "grader_config.py").open("a").write(
        f"\nc.Collecting.unpacked_mb = {megabytes}\nc.Limits.disk_mb = 0\n"
    )
    files = notebooks(PAIR) | {"own.bin": os.urandom(2**20)}
    put(inbox, "t.zip", hand_in(PAIR, files))
    result = collect(Course(course.root).assignment("tiny"), inbox)
    refused = any("own.bin: with it too much would be unpacked" in p for p in problems(result))
    assert refused is not is_unpacked
