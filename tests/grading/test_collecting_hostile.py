"""Archives made to harm: nothing outside of the target, nothing without end, the rest is stored."""

import io
import os
import stat
import struct
import warnings
import zipfile

import pytest
import tiny
from click.testing import CliRunner
from downloads import (
    archive,
    blackboard,
    brightspace,
    files_in,
    gradescope,
    hand_in,
    notebook,
    notebooks,
    put,
)  # fmt: skip

from grading.cli import main
from grading.collecting import archives
from grading.collecting.archives import Ceilings
from grading.collecting.collect import collect
from grading.collecting.paths import Unsafe, safe_parts

STUDENT = "20210001_20210002"
KEPT = {"1_square.ipynb", "2_name.ipynb", "timestamp.txt"}
SMALL = Ceilings(
    file_bytes=2**20,
    bytes=3 * 2**20,
    entries=50,
    class_entries=200,
    all_bytes=8 * 2**20,
)


def with_entry(name="x.txt", content=b"x", base=None, **fields):
    """A whole hand-in with one more entry, whose fields may say anything."""
    raw = io.BytesIO(base or hand_in(("20210001", "20210002")))
    with warnings.catch_warnings(), zipfile.ZipFile(raw, "a") as made:
        warnings.simplefilter("ignore")  # a name that stands twice is what some of these are for
        entry = zipfile.ZipInfo(name, (2026, 11, 20, 12, 0, 0))
        entry.compress_type = zipfile.ZIP_DEFLATED
        for field, value in fields.items():
            setattr(entry, field, value)
        made.writestr(entry, content)
    return raw.getvalue()


def patched(old, new):
    """A whole hand-in with an entry whose name is written over, as no library would write it."""
    assert len(old) == len(new)
    return with_entry(old.decode()).replace(old, new)


def flagged(bit):
    """A whole hand-in whose last entry has a bit set, here and in the directory."""
    raw = bytearray(with_entry("secret.txt"))
    directory = raw.rindex(b"PK\x01\x02")
    raw[directory + 8] |= bit
    raw[struct.unpack_from("<I", raw, directory + 42)[0] + 6] |= bit
    return bytes(raw)


def corrupted():
    raw = bytearray(with_entry("broken.txt", os.urandom(500)))
    raw[raw.index(b"broken.txt") + 100] ^= 0xFF
    return bytes(raw)


def lying():
    """An entry that says it is small and is not."""
    raw = bytearray(with_entry("lies.txt", bytes(2 * 2**20)))
    struct.pack_into("<I", raw, raw.rindex(b"PK\x01\x02") + 24, 10)
    return bytes(raw)


LINK = (stat.S_IFLNK | 0o777) << 16
DEVICE = (stat.S_IFCHR | 0o666) << 16
HOSTILE = {
    "a path upwards": (with_entry("../../evil.txt"), "leads out of its folder"),
    "a path upwards inside": (with_entry("a/../../../evil.txt"), "leads out of its folder"),
    "an absolute path": (with_entry("/tmp/evil.txt"), "its path is absolute"),
    "a drive": (with_entry("C:/evil.txt"), "begins with a drive"),
    "a drive without a slash": (with_entry("C:evil.txt"), "begins with a drive"),
    "backslashes upwards": (patched(b"..Z..Zevil", b"..\\..\\evil"), "leads out"),
    "a share": (patched(b"ZZhost/evil", b"\\\\host\\evil"), "its path is absolute"),
    "a link": (with_entry("evil", b"/etc/passwd", external_attr=LINK), "a link or a device"),
    "a device": (with_entry("evil", b"", external_attr=DEVICE), "a link or a device"),
    "a reserved name": (with_entry("datos/NUL.txt"), "Windows reserves"),
    "a reserved name, in disguise": (with_entry("con .csv"), "Windows reserves"),
    "control characters": (with_entry("a\x1b[2Jb.txt"), "characters that are no text"),
    "a line break": (with_entry("a.txt\n  ! 7: b.txt"), "characters that are no text"),
    "a tab": (with_entry("a\tb.txt"), "characters that are no text"),
    "a line separator": (with_entry("a\u2028b.txt"), "characters that are no text"),
    "a paragraph separator": (with_entry("a\u2029b.txt"), "characters that are no text"),
    "text turned round": (with_entry("a\u202etxt.exe"), "characters that are no text"),
    "an overlong name": (with_entry("x" * 250), "its name is too long"),
    "an overlong path": (with_entry("/".join(["x" * 90] * 5)), "its path is too long"),
    "endless folders": (with_entry("a/" * 40 + "x"), "folders in one another"),
    "a name of dots": (with_entry("a/.../x"), "a part of its path is empty"),
    "the same name twice": (with_entry("1_square.ipynb", b"{}"), "a second one of that name"),
    "the same but for case": (with_entry("1_SQUARE.ipynb", b"{"), "1_square is there twice"),
    "files the same but for case": (
        with_entry("X.txt", base=with_entry("x.txt")),
        "a file or folder of that name is there",
    ),
    "a file that is a folder too": (
        with_entry("x.txt/y.txt", base=with_entry("x.txt")),
        "a file or folder of that name is there",
    ),
    "an encrypted entry": (flagged(0x1), "it is encrypted"),
    "a broken entry": (corrupted(), "broken ("),
    "a size that is a lie": (lying(), "lies.txt"),
    "another method": (with_entry(compress_type=zipfile.ZIP_LZMA), "packed in a way"),
    "a large file": (with_entry("big.bin", os.urandom(2**20 + 1)), "over 1 MB"),
    "a nested bomb": (
        with_entry("z.zip", archive({"z": bytes(5 * 2**20)})),
        "z.zip/z: over 1 MB",
    ),
    "an archive in itself": (
        with_entry("a.zip", archive({"b.zip": archive({"c.zip": archive({"d.txt": b""})})})),
        "archives in one another",
    ),
    "a nested crowd": (
        with_entry("z.zip", archive({f"{n}.txt": b"" for n in range(60)})),
        "it has over 50 entries",
    ),
    "a nested wreck": (with_entry("z.zip", b"PK"), "it is broken or no zip archive"),
}  # fmt: skip


