"""The training loop in a cell's source: whether some of its epochs may stand for all of them."""

import ast
import re
from collections.abc import Set

from grading.source import parse
from grading.text import for_terminal

TIMED = re.compile(r"\s*%%time[ \t]*\n")  # shows how long a cell takes and changes nothing else
LONGEST = 100_000  # characters of a cell
NONE: Set[str] = frozenset()


class NotReplayed(Exception):
    """Why the middle of a loop must run; the text is for instructors."""


def lists_only_appended_to(
    source: str, declared: Set[str] = NONE, changed: Set[str] = NONE
) -> list[str]:
    """The undeclared lists that a cell's loop only appends to; it may change nothing else.

    It may read them: what it does with their items, a proof sees in its state.
    declared: variables that hold what the loop changes in place; changed: others that its first
    epochs have changed. Raises NotReplayed unless the cell's one call of `epochs` heads a `for`
    statement of the cell itself, which hands no other variable on from one epoch to the next.
    """
    source = TIMED.sub("", source, count=1)
    if source.lstrip().startswith("%%"):
        raise NotReplayed("its cell begins with a magic")
    if len(source) > LONGEST:
        raise NotReplayed("its cell is too long")
    try:
        tree = parse(source)
        loop = _loop(tree)
        flow = _Flow()
        flow.visit(loop.target)
        flow.each(loop.body)
        # What an epoch may read before it has bound it, and what is changed elsewhere.
        carried = (flow.read_early & flow.ever_bound) | (changed - flow.ever_bound)
        uneven = flow.used_otherwise | flow.sometimes_appended
        appended = flow.appended - uneven - flow.ever_bound
        carried |= flow.appended & flow.ever_bound | flow.sometimes_appended
        if left := carried - declared - appended:
            name = for_terminal(min(left)[:80])
            raise NotReplayed(f"carries {name} from epoch to epoch without declaring it")
        return sorted(carried & appended - declared)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise NotReplayed(f"its cell can't be read ({type(error).__name__})") from None


def _loop(tree: ast.Module) -> ast.For:
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _is_epochs(node)]
    if len(calls) != 1:
        raise NotReplayed(f"its cell calls epochs {len(calls)} times")
    for statement in tree.body:
        if isinstance(statement, ast.For) and statement.iter is calls[0]:
            return statement
    raise NotReplayed("epochs does not head a for statement of the cell itself")


def _is_epochs(call: ast.Call) -> bool:
    return getattr(call.func, "id", getattr(call.func, "attr", "")) == "epochs"


class _Flow(ast.NodeVisitor):
    """Follows a loop's body in order; what may not run binds nothing for what comes after."""

    def __init__(self):
        self.bound: set[str] = set()
        self.ever_bound: set[str] = set()
        self.read_early: set[str] = set()
        self.appended: set[str] = set()
        self.sometimes_appended: set[str] = set()
        self.used_otherwise: set[str] = set()  # by another method than `append`
        self._may_not_run = 0  # how many statements that may not run are being followed

    def each(self, nodes: list[ast.AST]) -> None:
        for node in nodes:
            self.visit(node)

    def aside(self, nodes: list[ast.AST]) -> set[str]:
        """Follow what may not run; returns what is bound where it does."""
        before, self.bound = self.bound, set(self.bound)
        self._may_not_run += 1
        self.each(nodes)
        self._may_not_run -= 1
        after, self.bound = self.bound, before
        return after

    def bind(self, name: str) -> None:
        self.bound.add(name)
        self.ever_bound.add(name)

    def visit_Name(self, node):
        if isinstance(node.ctx, ast.Store):
            self.bind(node.id)
        elif node.id not in self.bound:
            self.read_early.add(node.id)

    def visit_Expr(self, node):
        """A statement `name.append(…)` makes a list longer and does nothing else with it."""
        call = node.value
        function = call.func if isinstance(call, ast.Call) else None
        if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
            if function.attr == "append" and function.value.id not in self.bound:
                certain = self.appended, self.sometimes_appended
                certain[self._may_not_run > 0].add(function.value.id)
                self.each([*call.args, *call.keywords])
                return
        self.visit(call)

    def visit_Attribute(self, node):
        if isinstance(node.value, ast.Name):
            self.used_otherwise.add(node.value.id)
        self.visit(node.value)

    def visit_Assign(self, node):
        self.each([node.value, *node.targets])

    def visit_AnnAssign(self, node):
        if node.value is not None:
            self.each([node.value, node.target])

    def visit_NamedExpr(self, node):
        self.each([node.value, node.target])

    def visit_AugAssign(self, node):
        if isinstance(node.target, ast.Name):
            self.visit(ast.Name(node.target.id, ast.Load()))
        self.each([node.value, node.target])

    def visit_For(self, node):
        """A loop over data is taken to run: what it leaves behind is of this epoch."""
        self.each([node.iter, node.target, *node.body])
        self.aside(node.orelse)

    visit_AsyncFor = visit_For

    def visit_While(self, node):
        self.visit(node.test)
        self.aside(node.body)
        self.aside(node.orelse)

    def visit_If(self, node):
        self.visit(node.test)
        self.bound = self.aside(node.body) & self.aside(node.orelse)

    def visit_Try(self, node):
        for part in (node.body, node.handlers, node.orelse):
            self.aside(part)
        self.each(node.finalbody)

    visit_TryStar = visit_Try

    def visit_Match(self, node):
        self.visit(node.subject)
        for case in node.cases:
            self.aside([case])

    def visit_MatchAs(self, node):
        if node.name is not None:
            self.bind(node.name)
        self.generic_visit(node)

    visit_MatchStar = visit_MatchAs

    def visit_comprehension_of(self, node):
        outer = set(self.ever_bound)
        parts = [part for g in node.generators for part in (g.iter, g.target, *g.ifs)]
        results = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        self.aside([*parts, *results])
        named = {each.target.id for each in ast.walk(node) if isinstance(each, ast.NamedExpr)}
        self.ever_bound = outer | named  # its other variables are its own

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = visit_comprehension_of

    def visit_FunctionDef(self, node):
        self.inner([*node.decorator_list, node.args, *node.body], node)
        self.bind(node.name)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node):
        self.inner([*node.decorator_list, *node.bases, *node.body], node)
        self.bind(node.name)

    def visit_Lambda(self, node):
        self.inner([node.args, node.body], node)

    def inner(self, nodes, node):
        """What a function or class reads may be read as soon as it is there; it binds its own."""
        outer = set(self.ever_bound)
        given = {each.arg for each in ast.walk(node) if isinstance(each, ast.arg)}
        before, self.bound = self.bound, self.bound | given
        self.aside(nodes)
        self.bound, self.ever_bound = before, outer

    def visit_Import(self, node):
        for alias in node.names:
            self.bind(alias.asname or alias.name.partition(".")[0])

    visit_ImportFrom = visit_Import
