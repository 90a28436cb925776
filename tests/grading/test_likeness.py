"""`compare` on the tiny course: what is compared with what, and what its page and table say."""

import csv
import json

import nbformat
import pytest
import tiny
from click.testing import CliRunner
from nbformat.v4 import new_code_cell, new_markdown_cell
from tiny import ASSIGNMENT

from grading.cli import main
from grading.course import CourseError
from grading.likeness.people import of_one
from grading.likeness.report import write_likeness

ESSAY = (
    "Porque al multiplicar un número por sí mismo ambos factores llevan idéntico signo, y dos "
    "negativos juntos siempre dan positivo, como vimos con la regla del banco y las deudas."
)
OTHERS = [
    "El cuadrado mide el área de una figura con lados iguales, y ninguna área queda bajo cero.",
    "Si fuera menor que cero habría una raíz real de un número negativo, lo que no existe aquí.",
    "Elevar a dos quita la dirección: solo queda la distancia al origen, que nunca es negativa.",
    "La parábola abre hacia arriba y su vértice toca el eje, así que jamás baja de esa línea.",
    "Probamos muchos valores con la computadora y todos los resultados salieron mayores o nulos.",
]
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)> \u202egnorw " + ESSAY


def hand_in(course, name, answer, code="", folder=None):
    """Hand in a tiny notebook with an answer in words and a cell of one's own."""
    notebook = tiny.solved("1_square")
    for cell in notebook.cells:
        if cell.id == "square-answer":
            cell.source = answer
    if code:
        notebook.cells.insert(3, new_code_cell(code))
    place = (folder or course.submitted) / name / ASSIGNMENT
    place.mkdir(parents=True)
    nbformat.write(notebook, place / "1_square.ipynb")
    return place


@pytest.fixture
def class_(course):
    """Five who have answered for themselves, and ana, whose answer luis may have as well."""
    for number, text in enumerate(OTHERS):
        hand_in(course, f"s{number}", text)
    hand_in(course, "ana", ESSAY)
    return course


def compare(course, *against, share=0.2, anonymous=False):
    return write_likeness(course.assignment(ASSIGNMENT), against, share, 1, anonymous).report


def pairs(report):
    return [{report.names[p.first], report.names[p.second]} for p in report.standing_out]


def page(course, name="likeness"):
    return (course.root / "reports" / f"{ASSIGNMENT}-{name}.html").read_text()


def test_who_has_the_same_written_answer_stands_out(class_):
    hand_in(class_, "luis", f"Bueno: {ESSAY.upper()}")
    report = compare(class_)
    assert pairs(report) == [{"ana", "luis"}]
    assert report.standing_out[0].by_kind["prose"].share > 0.9


def test_answers_of_ones_own_and_what_the_release_gave_are_nothing_shared(class_):
    assert compare(class_).pairs == []
    assert "No two hand-ins share anything" in page(class_)


def test_what_more_than_the_share_have_is_taken_out_of_matches_and_denominator(course):
    for number, text in enumerate(OTHERS):
        hand_in(course, f"s{number}", text if number == 4 else f"{text} {ESSAY}")
    assert compare(course, share=0.2).pairs == []
    assert len(compare(course, share=0.8).pairs) == 6


def test_three_of_a_small_class_are_never_the_common_way(class_):
    for name in ("luis", "eva"):
        hand_in(class_, name, f"{ESSAY} {name} agrega una frase que nadie más ha dicho todavía.")
    assert len(pairs(compare(class_, share=0))) == 3


def test_a_cell_that_both_added_counts(class_):
    code = (
        "def area(r):\n    total = 0\n    while total < r ** 3:\n        total += r - len(str(r))\n"
    )
    code += "    return [total, r % 7, max(r, total)]\n"
    hand_in(class_, "luis", "", code)
    hand_in(class_, "eva", "", code.replace("total", "suma").replace("r", "radio", 1))
    report = compare(class_)
    assert report.pairs[0].by_kind["code"].shared


def test_few_hand_ins_have_no_line(course):
    for name in ("ana", "luis"):
        hand_in(course, name, ESSAY)
    report = compare(course)
    assert len(report.pairs) == 1 and report.standing_out == []
    assert "nobody can say what is usual" in page(course)


def test_earlier_years_and_known_answers_are_compared_with_the_class_alone(class_, tmp_path):
    year, known = tmp_path / "2025" / "submitted", tmp_path / "known"
    hand_in(class_, "old1", ESSAY, folder=year)
    hand_in(class_, "old2", ESSAY, folder=year)
    place = hand_in(class_, "x", ESSAY, folder=tmp_path / "y")
    known.mkdir()
    (place / "1_square.ipynb").rename(known / "1_square.ipynb")
    found = pairs(compare(class_, year, known))
    assert sorted(map(sorted, found)) == [
        ["ana", "known"], ["ana", "submitted/old1"], ["ana", "submitted/old2"]
    ]  # fmt: skip


@pytest.mark.parametrize("folder, said", [
    ("nowhere", "no such folder"), ("source", "no notebook of tiny in it"),
    ("submitted", "the class itself"),
])  # fmt: skip
def test_a_folder_without_answers_is_refused(class_, folder, said):
    with pytest.raises(CourseError, match=said):
        compare(class_, class_.root / ("release" if folder == "source" else folder))


