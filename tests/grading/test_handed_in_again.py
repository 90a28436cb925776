"""Who hands in again: the same answer keeps its mark and comment, another one is marked again."""

import base64
import html
import re
import shutil
import signal
import sqlite3
import subprocess
import sys

import pytest
import tiny
import written_class
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell
from written_class import STUB, picture

from grading.batch.run import Options, run
from grading.course import Course
from grading.gradebook.answers import Earlier, Given, Kept, settled, waiting_again
from grading.intake.beside import students_files
from grading.marking.changed import changed_html
from grading.marking.marks import Change, Stale, State, entries, save
from grading.marking.questions import questions
from grading.marking.showing import View, listed, shown_question
from grading.masters.build import build
from grading.record.answer_text import answer_text, pictures_among
from grading.record.recorder import Recorder
from grading.results.forget import forget, traces

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
    "![f](foto.png)", "![f](Foto.PNG)", "![f](./foto.png)", "![f](<foto.png>)",
    "<img src=foto.png>", "<img src='foto.png'>", "![f][1]\n\n[1]: foto.png", 'Image("foto.png")',
]  # fmt: skip


def handed_in(recorded, ours):
    return pictures_among(students_files(recorded, recorded.with_name("submitted"), ours))


@pytest.mark.parametrize("source", SHOWN)
def test_a_picture_handed_in_beside_the_notebook_is_part_of_the_answer(tmp_path, source):
    ours, texts = tmp_path / "master", []
    for name, colour in [("a", "tab:blue"), ("b", "tab:blue"), ("c", RED)]:
        (tmp_path / name).mkdir()
        (tmp_path / name / "foto.png").write_bytes(picture(colour))
        cell = new_code_cell(source) if source.startswith("Image") else source
        texts.append(text_of([cell], handed_in(tmp_path / name, ours)))
    assert texts[0] == texts[1] != texts[2]


def test_a_picture_of_the_masters_or_behind_a_link_is_no_part_of_it(tmp_path):
    ours, theirs = tmp_path / "master", tmp_path / "theirs"
    for folder in (ours, theirs):
        folder.mkdir()
        (folder / "figura.png").write_bytes(picture())
    (theirs / "enlace.png").symlink_to(ours / "figura.png")
    for name in ("figura.png", "enlace.png", "../master/figura.png", "/etc/x.png"):
        text = f"![f]({name})"
        assert text_of(text, handed_in(theirs, ours)) == text


MARK, PLOT_MARK, COMMENT = 1.5, 2.0, "Bien visto."
PASTED, BESIDE = "![a](attachment:a.png)", "![a](foto.png)"
VARYING = "print(object()); plt.show()"


def plain(text, **more):
    return lambda folder: (folder / "1_square.ipynb").write_bytes(
        written_class.notebook(text, **more)
    )


def beside(colour):
    def hand_in(folder):
        plain(BESIDE)(folder)
        (folder / "foto.png").write_bytes(picture(colour))

    return hand_in


# What is handed in first and then; which of task and plot wait for marking again then.
HANDED_IN = {
    "same": (plain("Signo.", plot=VARYING), plain("Signo.", plot=VARYING), ()),
    "spaces": (plain("Dos\nlíneas."), plain("Dos  \nlíneas.\n\n"), ()),
    "changed": (plain("Nunca es cero."), plain("Siempre es cero."), ("task",)),
    "pasted": (
        plain(PASTED, attachments={"a.png": picture()}),
        plain(PASTED, attachments={"a.png": picture(RED)}),
        ("task",),
    ),
    "beside": (beside("tab:blue"), beside(RED), ("task",)),
    "beside-same": (beside("tab:blue"), beside("tab:blue"), ()),
    "emptied": (plain("Signo."), plain(""), ("task",)),
    "written": (plain(STUB), plain("Signo."), ("task",)),
    "code": (plain("Signo."), plain("Signo.", plot="plt.grid(); plt.show()"), ("plot",)),
    "gone": (
        plain("Signo."), lambda folder: (folder / "1_square.ipynb").unlink(), ("task", "plot"),
    ),
}  # fmt: skip
QUESTIONS = {"task": ("square-question", MARK), "plot": ("square-plot", PLOT_MARK)}


