"""Handing in: one zip, and a warning for each thing that is missing from it."""

import hashlib
import json
import zipfile

import nbformat
import pytest
import tiny
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from helpers import _tally, hand_in
from helpers._saved import fingerprint
from helpers.entrega import empaquetar

IDENTITY = (
    'carne_1, otro = "20210001", 1\ncarne_1 = "20210001"\ncarne_2 = "2021-0002"\n'
    'firma_mecanografiada_1 = "Ana"\nfirma_mecanografiada_2 = "Luis"'
)
BLANK = '# Definan f\nraise NotImplementedError("Falta completar este ejercicio")'
DATA = b"x,y\n1,2\n"


def cell(grade_id, source, **ours):
    return new_code_cell(source, id=grade_id, metadata={"nbgrader": {"grade_id": grade_id, **ours}})


def notebook(answer="def f(x):\n    return 2 * x", identity=IDENTITY):
    return new_notebook(
        cells=[
            cell("who", identity, solution=True),
            cell("f", answer, solution=True),
            cell("f-check", "assert f(1) == 2", grade=True),
            new_markdown_cell("Fin"),
        ]
    )


@pytest.fixture
def lab(tmp_path):
    """A folder as a student has it, everything done, saved and run."""
    nbformat.write(notebook(), tmp_path / "1_uno.ipynb")
    (tmp_path / "data").mkdir()
    (tmp_path / "data/given.csv").write_bytes(DATA)
    (tmp_path / "helpers").mkdir()
    (tmp_path / "helpers/tick.py").write_text("")
    description = {
        "assignment": "lab9",
        "notebooks": {"1_uno": {"who": "Identificación", "f": "Definan f", "f-check": "Doble"}},
        "files": {"data/given.csv": hashlib.sha256(DATA).hexdigest()},
        "identity": tiny.IDENTITY,
    }
    (tmp_path / "laboratorio.json").write_text(json.dumps(description))
    ran(tmp_path, notebook())
    return tmp_path


def ran(folder, what):
    """As if these cells had run to the tally."""
    run = {cell.id: fingerprint(cell.source) for cell in what.cells}
    _tally.save("1_uno", _tally.Score(5, 5), run, folder)


def handed_in(lab):
    """Names in the zip and its manifest."""
    with zipfile.ZipFile(empaquetar(lab)) as archive:
        assert archive.testzip() is None
        return set(archive.namelist()), json.loads(archive.read("entrega.json"))


def test_a_complete_lab_makes_a_zip_named_after_both_students_without_warnings(lab, capsys):
    names, manifest = handed_in(lab)
    assert (lab / "lab9_20210001_2021-0002.zip").is_file()
    assert names == {"1_uno.ipynb", "entrega.json"}
    assert manifest["warnings"] == []
    assert manifest["students"] == ["20210001", "2021-0002"]
    assert manifest["signatures"] == ["Ana", "Luis"]
    assert "Entrega lista" in capsys.readouterr().out


def test_the_manifest_says_what_was_packed_when_and_with_what(lab):
    _, manifest = handed_in(lab)
    content = (lab / "1_uno.ipynb").read_bytes()
    assert manifest["files"] == {"1_uno.ipynb": hashlib.sha256(content).hexdigest()}
    assert {"python", "numpy", "torch"} <= manifest["versions"].keys()
    assert manifest["time"][10] == "T" and manifest["time"][-6] in "+-"


def without(grade_id):
    changed = notebook()
    changed.cells = [
        c for c in changed.cells if c.metadata.get("nbgrader", {}).get("grade_id") != grade_id
    ]
    return changed


