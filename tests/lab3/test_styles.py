"""Which styles of writing train to the same bits; what right and wrong answers of a class earn.

The trainings are cut to three epochs: bits that part do so at the first steps.
"""

from functools import cache

import nbformat
import pytest
import styles
import tiny
import trainings
from lab3 import LAB

from grading.course import Course

COURSE = Course(tiny.REPOSITORY)
NAMES = ("1_rnn", "2_lstm", "3_lstm_pytorch", "4_airline")
# What three epochs cannot earn.
NEEDS_TRAINING = {"rnn-training-check", "torch-training-check", "torch-validation-check"} | {
    f"air-{part}-{end}-check" for part in ("train", "test") for end in ("history", "final")
}
KEPT = [style for style in styles.KNOWN if style.variant]
MASTER = styles.Style("master")


@cache
def answered(style, suffix="_"):
    return styles.answers(COURSE, LAB, style, suffix=suffix)


@cache
def trained(style, name):
    return trainings.run(COURSE, LAB, name, answered(style)[name])


def master(name):
    return trained(MASTER, name)


def named(values):
    return pytest.mark.parametrize("style", values, ids=[style.name for style in values])


every_notebook = pytest.mark.parametrize("name", NAMES)


@every_notebook
def test_the_masters_own_cells_train_to_the_bits_of_their_answers_with_other_names(name):
    assert trainings.run(COURSE, LAB, name, {}) == master(name)
    assert master(name).bits is not None


@every_notebook
@named(styles.PLAIN)
def test_the_same_operations_in_order_give_the_same_bits_however_they_are_written(style, name):
    assert answered(style)[name] != styles.solutions(COURSE, LAB)[name]
    assert trained(style, name).bits == master(name).bits


SAME_BITS = {
    "step-by-step": set(NAMES),
    "dot-and-einsum": {"3_lstm_pytorch", "4_airline"},  # it has no answers of its own to part 4
    "whole-sequence": set(),
}


@every_notebook
@named(KEPT)
def test_each_variant_keeps_the_bits_of_the_master_or_teaches_others(style, name):
    same = trained(style, name).bits == master(name).bits
    assert same == (name in SAME_BITS[style.name])


@every_notebook
@named(styles.UNKNOWN)
def test_another_order_of_operations_gives_bits_that_nothing_kept_gives(style, name):
    kept = {trained(other, name).bits for other in (MASTER, *KEPT)}
    assert trained(style, name).bits not in kept | {None}


@every_notebook
@named([*styles.KNOWN, *styles.UNKNOWN])
def test_every_right_answer_earns_all_but_what_needs_the_whole_training(style, name):
    tests = {cell.id for cell in _cells(name) if cell.metadata.get("nbgrader", {}).get("grade")}
    assert trained(style, name).passed >= tests - NEEDS_TRAINING


def _cells(name):
    return nbformat.read(COURSE.source / LAB / f"{name}.ipynb", as_version=4).cells


@pytest.mark.parametrize("mistake", styles.MISTAKES, ids=[m.name for m in styles.MISTAKES])
def test_a_mistake_costs_marks_and_keeps_known_bits_or_not_as_it_says(mistake):
    style = styles.PLAIN[0] if mistake.known else styles.UNKNOWN[0]
    wrong = styles.answers(COURSE, LAB, style, mistake)
    (changed,) = {name for name, _ in mistake.changes}
    assert [name for name in NAMES if wrong[name] != answered(style)[name]] == [changed]
    found = trainings.run(COURSE, LAB, changed, wrong[changed])
    if changed != "3_lstm_pytorch":  # there only the whole training earns marks
        assert found.passed < trained(style, changed).passed
    assert (found.bits in {None, master(changed).bits}) == mistake.known


def test_a_change_that_finds_nothing_to_change_is_an_error():
    style = styles.Style("late", changes={("2_lstm", "lstm-loss"): [("no such line", "")]})
    with pytest.raises(ValueError, match="2_lstm, lstm-loss: not once .*: no such line"):
        styles.answers(COURSE, LAB, style)


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
    first = styles.write_class(course, LAB, 8, unknown_share=0.25, seed=3)
    found = texts(course)
    assert len(found) == len(set(found.values())) == 8 * len(NAMES)
    assert course.assignment(LAB).submissions() == sorted(student.name for student in first)
    for name in course.assignment(LAB).submissions():
        (course.submitted / name).rename(course.root / f"before-{name}")
    assert styles.write_class(course, LAB, 8, unknown_share=0.25, seed=3) == first
    assert texts(course) == found


SHARES = [(20, 0.0, 14, 6, 0), (20, 0.25, 14, 1, 5), (10, 1.0, 0, 0, 10), (3, 0.5, 1, 0, 2)]


@pytest.mark.parametrize(("size", "share", "right", "wrong", "unknown"), SHARES)
def test_a_class_has_the_shares_that_were_asked_for(course, size, share, right, wrong, unknown):
    students = styles.write_class(course, LAB, size, share)
    assert len(students) == size
    assert sum(s.known and not s.mistake for s in students) == right
    assert sum(s.known and bool(s.mistake) for s in students) == wrong
    assert sum(not s.known for s in students) == unknown
