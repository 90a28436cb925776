"""Take one student out of a gradebook, and out of the identity cell of a pair's notebooks."""

import ast
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import zip_longest
from pathlib import Path

from nbgrader.api import MissingEntry
from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from grading.course import Course, CourseError
from grading.files import write_whole
from grading.gradebook.answers import forget_texts, sweep
from grading.gradebook.backup import backups, unfinished_backups
from grading.gradebook.ledger import Ledger, engine_of, in_words, transaction
from grading.intake.reading import MAX_BYTES
from grading.masters.settings import identity_of
from grading.people.marks import has_gradebook
from helpers._tally import FOLDER as TALLY
from helpers.hand_in import MANIFEST

# In place of an id and a signature: long enough for the lab's own check of the identity cell.
FORGOTTEN = "persona-olvidada"
# Variables that hold an id, each with the one of its signature, "" where there is none.
Identity = list[tuple[str, str]]


def identities(course: Course) -> Identity:
    """The variables by which the assignments of a course ask for ids and signatures. A signature is
    that of the id in the same place. Raises CourseError where a master says them in an odd way."""
    found = {}
    for assignment in course.assignments():
        fields = identity_of(assignment)
        ids = [field.name for field in fields if not field.signature]
        signatures = [field.name for field in fields if field.signature]
        found |= dict.fromkeys(zip_longest(ids, signatures[: len(ids)], fillvalue=""))
    return list(found)


def gradebook_folders(course: Course) -> list[str]:
    """Ids of nbgrader's students: the names of folders of submissions."""
    if not has_gradebook(course):
        return []
    with course.gradebook() as gradebook:
        return [student.id for student in gradebook.students]


def gradebook_backups(course: Course) -> list[Path]:
    """The copies of the gradebook that runs have made, half-written ones too; none of a database
    other than SQLite."""
    url = engine_of(course).url
    if url.get_backend_name() != "sqlite" or not url.database:
        return []
    path = Path(url.database)
    return [*backups(path), *unfinished_backups(path)]


def erase_from_gradebook(
    course: Course, student: str, folders: dict[str, str], copies: list[Path]
) -> None:
    """Remove nbgrader's students `folders` with all their marks and comments, and with the texts
    of their answers that the kit keeps there; of a pair's, those that name `student`.

    folders: name → name without the student who leaves, under which the marks are kept; "" where
    nobody is left. Where both names have marks for an assignment, those stay whose folder is in
    submitted/. copies: of the gradebook, changed too, or they would bring the marks back; one that
    is no database is deleted. Raises CourseError when the gradebook or a copy can't be used now.
    """
    if not has_gradebook(course):
        return
    engine = engine_of(course)
    try:
        _erase(engine, student, folders, course.submitted)
    except (DBAPIError, sqlite3.Error) as error:
        raise CourseError(f"Nothing was erased: {in_words(error)}.") from error
    for path in copies:
        try:
            copy = create_engine(f"sqlite:///{path}", poolclass=NullPool)
            _erase(copy, student, folders, course.submitted)
        except (DBAPIError, sqlite3.Error) as error:
            if not _is_no_database(error):
                raise CourseError(f"{path.name}: {in_words(error)}.") from error
            path.unlink(missing_ok=True)


def _is_no_database(error: Exception) -> bool:
    message = str(getattr(error, "orig", error))
    return any(words in message for words in ("not a database", "malformed", "no such table"))


def _erase(engine: Engine, student_id: str, folders: dict[str, str], submitted: Path) -> None:
    with transaction(engine) as connection:
        ledger = Ledger(connection)
        for name, left in folders.items():
            try:
                student = ledger.find_student(name)
            except MissingEntry:
                continue
            target = ledger.update_or_create_student(left) if left else None
            twice = {s.assignment.name for s in target.submissions} if left else set()
            for submission in list(student.submissions):
                lab = submission.assignment.name
                if not left or lab in twice and not (submitted / name / lab).is_dir():
                    ledger.remove_submission(lab, name)
                    continue
                if lab in twice:
                    ledger.remove_submission(lab, left)
                    ledger.db.flush()
                submission.student = target
            ledger.db.flush()
            ledger.db.expire(student)
            ledger.remove_student(name)
        ledger.db.flush()
        sweep(connection)
        forget_texts(connection, student_id)
        ledger.close()
    engine.dispose()
    if engine.dialect.name == "sqlite":  # what was deleted stays in the file until then
        with closing(sqlite3.connect(engine.url.database)) as database:
            database.execute("VACUUM")


def erase_from_notebook(path: Path, student: str, identity: Identity) -> None:
    """Replace the student's id and signature in a notebook's identity cell, and take out outputs
    that show the id; delete a hand-in's manifest and tally. Other files stay as they are.

    identity: the variables that hold ids, each with that of its signature.
    """
    if path.is_symlink() or not path.is_file():
        return
    if path.name == MANIFEST or path.parent.name == TALLY:
        path.unlink()
        return
    if path.suffix != ".ipynb" or path.stat().st_size > MAX_BYTES:
        return
    try:
        notebook = json.loads(path.read_bytes().decode("utf-8-sig"))
        cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        changed = [_blank(cell, student, identity) for cell in cells]
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return  # no notebook; `forget` says so if it names the student
    if any(changed):
        write_whole(path, json.dumps(notebook, indent=1) + "\n")


def _blank(cell: dict, student: str, identity: Identity) -> bool:
    """Take what is the student's out of a code cell; returns whether there was anything."""
    source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
    blanked = without_identity(source, student, identity)
    shown = json.dumps(cell.get("outputs", []), ensure_ascii=False)
    outputs = student.casefold() in shown.casefold()
    if outputs or blanked != source:
        cell["source"], cell["outputs"] = blanked, []
    return outputs or blanked != source


def without_identity(source: str, student: str, identity: Identity) -> str:
    """Code without the texts that it assigns to a student's id and signature."""
    try:
        assigned = dict(_constants(ast.parse(source)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return source
    theirs = [
        name
        for id_, signature in identity
        if id_ in assigned and _is(assigned[id_].value, student)
        for name in (id_, signature)
        if name in assigned
    ]
    raw, starts = source.encode(), [0]
    for line in raw.splitlines(keepends=True):  # as ast counts them: a lone \r ends one too
        starts.append(starts[-1] + len(line))
    # From the last to the first, so that the places of those before stay right.
    nodes = sorted((assigned[name] for name in theirs), key=lambda n: (n.lineno, n.col_offset))
    for node in reversed(nodes):
        begin = starts[node.lineno - 1] + node.col_offset
        end = starts[node.end_lineno - 1] + node.end_col_offset
        raw = raw[:begin] + json.dumps(FORGOTTEN).encode() + raw[end:]
    return raw.decode()


def _constants(tree: ast.AST) -> Iterator[tuple[str, ast.Constant]]:
    """The variables that code sets to a text or number, alone or side by side, and these."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr):
            continue
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            many = isinstance(target, ast.Tuple | ast.List)
            values = getattr(node.value, "elts", []) if many else [node.value]
            for name, value in zip(target.elts if many else [target], values, strict=False):
                if isinstance(name, ast.Name) and isinstance(value, ast.Constant):
                    yield name.id, value


def _is(value, student: str) -> bool:
    """Whether a constant is a student's id, in whatever case."""
    try:
        return str(value).strip().casefold() == student.casefold()
    except ValueError:  # a number of thousands of digits
        return False
