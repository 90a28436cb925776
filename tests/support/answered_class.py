"""A large class of lab 3 that is waiting to be marked: gradebook and notebooks, nothing executed.

Rows and files are written as the run leaves them. Notebooks are as large as those of real hand-ins:
the released one, with plots below its cells and the answers of one student.
"""

from __future__ import annotations

import base64
import json
import random
from pathlib import Path

from bench_courses import LAB, make_course
from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    new_uuid,
)
from sqlalchemy import insert, select
from written_class import picture

from grading.course import Course
from grading.gradebook.ledger import engine_of, make_ready, transaction
from grading.marking.questions import Question, questions

WORDS = (
    "la red estado oculto gradiente se multiplica por matriz peso paso tiempo anterior olvida "
    "recuerda puerta entrada salida porque cuando crece desvanece explota suma producto derivada "
    "sigmoide menor que uno mayor entonces así no sí también error entrenamiento época letra "
    "palabra secuencia larga corta memoria celda candidato se guarda lo que importa en cada y el "
    "de $h_{t-1}$ $W_{hh}$ $\\tanh$ $c_t = f_t \\odot c_{t-1} + i_t \\odot g_t$ $0.9^{50}$ `clip`"
).split(" ")
SHORTEST, LONGEST = 80, 1500  # characters of an answer
PLOTS, PLOT_BYTES = 8, 24_000  # below the cells of a notebook
NEAR, EQUAL, EMPTY, PICTURES = 0.3, 0.1, 0.05, 0.03  # shares of a class


def write(root: Path, students: int, configuration: str = "") -> Course:
    """The course, with a class of so many students."""
    course = make_course(root, LAB, configuration)
    assignment = course.assignment(LAB)
    names = [f"s{number:05}" for number in range(students)]
    _record(course, names)
    chance = random.Random(1)
    by_notebook: dict[str, list[Question]] = {}
    for question in questions(assignment):
        by_notebook.setdefault(question.notebook, []).append(question)
    plot = base64.b64encode(chance.randbytes(PLOT_BYTES)).decode()
    for notebook, asked in by_notebook.items():
        released = json.loads((assignment.release / f"{notebook}.ipynb").read_text())
        for each in asked:
            _answer_cell(released, each).update(source=f"SOURCE {each.name}", attachments=each.name)
        code = [cell for cell in released["cells"] if cell["cell_type"] == "code"]
        for cell in code[-PLOTS:]:
            data = {"image/png": plot, "text/plain": "<Figure>"}
            cell["outputs"] = [{"output_type": "display_data", "data": data, "metadata": {}}]
        whole = json.dumps(released, ensure_ascii=False)
        answers = {each.name: made_up(students, chance) for each in asked}
        for number, name in enumerate(names):
            text = whole
            for each in asked:
                source, raw = answers[each.name][number]
                text = text.replace(f'"SOURCE {each.name}"', json.dumps(source, ensure_ascii=False))
                attached = f'"attachments": {json.dumps(_attached(raw))}'
                text = text.replace(f'"attachments": "{each.name}"', attached)
            folder = assignment.autograded(name)
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{notebook}.ipynb").write_text(text)
    return course


def _answer_cell(notebook: dict, question: Question) -> dict:
    """The cell below the question that a student writes into."""
    cells = notebook["cells"]
    (place,) = (
        index
        for index, cell in enumerate(cells)
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == question.name
    )
    return cells[place + 1]


def _attached(raw: bytes | None) -> dict:
    if raw is None:
        return {}
    return {"mi foto.png": {"image/png": base64.b64encode(raw).decode()}}


def made_up(size: int, chance: random.Random) -> list[tuple[str, bytes | None]]:
    """Answers to one question, each with its picture or None: many of their own words, some near
    one of four, some equal but for case and spaces, some empty, a few with a picture."""
    usual = [_text(chance) for _ in range(4)]
    raw = [picture(colour) for colour in ("tab:blue", "tab:red")]
    made: list[tuple[str, bytes | None]] = []
    for number in range(size):
        share = number / size
        if share < NEAR:
            made.append((_near(chance.choice(usual), chance), None))
        elif share < NEAR + EQUAL:
            text = usual[0]
            made.append((chance.choice([text, text.upper(), f"  {text} "]), None))
        elif share < NEAR + EQUAL + EMPTY:
            made.append(("", None))
        elif share < NEAR + EQUAL + EMPTY + PICTURES:
            text = f"{_text(chance)}\n\n![foto](attachment:mi%20foto.png)"
            made.append((text, chance.choice(raw)))
        else:
            made.append((_text(chance), None))
    chance.shuffle(made)
    return made


def _text(chance: random.Random) -> str:
    left, words = chance.randint(SHORTEST, LONGEST), []
    while left > 0:
        words.append(chance.choice(WORDS) + chance.choice(["", "", "", "", ",", ".", ".\n\n"]))
        left -= len(words[-1]) + 1
    return " ".join(words)


def _near(text: str, chance: random.Random) -> str:
    """The same with one to three words in the place of others."""
    words = text.split(" ")
    for _ in range(chance.randint(1, 3)):
        words[chance.randrange(len(words))] = chance.choice(WORDS)
    return " ".join(words)


def _record(course: Course, names: list[str]) -> None:
    """What nbgrader's autograde would have written, in a few statements instead of thousands."""
    engine = engine_of(course)
    make_ready(engine)
    with transaction(engine) as connection:
        assignment = connection.scalar(select(Assignment.id).where(Assignment.name == LAB))
        cells = connection.execute(
            select(Notebook.id, BaseCell.id, BaseCell.type)
            .join(BaseCell, BaseCell.notebook_id == Notebook.id)
            .where(Notebook.assignment_id == assignment)
        ).all()
        rows: dict[type, list[dict]] = {
            Student: [{"id": name} for name in names],
            SubmittedAssignment: [], SubmittedNotebook: [], Grade: [], Comment: [],
        }  # fmt: skip
        for name in names:
            whole = _row(rows[SubmittedAssignment], assignment_id=assignment, student_id=name)
            own = {
                notebook: _row(
                    rows[SubmittedNotebook], assignment_id=whole, notebook_id=notebook,
                    late_submission_penalty=None,
                )
                for notebook in dict.fromkeys(cell[0] for cell in cells)
            }  # fmt: skip
            for notebook, cell, kind in cells:
                by_hand = kind == "TaskCell"
                if kind in ("GradeCell", "TaskCell"):
                    _row(
                        rows[Grade], notebook_id=own[notebook], cell_id=cell,
                        auto_score=None if by_hand else 1.0, needs_manual_grade=by_hand,
                    )  # fmt: skip
                if kind in ("SolutionCell", "TaskCell"):
                    _row(rows[Comment], notebook_id=own[notebook], cell_id=cell)
        for kind, some in rows.items():
            connection.execute(insert(kind.__table__), some)
    engine.dispose()


def _row(rows: list[dict], **values) -> str:
    rows.append({"id": new_uuid(), **values})
    return rows[-1]["id"]
