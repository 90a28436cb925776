"""The tests of an otter-grader question, as code that raises where an answer is wrong."""

import ast
import re
from dataclasses import dataclass, replace
from textwrap import indent

import yaml
from nbformat import NotebookNode

BEGIN_CONFIG = re.compile(r"(?:\"\"\"|''')\s*#\s*BEGIN\s+TEST\s+CONFIG", re.IGNORECASE)
END_CONFIG = re.compile(r"(?:\"\"\"|''')\s*#\s*END\s+TEST\s+CONFIG", re.IGNORECASE)
HIDDEN = re.compile(r"\s*#.*\bhidden\b", re.IGNORECASE)
CAN_FAIL = (ast.Assert, ast.Raise, ast.Call)
CALLED_AS_CHECKS = {"all", "allclose", "any", "array_equal", "callable", "hasattr", "isclose",
                    "isinstance", "issubclass"}  # fmt: skip
PRINTED = """\
import contextlib
import io

printed = io.StringIO()
with contextlib.redirect_stdout(printed):
{body}
assert printed.getvalue() == {want!r}{message}"""


class Unreadable(Exception):
    """A test that can't be taken over; the text says why."""


@dataclass(frozen=True)
class Case:
    """One test case: its code, what it is worth (None: not said), and whether students see it.

    remark: what the instructor should look at; empty where there is nothing.
    """

    code: str
    hidden: bool = False
    points: float | None = None
    remark: str = ""


def read_case(cell: NotebookNode, source: str, ok_format: bool) -> Case:
    """The case of a test cell.

    source: the cell's code without ignored lines. ok_format: whether its output is what is
    expected; else it defines a function that raises. Raises Unreadable.
    """
    lines = source.strip("\n").split("\n")
    config: dict = {}
    hidden = bool(HIDDEN.match(lines[0]))
    if hidden:
        lines = lines[1:]
    if lines and BEGIN_CONFIG.match(lines[0]):
        end = next((i for i, line in enumerate(lines) if END_CONFIG.match(line)), None)
        if end is None:
            raise Unreadable("# BEGIN TEST CONFIG without # END TEST CONFIG")
        config, lines = _config("\n".join(lines[1:end])), lines[end + 1 :]
    code = "\n".join(lines).strip("\n")
    try:
        tree = ast.parse(code)
    except SyntaxError as error:
        raise Unreadable(f"its code is not Python ({error.msg})") from error
    points = config.get("points")
    if points is not None and not isinstance(points, int | float):
        raise Unreadable(f"its points are {points!r}, not a number")
    message = config.get("failure_message")
    message = f", {str(message).strip()!r}" if message else ""
    remarks = []
    if ok_format and [type(node) for node in tree.body] == [ast.FunctionDef]:
        ok_format = False
        remarks.append("it only defines a function, which otter would not call; it is called here")
    make = _compared if ok_format else _called
    code, remark = make(code, tree, _output(cell), message)
    remarks.append(remark)
    if not any(isinstance(node, CAN_FAIL) for node in ast.walk(ast.parse(code))):
        remarks.append("nothing in it can fail, so everybody passes it")
    if config.get("success_message"):
        remarks.append("its success_message is not shown here")
    remark = "; ".join(filter(None, remarks))
    return Case(code, bool(config.get("hidden", hidden)), points, remark)


def _config(text: str) -> dict:
    try:
        config = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        raise Unreadable(f"its test config is not YAML ({error})") from error
    if not isinstance(config, dict):
        raise Unreadable("its test config is no list of keys and values")
    return config


def _output(cell: NotebookNode) -> tuple[str, str | None]:
    """What a cell has printed, and the text of its last value; None where it has none."""
    printed = "".join(each.get("text", "") for each in cell.outputs)
    values = [each.data.get("text/plain") for each in cell.outputs if "data" in each]
    return printed, next((value for value in values if value is not None), None)


def _compared(
    code: str, tree: ast.Module, output: tuple[str, str | None], message: str
) -> tuple[str, str]:
    """Code that raises unless it gives the output that was recorded, and a remark."""
    printed, value = output
    last = tree.body[-1] if tree.body else None
    before, expression = code, None
    if isinstance(last, ast.Expr):
        lines = code.split("\n")
        expression = ast.get_source_segment(code, last.value)
        # ast counts bytes, not letters, in a line
        start = lines[last.lineno - 1].encode()[: last.col_offset].decode()
        before = "\n".join([*lines[: last.lineno - 1], start]).rstrip().rstrip(";")
    if value is not None and expression is not None:
        body = "\n".join(filter(None, [before, _expected(last.value, expression, value, message)]))
    else:
        body = _with_message(code, tree, message) if message else code
    if printed:
        return PRINTED.format(body=indent(body, "    "), want=printed, message=message), ""
    if value is None and expression is not None and _is_check(last.value):
        return body, (
            "it ends in a comparison and its output was not saved, so nothing fails it: write "
            "assert before it"
        )
    return body, ""


