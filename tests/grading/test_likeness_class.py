"""Likeness in a class of lab 3: copies come first, and no two who wrote alone stand out."""

import os
import shutil

import copies
import pytest
import styles
import tiny
from lab3 import LAB

from grading.course import Course
from grading.likeness.report import write_likeness

# Who wrote a second style of these has taken over notebooks of the first.
ALONE = [style for style in styles.STYLES if not style.name.endswith("-2")]
HIDDEN = {
    "as-it-is": (),
    "renamed": (copies.renamed,),
    "reformatted": (copies.reformatted,),
    "reordered": (copies.reordered,),
    "split": (copies.split,),
    "loops": (copies.loops,),
    "one-line": (copies.one_line_changed,),
    "all-of-it": (
        copies.loops, copies.renamed, copies.reordered, copies.one_line_changed, copies.split,
        copies.reformatted,
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """A class of as many as there are styles, all of whom wrote for themselves."""
    root = tmp_path_factory.mktemp("class")
    for folder in ("source", "release"):
        shutil.copytree(tiny.REPOSITORY / folder / LAB, root / folder / LAB)
    for name in ("grader_config.py", "nbgrader_config.py"):
        shutil.copy(tiny.REPOSITORY / name, root)
    course = Course(root)
    for number, student in enumerate(styles.write_class(course, LAB, len(styles.STYLES))):
        if styles.STYLES[number] not in ALONE:
            shutil.rmtree(course.submitted / student.name)
    return course


def compared(alone, root, copies_of):
    """The class with copies beside it, compared. copies_of: name → whose, and how it is hidden."""
    shutil.copytree(alone.root, root)
    course = Course(root)
    for name, (student, changes) in copies_of.items():
        copies.copied(course, LAB, student, name, *changes)
    return write_likeness(course.assignment(LAB), (), 0.2, os.cpu_count()).report


def names(report, pair):
    return {report.names[pair.first], report.names[pair.second]}


@pytest.fixture(scope="module")
def with_copies(alone, tmp_path_factory):
    """Each way to hide a copy used once, each time on another student's work."""
    students = alone.assignment(LAB).submissions()
    whose = dict(zip(HIDDEN, students, strict=False))
    made = {f"copy-{how}": (whose[how], changes) for how, changes in HIDDEN.items()}
    return whose, compared(alone, tmp_path_factory.mktemp("copies") / "course", made)


def test_none_stands_out_of_those_who_wrote_alone(alone):
    report = write_likeness(alone.assignment(LAB), (), 0.2, os.cpu_count()).report
    assert report.size == len(ALONE) and report.standing_out == []


@pytest.mark.parametrize("how", HIDDEN)
def test_copies_come_first_however_they_were_hidden(with_copies, how):
    whose, report = with_copies
    first = [names(report, pair) for pair in report.standing_out[: len(HIDDEN)]]
    assert {whose[how], f"copy-{how}"} in first


def test_beside_copies_no_other_pair_stands_out(with_copies):
    _, report = with_copies
    assert len(report.standing_out) == len(HIDDEN)


def test_a_group_of_copies_does_not_hide_itself(alone, tmp_path):
    """Of nineteen, six have the same: that is not the class's common way, but one hand-in's."""
    student = alone.assignment(LAB).submissions()[0]
    made = {f"copy{n}": (student, (copies.renamed,)) for n in range(5)}
    report = compared(alone, tmp_path / "course", made)
    same = {student, *made}
    found = [names(report, pair) for pair in report.standing_out]
    assert len(found) == 15 and all(pair <= same for pair in found)
    assert [{report.names[n] for n in group} for group in report.graph.groups] == [same]
