"""An anonymous page tells nobody's id or name, and its numbers tell no order."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_class import in_course, made_up_class

from grading.course import Course
from grading.model.outcome import Status
from grading.reporting.anonymous import CHANGED, anonymous
from grading.reporting.reasons import alike
from grading.reporting.report import Report, write_report_page
from grading.reporting.submissions import Result

# Letters and digits that no other word of the page is made of.
IDS = st.text("QXZ789", min_size=6, max_size=10)
WORDS = st.text("qxzjwk", min_size=5, max_size=9)
CLASSES = st.dictionaries(IDS, st.tuples(WORDS, WORDS).map(" ".join), min_size=1, max_size=20)


@settings(max_examples=15)
@given(names=CLASSES, seed=st.integers(0, 10**6))
def test_a_page_holds_no_id_and_no_name(tmp_path_factory, names, seed):
    found = made_up_class(names, seed)
    course = Course(tmp_path_factory.mktemp("page"))
    page = write_report_page(in_course(course.root, anonymous(found))).read_text()
    for student, full_name in names.items():
        assert student not in page and "../feedback/" not in page
        assert not [word for word in full_name.split() if word in page]


@settings(max_examples=30)
@given(names=CLASSES, seed=st.integers(0, 10**6))
def test_everybody_gets_one_number_and_marks_stay_theirs(names, seed):
    found = made_up_class(names, seed)
    hidden = anonymous(found)
    numbers = [person.name for person in hidden.people]
    assert numbers == [str(n) for n in range(1, len(names) + 1)]
    assert sorted(p.total for p in hidden.people) == sorted(p.total for p in found.people)
    with_ids, without = Report(found), Report(hidden)
    assert with_ids.histogram == without.histogram and with_ids.totals == without.totals
    assert len(with_ids.held) == len(without.held)
    assert {row.verdict for row in with_ids.checks} == {row.verdict for row in without.checks}


def test_numbers_follow_what_the_shuffle_says_and_pairs_have_both_of_theirs():
    found = made_up_class({f"s{n:02}": "" for n in range(10)})
    hidden = anonymous(found, lambda numbers: numbers.reverse())
    assert {person.total for person in hidden.people if person.name in ("3", "2")} == {
        person.total for person in found.people if person.name in ("s07", "s08")
    }
    assert [each.name for each in hidden.submissions] == "2 and 3,4,5,6,7,8,9,10".split(",")


def test_two_pages_of_a_class_have_other_numbers():
    found = made_up_class(40)
    orders = {tuple(person.total for person in anonymous(found).people) for _ in range(5)}
    assert len(orders) == 5


def test_what_was_handed_in_under_a_name_is_not_quoted():
    found = made_up_class(40)
    hidden = anonymous(found)
    unreadable = [
        run.reason
        for each in hidden.submissions
        for run in each.runs.values()
        if run.status is Status.UNREADABLE
    ]
    assert set(unreadable) == {Status.UNREADABLE.advice}
    assert {each.why for each in hidden.submissions} == {"", CHANGED}


def test_a_reason_that_only_one_submission_has_is_left_out():
    found = made_up_class(40)
    counts = [each.count for each in Report(found).reasons]
    kept = [each.count for each in Report(anonymous(found)).reasons]
    assert 1 in counts and min(kept) > 1


def test_of_an_error_only_its_kind_is_told():
    found = made_up_class({"s0": "", "s1": ""})
    submission = found.submissions[0]
    own = "El código se detuvo con un error: ValueError: soy yo.\nOcurrió en f, línea 3: y = 1"
    submission.results["1_rnn", "1_rnn-0-check"] = Result(0, False, own)
    (hidden,) = anonymous(found).submissions
    reason = hidden.results["1_rnn", "1_rnn-0-check"].reason
    assert alike(reason) == "El código se detuvo con un error: ValueError"
    texts = {each.text for run in hidden.runs.values() for each in run.incidents}
    assert texts == {"FileNotFoundError"}


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("la entrega de s0", "la entrega de …"),
        ("s0_lab3.ipynb", "…_lab3.ipynb"),
        ("S0", "…"),
        ("s01", "s01"),
        ("Ana hizo una manzana", "… hizo una manzana"),
        ("/home/ana/x", "/home/…/x"),
    ],
)
def test_ids_and_names_go_out_of_a_text_as_whole_words(text, read):
    found = made_up_class({"s0": "Ana de Paz", "s1": ""})
    run = found.submissions[0].runs["1_rnn"]
    found.submissions[0].runs["1_rnn"] = type(run)(Status.OVER_LIMIT, 0, text)
    (hidden,) = anonymous(found).submissions
    assert hidden.runs["1_rnn"].reason == read


def test_the_page_says_that_numbers_are_drawn_anew(tmp_path):
    path = write_report_page(in_course(tmp_path, anonymous(made_up_class(12))))
    assert path.name == "lab3-anonymous.html"
    assert re.search(r"drawn anew each time", path.read_text())
