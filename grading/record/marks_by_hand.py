"""nbgrader's step that writes marks, which leaves to answers what a person has given to them."""

import hashlib
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import nbformat.v4
from nbformat import NotebookNode
from nbgrader.api import BaseCell, Comment, Grade, Gradebook
from nbgrader.preprocessors import SaveAutoGrades
from sqlalchemy.orm import undefer

from grading.course import Assignment, Course, find_root
from grading.gradebook.answers import Given, Kept, keep, kept_answers, make_table, settled
from grading.gradebook.ledger import open_gradebook
from grading.intake.files import notebook_path, walk
from grading.masters.by_hand import answer_cells, places
from grading.record.answer_text import PicturesBeside, answer_text

MOST_BYTES = 2**27  # of a file that is read whole: one may claim a terabyte and take no space


class _Notebook(NamedTuple):
    """A notebook of a submission."""

    assignment: Assignment
    student: str
    name: str

    def handed_in(self) -> str:
        """A digest of what was handed in for it, the notebook and the files beside it; empty where
        there is no notebook."""
        folder = self.assignment.submitted(self.student)
        notebook = notebook_path(folder, self.name)
        if not notebook.exists():
            return ""
        paths = (Path(parent, name) for parent, _, names, _ in walk(folder) for name in names)
        beside = [path for path in paths if path.suffix != notebook.suffix]
        digest = hashlib.sha256()
        for path in (notebook, *sorted(beside)):
            status = path.lstat()
            digest.update(f"{path.relative_to(folder)!r} {status.st_size}\n".encode())
            if stat.S_ISREG(status.st_mode) and status.st_size < MOST_BYTES:
                with path.open("rb") as file:
                    digest.update(hashlib.file_digest(file, "sha256").digest())
        return digest.hexdigest()

    def texts(self, notebook: NotebookNode, folder: Path) -> dict[str, str]:
        """The answers in it once it is graded, in a folder, by the names of the questions."""
        beside = PicturesBeside(folder, self.assignment.source)
        return {
            name: answer_text(cells[name], place.given, beside)
            for name, place in places(self.assignment, self.name).items()
            if name in (cells := answer_cells(notebook.cells, place.provided))
        }

    def texts_before(self) -> dict[str, str]:
        """The answers as they lie in autograded/ from an earlier recording."""
        folder = self.assignment.autograded(self.student)
        try:
            raw = (folder / f"{self.name}.ipynb").read_text("utf-8")
            return self.texts(nbformat.v4.reads(raw), folder)
        except (OSError, ValueError):  # gone, or damaged
            return {}


class SaveMarks(SaveAutoGrades):
    """nbgrader's step; marks and comments given by hand stay with the answer they were given to.

    nbgrader itself asks for a look at each manually graded answer that is recorded again, and never
    at a task, whatever has become of its answer. `settled` says what is done instead. An answer in
    a notebook that is no longer handed in is one that was emptied. Where the same files are handed
    in, the answers are the same, though a master that has changed may have them read otherwise.
    """

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        where = resources["nbgrader"]
        assignment = Course(find_root()).assignment(where["assignment"])
        own = _Notebook(assignment, where["student"], where["notebook"])
        with open_gradebook(where["db_url"]) as gradebook:
            make_table(gradebook.db.connection())
            waited = {name: row.grade.needs_manual_grade for name, row in _rows(gradebook, own)}
            gradebook.db.commit()
        nb, resources = super().preprocess(nb, resources)
        with open_gradebook(where["db_url"]) as gradebook:
            _settle(gradebook, own, own.texts(nb, Path(resources["metadata"]["path"])), waited)
            for path in assignment.master_paths():
                other = _Notebook(assignment, own.student, path.stem)
                if not other.handed_in():
                    _settle(gradebook, other, dict.fromkeys(places(assignment, path.stem), ""), {})
            gradebook.db.commit()
        return nb, resources


class _Row(NamedTuple):
    is_task: bool
    grade: Grade
    comment: Comment | None


def _rows(gradebook: Gradebook, of: _Notebook) -> list[tuple[str, _Row]]:
    """What the gradebook holds of a notebook, by the names of its cells.

    The rows are locked till the transaction ends, where the database locks rows: the page for
    marking waits, and then finds that what it shows has changed.
    """
    number = gradebook.find_submission_notebook(of.name, of.assignment.name, of.student).id
    grades = gradebook.db.query(BaseCell.name, BaseCell.type, Grade).join(
        BaseCell, BaseCell.id == Grade.cell_id
    )
    grades = grades.filter(Grade.notebook_id == number).options(undefer(Grade.max_score))
    comments = gradebook.db.query(BaseCell.name, Comment).join(
        BaseCell, BaseCell.id == Comment.cell_id
    )
    comments = comments.filter(Comment.notebook_id == number)
    found = grades.populate_existing().with_for_update(of=Grade).all()
    written = dict(comments.populate_existing().with_for_update(of=Comment).all())
    return [
        (name, _Row(kind == "TaskCell", grade, written.get(name))) for name, kind, grade in found
    ]


def _settle(
    gradebook: Gradebook, of: _Notebook, texts: Mapping[str, str], waited: Mapping[str, bool]
) -> None:
    """Put into the gradebook what becomes of the marks by hand of one notebook.

    texts: its answers by the names of the questions. waited: whether each waited for a mark before
    nbgrader's step; empty for a notebook that is not handed in.
    """
    rows = {name: row for name, row in _rows(gradebook, of) if name in texts}
    connection = gradebook.db.connection()
    known = kept_answers(connection, [row.grade.id for row in rows.values()])
    handed_in = of.handed_in()
    before = of.texts_before() if len(known) < len(rows) else {}
    for name, row in rows.items():
        grade, kept = row.grade, known.get(row.grade.id, Kept(before.get(name)))
        if kept.handed_in == handed_in:
            kept = kept._replace(text=texts[name])
        now, keeps = settled(_given(row, waited.get(name)), kept, texts[name], grade.max_score)
        grade.manual_score, grade.needs_manual_grade = now.mark, now.waits
        if now.waits and now.mark is None:  # a blank one too, which nbgrader gives 0 by itself
            grade.auto_score = None
        if row.comment is not None:
            row.comment.manual_comment = now.comment
        keeps = keeps._replace(handed_in=handed_in)
        if known.get(grade.id) != keeps:
            keep(connection, grade.id, keeps)


def _given(row: _Row, waited: bool | None) -> Given:
    """What a person has given to an answer.

    waited: whether it waited before nbgrader's step; None where the notebook is not handed in. For
    an answer without a mark it is nbgrader's step that says it. That leaves out tasks: who hands in
    the notebook of one later would never be marked.
    """
    mark, waits = row.grade.manual_score, row.grade.needs_manual_grade
    if waited is not None:
        waits = waited if mark is not None else waits or row.is_task
    return Given(mark, row.comment and (row.comment.manual_comment or None), waits)
