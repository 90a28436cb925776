"""The first cell of the notebooks that students get: it prepares Google Colab, nothing elsewhere.

In Colab there is no folder beside a notebook. The cell mounts the student's Google Drive, finds the
lab's folder in it and works there: `helpers` and the data are found, and the notebooks that
`pack()` packs are those that Colab saves.
"""

import json
import textwrap
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell

from grading.course import Assignment
from grading.words import TEXTS, language
from helpers.hand_in import LAB

CELL_ID = "google-colab"
# The text of the cell, a function that every program but Colab leaves at once. `with_first_cell`
# fills in its empty dictionary with the sentences of `grading.words`.
TEXT = Path(__file__).with_name("colab_cell.py")
# Colab hides the code of a form. JupyterLab and Notebook fold it.
LOOKS = {"cellView": "form", "jupyter": {"source_hidden": True}}


def with_first_cell(notebook: bytes, assignment: Assignment) -> bytes:
    """A released notebook, as the bytes of its file, with the cell for Colab before all others."""
    node = nbformat.reads(notebook.decode(), as_version=4)
    source = TEXT.read_text("utf-8").replace("ASSIGNMENT", assignment.name).strip()
    texts = TEXTS[language()]
    said = {key: text for key, text in texts.items() if key.startswith("colab_")}
    title = said.pop("colab_title")
    sentences = textwrap.indent(json.dumps(said, ensure_ascii=False, indent=4), "    ").strip()
    source = source.replace('"LAB_FILE", {}', f'"{LAB[language()]}", {sentences}')
    source = source.replace("colab_title", title)
    node.cells.insert(0, new_code_cell(source, id=CELL_ID, metadata=LOOKS))
    return f"{nbformat.writes(node)}\n".encode()