@pytest.fixture(scope="module")
def marked(tmp_path_factory):
    """A class that was graded, and marked by hand to the end."""
    course = written_class.make_course(tmp_path_factory.mktemp("again"))
    for student, (first, _, _) in HANDED_IN.items():
        first(tiny.hand_in(course, student))
    list(run(course.assignment(tiny.ASSIGNMENT)))
    with course.gradebook() as gradebook:
        for student in HANDED_IN:
            for name, mark in QUESTIONS.values():
                where = name, "1_square", tiny.ASSIGNMENT, student
                grade = gradebook.find_grade(*where)
                grade.manual_score, grade.needs_manual_grade = mark, False
                gradebook.find_comment(*where).manual_comment = COMMENT
        gradebook.db.commit()
    return course


@pytest.fixture(scope="module")
def again(marked, tmp_path_factory):
    """The same class, all handed in again and run, nothing of it marked since."""
    course = copy_of(marked, tmp_path_factory.mktemp("copy"))
    for student, (_, then, _) in HANDED_IN.items():
        then(course.submitted / student / tiny.ASSIGNMENT)
    list(run(course.assignment(tiny.ASSIGNMENT), Options(force=True)))
    return course


def copy_of(course, folder):
    return Course(shutil.copytree(course.root, folder / "course"))


def state(course, student, what):
    """Mark by hand, comment, whether it waits, and what it counts."""
    with course.gradebook() as gradebook:
        where = QUESTIONS[what][0], "1_square", tiny.ASSIGNMENT, student
        grade, comment = gradebook.find_grade(*where), gradebook.find_comment(*where)
        return grade.manual_score, comment.manual_comment, grade.needs_manual_grade, grade.score


@pytest.mark.parametrize("student", HANDED_IN)
def test_what_was_marked_stays_with_the_same_answer_and_leaves_with_another(again, student):
    for what, (_, mark) in QUESTIONS.items():
        is_other = what in HANDED_IN[student][2]
        expected = (None, None, True, 0) if is_other else (mark, COMMENT, False, mark)
        assert state(again, student, what) == expected, what


def test_the_page_shows_what_was_given_before_and_what_changed_and_the_feedback_does_not(again):
    assignment = again.assignment(tiny.ASSIGNMENT)
    task, plot = questions(assignment)
    groups = shown_question(assignment, task, View(100, (), True))["groups"]
    shown = {
        each["submission"]: each["earlier"]
        for group in groups for variant in group["variants"] for each in variant["members"]
    }  # fmt: skip
    assert {name for name, each in shown.items() if each} == {
        name for name, (_, _, others) in HANDED_IN.items() if "task" in others
    }
    assert shown["changed"] == {
        "mark": MARK, "comment": COMMENT,
        "changed": "<del>Nunca</del><ins>Siempre</ins> es cero.",
    }  # fmt: skip
    assert shown["beside"]["changed"].count("[picture a ") == 2
    page = (assignment.feedback("changed") / "1_square.html").read_text()
    assert page.count(COMMENT) == 1  # that of the plot, which did not change
    again_count = sum(len(others) for _, _, others in HANDED_IN.values())
    assert waiting_again(again, tiny.ASSIGNMENT) == again_count
    assert listed(assignment)[0]["waiting"] == len(HANDED_IN) - 4


def test_a_page_that_shows_the_answer_before_can_give_it_no_mark(marked, again):
    task = questions(again.assignment(tiny.ASSIGNMENT))[0]
    pages = [
        {each.submission: name for name, each in entries(of, task).items()}
        for of in (marked.assignment(tiny.ASSIGNMENT), again.assignment(tiny.ASSIGNMENT))
    ]
    assert pages[0]["same"] == pages[1]["same"]
    shown = pages[0]["changed"]
    with pytest.raises(Stale) as told:
        save(again.assignment(tiny.ASSIGNMENT), task, {shown: Change(State(None, None, True),
             State(1.0, None, False))})  # fmt: skip
    assert told.value.now == {shown: None}


