"""What a check is called: the first comment of its cell."""

import pytest

from helpers._titles import check_title, first_comment

TITLES = {
    "the first comment": ("import os\n# Suma\n# Resta", "Suma"),
    "an indented one": ("if True:\n    #  Suma  ", "Suma"),
    "after the marks of a region": ("### BEGIN HIDDEN TESTS\n# Suma", "Suma"),
    "after the mark of a script's cell": ("# %% celda 3\n#%%\n# Suma", "Suma"),
    "after an empty comment": ("#\n# Suma", "Suma"),
    "a long one": ("# Gradiente de " + 12 * "palabra ", "Gradiente de" + 8 * " palabra" + "…"),
    "a long word": ("# " + 100 * "x", 79 * "x" + "…"),
    "a sentence of 200 letters": ("# Aquí " + 28 * "sigue, " + "y ya", None),
    "a sentence": ("# Se comprueba que la suma sea la esperada.", None),
    "no toquen": ("# no toquen esta celda", None),
    "NO BORRAR": ("# NO BORRAR", None),
    "a title that begins so": ("# No linealidad", "No linealidad"),
    "a word that begins so": ("# Todo el modelo", "Todo el modelo"),
    "a reminder": ("# TODO: más pruebas", None),
    "what to do with the cell": ("# Ejecuten esta celda al final", None),
    "in English": ("# Do not edit\n# Suma", None),
    "an instruction to a tool": ("# noqa: E501", None),
    "an encoding": ("# -*- coding: utf-8 -*-", None),
    "commented code": ("# x = 3", None),
    "a commented call": ("# print(loss)", None),
    "a name": ("# Softmax", "Softmax"),
    "with a colon": ("# Inicialización: U", "Inicialización: U"),
    "below a magic": ("%%time\n# Suma", "Suma"),
    "a question": ("# ¿Aprende la red?", "¿Aprende la red?"),
    "a cut that ends": ("# 1.a Suma de dos vectores, etc", "1.a Suma de dos vectores, etc"),
    "no comment": ("total = '# Suma'", None),
    "nothing": ("", None),
}


@pytest.mark.parametrize(("source", "title"), TITLES.values(), ids=TITLES)
def test_a_check_is_called_by_the_first_comment_of_its_cell(source, title):
    assert check_title(source) == title


def test_a_comment_that_the_stub_brings_names_no_exercise():
    stub = "# YOUR CODE HERE\nraise NotImplementedError()"
    assert first_comment(f"{stub}\n# Calculen y", besides=stub) == "Calculen y"
