"""Recordings that stay at a telephone company which deletes none: known one by one until they are gone."""

from dataclasses import dataclass

from sqlalchemy import func, select, update

from ivr.persistence.database import Work
from ivr.persistence.tables import carrier_copies

MOST_COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class LeftCopy:
    """A recording that whoever runs the telephone company has to delete."""

    id: str
    recording_sid: str


def leave(work: Work, copy_id: str) -> None:
    """Write down that this telephone company offers no deletion of it."""
    work.connection.execute(
        update(carrier_copies).where(carrier_copies.c.id == copy_id).values(left_since=work.now)
    )


def oldest(work: Work, most: int) -> list[LeftCopy]:
    """Return those of which nobody has proved yet that they are gone, the oldest first."""
    rows = work.connection.execute(
        select(carrier_copies.c.id, carrier_copies.c.recording_sid)
        .where(carrier_copies.c.proved_gone_at.is_(None), carrier_copies.c.left_since.is_not(None))
        .order_by(carrier_copies.c.seen_at)
        .limit(most)
    )
    return [LeftCopy(*row) for row in rows]


def count(work: Work) -> int:
    """Count them."""
    some = (
        select(carrier_copies.c.id)
        .where(carrier_copies.c.proved_gone_at.is_(None), carrier_copies.c.left_since.is_not(None))
        .limit(MOST_COUNTED)
        .subquery()
    )
    return work.connection.execute(select(func.count()).select_from(some)).scalar_one()
