"""The language of what students read at work: where it is told, and the names in both languages."""

import json
import subprocess
import sys
import zipfile

import nbformat
import pytest
import tiny
from nbformat.v4 import new_code_cell

from helpers.entrega import empaquetar
from helpers.hand_in import pack
from helpers.messages import language, using

ASK = "from helpers.messages import message; print(message('correct'))"
SPANISH, ENGLISH = "✓ Correcto", "✓ Correct"


def described(language):
    notebooks = {"1_square": {"square": "Square"}, "2_name": {}}
    lab = {"assignment": "tiny", "notebooks": notebooks, "files": []}
    return json.dumps(lab | ({"language": language} if language else {}))


def told_in(folder, variables=None):
    """What a new process says that works in a folder."""
    environment = {"PYTHONIOENCODING": "utf-8"} | (variables or {})
    done = subprocess.run(
        [sys.executable, "-c", ASK], cwd=folder, env=environment, capture_output=True, check=True
    )
    return done.stdout.decode().strip()


@pytest.mark.parametrize(
    "name, said, variables, told",
    [
        ("laboratorio.json", "es", {}, SPANISH),
        ("assignment.json", "en", {}, ENGLISH),
        ("laboratorio.json", "en", {}, ENGLISH),  # an older folder, copied over
        ("assignment.json", None, {}, SPANISH),
        ("assignment.json", "tlh", {}, SPANISH),
        ("assignment.json", ["en"], {}, SPANISH),
        ("unrelated.json", "en", {}, SPANISH),
        ("laboratorio.json", "es", {"COURSE_LANGUAGE": "en"}, ENGLISH),  # while it is graded
        ("assignment.json", "en", {"COURSE_LANGUAGE": "tlh"}, ENGLISH),
    ],
)
def test_a_notebook_speaks_the_language_of_what_was_released_beside_it(
    tmp_path, name, said, variables, told
):
    (tmp_path / name).write_text(described(said))
    assert told_in(tmp_path, variables) == told


@pytest.mark.parametrize("text", ["", "{", "[]", '"en"', "\xff"])
def test_a_damaged_description_stops_no_message(tmp_path, text):
    (tmp_path / "assignment.json").write_bytes(text.encode("latin-1"))
    assert told_in(tmp_path) == SPANISH


def test_a_language_holds_inside_its_block_alone():
    with using("en"):
        assert language() == "en"
        with using("es"):
            assert language() == "es"
        assert language() == "en"
    assert language() == "es"


# --- The public names -----------------------------------------------------------------------------


def folder_of(tmp_path, said, name="assignment.json", identity=None):
    """A student's folder whose two notebooks are done."""
    lab = json.loads(described(said)) | ({"identity": identity} if identity else {})
    (tmp_path / name).write_text(json.dumps(lab))
    for notebook in tiny.masters():
        nbformat.write(tiny.solved(notebook), tmp_path / f"{notebook}.ipynb")
    return tmp_path


def test_packing_by_either_name_makes_the_same_zip_in_the_language_of_the_folder(tmp_path, capsys):
    folder = folder_of(tmp_path, "en")
    names = {make(folder).name for make in (pack, empaquetar)}
    assert names == {"tiny_hand-in.zip"}
    said = capsys.readouterr().out
    assert said.count("Hand-in made, with warnings: tiny_hand-in.zip") == 2
    assert "it was not run to its end" in said and "Entrega" not in said
    assert language() == "es"


def test_an_assignment_asks_for_what_its_notebooks_say(tmp_path, capsys):
    identity = [{"name": "student_id", "least": 4}, {"name": "signed", "signature": True}]
    folder = folder_of(tmp_path, "en", identity=identity)
    assert pack(folder).name == "tiny_no-id.zip"
    said = capsys.readouterr().out
    assert "student_id is missing." in said and "signed is missing." in said
    node = tiny.solved("1_square")
    node.cells.insert(1, new_code_cell('student_id, signed = "A-17", "Ada"'))
    nbformat.write(node, folder / "1_square.ipynb")
    path = pack(folder)
    assert path.name == "tiny_A-17.zip"
    with zipfile.ZipFile(path) as archive:
        manifest = json.loads(archive.read("entrega.json"))
    assert (manifest["students"], manifest["signatures"]) == (["A-17"], ["Ada"])


def test_two_ids_that_are_the_same_are_told_by_their_names(tmp_path, capsys):
    folder = folder_of(tmp_path, "en", identity=[{"name": "mine"}, {"name": "partners"}])
    node = tiny.solved("1_square")
    node.cells.insert(1, new_code_cell('mine = partners = "A-17"'))
    nbformat.write(node, folder / "1_square.ipynb")
    pack(folder)
    assert "mine and partners are the same." in capsys.readouterr().out


@pytest.mark.parametrize("module", ["helpers.validate", "helpers.validar"])
@pytest.mark.parametrize("option", ["--seconds", "--segundos"])
def test_the_self_check_has_both_names(tmp_path, module, option):
    (tmp_path / "assignment.json").write_text(described("en"))
    command = [sys.executable, "-m", module, option, "0", "nothing.ipynb"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 2 and "it must be a number above 0: '0'" in done.stderr
    assert f"python -m {module}" in done.stderr


def test_the_self_check_speaks_the_language_of_the_notebooks_folder(tmp_path):
    folder = folder_of(tmp_path, "en")
    command = [sys.executable, "-m", "helpers.validar", folder / "2_name.ipynb"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0
    assert "Grading adds tests that are not seen here." in done.stdout
    assert "marks" in done.stdout and "a mano" not in done.stdout
