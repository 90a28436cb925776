"""Foreign answers to lab 3 train like the master but for rounding; mistakes cost marks or depart.

The trainings are cut to one epoch, which already updates the parameters some eighty times.
"""

import random
from functools import cache

import nbformat
import pytest
import styles
import tiny
import trainings
from lab3 import LAB
from styles import AIRLINE, FOREIGN, MISTAKES, STYLES, Style

from grading.course import Course

COURSE = Course(tiny.REPOSITORY)
MASTERS = styles.solutions(COURSE, LAB)
NAMES = (*FOREIGN, AIRLINE)
# What one epoch cannot earn.
NEEDS_TRAINING = {"rnn-training-check", "torch-training-check", "torch-validation-check"} | {
    f"air-{part}-{end}-check" for part in ("train", "test") for end in ("history", "final")
}
WRITTEN = [
    (style, name)
    for style in STYLES
    for name in FOREIGN
    if (styles.HERE / "foreign" / style.name / f"{name}.py").exists()
]
# Mistakes that no check of their notebook sees before the training has ended.
SEEN_IN_TRAINING = {"one-update-an-epoch", "no-rate", "no-zero-grad"}


@cache
def answered(style, mistake=None, suffix="_"):
    return styles.answers(style, MASTERS[AIRLINE], mistake, suffix)


@cache
def master(name):
    return trainings.run(COURSE, LAB, name, {})


@cache
def trained(style, name):
    return trainings.run(COURSE, LAB, name, answered(style)[name])


@cache
def checks(name):
    """The test cells of a notebook that need no training."""
    cells = nbformat.read(COURSE.source / LAB / f"{name}.ipynb", as_version=4).cells
    tests = {cell.id for cell in cells if cell.metadata.get("nbgrader", {}).get("grade")}
    return tests - NEEDS_TRAINING


def test_there_are_two_second_answers_to_part_3():
    assert len(STYLES) == 16 and len(WRITTEN) == 14 * 3 + 2
    assert Style("other-loss-2").cells("1_rnn") == Style("other-loss").cells("1_rnn")


@pytest.mark.parametrize(("style", "name"), WRITTEN, ids=[f"{s.name}-{n}" for s, n in WRITTEN])
def test_a_foreign_answer_trains_like_the_master_and_earns_all_that_needs_no_training(style, name):
    assert len(master(name).states) == 2
    assert trained(style, name).departs(master(name)) == ""
    assert trained(style, name).passed >= checks(name)


@pytest.mark.parametrize("seed", range(2))
def test_a_students_own_model_of_part_4_passes_what_needs_no_training(seed):
    own = styles.own_airline(MASTERS[AIRLINE], random.Random(seed))
    found = trainings.run(COURSE, LAB, AIRLINE, own)
    assert found.departs(master(AIRLINE))
    assert found.passed >= checks(AIRLINE)


@pytest.mark.parametrize("mistake", MISTAKES, ids=[mistake.name for mistake in MISTAKES])
def test_a_mistake_costs_marks_or_its_training_departs(mistake):
    style = Style(mistake.style or "terse")
    right, wrong = answered(style), answered(style, mistake)
    assert [name for name in NAMES if wrong[name] != right[name]] == [mistake.notebook]
    found = trainings.run(COURSE, LAB, mistake.notebook, wrong[mistake.notebook])
    if mistake.name in SEEN_IN_TRAINING:
        assert found.departs(master(mistake.notebook))
    else:
        assert checks(mistake.notebook) - found.passed


def test_two_students_of_one_style_hand_in_other_notebooks():
    """`terse` has functions without a name of their own that could differ."""
    one, other = (answered(Style("terse"), suffix=suffix) for suffix in ("_a", "_b"))
    assert all(one[name] != other[name] for name in NAMES)


def test_numbers_of_part_4_that_the_master_does_not_have_are_an_error():
    cells = MASTERS[AIRLINE] | {"air-lookback": "lb = 6"}
    with pytest.raises(ValueError, match="air-lookback: not in this answer: lb = 12"):
        styles.own_airline(cells, random.Random(0))


@pytest.fixture
def course(tmp_path):
    """The released lab with nothing submitted."""
    for name in ("source", "release", "grader_config.py", "nbgrader_config.py"):
        (tmp_path / name).symlink_to(tiny.REPOSITORY / name)
    (tmp_path / "submitted").mkdir()
    return Course(tmp_path)


def texts(course):
    return {
        path.relative_to(course.submitted): path.read_text("utf-8")
        for path in course.submitted.rglob("*.ipynb")
    }


def test_a_class_is_written_the_same_again_and_no_two_notebooks_in_it_are_equal(course):
    first = styles.write_class(course, LAB, 8, wrong_share=0.25, seed=3)
    found = texts(course)
    assert len(found) == len(set(found.values())) == 8 * len(NAMES)
    assert course.assignment(LAB).submissions() == [student.name for student in first]
    assert [student.style for student in first] == list(STYLES[:8])
    for name in course.assignment(LAB).submissions():
        (course.submitted / name).rename(course.root / f"before-{name}")
    assert styles.write_class(course, LAB, 8, wrong_share=0.25, seed=3) == first
    assert texts(course) == found


def test_a_cell_that_a_student_added_stands_beside_the_one_that_it_is_named_after(course):
    student = styles.write_class(course, LAB, 3)[-1]
    assert student.style == Style("explicit-torch")
    path = course.submitted / student.name / LAB / "3_lstm_pytorch.ipynb"
    cells = nbformat.read(path, as_version=4).cells
    (place,) = (k for k, cell in enumerate(cells) if cell.source.startswith("import torch.nn.f"))
    assert cells[place + 1].metadata.nbgrader.grade_id == "torch-net"


SHARES = [(5, 0.0, 0), (8, 0.25, 2), (3, 0.5, 2), (2, 1.0, 2)]


@pytest.mark.parametrize(("size", "share", "wrong"), SHARES)
def test_a_class_has_the_share_of_mistakes_that_was_asked_for(course, size, share, wrong):
    students = styles.write_class(course, LAB, size, share)
    assert len(students) == size
    assert sum(student.mistake is not None for student in students) == wrong
