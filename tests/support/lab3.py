"""Lab 3 by name, and nbgrader's stock commands as an instructor would run them."""

from __future__ import annotations

import subprocess
import sys

LAB = "lab3"


def nbgrader(root, *arguments):
    """Run a stock nbgrader command in a course folder."""
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments], cwd=root, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-3000:]
