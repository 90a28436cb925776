"""Who handed in what, as the names in a platform's download say it.

Canvas (lib/content_zipper.rb of canvas-lms): `NAME_USER_UPLOAD_FILE`, `NAME_LATE_USER_UPLOAD_FILE`,
without a name where marking is anonymous; FILE is what the student called it, with `-1`, `-2`
before its ending when it was uploaded again. What was typed in is `NAME_USER_text.html` or
`_link.html`. Moodle (mod/assign/classes/downloader.php): folders of the name
`NAME_NUMBER_assignsubmission_file` (older ones end in `_`), or files that begin so; NAME has no
underscore, and NUMBER is another one in each assignment. Both write the hour of the download into
their archives.

Blackboard (nbgrader's plugin for zip_collect has the pattern,
https://nbgrader.readthedocs.io/en/stable/plugins/zipcollect-plugin.html, and so has
BBGradebookOrganiser, https://github.com/vangef/BBGradebookOrganiser): an archive
`gradebook_COURSE_WORK_TIME.zip` with `WORK_USER_attempt_TIME_FILE` and, for each attempt,
`WORK_USER_attempt_TIME.txt`, whose first line names the student. Brightspace (d2lmf,
https://github.com/cgmb/d2lmf): folders `NUMBER-NUMBER - NAME - DATE`, or files that begin so; of
the numbers, the same ones can stand before several students. Gradescope: see `gradescope`; Google
Classroom: see `drive`.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from grading.collecting.dates import read_date
from grading.collecting.drive import names_in_drive
from grading.collecting.gradescope import METADATA, read_submitters
from grading.collecting.naming import plain
from grading.collecting.tree import Folder, Piece
from grading.people.clock import in_utc, oddity
from grading.text import for_terminal

BLACKBOARD, BRIGHTSPACE, GRADESCOPE = TELLS_TIME = ("Blackboard", "Brightspace", "Gradescope")
CANVAS, MOODLE, GOOGLE = "Canvas", "Moodle", "Google Classroom"
CANVAS_NAME = re.compile(
    r"(?:(?P<name>[^\W\d]\w*?)_(?P<late>LATE_)?(?P<user>\d+)|(?P<late_anon>LATE_)?(?P<anon>anon_[^\W_]+))"
    r"_(?:(?P<upload>\d{2,})_(?P<file>.+)|(?P<typed>text|link)\.html)"
)
MOODLE_NAME = re.compile(
    r"(?P<name>[^_]+)(?:_(?P<user>\d+))?_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<file>.*))?"
)
# In the languages that Blackboard writes the word for "attempt" in.
BLACKBOARD_NAME = re.compile(
    r"(?P<attempt>(?P<whose>.+?_(?P<user>[^_]+))"
    r"_(?:attempt|intento|poging|versuch|tentative|tentativa)_(?P<time>\d{4}(?:-\d\d){5}))"
    r"(?:_(?P<file>.+)|\.txt)",
    re.IGNORECASE,
)
GRADEBOOK = re.compile(r"gradebook_.+_\d{4}(?:-\d\d){5}(?:\s*\(\d+\))?\.zip", re.IGNORECASE)
NAME_LINE = re.compile(
    r"[^:\n]+:[ \t]*(?P<name>[^\n]+?)[ \t]*\((?P<user>[^()\n]+)\)[ \t]*\r?(?:\n|$)"
)
BRIGHTSPACE_NAME = re.compile(
    r"(?P<number>\d+-\d+) - (?P<name>.+?)"
    r" - (?P<date>[^-]*\b\d{4}\b[^-]*?\d{1,2}[._:]?\d{2}(?!\d)[^-\d]*?)(?: ?- ?(?P<file>.+))?"
)
NOTE_BYTES = 4096  # of Blackboard's note that are looked at: its first line has the name


@dataclass(frozen=True)
class Account:
    """Who handed a file in, as a platform says.

    user: the platform's number or name of the account. file: the student's own name of the file.
    upload: Canvas's number of the file, which grows with time; 0 where there is none. late: whether
    Canvas says that the file was late. whose: the same for all files of one account where `user`
    alone is not. attempt: the same for all that was handed in at once, where the platform says it.
    time: when that was, where the platform tells it; without a zone, the clock is the course's.
    ids: of the students, where the platform knows them.
    """

    platform: str
    name: str
    user: str
    file: str
    upload: int = 0
    late: bool = False
    whose: str = ""
    attempt: str = ""
    time: datetime | None = None
    ids: tuple[str, ...] = ()

    @property
    def is_note(self) -> bool:
        """Whether this is Blackboard's own note about an attempt, not a file of the student's."""
        return self.platform == BLACKBOARD and not self.file

    @property
    def key(self) -> tuple[str, str, str]:
        """The same for all that one account handed in."""
        whose = self.whose or self.user
        return self.platform, whose, "" if whose else self.name

    def number(self, assignment: str) -> str:
        """The account without the name, where it has a number: fit to be kept.

        Moodle's numbers and Canvas's anonymous ones are of one assignment only, and Brightspace's
        may be those of several students.
        """
        who = f"{self.user} {self.name}" if self.platform == BRIGHTSPACE else self.user
        number = f"{self.platform} {who or self.name}"
        lasts = self.platform == CANVAS and not self.user.startswith("anon_")
        lasts = lasts or self.platform in (BLACKBOARD, GRADESCOPE)
        return number if lasts else f"{number} in {assignment}"

    @property
    def plain(self) -> str:
        """The account as an id that is a plain file name; empty where nothing of it is one."""
        return plain(self.user if self.platform == BLACKBOARD else f"{self.name} {self.user}")

    def __str__(self) -> str:
        return for_terminal(f"{self.name} {self.user}".strip())

    def came(self, zone: tzinfo | None) -> tuple[datetime | None, str]:
        """When the platform says that it was handed in, in UTC, and what is odd about that.

        zone: the course's; None stands for this machine's. Returns None where nothing is told.
        """
        if self.time is None:
            unknown = "its time could not be read in the platform's name: the file's own counts"
            return None, unknown if self.platform in TELLS_TIME else ""
        if self.time.tzinfo is not None:
            return self.time.astimezone(UTC), ""
        moment, odd = in_utc(self.time, zone), oddity(self.time, zone)
        said = f"{self.platform} says {self.time:%Y-%m-%d %H:%M}, an hour that {odd}"
        return moment, odd and f"{said}: taken for {moment:%H:%M} UTC"


def concerns(number: str, assignment: str) -> bool:
    """Whether the number of an account that was kept says something about an assignment."""
    return " in " not in number or number.endswith(f" in {assignment}")


def accounts_in(folder: Folder, notebooks: list[str]) -> dict[str, Account]:
    """Who the files and folders in a folder are from: name → account, for those that say it.

    notebooks: names of the assignment's.
    """
    names = [*folder.files, *folder.folders]
    notes = _blackboard_notes(folder)
    found = {name: account for name in names if (account := _account(name, notes))}
    if METADATA in folder.files:
        for name, group in read_submitters(folder).items():
            user, people = "+".join(group.users), ", ".join(group.names)
            found[name] = Account(GRADESCOPE, people, user, "", attempt=name, time=group.time,
                                  ids=tuple(group.ids))  # fmt: skip
    elif not found:
        for name, (person, file) in names_in_drive(folder.files, notebooks).items():
            found[name] = Account(GOOGLE, person, "", file)
    return found


def _account(name: str, notes: dict[str, tuple[str, str]]) -> Account | None:
    """Who a file or folder is from, by the name that a platform gave it; else None.

    notes: see `_blackboard_notes`.
    """
    if parts := BRIGHTSPACE_NAME.fullmatch(name):
        person, number, date = parts["name"], parts["number"], parts["date"]
        whose = f"{number} {person}"
        return Account(BRIGHTSPACE, person, number, parts["file"] or "", whose=whose,
                       attempt=date, time=read_date(date))  # fmt: skip
    blackboard = BLACKBOARD_NAME.fullmatch(name)
    # Canvas's names can look like Blackboard's when the student or the instructor chose them so.
    # No student makes Blackboard's note beside a file: Canvas numbers each upload.
    if blackboard and blackboard["attempt"] in notes:
        return _of_blackboard(blackboard, notes)
    if parts := MOODLE_NAME.fullmatch(name):
        return Account(MOODLE, parts["name"], parts["user"] or "", parts["file"] or "")
    if (parts := CANVAS_NAME.fullmatch(name)) and not GRADEBOOK.fullmatch(name):
        file = parts["file"] or f"{parts['typed']}.html"
        user, late = parts["user"] or parts["anon"], parts["late"] or parts["late_anon"]
        upload = int(parts["upload"] or 0)
        return Account(CANVAS, parts["name"] or "", user, file, upload, bool(late))
    return _of_blackboard(blackboard, notes) if blackboard else None


def _of_blackboard(parts: re.Match, notes: dict[str, tuple[str, str]]) -> Account:
    name, user = notes.get(parts["attempt"], ("", parts["user"]))
    try:
        time = datetime.strptime(parts["time"], "%Y-%m-%d-%H-%M-%S")
    except ValueError:
        time = None
    return Account(BLACKBOARD, name, user, parts["file"] or "", whose=parts["whose"],
                   attempt=parts["time"], time=time)  # fmt: skip


def _blackboard_notes(folder: Folder) -> dict[str, tuple[str, str]]:
    """The attempts in a folder beside whose files Blackboard's note lies: how the names of their
    files begin → the student's name and user name, as the note's first line says."""
    beginnings, notes = set(), {}
    for name in folder.files:
        if (parts := BLACKBOARD_NAME.fullmatch(name)) and parts["file"]:
            beginnings.add(parts["attempt"])
    for name, piece in folder.files.items():
        parts = BLACKBOARD_NAME.fullmatch(name)
        if parts and not parts["file"] and parts["attempt"] in beginnings:
            notes[parts["attempt"]] = _who(piece, parts)
    return notes


def _who(note: Piece, parts: re.Match) -> tuple[str, str]:
    """The name and the user name in Blackboard's note, as far as they fit the note's own name."""
    with note.content.open("rb") as file:
        begin = file.read(NOTE_BYTES).decode("utf-8-sig", "replace")
    line = NAME_LINE.fullmatch(begin.partition("\n")[0].strip())
    if line and parts["whose"].casefold().endswith(f"_{line['user'].casefold()}"):
        return line["name"], line["user"]
    return "", parts["user"]
