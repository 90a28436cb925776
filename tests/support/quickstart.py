"""The example course of the nbgrader that is installed, made by nbgrader itself."""

import subprocess
import sys
from pathlib import Path


def nbgrader(*arguments: str, folder: Path) -> str:
    """Run one of nbgrader's commands in a folder; returns what it says. It has to succeed."""
    command = [Path(sys.executable).parent / "nbgrader", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def make(folder: Path) -> Path:
    """`nbgrader quickstart course` in a folder; returns the course."""
    nbgrader("quickstart", "course", folder=folder)
    return folder / "course"