@pytest.mark.parametrize(
    "saved, warning",
    [
        (notebook(answer=BLANK), "1_uno: falta completar (1): «Definan f»"),
        (notebook(identity="carne_1 = '1'"), "carne_1 tiene menos de 5"),
        (notebook(identity=IDENTITY.replace("Luis", "")), "falta firma_mecanografiada_2"),
        (notebook(identity=IDENTITY.replace("2021-0002", "20210001")), "son iguales"),
        (notebook(identity="carne_1 = ("), "falta carne_2"),
        (without("f-check"), "faltan celdas que se califican: «Doble»"),
    ],
    ids=["blank", "short id", "no signature", "same ids", "broken cell", "deleted check"],
)  # fmt: skip
def test_what_is_missing_is_a_warning_and_the_zip_is_made_anyway(lab, saved, warning):
    nbformat.write(saved, lab / "1_uno.ipynb")
    ran(lab, saved)
    names, manifest = handed_in(lab)
    assert any(warning in found for found in manifest["warnings"]), manifest["warnings"]
    assert "1_uno.ipynb" in names


def test_an_answer_that_was_saved_after_it_ran_is_said_to_be_stale(lab):
    nbformat.write(notebook(answer="def f(x):\n    return 3 * x"), lab / "1_uno.ipynb")
    _, manifest = handed_in(lab)
    (warning,) = manifest["warnings"]
    assert warning.startswith("1_uno: lo guardado no es lo último que se ejecutó")


def test_a_notebook_that_was_never_run_is_said_so(lab):
    _tally._path("1_uno", lab).unlink()
    _, manifest = handed_in(lab)
    assert "no se ha ejecutado hasta el final" in manifest["warnings"][0]


@pytest.mark.parametrize("content", [b"", b"\x00\xff", b"[]", b'{"cells": 3}', b"[" * 100_000])
def test_a_broken_notebook_goes_along_as_it_is_with_a_warning(lab, content):
    (lab / "1_uno.ipynb").write_bytes(content)
    names, manifest = handed_in(lab)
    assert "1_uno.ipynb" in names
    assert any("no se puede leer" in warning for warning in manifest["warnings"])
    assert (lab / "lab9_sin-carne_sin-carne.zip").is_file()


def test_a_renamed_notebook_is_listed_as_missing_and_as_unknown(lab):
    (lab / "1_uno.ipynb").rename(lab / "1_uno (1).ipynb")
    _, manifest = handed_in(lab)
    assert "falta el cuaderno 1_uno.ipynb." in manifest["warnings"]
    assert any("1_uno (1).ipynb no es un cuaderno" in text for text in manifest["warnings"])


def test_own_files_go_along_and_what_came_with_the_lab_does_not(lab, monkeypatch):
    (lab / "mio.py").write_text("x = 1")
    (lab / "data/otro.csv").write_bytes(DATA)
    (lab / ".oculto").write_text("")
    monkeypatch.setattr(hand_in, "LARGEST_MB", 1)
    (lab / "grande.bin").write_bytes(bytes(2**20 + 1))
    (lab / "lab9_viejo.zip").write_bytes(b"")
    names, manifest = handed_in(lab)
    assert names == {"1_uno.ipynb", "entrega.json", "mio.py", "data/otro.csv"}
    assert manifest["warnings"] == ["grande.bin no se incluye: pesa más de 1 MB."]


def test_an_id_cannot_lead_out_of_the_folder(lab):
    evil = notebook(identity=IDENTITY.replace("20210001", "../../20210001"))
    nbformat.write(evil, lab / "1_uno.ipynb")
    handed_in(lab)
    assert (lab / "lab9_20210001_2021-0002.zip").is_file()


@pytest.mark.parametrize("content", [None, "{", "[]", '{"assignment": "x", "notebooks": []}'])
def test_a_folder_that_is_no_lab_is_refused_with_what_to_do(lab, capsys, content):
    path = lab / "laboratorio.json"
    path.unlink() if content is None else path.write_text(content)
    assert empaquetar(lab) is None
    said = capsys.readouterr().out
    assert "No se creó la entrega" in said
    assert "carpeta del laboratorio" in said or "descarguen de nuevo" in said
    assert list(lab.glob("*.zip")) == []


def test_a_zip_that_cannot_be_written_leaves_the_one_that_was_there(lab, monkeypatch, capsys):
    before = empaquetar(lab).read_bytes()

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(hand_in.os, "replace", fail)
    assert empaquetar(lab) is None
    assert "No space left" in capsys.readouterr().out
    assert (lab / "lab9_20210001_2021-0002.zip").read_bytes() == before
    assert list(lab.glob(".*.new")) == []
