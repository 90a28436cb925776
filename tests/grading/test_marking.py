"""Marking by hand: groups, mark schemes, and marks that nobody overwrites unseen."""

import csv
import json
import subprocess
import sys

import pytest
import tiny
import written_class
from hypothesis import given
from hypothesis import strategies as st
from written_class import HOSTILE, STUB, hand_in, picture

from grading.batch.run import run
from grading.marking.answers import answer
from grading.marking.groups import Form, grouped, words
from grading.marking.marks import Change, Stale, Unfit, entries, save
from grading.marking.questions import questions
from grading.marking.rubric import Line, rubric
from grading.marking.showing import View, answer_html, listed, shown_question, shown_states
from grading.masters.reading import read_masters
from grading.people.grades import grades
from grading.reporting.gather import gather
from grading.results.export import export

LINES = {
    "- 1 punto: da la causa.": (1, "da la causa."),
    "- medio punto: solo la nombra.": (0.5, "solo la nombra."),
    "- un punto: da la causa": (1, "da la causa"),
    "- 1 point: gives the cause.": (1, "gives the cause."),
    "- half a point: only names it.": (0.5, "only names it."),
    "* 2 marks: both.": (2, "both."),
    "- 0.25 points: a unit": (0.25, "a unit"),
    "- 1,5 puntos: la unidad": (1.5, "la unidad"),
    "- ½ punto: la unidad": (0.5, "la unidad"),
    "- 2½ points: all of it": (2.5, "all of it"),
}


@pytest.mark.parametrize("line", LINES)
def test_a_line_that_begins_with_marks_can_be_ticked(line):
    assert rubric(f"The scheme.\n\n{line}\n") == [Line(*LINES[line], None)]


@pytest.mark.parametrize(
    "line",
    ["Dos factores del mismo signo.", "- punto: nada", "1 punto: sin guion", "- 3 vacas: no",
     "- 1 punto:", "    - 1 punto: code"],
)  # fmt: skip
def test_other_lines_of_a_scheme_are_only_read(line):
    assert rubric(line) == []


def test_a_line_in_place_of_the_one_above_is_an_alternative_to_it():
    scheme = (
        "- 1 punto: causa\n- medio punto: en lugar de la línea anterior, si no\n"
        "- half a point: Instead of the line above, if not\n- 1 punto: efecto"
    )
    assert [line.instead for line in rubric(scheme)] == [None, 0, 0, None]


def test_the_nine_schemes_of_lab_3_are_lines_whose_sum_is_the_question_s_marks():
    lab3 = tiny.Course(tiny.REPOSITORY).assignment("lab3")
    found = questions(lab3)
    assert len(found) == 9 and all(question.lines for question in found)
    for question in found:
        whole = sum(line.marks for line in question.lines if line.instead is None)
        assert whole == question.points, question.name


EQUAL = {
    "spaces": ("El  signo\n es igual ", "El signo es igual"),
    "case": ("EL SIGNO", "el signo"),
    "accents": ("Así fue más rápido, el año", "asi fue mas rapido el ano"),
    "punctuation": ("¿Sí? «No», dijo…", "si no dijo"),
    "emphasis": ("**Menos** por `b`", "menos por b"),
    "dollars": ("vale $x + 1$", "vale $x+1$"),
}
DIFFERENT = {
    "decimals": ("da 0.5", "da 05"),
    "signs": ("da -1", "da 1"),
    "operators": ("a/b", "a b"),
    "relations": ("si x < 0", "si x > 0"),
    "inequality": ("x ≠ 0", "x = 0"),
    "not equal in code": ("x != 0", "x = 0"),
    "case of a formula": ("la matriz $V$", "la matriz $v$"),
    "signs of a formula": ("es $a-b$", "es $a,b$"),
    "powers": ("x² crece", "x2 crece"),
}


