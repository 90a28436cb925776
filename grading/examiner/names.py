"""The global names of a notebook's tests: what the master imports, then what the submission has."""

import builtins

from grading.examiner.handles import ClassHandle, handles_in
from grading.examiner.imports import Imports
from grading.examiner.namespace import RemoteNamespace


class Names(dict):
    """What the code of tests has for its globals, the same for all tests of a notebook.

    What a test binds the tests after it can read, as in nbgrader. What it has asked of the
    submission is asked anew by the next one: the student's cells have been run since.
    """

    def __init__(self, imports: Imports, submission: RemoteNamespace):
        super().__init__(__name__="__main__", __builtins__=builtins)
        self._imports, self._submission = imports, submission
        self._asked: set[str] = set()
        self._begun = set(self)

    def begin(self, rebound: list[str], own: dict) -> None:
        """A test begins. rebound: what cells of the notebook have bound since the last one, which
        a test before it may have bound, too. own: what its code needs beside."""
        for name in self._asked.union(rebound) & self.keys() - self._begun:
            del self[name]
        self._asked.clear()
        self.update(own)

    def objects(self) -> list[int]:
        """The numbers of the student's objects that tests have bound to names."""
        bound = self.keys() - self._asked - self._begun
        return [number for name in bound for number in handles_in(self[name])]

    def __missing__(self, name):
        if hasattr(builtins, name):
            raise KeyError(name)
        if name in self._imports:
            value = self._imports.get(name)
        else:
            value = self._imports.as_answered(name, self._submission.value(name))
            if name in self._imports.classes and isinstance(value, ClassHandle):
                self._submission.is_a_masters_class(value)
        super().__setitem__(name, value)
        self._asked.add(name)
        return value

    def __setitem__(self, name, value):
        self._asked.discard(name)
        super().__setitem__(name, value)
