"""What students are told while they work is true, whatever program they work in."""

from collections.abc import Callable
from dataclasses import dataclass

import nbformat
import pytest
from front_ends import Session
from nbformat.v4 import new_code_cell, new_notebook

LAB = {"1_uno": 5, "2_dos": 3}
NOTEBOOKS = {
    "1_uno": {
        "imports": "from helpers import tick",
        "answer": "def double(x):\n    return 2 * x",
        "check": "# Doble\nwith tick.marks(5):\n    assert double(2) == 4",
        "tally": f"tick.summarise_marks('1_uno', lab={LAB})",
    },
    "2_dos": {
        "imports-2": "from helpers import tick",
        "answer-2": "name = 'hola'",
        "check-2": "# Nombre\nwith tick.marks(3):\n    assert name == 'hola'",
        "tally-2": f"tick.summarise_marks('2_dos', lab={LAB})",
    },
}
UNSAVED = "cambios sin guardar"


class Desk:
    """A student at work on two notebooks in a folder, in one kernel."""

    def __init__(self, session, folder):
        self.session, self.folder = session, folder
        self.cells = {name: dict(cells) for name, cells in NOTEBOOKS.items()}

    def save(self, name="1_uno", file="", ids=True):
        """Save a notebook. ids: whether the format of the file has ids of cells."""
        cells = [
            new_code_cell(
                source,
                id=id_,
                metadata={"nbgrader": {"grade_id": id_, "solution": id_.startswith("answer")}},
            )
            for id_, source in self.cells[name].items()
        ]
        notebook = new_notebook(cells=cells)
        if not ids:
            notebook.nbformat_minor = 4
            for cell in cells:
                del cell["id"]
        text = nbformat.writes(notebook, version=nbformat.NO_CONVERT)
        (self.folder / f"{file or name}.ipynb").write_text(text, "utf-8")

    def edit(self, id_, source, name="1_uno"):
        self.cells[name][id_] = source

    def run(self, *ids, name="1_uno"):
        """Run cells, all of them without `ids`; returns what the last one shows."""
        order = list(self.cells[name])
        for id_ in ids or order:
            place = order.index(id_)
            shown = self.session.run(self.cells[name][id_], id_, place, name)
        return shown


@dataclass(frozen=True)
class Work:
    """One row: what is done at the desk, which gives the tally, and what that must (not) say."""

    name: str
    do: Callable[[Desk], str]
    said: tuple[str, ...] = ("5 / 5 marks",)
    unsaid: tuple[str, ...] = (UNSAVED,)
    once: str = "Doble"  # stands in a single row of the table

    def __str__(self):
        return self.name


def saved_and_run(desk):
    desk.save()
    return desk.run()


def without_a_file(desk):
    return desk.run()


def edited_back(desk):
    desk.run()
    desk.edit("answer", "def double(x):\n    return x + x + 1")
    desk.run("answer", "check")
    desk.edit("answer", NOTEBOOKS["1_uno"]["answer"])
    desk.save()
    return desk.run("tally")


def never_saved_after_an_edit(desk):
    desk.save()
    desk.edit("answer", "def double(x):\n    return x + x")
    return desk.run()


def two_notebooks(desk):
    desk.save()
    desk.save("2_dos")
    desk.run(name="2_dos")
    return desk.run()


def ids_made_again(desk):
    desk.run()
    cells = desk.cells["1_uno"]
    desk.cells["1_uno"] = {
        f"{id_}-{'x' if id_ == 'answer' else 'y'}": source for id_, source in cells.items()
    }
    desk.save()
    return desk.run("tally-y")


def file_without_ids(desk):
    desk.save(ids=False)
    return desk.run()


def renamed(desk):
    desk.save(file="1_uno_Ana")
    return desk.run()


def renamed_copy(desk):
    desk.edit("answer", "# TODO")
    desk.save()
    desk.edit("answer", NOTEBOOKS["1_uno"]["answer"])
    desk.save(file="1_uno_Ana")
    return desk.run()


def with_magic(id_, magic="%%time"):
    def do(desk):
        desk.save()
        desk.run()
        desk.edit(id_, f"{magic}\n{desk.cells['1_uno'][id_]}")
        desk.run(id_)
        desk.save()
        return desk.run("check", "tally")

    return do


