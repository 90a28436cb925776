"""Likeness in a class of forty hand-ins of lab 3: copies come first, and no others stand out."""

import shutil
from dataclasses import replace

import pytest
import tiny
from alone import write_alone
from copies import LISTED, copied
from disguises import UNLISTED
from lab3 import LAB

from grading.course import Course
from grading.likeness.comparison import compare, stands_out
from grading.likeness.own import Reader

SIZE = 40
# Of the other ways docs/likeness.md tells.
FOUND = ["a helper function", "variables inlined", "while for for", "dead code and prints",
         "type hints"]  # fmt: skip


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
        pairs = [pair for like, pair in of_kind if stands_out(kind, like.above, like.share)]
        pairs.sort(key=lambda pair: -pair.by_kind[kind].above)
        return [{owns[pair.first].name, owns[pair.second].name} for pair in pairs]


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


def test_none_of_forty_who_wrote_for_themselves_stands_out(class_):
    assert not class_.standing_out()


@pytest.mark.parametrize("way", LISTED)
def test_copies_come_first_however_they_were_hidden(listed, way):
    copies, standing_out = listed
    whose, own = copies[way]
    assert {whose, own.name} in standing_out[: len(LISTED)]


def test_beside_copies_no_other_pair_stands_out(listed):
    copies, standing_out = listed
    assert len(standing_out) == len(copies)


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
