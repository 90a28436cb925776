"""Fixtures that several rooms of tests share."""

from __future__ import annotations

import os
from contextlib import contextmanager
from functools import cache

import nbgrader.api
import pytest
import tiny
from hypothesis import settings

import grading.batch.run
import grading.checking.check
import grading.likeness.reading
from grading.masters.build import build
from grading.processes.pool import Pool

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


@pytest.fixture(autouse=True, scope="session")
def alembics_answer():
    """nbgrader asks alembic, in a process of its own, for each gradebook that it makes: which is
    the newest form of a gradebook? The answer is the same for all, so it is asked once."""
    with pytest.MonkeyPatch.context() as patch:
        newest = cache(nbgrader.api.get_alembic_version)
        patch.setattr(nbgrader.api, "get_alembic_version", newest)
        yield


@pytest.fixture(autouse=True, scope="session")
def pools():
    """Runs within a process of tests take their pool from here: to start one takes seconds.

    A run that ends in an error gives its pool up, as every run of the kit's does. What a pool does
    itself is tested with pools of its own, and with commands in processes of their own.
    """
    kept: dict[int, Pool] = {}

    @contextmanager
    def shared(size):
        pool = kept.pop(size, None) or Pool(size)
        try:
            yield pool
        except BaseException:
            pool.close()
            raise
        kept[size] = pool

    with pytest.MonkeyPatch.context() as patch:
        for module in (grading.batch.run, grading.checking.check, grading.likeness.reading):
            patch.setattr(module, "Pool", shared)
        yield
    for pool in kept.values():
        pool.close()


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
