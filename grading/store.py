"""Outcomes on disk, by key: what has run need not run again."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from grading.outcome import Outcome

FOLDER = ".outcomes"


class OutcomeStore:
    """A folder of outcomes, one JSON file for each key; written whole or not at all."""

    def __init__(self, root: Path):
        self._folder = root / FOLDER

    def get(self, key: str) -> Outcome | None:
        """The outcome of a key, or None where there is none that can be read."""
        try:
            outcome = Outcome.from_json(self._path(key).read_text("utf-8"))
        except (OSError, ValueError, KeyError, TypeError):
            return None  # it runs again
        return outcome if outcome.key == key else None

    def put(self, outcome: Outcome) -> None:
        path = self._path(outcome.key)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".new")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(outcome.to_json())
        os.replace(temporary, path)

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key}.json"