@pytest.mark.parametrize(("raw", "reason"), HOSTILE.values(), ids=HOSTILE)
def test_it_is_left_out_with_its_reason_and_the_rest_is_stored(course, tmp_path, raw, reason):
    inbox = tmp_path / "inbox"
    put(inbox, "a.zip", raw)
    put(inbox, "b.zip", hand_in(("20210003", "")))
    before = set(tmp_path.iterdir())
    result = collect(course.assignment(tiny.ASSIGNMENT), inbox, ceilings=SMALL)
    said = [text for row in result.rows for text in row.submission.problems]
    assert any(reason in text for text in said), said
    assert result.needs_a_look
    found = files_in(course.submitted / STUDENT / "tiny")
    assert set(found) >= KEPT
    assert found["2_name.ipynb"] == notebook("2_name")
    assert set(files_in(course.submitted / "20210003" / "tiny")) == KEPT
    assert {path for path in course.submitted.iterdir() if path.is_dir()} == {
        course.submitted / STUDENT,
        course.submitted / "20210003",
    }
    assert set(tmp_path.iterdir()) - before == {course.root / ".outcomes"}  # holds the lock
    assert not any("evil" in name for name in files_in(tmp_path))
    assert not any(path.is_symlink() for path in course.submitted.rglob("*"))


WRAPPED = {
    "Blackboard": lambda raw: blackboard(
        "L", ("ana", "Ana", "2026-11-20-12-00-00", {"h.zip": raw})
    ),
    "Brightspace": lambda raw: brightspace(("Ana", "Nov 20, 2026 1159 PM", {"h.zip": raw})),
    "Gradescope": lambda raw: gradescope(
        ([("Ana", "'20210001'", "a@x.org")], "2026-11-20 12:00:00 Z", {"h.zip": raw})
    ),
    "Google Classroom": lambda raw: {"Lab 3/20210001/h.zip": raw},
}
# Not those that are too large, or too deep, for being in another archive.
INSIDE = [name for name in HOSTILE if not any(w in name for w in ("nested", "archive", "large"))]


@pytest.mark.parametrize("wrap", WRAPPED.values(), ids=WRAPPED)
@pytest.mark.parametrize("bad", INSIDE)
def test_it_is_left_out_in_a_platforms_download_too(course, tmp_path, wrap, bad):
    raw, reason = HOSTILE[bad]
    put(
        tmp_path / "inbox",
        "download.zip",
        archive(wrap(raw) | {"b.zip": hand_in(("20210003", ""))}),
    )
    result = collect(course.assignment(tiny.ASSIGNMENT), tmp_path / "inbox", ceilings=SMALL)
    said = [text for row in result.rows for text in row.submission.problems]
    assert any(reason in text for text in said), said
    assert course.assignment("tiny").submissions() == [STUDENT, "20210003"]
    assert set(files_in(course.submitted / STUDENT / "tiny")) >= KEPT
    assert not any("evil" in name for name in files_in(tmp_path))


def test_no_name_of_an_archive_begins_a_line_of_the_table(course, tmp_path, monkeypatch):
    files = {"anap_7_900_1_square.ipynb": notebook(), "x\n99 forged.ipynb": notebook(mark="x")}
    put(tmp_path / "inbox", "canvas.zip", archive(files))
    monkeypatch.chdir(course.root)
    said = CliRunner().invoke(main, ["collect", "tiny", str(tmp_path / "inbox")]).output
    assert "forged" in said
    assert not [line for line in said.splitlines() if line.startswith("99 forged")]


WHOLE = {
    "a crowd": (archive({f"{n}.txt": b"" for n in range(300)}), "it has over 200 entries"),
    "many large files": (
        archive({f"{n}.bin": os.urandom(2**20 - 9) for n in range(9)}),
        "with it too much would be unpacked",
    ),
    "not a zip": (b"\x00" * 999, "broken or no zip archive"),
    "nothing": (b"", "broken or no zip archive"),
    "a zip cut off": (hand_in(("1", "2"))[:-40], "broken or no zip archive"),
}


