"""Lets code run here that runs on a student's own machine and that costs nobody anything.

Windows, debuggers, locales and restarts are there and not here. What only asks for one of them and
computes nothing by it is passed over.
"""

import locale
import sys
import warnings
from importlib.abc import Loader, MetaPathFinder

from ipykernel.iostream import OutStream
from ipykernel.zmqshell import ZMQInteractiveShell
from traitlets import observe

from candidate_kernel.wire_words import sentence

INLINE = "module://matplotlib_inline.backend_inline"
REGISTRY, STYLES = "matplotlib.backends.registry", "matplotlib.style"
SINCE_3_6 = "seaborn-v0_8"  # what Matplotlib calls the styles that were "seaborn" before


class Shell(ZMQInteractiveShell):
    """IPython's shell, whose figures are always shown in the notebook."""

    def enable_matplotlib(self, gui=None):
        """Make figures part of the notebook, whatever %matplotlib asks for."""
        return super().enable_matplotlib("inline" if gui != "agg" else gui)

    @observe("exit_now")
    def _update_exit_now(self, change):
        """Go on after exit() and quit(): the checks of the cells below would be lost."""


def pass_over() -> None:
    """Prepare this process, in which a kernel is about to run a student's cells."""
    locale.setlocale = _lenient(locale.setlocale)
    sys.breakpointhook = _no_debugger
    OutStream.reconfigure = lambda self, **options: None  # it takes all of Unicode as it is
    sys.meta_path.insert(0, _AfterImport())
    for name, change in AFTER.items():
        if name in sys.modules:
            change(sys.modules[name])


def _lenient(setlocale):
    def lenient(category, locale_name=None):
        try:
            return setlocale(category, locale_name)
        except locale.Error as error:
            warnings.warn(f"{error}: {locale_name!r}", stacklevel=2)
            return setlocale(category)

    return lenient


def _no_debugger(*args, **kwargs):
    warnings.warn(sentence("no_debugger"), stacklevel=2)


def _without_windows(registry) -> None:
    """Have Matplotlib draw in the notebook where it is asked to open windows."""
    load = registry.backend_registry.load_backend_module
    windows = set(registry.backend_registry.list_builtin(registry.BackendFilter.INTERACTIVE))

    def load_backend_module(name):
        return load(INLINE if name.lower() in windows else name)

    registry.backend_registry.load_backend_module = load_backend_module


def _with_old_styles(styles) -> None:
    """Give styles the names, too, that they had before Matplotlib 3.6."""
    for name in list(styles.library):
        if name.startswith(SINCE_3_6):
            styles.library.setdefault(name.replace(SINCE_3_6, "seaborn"), styles.library[name])


AFTER = {REGISTRY: _without_windows, STYLES: _with_old_styles}


class _AfterImport(MetaPathFinder):
    """Finds the modules of AFTER as the other finders do; each is changed once it is loaded."""

    def find_spec(self, name, path=None, target=None):
        if name not in AFTER:
            return None
        others = [finder for finder in sys.meta_path if finder is not self]
        found = (finder.find_spec(name, path, target) for finder in others)
        spec = next(filter(None, found), None)
        if spec is not None:
            spec.loader = _Changed(spec.loader, AFTER[name])
        return spec


class _Changed(Loader):
    """Loads a module as its own loader does, then changes it."""

    def __init__(self, loader, change):
        self._loader, self._change = loader, change

    def __getattr__(self, name):  # what reads a module's source asks its loader
        return getattr(self._loader, name)

    def create_module(self, spec):
        return self._loader.create_module(spec)

    def exec_module(self, module):
        self._loader.exec_module(module)
        self._change(module)
