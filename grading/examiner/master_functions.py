"""What the functions of a master read and change, found by a look at its cells."""

import ast
import symtable
from collections.abc import Iterator

from grading.source import parses, python, walk

FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef
# Methods that change their object, and functions that change what they are given first.
CHANGING_METHODS = {
    "append", "extend", "insert", "remove", "pop", "clear", "sort", "reverse", "update", "add",
    "discard", "setdefault", "popitem", "popleft", "appendleft", "extendleft", "rotate", "fill",
    "itemset", "resize", "put", "partition", "subtract", "difference_update",
    "intersection_update", "symmetric_difference_update", "write", "writelines", "add_", "mul_",
    "zero_", "copy_", "fill_",
}  # fmt: skip
CHANGING_FUNCTIONS = {
    "shuffle", "heappush", "heappop", "heapify", "heapreplace", "heappushpop", "insort",
    "insort_left", "insort_right", "fill_diagonal", "copyto", "put", "place", "putmask", "setattr",
    "delattr",
}  # fmt: skip
COMPREHENSIONS = {"listcomp", "setcomp", "dictcomp", "genexpr"}


def names_read(sources: list[str]) -> set[str]:
    """The global names that functions and methods read or bind, Python's own too.

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
                s.get_name()
                for s in scope.get_symbols()
                if s.is_global() and (s.is_referenced() or s.is_assigned())
            }
    return read


def names_bound(sources: list[str]) -> set[str]:
    """The global names that functions and methods bind: `global count`."""
    return {
        name
        for source in sources
        for node in walk(source)
        if isinstance(node, ast.Global)
        for name in node.names
    }


def changed_parameters(sources: list[str]) -> dict[str, set[str | int]]:
    """Which of their arguments functions and methods of a master change in place.

    Returns function name → names of such parameters, and their places among the arguments of a
    call. sources: as for `names_read`. A parameter counts as changed by a statement that changes
    it or a part of it, or that hands it to another function which does.
    """
    functions: dict[str, list[ast.AST]] = {}
    for source in sources:
        for node in walk(source):
            if isinstance(node, FUNCTIONS):
                functions.setdefault(node.name, []).append(node)
    found: dict[str, set[str | int]] = {name: set() for name in functions}
    grows = True
    while grows:  # a function that hands its argument on changes what the other one changes
        before = sum(map(len, found.values()))
        for name, nodes in functions.items():
            for node in nodes:
                found[name] |= _changed_by(node, found)
        grows = sum(map(len, found.values())) > before
    return {name: changed for name, changed in found.items() if changed}


def set_attributes(sources: list[str]) -> set[str]:
    """The names of the attributes that some cells of a master set, whatever the object is."""
    return {
        node.attr
        for source in sources
        for node in walk(source)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
        if not node.attr.startswith("_")
    }


def _changed_by(function: ast.AST, known: dict[str, set[str | int]]) -> set[str | int]:
    arguments = function.args
    places = [one.arg for one in [*arguments.posonlyargs, *arguments.args]]
    places = places[1:] if places[:1] in (["self"], ["cls"]) else places
    parameters = {*places, *(one.arg for one in arguments.kwonlyargs)}
    roots = {name: name for name in parameters}  # other names for them or for parts of them too
    changed = set()
    for node in _in_order(function.body):
        for one in _changes(node, known):
            changed.add(roots.get(_root(one)))
        # `if box is None: box = []` leaves an argument that is given what it is.
        _bind(node, roots, always=node in function.body)
    changed.discard(None)
    return changed | {place for place, name in enumerate(places) if name in changed}


def _in_order(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """The nodes of some statements as they are written."""
    for node in body:
        yield node
        yield from _in_order(list(ast.iter_child_nodes(node)))


def _changes(node: ast.AST, known: dict[str, set[str | int]]) -> Iterator[ast.AST]:
    """The expressions whose objects a node changes."""
    if isinstance(node, ast.Subscript | ast.Attribute) and not isinstance(node.ctx, ast.Load):
        yield node.value
    elif isinstance(node, ast.AugAssign):
        yield node.target
    elif isinstance(node, ast.Call):
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if isinstance(node.func, ast.Attribute) and name in CHANGING_METHODS:
            yield node.func.value
        if name in CHANGING_FUNCTIONS:
            yield from node.args[:1]
        yield from (one for place, one in enumerate(node.args) if place in known.get(name, ()))
        for keyword in node.keywords:
            if keyword.arg in {"out", "file"} | known.get(name, set()):
                yield keyword.value


def _bind(node: ast.AST, roots: dict[str, str], always: bool) -> None:
    """Note what a name stands for from here on: a parameter, a part of one, or something else.

    always: whether the statement is run by every call.
    """
    if isinstance(node, ast.Assign):
        pairs = [(target, node.value) for target in node.targets]
    elif isinstance(node, ast.For):
        pairs = [(node.target, node.iter)]
    else:
        return
    for target, value in pairs:
        if isinstance(target, ast.Name):
            root = roots.get(_root(value))
            if always:
                roots.pop(target.id, None)
            if root is not None:
                roots[target.id] = root


def _root(node: ast.AST) -> str | None:
    """The name that an expression is a part of: `rows` for `rows[0].cells`."""
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None
