"""Likeness in a class of forty hand-ins of lab 3: copies come first, and no others stand out."""

import shutil
from dataclasses import replace

import pytest
import tiny
from alone import in_common, write_alone
from copies import LISTED, copied
from disguises import UNLISTED
from lab3 import LAB

from grading.course import Course
from grading.likeness.comparison import compare, stands_out
from grading.likeness.own import Reader

SIZE = 40
LONG = {"lstm-backward", "rnn-init", "torch-train"}  # a quarter to a third of their code
FOUND = list(UNLISTED)[:6]  # one change of the code each; of the others docs/likeness.md tells


class Class:
    """Forty who wrote for themselves, and copies; each is read once, however often compared."""

    def __init__(self, root):
        for folder in ("source", "release"):
            shutil.copytree(tiny.REPOSITORY / folder / LAB, root / folder / LAB)
        for name in ("grader_config.py", "nbgrader_config.py"):
            shutil.copy(tiny.REPOSITORY / name, root)
        self._course = Course(root)
        self.assignment = self._course.assignment(LAB)
        self._reader = Reader(self.assignment)
        self.alone = [self._read(name) for name in write_alone(self._course, LAB, SIZE)]

    def _read(self, name):
        return self._reader.read(name, self.assignment.submitted(name))

    def copies(self, ways):
        """By way, a copy of another student's work and whose it is."""
        made = {}
        for (way, changes), own in zip(ways.items(), self.alone, strict=False):
            copied(self._course, LAB, own.name, f"copy of {own.name}: {way}", *changes)
            made[way] = (own.name, self._read(f"copy of {own.name}: {way}"))
        return made

    def standing_out(self, more=(), kind="code"):
        """The pairs that stand out by one kind beside `more` hand-ins, first to last, by name."""
        owns = [*self.alone, *more]
        found = compare(owns, len(owns), self._reader.given, 0.2, ())
        of_kind = [(pair.by_kind[kind], pair) for pair in found.pairs]
        pairs = [pair for like, pair in of_kind if stands_out(like.above, like.share)]
        pairs.sort(key=lambda pair: -pair.by_kind[kind].above)
        return [{owns[pair.first].name, owns[pair.second].name} for pair in pairs]

    def answers_in_common(self, pair, copies=()):
        """The exercises to which a pair has the same author's answer; a copy has its original's."""
        originals = {own.name: whose for whose, own in copies}
        names = [own.name for own in self.alone]
        return in_common(*(names.index(originals.get(name, name)) for name in pair))


@pytest.fixture(scope="module")
def class_(tmp_path_factory):
    return Class(tmp_path_factory.mktemp("class"))


@pytest.fixture(scope="module")
def listed(class_):
    copies = class_.copies(LISTED)
    return copies, class_.standing_out(own for _, own in copies.values())


@pytest.fixture(scope="module")
def unlisted(class_):
    copies = class_.copies({way: UNLISTED[way] for way in FOUND})
    return copies, class_.standing_out(own for _, own in copies.values())


def test_none_stands_out_of_those_who_have_no_author_in_common(class_):
    """Of the others some have the longest answer from one author, word for word."""
    found = [set(class_.answers_in_common(pair)) for pair in class_.standing_out()]
    assert all(found) and set().union(*found) <= LONG


@pytest.mark.parametrize("way", LISTED)
def test_copies_come_first_however_they_were_hidden(listed, way):
    copies, standing_out = listed
    whose, own = copies[way]
    assert {whose, own.name} in standing_out[: len(LISTED)]


def test_beside_copies_no_pair_without_a_common_author_stands_out(class_, listed):
    copies, standing_out = listed
    others = standing_out[len(copies) :]
    assert all(class_.answers_in_common(pair, copies.values()) for pair in others)


@pytest.mark.parametrize("way", FOUND)
def test_some_ways_to_hide_a_copy_that_nobody_listed_are_found_too(unlisted, way):
    copies, standing_out = unlisted
    whose, own = copies[way]
    assert {whose, own.name} in standing_out


def test_a_group_of_copies_does_not_hide_itself(class_):
    """Nine of 49 have the same: that is not the class's common way, but one hand-in's."""
    first = class_.alone[0]
    same = [replace(first, name=f"copy {number}") for number in range(9)]
    found = class_.standing_out(same)
    names = {first.name, *(own.name for own in same)}
    of_it = [pair for pair in found if pair & names]
    assert len(of_it) == 45 and all(pair <= names for pair in of_it)