@pytest.mark.parametrize("what", EQUAL)
def test_what_does_not_matter_makes_no_other_answer(what):
    one, other = EQUAL[what]
    assert words(one) == words(other)


@pytest.mark.parametrize("what", DIFFERENT)
def test_what_changes_the_sense_makes_another_answer(what):
    one, other = DIFFERENT[what]
    assert words(one) != words(other)


TEXTS = st.text("ab c", max_size=12)
FORMS = st.dictionaries(
    st.text("xyz", min_size=1, max_size=4),
    st.builds(Form, TEXTS.map(words), st.sampled_from(["", "", "p", "q"])),
    max_size=15,
)


@given(FORMS, st.integers(50, 100), st.sets(st.text("xyz", min_size=1, max_size=2)), st.randoms())
def test_groups_by_law(forms, likeness, apart, chance):
    groups = grouped(forms, likeness, apart, {"a"})
    names = [name for group in groups for variant in group.variants for name in variant]
    assert sorted(names) == sorted(forms)  # each answer is in one group
    for group in groups:
        assert all(group.variants)
        if apart & set(group.variants[0]):
            assert len(group) == 1
        elif group.is_empty:
            assert all(forms[n].words in ("", "a") for v in group.variants for n in v)
        else:
            leader = forms[group.variants[0][0]]
            for variant in group.variants:
                assert len({forms[name] for name in variant}) == 1  # equal ones are one
                assert forms[variant[0]].pictures == leader.pictures
            assert len(group.variants) == 1 or likeness < 100
    sizes = [len(group) for group in groups if not group.is_empty]
    assert sizes == sorted(sizes, reverse=True)
    shuffled = list(forms.items())
    chance.shuffle(shuffled)
    assert grouped(dict(shuffled), likeness, apart, {"a"}) == groups


def test_near_answers_are_together_as_far_as_the_slider_says():
    forms = {"1": Form("la red olvida"), "2": Form("la red olvida"), "3": Form("la red olvido")}
    sizes = {likeness: [len(g) for g in grouped(forms, likeness)] for likeness in (90, 100)}
    assert sizes == {90: [3], 100: [2, 1]}


APART = {
    "a negation": ("El coste no es convexo.", "El coste es convexo."),
    "another number": ("Son 331 millones en total.", "Son 332 millones en total."),
    "a formula's sign": ("Vale cuando $x<1$ en todo caso.", "Vale cuando $x>1$ en todo caso."),
    "an English negation": ("The loss isn't convex in general", "The loss is convex in general"),
}


@pytest.mark.parametrize("pair", APART.values(), ids=APART)
def test_texts_with_other_facts_are_never_put_together(pair):
    forms = {str(n): Form(words(text)) for n, text in enumerate(pair)}
    assert [len(group) for group in grouped(forms, 60)] == [1, 1]


@pytest.fixture(scope="module")
def assignment(tmp_path_factory):
    """Six graded submissions: equal ones, a stub, an empty one, hostile HTML, a picture."""
    course = written_class.make_course(tmp_path_factory.mktemp("course"))
    hand_in(course, "ana", "Mismo signo.")
    hand_in(course, "eva", "mismo  signo")
    hand_in(course, "leo", STUB)
    hand_in(course, "mia", "")
    hand_in(course, "nil", HOSTILE)
    folder = hand_in(
        course, "oto", "![a](attachment:mi%20foto.png) ![b](foto.png) ![c](../../x.png)",
        attachments={"mi foto.png": picture()},
    )  # fmt: skip
    (folder / "foto.png").write_bytes(picture("tab:red"))
    list(run(course.assignment(tiny.ASSIGNMENT)))
    return course.assignment(tiny.ASSIGNMENT)


@pytest.fixture
def question(assignment):
    return next(each for each in questions(assignment) if not each.is_code)


def state(assignment, question, submission):
    """The id of an answer, and what the gradebook holds of it."""
    found = entries(assignment, question).items()
    return next((name, each.state) for name, each in found if each.submission == submission)


