"""Answers that staff spoke for a concern, and what callers said of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, Row, delete, insert, or_, select, update

from ivr.persistence.database import Work
from ivr.persistence.tables import feedback, replies


@dataclass(frozen=True, slots=True)
class Reply:
    """One spoken answer.

    Attributes:
        kept_at: From then on the caller can hear it; None while it is a draft.
    """

    id: str
    organisation_id: str
    concern_id: str
    staff_id: str
    recorded_at: datetime
    length_ms: int
    kept_at: datetime | None
    first_heard_at: datetime | None
    withdrawn_at: datetime | None


_COLUMNS = (
    replies.c.id,
    replies.c.organisation_id,
    replies.c.concern_id,
    replies.c.staff_id,
    replies.c.recorded_at,
    replies.c.length_ms,
    replies.c.kept_at,
    replies.c.first_heard_at,
    replies.c.withdrawn_at,
)


def keep_draft(
    work: Work, reply_id: str, *, organisation_id: str, concern_id: str, staff_id: str, length_ms: int
) -> None:
    """Write down that a person has spoken an answer, which nobody else hears yet."""
    work.connection.execute(
        insert(replies).values(
            id=reply_id,
            organisation_id=organisation_id,
            concern_id=concern_id,
            staff_id=staff_id,
            recorded_at=work.now,
            length_ms=length_ms,
        )
    )


def by_id(work: Work, reply_id: str) -> Reply | None:
    """Return a reply by its id."""
    return _reply(work.connection.execute(select(*_COLUMNS).where(replies.c.id == reply_id)).first())


def of_concern(work: Work, concern_id: str) -> list[Reply]:
    """Return every reply and draft of a concern, the oldest first."""
    return _some(work, replies.c.concern_id == concern_id)


def drafts_of(work: Work, concern_id: str, staff_id: str) -> list[Reply]:
    """Return what a person has spoken for a concern and not kept yet."""
    return _some(
        work,
        replies.c.concern_id == concern_id,
        replies.c.staff_id == staff_id,
        replies.c.kept_at.is_(None),
        replies.c.withdrawn_at.is_(None),
    )


def to_hear(work: Work, concern_id: str, since: datetime) -> list[Reply]:
    """Return what a caller hears: all that she had not heard by this moment, or else the newest."""
    waiting = (
        replies.c.concern_id == concern_id,
        replies.c.kept_at.is_not(None),
        replies.c.withdrawn_at.is_(None),
    )
    fresh = or_(replies.c.first_heard_at.is_(None), replies.c.first_heard_at >= since)
    return _some(work, *waiting, fresh) or _some(work, *waiting)[-1:]


def keep(work: Work, reply_id: str) -> bool:
    """Let the caller hear a draft; False if it is none."""
    return _change(work, reply_id, replies.c.kept_at.is_(None), kept_at=work.now)


def mark_heard(work: Work, reply_id: str) -> None:
    """Write down when the caller heard it first, once."""
    _change(work, reply_id, replies.c.first_heard_at.is_(None), first_heard_at=work.now)


def withdraw(work: Work, reply_id: str) -> bool:
    """Take a reply or a draft back; False if the caller has heard it."""
    return _change(work, reply_id, replies.c.first_heard_at.is_(None), withdrawn_at=work.now)


def erase_of(work: Work, concern_id: str) -> None:
    """Remove the rows of a concern's replies."""
    work.connection.execute(delete(replies).where(replies.c.concern_id == concern_id))


def keep_feedback(work: Work, organisation_id: str, concern_id: str, kind: str, answer: str) -> None:
    """Keep what a caller says of an answer, in place of what she said of it before."""
    work.connection.execute(
        delete(feedback).where(feedback.c.concern_id == concern_id, feedback.c.kind == kind)
    )
    work.connection.execute(
        insert(feedback).values(
            id=uuid4().hex,
            organisation_id=organisation_id,
            concern_id=concern_id,
            kind=kind,
            answer=answer,
            at=work.now,
        )
    )


def feedback_of(work: Work, concern_id: str) -> dict[str, str]:
    """Return what a caller said of her answers: kind -> answer."""
    rows = work.connection.execute(
        select(feedback.c.kind, feedback.c.answer).where(feedback.c.concern_id == concern_id)
    )
    return {row.kind: row.answer for row in rows}


def part_feedback_from(work: Work, concern_id: str) -> None:
    """Keep the counts of an erased concern and forget whose they are."""
    work.connection.execute(
        update(feedback).where(feedback.c.concern_id == concern_id).values(concern_id=None)
    )


def _change(work: Work, reply_id: str, condition: ColumnElement[bool], **values: object) -> bool:
    statement = update(replies).where(replies.c.id == reply_id, replies.c.withdrawn_at.is_(None), condition)
    return work.connection.execute(statement.values(values)).rowcount == 1


def _some(work: Work, *conditions: ColumnElement[bool]) -> list[Reply]:
    rows = work.connection.execute(
        select(*_COLUMNS).where(*conditions).order_by(replies.c.recorded_at, replies.c.id)
    )
    return [Reply(*row) for row in rows]


def _reply(row: Row[*tuple[Any, ...]] | None) -> Reply | None:
    return None if row is None else Reply(*row)
