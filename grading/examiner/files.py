"""The working folder of the tests, and what of the submission's files lies in it.

Files that the submission made are brought over as data, before a test and after each call into its
code. What the master has is never replaced, nor is what a test has written for itself. A file that
a test writes goes to the submission where its code can know the name of it.
"""

import os
import sys
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import PurePath

from candidate_kernel.files import is_never_sent
from candidate_kernel.folder import DEEPEST, MOST, Folder

LONGEST = 200  # bytes of a part of a path


class Unpickled(Exception):
    """A test reads as a pickle what the submission wrote, which could be code."""


class Files:
    """What crosses between the folder that tests run in and that of the submission.

    path: the tests' folder, with what the master has. room: bytes of all files of the submission's.
    """

    def __init__(self, path: str, room: int):
        self._folder, self._room = Folder(path, room), room
        self._masters = set(self._folder.look()[0])
        self._brought: dict[str, int] = {}  # path → bytes
        self._own: set[str] = set()  # what tests have written
        self._pending: set[str] = set()  # of these, what the submission has not got
        self._gone: set[str] = set()
        self._is_new = True
        self._visible: list[str] = []
        self._opened = False
        self.refused: dict[str, str] = {}  # the name of a file → why it was not brought

    def begin(self, visible: list[str]) -> None:
        """A test begins. visible: texts whose names of files the submission may know."""
        self._visible, self._opened = visible, False

    def to_send(self, arguments: Iterable = ()) -> dict | None:
        """What goes with a question: files of the test's that arguments or visible texts name."""
        changed, gone = self._folder.look()
        self._own.update(changed)
        self._pending.update(changed)
        for path in gone:
            self._pending.discard(path)
            if path in self._brought or path in self._own:
                self._gone.add(path)
            self._brought.pop(path, None)
            self._own.discard(path)
        texts = list(_texts(arguments)) if self._pending else []
        files = {path: self._content(path) for path in self._pending if self._knows(path, texts)}
        files = {path: content for path, content in files.items() if content is not None}
        sent = {"files": files, "gone": sorted(self._gone)}
        if self._is_new:
            sent |= {"room": self._room, "not_told": sorted(self._masters)}
            self._is_new = False
        self._pending -= files.keys()
        self._own -= files.keys()  # from now on the submission may change them
        self._gone.clear()
        return sent if files or sent["gone"] or "room" in sent else None

    def as_over_there(self, argument):
        """An argument of a call; a path of this folder as it is called in the submission's, too."""
        if isinstance(argument, str | PurePath) and os.path.isabs(argument):
            with suppress(ValueError):  # a text with a null character is no path
                if (inside := self._folder.inside(str(argument))) is not None:
                    return type(argument)(inside)
        return argument

    def make_temporary_folders_here(self) -> None:
        """From now on, have `tempfile` make what it makes in this folder: what a test writes there
        can go to the submission."""

        def here() -> str:
            folder = self._folder.full("tmp")
            os.makedirs(folder, exist_ok=True)
            return folder

        tempfile.gettempdir = here

    def bring(self, files, gone) -> None:
        """Take over what the submission says that it made or took away; what does not fit is left.

        files: [path, content] each; gone: paths. Both may be anything.
        """
        for each in files if type(files) is list else []:
            if type(each) is list and len(each) == 2 and self._is_fit(each[0]):
                self._take(*each)
        for path in gone if type(gone) is list else []:
            if type(path) is str and self._brought.pop(path, None) is not None:
                with suppress(OSError):  # a folder in which a test has files of its own
                    self._folder.remove(path)

    def refuse_unpickling(self) -> None:
        """From now on, a test that has opened a file of the submission's unpickles no object."""

        def watch(event: str, arguments: tuple) -> None:
            if event == "open" and self._brought and not self._opened:
                self._opened = self._is_brought(arguments[0])
            elif event == "pickle.find_class" and self._opened:
                raise Unpickled(
                    "the test reads as a pickle what the submission wrote, which could be code: "
                    "have it written as JSON, CSV or an array of numbers"
                )

        sys.addaudithook(watch)

    def _take(self, path: str, content) -> None:
        name = PurePath(path).name
        others = sum(self._brought.values()) - self._brought.get(path, 0)
        if type(content) is bytes and not is_never_sent(path):
            if others + len(content) <= self._room and len(self._brought) < MOST:
                with suppress(OSError):  # the master or the test has something else there
                    self._folder.write(path, content)
                    self._brought[path] = len(content)
                    self.refused.pop(name, None)
                return
        why = (
            "files that could be run or unpickled are not brought to a test: have it written as "
            "JSON, CSV or an array of numbers"
            if is_never_sent(path)
            else f"all files that are brought to tests may have {self._room // 2**20} MB together: "
            "raise c.Limits.test_files_mb"
        )
        self.refused[name] = f"the submission wrote {name}, and {why}"

    def _is_fit(self, path) -> bool:
        """Whether a path may be that of a file of the submission's."""
        if type(path) is not str or path in self._masters or path in self._own:
            return False
        parts = path.removesuffix("/").split("/")
        plain = "/".join(parts)
        if len(parts) > DEEPEST or not {plain, f"{plain}/"}.isdisjoint(self._masters):
            return False
        above = {"/".join(parts[:end]) for end in range(1, len(parts))}
        if not above.isdisjoint(self._masters):
            return False
        return all(map(_is_plain, parts)) and self._is_in_here(plain)

    def _is_in_here(self, path: str) -> bool:
        """Whether no link of a test's leads elsewhere."""
        full = self._folder.full(path)
        return os.path.realpath(full) == full

    def _content(self, path: str) -> bytes | None:
        return b"" if path.endswith("/") else self._folder.read(path)

    def _knows(self, path: str, texts: list[str]) -> bool:
        """Whether the submission can know the name of a file: from arguments or visible texts."""
        if path in self._brought:
            return True
        name = PurePath(path).name
        given = (self._folder.inside(text) for text in texts)
        if any(path == each or (each and path.startswith(f"{each}/")) for each in given):
            return True
        return name in {PurePath(text).name for text in texts} or any(
            name in text for text in self._visible
        )

    def _is_brought(self, path) -> bool:
        try:
            return self._folder.inside(os.fsdecode(path)) in self._brought
        except (TypeError, ValueError):  # a descriptor, or no name of a file
            return False


def _is_plain(part: str) -> bool:
    """Whether a part of a path is an ordinary name."""
    return (
        part.isprintable()
        and 0 < len(part.encode("utf-8", "replace")) <= LONGEST
        and not part.startswith(".")
        and "\\" not in part
    )


def _texts(values: Iterable, depth: int = 0) -> Iterable[str]:
    """The texts among some values and what containers of Python's hold of them."""
    for value in values:
        if type(value) is str and len(value) < 4096 and "\0" not in value:
            yield value
        elif isinstance(value, PurePath):
            yield str(value)
        elif depth < 3 and type(value) in (list, tuple, set):
            yield from _texts(value, depth + 1)
        elif depth < 3 and type(value) is dict:
            yield from _texts([*value, *value.values()], depth + 1)
