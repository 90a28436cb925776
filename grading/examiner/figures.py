"""Matplotlib's pyplot as tests see it: its current figure is the submission's.

The figures that a submission draws are in its own process, and so is what pyplot keeps of them.
What a test asks about the current figure and its axes is asked there. All else of pyplot, what
draws and what computes, is our own: the values that a test draws are not for the submission to see.
"""

import ast
import builtins
import sys
from types import FunctionType, ModuleType

from grading.source import walk

PYPLOT = "matplotlib.pyplot"
STATE = frozenset(
    """
    axis cla clf close delaxes draw figure fignum_exists findobj gca gcf gci get_figlabels
    get_fignums getp grid legend sca setp show suptitle title xlabel xlim xticks ylabel ylim yticks
""".split()
)
MAKING = frozenset("axes subplot subplot2grid subplot_mosaic subplots".split())


class Figures:
    """Gives tests the pyplot of the submission, where they ask for what is there.

    ask: gives a module as the submission's process has it, by its name.
    """

    def __init__(self, ask):
        self._ask = ask
        self._asked, self._module = STATE, None

    def begin(self, source: str) -> None:
        """A test begins: the figures of the one before are closed, as at the end of a cell."""
        if PYPLOT in sys.modules:
            sys.modules[PYPLOT].close("all")
        self._asked = STATE if _keeps_its_axes(source) else STATE | MAKING

    def seen(self, value):
        """A value of a name in a test, or the submission's in its place."""
        ours = sys.modules.get(PYPLOT)
        if ours is None:
            return value
        if value is ours:
            self._module = self._module or _Pyplot(ours, self)  # one: a test may compare ids
            return self._module
        if isinstance(value, FunctionType) and value.__module__ == PYPLOT:
            return self.function(value.__name__, value)
        return value

    def function(self, name: str, ours):
        """A function of pyplot: the submission's where it is about the current figure."""
        return getattr(self._ask(PYPLOT), name) if name in self._asked else ours


class _Pyplot(ModuleType):
    """Our pyplot, but for the functions that are about the current figure."""

    def __init__(self, ours: ModuleType, figures: Figures):
        super().__init__(ours.__name__, ours.__doc__)
        self._ours, self._figures = ours, figures

    def __getattr__(self, name):
        return self._figures.function(name, getattr(self._ours, name))


def _keeps_its_axes(source: str) -> bool:
    """Whether a test makes axes under names of its own and gives none of them to a function that
    may be the submission's: one that it calls by a plain name which is none of Python's."""
    nodes = list(walk(source))
    made = {
        name.id
        for node in nodes
        if isinstance(node, ast.Assign) and _makes_axes(node.value)
        for target in node.targets
        for name in ast.walk(target)
        if isinstance(name, ast.Name)
    }
    given = {
        name.id
        for node in nodes
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        if not hasattr(builtins, node.func.id)
        for argument in [*node.args, *(keyword.value for keyword in node.keywords)]
        for name in [argument.value if isinstance(argument, ast.Subscript) else argument]
        if isinstance(name, ast.Name)
    }
    return bool(made) and made.isdisjoint(given)


def _makes_axes(node: ast.AST) -> bool:
    called = node.func if isinstance(node, ast.Call) else None
    return getattr(called, "attr", getattr(called, "id", "")) in MAKING
