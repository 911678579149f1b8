"""What waits and what is stuck, for whoever watches over the line."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, func, or_, select

from ivr.persistence import carrier_calls, left_copies, messages
from ivr.persistence.carrier_calls import RECORD_MAY_STAY
from ivr.persistence.database import Work
from ivr.persistence.tables import tasks

COPY_MAY_STAY = timedelta(hours=24)
MOST_COUNTED = 10_000
"""Counting stops here, so that looking never costs more than a moment."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """Counts of what is not done.

    Attributes:
        waiting: Tasks that are still to be done; deletions whose hour has not come are not counted.
        dead: Tasks for which all attempts are used up; a person must look.
        oldest_s: Seconds since the longest waiting task was ordered.
        old_copies: Recordings that the carrier still holds after a day, though it was asked to delete them.
        left_copies: Recordings that stay at a carrier which deletes none.
        old_call_records: Records of calls that the carrier still holds after a day.
    """

    waiting: int
    dead: int
    oldest_s: float
    old_copies: int
    left_copies: int
    old_call_records: int


def look(work: Work) -> Backlog:
    """Count what waits now."""
    oldest = work.connection.execute(
        select(func.min(tasks.c.created_at)).where(tasks.c.state == "waiting", _is_wanted(work))
    ).scalar()
    return Backlog(
        waiting=_count(work, tasks.c.state == "waiting", _is_wanted(work)),
        dead=_count(work, tasks.c.state == "dead"),
        oldest_s=0.0 if oldest is None else (work.now - oldest).total_seconds(),
        old_copies=messages.old_copies(work, COPY_MAY_STAY),
        left_copies=left_copies.count(work),
        old_call_records=carrier_calls.old_records(work, RECORD_MAY_STAY),
    )


def _is_wanted(work: Work) -> ColumnElement[bool]:
    """Leave out what was ordered for later: its time has not come, so it is no backlog."""
    return or_(tasks.c.job != carrier_calls.DELETE_RECORD, tasks.c.next_at <= work.now)


def _count(work: Work, *conditions: ColumnElement[bool]) -> int:
    some = select(tasks.c.id).where(*conditions).limit(MOST_COUNTED).subquery()
    return work.connection.execute(select(func.count()).select_from(some)).scalar_one()
