"""VS Code, Colab, JupyterLab and the classic Notebook: the lab works, and what is said is true."""

import copy
import json
import zipfile

import front_end
import nbformat
import pytest
import tiny

from grading.masters.handout import pack

NAME = "1_square"
HAND_IN = "from helpers.entrega import empaquetar\nempaquetar();"
UNSAVED = "cambios sin guardar"
# How a program tells the kernel which cell it runs: VS Code's ids are in no file; Colab and the
# classic Notebook tell none; JupyterLab tells the ids of the file or, where an old format has no
# place for them, some that it makes up.
PROGRAMS = {
    "VS Code": lambda cell: f"vscode-notebook-cell:/lab/1_square.ipynb#W{cell.id}sZmlsZQ%3D%3D",
    "Colab and the classic Notebook": lambda cell: None,
    "JupyterLab": lambda cell: cell.id,
    "JupyterLab with a file of format 4.4": lambda cell: f"made-up-{cell.id}",
}


@pytest.fixture
def desk(built, tmp_path):
    """The folder that a student unpacks."""
    with zipfile.ZipFile(pack(built.assignment(tiny.ASSIGNMENT))) as archive:
        archive.extractall(tmp_path / "desk")
    return tmp_path / "desk" / tiny.ASSIGNMENT


def cells(notebook, program):
    """What a program sends to the kernel to run the code cells of a notebook."""
    return [(c.source, PROGRAMS[program](c)) for c in notebook.cells if c.cell_type == "code"]


@pytest.mark.parametrize("program", PROGRAMS)
def test_what_was_saved_and_run_is_not_called_unsaved(desk, program):
    notebook = tiny.complete(desk / "1_square.ipynb")
    *_, tally, handed_in = front_end.run(desk, [*cells(notebook, program), (HAND_IN, None)])
    assert "8 / 8 marks (100.0%)" in tally
    assert UNSAVED not in tally
    assert "no es lo último que se ejecutó" not in handed_in


@pytest.mark.parametrize("program", PROGRAMS)
def test_what_was_run_and_not_saved_is_called_unsaved(desk, program):
    saved = tiny.complete(desk / "1_square.ipynb")
    run = copy.deepcopy(saved)
    next(cell for cell in run.cells if cell.id == "cube").source += "  # otra vez"
    *_, tally, handed_in = front_end.run(desk, [*cells(run, program), (HAND_IN, None)])
    assert UNSAVED in tally
    assert "1_square: lo guardado no es lo último que se ejecutó" in handed_in


@pytest.mark.parametrize("program", PROGRAMS)
def test_an_answer_without_code_is_never_run_and_not_called_unsaved(desk, program):
    notebook = tiny.complete(desk / "1_square.ipynb")
    next(cell for cell in notebook.cells if cell.id == "cube").source = ""
    nbformat.write(notebook, desk / f"{NAME}.ipynb")
    sent = [(source, cell_id) for source, cell_id in cells(notebook, program) if source]
    assert UNSAVED not in front_end.run(desk, sent)[-1]


def test_the_hand_in_holds_what_students_made_and_not_what_came_with_the_lab(desk):
    (desk / "notas.txt").write_text("mías")
    (desk / "feedback").mkdir()
    (desk / "feedback/1_square.html").write_text("de la entrega anterior")
    front_end.run(desk, [(HAND_IN, None)])
    with zipfile.ZipFile(desk / "tiny_sin-carne_sin-carne.zip") as archive:
        names = set(archive.namelist())
    assert names == {"1_square.ipynb", "2_name.ipynb", "notas.txt", "entrega.json"}


def test_the_leeme_says_for_each_program_how_to_open_run_and_hand_in(desk):
    text = (desk / "LEEME.md").read_text("utf-8")
    for program in ("JupyterLab", "Notebook clásico", "VS Code", "Google Colab", "El servidor"):
        part = text.split(f"**{program}")[1].split("\n**")[0].split("\n## ")[0]
        steps = [line.split(":")[0] for line in part.splitlines() if line.startswith("- ")]
        assert steps == ["- Abrir", "- Ejecutar", "- Entregar"]


# --- Colab -----------------------------------------------------------------------------------


@pytest.fixture
def drive(desk, tmp_path):
    """A Google Drive that is mounted: its folder, with the lab in it as a student uploads it."""
    (tmp_path / "drive/MyDrive").mkdir(parents=True)
    (tmp_path / "content").mkdir()
    desk.rename(tmp_path / "drive/MyDrive/tiny")
    return tmp_path / "drive"


def in_colab(drive, *sources, notebook="MyDrive/tiny/1_square.ipynb", uploads=()):
    """Run the first cell of a notebook in a made-up Colab, and then `sources`: what each showed,
    and what the browser and Drive were asked for."""
    first = nbformat.read(drive / notebook, as_version=4).cells[0].source
    start = front_end.COLAB.format(uploads=[str(path) for path in uploads])
    asked = "import json, sys; print(json.dumps(sys.asked))"
    run = [start, first.replace("/content/drive", str(drive)), *sources, asked]
    _, *shown, asked = front_end.run(drive.parent / "content", [(source, None) for source in run])
    return shown, json.loads(asked)


def moved(drive, place):
    (drive / place).parent.mkdir(parents=True, exist_ok=True)
    (drive / "MyDrive/tiny").rename(drive / place)


