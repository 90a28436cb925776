"""Ids and signatures in whatever way a notebook sets them: packing, collecting and notes agree."""

import json
import subprocess
import sys
import zipfile

import nbformat
import pytest
import tiny
from downloads import collected, put
from nbformat.v4 import new_code_cell, new_markdown_cell

from grading.people.notes import notes
from helpers import _identity, _tally
from helpers._saved import Cell, fingerprint
from helpers.entrega import empaquetar

ANA, LUIS = "20210456", "2021-0457"
BOTH = {"carne_1": ANA, "carne_2": LUIS}
FIELDS = _identity.fields(tiny.IDENTITY)
DESCRIBED = {
    "assignment": "tiny",
    "notebooks": {"1_square": {}, "2_name": {}},
    "files": {},
    "identity": tiny.IDENTITY,
}
SIGNED = 'firma_mecanografiada_1 = "Ana"\nfirma_mecanografiada_2 = "Luis"'

# What is done → the cells that set the ids.
TEXTS = {
    "two plain lines": [f'carne_1 = "{ANA}"\ncarne_2 = "{LUIS}"'],
    "single quotes": [f"carne_1 = '{ANA}'\ncarne_2 = '{LUIS}'"],
    "triple quotes and spaces": [f'carne_1 = """ {ANA} """\ncarne_2   =   "{LUIS}\\n"'],
    "a type": [f'carne_1: str = "{ANA}"\ncarne_2: str = "{LUIS}"'],
    "a tuple": [f'carne_1, carne_2 = "{ANA}", "{LUIS}"'],
    "a tuple in brackets": [f'(carne_1, carne_2) = ("{ANA}", "{LUIS}")'],
    "a list": [f'[carne_1, carne_2] = ["{ANA}", "{LUIS}"]'],
    "a list in a variable": [f'carnes = ["{ANA}", "{LUIS}"]\ncarne_1, carne_2 = carnes'],
    "a dictionary": [f'de = {{"Ana": "{ANA}", 2: "{LUIS}"}}\ncarne_1, carne_2 = de["Ana"], de[2]'],
    "an f-string": [f'corto = 456\ncarne_1 = f"2021{{corto:04d}}"\ncarne_2 = f"{LUIS}"'],
    "a number": [f'carne_1 = {ANA}\ncarne_2 = "{LUIS}"'],
    "str of a number": [f'carne_1 = str({ANA})\ncarne_2 = str("{LUIS}")'],
    "a sum of texts": ['carne_1 = "2021" + "0456"\ncarne_2 = "2021" "-" "0457"'],
    "a text that grows": [f'carne_1 = "2021"\ncarne_1 += "0456"\ncarne_2 = "{LUIS}"'],
    "strip": [f'carne_1 = " {ANA} ".strip()\ncarne_2 = "{LUIS}".upper().replace(" ", "")'],
    "strip afterwards": [f'carne_1 = " {ANA}"\ncarne_1 = carne_1.strip()\ncarne_2 = "{LUIS}"'],
    "zeros in front": ['carne_1 = "20210456".zfill(8)\ncarne_2 = "-".join(["2021", "0457"])'],
    "one text that is split": [f'carne_1, carne_2 = "{ANA} {LUIS}".split()'],
    "a walrus": [f'print(carne_1 := "{ANA}")\n(carne_2 := "{LUIS}")'],
    "a walrus in a value": [f'x = (carne_1 := "{ANA}")\ncarne_2 = "{LUIS}"'],
    "another variable": [f'ana = "{ANA}"', f'carne_1 = ana\ncarne_2 = "{LUIS}"'],
    "a variable of a cell with other names": [
        f'ANA = "{ANA}"', f'luis = "{LUIS}"', "carne_1, carne_2 = ANA, luis"],
    "two cells, the last counts": ['carne_1 = carne_2 = "borrador"',
                                   f'carne_1 = "{ANA}"\ncarne_2 = "{LUIS}"'],
    "in an if": [f'if True:\n    carne_1 = "{ANA}"\n    carne_2 = "{LUIS}"'],
    "in an if that is not taken, too": [
        f'carne_1, carne_2 = "{ANA}", "{LUIS}"\nif False:\n    carne_1 = "otro-carne"'],
    "in the main program": [
        f'if __name__ == "__main__":\n    carne_1, carne_2 = "{ANA}", "{LUIS}"'],
    "in a try": [f'try:\n    carne_1, carne_2 = "{ANA}", "{LUIS}"\nexcept Exception:\n    pass'],
    "in a with": [f'with open("a") as f:\n    carne_1, carne_2 = "{ANA}", "{LUIS}"'],
    "beside a magic command": [f'%matplotlib inline\n!ls\ncarne_1, carne_2 = "{ANA}", "{LUIS}"'],
    "below %%time": [f'%%time\ncarne_1, carne_2 = "{ANA}", "{LUIS}"'],
    "with an indent": [f'    carne_1 = "{ANA}"\n    carne_2 = "{LUIS}"'],
    "with semicolons and comments": [f'carne_1="{ANA}";carne_2="{LUIS}"  # carne_1 = "otro"'],
    "an invisible character from a copy": [f'carne_1 = "{ANA}\\ud800"\ncarne_2 = "{LUIS}"'],
}  # fmt: skip


