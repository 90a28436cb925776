"""What `empaquetar` says is missing from lab 3: by exercise, by blank, by question."""

import json
import re
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

import nbformat
import pytest
import tiny

from helpers import _tally
from helpers._saved import fingerprint
from helpers.entrega import empaquetar

RELEASE = tiny.REPOSITORY / "release" / "lab3"
OPEN = re.compile(r"^( *)raise NotImplementedError.*$", re.MULTILINE)
IDENTITY = (
    'carne_1, carne_2 = "", ""\ncarne_1 = "20210001"\ncarne_2 = "20210002"\n'
    'firma_mecanografiada_1 = "Ana"\nfirma_mecanografiada_2 = "Luis"'
)


def complete(name):
    """A notebook of lab 3 with nothing left open, saved and run."""
    notebook = nbformat.read(RELEASE / f"{name}.ipynb", as_version=4)
    for cell in notebook.cells:
        cell.source = OPEN.sub(r"\1pass", cell.source)
        if cell.id.endswith("-answer"):
            cell.source = "Porque la brecha crece."
        if cell.id == "rnn-identity":
            cell.source = IDENTITY
    return notebook


def find(notebook, id_):
    return next(cell for cell in notebook.cells if cell.id == id_)


def reopened(id_, *names):
    """Leave blanks open: those below the comments that begin with these words."""

    def do(notebook):
        cell = find(notebook, id_)
        for name in names:
            opened = re.compile(rf"(# {re.escape(name)}.*\n *# Escriban.*\n *)pass")
            cell.source, count = opened.subn(r"\1raise NotImplementedError('Falta')", cell.source)
            assert count

    return do


def write(id_, source):
    def do(notebook):
        find(notebook, id_).source = source

    return do


def unanswered(*ids, text="*Escriban aquí su respuesta.*"):
    def do(notebook):
        for id_ in ids:
            find(notebook, id_).source = text

    return do


def split(notebook):
    place = next(n for n, cell in enumerate(notebook.cells) if cell.id == "lstm-backward")
    first = notebook.cells[place]
    second = nbformat.v4.new_code_cell("# la otra mitad", metadata=first.metadata)
    notebook.cells.insert(place + 1, second)


def without(id_):
    def do(notebook):
        notebook.cells.remove(find(notebook, id_))

    return do


def answered_in_a_new_cell(notebook):
    place = notebook.cells.index(find(notebook, "lstm-q1-answer"))
    notebook.cells[place].source = "*Escriban aquí su respuesta.*"
    notebook.cells.insert(place + 1, nbformat.v4.new_markdown_cell("La LSTM, por su memoria."))


def answered_in_the_question(notebook):
    find(notebook, "lstm-q1").source += "\n\nLa LSTM, por su memoria."
    find(notebook, "lstm-q1-answer").source = "*Escriban aquí su respuesta.*"


def both(*changes):
    def do(notebook):
        for change in changes:
            change(notebook)

    return do


@dataclass(frozen=True)
class Missing:
    """One row: what is changed in the complete 2_lstm, and the warnings that this must give."""

    name: str
    do: Callable
    said: tuple[str, ...]

    def __str__(self):
        return self.name