def test_colab_works_in_the_folder_of_drive_and_downloads_the_hand_in(drive):
    folder = drive / "MyDrive/tiny"
    answers = [
        cell.source
        for cell in tiny.complete(folder / "1_square.ipynb").cells
        if cell.cell_type == "code"
    ]
    where = "import helpers; print(helpers.__file__)"
    shown, asked = in_colab(drive, *answers[1:], where, HAND_IN)
    assert "Listo. Trabajen con los cuadernos de esta carpeta de su Drive: MyDrive/tiny" in shown[0]
    assert shown[-2].strip() == str(folder / "helpers/__init__.py")
    assert "8 / 8 marks" in shown[-3]
    assert "Entrega creada, con avisos: tiny_sin-carne_sin-carne.zip" in shown[-1]
    assert "El navegador lo descarga" in shown[-1]
    assert asked == [f"mount {drive}", "download tiny_sin-carne_sin-carne.zip"]
    assert (folder / "tiny_sin-carne_sin-carne.zip").is_file()


@pytest.mark.parametrize("place", ["MyDrive/tiny/tiny", "MyDrive/U/RNN/tiny", "Shareddrives/e/x"])
def test_colab_finds_the_folder_where_students_put_it(drive, place):
    (drive / "MyDrive/tiny").rename(drive / "away")
    (drive / place).parent.mkdir(parents=True)
    (drive / "away").rename(drive / place)
    shown, _ = in_colab(drive, "print(open('laboratorio.json').read()[:30])",
                        notebook=f"{place}/1_square.ipynb")  # fmt: skip
    assert shown[0].strip().endswith(place)
    assert "tiny" in shown[1]


def test_colab_takes_no_other_lab_and_nothing_from_the_trash(drive):
    for place in ("MyDrive/lab2", ".Trash-0/tiny", ".shortcut-targets-by-id/1/tiny"):
        (drive / place).mkdir(parents=True)
        assignment = "lab2" if place.endswith("lab2") else "tiny"
        (drive / place / "laboratorio.json").write_text(f'{{\n "assignment": "{assignment}"\n}}')
    shown, _ = in_colab(drive)
    assert shown[0].strip().endswith("de su Drive: MyDrive/tiny")


def test_colab_stops_where_two_folders_could_be_meant(drive):
    (drive / "MyDrive/tiny (1)").mkdir()
    copied = (drive / "MyDrive/tiny/laboratorio.json").read_text("utf-8")
    (drive / "MyDrive/tiny (1)/laboratorio.json").write_text(copied, "utf-8")
    shown, _ = in_colab(drive)
    assert "Hay varias carpetas de tiny en su Drive: MyDrive/tiny, MyDrive/tiny (1)." in shown[0]


def test_colab_puts_an_uploaded_zip_into_drive_and_says_which_notebook_to_open(drive, built):
    moved(drive, "elsewhere/below/that/is/too/deep")
    zip_ = built.root / "dist/tiny.zip"
    lone = "elsewhere/below/that/is/too/deep/1_square.ipynb"
    shown, asked = in_colab(drive, notebook=lone, uploads=[zip_])
    assert "Suban aquí el archivo tiny.zip" in shown[0]
    assert "La carpeta ya está en su Drive: MyDrive/tiny. Cierren este cuaderno" in shown[0]
    assert asked == [f"mount {drive}", "upload"]
    assert (drive / "MyDrive/tiny/helpers/tick.py").is_file()


def test_colab_never_writes_over_work_that_is_in_drive(drive, built):
    (drive / "MyDrive/tiny/laboratorio.json").unlink()  # not recognised, with work in it
    work = tiny.complete(drive / "MyDrive/tiny/1_square.ipynb")
    in_colab(drive, uploads=[built.root / "dist/tiny.zip"])
    assert nbformat.read(drive / "MyDrive/tiny/1_square.ipynb", 4).cells == work.cells
    assert (drive / "MyDrive/tiny/laboratorio.json").is_file()


@pytest.mark.parametrize("wrong", [None, "a photo", "another zip"])
def test_colab_says_when_no_lab_was_uploaded(drive, tmp_path, wrong):
    moved(drive, "elsewhere/below/that/is/too/deep")
    path = tmp_path / ("otro.zip" if wrong == "another zip" else "foto.png")
    path.write_bytes(b"\x89PNG")
    if wrong == "another zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("otro/nada.txt", "")
    lone = "elsewhere/below/that/is/too/deep/1_square.ipynb"
    shown, _ = in_colab(drive, notebook=lone, uploads=[path] if wrong else [])
    assert "RuntimeError: No se recibió tiny.zip" in shown[0]


def test_a_notebook_that_colab_saves_elsewhere_is_not_handed_in_without_a_word(drive):
    """They open a lone copy: what they run is not what lies in the folder that is packed."""
    answers = [cell.source for cell in tiny.solved(NAME).cells if cell.cell_type == "code"]
    shown, _ = in_colab(drive, *answers, HAND_IN)
    assert "1_square: falta completar (2)" in shown[-1]
    assert "1_square: lo guardado no es lo último que se ejecutó" in shown[-1]


def test_the_cell_for_colab_does_nothing_elsewhere(desk):
    first = nbformat.read(desk / "1_square.ipynb", as_version=4).cells[0]
    assert "google.colab" in first.source
    before = "names = set(globals()) | {'names'}; import os; place = os.getcwd()"
    after = "print(set(globals()) - names - {'os', 'place'}, os.getcwd() == place)"
    _, shown, told = front_end.run(desk, [(s, None) for s in (before, first.source, after)])
    assert shown == ""
    assert "_prepare_colab" not in told and "True" in told
