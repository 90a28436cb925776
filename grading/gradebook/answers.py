"""What was answered when marks were given by hand, and the marks of answers that have changed.

nbgrader's gradebook has no place for that: a table of the kit's own stands beside nbgrader's, in
the same database. nbgrader does not touch it.
"""

from collections.abc import Iterable
from typing import NamedTuple

from nbgrader.api import Assignment, Grade, Notebook, SubmittedNotebook
from sqlalchemy import Column, Float, MetaData, String, Table, Text, func, inspect, select
from sqlalchemy.engine import Connection

from grading.course import Course

ANSWERS = Table(
    "grading_answer",
    MetaData(),
    Column("grade_id", String(32), primary_key=True),  # random: nbgrader uses none a second time
    Column("text", Text),
    Column("handed_in", String(64)),
    Column("earlier_mark", Float),
    Column("earlier_comment", Text),
    Column("earlier_text", Text),
)


class Given(NamedTuple):
    """What a person has given to an answer. waits: whether it is to be marked still."""

    mark: float | None = None
    comment: str | None = None
    waits: bool = True


class Earlier(NamedTuple):
    """The mark and comment of an answer that has changed since, and its text."""

    mark: float | None
    comment: str | None
    text: str


class Kept(NamedTuple):
    """What the table holds of an answer.

    text: as it was recorded; None where that is not known. handed_in: a digest of the files that
    it was recorded from.
    """

    text: str | None = None
    earlier: Earlier | None = None
    handed_in: str | None = None


def settled(given: Given, kept: Kept, text: str, points: float) -> tuple[Given, Kept]:
    """What becomes of mark and comment when `text` is recorded for an answer.

    The same text keeps them. They leave with another one, or when the question is no longer worth
    so many points, and the answer waits; its mark and comment are kept as earlier ones until a new
    mark is given. They come back when the text comes back before that. Where it is not known what
    was answered before, it is taken for the same. `given.waits` is for an answer without a mark.
    """
    mark, comment, waits = given
    earlier = kept.earlier if mark is None else None
    before = text if kept.text is None else kept.text
    if earlier is None:
        stays = text == before and (mark or 0) <= points
        if stays or (mark is None and not comment):
            return given, Kept(text)
        return Given(), Kept(text, Earlier(mark, comment, before))
    both = "\n".join(dict.fromkeys(filter(None, (earlier.comment, comment)))) or None
    if earlier.text == text and (earlier.mark or 0) <= points:
        return Given(earlier.mark, both, earlier.mark is None and waits), Kept(text)
    if text != before:  # a comment that was written meanwhile, without a mark, goes along
        earlier, comment = earlier._replace(comment=both), None
    return Given(None, comment), Kept(text, earlier)


def make_table(connection: Connection) -> None:
    """Make the table where there is none."""
    ANSWERS.create(connection, checkfirst=True)


def sweep(connection: Connection) -> None:
    """Take out of the table, where there is one, what belongs to no grade of nbgrader's."""
    if has_table(connection):
        connection.execute(ANSWERS.delete().where(ANSWERS.c.grade_id.not_in(select(Grade.id))))


def forget_texts(connection: Connection, name: str) -> None:
    """Take out the texts and earlier comments that name somebody. The marks stay."""
    if not has_table(connection):
        return
    for column in (ANSWERS.c.text, ANSWERS.c.earlier_text, ANSWERS.c.earlier_comment):
        names = func.lower(column).contains(name.lower(), autoescape=True)
        # A text that is not known is None; without an earlier text there is no earlier mark.
        empty = "…" if column is ANSWERS.c.earlier_text else None
        connection.execute(ANSWERS.update().where(names).values({column: empty}))


def waiting_again(course: Course, assignment: str) -> int:
    """How many answers of an assignment have changed since they were marked, and wait."""
    with course.gradebook() as gradebook:
        connection = gradebook.db.connection()
        if not has_table(connection):
            return 0
        rows = (
            select(func.count())
            .select_from(ANSWERS)
            .join(Grade, Grade.id == ANSWERS.c.grade_id)
            .join(SubmittedNotebook, SubmittedNotebook.id == Grade.notebook_id)
            .join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
            .join(Assignment, Assignment.id == Notebook.assignment_id)
            .where(Assignment.name == assignment, ANSWERS.c.earlier_text.is_not(None))
            .where(Grade.manual_score.is_(None), Grade.needs_manual_grade)
        )
        return connection.execute(rows).scalar_one()


def has_table(connection: Connection) -> bool:
    return inspect(connection).has_table(ANSWERS.name)


def kept_answers(connection: Connection, ids: Iterable[str]) -> dict[str, Kept]:
    """What the table holds, by the ids of nbgrader's grades."""
    if not has_table(connection):
        return {}
    rows = connection.execute(select(ANSWERS).where(ANSWERS.c.grade_id.in_(list(ids))))
    return {
        row.grade_id: Kept(
            row.text,
            None
            if row.earlier_text is None
            else Earlier(row.earlier_mark, row.earlier_comment, row.earlier_text),
            row.handed_in,
        )
        for row in rows
    }


def keep(connection: Connection, grade_id: str, kept: Kept) -> None:
    """Put an answer into the table, in place of what it held."""
    mark, comment, text = kept.earlier or (None, None, None)
    connection.execute(ANSWERS.delete().where(ANSWERS.c.grade_id == grade_id))
    connection.execute(
        ANSWERS.insert().values(
            grade_id=grade_id, text=kept.text, handed_in=kept.handed_in,
            earlier_mark=mark, earlier_comment=comment, earlier_text=text,
        )
    )  # fmt: skip
