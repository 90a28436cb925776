"""A PostgreSQL of the tests' own: an empty server on a Unix socket, gone afterwards."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAMS = "/usr/lib/postgresql/*/bin"  # where Debian keeps them, by version
OWNER = "nobody"  # who runs it when the tests are root, as whom it refuses to start


def programs() -> Path | None:
    """The folder of initdb and pg_ctl; None where PostgreSQL is not installed."""
    found = shutil.which("initdb")
    folders = sorted(Path("/").glob(f"{PROGRAMS[1:]}/initdb"))
    return Path(found).parent if found else folders[-1].parent if folders else None


@contextmanager
def server() -> Iterator[str]:
    """Start a server; gives the URL of an empty database, without its name."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))  # a short path: it holds a socket
    owner = {"user": OWNER} if os.geteuid() == 0 else {}
    if owner:
        shutil.chown(folder, OWNER)
    options = f"-k {folder} -h '' -c fsync=off -c max_connections=20"

    def call(*command: str) -> None:
        subprocess.run(
            [programs() / command[0], "-D", folder / "data", *command[1:]],
            cwd=folder, check=True, capture_output=True, text=True, timeout=120, **owner,
        )  # fmt: skip

    try:
        call("initdb", "-U", "kit", "--auth=trust", "--encoding=UTF8", "--no-sync")
        call("pg_ctl", "start", "-w", "-l", str(folder / "log"), "-o", options)
        try:
            yield f"postgresql+psycopg://kit@/postgres?host={folder}"
        finally:
            call("pg_ctl", "stop", "-w", "-m", "immediate")
    finally:
        shutil.rmtree(folder)
