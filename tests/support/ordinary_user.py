"""An ordinary user's box, in tests that root runs: what bubblewrap may do without root's rights."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from grading.candidate import bubblewrap
from grading.candidate.box import Box
from grading.model.limits import Limits

USER = 1234
PYTHON = "/usr/bin/python3"  # Debian's, which an ordinary user can run


@contextmanager
def ordinary_users_box(monkeypatch) -> Iterator[tuple[Box, list[str]]]:
    """A prepared box whose files are the user's, and bubblewrap's command up to the program.

    Skips the test where nobody can become that user.
    """
    if os.geteuid() != 0 or not shutil.which("setpriv") or not os.path.exists(PYTHON):
        pytest.skip("needs root, to become an ordinary user, and a Python in /usr")
    with tempfile.TemporaryDirectory() as folder:
        box, connection = Box(Path(folder, "box"), Limits(), True), Path(folder, "kernel.json")
        with monkeypatch.context() as patched:
            patched.setattr(os, "geteuid", lambda: USER)
            patched.setattr(bubblewrap, "interpreter", list)
            box.prepare({})
            connection.write_text("{}")
            command = box.bubblewrap(str(connection))
        for path in (Path(folder), *Path(folder).rglob("*")):
            os.chown(path, USER, USER)
        yield box, command


def run_as_user(command: list[str]) -> dict:
    """What a program that the user runs prints, as JSON; skips where namespaces are refused."""
    drop = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups"]
    ended = subprocess.run([*drop, *command], capture_output=True, text=True)
    if "namespace" in ended.stderr:
        pytest.skip(f"user namespaces are refused here: {ended.stderr.strip()}")
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)