def test_a_class_of_nobody_is_refused(course):
    with pytest.raises(CourseError, match="not two hand-ins"):
        compare(course)


@pytest.mark.parametrize("one, other, roster, same", [
    ("ana", "ana_luis", (), True),
    ("group_1", "group_2", (), False),
    ("ana_luis", "ana_eva", {"ana", "luis", "eva"}, True),
    ("ana", "luis", {"ana", "luis"}, False),
    ("2025/ana", "ana", (), True),
])  # fmt: skip
def test_nobody_is_compared_with_themselves(one, other, roster, same):
    assert (of_one([one, other], roster) == {(0, 1)}) is same


def test_hostile_answers_are_shown_as_text(class_):
    hand_in(class_, "luis", HOSTILE)
    compare(class_)
    shown = page(class_)
    assert "<script>alert" not in shown and "<img src" not in shown and "\u202e" not in shown
    assert "&lt;script&gt;" in shown and "<mark>" in shown


NO_NOTEBOOKS = {
    "nested": b"[" * 100_000, "cut": b'{"cells": [', "binary": bytes(range(256)) * 99,
    "a list": b"[1]", "no cells": b'{"cells": null, "nbformat": 4, "metadata": {}}',
}  # fmt: skip
CELLS = {
    "deep": ["x = " + "-" * 900 + "1"],
    "brackets": ["x = " + "[" * 5000],
    "huge": ["x = 1\n" * 50_000],
    "a long text": ["x = '" + "a" * 300_000 + "'"],
    "many": [f"x{n} = {n}" for n in range(1500)],
    "too many": [""] * 10_000,
    "much": ["x = [1, 2, 3]\n" * 10_000] * 5,
    "a number": ["x = " + "9" * 10_000],
    "no Python": ["¡esto ( no es Python]\n" * 100],
    "half a character": ["x = '\ud800'", "\ud800 = 1"],
    "a null": ["\0x = 1"],
}
TOLD = {"deep", "huge", "a long text", "many", "too many", "much"}


def test_hostile_notebooks_stop_nobody_and_are_told(class_):
    hand_in(class_, "luis", f"Bueno: {ESSAY}")
    for name, raw in NO_NOTEBOOKS.items():
        place = class_.submitted / name / ASSIGNMENT
        place.mkdir(parents=True)
        (place / "1_square.ipynb").write_bytes(raw)
    for name, sources in CELLS.items():
        path = hand_in(class_, name, name, "pass") / "1_square.ipynb"
        notebook = json.loads(path.read_text())
        notebook["cells"] += [dict(new_code_cell(source)) for source in sources]
        path.write_text(json.dumps(notebook))
    report = compare(class_)
    assert {name for name, _ in report.problems} == {*NO_NOTEBOOKS, *TOLD}
    assert "nested too deep" in page(class_) and "is not valid JSON" in page(class_)
    assert pairs(report) == [{"ana", "luis"}]


def test_what_can_be_read_of_a_hostile_notebook_is_compared(class_):
    hand_in(class_, "deep", ESSAY, CELLS["deep"][0])
    assert pairs(compare(class_)) == [{"ana", "deep"}]


def test_an_anonymous_page_has_a_name_of_its_own_and_no_ids(class_):
    (class_.root / "students.csv").write_text(
        "student,first_name,last_name\nana,Anastasia,Roldán\n"
    )
    for name in ("luis", "eva"):
        hand_in(class_, name, f"{ESSAY} Firma: Anastasia Roldán, {name}.")
    report = compare(class_, anonymous=True)
    text = page(class_, "likeness-anonymous")
    assert not [
        w for w in ("Anastasia", "Roldán", "luis", "ana") if f">{w}" in text or f" {w}" in text
    ]
    assert sorted(report.names) == sorted(map(str, range(1, 9)))
    assert not (class_.root / "reports" / "tiny-likeness.csv").exists()


def test_the_table_has_a_row_for_each_pair_and_is_harmless(class_):
    hand_in(class_, "=luis", ESSAY)
    compare(class_)
    with open(class_.root / "reports" / "tiny-likeness.csv") as file:
        rows = list(csv.DictReader(file))
    assert [(row["first"], row["second"], row["stands_out"]) for row in rows] == [
        ("'=luis", "ana", "yes")
    ]
    assert float(rows[0]["prose_percent"]) == 100


def test_a_split_cell_stands_beside_its_parts(class_):
    place = hand_in(class_, "luis", ESSAY[:90])
    notebook = json.loads((place / "1_square.ipynb").read_text())
    notebook["cells"].append(dict(new_markdown_cell(ESSAY[90:])))
    (place / "1_square.ipynb").write_text(json.dumps(notebook))
    report = compare(class_)
    (_, rows), *_ = report.sides
    assert [(len(row.left), len(row.right)) for row in rows] == [(1, 2)]


def test_the_command_says_how_many_stand_out_and_where_to_read(class_, monkeypatch):
    hand_in(class_, "luis", ESSAY)
    monkeypatch.chdir(class_.root)
    done = CliRunner().invoke(main, ["compare", ASSIGNMENT])
    assert done.exit_code == 0, done.output
    assert "7 hand-ins.\n1 of 1 pairs that share something stand out.\n" in done.output
    assert "Likeness: reports/tiny-likeness.html, reports/tiny-likeness.csv" in done.output
