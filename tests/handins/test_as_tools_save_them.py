"""A notebook that a tool saved in its own way, or damaged, earns what its answers are worth."""

import json

import pytest
import tiny
from habits import Habit, as_shown, graded, judge

SQUARE, CUBE, ANSWER = 2, 4, 7  # where these cells stand in 1_square


def saved(change, name="1_square"):
    """What changes the JSON of a notebook: `change` gets it, and may return another one."""

    def do(folder):
        path = folder / f"{name}.ipynb"
        data = json.loads(path.read_text("utf-8"))
        path.write_text(json.dumps(change(data) or data), "utf-8")

    return do


def cell(place, change):
    """What changes the JSON of one cell."""
    return saved(lambda data: change(data["cells"][place]))


def put(place, key, value):
    """Give a key of a cell another value."""
    return cell(place, lambda each: each.update({key: value}))


def drop(place, key):
    return cell(place, lambda each: each.pop(key, None) and None)


def top(**values):
    """Give keys of the notebook itself other values; None takes a key out."""

    def change(data):
        data.update(values)
        return {key: value for key, value in data.items() if value is not None}

    return saved(change)


def add_cell(place, value):
    return saved(lambda data: data["cells"].insert(place, value))


def lines_with(*odd):
    """The text of the first answer as a list of lines, with something else among them."""

    def change(each):
        each["source"] = [*odd, *each["source"], *odd]

    return cell(SQUARE, change)


def odd_number(each):
    each["source"] += ["\nlado = ", 4]


def as_worksheets(data):
    """The notebook as IPython 2 saved it."""
    cells = [dict(each) for each in data["cells"]]
    for each in cells:
        each.pop("id", None)
        if each["cell_type"] == "code":
            each["input"] = "".join(each.pop("source"))
    cells.insert(0, {"cell_type": "heading", "level": 2, "source": "Laboratorio"})
    return {"metadata": {"name": ""}, "nbformat": 3, "nbformat_minor": 0,
            "worksheets": [{"cells": cells, "metadata": {}}]}  # fmt: skip


def same_ids(data):
    for each in data["cells"]:
        each["id"] = "celda"


def number_ids(data):
    for number, each in enumerate(data["cells"]):
        each["id"] = number


def heavy(outputs):
    """Give the first answer outputs that no grading uses."""

    def change(data):
        data["cells"][SQUARE]["outputs"] = outputs()

    return saved(change)


def picture():
    data = {"image/png": "A" * 60_000_000}
    return [{"output_type": "display_data", "data": data, "metadata": {}}]


def numbers():
    data = {"application/vnd.plotly.v1+json": {"data": [[] for _ in range(1_200_000)]}}
    return [{"output_type": "display_data", "data": data, "metadata": {}}]


def tricky_outputs(data):
    """Outputs whose texts look like the ends of texts and lists, and not numbers."""
    data["cells"][SQUARE]["outputs"] = [
        {"output_type": "stream", "name": "stdout", "text": '"outputs": [ ]]} \\" { \\\\'},
        {"output_type": "display_data", "data": {"x": [float("nan"), float("inf")]}},
    ]


def utf16(folder):
    path = folder / "1_square.ipynb"
    path.write_bytes(path.read_text("utf-8").encode("utf-16"))


def without_ids(data):
    for each in data["cells"]:
        each.pop("id", None)
        each["metadata"] = {}
    data |= {"nbformat": 4, "nbformat_minor": 0}


def rewrite(place, source):
    def change(data):
        data["cells"][place]["source"] = source

    return change


def all_of(*changes, name="1_square"):
    """What makes several changes one after another, of what students have."""

    def change(data):
        for each in changes:
            data = each(data) or data
        return data

    def do(folder):
        as_shown(name, lambda notebook: None)(folder)
        saved(change, name)(folder)

    return do


def by_colab(data):
    """Ids in the metadata, and metadata of Colab's."""
    for number, each in enumerate(data["cells"]):
        each["metadata"] = {"id": each.pop("id"), "outputId": f"o{number}"}
    data |= {"nbformat": 4, "nbformat_minor": 0}
    data["metadata"]["colab"] = {"provenance": []}


def by_deepnote(data):
    without_ids(data)
    for number, each in enumerate(data["cells"]):
        each["metadata"] = {"cell_id": f"{number:032x}", "deepnote_cell_type": each["cell_type"]}


def new_ids(data):
    without_ids(data)
    for number, each in enumerate(data["cells"]):
        each["id"] = f"{number:08x}"


def trailing_space(data):
    """The end of each line as Windows has it, and a line more at the end."""
    for each in data["cells"]:
        each["source"] = "".join(each["source"]).replace("\n", "\r\n") + "\n"


def backwards(data):
    """Each answer below its check."""
    cells = data["cells"]
    cells[2], cells[3], cells[4], cells[5] = cells[3], cells[2], cells[5], cells[4]


def pairs_cells(data):
    """The other one's cells between."""
    other = {"cell_type": "code", "metadata": {}, "source": "print('pareja')", "outputs": [],
             "execution_count": None}  # fmt: skip
    note = {"cell_type": "markdown", "metadata": {}, "source": "Mi parte."}
    data["cells"][2:2] = [other, note]
    data["cells"][6:6] = [note, other]


def only_answers(data):
    data["cells"] = [data["cells"][place] for place in (SQUARE, CUBE, ANSWER)]


def merged_text(data):
    """The question and its answer in one cell, as a text file without cells has them."""
    question, answer = data["cells"][ANSWER - 1], data["cells"].pop(ANSWER)
    question["source"] = [*question["source"], "\n\n", *answer["source"]]


