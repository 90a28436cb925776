"""Laws of collecting, for whatever an inbox holds."""

import io
import json
import tempfile
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import tiny
from downloads import (
    archive,
    blackboard,
    brightspace,
    files_in,
    gradescope,
    hand_in,
    notebook,
    put,
)  # fmt: skip
from hypothesis import given, settings
from hypothesis import strategies as st

from grading.collecting.collect import collect
from grading.collecting.history import Attempt, settle
from grading.collecting.paths import Taken, Unsafe, safe_parts
from grading.collecting.platforms import accounts_in
from grading.collecting.tree import Folder, Piece

pytestmark = pytest.mark.filterwarnings("ignore:Duplicate name")
DAY = datetime(2026, 11, 20, tzinfo=UTC)
NASTY = st.sampled_from(
    ["..", ".", "/", "\\", "C:", "NUL", "con.txt", "a", "A", "b.ipynb", "1_square.ipynb", "x.zip",
     "timestamp.txt", "\x00", "\x1b", "é", "e\u0301", " ", "...", "~", "$HOME", "%2e%2e", "x" * 260]
)  # fmt: skip
PATHS = st.lists(st.one_of(NASTY, st.text(max_size=6)), min_size=1, max_size=5).map("/".join)


@given(st.one_of(PATHS, st.text(max_size=40)))
@settings(max_examples=500)
def test_a_safe_path_stays_below_its_folder(name):
    try:
        parts = safe_parts(name)
    except Unsafe:
        return
    folder = Path("/target")
    assert folder in Path(folder, *parts).resolve().parents
    assert ".." not in parts and all(part and not set(part) & set('/\\:*?"<>|\0') for part in parts)
    assert safe_parts("/".join(parts)) == parts


@given(st.lists(st.lists(st.sampled_from("aAbB"), min_size=1, max_size=3).map(tuple)))
def test_paths_that_are_taken_can_all_be_stored_on_a_system_without_case(paths):
    taken = Taken()
    kept = [tuple(part.lower() for part in parts) for parts in paths if taken.add(parts)]
    assert len(set(kept)) == len(kept)
    assert not any(a != b and a == b[: len(a)] for a in kept for b in kept)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return tiny.make_course(tmp_path_factory.mktemp("course"))


PLATFORMS = ["Canvas", "Blackboard", "Brightspace", "Gradescope", "Google Classroom"]
IDS = st.one_of(st.sampled_from(["10001", "10002", "../x", "a/b", ".", "..", "NUL", ""]), st.text())


@given(
    ids=st.tuples(IDS, IDS),
    names=st.lists(PATHS, max_size=5),
    outer=st.one_of(NASTY, st.text(max_size=8)),
    links=st.booleans(),
    platform=st.sampled_from(PLATFORMS),
)
@settings(max_examples=100)
def test_no_path_is_ever_written_outside_of_the_target(ids, names, outer, links, platform):
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "deep", "er", "course")
        root.mkdir(parents=True)
        course = tiny.make_course(root)
        raw = io.BytesIO(hand_in(ids, {"1_square.ipynb": notebook("1_square")}))
        with zipfile.ZipFile(raw, "a") as made:
            for name in names:
                entry = zipfile.ZipInfo(name.encode("utf-8", "ignore").decode() or "x")
                entry.external_attr = (0o120777 << 16) if links else 0
                made.writestr(entry, "../../../evil")
        put(root / "inbox", "h.zip", raw.getvalue())
        put(root / "inbox", "c.zip", nested(platform, outer, raw.getvalue()))
        before = files_in(Path(folder))
        collect(course.assignment(tiny.ASSIGNMENT), root / "inbox")
        after = files_in(Path(folder))
        written = after.keys() - before.keys() - {"deep/er/course/.outcomes/collect.lock"}
        assert all(name.startswith("deep/er/course/submitted/") for name in written)
        assert before.items() <= after.items()
        assert not any(path.is_symlink() for path in Path(folder).rglob("*"))


def nested(platform, name, content):
    """An archive as a platform makes it of a hand-in whose name a student chose."""
    name = f"{name.encode('utf-8', 'ignore').decode()}.zip"
    if platform == "Blackboard":
        return archive(blackboard("Lab 3", ("anap", name, "2026-11-20-12-00-00", {name: content})))
    if platform == "Brightspace":
        return archive(brightspace((name, "Nov 20, 2026 1159 PM", {name: content})))
    if platform == "Gradescope":
        students = [(name, json.dumps(name), json.dumps(name))]
        return archive(gradescope((students, "2026-11-20 12:00:00 Z", {name: content})))
    between = "anap_7_900_" if platform == "Canvas" else f"{name} - 1_square.ipynb"
    return archive({f"{between}{name}": content})


