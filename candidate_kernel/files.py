"""The files of the student's working folder that the examiner is told of, and those that it sends.

A test may read what the submission wrote, and write what the submission reads, as if both had one
folder. What is told here decides nothing: the examiner takes of it what it wants.
"""

from contextlib import suppress
from importlib.machinery import all_suffixes

from .folder import Folder

# What could be run or would be unpickled where it is read; no such file crosses.
NEVER = (
    *all_suffixes(), ".pth", ".pkl", ".pickle", ".p", ".joblib", ".pt", ".ckpt", ".dill", ".egg",
    ".whl", ".ipynb",
)  # fmt: skip
LOOKED_AFTER = ("begin", "call", "give", "next")  # questions that run the student's code


def is_never_sent(path: str) -> bool:
    """Whether no file of that name crosses."""
    return path.lower().endswith(NEVER)


class Files:
    """Tells what changes in the working folder. path: where it lies."""

    def __init__(self, path: str):
        self._path = path
        self._folder: Folder | None = None
        self._not_told: set[str] = set()
        self._room = 0

    def take(self, sent: dict | None) -> None:
        """Take over what an examiner sends with a question, if anything.

        sent: "room": bytes that it takes at once and "not_told": paths that it has itself, both
        when it is new; "files": path → content, None for a folder; "gone": paths.
        """
        if sent is None:
            return
        if "room" in sent:
            self._room, self._not_told = sent["room"], set(sent["not_told"])
            self._folder = Folder(self._path, self._room)
        for path, content in sent["files"].items():
            with suppress(OSError):  # a student's folder may stand where the file should
                self._folder.write(path, content)
        for path in sent["gone"]:
            with suppress(OSError):
                self._folder.remove(path)

    def told(self, ask: str) -> dict:
        """What to say about the folder when a question has been answered: nothing, or "files" as
        [path, content] (None for what does not cross) and "gone", paths."""
        if self._folder is None or ask not in LOOKED_AFTER:
            return {}
        changed, gone = self._folder.look()
        files, left = [], self._room
        for path in changed:
            if path in self._not_told:
                continue
            content = None
            if path.endswith("/"):
                content = b""
            elif not is_never_sent(path):
                content = self._folder.read(path)
            if content is not None and len(content) > left:
                content = None
            left -= len(content or b"")
            files.append([path, content])
        return {"files": files, "gone": gone} if files or gone else {}
