"""What waits and what is stuck, for whoever watches over the line."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from ivr.persistence import left_copies, messages
from ivr.persistence.database import Work
from ivr.persistence.tables import tasks

COPY_MAY_STAY = timedelta(hours=24)
MOST_COUNTED = 10_000
"""Counting stops here, so that looking never costs more than a moment."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """Counts of what is not done.

    Attributes:
        waiting: Tasks that are still to be done.
        dead: Tasks for which all attempts are used up; a person must look.
        oldest_s: Seconds since the longest waiting task was ordered.
        old_copies: Recordings that the carrier still holds after a day, though it was asked to delete them.
        left_copies: Recordings that stay at a carrier which deletes none.
    """

    waiting: int
    dead: int
    oldest_s: float
    old_copies: int
    left_copies: int


def look(work: Work) -> Backlog:
    """Count what waits now."""
    oldest = work.connection.execute(
        select(func.min(tasks.c.created_at)).where(tasks.c.state == "waiting")
    ).scalar()
    return Backlog(
        waiting=_count(work, "waiting"),
        dead=_count(work, "dead"),
        oldest_s=0.0 if oldest is None else (work.now - oldest).total_seconds(),
        old_copies=messages.old_copies(work, COPY_MAY_STAY),
        left_copies=left_copies.count(work),
    )


def _count(work: Work, state: str) -> int:
    some = select(tasks.c.id).where(tasks.c.state == state).limit(MOST_COUNTED).subquery()
    return work.connection.execute(select(func.count()).select_from(some)).scalar_one()
