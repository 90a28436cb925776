"""Classes of lab-3 submissions: right and wrong answers in several styles of writing.

Every answer starts from the master's, or from a variant that the instructor keeps, and is written
over: other names, other operators, other lines, other orders of operations, a mistake. Whether the
trainings of a style end in bits that the instructor's answers give is what tells them apart when
trainings are replayed; tests/lab3/test_styles.py holds it against the trainings themselves.
"""

from __future__ import annotations

import json
import random
import shutil
from copy import deepcopy
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

import nbformat
from nbgrader.utils import is_solution
from writing import Dots, InPlace, OneOperationALine, written

from grading import regions
from grading.course import Course
from grading.masters.variants import read_variants

RIGHT = 0.7  # the share of a class that writes right answers whose bits are known

Answers = dict[str, dict[str, str]]  # notebook → grade_id → source
Changes = dict[tuple[str, str], list[tuple[str, str]]]  # (notebook, grade_id) → other texts


@dataclass(frozen=True, eq=False)
class Style:
    """A way of writing. `variant` is where it starts (None: the masters); `changes` alter bits."""

    name: str
    variant: str | None = None
    writing: tuple[type, ...] = ()
    changes: Changes | None = None


@dataclass(frozen=True, eq=False)
class Mistake:
    """A wrong answer. `known`: its trainings stop at once or still end in the known bits."""

    name: str
    changes: Changes
    known: bool


@dataclass(frozen=True)
class Student:
    """One hand-in. `known`: all of its trainings give bits of the master's or a variant's."""

    name: str
    style: Style
    mistake: Mistake | None
    known: bool


PLAIN = (
    Style("renamed"),
    Style("dots-in-place", writing=(Dots, InPlace)),
    Style("one-operation-a-line", writing=(OneOperationALine,)),
)
KNOWN = (*PLAIN, *(Style(v, v) for v in ("step-by-step", "dot-and-einsum", "whole-sequence")))
UNKNOWN = (
    Style(
        "bias-first",
        changes={
            ("1_rnn", "rnn-forward"): [
                ("U @ x + V @ hidden_state + b_hidden", "b_hidden + V @ hidden_state + U @ x")
            ],
            ("2_lstm", "lstm-backward"): [
                ("do = dh * tanh_C * o[t] * (1 - o[t])", "do = o[t] * (1 - o[t]) * tanh_C * dh")
            ],
            ("3_lstm_pytorch", "torch-net"): [
                (
                    "bias=False)\n",
                    "bias=False)\n        nn.init.xavier_uniform_(self.linear.weight)\n",
                )
            ],
            ("4_airline", "air-model"): [("self.lstm(3 * (", "self.lstm(2 * (")],
        },
    ),
    Style(
        "slopes-expanded",
        writing=(Dots,),
        changes={
            ("1_rnn", "rnn-tanh"): [("1 - f**2 if", "(1 - f) * (1 + f) if")],
            ("2_lstm", "lstm-backward"): [
                ("df = df * f[t] * (1 - f[t])", "df = df * (f[t] - f[t] ** 2)")
            ],
            ("3_lstm_pytorch", "torch-net"): [
                (
                    "nn.LSTM(vocab_size, hidden_size)\n",
                    "nn.LSTM(vocab_size, hidden_size)\n"
                    "        nn.init.orthogonal_(self.lstm.weight_hh_l0)\n",
                )
            ],
            ("4_airline", "air-lookback"): [("lb = 12", "lb = 11")],
            ("4_airline", "air-hyperparameters"): [("1e-2", "5e-3"), ("200", "250")],
        },
    ),
)


def _mistake(name: str, notebook: str, grade_id: str, old: str, new: str, known: bool) -> Mistake:
    return Mistake(name, {(notebook, grade_id): [(old, new)]}, known)


OPEN = 'raise NotImplementedError("Falta completar este ejercicio")'
D_H = "d_h = W.T @ d_o + d_h_next"
ADAM = "torch.optim.Adam(net.parameters(), lr=3e-4)"
AIR_LSTM = "nn.LSTM(1, 32, batch_first=True)"
MISTAKES = (
    _mistake("sigmoid-sign", "1_rnn", "rnn-sigmoid", "np.exp(-x_safe)", "np.exp(x_safe)", True),
    _mistake("no-transpose", "1_rnn", "rnn-backward", D_H, "d_h = W @ d_o + d_h_next", True),
    _mistake("open-blank", "1_rnn", "rnn-backward", D_H, OPEN, True),
    _mistake("misspelt", "2_lstm", "lstm-forward", "vstack((h_prev,", "vstack((h_anterior,", True),
    _mistake("other-net", "3_lstm_pytorch", "torch-train", ADAM, ADAM.replace("net", "red"), True),
    _mistake("no-layer", "4_airline", "air-model", f"self.lstm = {AIR_LSTM}", OPEN, True),
    _mistake("missing-term", "1_rnn", "rnn-backward", D_H, "d_h = W.T @ d_o", False),
    _mistake(
        "sign",
        *("1_rnn", "rnn-backward", "d_o = outputs[t] - targets[t]"),
        *("d_o = targets[t] - outputs[t]", False),
    ),
    _mistake(
        "swapped-gates",
        *("2_lstm", "lstm-forward", "C = C_prev * f + g * i", "C = C_prev * i + g * f", False),
    ),
    _mistake(
        "half-derivative",
        *("2_lstm", "lstm-backward", "dg * (1 - g[t] ** 2)", "dg * (1 - g[t])", False),
    ),
    _mistake("sgd", "3_lstm_pytorch", "torch-train", ADAM, ADAM.replace("Adam", "SGD"), False),
    _mistake("no-batch-first", "4_airline", "air-model", AIR_LSTM, "nn.LSTM(1, 32)", False),
)


