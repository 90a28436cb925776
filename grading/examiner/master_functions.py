"""What the functions of a master read and change, found by a look at its cells."""

import symtable

from grading.source import parses, python

COMPREHENSIONS = {"listcomp", "setcomp", "dictcomp", "genexpr"}


def names_read(sources: list[str]) -> set[str]:
    """The global names that functions and methods read, Python's own too.

    sources: the cells of a master but its tests.
    """
    read = set()
    for source in filter(parses, sources):
        scopes = symtable.symtable(python(source), "cell", "exec").get_children()
        scopes = [scope for scope in scopes if scope.get_name() not in COMPREHENSIONS]
        while scopes:
            scope = scopes.pop()
            scopes += scope.get_children()
            read |= {
                s.get_name() for s in scope.get_symbols() if s.is_referenced() and s.is_global()
            }
    return read