@pytest.mark.parametrize(("raw", "reason"), WHOLE.values(), ids=WHOLE)
def test_an_archive_that_cannot_be_opened_is_said_and_the_rest_is_stored(
    course, tmp_path, raw, reason
):
    put(tmp_path / "inbox", "a.zip", raw)
    put(tmp_path / "inbox", "b.zip", hand_in(("20210003", "")))
    result = collect(course.assignment(tiny.ASSIGNMENT), tmp_path / "inbox", ceilings=SMALL)
    assert any(reason in text and text.startswith("a.zip") for text in result.problems)
    assert course.assignment("tiny").submissions() == ["20210003"]


def test_a_bomb_is_stopped_at_its_ratio_not_when_the_disk_is_full(course, tmp_path):
    raw = with_entry("z.bin", bytes(60 * 2**20))
    put(tmp_path / "inbox", "a.zip", raw)
    result = collect(course.assignment(tiny.ASSIGNMENT), tmp_path / "inbox")
    assert any("packed over 200 to 1" in text for text in result.rows[0].submission.problems)
    assert set(files_in(course.submitted / STUDENT / "tiny")) == KEPT


def test_a_crowd_is_counted_whole_however_it_is_read(course, tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "BLOCK", 5)  # nearly every mark of an entry lies in two blocks
    put(tmp_path / "inbox", "a.zip", WHOLE["a crowd"][0])
    result = collect(course.assignment(tiny.ASSIGNMENT), tmp_path / "inbox", ceilings=SMALL)
    assert any("it has over 200 entries" in text for text in result.problems)


OVERSIZED = {
    "a large file": {"big.bin": bytes(2**20 + 1)},
    "too much in all": {f"{n}.bin": bytes(2**20 - 9) for n in range(4)},
    "too many files": {f"{n}.txt": b"" for n in range(60)},
}


@pytest.mark.parametrize("own", OVERSIZED.values(), ids=OVERSIZED)
def test_a_folder_is_held_to_the_limits_of_an_archive(course, tmp_path, own):
    for name, content in (notebooks() | own).items():
        put(tmp_path / "inbox" / "20210003", name, content)
    (row,) = collect(course.assignment(tiny.ASSIGNMENT), tmp_path / "inbox", ceilings=SMALL).rows
    assert any("too large, or one too many: left out" in text for text in row.submission.problems)
    found = files_in(course.submitted / "20210003" / "tiny")
    assert set(found) >= KEPT
    assert len(found) - 1 <= SMALL.entries
    assert sum(map(len, found.values())) <= SMALL.bytes + 100  # and the timestamp


def test_links_and_pipes_of_an_inbox_are_not_followed(course, tmp_path):
    inbox, secret = tmp_path / "inbox", tmp_path / "secret"
    put(secret, "1_square.ipynb", notebook("1_square"))
    put(inbox, "b.zip", hand_in(("20210003", "")))
    (inbox / "linked").symlink_to(secret)
    (inbox / "20210004").mkdir()
    (inbox / "20210004" / "1_square.ipynb").symlink_to(secret / "1_square.ipynb")
    os.mkfifo(inbox / "20210004" / "2_name.ipynb")
    result = collect(course.assignment(tiny.ASSIGNMENT), inbox)
    assert course.assignment("tiny").submissions() == ["20210003"]
    assert sum("a link or a device" in text for text in result.problems) == 3


def test_what_a_platform_would_call_a_name_is_believed_of_platforms_only(course, tmp_path):
    """A student's archive can't hand in for another account by the names of files in it."""
    inner = archive({f"anap_7_900_{name}": raw for name, raw in notebooks().items()})
    put(tmp_path / "inbox", "canvas.zip", archive({"luis_8_901_t.zip": inner}))
    collect(course.assignment(tiny.ASSIGNMENT), tmp_path / "inbox")
    assert course.assignment("tiny").submissions() == ["luis-8"]


NAMES = {
    "datos/a.csv": ("datos", "a.csv"),
    "./datos//a.csv": ("datos", "a.csv"),
    "datos\\a.csv": ("datos", "a.csv"),
    'a?b:"c".csv': ("a_b__c_.csv",),
    "an\u0303o.csv": ("año.csv",),
    "fin. ": ("fin",),
    "console.csv": ("console.csv",),
}


@pytest.mark.parametrize(("name", "parts"), NAMES.items(), ids=ascii)
def test_a_name_is_made_fit_for_every_system(name, parts):
    assert safe_parts(name) == parts


@pytest.mark.parametrize(
    "name", ["", ".", "/", "..", "a/..", "\\x", "c:\\x", "a\0b", "a\nb", "\ud800"]
)
def test_a_name_that_is_none_is_refused(name):
    with pytest.raises(Unsafe):
        safe_parts(name)