LAMBDA = "import math\nsquare = lambda lado: math.prod([lado, lado])"
WRITTEN = "El producto de dos números del mismo signo es positivo."
BLANK = "Escriban aquí"
LOST_ANSWER = {"square-check": 0, "cube-check": 0, "name-check": 4}
HABITS = [
    Habit("a text cell without text", drop(0, "source"), said=("cell number 1 (square-title)",)),
    Habit("an answer without text", drop(SQUARE, "source"), LOST_ANSWER,
          said=("cell number 3 (square): has no text", "no trae texto")),
    Habit("a text that is null", put(0, "source", None), said=("Celda número 1",)),
    Habit("a cell without metadata", drop(SQUARE, "metadata"), said=("cell number 3 (square)",)),
    Habit("metadata that is a list", put(SQUARE, "metadata", []), said=("Celda número 3",)),
    Habit("metadata that is null", put(CUBE, "metadata", None), said=("Celda número 5",)),
    Habit("a heading as older notebooks had it", put(0, "cell_type", "heading"),
          said=("cell number 1 (square-title)",)),
    Habit("a cell for a database", add_cell(2, {"cell_type": "sql", "source": "SELECT 1",
          "metadata": {}}), said=("cell number 3",)),
    Habit("an answer that calls itself Python", put(SQUARE, "cell_type", "python")),
    Habit("a cell without a kind", drop(CUBE, "cell_type")),
    Habit("a kind that is a number", put(CUBE, "cell_type", 7)),
    Habit("outputs that are null", put(SQUARE, "outputs", None)),
    Habit("outputs that are an object", put(SQUARE, "outputs", {"a": [1]})),
    Habit("outputs that are a text", put(SQUARE, "outputs", "listo")),
    Habit("outputs with a null among them", put(SQUARE, "outputs", [None])),
    Habit("no outputs and no count", cell(SQUARE, lambda each: (each.pop("outputs"),
          each.pop("execution_count")) and None)),
    Habit("attachments that are a list", put(ANSWER, "attachments", [1]),
          said=("cell number 8 (square-answer)",)),
    Habit("attachments that are no pictures", put(ANSWER, "attachments", {"a.png": 5})),
    Habit("no notebook metadata", top(metadata=None)),
    Habit("notebook metadata that is a list", top(metadata=[1])),
    Habit("a text with a null among its lines", lines_with(None), said=("Celda número 3",)),
    Habit("a text with a number among its lines", cell(SQUARE, odd_number)),
    Habit("a null among the cells", add_cell(1, None), said=("cell number 2: is no cell",
          "Celda número 2: no es una celda")),
    Habit("a text among the cells", add_cell(1, "hola")),
    Habit("ids that are numbers", saved(number_ids)),
    Habit("one id for all cells", saved(same_ids)),
    Habit("no minor number of the format", top(nbformat_minor=None)),
    Habit("a minor number of the format that is to come", top(nbformat_minor=99)),
    Habit("the format as a text", top(nbformat="4")),
    Habit("no format", top(nbformat=None)),
    Habit("a format that is to come", top(nbformat=5)),
    Habit("worksheets", saved(as_worksheets), unsaid=("cell number", "Celda número")),
    Habit("Colab, with ids in the metadata", all_of(by_colab, rewrite(SQUARE, LAMBDA),
          rewrite(ANSWER, WRITTEN)), said=(WRITTEN,), unsaid=(BLANK, "came without ids")),
    Habit("no ids and another way to write it", all_of(without_ids, rewrite(SQUARE, LAMBDA))),
    Habit("no ids and a written answer", all_of(without_ids,
          rewrite(ANSWER, WRITTEN)), said=(WRITTEN, "square-answer"), unsaid=(BLANK,)),
    Habit("no ids, and the question and its answer in one cell", all_of(
          rewrite(ANSWER, WRITTEN), merged_text, without_ids), said=(WRITTEN,), unsaid=(BLANK,)),
    Habit("Deepnote", all_of(by_deepnote, rewrite(CUBE,
          "def cube(n):\n    return n ** 3"), rewrite(ANSWER, WRITTEN)), said=(WRITTEN,),
          unsaid=(BLANK,)),
    Habit("new ids and another way to write it", all_of(new_ids, rewrite(SQUARE, LAMBDA))),
    Habit("Windows' ends of lines and no ids", all_of(trailing_space, without_ids,
          rewrite(SQUARE, LAMBDA))),
    Habit("no ids and each answer below its check", all_of(backwards, without_ids)),
    Habit("no ids and a pair's cells between", all_of(rewrite(CUBE,
          "cube = lambda a: a * a * a"), pairs_cells, without_ids)),
    Habit("the answers alone, without ids", all_of(without_ids, rewrite(SQUARE, LAMBDA),
          only_answers)),
    Habit("no ids, and a name that a test reads", saved(lambda data: (without_ids(data),
          rewrite(1, "saludo = 'ho' + 'la'\nname = saludo")(data)) and None, "2_name")),
    Habit("UTF-16, as PowerShell writes it", utf16),
    Habit("a picture of 60 MB among the outputs", heavy(picture), unsaid=("unreadable",)),
    Habit("a million lists among the outputs", heavy(numbers)),
    Habit("widgets with a million lists", top(metadata={"widgets": [[]] * 1_200_000})),
    Habit("outputs that look like the ends of lists", saved(tricky_outputs)),
]  # fmt: skip


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return graded(tiny.make_course(tmp_path_factory.mktemp("tools")), HABITS)


@pytest.mark.parametrize("habit", HABITS, ids=str)
def test_what_it_earns(habit, results):
    judge(habit, results[habit.name])
