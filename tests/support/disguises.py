"""Ways to hide a copy that nobody has listed beforehand: what likeness is not made for."""

from __future__ import annotations

import ast
import random
from collections.abc import Callable

from alone import written_answers
from copies import Notebook, each_answer

from grading.likeness.symbols import WORD
from grading.source import parse


def _rewritten(change: Callable[[ast.Module], None]) -> Callable[[Notebook], Notebook]:
    def write(source: str) -> str:
        tree = parse(source)
        change(tree)
        return ast.unparse(ast.fix_missing_locations(tree))

    return lambda notebook: each_answer(notebook, write)


def _bodies(tree: ast.AST) -> list[list[ast.stmt]]:
    return [node.body for node in ast.walk(tree) if isinstance(getattr(node, "body", None), list)]


def _names(nodes: list[ast.stmt], context: type) -> list[str]:
    walked = (node for statement in nodes for node in ast.walk(statement))
    return sorted({n.id for n in walked if isinstance(n, ast.Name) and isinstance(n.ctx, context)})


def _helpers(tree: ast.Module) -> None:
    """Two statements of each function go to a function of their own."""
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    for function in functions:
        moved = function.body[1:3]
        if len(function.body) < 4 or not all(isinstance(s, ast.Assign) for s in moved):
            continue
        own = {*_names([function], ast.Store), *(arg.arg for arg in function.args.args)}
        reads = ", ".join(name for name in _names(moved, ast.Load) if name in own)
        gives = ", ".join(_names(moved, ast.Store))
        helper = ast.parse(f"def paso_{function.name}({reads}):\n    return ({gives},)").body[0]
        helper.body[:0] = moved
        function.body[1:3] = ast.parse(f"({gives},) = paso_{function.name}({reads})").body
        tree.body.insert(0, helper)


def _inlined(tree: ast.Module) -> None:
    """`a = x` and then `b = f(a)` as `b = f(x)`."""
    for body in _bodies(tree):
        for one, following in zip(list(body), list(body)[1:], strict=False):
            if not (isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name)):
                continue
            name = one.targets[0].id
            uses = [n for n in ast.walk(tree) if isinstance(n, ast.Name) and n.id == name]
            if len(uses) == 2 and name in _names([following], ast.Load):
                _Put(name, one.value).visit(following)
                body.remove(one)


class _Put(ast.NodeTransformer):
    def __init__(self, name: str, value: ast.expr):
        self._name, self._value = name, value

    def visit_Name(self, node):
        return self._value if node.id == self._name else node


def _whiles(tree: ast.Module) -> None:
    """Each `for` over things as a `while` over their numbers."""
    for body in _bodies(tree):
        for at, loop in reversed(list(enumerate(body))):
            if isinstance(loop, ast.For) and not loop.orelse:
                target = ast.unparse(loop.target)
                lines = f"cosas = list({ast.unparse(loop.iter)})\nlugar = 0\n"
                lines += f"while lugar < len(cosas):\n    {target} = cosas[lugar]\n    lugar += 1"
                made = ast.parse(lines).body
                made[-1].body += loop.body
                body[at : at + 1] = made


def _swapped(tree: ast.Module) -> None:
    """`a + b` as `b + a`, and `a < b` as `b > a`."""
    turned = {ast.Lt: ast.Gt, ast.Gt: ast.Lt, ast.LtE: ast.GtE, ast.GtE: ast.LtE}
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mult):
            node.left, node.right = node.right, node.left
        elif isinstance(node, ast.Compare) and type(node.ops[0]) in turned and len(node.ops) == 1:
            node.left, node.comparators = node.comparators[0], [node.left]
            node.ops = [turned[type(node.ops[0])]()]


def _dead(tree: ast.Module) -> None:
    """After each second statement of a function something that does nothing."""
    lines = ("print('paso')", "sin_uso = 3 * 7", "if False:\n    sin_uso = 0", "assert True")
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for function in functions:
        for at in reversed(range(0, len(function.body), 2)):
            function.body[at:at] = ast.parse(lines[at // 2 % len(lines)]).body


def _hinted(tree: ast.Module) -> None:
    """Annotations of parameters and of what is assigned."""
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            node.annotation = ast.Name("object")
    for body in _bodies(tree):
        for at, one in enumerate(body):
            if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name):
                body[at] = ast.AnnAssign(one.targets[0], ast.Name("object"), one.value, 1)


def other_words(share: float) -> Callable[[Notebook], Notebook]:
    """The written answers with another word in the place of a share of their words."""

    def change(notebook: Notebook) -> Notebook:
        rng = random.Random(0)
        for cell in written_answers(notebook):
            cell["source"] = WORD.sub(
                lambda word: word[0][::-1] + "o" if rng.random() < share else word[0],
                "".join(cell["source"]),
            )
        return notebook

    return change


UNLISTED = {
    "a helper function": (_rewritten(_helpers),),
    "variables inlined": (_rewritten(_inlined),),
    "while for for": (_rewritten(_whiles),),
    "operands swapped": (_rewritten(_swapped),),
    "dead code and prints": (_rewritten(_dead),),
    "type hints": (_rewritten(_hinted),),
    "every fifth word another": (other_words(0.2),),
    "every second word another": (other_words(0.5),),
    "all of these": tuple(
        map(_rewritten, (_helpers, _inlined, _whiles, _swapped, _dead, _hinted))
    ) + (other_words(0.5),),
}  # fmt: skip
