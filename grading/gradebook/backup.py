"""Copies of the gradebook, made before marks are written to it."""

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from grading.files import abandoned, replacing

KEPT = 5


def back_up(engine: Engine) -> None:
    """Copy an SQLite gradebook to gradebook.db.TIME.bak beside it; the last few are kept.

    To go back, copy one over gradebook.db. Backing up another database is for those who run it.
    Raises sqlite3.Error or OSError when the copy can't be made.
    """
    if engine.dialect.name != "sqlite":
        return
    path = Path(engine.url.database)
    target = path.with_name(f"{path.name}.{datetime.now():%Y%m%d-%H%M%S}.bak")
    with replacing(target) as new:
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(new)) as copy:
            source.backup(copy)
    for old in [*backups(path)[:-KEPT], *unfinished_backups(path)]:
        old.unlink()


def backups(path: Path) -> list[Path]:
    """The copies of an SQLite gradebook, the oldest first."""
    return sorted(path.parent.glob(f"{path.name}.*.bak"))


def unfinished_backups(path: Path) -> list[Path]:
    """The copies of an SQLite gradebook that a killed process has left unfinished."""
    return [copy for copy in abandoned(path.parent) if copy.name.startswith(f".{path.name}.")]
