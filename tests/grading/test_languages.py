"""Each language has every sentence, and what students of a course get is in that language alone."""

import ast
import html
import json
import re
import string
import zipfile

import nbformat
import pytest
import tiny

from candidate_kernel import wire_words
from grading import words
from grading.batch.run import run
from grading.course import CourseError
from grading.masters import guide
from grading.masters.build import build
from grading.masters.handout import pack as pack_release
from grading.masters.settings import identity_of, language_of
from grading.model.causes import Cause
from grading.model.stops import Stop
from helpers import messages
from helpers.hand_in import pack

LIMITS = {
    "cell_seconds": 6, "call_seconds": 3, "check_seconds": 6, "output_mb": 1, "files": 200,
}  # fmt: skip
CATALOGUES = {
    "helpers": messages.TEXTS,
    "grading": words.TEXTS,
    "wire": wire_words.TEXTS,
    "guide": {language: {"guide": text} for language, text in guide.TEXTS.items()},
}


def places(text):
    """What stands in braces in a sentence."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("catalogue", CATALOGUES.values(), ids=CATALOGUES)
def test_every_language_has_every_sentence_with_the_same_places(catalogue):
    assert catalogue.keys() == messages.TEXTS.keys()
    first = {key: places(text) for key, text in catalogue["es"].items()}
    for table in catalogue.values():
        assert {key: places(text) for key, text in table.items()} == first


def test_whatever_stops_or_explains_has_its_sentence():
    keys = {f"stop_{stop.name}".lower() for stop in Stop}
    keys |= {f"cause_{cause.name}".lower() for cause in Cause}
    assert keys <= words.SPANISH.keys()


SAYING = {
    "message": messages.SPANISH, "say": words.SPANISH,
    "sentence": wire_words.SPANISH, "WireError": wire_words.SPANISH,
}  # fmt: skip
# What titles and comments are known by, in whatever language, and a docstring about accents.
ACCENTED = {"helpers/_titles.py", "grading/masters/asked.py", "grading/execution/called.py"}
TABLES = {"_spanish.py", "spanish.py", "wire_words.py", "guide.py"}


def sources():
    """The path of each module whose sentences students read, in the repository, and its tree."""
    for room in ("helpers", "candidate_kernel", "grading"):
        for path in sorted((tiny.REPOSITORY / room).rglob("*.py")):
            if path.name not in TABLES:
                name = path.relative_to(tiny.REPOSITORY).as_posix()
                yield name, ast.parse(path.read_text("utf-8"))


def test_whatever_is_said_by_its_key_is_in_the_tables_with_its_places():
    wrong = []
    for name, tree in sources():
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            function = getattr(call.func, "attr", getattr(call.func, "id", ""))
            if function == "sentence" and name.startswith("helpers/"):
                continue  # helpers does not import that one
            known = SAYING.get(function)
            key = call.args[0] if known and call.args else None
            if not isinstance(key, ast.Constant):
                continue
            given = {keyword.arg for keyword in call.keywords}
            missing = places(known[key.value]) - given if key.value in known else {"the key"}
            if missing and None not in given:
                wrong.append((name, call.lineno, key.value, missing))
    assert wrong == []


def test_no_spanish_is_written_outside_of_the_tables():
    accents = re.compile("[áéíóúñ¿¡«»]", re.IGNORECASE)
    found = []
    for name, tree in sources():
        if name in ACCENTED:
            continue
        texts = (node for node in ast.walk(tree) if isinstance(node, ast.Constant))
        found += [
            (name, each.lineno)
            for each in texts
            if isinstance(each.value, str) and accents.search(each.value)
        ]
    assert found == []


# --- What the students of one course get ----------------------------------------------------------

ANSWERS = {
    "wrong": {"square": "def square(x):\n    return x"},
    "raises": {"square": "def square(x):\n    return 1 / 0", "name": "import nothing_of_the_kind"},
    "loops": {"square": "while True:\n    pass"},
    "talks": {"square": "for i in range(10**6):\n    print('x' * 1000)"},
    "ends": {"square": "import os\nos._exit(1)"},
    "files": {"square": "import time\nfor i in range(900):\n    open(f'f{i}', 'w')\ntime.sleep(3)"},
    "calls": {"square": "def square(x):\n    while True:\n        pass"},
    "objects": {
        "square": "class Box: pass\ndef square(x): return Box()",
        "name": "ax = plt.subplot()\nax.set_title('T')\nax.set_xlabel('t')\nax.plot([1]);",
    },
    "deep": {"square": "def square(x):\n    y = []\n    for i in range(99): y = [y]\n    return y"},
    "missing": {"cube": ""},
}


def masters(language):
    """The tiny masters without a word of Spanish where that is not the language."""
    notebooks = tiny.masters()
    for node in notebooks.values():
        for each in node.cells:  # an object may be compared, but is no number
            each.source = each.source.replace("square(2) == 4", "int(square(2)) == 4")
            if each.id == "name-imports":  # what the master imports need not be waited for
                each.source += "\nimport matplotlib.pyplot as plt"
    if language == "en":
        words_of = {"square-answer": "*Write your answer here.*", "square-title": "# Powers"}
        for node in notebooks.values():
            for each in node.cells:
                each.source = words_of.get(each.id, each.source)
                each.source = each.source.replace("Calculen y, el cuadrado de x   (1 línea)", "y")
                each.source = each.source.replace("Pregunta", "Question")
    return notebooks


@pytest.fixture(scope="module", params=["es", "en"])
def given(request, tmp_path_factory):
    """The language of a course, and all that its students get to read: name → text."""
    language, root = request.param, tmp_path_factory.mktemp(request.param)
    course = tiny.make_course(root)
    tiny.write_masters(root, masters(language))
    with (root / "grader_config.py").open("a") as config:
        config.write(f'\nc.Course.language = "{language}"\n')
        config.writelines(f"c.Limits.{name} = {value}\n" for name, value in LIMITS.items())
    assignment = course.assignment(tiny.ASSIGNMENT)
    build(assignment)
    for student, answers in ANSWERS.items():
        for name in tiny.masters():
            node = tiny.without_regions(masters(language)[name])
            for each in node.cells:
                each.source = answers.get(each.id, each.source)
            path = assignment.submitted(student) / f"{name}.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(node, path)
    _odd_ones(assignment)
    run(assignment)
    pages = sorted(course.feedback.rglob("*.html"))
    texts = {path.relative_to(root).as_posix(): _read(path) for path in pages}
    return language, texts | _handed_out(assignment, root / "desk")


def _odd_ones(assignment):
    """Hand-ins that can't be read, that were never begun, and whose cells tools have mangled."""
    assignment.submitted("unreadable").mkdir(parents=True)
    (assignment.submitted("unreadable") / "1_square.ipynb").write_text("{")
    released = nbformat.read(assignment.release / "1_square.ipynb", as_version=4)
    assignment.submitted("untouched").mkdir(parents=True)
    nbformat.write(released, assignment.submitted("untouched") / "1_square.ipynb")
    for each in released.cells:
        each.metadata.pop("nbgrader", None)
        del each["id"]
    released.cells[-2].source = "Its text is new, so its place alone tells what it is."
    released.cells[-1].source = 3
    raw = json.dumps(released)
    assignment.submitted("mangled").mkdir(parents=True)
    (assignment.submitted("mangled") / "1_square.ipynb").write_text(raw)


