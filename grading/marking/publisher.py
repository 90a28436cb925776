"""`python -m grading publish` for the page: a process of its own, so that the server goes on."""

import asyncio
import sys
from pathlib import Path

from tornado.web import Application

LONGEST = 4_000  # characters that are shown of what the command said


class Publisher:
    """Publishes the assignments of a course, one run of the command for each at a time."""

    def __init__(self) -> None:
        self._tasks: dict[tuple[Path, str], asyncio.Task] = {}

    @classmethod
    def of(cls, application: Application) -> "Publisher":
        """The one of a server."""
        return application.settings.setdefault("marking_publisher", cls())

    def start(self, root: Path, assignment: str) -> None:
        """Begin, unless a run is at work already. root: the course's folder."""
        task = self._tasks.get((root, assignment))
        if task is None or task.done():
            self._tasks[root, assignment] = asyncio.create_task(_published(root, assignment))

    def told(self, root: Path, assignment: str) -> dict:
        """Whether a run is at work; of the last one that ended, what it said and whether all went
        well (`ok`)."""
        task = self._tasks.get((root, assignment))
        if task is None or not task.done():
            return {"working": task is not None}
        return {"working": False, **task.result()}


async def _published(root: Path, assignment: str) -> dict:
    command = [sys.executable, "-m", "grading", "publish", assignment]
    try:
        process = await asyncio.create_subprocess_exec(
            *command, cwd=root, stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
    except OSError as error:  # no memory, or the folder is gone
        return {"ok": False, "said": f"Not published: {error.strerror}."}
    said, _ = await process.communicate()
    words = said.decode("utf-8", "replace")[:LONGEST].strip()
    return {"ok": process.returncode == 0, "said": words}
