"""A class of 40, marked to its end in Chromium by keys alone; nothing breaks out of a card."""

import csv
import json
import os
import urllib.request
from pathlib import Path

import pytest
import tiny
import written_class
from click.testing import CliRunner
from jupyter_process import jupyter_server
from playwright.sync_api import expect
from written_class import STUB, hand_in, picture

import grading.marking
from grading.batch.run import run
from grading.cli import main
from grading.marking.marks import entries
from grading.marking.questions import questions

MOST = 4  # keys for a group
EVIL = {
    "tags that are not closed": "<div><table><tr><td><b><i>abierto <ul><li>más <details>",
    "tags that close the page": "</p></div></section></article></main></body></html>fuera",
    "a script": "<script>top.hacked=1</script><svg onload='top.hacked=1'><circle/></svg>",
    "handlers": "<img src=x onerror='top.hacked=1'><b onclick='top.hacked=1' autofocus>clic</b>",
    "links that run": "[a](javascript:top.hacked=1) <a href='&#106;avascript:top.hacked=1'>b</a>",
    "a style sheet": "<style>*{display:none!important}</style><link rel=stylesheet href=/x>texto",
    "what covers": "<div style='position:fixed;inset:0;z-index:2147483647;color:red'>tapa</div>",
    "what shifts": "<div style='margin:-9999px;transform:scale(99);float:left'>corre</div>",
    "another address": "<base href='https://example.org'><meta http-equiv=refresh content='0;/'>va",
    "a form": "<form action='/'><input name=mark id=mark><button id=undo>pulsa</button></form> ve",
    "names of the page": "<a id=groups name=groups>uno</a><img name=body id=said><p id=done>2</p>",
    "frames": "<iframe srcdoc='<script>top.hacked=1</script>'></iframe><object data=/x>marco",
    "formulas": r"$\href{javascript:top.hacked=1}{x}$ $$\frac{1}{0}$$ $\unknown{$ cuesta $5 y $10",
    "very long": "larguísimo " * 1800 + "x" * 3000,
}
PICTURES = {"foto": "![foto](attachment:foto.png)"}
KEYS = [["a"], ["a", "c"], ["1", "h"], ["0"]]  # for the groups, in turns; then Enter


def answers():
    """Forty answers: equal, near, empty, with a picture, hostile."""
    equal = ["Mismo signo.", "mismo signo", "  MISMO signo "] * 3
    near = [
        f"El producto de dos factores del mismo signo es positivo, caso {n}."
        for n in "abcdefghijkl"
    ]
    texts = [*equal, *near, STUB, "", STUB, *PICTURES.values(), *EVIL.values(), "$x^2 \\ge 0$"]
    assert len(texts) == 40
    return {f"s{number:02}": text for number, text in enumerate(texts)}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The tiny course with its question, answered by 40 and run."""
    made = written_class.make_course(tmp_path_factory.mktemp("course"), plotted=False)
    for name, text in answers().items():
        more = {"attachments": {"foto.png": picture()}} if "attachment" in text else {}
        hand_in(made, name, text, plotted=False, **more)
    list(run(made.assignment(tiny.ASSIGNMENT)))
    return made


@pytest.fixture(scope="module")
def lab(course, tmp_path_factory):
    """JupyterLab in that course."""
    os.environ["JUPYTER_CONFIG_PATH"] = str(Path(grading.marking.__file__).parent)
    try:
        with jupyter_server(course.root, tmp_path_factory.mktemp("jupyter"), "lab") as address:
            yield address
    finally:
        del os.environ["JUPYTER_CONFIG_PATH"]


def stored(course):
    """The gradebook's mark for each submission."""
    assignment = course.assignment(tiny.ASSIGNMENT)
    found = entries(assignment, questions(assignment)[0]).values()
    assert not any(each.state.waits for each in found)
    return {each.submission: each.state.mark for each in found}


