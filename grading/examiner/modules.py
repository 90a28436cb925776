"""Modules that an exercise has the student write: a test imports the one of the submission.

Its code never comes over. What a test asks of such a module is asked of the one in the student's
process, as of a function that a cell defines.
"""

import re
import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

WRITTEN = re.compile(r"\b([A-Za-z_]\w*)\.py\b")


class WrittenModules(MetaPathFinder, Loader):
    """Finds modules that nothing else finds and that a solution cell of the master writes.

    answers: the sources of these cells. ask: gives the module of a name in the student's process.
    """

    def __init__(self, answers: list[str], ask):
        self._names = {name for source in answers for name in WRITTEN.findall(source)}
        self._ask = ask

    def install(self) -> None:
        """Take part in imports from now on, after everything else."""
        sys.meta_path.append(self)

    def find_spec(self, name, path=None, target=None):
        return ModuleSpec(name, self) if name in self._names else None

    def create_module(self, spec):
        return _Written(spec.name, self._ask)

    def exec_module(self, module):
        """Import it over there, where that may fail."""
        module._ask(module.__name__)


class _Written(ModuleType):
    """A module of the submission's. Its objects are asked for anew: they last for one test."""

    def __init__(self, name: str, ask):
        super().__init__(name)
        self._ask = ask

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self._ask(self.__name__), name)
