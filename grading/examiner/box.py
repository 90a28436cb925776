"""The box of an examiner: the kit, the masters of one assignment, and nothing else of a course.

An examiner holds what students may not see, so its box is another one than the candidate's; it
reads what a submission sent, so a flaw in what reads that must reach nothing else.
"""

import os
from pathlib import Path

import candidate_kernel
import grading
import helpers
from grading.candidate import bubblewrap
from grading.candidate.kit import let_others_read
from grading.model.limits import Limits

HOME, COURSE = "/home/examiner", "/course"
WORKING_COPY = f"{HOME}/course"
FIRST_USER = 10_000_000  # above the users of candidates, see `grading.candidate.box.Box.user`


def user() -> int:
    """The id that an examiner of this process runs as, which no other box uses now."""
    return os.geteuid() or FIRST_USER + os.getpid()


def environment() -> dict[str, str]:
    """Every variable that an examiner has in its box."""
    return bubblewrap.environment(HOME) | {"MPLBACKEND": "agg"}


def command(folder: Path, limits: Limits) -> list[str]:
    """The command of bubblewrap that makes the box, up to the program that runs in it.

    folder: a scratch folder of the grader's; the box sees its course/, read-only, and copies that
    to WORKING_COPY, where tests may write.
    """
    if os.geteuid() == 0:
        let_others_read(folder, ("course",))
    kit = [str(Path(package.__file__).parent) for package in (grading, helpers, candidate_kernel)]
    return bubblewrap.Room(
        name="examiner",
        user=user(),
        home=HOME,
        variables=environment(),
        megabytes=limits.disk_mb,
        shown={
            **bubblewrap.write_users(folder / "examiner-etc", user(), HOME),
            **dict(zip(kit, kit, strict=True)),
            str(folder / "course"): COURSE,
        },
    ).command()
