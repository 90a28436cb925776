"""nbgrader's step that writes marks, which leaves to answers what a person has given to them."""

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
from grading.intake.beside import students_files
from grading.intake.files import notebook_path
from grading.masters.by_hand import answer_cells, places
from grading.record.answer_text import answer_text, pictures_among


class _Notebook(NamedTuple):
    """A notebook of a submission."""

    assignment: Assignment
    student: str
    name: str

    def is_handed_in(self) -> bool:
        return notebook_path(self.assignment.submitted(self.student), self.name).exists()

    def texts(self, notebook: NotebookNode, folder: Path) -> dict[str, str]:
        """The answers in it once it is graded, in a folder, by the names of the questions."""
        handed_in = self.assignment.submitted(self.student)
        beside = pictures_among(students_files(folder, handed_in, self.assignment.source))
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
            handed_in = resources["handed_in"]
            texts = own.texts(nb, Path(resources["metadata"]["path"]))
            _settle(gradebook, own, texts, waited, handed_in)
            for path in assignment.master_paths():
                other = _Notebook(assignment, own.student, path.stem)
                if not other.is_handed_in():
                    texts = dict.fromkeys(places(assignment, path.stem), "")
                    _settle(gradebook, other, texts, {}, handed_in)
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
    gradebook: Gradebook,
    of: _Notebook,
    texts: Mapping[str, str],
    waited: Mapping[str, bool],
    handed_in: str,
) -> None:
    """Put into the gradebook what becomes of the marks by hand of one notebook.

    texts: its answers by the names of the questions. waited: whether each waited for a mark before
    nbgrader's step; empty for a notebook that is not handed in. handed_in: a digest of the files of
    the submission.
    """
    rows = {name: row for name, row in _rows(gradebook, of) if name in texts}
    connection = gradebook.db.connection()
    known = kept_answers(connection, [row.grade.id for row in rows.values()])
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
