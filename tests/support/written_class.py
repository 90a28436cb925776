"""A class of the tiny course with written answers: equal, near, empty, hostile, with pictures."""

from __future__ import annotations

import base64
import io
import random
from pathlib import Path

import nbformat
import tiny
from matplotlib.figure import Figure
from nbformat.v4 import new_code_cell

from grading.batch.run import run
from grading.course import Course
from grading.masters.build import build

QUESTION = ("1_square", "square-question")
CODE = ("1_square", "square-plot")
SCHEME = """\
- 1 punto: dice que los dos factores tienen el mismo signo, o que $x \\cdot x \\ge 0$.
- medio punto: en lugar de la línea anterior, si solo da un ejemplo.
- 1 punto: explica el caso del cero."""
TASK = f"""\
**Pregunta.** ¿Por qué el cuadrado de un número nunca es negativo?

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
EQUAL = ["Porque los dos factores tienen el mismo signo.",
         "porque los dos factores tienen el mismo signo",
         "Porque los dos factores, tienen el mismo signo!"]  # fmt: skip
NEAR = ["Porque los dos factores tienen siempre el mismo signo.",
        "Porque los dos factores tienen un mismo signo."]  # fmt: skip
OWN = [
    "Si $x<0$ entonces $x \\cdot x = (-1)^2\\,|x|^2$, que es positivo; y $0^2 = 0$ no es negativo.",
    "Menos por menos da más, más por más da más.\n\n- negativo: $(-3)(-3) = 9$\n- cero: $0$",
    "La parábola $y = x^2$ está **encima** del eje, y en cero lo toca.",
    "Cuesta $5 hoy y $10 mañana, nunca menos de nada.",
    "| x | x² |\n|---|---|\n| -2 | 4 |\n| 0 | 0 |\n| 2 | 4 |\n\nSe ve en la tabla.",
]
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


def make_course(root: Path) -> Course:
    """The tiny course with a mark scheme of lines and a plot to be marked by hand, released."""
    course = tiny.make_course(root)
    tiny.write_masters(root, masters())
    build(course.assignment(tiny.ASSIGNMENT))
    return course


def masters() -> dict:
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
    cells.insert(-1, plot)
    return notebooks


def notebook(answer: str, attachments: dict[str, bytes] | None = None, plot: str = "plt.show()"):
    """The bytes of a hand-in with an answer to the question."""
    node = tiny.without_regions(masters()["1_square"])
    for cell in node.cells:
        if cell.id == "square-answer":
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


def answers(count: int = 40, seed: int = 1) -> list[str]:
    """So many answers: of five, one is empty, two are equal, one is near, one is its own."""
    chance = random.Random(seed)
    kinds = (["", STUB, "  "], EQUAL, EQUAL, NEAR, OWN)
    return [chance.choice(kinds[number % 5]) for number in range(count)]


def hand_in_all(course: Course, count: int = 40) -> None:
    """Hand in a class, with a picture pasted, one beside the notebook, and hostile HTML."""
    pasted = "![la parábola](attachment:mi%20foto.png)\n\nComo se ve, no baja de cero."
    special = [
        (pasted, {"attachments": {"mi foto.png": picture()}}),
        ("Dibujo: ![f](foto.png)", {}),
        (HOSTILE, {}),
    ]
    for number in range(count):
        student = f"2021{number:04}"
        if number < len(special):
            answer, more = special[number]
            folder = hand_in(course, student, answer, **more)
            if "foto.png)" in answer:
                (folder / "foto.png").write_bytes(picture("tab:red"))
        else:
            hand_in(course, student, answers(count)[number])


def graded(root: Path, count: int = 40) -> Course:
    """The course with a class that was graded."""
    course = make_course(root)
    hand_in_all(course, count)
    list(run(course.assignment(tiny.ASSIGNMENT)))
    return course
