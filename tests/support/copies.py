"""Copies of a hand-in, hidden in the ways that students hide them."""

from __future__ import annotations

import ast
import json
import re
from copy import deepcopy
from itertools import pairwise
from pathlib import Path

from grading.source import parse

Notebook = dict


def copied(course, assignment: str, student: str, name: str, *changes) -> None:
    """Hand in another student's notebooks under a name, each changed by all of `changes`."""
    theirs = course.submitted / student / assignment
    folder = course.submitted / name / assignment
    folder.mkdir(parents=True)
    for path in sorted(theirs.glob("*.ipynb")):
        notebook = json.loads(path.read_text("utf-8"))
        for change in changes:
            notebook = change(deepcopy(notebook))
        Path(folder, path.name).write_text(json.dumps(notebook), "utf-8")


def _answers(notebook: Notebook) -> list[dict]:
    return [
        cell
        for cell in notebook["cells"]
        if cell["cell_type"] == "code"
        and cell["metadata"].get("nbgrader", {}).get("solution")
        and cell["metadata"]["nbgrader"]["grade_id"] != "rnn-identity"
    ]


def each_answer(notebook: Notebook, write) -> Notebook:
    """The notebook with each answer in code written over."""
    for cell in _answers(notebook):
        cell["source"] = write("".join(cell["source"]))
    return notebook


def renamed(notebook: Notebook) -> Notebook:
    """Other names for everything that a function binds, its parameters included."""

    def write(source: str) -> str:
        tree = parse(source)
        for function in [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]:
            nodes = list(ast.walk(function))
            own = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
            own |= {n.arg for n in nodes if isinstance(n, ast.arg)}
            names = {name: f"mi_{number}" for number, name in enumerate(sorted(own))}
            for node in nodes:
                if isinstance(node, ast.Name):
                    node.id = names.get(node.id, node.id)
                elif isinstance(node, ast.arg):
                    node.arg = names.get(node.arg, node.arg)
        return ast.unparse(tree)

    return each_answer(notebook, write)


def reformatted(notebook: Notebook) -> Notebook:
    """Comments, docstrings, parentheses, empty lines and an indent of two."""

    def write(source: str) -> str:
        lines = ast.unparse(parse(source)).split("\n")
        return "\n".join(
            " " * ((len(x) - len(x.lstrip())) // 2) + x.lstrip() + f"  # paso {n}\n"
            for n, x in enumerate(lines)
        )

    return each_answer(notebook, write)


def reordered(notebook: Notebook) -> Notebook:
    """The statements of each cell that define something, the other way round."""

    def write(source: str) -> str:
        body = parse(source).body
        functions = [node for node in body if isinstance(node, ast.FunctionDef)][::-1]
        others = [node for node in body if not isinstance(node, ast.FunctionDef)]
        return ast.unparse(ast.Module([*functions, *others], []))

    return each_answer(notebook, write)


def split(notebook: Notebook) -> Notebook:
    """Each answer of several statements in as many cells: the first one in its own place."""
    cells = []
    for cell in notebook["cells"]:
        cells.append(cell)
        if cell in _answers(notebook):
            first, *others = parse("".join(cell["source"])).body or [ast.Pass()]
            cell["source"] = ast.unparse(first)
            cells += [_added(ast.unparse(node), len(cells) + n) for n, node in enumerate(others)]
    return notebook | {"cells": cells}


def _added(source: str, number: int) -> dict:
    code = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
    return code | {"id": f"parte-{number}", "source": source}


def merged(notebook: Notebook) -> Notebook:
    """Each second answer in the cell of the one before, and its own cell deleted."""
    answers = _answers(notebook)
    for first, second in zip(answers[::2], answers[1::2], strict=False):
        first["source"] = "\n\n".join("".join(cell["source"]) for cell in (first, second))
    gone = [id(cell) for cell in answers[1::2]]
    return notebook | {"cells": [cell for cell in notebook["cells"] if id(cell) not in gone]}


def uncommented(notebook: Notebook) -> Notebook:
    """Other comments and docstrings."""

    def write(source: str) -> str:
        tree = parse(source)
        for function in [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]:
            if ast.get_docstring(function) is not None:
                function.body[0] = ast.Expr(ast.Constant("Lo que pide el enunciado."))
        return "# Nuestra solución.\n" + ast.unparse(tree)

    return each_answer(notebook, write)


def comprehensions(notebook: Notebook) -> Notebook:
    """`names = []` and a loop that appends as `names = [… for …]`."""

    def write(source: str) -> str:
        tree = parse(source)
        nodes = [node for node in ast.walk(tree) if isinstance(getattr(node, "body", None), list)]
        for node in nodes:
            for one, two in pairwise(list(node.body)):
                name = ast.unparse(one).removesuffix(" = []")
                found = re.fullmatch(
                    rf"for (.*):\n    {re.escape(name)}\.append\((.*)\)", ast.unparse(two)
                )
                if found:
                    line = f"{name} = [{found[2]} for {found[1]}]"
                    node.body[node.body.index(one)] = ast.parse(line).body[0]
                    node.body.remove(two)
        return ast.unparse(ast.fix_missing_locations(tree))

    return each_answer(notebook, write)


def loops(notebook: Notebook) -> Notebook:
    """`names = [… for …]` as a loop that appends."""

    class Looping(ast.NodeTransformer):
        def visit_Assign(self, node):
            made, target = node.value, node.targets[0]
            if not isinstance(made, ast.ListComp) or not isinstance(target, ast.Name):
                return node
            body = ast.unparse(made.elt)
            part = made.generators[0]
            lines = f"{target.id} = []\nfor {ast.unparse(part.target)} in {ast.unparse(part.iter)}:"
            if len(made.generators) > 1 or part.ifs:
                return node
            return ast.parse(f"{lines}\n    {target.id}.append({body})").body

    def write(source: str) -> str:
        return ast.unparse(ast.fix_missing_locations(Looping().visit(parse(source))))

    return each_answer(notebook, write)


def one_line_changed(notebook: Notebook) -> Notebook:
    """A line more in each answer, and a number that is another one."""
    return each_answer(notebook, lambda source: f'print("listo")\n{source.replace("500", "400")}')


LISTED = {
    "as it is": (),
    "renamed": (renamed,),
    "formatted anew": (reformatted,),
    "other comments": (uncommented,),
    "functions in another order": (reordered,),
    "cells split": (split,),
    "cells merged": (merged,),
    "loops for comprehensions": (loops,),
    "comprehensions for loops": (comprehensions,),
    "a line more, another number": (one_line_changed,),
    "all of these": (
        loops, renamed, uncommented, reordered, one_line_changed, split, reformatted
    ),
}  # fmt: skip