def _expected(node: ast.expr, expression: str, value: str, message: str) -> str:
    """An assertion that an expression has the value whose text was recorded."""
    if value == "True" and _is_check(node):
        return f"assert {_bracketed(expression)}{message}"
    try:
        ast.literal_eval(value)
    except (ValueError, SyntaxError):  # the text of an object, as `array([1, 2])`
        return f"assert repr({expression}) == {value!r}{message}"
    operator = "is" if value == "None" else "=="
    plain = ast.Name | ast.Call | ast.Attribute | ast.Subscript
    asked = expression if isinstance(node, plain) else f"({expression})"
    return f"assert {asked} {operator} {value}{message}"


def _bracketed(expression: str) -> str:
    return f"({expression})" if "\n" in expression else expression


def _is_check(node: ast.expr) -> bool:
    """Whether an expression says itself whether something holds."""
    if isinstance(node, ast.Call):
        called = node.func
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        return name in CALLED_AS_CHECKS
    negated = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
    return negated or isinstance(node, ast.Compare | ast.BoolOp)


def _with_message(code: str, tree: ast.Module, message: str) -> str:
    """The code with a message after each assertion that has none, in lines of their own."""
    lines = code.split("\n")
    for node in tree.body:
        if isinstance(node, ast.Assert) and node.msg is None and node.lineno == node.end_lineno:
            line = lines[node.lineno - 1].encode()
            end = node.end_col_offset
            lines[node.lineno - 1] = (line[:end] + message.encode() + line[end:]).decode()
    return "\n".join(lines)


def _called(
    code: str, tree: ast.Module, output: tuple[str, str | None], message: str
) -> tuple[str, str]:
    """A test function and its call, with what it takes from the notebook under its own name."""
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    others = [node for node in tree.body if not isinstance(node, ast.FunctionDef | ast.Expr)]
    if len(functions) != 1 or others:
        raise Unreadable("it is not one function and its call")
    function = functions[0]
    defined = "\n".join(code.split("\n")[: function.end_lineno])
    values = [_argument(function, argument.arg) for argument in function.args.args]
    return f"{defined}\n\n{function.name}({', '.join(values)})", (
        "its failure_message is not shown here" if message else ""
    )


def _argument(function: ast.FunctionDef, name: str) -> str:
    """What a test function is called with: the name itself, or for `env` what it looks up there."""
    if name != "env":
        return name
    used = [node for node in ast.walk(function) if isinstance(node, ast.Name) and node.id == name]
    looked_up = [
        node.slice.value
        for node in ast.walk(function)
        if isinstance(node, ast.Subscript)
        and getattr(node.value, "id", "") == name
        and isinstance(node.slice, ast.Constant)
    ]
    if len(used) != len(looked_up):
        raise Unreadable("it uses env in other ways than env['name']")
    items = ", ".join(f"{each!r}: {each}" for each in dict.fromkeys(looked_up))
    return f"{{{items}}}"


def with_points(cases: list[Case], total) -> list[Case]:
    """The cases, each with its points.

    total: what the question's config says of points: a number, one for each case in a list,
    `{"each": number}`, or None. Cases that say nothing share what is left of a number; where nobody
    says anything the question is worth 1. Raises Unreadable.
    """
    if isinstance(total, dict):
        total = total.get("each", 1) * len(cases)
    if isinstance(total, list):
        if len(total) != len(cases):
            raise Unreadable(f"its points are a list of {len(total)} for {len(cases)} test cases")
        cases = [replace(case, points=each) for case, each in zip(cases, total, strict=True)]
        total = None
    said = sum(case.points or 0 for case in cases)
    open_ones = sum(case.points is None for case in cases)
    if total is None:
        total = said or 1
    if said > total:
        raise Unreadable(f"its test cases have {said:g} points, more than its {total:g}")
    share = (total - said) / open_ones if open_ones else 0
    return [replace(case, points=share) if case.points is None else case for case in cases]
