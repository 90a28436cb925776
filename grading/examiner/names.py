"""The global names of a notebook's tests: what the master imports, then what the submission has."""

import builtins
from collections.abc import ItemsView, Iterable, KeysView, ValuesView
from types import ModuleType

from grading.examiner.handles import handles_in
from grading.examiner.imports import Imports
from grading.examiner.kinds import CallableHandle, ClassHandle, Type
from grading.examiner.namespace import RemoteNamespace
from grading.examiner.subclassing import super_

MISSING = object()
REPLACED = {"type": Type, "super": super_}  # functions of Python's that know the student's classes


class _Builtins(dict):
    """Python's own names, and after them all that a test has: the body of a class looks past
    `Names.__missing__`, but not past this one's."""

    def __init__(self, names: "Names"):
        # Python itself takes these from the dictionary. The others a test may patch.
        super().__init__({name: own for name, own in vars(builtins).items() if name[:2] == "__"})
        self._names = names

    def __missing__(self, name):
        if name in vars(builtins) and name not in REPLACED:
            return vars(builtins)[name]
        return self._names[name]


class Names(dict):
    """What the code of tests has for its globals, the same for all tests of a notebook.

    What a test binds the tests after it can read, as in nbgrader. What it has asked of the
    submission is asked anew by the next one: the student's cells have been run since. So is what is
    no function and no class after each call. `globals()` and `dir()` of a test have the
    submission's names too.
    """

    def __init__(self, imports: Imports, submission: RemoteNamespace):
        super().__init__(__name__="__main__", __builtins__=_Builtins(self))
        self._bound_by_functions = imports.bound
        self._imports, self._submission = imports, submission
        self._asked: set[str] = set()
        self._values: set[str] = set()  # of these, what a call may change
        self._former: dict[str, object] = {}
        self._lent: dict[str, object] = {}  # what the test has bound, and the submission since
        self._deleted: set[str] = set()
        self._begun = set(super().keys())

    def begin(self, rebound: list[str], own: dict) -> None:
        """A test begins. rebound: what cells of the notebook have bound since the last one, which
        a test before it may have bound, too. own: what its code needs beside."""
        for name in self._asked.union(rebound) & super().keys() - self._begun:
            super().__delitem__(name)
        for names in (self._asked, self._deleted, self._values, self._former, self._lent):
            names.clear()
        self.update(own)

    def look_again(self) -> None:
        """Code of the submission has run: what its names stand for is asked anew, and so is what a
        test has bound if functions of the master's bind it too."""
        for name in self._values & super().keys():
            self._former[name] = super().pop(name)
        self._values.clear()
        for name in self._bound_by_functions & super().keys() - self._asked - self._begun:
            self._lent[name] = super().pop(name)

    def objects(self) -> list[int]:
        """The numbers of the student's objects that tests have bound to names."""
        bound = super().keys() - self._asked - self._begun
        return [number for name in bound for number in handles_in(self[name])]

    def bound(self, names: Iterable[str]) -> dict[str, object]:
        """What tests have bound to some names; MISSING where a test has deleted the name."""
        found = {name: MISSING for name in names if name in self._deleted}
        found |= {name: self._lent[name] for name in names if name in self._lent}
        return found | {
            name: super(Names, self).__getitem__(name)
            for name in names
            if super(Names, self).__contains__(name)
            if name not in self._asked and name not in self._lent
        }

    def __missing__(self, name):
        if name in REPLACED:
            return REPLACED[name]
        if hasattr(builtins, name) or name in self._deleted:
            raise KeyError(name)
        if name in self._imports:
            value = self._submission.figures.seen(self._imports.get(name))
        else:
            answered = self._imports.as_answered(name, self._submission.value(name))
            value = self._submission.figures.seen(answered)
            if name in self._imports.classes and isinstance(value, ClassHandle):
                self._submission.is_a_masters_class(value)
            former = self._former.pop(name, None)
            if former is not None and not self._submission.is_unchanged(former):
                value = former  # the test has changed it
            if not issubclass(type(value), CallableHandle | type | ModuleType):
                self._values.add(name)
        super().__setitem__(name, value)
        self._asked.add(name)
        return value

    def __setitem__(self, name, value):
        self._lent.pop(name, None)
        self._values.discard(name)
        self._asked.discard(name)
        self._deleted.discard(name)
        super().__setitem__(name, self._submission.figures.seen(value))

    def __delitem__(self, name):
        if name not in self:
            raise KeyError(name)
        if super().__contains__(name):
            super().__delitem__(name)
        self._lent.pop(name, None)
        self._values.discard(name)
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