def answers(
    course: Course,
    assignment: str,
    style: Style,
    mistake: Mistake | None = None,
    suffix: str = "_",
    masters: Answers | None = None,
) -> Answers:
    """Every solution cell of the lab in a style, with local names that end in `suffix`.

    masters: what `solutions` returned, to spare reading it again. Raises ValueError when a change
    finds nothing to change in the masters.
    """
    found = deepcopy(masters or solutions(course, assignment))
    if style.variant:
        for notebook, cells in read_variants(course.assignment(assignment), style.variant).items():
            found[notebook].update(cells)
    for changes in (style.changes, mistake and mistake.changes):
        _apply(changes or {}, found)
    return {
        notebook: {
            grade_id: written(source, style.writing, suffix) for grade_id, source in cells.items()
        }
        for notebook, cells in found.items()
    }


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


def _apply(changes: Changes, found: Answers) -> None:
    for (notebook, grade_id), texts in changes.items():
        for old, new in texts:
            source = found[notebook][grade_id]
            if source.count(old) != 1:
                raise ValueError(f"{notebook}, {grade_id}: not once in this answer: {old}")
            found[notebook][grade_id] = source.replace(old, new)


FIRST = ("Ana", "Luis", "Sofía", "Diego", "Elena", "Pablo", "Inés", "Mateo", "Clara", "Hugo")
LAST = ("Roldán", "Ixcot", "Barrios", "Celada", "Duarte", "Galindo", "Monzón", "Ovalle", "Tobar")


def write_class(
    course: Course, assignment: str, size: int, unknown_share: float = 0.0, seed: int = 0
) -> list[Student]:
    """Write submitted/STUDENT/lab3 for `size` students; the same arguments, the same class.

    unknown_share: the share of students whose trainings give bits that none of the instructor's
    answers gives; half of them are right. Of all students 70 % (or who is left) are right in known
    bits, and the rest make mistakes that leave them known. No two hand in the same notebook.
    """
    rng = random.Random(seed)
    students = _students(size, unknown_share, rng)
    masters = solutions(course, assignment)
    released = {
        path.stem: json.loads((course.release / assignment / path.name).read_text("utf-8"))
        for path in course.assignment(assignment).master_paths()
    }
    for student in students:
        folder = course.submitted / student.name / assignment
        shutil.copytree(course.release / assignment, folder)
        suffix = "_" + "".join(rng.choice("bcdfglmnprst") + rng.choice("aeiou") for _ in range(4))
        own = answers(course, assignment, student.style, student.mistake, suffix, masters)
        own["1_rnn"]["rnn-identity"] = _identity(student.name, rng)
        for notebook, content in released.items():
            _write(folder / f"{notebook}.ipynb", content, own[notebook])
    return students


def _students(size: int, unknown_share: float, rng: random.Random) -> list[Student]:
    unknown = round(size * unknown_share)
    right = min(round(size * RIGHT), size - unknown)
    kinds = [
        *_kinds(KNOWN, [None], True, right),
        *_kinds(PLAIN, [m for m in MISTAKES if m.known], True, size - unknown - right),
        *_kinds(UNKNOWN, [None], False, (unknown + 1) // 2),
        *_kinds(UNKNOWN, [m for m in MISTAKES if not m.known], False, unknown // 2),
    ]
    rng.shuffle(kinds)
    return [Student(f"2021{number:04}", *kind) for number, kind in enumerate(kinds, start=1)]


def _kinds(styles: tuple, mistakes: list, known: bool, count: int) -> list[tuple]:
    pairs = zip(cycle(styles), cycle(mistakes), strict=False)
    return [(style, mistake, known) for style, mistake in islice(pairs, count)]


def _identity(carne: str, rng: random.Random) -> str:
    names = [f"{rng.choice(FIRST)} {rng.choice(LAST)}" for _ in range(2)]
    return (
        f'carne_1 = "{carne}"\nfirma_mecanografiada_1 = "{names[0]}"\n'
        f'carne_2 = "{carne}-2"\nfirma_mecanografiada_2 = "{names[1]}"'
    )


def _write(path: Path, released: dict, own: dict[str, str]) -> None:
    notebook = deepcopy(released)
    for cell in notebook["cells"]:
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
        cell["source"] = own.get(grade_id, cell["source"])
    path.write_text(json.dumps(notebook, ensure_ascii=False, indent=1) + "\n", "utf-8")