def give(assignment, question, submission, mark, comment=None):
    name, seen = state(assignment, question, submission)
    save(assignment, question, {name: Change(seen, seen._replace(
        mark=mark, comment=comment, waits=mark is None))})  # fmt: skip


def test_questions_are_tasks_and_solutions_that_a_person_marks(assignment, question):
    task, plot = questions(assignment)
    assert (task.name, task.points, task.is_code) == ("square-question", 2, False)
    assert "MARK SCHEME" not in task.text and "factores" not in task.text
    assert [line.marks for line in task.lines] == [1, 0.5, 1]
    assert (plot.name, plot.is_code) == ("square-plot", True)
    assert "plt.plot" in plot.scheme and "SOLUTION" not in plot.scheme


def test_the_answer_of_code_is_shown_with_its_plot(assignment):
    plot = questions(assignment)[1]
    assert 'src="data:image/png' in answer_html(answer(assignment, "ana", plot))


def test_equal_answers_are_a_group_and_blank_ones_another(assignment, question):
    groups = shown_question(assignment, question, View(100, (), True))["groups"]
    names = [
        [m["submission"] for variant in group["variants"] for m in variant["members"]]
        for group in groups
    ]
    assert sorted(names[0]) == ["leo", "mia"] and groups[0]["empty"]
    assert sorted(names[1]) == ["ana", "eva"]
    assert sorted(map(tuple, names[2:])) == [("nil",), ("oto",)]


def test_nothing_that_is_sent_names_a_student_unless_asked(assignment, question):
    sent = str(shown_question(assignment, question, View(100, (), False)))
    assert not any(name in sent for name in ("ana", "eva", "'leo", "mia"))


def test_pictures_pasted_and_handed_in_beside_are_shown_and_no_other_file(assignment, question):
    page = answer_html(answer(assignment, "oto", question))
    assert page.count('src="data:image/png;base64,') == 2 and page.count("<img") == 2


def test_a_notebook_with_numbers_that_json_has_not_is_read(assignment, question):
    """Python's own writer puts NaN into metadata and outputs."""
    path = assignment.autograded("eva") / "1_square.ipynb"
    before = path.read_text()
    notebook = json.loads(before)
    notebook["cells"][0]["metadata"]["width"] = float("nan")
    path.write_text(json.dumps(notebook))
    assert answer(assignment, "eva", question).text == "mismo  signo"
    path.write_text(before)


@pytest.mark.parametrize("raw", [b"", b"[1]", b"{}", b'{"cells": 1}', b"\xff", b'{"cells": [{}]}'])
def test_a_damaged_notebook_has_no_answer_and_stops_nothing(assignment, question, raw):
    path = assignment.autograded("leo") / "1_square.ipynb"
    before = path.read_bytes()
    path.write_bytes(raw)
    assert answer(assignment, "leo", question) is None
    path.write_bytes(before)


def test_hostile_html_does_nothing_and_closes_what_it_opens(assignment, question):
    page = answer_html(answer(assignment, "nil", question))
    for active in ("script", "onerror", "javascript:", "<style", "position", "<form", "id="):
        assert active not in page
    assert page.count("<div") == page.count("</div>") and "article" not in page


def test_a_mark_is_nbgraders_and_leaves_when_it_is_undone(assignment, question):
    give(assignment, question, "ana", 1.5, "Bien.")
    with assignment.course.gradebook() as gradebook:
        where = question.name, question.notebook, assignment.name, "ana"
        grade, comment = gradebook.find_grade(*where), gradebook.find_comment(*where)
        assert (grade.manual_score, grade.needs_manual_grade) == (1.5, False)
        assert comment.manual_comment == "Bien."
    give(assignment, question, "ana", None)
    assert tuple(state(assignment, question, "ana")[1]) == (None, None, True)


