"""A class of lab 3 in which hand-ins are as little alike as thirteen authors allow.

Each solution cell of a hand-in is one author's, and each hand-in has authors of its own: who writes
cell k is a polynomial in k over the field of 13 elements, whose coefficients are the digits of the
hand-in's number. So no two of the first 169 have an author in common at more than one k in 13, and
no two of the first 2,197 at more than two. The answer that they have in common is there word for
word. Of the first 40, 234 pairs have nothing in common. Whether such notebooks run is not asked.
"""

from __future__ import annotations

import json
import random
from pathlib import Path

from styles import AIRLINE, FOREIGN, STYLES, Cells, Style, filled, own_airline, solutions

from grading.course import Course

AUTHORS = [style for style in STYLES if not style.name.endswith("-2")][:13]
CELLS = {
    "1_rnn": ("rnn-vocabulary", "rnn-init", "rnn-sigmoid", "rnn-tanh", "rnn-softmax", "rnn-forward",
              "rnn-loss", "rnn-backward", "rnn-training"),
    "2_lstm": ("lstm-init", "lstm-forward", "lstm-loss", "lstm-backward"),
    "3_lstm_pytorch": ("torch-net", "torch-train"),
}  # fmt: skip
SUBJECTS = (
    "el gradiente", "la memoria de la celda", "cada compuerta", "una secuencia larga",
    "el estado oculto", "la pérdida", "nuestro modelo", "la red recurrente", "el olvido",
    "la matriz de pesos", "el optimizador", "la ventana de datos", "un paso de tiempo",
)  # fmt: skip
VERBS = (
    "se multiplica muchas veces por", "casi no depende de", "guarda más de lo que pide", "compensa",
    "deja pasar solo una parte de", "aprende con lentitud de", "pierde poco a poco", "explota por",
    "en nuestras pruebas mejoró gracias a", "se parece bastante a", "no distingue", "corrige",
)  # fmt: skip
OBJECTS = (
    "la derivada de la tangente", "las primeras letras", "el error del mes anterior", "su sesgo",
    "una escala distinta", "el producto por elementos", "la semilla que pusimos", "el recorte",
    "las épocas que faltaban", "lo que vio al principio", "números menores que uno", "la temporada",
)  # fmt: skip
ENDS = (
    "y por eso tarda", "como vimos al graficar", "aunque el libro dice otra cosa", "lo cual ayuda",
    "si la tasa es pequeña", "pero solo hasta cierto punto", "según la última celda", "y se nota",
    "así que bajamos el tamaño", "cuando el lote es grande", "por la regla de la cadena", "siempre",
)  # fmt: skip


def write_alone(course: Course, assignment: str, size: int) -> list[str]:
    """Write submitted/STUDENT/lab3 for `size` students, 2,197 at most; returns their names."""
    masters = solutions(course, assignment)
    released = {
        name: json.loads(Path(course.release, assignment, f"{name}.ipynb").read_text("utf-8"))
        for name in masters
    }
    places = {id_: k for k, id_ in enumerate(id_ for ids in CELLS.values() for id_ in ids)}
    students = [f"2022{number:04}" for number in range(size)]
    for number, student in enumerate(students):
        rng = random.Random(number)
        folder = course.submitted / student / assignment
        folder.mkdir(parents=True)
        for name, notebook in released.items():
            ids = CELLS.get(name, ())
            own: Cells = {} if name in FOREIGN else own_airline(masters[AIRLINE], rng)
            for id_ in ids:
                own |= _cell(AUTHORS[_author(number, places[id_])], name, id_)
            answered = filled(notebook, own)
            for cell in written_answers(answered):
                cell["source"] = essay(rng)
            text = json.dumps(answered, ensure_ascii=False, indent=1)
            Path(folder, f"{name}.ipynb").write_text(text + "\n", "utf-8")
    return students


def _author(number: int, k: int) -> int:
    order = len(AUTHORS)
    a, b, c = number % order, number // order % order, number // order**2
    return (a + b * k + c * k * k) % order


def _cell(style: Style, notebook: str, grade_id: str) -> Cells:
    """An author's answer to one exercise, and the cells that they added around it."""
    return {
        place: source
        for place, source in style.cells(notebook).items()
        if place.split()[-1] == grade_id
    }


def written_answers(notebook: dict) -> list[dict]:
    """The cells of lab 3 in which a question is answered in words."""
    return [cell for cell in notebook["cells"] if str(cell.get("id")).endswith("-answer")]


def essay(rng: random.Random) -> str:
    """Some sentences that sound like an answer, another one each time."""
    said = (" ".join(map(rng.choice, (SUBJECTS, VERBS, OBJECTS, ENDS))) for _ in range(4))
    return " ".join(f"{each[0].upper()}{each[1:]}." for each in said)
