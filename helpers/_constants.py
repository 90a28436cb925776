"""What code assigns to some variables, as far as its text alone says it. Nothing is run.

Texts and numbers count, and what a few harmless operations make of them: f-strings, `+`, `str(…)`,
`.strip()` and the like. Everything else is not known.
"""

import ast
import re
import textwrap

MOST = 1000  # characters of a text, and the largest number that an operation on texts is given
LARGEST_CELL = 100_000  # characters of a cell that is only read for what other cells use of it
METHODS = {
    "capitalize", "join", "lower", "lstrip", "removeprefix", "removesuffix", "replace", "rstrip",
    "split", "strip", "title", "upper", "zfill",
}  # fmt: skip
FORMAT = re.compile(r"0?\d{0,2}[ds]?")  # of a value in an f-string
COMMAND = re.compile(r"^(\s*)[%!?].*$", re.MULTILINE)  # a line for IPython, not for Python


class _Unknown(Exception):
    """The text of the code does not say what the value is."""


def statements(source):
    """The statements of a cell's code as syntax trees; none where it cannot be parsed."""
    for text in (source, COMMAND.sub(r"\1pass", textwrap.dedent(source))):
        try:
            return ast.parse(text).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue  # an unfinished answer, or one with commands for IPython
    return []


def assigned(sources, names):
    """What the code of cells assigns to some variables at last.

    sources: the cells' texts, in order. names: the variables.
    Returns variable → a text or a number, for those of which the code says it.
    """
    reader = _Reader(names)
    reader.read(source for source in sources if any(name in source for name in names))
    if reader.lacks_names:
        reader = _Reader(names)
        reader.read(source for source in sources if len(source) <= LARGEST_CELL)
    return {name: reader.values[name] for name in names if name in reader.values}


class _Reader:
    """Reads statements in order and keeps the value of each variable, where it is known.

    lacks_names: whether a value was not known because no cell that was read assigns what it uses.
    """

    def __init__(self, wanted):
        self._wanted = set(wanted)
        self.values = {"__name__": "__main__"}
        self.lacks_names = False

    def read(self, sources):
        for source in sources:
            self._block(statements(source))

    def _block(self, block):
        for statement in block:
            try:
                self._statement(statement)
            except RecursionError:  # nested deeper than anybody writes
                continue

    def _statement(self, node):
        if isinstance(node, ast.Assign):
            self._assign(node.targets, node.value)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            self._assign([node.target], node.value)
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            name = ast.Name(node.target.id, ast.Load())
            self._assign([node.target], ast.BinOp(name, node.op, node.value))
        elif isinstance(node, ast.Expr | ast.Assert):
            self._walruses(node)
        elif isinstance(node, ast.If):
            self._walruses(node.test)
            test = self._known(node.test)
            self._block(node.body if test is _Unknown or test else [])
            self._block(node.orelse if test is _Unknown or not test else [])
        elif isinstance(node, ast.With | ast.Try):
            for part in ("body", "orelse", "finalbody"):
                self._block(getattr(node, part, []))

    def _walruses(self, node):
        for inner in ast.walk(node):
            if isinstance(inner, ast.NamedExpr):
                self._assign([inner.target], inner.value)

    def _assign(self, targets, value):
        if isinstance(value, ast.Tuple | ast.List) and len(value.elts) <= MOST:
            found = [self._known(each) for each in value.elts]
        else:
            found = self._known(value)
        for target in targets:
            self._set(target, found)

    def _set(self, target, value):
        if isinstance(target, ast.Tuple | ast.List):
            parts = value if isinstance(value, list) else []
            fits = len(parts) == len(target.elts)
            for number, each in enumerate(target.elts):
                self._set(each, parts[number] if fits else _Unknown)
        elif isinstance(target, ast.Name) and value is not _Unknown and not _has_unknown(value):
            self.values[target.id] = value
        elif isinstance(target, ast.Name) and target.id not in self._wanted:
            self.values.pop(target.id, None)  # a wanted one keeps what was written before

    def _known(self, node):
        """The value of an expression; the class `_Unknown` where the text does not say it."""
        try:
            return self._value(node)
        except (_Unknown, ValueError, TypeError, ArithmeticError, LookupError):
            return _Unknown

    def _value(self, node):
        kind = getattr(self, f"_{type(node).__name__}", None)
        if kind is None:
            raise _Unknown
        value = kind(node)
        if isinstance(value, str) and len(value) > MOST:
            raise _Unknown
        return value

    def _Constant(self, node):
        if not isinstance(node.value, str | int | float):
            raise _Unknown
        return node.value

    def _Name(self, node):
        if node.id not in self.values:
            self.lacks_names = True
            raise _Unknown
        return self.values[node.id]

    def _NamedExpr(self, node):
        value = self._value(node.value)
        self._set(node.target, value)
        return value

    def _Tuple(self, node):
        if len(node.elts) > MOST:
            raise _Unknown
        return [self._value(each) for each in node.elts]

    _List = _Tuple

    def _Dict(self, node):
        pairs = zip(node.keys, node.values, strict=True)
        return {self._value(key): self._value(value) for key, value in pairs}

    def _Subscript(self, node):
        return self._value(node.value)[self._value(node.slice)]

    def _IfExp(self, node):
        return self._value(node.body if self._value(node.test) else node.orelse)

    def _Compare(self, node):
        if len(node.ops) != 1 or not isinstance(node.ops[0], ast.Eq):
            raise _Unknown
        return _simple(self._value(node.left)) == _simple(self._value(node.comparators[0]))

    def _UnaryOp(self, node):
        if not isinstance(node.op, ast.Not):
            raise _Unknown
        return not self._value(node.operand)

    def _BinOp(self, node):
        left, right = self._value(node.left), self._value(node.right)
        if not isinstance(node.op, ast.Add):
            raise _Unknown
        return _simple(left) + _simple(right)

    def _JoinedStr(self, node):
        return "".join(self._value(part) for part in node.values)

    def _FormattedValue(self, node):
        value = self._value(node.value)
        form = self._value(node.format_spec) if node.format_spec else ""
        if node.conversion not in (-1, ord("s")) or not FORMAT.fullmatch(form):
            raise _Unknown
        return format(_simple(value), form)

    def _Call(self, node):
        values = [self._value(argument) for argument in node.args]
        if node.keywords:
            raise _Unknown
        if isinstance(node.func, ast.Name) and node.func.id in ("str", "int") and len(values) == 1:
            value = _simple(values[0])
            return str(value) if node.func.id == "str" else int(value)
        if not isinstance(node.func, ast.Attribute) or node.func.attr not in METHODS:
            raise _Unknown
        text = self._value(node.func.value)
        if not isinstance(text, str) or any(
            not isinstance(v, str | list) and v > MOST for v in values
        ):
            raise _Unknown
        return getattr(text, node.func.attr)(*values)


def _has_unknown(value):
    return isinstance(value, list) and _Unknown in value


def _simple(value):
    """The same value, if it is a text or a number."""
    if not isinstance(value, str | int | float):
        raise _Unknown
    return value
