"""IPython's magics in tests: none of them is run where tests are, but what %time would run is."""

import ast

from grading.source import parse

TIMING = ("time", "timeit", "prun")  # magics whose argument is a statement


def without_magics(source: str) -> ast.Module:
    """The syntax tree of a test without its magics; its lines keep their numbers.

    Raises SyntaxError.
    """
    return ast.fix_missing_locations(_WithoutMagics().visit(parse(source)))


class _WithoutMagics(ast.NodeTransformer):
    """Takes out the calls of `get_ipython()` that IPython makes of magics."""

    def visit_Expr(self, node: ast.Expr) -> ast.AST | list[ast.AST]:
        called = _magic(node.value)
        if called is None:
            return node
        return _timed(called, node.lineno) or ast.copy_location(ast.Pass(), node)

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        if _magic(node.value) is not None:  # x = !ls, x = %timeit -o f(x)
            node.value = ast.copy_location(ast.Constant(None), node.value)
        return node


def _magic(node: ast.expr) -> ast.Call | None:
    """The call of a method of `get_ipython()` that a node is; None where it is none."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Call(func=ast.Name("get_ipython")))):
            return node
    return None


def _timed(call: ast.Call, line: int) -> list[ast.stmt]:
    """The statements that a magic times, as if they stood on its line; none of another magic."""
    match call.args:
        case [ast.Constant(name), ast.Constant(str() as code)] if name in TIMING:
            try:
                body = parse(code).body
            except SyntaxError:  # options of the magic's
                return []
            for node in (each for statement in body for each in ast.walk(statement)):
                if hasattr(node, "lineno"):
                    node.lineno = node.end_lineno = line
            return body
    return []