@pytest.mark.parametrize("lost", ["nothing", "autograded", "the kit's table"])
def test_a_class_that_is_run_again_keeps_every_mark_whatever_the_master_says(
    marked, tmp_path, lost
):
    course = copy_of(marked, tmp_path)
    masters = written_class.masters()
    for cell in masters["1_square"].cells:
        cell.source = cell.source.replace("- 1 punto: dice que", "- 1 punto: escribe que")
        if lost == "nothing":  # a question is worded anew after the class has it
            cell.source = cell.source.replace("un número nunca", "cualquier número nunca")
    tiny.write_masters(course.root, masters)
    build(course.assignment(tiny.ASSIGNMENT))
    if lost == "autograded":
        shutil.rmtree(course.autograded)
    if lost == "the kit's table":  # a gradebook of before there was one
        with sqlite3.connect(course.root / "gradebook.db") as database:
            database.execute("DROP TABLE grading_answer")
    with Recorder(course.assignment(tiny.ASSIGNMENT)) as recorder:
        for student in ("same", "beside", "written"):
            recorder.record(student)
    for student in ("same", "beside", "written"):
        for what, (_, mark) in QUESTIONS.items():
            assert state(course, student, what) == (mark, COMMENT, False, mark), (student, what)


KILLED = """\
import os, signal, sys
from pathlib import Path
from grading.course import Course
from grading.record import conversion
from grading.record.recorder import Recorder

put = conversion._put_in_place
conversion._put_in_place = lambda *of: put(*of) or os.kill(os.getpid(), signal.SIGKILL)
with Recorder(Course(Path(sys.argv[1])).assignment("tiny")) as recorder:
    recorder.record("changed")
"""


def test_killed_before_the_marks_are_kept_no_mark_is_lost(marked, tmp_path):
    course = copy_of(marked, tmp_path)
    HANDED_IN["changed"][1](course.submitted / "changed" / tiny.ASSIGNMENT)
    done = subprocess.run([sys.executable, "-c", KILLED, str(course.root)])
    assert done.returncode == -signal.SIGKILL
    assert state(course, "changed", "task") == (MARK, COMMENT, False, MARK)
    with Recorder(course.assignment(tiny.ASSIGNMENT)) as recorder:
        recorder.record("changed")
    assert state(course, "changed", "task") == (None, None, True, 0)
    assert waiting_again(course, tiny.ASSIGNMENT) == 1


def test_who_is_forgotten_leaves_no_answer_in_the_gradebook_nor_in_its_copies(again, tmp_path):
    course = copy_of(again, tmp_path)
    for text in ("Nunca es cero", "Siempre es cero"):
        assert text.encode() in (course.root / "gradebook.db").read_bytes()
    forget(course, traces(course, "changed"))
    for path in course.root.glob("gradebook.db*"):
        assert b"unca es cero" not in path.read_bytes()
        assert b"iempre es cero" not in path.read_bytes()


DIFFERENCES = {
    "a word": ("Es igual.", "Es otro.", "Es<del> igual</del><ins> otro</ins>."),
    "nothing before": ("", "Ya está", "<ins>Ya está</ins>"),
    "markup": ("a <b>", "a <i>", "a &lt;<del>b</del><ins>i</ins>&gt;"),
    "one word that stayed between changes": (
        "uno dos tres", "cuatro dos cinco", "<del>uno dos tres</del><ins>cuatro dos cinco</ins>",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", DIFFERENCES)
def test_what_changed_is_told_word_by_word(what):
    before, after, told = DIFFERENCES[what]
    assert changed_html(before, after) == told


def test_what_changed_in_code_is_told_line_by_line():
    told = changed_html("a = 1\nprint(a)", "a = 1\nreturn a", code=True)
    assert told == "a = 1\n<del>print(a)</del><ins>return a</ins>"


@given(st.text("ab <&>\n.", max_size=20), st.text("ab <&>\n.", max_size=20))
def test_both_texts_can_be_read_in_what_changed(before, after):
    page = changed_html(before, after)
    old = html.unescape(re.sub(r"<ins>.*?</ins>|</?del>", "", page, flags=re.DOTALL))
    new = html.unescape(re.sub(r"<del>.*?</del>|</?ins>", "", page, flags=re.DOTALL))
    assert (old, new) == (before.strip(), after.strip())
