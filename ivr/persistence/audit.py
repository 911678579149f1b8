"""The audit trail as rows: entries are added, never changed, and the head says how many there must be."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from ivr.persistence.database import Work
from ivr.persistence.tables import audit_entries, audit_heads


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that a person did."""

    organisation_id: str
    number: int
    at: datetime
    staff_id: str | None
    action: str
    subject_id: str | None
    detail: str


@dataclass(frozen=True, slots=True)
class Head:
    """The newest entry, and a mark that only the holder of the key can make."""

    number: int
    chain: str
    mark: str


NO_HEAD = Head(0, "", "")


def head_to_extend(work: Work, organisation_id: str) -> Head:
    """Return the head and keep it from others until the commit."""
    make = sqlite.insert if work.connection.dialect.name == "sqlite" else postgresql.insert
    empty = {"organisation_id": organisation_id, "number": 0, "chain": "", "mark": ""}
    work.connection.execute(make(audit_heads).on_conflict_do_nothing(), empty)
    return head(work, organisation_id, lock=True)


def head(work: Work, organisation_id: str, *, lock: bool = False) -> Head:
    """Return the head of an organisation's trail, an empty one if nothing was ever written."""
    statement = select(audit_heads.c.number, audit_heads.c.chain, audit_heads.c.mark).where(
        audit_heads.c.organisation_id == organisation_id
    )
    row = work.connection.execute(statement.with_for_update() if lock else statement).first()
    return NO_HEAD if row is None else Head(*row)


def keep(work: Work, entry: Entry, chain: str, mark: str) -> None:
    """Add an entry and move the head to it."""
    work.connection.execute(
        insert(audit_entries).values(
            organisation_id=entry.organisation_id,
            number=entry.number,
            at=entry.at,
            staff_id=entry.staff_id,
            action=entry.action,
            subject_id=entry.subject_id,
            detail=entry.detail,
            chain=chain,
        )
    )
    work.connection.execute(
        update(audit_heads)
        .where(audit_heads.c.organisation_id == entry.organisation_id)
        .values(number=entry.number, chain=chain, mark=mark)
    )


def entries(work: Work, organisation_id: str) -> Iterator[tuple[Entry, str]]:
    """Return every entry with its chain value, from the first on, without holding them all."""
    columns = audit_entries.c
    rows = work.connection.execution_options(yield_per=1000).execute(
        select(
            columns.organisation_id,
            columns.number,
            columns.at,
            columns.staff_id,
            columns.action,
            columns.subject_id,
            columns.detail,
            columns.chain,
        )
        .where(columns.organisation_id == organisation_id)
        .order_by(columns.number)
    )
    for *entry, chain in rows:
        yield Entry(*entry), chain
