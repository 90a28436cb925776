"""Write Python over: other names, other operators, other lines; the same operations in order."""

from __future__ import annotations

import ast

from grading.source import parse


def written(source: str, writing: tuple, suffix: str) -> str:
    """`source` with its functions written over; a cell without functions stays as it is."""
    tree = parse(source)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for function in functions:
        _rename_locals(function, suffix)
        for transformer in writing:
            transformer().visit(function)
    return ast.unparse(ast.fix_missing_locations(tree)) if functions else source


def _rename_locals(function: ast.FunctionDef, suffix: str) -> None:
    names = [node for node in ast.walk(function) if isinstance(node, ast.Name)]
    own = {name.id for name in names if isinstance(name.ctx, ast.Store)}
    own -= {node.arg for node in ast.walk(function) if isinstance(node, ast.arg)}
    for name in names:
        name.id += suffix if name.id in own else ""


class Dots(ast.NodeTransformer):
    """np.dot(a, b) for a @ b: the same product."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        if not isinstance(node.op, ast.MatMult):
            return node
        return ast.Call(ast.parse("np.dot", mode="eval").body, [node.left, node.right], [])


class InPlace(ast.NodeTransformer):
    """a *= b; a *= c for a = a * b * c."""

    def visit_Assign(self, node: ast.Assign) -> ast.stmt | list[ast.stmt]:
        lines, value, target = [], node.value, node.targets[0]
        while isinstance(value, ast.BinOp):
            lines.insert(0, ast.AugAssign(target, value.op, value.right))
            value = value.left
        same = isinstance(target, ast.Name) and isinstance(value, ast.Name)
        return lines if lines and same and target.id == value.id else node


class OneOperationALine(ast.NodeTransformer):
    """A line and a name for every operation inside an expression, in the order of evaluation."""

    def __init__(self):
        self._lines = []
        self._count = 0

    def visit_Assign(self, node: ast.Assign | ast.AugAssign) -> list[ast.stmt]:
        self._lines = []
        if isinstance(node.value, ast.BinOp):  # the outermost one keeps this line
            self.generic_visit(node.value)
        elif isinstance(node.value, ast.Call):
            node.value = self.visit(node.value)
        return [*self._lines, node]

    visit_AugAssign = visit_Assign

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        self._count += 1
        name = f"paso_{self._count}"
        self._lines.append(ast.Assign([ast.Name(name, ast.Store())], node))
        return ast.Name(name, ast.Load())

    def _keep(self, node: ast.expr) -> ast.expr:
        return node

    # What is evaluated later, often or perhaps never stays where it is.
    visit_GeneratorExp = visit_ListComp = visit_Lambda = visit_IfExp = _keep
