"""Complete hand-ins as the programs that students work with save them."""

import json
import zipfile

import habits
import nbformat
import pytest
import tiny
from habits import Habit

from grading.masters.handout import pack

NAMES = ("1_square", "2_name")
NOTHING_OF_COLAB = "ModuleNotFoundError: No module named 'google"


def raw(change):
    """What changes both notebooks as plain JSON, whatever the format allows."""

    def do(folder):
        for name in NAMES:
            path = folder / f"{name}.ipynb"
            notebook = json.loads(path.read_text("utf-8"))
            change(notebook)
            path.write_text(json.dumps(notebook, ensure_ascii=False), "utf-8")

    return do


def as_colab_saves(notebook):
    """Format 4.0, cell ids in the metadata, outputs with keys of Colab's own."""
    notebook["nbformat_minor"] = 0
    notebook["metadata"] |= {
        "colab": {"provenance": [], "toc_visible": True, "authorship_tag": "ABX9TyM"},
        "accelerator": "GPU",
        "kernelspec": {"name": "python3", "display_name": "Python 3"},
    }
    for cell in notebook["cells"]:
        cell["metadata"]["id"] = cell.pop("id")
        if cell["cell_type"] == "code":
            page = {"text/html": ["<div id='df-1' class='colab-df-container'>…</div>"]}
            page["application/vnd.google.colaboratory.intrinsic+json"] = {"type": "dataframe"}
            cell["outputs"] = [{"output_type": "display_data", "data": page, "metadata": {}}]
            cell["metadata"] |= {
                "colab": {"base_uri": "https://localhost:8080/", "height": 206},
                "outputId": "0a1b",
                "executionInfo": {"status": "ok", "elapsed": 3, "user": {"userId": "0"}},
            }


def without_nbgrader(notebook):
    """As Colab saves a notebook that was copied into a new one: text and nothing else."""
    as_colab_saves(notebook)
    for number, cell in enumerate(notebook["cells"]):
        cell["metadata"] = {"id": f"x{number}"}


def as_vs_code_saves(notebook):
    """All of the kernel's language_info, its environment's name, a language for each cell."""
    notebook["nbformat_minor"] = 2
    notebook["metadata"] = {
        "kernelspec": {"display_name": ".venv (3.11.2)", "language": "python", "name": "python3"},
        "language_info": {
            "codemirror_mode": {"name": "ipython", "version": 3},
            "name": "python",
            "version": "3.11.2",
        },
        "orig_nbformat": 4,
        "vscode": {"interpreter": {"hash": "31f2"}},
    }
    for cell in notebook["cells"]:
        cell.pop("id")
        cell["metadata"]["vscode"] = {"languageId": "python"}
        cell["source"] = "".join(cell["source"])  # a text in place of a list of lines is allowed


def as_the_classic_notebook_saves(notebook):
    """Format 4.4, without ids, with the settings of its extensions."""
    notebook["nbformat_minor"] = 4
    notebook["metadata"] |= {"toc": {"base_numbering": 1}, "varInspector": {"cols": {}}}
    for cell in notebook["cells"]:
        cell.pop("id")
        cell["metadata"] |= {"ExecuteTime": {"end_time": "2026-11-28T20:00:00Z"}, "trusted": True}
        if cell["cell_type"] == "code":
            cell["metadata"] |= {"collapsed": True, "scrolled": False}


def first_cell(*sources):
    def change(notebook):
        cells = [nbformat.v4.new_code_cell(source) for source in sources]
        notebook["cells"] = [*map(dict, cells), *notebook["cells"]]

    return raw(change)


def beside(**files):
    """What adds files to the folder: name → text; `__` stands for a slash and `_dot_` for a dot."""

    def do(folder):
        for name, text in files.items():
            path = folder / name.replace("__", "/").replace("_dot_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")

    return do


def whole_folder(change=lambda notebook: None):
    """The students' folder itself, as it is unpacked, worked in and handed in with all it holds."""

    def do(folder):
        for path in folder.iterdir():
            path.unlink()
        with zipfile.ZipFile(folder.parents[2] / "dist/tiny.zip") as archive:
            for name in archive.namelist():
                target = folder / name.removeprefix("tiny/")
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.read(name))
        for name in NAMES:
            tiny.complete(folder / f"{name}.ipynb")
        raw(change)(folder)

    return do


OLDER_HELPERS = beside(
    helpers__tick_dot_py="raise ImportError('of another edition')",
    laboratorio_dot_json='{"assignment": "otro"}',
    LEEME_dot_md="# otro",
)
MOUNT = "from google.colab import drive\ndrive.mount('/content/drive')"

HABITS = [
    Habit("saved by Colab", raw(as_colab_saves), unsaid=("cell number",)),
    Habit("copied into new notebooks of Colab, text alone", whole_folder(without_nbgrader)),
    Habit("saved by VS Code", raw(as_vs_code_saves)),
    Habit("saved by the classic Notebook", raw(as_the_classic_notebook_saves)),
    Habit("the whole folder of the zip, with its cell for Colab", whole_folder()),
    Habit("the whole folder, from Colab", whole_folder(as_colab_saves)),
    Habit("the whole folder, from VS Code", whole_folder(as_vs_code_saves)),
    Habit("helpers and description of another edition beside it", OLDER_HELPERS),
    Habit(
        "what nbgrader leaves in a folder on a hub",
        beside(
            submission_secret_dot_txt="0a1b",
            timestamp_dot_txt="2026-11-28 20:00:00.000000 UTC",
            feedback__2026__1_square_dot_html="<p>de la entrega anterior</p>",
        ),
        unsaid=("left out",),
    ),
    Habit(
        "Drive mounted by a cell of one's own",
        first_cell(MOUNT, "import os\nos.chdir('/content/drive/MyDrive/tiny')"),
        status="student error",
        said=(NOTHING_OF_COLAB,),
    ),
    Habit(
        "Colab's magic commands in cells of one's own",
        first_cell("%cd /content/drive/MyDrive/tiny", "!nvidia-smi", "!ls -la"),
        unsaid=("grader failed",),
    ),
    Habit(
        "a path of Drive on the way to imports",
        first_cell("import sys\nsys.path.append('/content/drive/MyDrive/tiny')"),
    ),
]  # fmt: skip


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    course = tiny.make_course(tmp_path_factory.mktemp("saved"))
    habits.build(course.assignment(tiny.ASSIGNMENT))
    pack(course.assignment(tiny.ASSIGNMENT))
    return habits.graded(course, HABITS)


@pytest.mark.parametrize("habit", HABITS, ids=str)
def test_what_it_earns(habit, results):
    habits.judge(habit, results[habit.name])
