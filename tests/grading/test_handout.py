"""What students get: one zip, whole by itself, and a description that the hand-in checks."""

import json
import zipfile
from importlib.metadata import version

import pytest
import tiny

from grading.masters.build import build
from grading.masters.handout import pack, requirements


@pytest.fixture
def packed(built):
    with zipfile.ZipFile(pack(built.assignment(tiny.ASSIGNMENT))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_zip_has_notebooks_helpers_requirements_and_a_leeme_in_one_folder(packed):
    assert {name.split("/")[0] for name in packed} == {"tiny"}
    names = {name.removeprefix("tiny/") for name in packed}
    assert {"1_square.ipynb", "2_name.ipynb", "LEEME.md", "requirements.txt"} <= names
    assert {"laboratorio.json", "helpers/tick.py", "helpers/entrega.py"} <= names


def test_the_zip_holds_no_solution_no_hidden_test_and_nothing_of_grading(packed):
    whole = b"\n".join(packed.values())
    assert b"BEGIN SOLUTION" not in whole and b"BEGIN HIDDEN" not in whole
    assert not any("grading" in name for name in packed)
    assert b"import grading" not in whole and b"from grading" not in whole


def test_packing_twice_gives_the_same_bytes(built):
    first = pack(built.assignment(tiny.ASSIGNMENT)).read_bytes()
    assert pack(built.assignment(tiny.ASSIGNMENT)).read_bytes() == first


def test_the_leeme_says_how_to_start_on_each_system_and_how_to_hand_in(packed):
    text = packed["tiny/LEEME.md"].decode()
    for part in ("Linux", "macOS", "Windows", "jupyter lab", "empaquetar()", "1_square, 2_name"):
        assert part in text


def test_requirements_are_what_is_imported_pinned_and_no_more(packed):
    lines = packed["tiny/requirements.txt"].decode().splitlines()
    assert f"jupyterlab=={version('jupyterlab')}" in lines
    assert f"numpy=={version('numpy')}" in lines
    assert not any(line.startswith(("nbgrader", "helpers", "json")) for line in lines)
    found = requirements({"a.py": b"import pandas.io\nfrom os import path\nfrom . import b"})
    assert [line.split("==")[0] for line in found] == ["ipykernel", "jupyterlab", "pandas"]


def test_a_local_version_is_pinned_as_the_index_knows_it(packed):
    assert "+" not in packed["tiny/requirements.txt"].decode()


def test_an_optional_answer_is_not_asked_for(built):
    masters = tiny.masters()
    masters["1_square"].cells[4].metadata["tags"] = ["optional", "raises-exception"]
    tiny.write_masters(built.root, masters)
    build(built.assignment(tiny.ASSIGNMENT))
    lab = json.loads((built.release / tiny.ASSIGNMENT / "laboratorio.json").read_text())
    assert "cube" not in lab["notebooks"]["1_square"]


def test_a_cell_is_called_by_its_first_comment_without_its_length(packed):
    lab = json.loads(packed["tiny/laboratorio.json"])
    assert lab["notebooks"]["1_square"]["square"] == "Calculen y, el cuadrado de x"
    assert lab["notebooks"]["1_square"]["cube"] == "cube"  # the stub's comment says nothing


def test_the_description_lists_every_graded_cell_by_what_students_see(packed):
    lab = json.loads(packed["tiny/laboratorio.json"])
    assert lab["assignment"] == "tiny"
    assert lab["notebooks"].keys() == {"1_square", "2_name"}
    assert "square" in lab["notebooks"]["1_square"]


def test_a_module_that_is_no_python_of_today_stops_no_build():
    files = {"old.py": b"print 'hola'", "latin.py": "# a\xf1o\nimport numpy".encode("latin-1")}
    assert any(line.startswith("numpy==") for line in requirements(files))
