"""Fixtures that several rooms of tests share."""

from __future__ import annotations

import os

import pytest
import tiny
from hypothesis import settings

from grading.masters.build import build

settings.register_profile("kit", deadline=None)  # no test asserts a time
settings.load_profile("kit")


@pytest.fixture
def course(tmp_path):
    """The tiny course, not yet built."""
    return tiny.make_course(tmp_path)


@pytest.fixture
def built(course):
    """The tiny course, released."""
    build(course.assignment(tiny.ASSIGNMENT))
    return course


@pytest.fixture
def inbox(course):
    """An empty inbox in the course."""
    folder = course.root / "inbox"
    folder.mkdir()
    return folder


# A process takes a file at a time: with one of these left for the end, the others would wait.
LONGEST = {
    "test_masters.py", "test_class.py", "test_faults.py", "test_run.py", "test_students_zip.py",
    "test_package.py",
}  # fmt: skip


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: item.path.name not in LONGEST)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Where NO_SKIPS is set, as in .ci/run, a test that was not run has failed."""
    report = yield
    if report.skipped and os.environ.get("NO_SKIPS"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which NO_SKIPS does not allow: {report.longrepr[-1]}"
    return report
