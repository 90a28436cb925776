"""Whatever stands where a notebook should be is read, or refused with a reason."""

import json

import nbformat
import pytest
import tiny
from nbformat import v3
from nbformat.v4 import new_code_cell

from grading.intake.reading import Unreadable, read_notebook

GOOD = nbformat.writes(tiny.masters()["1_square"])
ACCENTED = GOOD.replace("cuadrado", "cuadrado año")


def as_version_3():
    """The notebook as IPython 3 would have saved it."""
    old = v3.new_notebook(worksheets=[v3.new_worksheet(cells=[v3.new_code_cell(input="a = 1")])])
    return v3.writes_json(old).encode()


READABLE = {
    "as JupyterLab saves it": ACCENTED.encode(),
    "with a byte order mark": b"\xef\xbb\xbf" + ACCENTED.encode(),
    "in Latin-1": json.dumps(json.loads(ACCENTED), ensure_ascii=False).encode("latin-1"),
    "in notebook format 3": as_version_3(),
    "with deeply nested metadata": GOOD.replace(
        '"metadata": {', '"metadata": {"x": ' + "[" * 200 + "]" * 200 + ", ", 1
    ).encode(),
}


@pytest.mark.parametrize("raw", READABLE.values(), ids=READABLE)
def test_it_is_read(tmp_path, raw):
    path = tmp_path / "1_square.ipynb"
    path.write_bytes(raw)
    assert read_notebook(path).cells


UNREADABLE = {
    "broken JSON": (b'{"cells": [', "not valid JSON"),
    "empty": (b"", "not valid JSON"),
    "binary": (bytes(range(256)), "not valid JSON"),
    "endlessly nested": (b"[" * 100_000, "not valid JSON"),
    "a list": (b"[1, 2]", "not a notebook"),
    "another JSON": (b'{"a": 1}', "not a notebook"),
    "cells that are no cells": (
        b'{"nbformat": 4, "nbformat_minor": 5, "cells": [7]}',
        "not a note",
    ),
    "a million lists": (
        GOOD.replace('"metadata": {', '"metadata": {"x": [' + "[]," * 10**6 + "0], ", 1).encode(),
        "over 1,000,000 lists and objects",
    ),
    "thousands of cells": (
        nbformat.writes(tiny.notebook(*(new_code_cell("1") for _ in range(2001)))).encode(),
        "over 2000 cells",
    ),
    "a future format": (b'{"nbformat": 9, "nbformat_minor": 0}', "not a notebook"),
}


@pytest.mark.parametrize(("raw", "reason"), UNREADABLE.values(), ids=UNREADABLE)
def test_it_is_refused_with_a_reason(tmp_path, raw, reason):
    path = tmp_path / "1_square.ipynb"
    path.write_bytes(raw)
    with pytest.raises(Unreadable, match=reason):
        read_notebook(path)


def test_a_link_is_refused(tmp_path):
    (tmp_path / "master.ipynb").write_text(GOOD)
    (tmp_path / "1_square.ipynb").symlink_to(tmp_path / "master.ipynb")
    with pytest.raises(Unreadable, match="link"):
        read_notebook(tmp_path / "1_square.ipynb")


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(Unreadable, match="folder"):
        read_notebook(tmp_path)