OF_PLATFORMS = {
    "Lab 3_ana_attempt_2026-11-20-12-00-00_{}": ("Blackboard", "ana"),
    "Lab_3_2021_attempt_2026-11-20-12-00-00_{}": ("Blackboard", "2021"),
    "1-2 - Ana - Nov 20, 2026 1159 PM - {}": ("Brightspace", "1-2"),
    "anap_7_900_{}": ("Canvas", "7"),
    "Ana_7_assignsubmission_file_{}": ("Moodle", "7"),
}
LURES = st.sampled_from(
    ["x_luis_attempt_2026-11-01-00-00-00_", "attempt_2026-11-01-00-00-00_", "_LATE_8_901_", "8_99_",
     " - ", "1-2 - Luis - Nov 1, 2026 1100 AM - ", " - Nov 1, 2026 1100 AM - ", "1_square.ipynb",
     "luis_8_901_", "Luis_8_assignsubmission_file_", ".txt", "a", "gradebook_", "\u00e9", "-1", " "]
)  # fmt: skip


@given(st.sampled_from([*OF_PLATFORMS]), st.lists(LURES, min_size=1, max_size=6).map("".join))
@settings(max_examples=300)
def test_no_name_that_a_student_chose_makes_it_another_ones_file(name, chosen):
    platform, user = OF_PLATFORMS[name]
    with tempfile.TemporaryDirectory() as root:
        files = [name.format(chosen)]
        if platform == "Blackboard":
            files.append(name.partition("_{}")[0] + ".txt")
        pieces = {each: Piece((each,), put(Path(root), each, b""), DAY) for each in files}
        account = accounts_in(Folder((), DAY, files=pieces), ["1_square"])[files[0]]
    assert (account.platform, account.user, account.file) == (platform, user, chosen)
    assert account.time is None or account.time.day == 20


ARRIVALS = st.lists(
    st.tuples(
        st.sampled_from(["10001_10002", "10002_10001", "10003"]),
        st.integers(0, 4),  # days
        st.sampled_from("abc"),  # what is in it
        st.sampled_from(
            [
                "h{}.zip",
                "anap_7_9{}0_t.zip",
                "luis_8_9{}1_t.zip",
                "L_ana_attempt_2026-11-20-12-0{}-00_t.zip",
                "1-2 - Ana - Nov 20, 2026 10{}0 AM - t.zip",
            ]
        ),
    ),
    max_size=5,
)


@given(ARRIVALS)
@settings(max_examples=40)
def test_collecting_twice_equals_collecting_once(arrivals):
    with tempfile.TemporaryDirectory() as folder:
        course = tiny.make_course(Path(folder))
        inbox = course.root / "inbox"
        put(inbox, "z/20210009/1_square.ipynb", notebook("1_square"))
        for number, (student, days, mark, name) in enumerate(arrivals):
            ids = (*student.split("_"), "")[:2]
            raw = hand_in(ids, {"1_square.ipynb": notebook("1_square", mark=mark)})
            put(inbox, name.format(number), raw, DAY + timedelta(days=days))
        collect(course.assignment(tiny.ASSIGNMENT), inbox)
        once = files_in(course.submitted)
        again = collect(course.assignment(tiny.ASSIGNMENT), inbox)
        assert files_in(course.submitted) == once
        assert {str(row.fate) for row in again.rows} == {"known"}


ATTEMPTS = st.lists(st.tuples(st.integers(0, 5), st.sampled_from("abc")), max_size=6)


def apply(stored, arrived):
    """What is stored after `settle`, as storing would leave it."""
    current, earlier, came, _ = settle(stored, arrived)
    after = [replace(each, is_stored=True) for each in earlier]
    for each in stored:
        if each.counts and current is not None:
            each = replace(each, counts=False)
        after.append(replace(each, time=came) if each.counts and came else each)
    if current is not None:
        after.append(replace(current, is_stored=True, counts=True))
    return after


def attempts(pairs):
    return [Attempt(DAY + timedelta(hours=hour), digest) for hour, digest in pairs]


@given(ATTEMPTS, ATTEMPTS)
@settings(max_examples=500)
def test_no_attempt_is_lost_and_to_settle_a_second_time_changes_nothing(a, b):
    both = apply(apply([], attempts(a)), attempts(b))
    assert {each.digest for each in both} == {digest for _, digest in [*a, *b]}
    assert apply(both, attempts(b)) == both
    assert sum(each.counts for each in both) == bool(both)


@given(ATTEMPTS.filter(len), ATTEMPTS)
def test_the_latest_counts(arrived, later):
    (counts,) = (each for each in apply([], attempts(arrived)) if each.counts)
    last = max(hour for hour, _ in arrived)
    if sum(hour == last for hour, _ in set(arrived)) == 1:  # else nobody knows, and that is said
        assert (last, counts.digest) in arrived
    # What comes after all that is there counts in its turn.
    later = [(hour + 10, digest) for hour, digest in later]
    (counts,) = (e for e in apply(apply([], attempts(arrived)), attempts(later)) if e.counts)
    last = max((hour for hour, _ in later), default=0)
    if sum(hour == last for hour, _ in set(later)) == 1:
        assert (last, counts.digest) in later
