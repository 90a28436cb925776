"""Modules that are handed in and have the name of another one, which at home come first.

A student's `calendar.py` is what `import calendar` gives in their notebook, in scripts that they
run and in their other modules, as in any kernel that is started in their folder. Everybody else's
import gives Python's own: their file is loaded under a name of its own, `PACKAGE`.calendar. Where
no name is shared, imports are Python's own and nothing here takes part in them.

What a kernel has loaded before its first cell stays Python's own at home, and which modules that
are differs between versions. So here such a name gives what Python's own module has and, for what
that has not, the student's.
"""

import builtins
import importlib
import os
import sys
import types
from importlib.machinery import PathFinder

PACKAGE = "_beside"
# What a kernel has imported before its first cell. Some of it is not here, as no debugger is.
LOADED = set(
    """
    gzip http mimetypes pkgutil psutil pwd pydoc pyexpat runpy sqlite3 stringprep xml xmlrpc
""".split()
)
# Names that are the course's whatever lies beside the notebook.
OURS = {"helpers", "grading", "candidate_kernel"}


def note_loaded() -> None:
    """Remember what is imported now as what any kernel imports, if that is not noted yet."""
    if "os" not in LOADED:
        LOADED.update(_top(name) for name in sys.modules)


class Beside:
    """Resolves the imports of a student's code.

    folder: where their files lie. names: the namespace of the notebook. provided: the modules that
    the course's own cells import; theirs stay what they are.
    """

    def __init__(self, folder: str, names: dict, provided: list[str]):
        self._folder, self._names = os.path.realpath(folder), names
        self._never = OURS | set(provided)
        self._mixed: dict[str, _Mixed] = {}
        self._shared: set[str] = set()
        self._import = builtins.__import__
        self._look(path for path, _, _ in os.walk(self._folder))

    def look_again(self) -> None:
        """Take in modules that cells have written since: a cell is about to run."""
        if any(self._is_within(folder) for folder in (os.getcwd(), self._folder)):
            self._look({os.getcwd(), self._folder})

    def _look(self, folders) -> None:
        found = {name for folder in folders for name in _modules(folder)}
        new = {name for name in found - self._never - self._shared if self._is_anothers(name)}
        if new:
            self._shared |= new
            importlib.invalidate_caches()
        if new and builtins.__import__ is self._import:
            package = types.ModuleType(PACKAGE)
            package.__path__ = []
            sys.modules[PACKAGE] = package
            builtins.__import__ = self._imported

    def _is_anothers(self, name: str) -> bool:
        """Whether a name is also that of a module which lies elsewhere."""
        if name in sys.stdlib_module_names:
            return True
        elsewhere = [path for path in sys.path if not self._is_within(path or ".")]
        return PathFinder.find_spec(name, elsewhere) is not None

    def _imported(self, name, globals=None, locals=None, fromlist=(), level=0):
        """As `__import__`."""
        if level or _top(name) not in self._shared or not self._is_theirs(globals):
            return self._import(name, globals, locals, fromlist, level)
        own = [path or os.getcwd() for path in ("", *sys.path)]
        sys.modules[PACKAGE].__path__ = [path for path in own if self._is_within(path)]
        top, full = f"{PACKAGE}.{_top(name)}", f"{PACKAGE}.{name}"
        if top not in sys.modules and not self._has_module(top):
            return self._import(name, globals, locals, fromlist, level)
        if name in LOADED:
            if name not in self._mixed:
                self._mixed[name] = _Mixed(self._import(name), top)
            return self._mixed[name]
        if _top(name) in LOADED:
            return self._import(name, globals, locals, fromlist, level)
        if not fromlist:
            importlib.import_module(full)
            return sys.modules[top]
        return self._import(full, globals, locals, fromlist, 0)

    def _has_module(self, full: str) -> bool:
        """Whether there is a module, not a mere folder, which would come after all modules."""
        spec = PathFinder.find_spec(full, sys.modules[PACKAGE].__path__)
        return spec is not None and spec.loader is not None and spec.origin is not None

    def _is_theirs(self, names: dict | None) -> bool:
        """Whether the code that imports, by its global names, is the student's."""
        if names is None:
            return False
        if names is self._names or _top(str(names.get("__name__"))) == PACKAGE:
            return True
        file = names.get("__file__")
        return isinstance(file, str) and self._is_within(file)

    def _is_within(self, path: str) -> bool:
        return f"{os.path.realpath(path)}/".startswith(f"{self._folder}/")


class _Mixed(types.ModuleType):
    """A module with all that one of Python's own has and, beside that, what a student's has."""

    def __init__(self, own: types.ModuleType, theirs: str):
        super().__init__(own.__name__, own.__doc__)
        vars(self).update(vars(own), _own=own, _theirs=theirs)

    def __getattr__(self, name):
        if hasattr(self._own, name):  # it came to it later
            return getattr(self._own, name)
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(importlib.import_module(self._theirs), name)


def _modules(folder: str) -> set[str]:
    """The names of the modules and packages that lie in a folder."""
    try:
        entries = os.listdir(folder)
    except OSError:
        return set()
    modules = {name[:-3] for name in entries if name.endswith(".py")}
    return modules | {
        name for name in entries if os.path.isfile(os.path.join(folder, name, "__init__.py"))
    }


def _top(name: str) -> str:
    return name.partition(".")[0]