def test_hostile_answers_stay_in_their_cards_and_run_nothing(lab, page, look):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{lab}/marking/{tiny.ASSIGNMENT}")
    expect(page.locator("#done")).to_contain_text("40")
    cards = page.locator(".card")
    for number in range(cards.count()):
        card = cards.nth(number)
        card.scroll_into_view_if_needed()
        for body in card.locator(".answer").all():
            expect(body).not_to_have_text("…")
    for link in page.locator(".answer a, .answer b, .answer summary").all():
        link.dispatch_event("click")
    told = page.evaluate("""() => ({
        hacked: window.hacked,
        whole: document.querySelectorAll('header, main, aside, #groups, #said, #done').length,
        only: ['groups', 'said', 'done', 'mark', 'undo'].map(
            (id) => document.querySelectorAll(`#${id}, [name=${id}]`).length),
        inside: [...document.querySelectorAll('.card .answer *')].every((part) =>
            getComputedStyle(part).position === 'static' && !part.matches('[id], [name], script, ' +
                'style, link, base, meta, form, input, button, iframe, object, svg')),
        links: [...document.querySelectorAll('.answer a[href]')].every((a) =>
            ['http:', 'https:', 'mailto:'].includes(a.protocol)),
        apart: [...document.querySelectorAll('#groups > *')].every((each) =>
            each.classList.contains('card')),
        on_top: (({ x, y }) => document.elementFromPoint(x + 3, y + 3).id)(
            document.querySelector('#help-button').getBoundingClientRect()),
    })""")
    assert told == {
        "hacked": None, "whole": 6, "only": [1] * 5, "inside": True, "links": True, "apart": True,
        "on_top": "help-button",
    }  # fmt: skip
    assert all(url.startswith((lab, "data:")) for url in asked)
    look("hostile", full_page=True)


def test_what_sanitising_would_miss_is_still_not_run(lab, page):
    """The page's policy alone: HTML that is put into a card as it was written."""
    page.goto(f"{lab}/marking/{tiny.ASSIGNMENT}")
    expect(page.locator(".card").first).to_be_visible()
    refused = page.evaluate(
        """(parts) => new Promise((answer) => {
            const refused = [];
            document.addEventListener('securitypolicyviolation', (event) => {
                refused.push(event.effectiveDirective);
            });
            document.querySelector('.card .answer').innerHTML = parts.join('');
            document.querySelectorAll('.card .answer b, .card .answer a').forEach((e) => e.click());
            setTimeout(() => answer(refused), 1000);
        })""",
        # No policy keeps a page from being left: what refreshes it is the sanitiser's alone.
        [text.replace("http-equiv=refresh", "") for text in EVIL.values()],
    )
    assert page.evaluate("window.hacked") is None
    assert {"script-src-attr", "style-src-elem", "base-uri"} <= set(refused)


def test_a_class_is_marked_by_keys_in_at_most_four_a_group(lab, course, page, look, monkeypatch):
    page.goto(f"{lab}/marking/{tiny.ASSIGNMENT}")
    done, said = page.locator("#done"), page.locator("#said")
    expect(done).to_contain_text("0 / 40")
    groups = page.locator(".card").count()
    page.keyboard.press("s")  # once: ticked lines go to the comment
    for number in range(groups):
        keys = ["Enter"] if number == 0 else KEYS[number % len(KEYS)]  # 0 is proposed for the empty
        assert len(keys) < MOST
        for key in [*keys, "Enter"]:
            page.keyboard.press(key)
        if number < groups - 1:
            expect(page.locator(".card").nth(number + 1)).to_have_class("card current")
    expect(said).to_have_text("All questions are marked.")
    expect(done).to_contain_text("40 / 40")
    look("marked", full_page=True)
    given = stored(course)
    assert set(given.values()) == {0, 1, 1.5, 2} and given["s21"] == 0

    monkeypatch.chdir(course.root)
    for command in (["export"], ["publish"], ["report"]):
        told = CliRunner().invoke(main, [*command, tiny.ASSIGNMENT])
        assert told.exit_code == 0, told.output
    for kind in ("export", "report"):  # both write a table of grades
        rows = csv.DictReader((course.root / "reports" / f"{tiny.ASSIGNMENT}-grades.csv").open())
        totals = {row["submission"]: float(row["total"]) for row in rows}
        assert totals == {name: 12 + mark for name, mark in given.items()}, kind
    for name, mark in given.items():
        text = (course.feedback / name / tiny.ASSIGNMENT / "1_square.html").read_text()
        assert f"{8 + mark:g} / 10" in text, name
    assert formgraders(lab) == {name: 12 + mark for name, mark in given.items()}


def formgraders(lab):
    """What the formgrader shows of each submission."""
    with urllib.request.urlopen(f"{lab}/formgrader/api/submissions/{tiny.ASSIGNMENT}") as reply:
        return {each["student"]: each["score"] for each in json.load(reply)}
