"""What a test has changed of the names that the student's code reads, for that code to see."""

import builtins
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType

from candidate_kernel.wire import WireError
from grading.examiner.names import MISSING, Names

STREAMS = ("stdin", "stdout", "stderr")
FUNCTIONS = ("input", "print")
OWN = {name: getattr(builtins, name) for name in FUNCTIONS}


class Shown:
    """Tells the submission which of its names a test has bound or deleted.

    read: the global names that functions of the master read. Only these are shown: what another
    name of a test's is, such as the expected value, no function has a use for. modules: gives the
    modules beside the masters, whose attributes a test may set.
    """

    def __init__(
        self, names: Names, read: set[str], modules: Callable[[], list[ModuleType]] = list
    ):
        self._names, self._read, self._modules = names, sorted(read), modules
        self._first: dict[str, dict[str, object]] = {}  # what such a module had at first
        self.begin()

    def begin(self) -> None:
        """A check begins: the submission has all of its own names."""
        self._told: dict[tuple[str, str], object] = {}
        self._stdin = sys.stdin
        for module in self._modules():
            self._first.setdefault(module.__name__, dict(vars(module)))

    def news(self, pack: Callable[[object], bytes]) -> list[list]:
        """What has changed since the last call: [["names", "builtins" or a module, name, how,
        value], …].

        how: "value", with the packed value; "removed"; or "back" where it is the submission's own
        again.
        """
        now = {("names", name): value for name, value in self._names.bound(self._read).items()}
        now |= {("builtins", name): value for name, value in self._functions().items()}
        now |= self._attributes()
        news = [[*place, "back", None] for place in self._told.keys() - now.keys()]
        for place, value in now.items():
            if place in self._told and self._told[place] is value:
                continue
            if value is MISSING:
                news.append([*place, "removed", None])
            elif not isinstance(value, ModuleType):
                try:
                    news.append([*place, "value", pack(value)])
                except (TypeError, WireError):  # what can't cross the submission can't read
                    continue
        self._told = now
        return news

    def _attributes(self) -> dict[tuple[str, str], object]:
        """The attributes of modules that a test has set to something else."""
        return {
            (f"module {module}", name): vars(sys.modules[module]).get(name, MISSING)
            for module, first in self._first.items()
            if module in sys.modules
            for name, value in first.items()
            if vars(sys.modules[module]).get(name, MISSING) is not value
        }

    def _functions(self) -> dict[str, Callable]:
        """The functions of Python's that a test has replaced, as `unittest.mock.patch` does."""
        replaced = [name for name in FUNCTIONS if getattr(builtins, name) is not OWN[name]]
        if sys.stdin is not self._stdin:
            replaced.append("input")
        return {name: REPLACED[name] for name in replaced}


def _as_it_is_now(name: str) -> Callable:
    return lambda *args, **kwargs: getattr(builtins, name)(*args, **kwargs)


REPLACED = {name: _as_it_is_now(name) for name in FUNCTIONS}


@contextmanager
def put_back() -> Iterator[None]:
    """Put back what a test may replace for its own check: `input`, `print` and the streams."""
    streams = {name: getattr(sys, name) for name in STREAMS}
    try:
        yield
    finally:
        for name, stream in streams.items():
            setattr(sys, name, stream)
        for name, function in OWN.items():
            setattr(builtins, name, function)
