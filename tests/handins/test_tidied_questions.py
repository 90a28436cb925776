"""A question that an editor has tidied is still the question; an answer typed into it is shown."""

import pytest
import tiny
from nbformat.v4 import new_markdown_cell

from grading.course import Course
from grading.intake.restoration import Restoration

QUESTION = """\
# Pregunta 2

**¿Por qué** el *cuadrado* de `x_1` nunca es negativo?

* uno
* dos

1. tres
2. cuatro

| a | b |
|---|---|
| [ ] sí | $x_2 \\\\le 3$ |

***

Elijan **una** respuesta."""

TIDIED = {
    "underlines in place of asterisks": lambda text: text.replace("**", "__").replace("*c", "_c")
    .replace("o* d", "o_ d"),
    "dashes in lists": lambda text: text.replace("\n* ", "\n- "),
    "all numbers one": lambda text: text.replace("2. c", "1. c"),
    "numbers with brackets": lambda text: text.replace("1. ", "1) ").replace("2. c", "2) c"),
    "other blank lines": lambda text: text.replace("\n\n", "\n\n\n") + "\n\n",
    "no blank lines": lambda text: text.replace("\n\n", "\n"),
    "line ends of Windows": lambda text: text.replace("\n", "\r\n"),
    "spaces at line ends": lambda text: text.replace("\n", "  \n"),
    "a wide table": lambda text: text.replace("|---|---|", "| :---- | ---: |"),
    "another rule": lambda text: text.replace("***", "---"),
    "an underlined heading": lambda text: text.replace("# Pregunta 2", "Pregunta 2\n=========="),
    "escapes": lambda text: text.replace("x_1", "x\\_1"),
    "accents in two characters": lambda text: text.replace("í", "i\u0301"),
    "lines wrapped": lambda text: text.replace("nunca es", "nunca\nes"),
}  # fmt: skip
ANSWERED = {
    "words": lambda text: text + "\n\nPorque sí.",
    "a letter": lambda text: text + " a",
    "a sign": lambda text: text.replace("uno", "uno <"),
    "a ticked box": lambda text: text.replace("[ ]", "[x]"),
    "bold": lambda text: text.replace("* dos", "* **dos**"),
    "crossed out": lambda text: text.replace("* dos", "* ~~dos~~"),
    "an order": lambda text: text.replace("1. tres", "3. tres").replace("2. cuatro", "1. cuatro"),
    "a changed formula": lambda text: text.replace("3$", "4$"),
}  # fmt: skip


def restored(change):
    """The texts of the cells that restoring adds to a question which was changed."""
    scheme = "\n\n### BEGIN MARK SCHEME\nPorque sí.\n### END MARK SCHEME"
    master = tiny.notebook(tiny.cell("task", "question", QUESTION + scheme, 2))
    submitted = tiny.notebook(new_markdown_cell(change(QUESTION), id="question"))
    cells = Restoration(master, Course(tiny.REPOSITORY).config).restore(submitted).cells
    return [cell.source for cell in cells if cell.id != "question"]


@pytest.mark.parametrize("habit", TIDIED)
def test_a_tidied_question_is_not_shown_twice(habit):
    assert restored(TIDIED[habit]) == []


@pytest.mark.parametrize("habit", ANSWERED)
def test_an_answer_that_was_typed_into_the_question_is_shown(habit):
    assert restored(ANSWERED[habit]) == [ANSWERED[habit](QUESTION)]
