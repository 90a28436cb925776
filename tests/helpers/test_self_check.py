"""python -m helpers.validar: a notebook from a fresh kernel, its table, and an exit code."""

import subprocess
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from helpers.validar import main

CHECK = "# {name}\nwith tick.marks({marks}):\n    assert {test}, 'Revisen el signo.'"


def check(name, marks, test):
    return new_code_cell(CHECK.format(name=name, marks=marks, test=test))


def validate(path, cells, *options):
    nbformat.write(new_notebook(cells=[new_code_cell("from helpers import tick"), *cells]), path)
    before = path.read_bytes()
    done = subprocess.run(
        [sys.executable, "-m", "helpers.validar", *options, path.name],
        cwd=path.parent, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert path.read_bytes() == before
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout


def test_a_complete_notebook_shows_all_its_marks_and_ends_with_zero(tmp_path):
    code, said = validate(tmp_path / "a.ipynb", [check("Suma", 5, "1 + 1 == 2")])
    assert code == 0
    assert "a.ipynb: 5 / 5 marks (100.0%)" in said
    assert "✓    5 / 5    Suma" in said
    assert "comprobaciones ocultas" in said and "a mano" in said


def test_what_fails_or_stops_is_listed_with_its_hint_and_ends_with_one(tmp_path):
    cells = [
        new_code_cell("x = 1 / 0", metadata={"nbgrader": {"grade_id": "answer"}}),
        check("Resta", 3, "1 - 1 == 2"),
        check("Suma", 5, "1 + 1 == 2"),
    ]
    code, said = validate(tmp_path / "a.ipynb", cells)
    assert code == 1
    assert "5 / 8 marks" in said
    assert "✘    0 / 3    Resta\n      Revisen el signo." in said
    assert "La celda answer se detuvo: ZeroDivisionError" in said


def test_a_cell_over_its_time_is_interrupted_and_the_rest_runs(tmp_path):
    late = new_code_cell("while True:\n    pass", metadata={"grading": {"timeout": 1}})
    code, said = validate(tmp_path / "a.ipynb", [late, check("Suma", 5, "True")])
    assert code == 0
    assert "La celda 2 pasó de 1 s" in said and "5 / 5 marks" in said
    assert "--segundos 900" in said


LATE = {
    "a cell without a limit of its own": ({}, "--segundos=0.5", "La celda 2 pasó de 0.5 s"),
    "a cell with less than was asked for": ({"timeout": 0.5}, "--segundos=30", "1 / 1 marks"),
    "a cell with more than was asked for": ({"timeout": 30}, "--segundos=0.5", "1 / 1 marks"),
}


@pytest.mark.parametrize(("own", "option", "says"), LATE.values(), ids=LATE)
def test_seconds_can_be_asked_for(own, option, says, tmp_path):
    slow = new_code_cell("import time\ntime.sleep(1.5)\ndone = 1", metadata={"grading": own})
    _, said = validate(tmp_path / "a.ipynb", [slow, check("Fin", 1, "done")], option)
    assert says in said
    assert ("pasó de" in said) == ("pasó de" in says)


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "mucho"])
def test_seconds_that_are_none_are_refused(seconds, capsys):
    with pytest.raises(SystemExit):
        main([f"--segundos={seconds}", "a.ipynb"])
    assert "debe ser un número mayor que 0" in capsys.readouterr().err


def test_a_kernel_that_ends_is_said_with_the_cell(tmp_path):
    end = new_code_cell("import os\nos._exit(1)")
    code, said = validate(tmp_path / "a.ipynb", [end, check("Suma", 5, "True")])
    assert code == 1
    assert "El kernel terminó en la celda 2" in said


@pytest.mark.parametrize("content, says", [(None, "no se encontró"), ("{", "no se puede leer")])
def test_a_file_that_is_no_notebook_is_said_and_ends_with_two(tmp_path, content, says):
    path = tmp_path / "a.ipynb"
    if content is not None:
        path.write_text(content)
    done = subprocess.run(
        [sys.executable, "-m", "helpers.validar", str(path)], capture_output=True, text=True
    )
    assert done.returncode == 2 and says in done.stderr
    assert "Traceback" not in done.stderr
