"""The global names of a notebook's tests: what the master imports, then what the submission has."""

import builtins
from collections.abc import ItemsView, Iterable, KeysView, ValuesView

from grading.examiner.handles import handles_in
from grading.examiner.imports import Imports
from grading.examiner.kinds import ClassHandle, Type
from grading.examiner.namespace import RemoteNamespace
from grading.examiner.subclassing import super_

MISSING = object()
REPLACED = {"type": Type, "super": super_}  # functions of Python's that know the student's classes


class Names(dict):
    """What the code of tests has for its globals, the same for all tests of a notebook.

    What a test binds the tests after it can read, as in nbgrader. What it has asked of the
    submission is asked anew by the next one: the student's cells have been run since. `globals()`
    and `dir()` of a test have the submission's names too.
    """

    def __init__(self, imports: Imports, submission: RemoteNamespace):
        super().__init__(__name__="__main__", __builtins__=builtins)
        self._imports, self._submission = imports, submission
        self._asked: set[str] = set()
        self._deleted: set[str] = set()
        self._begun = set(super().keys())

    def begin(self, rebound: list[str], own: dict) -> None:
        """A test begins. rebound: what cells of the notebook have bound since the last one, which
        a test before it may have bound, too. own: what its code needs beside."""
        for name in self._asked.union(rebound) & super().keys() - self._begun:
            super().__delitem__(name)
        self._asked.clear()
        self._deleted.clear()
        self.update(own)

    def objects(self) -> list[int]:
        """The numbers of the student's objects that tests have bound to names."""
        bound = super().keys() - self._asked - self._begun
        return [number for name in bound for number in handles_in(self[name])]

    def bound(self, names: Iterable[str]) -> dict[str, object]:
        """What tests have bound to some names; MISSING where a test has deleted the name."""
        found = {name: MISSING for name in names if name in self._deleted}
        return found | {
            name: super(Names, self).__getitem__(name)
            for name in names
            if super(Names, self).__contains__(name) and name not in self._asked
        }

    def __missing__(self, name):
        if name in REPLACED:
            return REPLACED[name]
        if hasattr(builtins, name) or name in self._deleted:
            raise KeyError(name)
        if name in self._imports:
            value = self._submission.figures.seen(self._imports.get(name))
        else:
            value = self._imports.as_answered(name, self._submission.value(name))
            if name in self._imports.classes and isinstance(value, ClassHandle):
                self._submission.is_a_masters_class(value)
        super().__setitem__(name, value)
        self._asked.add(name)
        return value

    def __setitem__(self, name, value):
        self._asked.discard(name)
        self._deleted.discard(name)
        super().__setitem__(name, self._submission.figures.seen(value))

    def __delitem__(self, name):
        if name not in self:
            raise KeyError(name)
        if super().__contains__(name):
            super().__delitem__(name)
        self._asked.discard(name)
        self._deleted.add(name)

    def __contains__(self, name):
        if super().__contains__(name):
            return True
        return name not in self._deleted and (
            name in self._imports or name in self._submission.names()
        )

    def __iter__(self):
        others = [*self._imports.names(), *self._submission.names()]
        own = list(super().__iter__())
        yield from dict.fromkeys(own + [name for name in others if name not in self._deleted])

    def __len__(self):
        return len(list(iter(self)))

    def keys(self):
        return KeysView(self)

    def values(self):
        return ValuesView(self)

    def items(self):
        return ItemsView(self)

    def get(self, name, default=None):
        return self[name] if name in self else default

    def pop(self, name, *default):
        if default and name not in self:
            return default[0]
        value = self[name]
        del self[name]
        return value
