"""Cells as Python: magics included, whatever stands below them."""

import ast

import pytest
from IPython.core.interactiveshell import InteractiveShell

from grading.examiner.imports import Imports
from grading.intake.preparation import has_training
from grading.source import names, parse, parses, python, python_magic

MAGICS = ["%%time", "%%capture", "%%capture out", "%%prun -q"]


@pytest.mark.parametrize("magic", MAGICS)
def test_what_stands_below_a_magic_that_runs_it_is_python_on_its_own_lines(magic):
    source = f"{magic}\nimport math\n%pwd\ny = math.pi"
    assert python_magic(f"\n  {source}") == f"\n  {magic}\n"
    (place,) = (node for node in ast.walk(parse(source)) if isinstance(node, ast.Assign))
    assert place.lineno == 4
    assert names(source) == ({"math", "y"}, {"math", "get_ipython"})
    assert Imports([source]).get("math").pi > 3
    assert has_training(f"{magic}\nfor epoch in epochs(9):\n    pass")


@pytest.mark.parametrize("above", ["", "\n", "\n \n", "%%time\n\n", "\n%%time\n"])
def test_every_line_stays_where_it_is(above):
    (bound,) = parse(f"{above}y = 1\n\n").body
    assert bound.lineno == above.count("\n") + 1


def test_a_python_that_warns_is_python_and_says_nothing(recwarn):
    assert parses("10[y]") and parses("x is 1")
    assert not recwarn.list


def test_below_other_magics_there_is_no_python():
    assert names("%%bash\nfor a in b") == (set(), {"get_ipython"})
    assert python("%%timebase\nx").startswith("get_ipython().run_cell_magic(")


@pytest.mark.parametrize("magic", MAGICS)
def test_ipython_runs_what_stands_below_where_the_cell_runs(magic):
    shell = InteractiveShell.instance()
    shell.run_cell(f"{magic}\nbound_below = 7").raise_error()
    assert shell.user_ns.pop("bound_below") == 7


@pytest.mark.parametrize(
    ("source", "is_python"),
    [
        ("await asyncio.sleep(0)", True),
        ("%matplotlib inline", True),
        ("%%time\ny = 1", True),
        ("%%time\ndef f(x:", False),
        ("def f(a, a): ...", False),  # which has a syntax tree
        ("x = 1; global x", False),
        ("def f():\n    x = 1\n    global x", False),
        ("return 1", False),
    ],
)
def test_what_can_be_compiled_is_python(source, is_python):
    assert parses(source) is is_python