def test_what_was_marked_elsewhere_is_shown(assignment, question):
    with assignment.course.gradebook() as gradebook:  # as the formgrader does
        grade = gradebook.find_grade(question.name, question.notebook, assignment.name, "eva")
        grade.manual_score, grade.needs_manual_grade = 2, False
        gradebook.db.commit()
    assert state(assignment, question, "eva")[1].mark == 2
    assert listed(assignment)[0]["waiting"] == 5
    give(assignment, question, "eva", None)


def test_a_comment_is_shown_as_markdown_with_formulas_and_does_nothing(assignment, question):
    give(assignment, question, "ana", 1, "*Falta* $x=0$ <img src=x onerror=alert(1)>")
    name = state(assignment, question, "ana")[0]
    (page,) = {each[name]["html"] for each in [shown_states(assignment, question)]}
    assert "<em>Falta</em>" in page and "<math" in page and "onerror" not in page
    give(assignment, question, "ana", None)


def test_an_answer_of_code_waits_until_a_person_marks_it_and_counts_as_written(
    assignment, question, tmp_path
):
    def ana():
        found = next(each for each in grades(assignment) if each.student == "ana")
        return found.automatic, found.written, found.ungraded

    plot = questions(assignment)[1]
    assert ana() == (12, 0, 2)
    give(assignment, question, "ana", 2)
    assert ana() == (12, 2, 1)
    _, warned = export(assignment, "canvas", tmp_path / "canvas.csv")
    assert any("written answers that nobody has marked" in text for text in warned)
    people = {person.name: person.final for person in gather(assignment).people}
    assert not people["ana"]
    give(assignment, plot, "ana", 2.5)
    assert ana() == (12, 4.5, 0)
    give(assignment, question, "ana", None)
    give(assignment, plot, "ana", None)


def test_of_a_stale_page_nothing_is_written(assignment, question):
    names = {each: state(assignment, question, each) for each in ("ana", "eva")}
    give(assignment, question, "eva", 2)
    with pytest.raises(Stale) as told:
        save(assignment, question, {
            name: Change(seen, seen._replace(mark=1.0, waits=False))
            for name, seen in names.values()
        })  # fmt: skip
    assert {n: s.mark for n, s in told.value.now.items()} == {names["eva"][0]: 2}
    assert state(assignment, question, "ana")[1].mark is None
    give(assignment, question, "eva", None)


@pytest.mark.parametrize("mark", [-1, 2.5, float("nan"), float("inf")])
def test_a_mark_that_the_question_has_not_is_refused(assignment, question, mark):
    with pytest.raises(Unfit, match="from 0 to 2"):
        give(assignment, question, "ana", mark)


def published(assignment):
    command = [sys.executable, "-m", "grading", "publish", assignment.name]
    told = subprocess.run(command, cwd=assignment.course.root, capture_output=True, text=True)
    return told.stdout.splitlines()[0], told.stderr


def test_publish_renews_the_feedback_and_counts_those_whose_marks_changed(assignment, question):
    published(assignment)
    assert published(assignment) == ("Feedback renewed: 0", "")
    give(assignment, question, "ana", 2, "**Muy bien** dicho: $x^2$.<script>alert(1)</script>")
    assert published(assignment) == ("Feedback renewed: 1", "")
    page = (assignment.feedback("ana") / "1_square.html").read_text()
    assert "<strong>Muy bien</strong> dicho: <math" in page and "<script" not in page
    subprocess.run([sys.executable, "-m", "nbgrader", "export"], cwd=assignment.course.root)
    rows = csv.DictReader((assignment.course.root / "grades.csv").open())
    assert {row["student_id"]: float(row["score"]) for row in rows}["ana"] == 14
    give(assignment, question, "ana", None)


def test_what_the_masters_provide_below_a_question_is_no_answer(assignment, question):
    assert STUB not in question.provided and STUB in question.given
    assert len(read_masters(assignment)) == 2
