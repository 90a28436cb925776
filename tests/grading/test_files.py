"""A file is written whole or not at all, whatever fails and whoever writes beside it."""

from __future__ import annotations

import errno
import os
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grading.files import replacing, write_whole

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@given(before=st.none() | st.binary(), content=TEXTS | st.binary())
def test_what_is_written_is_what_is_read_whatever_stood_there(tmp_path_factory, before, content):
    path = tmp_path_factory.mktemp("files") / "above" / "file"
    if before is not None:
        write_whole(path, before)
    write_whole(path, content)
    assert path.read_bytes() == (content.encode() if isinstance(content, str) else content)
    assert list(path.parent.iterdir()) == [path]


def no_room(*args):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_disk_that_fails_leaves_the_old_file_and_no_other(tmp_path, monkeypatch, step):
    path = tmp_path / "file"
    path.write_text("old")
    monkeypatch.setattr(os, step, no_room)
    with pytest.raises(OSError, match="No space") as raised:
        write_whole(path, "new")
    assert raised.value.filename == str(path)
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("raised", [OSError, KeyboardInterrupt])
def test_a_writer_that_fails_half_way_leaves_the_old_file_and_no_other(tmp_path, raised):
    path = tmp_path / "file"
    path.write_text("old")
    with pytest.raises(raised), replacing(path) as unfinished:
        unfinished.write_text("half")
        raise raised
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


def test_a_text_without_utf_8_leaves_the_old_file(tmp_path):
    path = tmp_path / "file"
    path.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        write_whole(path, "\ud800")
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


def test_of_many_writers_at_once_one_has_written_its_whole_content(tmp_path):
    path = tmp_path / "file"
    contents = [bytes([number]) * 200_000 for number in range(16)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda content: write_whole(path, content), contents))
    assert path.read_bytes() in contents and list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_the_file_has_the_mode_that_any_new_file_has(tmp_path, umask, mode):
    before = os.umask(umask)
    try:
        write_whole(tmp_path / "file", "x")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == mode


def test_content_is_on_the_disk_before_the_file_has_its_name(tmp_path, monkeypatch):
    steps = []
    sync, replace = os.fsync, os.replace

    def noting_sync(descriptor):
        kind = "folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "content"
        steps.append(kind)
        sync(descriptor)

    def noting_replace(old, new):
        steps.append("name")
        replace(old, new)

    monkeypatch.setattr(os, "fsync", noting_sync)
    monkeypatch.setattr(os, "replace", noting_replace)
    write_whole(tmp_path / "file", "x")
    assert steps == ["content", "name", "folder"]