def _handed_out(assignment, desk):
    """What is in the students' zip but `helpers`, and the card of the hand-in made from it."""
    with zipfile.ZipFile(pack_release(assignment)) as archive:
        archive.extractall(desk)
    folder = desk / tiny.ASSIGNMENT
    files = [path for path in folder.iterdir() if path.is_file() and path.suffix != ".txt"]
    texts = {path.name: path.read_text("utf-8") for path in files}
    (folder / "2_name.ipynb").unlink()
    (folder / "other.ipynb").write_text("{}")
    with zipfile.ZipFile(pack(folder)) as archive:
        return texts | {"manifest": archive.read("entrega.json").decode()}


def _read(path):
    """What a reader gets of a page: its text and what its pictures are called."""
    page = re.sub(r"(?s)<style>.*?</style>", "", path.read_text("utf-8"))
    called = re.findall(r'alt="([^"]*)"|lang="([^"]*)"', page)
    shown = re.sub(r"<[^>]*>", " ", page)
    return html.unescape(" ".join([shown, *(a or b for a, b in called)]))


def pieces(language):
    """Of each sentence of a language what stands between its places, where no other language has
    it too: key → pieces of at least six letters, because "title" is a key of JSON too."""
    others = " ".join(
        text.casefold()
        for tables in CATALOGUES.values()
        for other, table in tables.items()
        if other != language
        for text in table.values()
    )
    for tables in CATALOGUES.values():
        for key, text in tables[language].items():
            for piece, *_ in string.Formatter().parse(text):
                for line in piece.strip(" .:;,()«»“”").splitlines():
                    line = line.strip(" .:;,()«»“”*#")
                    if len(re.sub(r"\W", "", line)) >= 6 and line.casefold() not in others:
                        yield key, line


