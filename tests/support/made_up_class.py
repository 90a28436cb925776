"""A class that nobody has taught: what the report is told of one, drawn from a seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from grading.course import Course
from grading.model.outcome import Incident, Status
from grading.reporting.items import Item, Master
from grading.reporting.submissions import Class, Person, Result, Run, Submission

FIRST = ["María José", "Ana", "Luis", "Sofía", "Diego", "Lucía", "Mateo", "Valentina", "Javier"]
LAST = ["Ajú Xicará", "de León", "Estrada", "Gálvez Muñoz", "Hernández", "Ixcot", "Morales"]
HINTS = [
    "La forma es (4, {0}): ¿transpuesta?",
    "El número no es el esperado (se obtuvo 0.{0}): revisen la fórmula, los signos y la semilla.",
    "«params» no existe todavía: ejecuten en orden las celdas de arriba y revisen que los "
    "ejercicios anteriores estén completos.",
    "Falta completar «Exercise».",
]
PARTS = [
    ("1_rnn", 9, 5, 2),
    ("2_lstm", 7, 5, 3),
    ("3_lstm_pytorch", 2, 5, 3),
    ("4_airline", 4, 7, 0),
]


def masters(parts: Sequence[tuple[str, int, int, int]] = PARTS) -> list[Master]:
    """Notebooks of so many checks of so many marks, and questions of 2 marks."""
    found = []
    for name, checks, points, questions in parts:
        items = [
            Item(name, f"{name}-{n}-check", f"Propagación hacia adelante {n}",
                 f"Ejercicio {n // 2 + 1}: propagación", points, False)
            for n in range(checks)
        ]  # fmt: skip
        items += [
            Item(name, f"{name}-q{n}", f"Pregunta {n} (2 puntos)", "Preguntas", 2, True)
            for n in range(questions)
        ]
        found.append(Master(name, tuple(items), tuple(f"{name}-{n}" for n in range(checks))))
    return found


def person_names(count: int, draw: random.Random) -> dict[str, str]:
    """Ids and full names of so many students."""
    ids = draw.sample(range(20_200_000, 20_260_000), count)
    return {str(each): f"{draw.choice(FIRST)} {draw.choice(LAST)}" for each in ids}


def made_up_class(names: dict[str, str] | int = 40, seed: int = 1) -> Class:
    """A class of all kinds: strong and weak, late, over limits, unreadable, with and without marks
    of written questions; every ninth student hands in with the one before, the last hands in
    nothing. names: full names by id, or how many."""
    draw = random.Random(seed)
    if isinstance(names, int):
        names = person_names(names, draw)
    ids, notebooks = list(names), masters()
    available = sum(item.points for master in notebooks for item in master.items)
    submissions, people = [], []
    for place, student in enumerate(ids):
        full_name = names[student]
        if place and place == len(ids) - 1:
            people.append(Person(student, full_name, "", (), 0, available, False))
            continue
        if place % 9 == 8:
            first = people[-1]
            people[-1] = replace(first, partners=(student,))
            people.append(replace(first, name=student, full_name=full_name,
                                  partners=(first.name,)))  # fmt: skip
            continue
        submission = _submission(student, full_name, notebooks, place, draw)
        submissions.append(submission)
        people.append(_person(submission, full_name, notebooks, available, place, draw))
    notes = [
        f"{one}: 1_rnn.ipynb says that it is of {ids[-1]} ({names[ids[-1]]})" for one in ids[:1]
    ]
    return Class("lab3", notebooks, submissions, people, notes)


def _submission(student, full_name, notebooks, place, draw) -> Submission:
    skill = draw.betavariate(2.5, 1.4)
    runs, results = {}, {}
    for master in notebooks:
        earned = 0
        status, reason = _status(place, master.name, student)
        for n, item in enumerate(master.items):
            if item.written:
                marks = None if place % 3 else draw.choice([0, 1, 1.5, 2])
                results[master.name, item.name] = Result(marks)
                continue
            luck = draw.random() < skill - 0.05 * n + 0.25 if n != 2 else draw.random() < 0.5
            passed = None if status is Status.OVER_LIMIT and n > 3 else luck
            passed = passed if status is not Status.UNREADABLE else None
            hint = draw.choice(HINTS).format(draw.randint(1, 99)) + f"\n({full_name})" * (n == 4)
            earned += item.points * bool(passed)
            results[master.name, item.name] = Result(
                item.points * bool(passed), passed, "" if passed else hint, "Falta" in hint
            )
        incidents = (Incident("celda-1", f"FileNotFoundError: /home/{student}/datos.csv"),)
        runs[master.name] = Run(
            status, earned, reason, True, place % 7 != 6, draw.lognormvariate(3, 0.5),
            draw.uniform(180, 420), 0, incidents if place % 5 == 0 else (), True,
            f"../feedback/{student}/lab3/{master.name}.html", True, f"{place:032x}",
        )  # fmt: skip
    worst = max((run.status for run in runs.values()), key=lambda each: each.severity)
    why = f"a file could not be read: submitted/{student}" if place == 5 else ""
    return Submission(student, worst, why, runs, results)


def _status(place: int, notebook: str, student: str) -> tuple[Status, str]:
    if notebook == "2_lstm" and place % 11 == 3:
        return Status.OVER_LIMIT, "cell lstm-train: used more than 4096 MB of memory"
    if notebook == "3_lstm_pytorch" and place % 13 == 4:
        return Status.UNREADABLE, f"3_lstm_pytorch.ipynb is missing; is it {student} (1).ipynb?"
    if notebook == "4_airline" and place % 17 == 6:
        return Status.TIMED_OUT, "cell number 6: ran over its 30 s and was interrupted"
    return Status.GRADED, ""


def _person(submission, full_name, notebooks, available, place, draw) -> Person:
    marks = [result.marks for result in submission.results.values()]
    earned = sum(each for each in marks if each is not None)
    hours = draw.uniform(0.2, 70) if place % 8 == 7 else 0
    penalty = round(0.1 * earned, 2) if hours else 0
    return Person(
        submission.name, full_name, submission.name, (), earned - penalty, available,
        None not in marks, penalty, hours,
    )  # fmt: skip


def in_course(root: Path, found: Class) -> Class:
    """The same class as one of a course folder, so that its page can be written."""
    return replace(found, assignment=Course(root).assignment(str(found.assignment)))
