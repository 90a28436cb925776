"""Classes of lab-3 submissions: right and wrong answers in several styles of writing.

The answers to parts 1 to 3 are foreign: who wrote them saw the student version of the lab and no
master. foreign/STYLE/NOTEBOOK.py holds whole solution cells, each after a line `# %% GRADE_ID`, and
cells of the student's own after `# %% +BEFORE GRADE_ID` and `# %% +AFTER GRADE_ID`; without
docstrings, ids, signatures and what is optional. foreign_wrong/NAME/NOTEBOOK.py holds the cell with
a mistake. Part 4, where everybody designs a model, is the master's with numbers of each student's.
"""

from __future__ import annotations

import json
import random
import re
import shutil
from copy import deepcopy
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

import nbformat
from nbgrader.utils import is_solution
from writing import written

from grading import regions
from grading.course import Course

HERE = Path(__file__).parent
CELL = re.compile(r"^# %% (.+)\n", re.MULTILINE)
FOREIGN = ("1_rnn", "2_lstm", "3_lstm_pytorch")
AIRLINE = "4_airline"

Cells = dict[str, str]  # grade_id, or +BEFORE or +AFTER and a grade_id → source
Answers = dict[str, Cells]  # by notebook


@dataclass(frozen=True)
class Style:
    """A way of writing. One with a number has some notebooks; the style without it the others."""

    name: str

    def cells(self, notebook: str) -> Cells:
        path = HERE / "foreign" / self.name / f"{notebook}.py"
        return _read(path) if path.exists() else Style(self.name.removesuffix("-2")).cells(notebook)


@dataclass(frozen=True)
class Mistake:
    """A wrong cell. style: in which the rest of its notebook is written (None: as it was)."""

    name: str
    notebook: str
    style: str | None = None

    @property
    def cells(self) -> Cells:
        return _read(HERE / "foreign_wrong" / self.name / f"{self.notebook}.py")


@dataclass(frozen=True)
class Student:
    """One hand-in."""

    name: str
    style: Style
    mistake: Mistake | None


STYLES = tuple(Style(path.name) for path in sorted(HERE.glob("foreign/*")))
MISTAKES = (
    Mistake("no-dh-next", "1_rnn", "reassociated"),
    Mistake("gate-for-state", "2_lstm", "reassociated"),
    Mistake("no-rate", "3_lstm_pytorch", "numpy-dot"),
    Mistake("no-batch-first", AIRLINE),
    Mistake("one-update-an-epoch", "1_rnn", "float32"),
    Mistake("state-before", "2_lstm", "prints-and-plots"),
    Mistake("no-zero-grad", "3_lstm_pytorch", "terse"),
    Mistake("open-blank", AIRLINE),
    Mistake("bias-not-summed", "1_rnn", "careful"),
    Mistake("no-gate-bias", "2_lstm", "einsum"),
    Mistake("no-clipping", "1_rnn", "spanish-names"),
    Mistake("fixed-four", "2_lstm", "reassociated"),
    Mistake("no-hidden-bias", "1_rnn", "numpy-dot"),
    Mistake("state-stays", "1_rnn", "prints-and-plots"),
)


def answers(
    style: Style, airline: Cells, mistake: Mistake | None = None, suffix: str = "_"
) -> Answers:
    """What a student answers, by notebook, with local names that end in `suffix`.

    airline: their cells of part 4.
    """
    found = {name: style.cells(name) for name in FOREIGN} | {AIRLINE: airline}
    if mistake:
        rest = Style(mistake.style).cells(mistake.notebook) if mistake.style else airline
        found[mistake.notebook] = rest | mistake.cells
    return {
        name: {place: written(source, suffix) for place, source in cells.items()}
        for name, cells in found.items()
    }


