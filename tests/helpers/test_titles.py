"""What a check is called: the first comment of its cell."""

import pytest

from helpers._titles import check_title, first_comment

TITLES = {
    "the first comment": ("import os\n# Suma\n# Resta", "Suma"),
    "an indented one": ("if True:\n    #  Suma  ", "Suma"),
    "after the marks of a region": ("### BEGIN HIDDEN TESTS\n# Suma", "Suma"),
    "after the mark of a script's cell": ("# %% celda 3\n#%%\n# Suma", "Suma"),
    "after an empty comment": ("#\n# Suma", "Suma"),
    "a long one": ("# " + 100 * "x", 80 * "x"),
    "no comment": ("total = '# Suma'", None),
    "nothing": ("", None),
}


@pytest.mark.parametrize(("source", "title"), TITLES.values(), ids=TITLES)
def test_a_check_is_called_by_the_first_comment_of_its_cell(source, title):
    assert check_title(source) == title


def test_a_comment_that_the_stub_brings_names_no_exercise():
    stub = "# YOUR CODE HERE\nraise NotImplementedError()"
    assert first_comment(f"{stub}\n# Calculen y", besides=stub) == "Calculen y"
