"""The tiny course with a question and a plot that a person marks, and hand-ins for it."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import nbformat
import tiny
from matplotlib.figure import Figure
from nbformat.v4 import new_code_cell

from grading.course import Course
from grading.masters.build import build

SCHEME = """\
- 1 punto: dice que los dos factores tienen el mismo signo, o que $x \\cdot x \\ge 0$.
- medio punto: en lugar de la línea anterior, si solo da un ejemplo.
- 1 punto: explica el caso del cero."""
QUESTION = "**Pregunta.** ¿Por qué el cuadrado de un número nunca es negativo?"
TASK = f"""\
{QUESTION}

### BEGIN MARK SCHEME
{SCHEME}
### END MARK SCHEME"""
PLOT = """\
### BEGIN SOLUTION
import matplotlib.pyplot as plt
plt.plot([x * x for x in range(-5, 6)])
plt.title("Cuadrados")
plt.show()
### END SOLUTION"""
STUB = "*Escriban aquí su respuesta.*"
HOSTILE = (
    "</div></article><script>document.title='hacked'</script>"
    "<img src=x onerror=\"document.title='hacked'\"><style>*{display:none}</style>"
    "<div style='position:fixed;top:0;left:0;width:9999px;height:9999px'>cubre todo</div>"
    "<form action='/'><button id='help'>pulsa</button></form>"
    "<a href=\"javascript:document.title='hacked'\">aquí</a>"
)


def picture(colour: str = "tab:blue") -> bytes:
    """A small PNG."""
    figure, raw = Figure(figsize=(3, 2)), io.BytesIO()
    figure.subplots().plot([4, 1, 0, 1, 4], colour)
    figure.savefig(raw, format="png")
    return raw.getvalue()


def make_course(root: Path, plotted: bool = True) -> Course:
    """The tiny course with a mark scheme of lines and a plot to be marked by hand, released.

    plotted: False leaves the plot out, whose library is the slowest of all to import.
    """
    course = tiny.make_course(root)
    tiny.write_masters(root, masters(plotted))
    build(course.assignment(tiny.ASSIGNMENT))
    return course


def masters(plotted: bool = True) -> dict:
    notebooks = tiny.masters()
    cells = notebooks["1_square"].cells
    for cell in cells:
        if cell.id == "square-question":
            cell.source = TASK
    plot = new_code_cell(PLOT, id="square-plot")
    plot.metadata["nbgrader"] = {
        "grade": True, "grade_id": "square-plot", "locked": False, "schema_version": 3,
        "solution": True, "task": False, "points": 3,
    }  # fmt: skip
    if plotted:
        cells.insert(-1, plot)
    return notebooks


def notebook(
    answer: str,
    attachments: dict[str, bytes] | None = None,
    plot: str = "plt.show()",
    plotted: bool = True,
):
    """The bytes of a hand-in with an answer to the question."""
    node = tiny.without_regions(masters(plotted)["1_square"])
    for cell in node.cells:
        if cell.id == "square-question":
            cell.source = QUESTION  # as it is released
        elif cell.id == "square-answer":
            cell.source = answer
            if attachments:
                cell.attachments = {
                    name: {"image/png": base64.b64encode(raw).decode()}
                    for name, raw in attachments.items()
                }
        elif cell.id == "square-plot":
            cell.source = cell.source.replace("plt.show()", plot)
    return nbformat.writes(node).encode()


def hand_in(course: Course, student: str, answer: str, **more) -> Path:
    """Hand in a solved notebook with an answer."""
    return tiny.hand_in(course, student, square=notebook(answer, **more))