def own_airline(master: Cells, rng: random.Random) -> Cells:
    """The master's answer to part 4 with other numbers, so that the model is a student's own.

    Raises ValueError when the master has no such numbers.
    """
    changes = (
        ("air-lookback", "lb = 12", f"lb = {rng.randint(9, 12)}"),
        ("air-model", "32", str(rng.randint(28, 40))),
        ("air-hyperparameters", "n_epochs = 200", f"n_epochs = {rng.randint(190, 250)}"),
        ("air-hyperparameters", "1e-2", f"{rng.randint(80, 110)}e-4"),
    )
    found = dict(master)
    for grade_id, old, new in changes:
        if old not in found[grade_id]:
            raise ValueError(f"{grade_id}: not in this answer: {old}")
        found[grade_id] = found[grade_id].replace(old, new)
    return found


def solutions(course: Course, assignment: str) -> Answers:
    """The masters' own answers, without the delimiters."""
    region = regions.solutions(course.config)
    return {
        path.stem: {
            cell.metadata.nbgrader.grade_id: region.without_delimiters(cell.source)
            for cell in nbformat.read(path, as_version=4).cells
            if is_solution(cell)
        }
        for path in course.assignment(assignment).master_paths()
    }


def _read(path: Path) -> Cells:
    _, *parts = CELL.split(path.read_text("utf-8"))
    return dict(zip(parts[::2], map(str.strip, parts[1::2]), strict=True))


FIRST = ("Ana", "Luis", "Sofía", "Diego", "Elena", "Pablo", "Inés", "Mateo", "Clara", "Hugo")
LAST = ("Roldán", "Ixcot", "Barrios", "Celada", "Duarte", "Galindo", "Monzón", "Ovalle", "Tobar")


def write_class(
    course: Course, assignment: str, size: int, wrong_share: float = 0.0, seed: int = 0
) -> list[Student]:
    """Write submitted/STUDENT/lab3 for `size` students; the same arguments, the same class.

    The styles are taken in turn. wrong_share: the share of students with one mistake, in one
    notebook. No two hand in the same notebook.
    """
    rng = random.Random(seed)
    wrong = round(size * wrong_share)
    mistakes = [*islice(cycle(MISTAKES), wrong), *[None] * (size - wrong)]
    rng.shuffle(mistakes)
    students = [
        Student(f"2021{number:04}", style, mistake)
        for number, (style, mistake) in enumerate(zip(cycle(STYLES), mistakes, strict=False), 1)
    ]
    masters = solutions(course, assignment)
    released = {
        name: json.loads((course.release / assignment / f"{name}.ipynb").read_text("utf-8"))
        for name in masters
    }
    for student in students:
        folder = course.submitted / student.name / assignment
        shutil.copytree(course.release / assignment, folder)
        suffix = "_" + "".join(rng.choice("bcdfglmnprst") + rng.choice("aeiou") for _ in range(4))
        airline = own_airline(masters[AIRLINE], rng)
        own = answers(student.style, airline, student.mistake, suffix)
        own["1_rnn"]["rnn-identity"] = _identity(student.name, rng)
        for name, notebook in released.items():
            text = json.dumps(filled(notebook, own[name]), ensure_ascii=False, indent=1)
            (folder / f"{name}.ipynb").write_text(text + "\n", "utf-8")
    return students


def _identity(carne: str, rng: random.Random) -> str:
    names = [f"{rng.choice(FIRST)} {rng.choice(LAST)}" for _ in range(2)]
    return (
        f'carne_1 = "{carne}"\nfirma_mecanografiada_1 = "{names[0]}"\n'
        f'carne_2 = "{carne}-2"\nfirma_mecanografiada_2 = "{names[1]}"'
    )


def filled(released: dict, own: Cells) -> dict:
    """A notebook, as its file has it, with a student's own cells."""
    notebook = deepcopy(released)
    cells = []
    for cell in notebook["cells"]:
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
        cell["source"] = own.get(grade_id, cell["source"])
        before, after = (own.get(f"+{place} {grade_id}") for place in ("BEFORE", "AFTER"))
        cells += [*_extra(before, len(cells)), cell, *_extra(after, len(cells) + 1)]
    return notebook | {"cells": cells}


def _extra(source: str | None, number: int) -> list[dict]:
    """A cell that a student has added, if there is one."""
    code = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
    return [] if source is None else [code | {"id": f"extra-{number}", "source": source}]