def found(texts, language):
    """The pieces of a language that stand in texts: (name of the text, key, piece)."""
    patterns = [
        (key, piece, re.compile(rf"(?<!\w){re.escape(piece)}(?!\w)"))
        for key, piece in pieces(language)
    ]
    return [
        (name, key, piece)
        for name, text in texts.items()
        for key, piece, pattern in patterns
        if pattern.search(text)
    ]


def test_nothing_that_students_get_is_in_another_language(given):
    language, texts = given
    (other,) = messages.TEXTS.keys() - {language}
    assert found(texts, other) == []


def test_what_they_get_says_most_of_what_there_is_to_say(given):
    """So that the test above has something to find."""
    language, texts = given
    keys = {key for _, key, _ in found(texts, language)}
    assert {
        "guide", "stop_cell_time", "stop_call_time", "stop_output", "stop_files", "stop_died",
        "cause_library", "unreadable", "by_place", "fault_odd_text", "wants_a_value", "too_deep",
        "notice_student_error", "notice_timed_out", "notice_over_a_limit", "your_notebook",
        "failed_visible", "achieved", "written_question", "plot_x", "error_place",
        "tally_title_plain", "by_hand", "code_stub", "colab_ready", "blanks", "no_notebook",
        "other_notebook", "not_run_yet", "unanswered",
    } <= keys  # fmt: skip


def test_files_that_come_with_an_assignment_have_the_names_of_its_language(given):
    language, texts = given
    names = {"es": {"laboratorio.json", "LEEME.md"}, "en": {"assignment.json", "README.md"}}
    assert names[language] <= texts.keys()
    (other,) = names.keys() - {language}
    assert not names[other] & texts.keys()
    assert f" {language}" in texts["feedback/wrong/tiny/1_square.html"]


# --- What an instructor says about it -------------------------------------------------------------


@pytest.fixture
def assignment(tmp_path):
    return tiny.make_course(tmp_path).assignment(tiny.ASSIGNMENT)


def write(assignment, **settings):
    """The tiny masters with these metadata: name of a notebook, without its number → `grading`."""
    notebooks = tiny.masters()
    for name, node in notebooks.items():
        node.metadata["grading"] = settings.get(name[2:], {})
    tiny.write_masters(assignment.course.root, notebooks)


def test_an_assignment_may_be_in_another_language_than_its_course(assignment):
    assert language_of(assignment) == "es"
    write(assignment, name={"language": "en"})
    assert language_of(assignment) == "en"
    build(assignment)
    assert "Write your code here" in (assignment.release / "1_square.ipynb").read_text()
    assert json.loads((assignment.release / "assignment.json").read_text())["language"] == "en"


@pytest.mark.parametrize(
    "settings, said",
    [
        ({"square": {"language": "tlh"}}, r"1_square.ipynb: .*'tlh'.*write \"es\" or \"en\""),
        ({"square": {"language": "en"}, "name": {"language": "es"}}, "1_square.ipynb says 'en'"),
        ({"name": {"identity": "student"}}, "2_name.ipynb: its metadata grading.identity"),
        ({"name": {"identity": [{"name": "a b"}]}}, "2_name.ipynb: .*'a b'"),
        ({"name": {"identity": [{"name": "a", "most": 3}]}}, "only name, least and signature"),
        ({"name": {"identity": [{"name": "a", "least": 0}]}}, "least is a number from 1 up"),
        ({"name": {"identity": [{"name": "a"}, {"name": "a"}]}}, "stands there twice"),
        (
            {
                "square": {"identity": [{"name": "a"}]},
                "name": {"identity": [{"name": "a", "least": 9}]},
            },
            "2_name.ipynb: .* say of a something else",
        ),
    ],
)
def test_what_can_not_be_meant_is_refused_before_anything_is_written(assignment, settings, said):
    write(assignment, **settings)
    with pytest.raises(CourseError, match=said):
        build(assignment)
    assert not assignment.release.exists()


def test_an_unknown_language_of_a_course_is_refused(assignment):
    with (assignment.course.root / "grader_config.py").open("a") as config:
        config.write('c.Course.language = "tlh"\n')
    with pytest.raises(CourseError, match=r"c.Course.language is 'tlh'.*write \"es\" or \"en\""):
        language_of(assignment)


def test_an_assignment_that_asks_for_nobody_is_built(assignment):
    write(assignment)
    build(assignment)
    assert identity_of(assignment) == []
