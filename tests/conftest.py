"""Fixtures that several rooms of tests share."""

from __future__ import annotations

import pytest
import tiny

from grading.masters.build import build


@pytest.fixture
def course(tmp_path):
    """The tiny course, not yet built."""
    return tiny.make_course(tmp_path)


@pytest.fixture
def built(course):
    """The tiny course, released."""
    build(course, tiny.ASSIGNMENT)
    return course