def check_edited_below_a_magic(desk):
    desk.edit("check", "%%time\n" + desk.cells["1_uno"]["check"])
    desk.run()
    desk.edit("check", desk.cells["1_uno"]["check"].replace("# Doble", "# Doble\n\n"))
    desk.run("check")
    desk.save()
    return desk.run("tally")


def check_edited(desk):
    desk.run()
    desk.edit("check", "\n" + desk.cells["1_uno"]["check"] + "  # pasa")
    desk.save()
    return desk.run("check", "tally")


def answer_before_the_imports(desk):
    cells = desk.cells["1_uno"]
    desk.cells["1_uno"] = {id_: cells[id_] for id_ in ("answer", "imports", "check", "tally")}
    desk.save()
    return desk.run()


def spaces_taken_out_on_save(desk):
    desk.edit("answer", "def double(x):   \n    return 2 * x\n")
    desk.run()
    desk.edit("answer", NOTEBOOKS["1_uno"]["answer"])
    desk.save()
    return desk.run("tally")


def optional_answer_emptied(desk):
    desk.cells["1_uno"] = {"answer-optional": "", **desk.cells["1_uno"]}
    desk.save()
    return desk.run(*NOTEBOOKS["1_uno"])


PLACES = ("JupyterLab", "VS Code", "Colab", "PyCharm", "classic Notebook")
ROWS = [
    *[(place, Work("saved, then run to the end", saved_and_run)) for place in PLACES],
    *[(place, Work("the file is not beside the kernel", without_a_file)) for place in PLACES[1:3]],
    *[
        (place, Work("two notebooks in one kernel", two_notebooks, ("5 / 5 marks", "8 / 8"),
                     (UNSAVED, "✓  3 / 3  Nombre")))
        for place in ("JupyterLab", "VS Code", "classic Notebook")
    ],
    *[
        (place, Work("an answer that is not saved", never_saved_after_an_edit,
                     ("5 / 5 marks", UNSAVED), ()))
        for place in ("JupyterLab", "VS Code", "Colab", "classic Notebook")
    ],
    *[
        (place, Work("saved as it was before it was run last", edited_back,
                     ("0 / 5 marks", UNSAVED), ()))
        for place in ("JupyterLab", "VS Code")
    ],
    ("JupyterLab", Work("ids made again on save", ids_made_again)),
    ("JupyterLab", Work("a file of a format without ids", file_without_ids)),
    ("JupyterLab", Work("the notebook renamed", renamed)),
    ("JupyterLab", Work("a renamed copy beside the notebook", renamed_copy,
                        ("1_uno.ipynb tiene cambios sin guardar",), ("Este cuaderno",))),
    ("VS Code", Work("%%time above the answer", with_magic("answer"))),
    *[
        (place, Work("%%time above the check", with_magic("check"), ("5 / 5 marks", "Doble"),
                     (UNSAVED, "Ejercicio 1", "Comprobación 1")))
        for place in ("JupyterLab", "VS Code")
    ],
    ("classic Notebook", Work("%%capture above the answer", with_magic("answer", "%%capture"))),
    *[
        (place, Work("the check edited", check_edited, ("5 / 5 marks",),
                     (UNSAVED, "10 / ")))
        for place in PLACES
    ],
    ("VS Code", Work("a check edited below a magic", check_edited_below_a_magic,
                     ("5 / 5 marks",))),
    *[
        (place, Work("an answer above the import of helpers", answer_before_the_imports))
        for place in ("JupyterLab", "VS Code")
    ],
    ("VS Code", Work("spaces at ends of lines, taken out on save", spaces_taken_out_on_save)),
    ("JupyterLab", Work("an optional answer emptied", optional_answer_emptied)),
]  # fmt: skip


@pytest.mark.parametrize(("place", "work"), ROWS, ids=lambda value: str(value))
def test_what_the_tally_says(place, work, tmp_path):
    with Session(tmp_path, place) as session:
        shown = work.do(Desk(session, tmp_path))
    for text in work.said:
        assert text in shown, shown
    for text in work.unsaid:
        assert text not in shown, shown
    assert shown.count(work.once) == 1, shown
