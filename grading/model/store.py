"""Outcomes on disk, by key: what has run need not run again."""

from collections.abc import Iterator
from pathlib import Path

from grading.course import CourseError
from grading.files import abandoned, write_whole
from grading.model.outcome import Outcome

FOLDER = ".outcomes"


class StoreError(CourseError):
    """An outcome could not be kept; what is kept already is whole."""


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
        """Keep an outcome. Raises StoreError when the disk does not take it."""
        try:
            write_whole(self._path(outcome.key), outcome.to_json())
        except OSError as error:
            raise StoreError(
                f"An outcome could not be kept in {FOLDER}/: {error.strerror}. Those kept before "
                "are whole: make room and run the same command again; only what is missing runs."
            ) from error

    def entries(self) -> Iterator[Path]:
        """The files of all outcomes."""
        yield from sorted(self._folder.glob("??/*.json"))

    def prune(self, keep: set[str]) -> list[Path]:
        """Delete every outcome whose key is not in `keep`, and files that a killed process left
        half-written; returns the paths of what was deleted.

        A file that another process is writing at this moment stays.
        """
        old = [path for path in self.entries() if path.stem not in keep]
        old += [path for folder in sorted(self._folder.glob("??")) for path in abandoned(folder)]
        for path in old:
            path.unlink(missing_ok=True)
        return old

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key}.json"