def cells(sources):
    return [Cell(str(n), "code", source, "", False) for n, source in enumerate(sources)]


def lab(folder, *notebook, kept=None):
    """A folder of a student's with these cells in front of the first notebook."""
    node, signed = tiny.solved("1_square"), new_code_cell(SIGNED)
    node.cells[1:1] = [*notebook, signed]
    put(folder, "1_square.ipynb", nbformat.writes(node).encode("utf-8", "surrogatepass"))
    put(folder, "2_name.ipynb", nbformat.writes(tiny.solved("2_name")).encode())
    put(folder, "laboratorio.json", json.dumps(DESCRIBED).encode())
    if kept is not None:
        ran = {cell.id: fingerprint(cell.source) for cell in (*notebook, signed)}
        _tally.save("1_square", _tally.Score(5, 8), ran, folder, kept)
    return folder


def packed(folder):
    """The name of the zip, its manifest, and the path."""
    path = empaquetar(folder)
    with zipfile.ZipFile(path) as archive:
        return path, json.loads(archive.read("entrega.json"))


def about_identity(manifest):
    return [each for each in manifest["warnings"] if "carne" in each or "firma" in each]


@pytest.mark.parametrize("sources", TEXTS.values(), ids=TEXTS)
def test_packing_and_collecting_find_both(course, inbox, sources):
    path, manifest = packed(lab(course.root / "work", *map(new_code_cell, sources)))
    assert manifest["students"] == [ANA, LUIS] and about_identity(manifest) == []
    assert path.name == f"tiny_{ANA}_{LUIS}.zip"
    (inbox / "ana_7_900_1_square.ipynb").write_bytes(
        (course.root / "work/1_square.ipynb").read_bytes()
    )
    (row,) = collected(course, inbox).rows
    assert (row.submission.student, row.submission.evidence) == (
        f"{ANA}_{LUIS}",
        "the identity cell",
    )
    assert not [each for each in notes(course.assignment("tiny")) if "says that it is of" in each]


NOT_SAID = {
    "a comment": [f'# carne_1 = "{ANA}"'],
    "a text": [f'"""carne_1 = "{ANA}" """'],
    "an if that is not taken": [f'if False:\n    carne_1 = "{ANA}"'],
    "nothing": ["carne_1 = None"],
    "a type alone": ["carne_1: str"],
    "a truth": ["carne_1 = True"],
    "what is typed in": ['carne_1 = input("carné: ")'],
    "of a function": [f'def datos():\n    carne_1 = "{ANA}"'],
    "a comparison": [f'carne_1 == "{ANA}"'],
    "a cell that is no Python": [f'carne_1 = "{ANA}" "'],
}  # fmt: skip


@pytest.mark.parametrize("sources", NOT_SAID.values(), ids=NOT_SAID)
def test_what_does_not_set_an_id_is_said_to_be_missing(tmp_path, sources):
    _, manifest = packed(lab(tmp_path, *map(new_code_cell, sources)))
    assert manifest["students"] == ["", ""]
    assert about_identity(manifest) == ["falta carne_1.", "falta carne_2."]


def test_a_cell_of_text_sets_nothing(tmp_path):
    _, manifest = packed(lab(tmp_path, new_markdown_cell(f'carne_1 = "{ANA}"')))
    assert manifest["students"] == ["", ""]


