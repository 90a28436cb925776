"""Who hands in again: the same answer keeps its mark and comment, another one is marked again."""

import base64
import shutil

import nbformat
import pytest
import tiny
import written_class
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell
from written_class import STUB, picture

from grading.gradebook.answers import Earlier, Given, Kept, settled
from grading.record.answer_text import PicturesBeside, answer_text

TEXTS = st.sampled_from(["", "a", "b", "c"])
GIVEN = st.tuples(st.none() | st.sampled_from([0.0, 1.0, 2.0]), st.none() | st.sampled_from("xyz"))


def recorded(given, kept, texts, points=2):
    """What becomes of an answer that is handed in so many times, and marked by nobody."""
    for text in texts:
        given, kept = settled(given, kept, text, points)
    return given, kept


@given(TEXTS, GIVEN, st.lists(TEXTS, min_size=1, max_size=5))
def test_what_is_handed_in_last_decides_whatever_was_handed_in_between(marked, gave, texts):
    given = Given(*gave, waits=gave[0] is None)
    last = texts[-1]
    now, kept = recorded(given, Kept(marked), texts)
    assert kept.text == last
    if last == marked:
        assert now == given and kept.earlier is None
    elif gave == (None, None):
        assert now == given and kept.earlier is None
    else:
        assert now == Given(None, None, True) and kept.earlier == Earlier(*gave, marked)


@given(TEXTS, GIVEN, GIVEN, st.lists(TEXTS, max_size=3), st.lists(TEXTS, max_size=3))
def test_no_comment_is_lost_until_a_new_mark_is_given(marked, first, second, between, after):
    now, kept = recorded(Given(*first, first[0] is None), Kept(marked), between)
    if now.mark is None and second[0] is None:  # a comment to the answer of now, and no mark yet
        now = now._replace(comment="\n".join(filter(None, (now.comment, second[1]))) or None)
    now, kept = recorded(now, kept, after)
    everything = f"{now.comment} {kept.earlier}"
    assert (first[1] or "") in everything
    assert first[0] in (None, now.mark, kept.earlier and kept.earlier.mark)


@given(TEXTS, TEXTS, TEXTS)
def test_a_new_mark_ends_what_was_earlier(first, second, third):
    _, kept = recorded(Given(1.0, "x", False), Kept(first), [second])
    now, kept = recorded(Given(2.0, "y", False), kept, [second])
    assert now == Given(2.0, "y", False) and kept.earlier is None
    now, kept = recorded(now, kept, [third])
    assert kept.earlier == (None if third == second else Earlier(2.0, "y", second))


def test_a_mark_above_what_the_question_is_worth_now_waits_until_it_is_worth_that_again():
    now, kept = settled(Given(2.0, "x", False), Kept("a"), "a", 1)
    assert now == Given() and kept.earlier == Earlier(2.0, "x", "a")
    assert settled(now, kept, "a", 1) == (now, kept)
    assert settled(now, kept, "a", 2) == (Given(2.0, "x", False), Kept("a"))


def test_where_nobody_knows_what_was_answered_the_mark_stays():
    assert settled(Given(2.0, "x", False), Kept(), "a", 2) == (Given(2.0, "x", False), Kept("a"))


def pasted(name, colour="tab:blue", text="![la curva](attachment:{})"):
    cell = new_markdown_cell(text.format(name))
    raw = base64.b64encode(picture(colour)).decode()
    cell.attachments = {name.replace("%20", " "): {"image/png": raw}}
    return [cell]


RED = "tab:red"
SAME = {
    "spaces at the ends of lines": ("Dos \t\n líneas\n\n", "Dos\r\n líneas"),
    "accents stored in another way": ("más", "ma\u0301s"),
    "blank cells": (["a", "", "  ", "b"], ["a", "b"]),
    "the stub left in": ([STUB, "a"], ["a"]),
    "nothing, and the stub": ("", STUB),
    "a pasted picture under another name": (pasted("a.png"), pasted("image%20b.png")),
    "a pasted picture that is not shown": (pasted("a.png", text="x"), pasted("b.png", RED, "x")),
}
OTHER = {
    "a word": ("nunca es cero", "siempre es cero"),
    "case": ("la matriz v", "la matriz V"),
    "a line more": ("a", "a\nb"),
    "nothing": ("a", ""),
    "another pasted picture": (pasted("a.png"), pasted("a.png", RED)),
    "indentation of code": ("if x:\n    y", "if x:\n  y"),
    "text beyond what is kept": ("a" * 60_000, "a" * 60_001),
}


def text_of(cells, beside=None):
    cells = [cells] if isinstance(cells, str) else cells
    cells = [new_markdown_cell(cell) if isinstance(cell, str) else cell for cell in cells]
    return answer_text(cells, {STUB}, beside or (lambda address: None))


@pytest.mark.parametrize("what", SAME)
def test_the_same_answer(what):
    one, other = SAME[what]
    assert text_of(one) == text_of(other)


@pytest.mark.parametrize("what", OTHER)
def test_another_answer(what):
    one, other = OTHER[what]
    assert text_of(one) != text_of(other)


SHOWN = [
    "![f](foto.png)", "![f](./foto.png)", "![f](<foto.png>)", "<img src=foto.png>",
    "<img src='foto.png'>", "![f][1]\n\n[1]: foto.png", 'Image("foto.png")',
]  # fmt: skip


@pytest.mark.parametrize("source", SHOWN)
def test_a_picture_handed_in_beside_the_notebook_is_part_of_the_answer(tmp_path, source):
    ours, texts = tmp_path / "master", []
    for name, colour in [("a", "tab:blue"), ("b", "tab:blue"), ("c", RED)]:
        (tmp_path / name).mkdir()
        (tmp_path / name / "foto.png").write_bytes(picture(colour))
        cell = new_code_cell(source) if source.startswith("Image") else source
        texts.append(text_of([cell], PicturesBeside(tmp_path / name, ours)))
    assert texts[0] == texts[1] != texts[2]


def test_a_picture_of_the_masters_or_behind_a_link_is_no_part_of_it(tmp_path):
    ours, theirs = tmp_path / "master", tmp_path / "theirs"
    for folder in (ours, theirs):
        folder.mkdir()
        (folder / "figura.png").write_bytes(picture())
    (theirs / "enlace.png").symlink_to(ours / "figura.png")
    for name in ("figura.png", "enlace.png", "../master/figura.png", "/etc/x.png"):
        text = f"![f]({name})"
        assert text_of(text, PicturesBeside(theirs, ours)) == text
