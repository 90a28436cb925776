"""Whose a notebook is: what identifies its students, in its text or in its variables.

Which variables identify the students of an assignment is said in the metadata of its notebooks,
`grading.identity`, and in the description that is released beside them: a list of
{"name": the variable, "least": characters, "signature": whether it is a signature and no id}.
Handing in and grading both read notebooks here, so that both understand the same text.
"""

from dataclasses import dataclass

from helpers import _tally
from helpers._constants import MOST, assigned
from helpers._description import described
from helpers._saved import ran_last


@dataclass(frozen=True)
class Field:
    """A variable that identifies a student. least: the least number of characters of its text."""

    name: str
    least: int = 1
    signature: bool = False


def fields(identity):
    """What identifies students, a list of `Field`, as metadata or a description say it.

    Raises ValueError for anything else than a list of such entries. None is an empty list.
    """
    found = [_field(entry) for entry in ([] if identity is None else identity)]
    if len({each.name for each in found}) < len(found):
        raise ValueError("a name stands there twice")
    return found


def fields_beside(folder="."):
    """What identifies students according to the description in a folder; empty without one."""
    try:
        return fields(described(folder).get("identity"))
    except (ValueError, TypeError):
        return []


def written(cells, fields):
    """What the text of a notebook says: variable → text, for those of which it says it.

    cells: a list of `helpers._saved.Cell`. fields: a list of `Field`.
    """
    names = [each.name for each in fields]
    found = assigned([cell.source for cell in cells if cell.kind == "code"], names)
    return _texts(found, names)


def held(namespace, fields):
    """What the variables of a notebook that runs hold: variable → text, for those that have one.

    namespace: the notebook's variables, name → value. fields: a list of `Field`.
    """
    return _texts(namespace, [each.name for each in fields if each.name in namespace])


def of_notebook(name, cells, folder, fields):
    """The ids and signatures of a saved notebook: variable → text.

    What its variables held counts, when they were tallied after the last change of a cell that
    names them; what they did not hold, and else, what the text says.
    name: the notebook's, without .ipynb. cells, fields: as `written` takes them. folder: the
    notebook's.
    """
    names = [each.name for each in fields]
    by_text = written(cells, fields)
    by_variables = _texts(_tally.kept(name, "identity", folder), names)
    runs = _tally.kept(name, "executed", folder)
    is_what_ran = all(
        ran_last(cell, runs)
        for cell in cells
        if cell.kind == "code" and any(name in cell.source for name in names)
    )
    return by_text | by_variables if is_what_ran else by_variables | by_text


def _field(entry):
    if not isinstance(entry, dict) or not str(entry.get("name", "")).isidentifier():
        raise ValueError(f'it is not {{"name": "a_variable", …}}: {entry!r}')
    if unknown := entry.keys() - {"name", "least", "signature"}:
        raise ValueError(f"it has only name, least and signature, not {', '.join(unknown)}")
    least, signature = entry.get("least", 1), entry.get("signature", False)
    if type(least) is not int or least < 1 or type(signature) is not bool:
        raise ValueError(f"least is a number from 1 up, signature true or false: {entry!r}")
    return Field(entry["name"], least, signature)


def _texts(values, names):
    """The texts and numbers among values, as texts that can be written to a file."""
    found = {}
    for name in names:
        value = values.get(name)
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            try:
                text = str(value).strip()
            except ValueError:  # a number of thousands of digits
                continue
            found[name] = text[:MOST].encode("utf-8", "ignore").decode()
    return found