BACKWARD = "«Ejercicio 3: la pérdida y backward, en backward»"
QUESTIONS = ("lstm-q1-answer", "lstm-q2-answer", "lstm-q3-answer")
ALL_THREE = "preguntas escritas sin responder: «Pregunta 1»; «Pregunta 2»; «Pregunta 3»."
ROWS = [
    Missing("nothing", both(), ()),
    Missing("two blanks of six", reopened("lstm-backward", "dC", "df"),
            (f"falta completar (2): {BACKWARD} (dC, df).",)),
    Missing("a blank below the pair's own lines",
            both(reopened("lstm-forward", "C:"), lambda notebook: write(
                "lstm-forward", find(notebook, "lstm-forward").source.replace(
                    "        # Escriban aquí su código\n        raise",
                    "        nueva = 1\n        raise"))(notebook)),
            ("falta completar (1): «Ejercicio 2: forward» (C).",)),
    Missing("a blank whose comment was deleted",
            write("lstm-loss", "def sequence_loss(o, t):\n    raise NotImplementedError()"),
            ("falta completar (1): «Ejercicio 3: la pérdida y backward, en sequence_loss».",)),
    Missing("blanks in two exercises",
            both(reopened("lstm-init", "Sorteen"), reopened("lstm-backward", "do:")),
            ("falta completar (2): «Ejercicio 1: las matrices de la LSTM» "
             f"(W_f, W_i, W_g, W_o, W_v); {BACKWARD} (do).",)),
    Missing("a blank below a magic",
            write("lstm-loss", "%%time\n# loss: suma sobre los pasos del promedio sobre el "
                  "vocabulario   (1 a 3 líneas)\nraise NotImplementedError('Falta')"),
            ("en sequence_loss» (loss).",)),
    Missing("a blank in a cell that cannot be parsed",
            write("lstm-loss", "def sequence_loss(\n    raise NotImplementedError('Falta')"),
            ("falta completar (1)",)),
    Missing("the line of a blank kept as a comment",
            write("lstm-loss", "# raise NotImplementedError('Falta')\nloss = 1"), ()),
    Missing("an error of their own on the line of a condition",
            write("lstm-loss", "if False: raise NotImplementedError('otra')"), ()),
    Missing("a cell split in two", split, (f"ocupan más de una celda: {BACKWARD}",)),
    Missing("an exercise deleted", without("lstm-backward"),
            (f"faltan celdas que se califican: {BACKWARD}",)),
    Missing("a check deleted", without("lstm-init-f-check"),
            ("faltan celdas que se califican: «Inicialización: W_f»",)),
    Missing("all questions unanswered", unanswered(*QUESTIONS), (ALL_THREE,)),
    Missing("all answers emptied", unanswered(*QUESTIONS, text=" \n"), (ALL_THREE,)),
    Missing("points for an answer", unanswered(*QUESTIONS, text="**...**"), (ALL_THREE,)),
    Missing("the cell of an answer deleted", without("lstm-q2-answer"),
            ("sin responder: «Pregunta 2».",)),
    Missing("an answer below what was given",
            unanswered("lstm-q1-answer", text="*Escriban aquí su respuesta.*\n\nLa LSTM."), ()),
    Missing("an answer in a cell of their own", answered_in_a_new_cell, ()),
    Missing("an answer in the cell of the question", answered_in_the_question, ()),
    Missing("an answer that is a picture",
            unanswered("lstm-q1-answer", text="![](attachment:curvas.png)"), ()),
]  # fmt: skip


@pytest.fixture
def lab(tmp_path):
    """The folder of a pair who have done everything; `save` writes a notebook as if it had run."""
    shutil.copytree(RELEASE, tmp_path, dirs_exist_ok=True)
    for path in RELEASE.glob("*.ipynb"):
        save(tmp_path, path.stem, complete(path.stem))
    return tmp_path


def save(folder, name, notebook):
    nbformat.write(notebook, folder / f"{name}.ipynb")
    code = {cell.id: fingerprint(cell.source) for cell in notebook.cells}
    _tally.save(name, _tally.Score(1, 1), code, folder)


def handed_in(folder):
    """Names in the zip, and the warnings."""
    with zipfile.ZipFile(empaquetar(folder)) as archive:
        return archive.namelist(), json.loads(archive.read("entrega.json"))["warnings"]


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_what_is_said_to_be_missing(row, lab, capsys):
    notebook = complete("2_lstm")
    row.do(notebook)
    save(lab, "2_lstm", notebook)
    _, warnings = handed_in(lab)
    assert len(warnings) == len(row.said), warnings
    for warning, text in zip(warnings, row.said, strict=True):
        assert warning.startswith("2_lstm: ") and text in warning
    assert ("Entrega lista" in capsys.readouterr().out) == (not row.said)


def test_an_untouched_lab_names_every_question_and_every_exercise(lab):
    for path in RELEASE.glob("*.ipynb"):
        save(lab, path.stem, nbformat.read(path, as_version=4))
    said = "\n".join(handed_in(lab)[1])
    assert said.count("«Pregunta ") == 9
    assert "«Ejercicio 2: entrenar» (criterion, optimizer, outputs, loss)" in said
    assert "(“Creen las capas; al menos una debe ser nn.LSTM”, predictions)" in said
    assert "4_airline: preguntas" not in said


IDENTITIES = {
    "below a magic": f"%%time\n{IDENTITY}",
    "beside a command": f"!pip install numpy\n%matplotlib inline\n{IDENTITY}",
}


@pytest.mark.parametrize("source", IDENTITIES.values(), ids=IDENTITIES)
def test_ids_are_found(source, lab):
    notebook = complete("1_rnn")
    write("rnn-identity", source)(notebook)
    save(lab, "1_rnn", notebook)
    assert handed_in(lab)[1] == []


def test_files_of_the_kit_are_left_out_changed_or_not_and_nothing_is_said_of_them(lab):
    (lab / "LEEME.md").write_text("# lab3")
    (lab / "requirements.txt").write_text("numpy==2\nseaborn")
    (lab / "laboratorio.json").write_text((lab / "laboratorio.json").read_text() + "\n")
    (lab / "data/airline-passengers.csv").write_text("Month;Passengers")
    (lab / "figures/rnn-datos.svg").write_bytes(b"x" * 11 * 2**20)
    (lab / "mio.py").write_text("x = 1")
    names, warnings = handed_in(lab)
    assert warnings == []
    assert set(names) == {*(p.name for p in RELEASE.glob("*.ipynb")), "entrega.json", "mio.py"}
