"""Whose a notebook is: the ids and signatures of the students, in its text or in its variables.

Handing in and grading both ask here, so that both understand the same text.
"""

from helpers import _tally
from helpers._constants import MOST, assigned
from helpers._saved import ran_last

# Variable of the notebooks → the least number of characters of its text.
IDS = {"carne_1": 5, "carne_2": 5}
SIGNATURES = {"firma_mecanografiada_1": 1, "firma_mecanografiada_2": 1}
NAMES = IDS | SIGNATURES


def written(cells):
    """What the text of a notebook says: variable → text, for those of which it says it.

    cells: a list of `helpers._saved.Cell`.
    """
    found = assigned([cell.source for cell in cells if cell.kind == "code"], NAMES)
    return _texts(found)


def held(namespace):
    """What the variables of a notebook that runs hold: variable → text, for those that have one.

    namespace: the notebook's variables, name → value.
    """
    return _texts({name: namespace[name] for name in NAMES if name in namespace})


def of_notebook(name, cells, folder):
    """The ids and signatures of a saved notebook: variable → text.

    What its variables held counts, when they were tallied after the last change of a cell that
    names them; what they did not hold, and else, what the text says.
    name: the notebook's, without .ipynb. cells: as `written` takes them. folder: the notebook's.
    """
    by_text, by_variables = written(cells), _texts(_tally.kept(name, "identity", folder))
    runs = _tally.kept(name, "executed", folder)
    is_what_ran = all(
        ran_last(cell, runs)
        for cell in cells
        if cell.kind == "code" and any(name in cell.source for name in NAMES)
    )
    return by_text | by_variables if is_what_ran else by_variables | by_text


def _texts(values):
    """The texts and numbers among values, as texts that can be written to a file."""
    found = {}
    for name in NAMES:
        value = values.get(name)
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            try:
                text = str(value).strip()
            except ValueError:  # a number of thousands of digits
                continue
            found[name] = text[:MOST].encode("utf-8", "ignore").decode()
    return found