HOSTILE = [
    '"a".zfill(10**9)', '"a".zfill(999999999)', 'f"{1:999999999}"', '"ab" * 999999999',
    '"x".replace("x", "y" * 10)', "(lambda: 1)()", '__import__("os").getcwd()', "[[1] * 9] * 9",
    '"%999999999d" % 1', '"{:>999999999}".format(1)', "9**9**9", "int(1e999)", '"a".ljust(10**9)',
    "(" * 80 + ")" * 80, " + ".join(["'a'"] * 5000), '"a"' + ".strip()" * 5000,
]  # fmt: skip


@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: value[:30])
def test_nothing_of_a_text_is_run_or_grows(value):
    said = _identity.written(cells([f"carne_1 = {value}", f'carne_2 = "{LUIS}"']), FIELDS)
    assert said == {"carne_2": LUIS}


def test_lists_in_lists_cost_no_time():
    double = "\n".join(["a = ['x']", "b = ['x']", *["a = [a, a]\nb = [b, b]"] * 60])
    code = f"{double}\nif a == b:\n    carne_1 = '{ANA}'\ncarne_2 = str(a)"
    assert "carne_2" not in _identity.written(cells([code]), FIELDS)


# --- What the notebook's variables held -----------------------------------------------------------

ASKED = 'carne_1 = input("carné: ")\ncarne_2 = leer("carnes.txt")[1]'


def test_what_the_variables_held_counts_where_the_text_does_not_say_it(tmp_path):
    path, manifest = packed(lab(tmp_path, new_code_cell(ASKED), kept=BOTH))
    assert manifest["students"] == [ANA, LUIS] and about_identity(manifest) == []
    assert path.name == f"tiny_{ANA}_{LUIS}.zip"


def test_what_the_variables_held_counts_where_cells_ran_in_another_order(tmp_path):
    other = new_code_cell('carne_1 = "borrador"')
    _, manifest = packed(lab(tmp_path, new_code_cell(ASKED), other, kept=BOTH))
    assert manifest["students"] == [ANA, LUIS]


def test_an_id_that_was_mended_after_the_last_run_counts(tmp_path):
    old = {"carne_1": "20210465", "carne_2": LUIS}
    mended = new_code_cell(f'carne_1 = "{ANA}"\ncarne_2 = "{LUIS}"')
    folder = lab(tmp_path, mended, kept=old)
    _tally.save("1_square", _tally.Score(5, 8), {mended.id: "what it ran before"}, folder, old)
    assert packed(folder)[1]["students"] == [ANA, LUIS]


@pytest.mark.parametrize("kept", [[], "x", {"carne_1": [ANA]}, {"carne_1": None, 3: 4}], ids=str)
def test_a_tally_that_holds_something_else_is_not_used(tmp_path, kept):
    folder = lab(tmp_path, new_code_cell(ASKED), kept={})
    path = folder / ".tally/1_square.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"identity": kept}))
    assert packed(folder)[1]["students"] == ["", ""]


HELD = """
from helpers import tick
with tick.marks(5):
    pass
import numpy as np
class Carne(str):
    pass
carne_1, carne_2 = {value}, "x" * 0
firma_mecanografiada_1 = object()
tick.summarise_marks("1_square")
"""


@pytest.mark.parametrize("value", [f'"{ANA}"', ANA, f'np.str_("{ANA}")', f'Carne(" {ANA} ")'])
def test_the_tally_notes_what_the_variables_hold(tmp_path, value):
    put(tmp_path, "laboratorio.json", json.dumps(DESCRIBED).encode())
    subprocess.run([sys.executable, "-c", HELD.format(value=value)], cwd=tmp_path, check=True)
    kept = json.loads((tmp_path / ".tally/1_square.json").read_text())
    assert kept["identity"] == {"carne_1": ANA, "carne_2": ""}


# --- Where the manifest and the notebooks differ --------------------------------------------------


def test_collect_says_where_the_manifest_and_the_notebook_differ(course, inbox):
    told = new_code_cell(f'carne_1, carne_2 = "{ANA}", "20210999"')
    path, manifest = packed(lab(course.root / "work", told, kept=BOTH))
    path.rename(inbox / path.name)
    (row,) = collected(course, inbox).rows
    assert row.submission.student == f"{ANA}_{LUIS}"
    assert (
        f"the manifest says that it is of {ANA} and {LUIS}, its notebook of {ANA} and 20210999"
        in row.submission.problems
    )
