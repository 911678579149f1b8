"""Records of calls that the carrier holds, with the caller's number in them, until they are deleted there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import delete, exists, select, update
from sqlalchemy.dialects import postgresql, sqlite

from ivr.persistence import outbox
from ivr.persistence.database import Work
from ivr.persistence.tables import calls, carrier_calls, receipts

DELETE_RECORD = "delete_call_record"

RECORD_STAYS = timedelta(hours=1)
"""So long late webhooks still find their call; the carrier deletes no record of a call just ended."""

RECORD_MAY_STAY = timedelta(hours=24)
"""A record that is older is an alarm."""


@dataclass(frozen=True, slots=True)
class CarrierCall:
    """One call of which the carrier may hold a record."""

    id: str
    call_sid: str


def note_end(work: Work, organisation_id: str, call_sid: str) -> None:
    """Write down that a call is over and order its record deleted in an hour; once, however often told."""
    insert = sqlite.insert if work.connection.dialect.name == "sqlite" else postgresql.insert
    statement = insert(carrier_calls).on_conflict_do_nothing(index_elements=["call_sid"])
    row = work.connection.execute(
        statement.returning(carrier_calls.c.id),
        {
            "id": uuid4().hex,
            "organisation_id": organisation_id,
            "call_sid": call_sid,
            "ended_at": work.now,
        },
    ).first()
    if row is not None:
        outbox.order(work, DELETE_RECORD, row.id, organisation_id, delay=RECORD_STAYS)


def by_id(work: Work, carrier_call_id: str) -> CarrierCall | None:
    """Return the call, or None once its record is gone."""
    columns = carrier_calls.c.id, carrier_calls.c.call_sid
    row = work.connection.execute(select(*columns).where(carrier_calls.c.id == carrier_call_id)).first()
    return None if row is None else CarrierCall(*row)


def forget(work: Work, call: CarrierCall) -> None:
    """Remove every place that holds the carrier's name of the call; what was said in it stays."""
    work.connection.execute(
        update(calls).where(calls.c.carrier_call_sid == call.call_sid).values(carrier_call_sid=None)
    )
    work.connection.execute(delete(receipts).where(receipts.c.carrier_call_sid == call.call_sid))
    work.connection.execute(delete(carrier_calls).where(carrier_calls.c.id == call.id))


def untold_ends(work: Work, began_before: datetime, most: int = 100) -> Sequence[tuple[str, str]]:
    """Return organisation and carrier's name of calls that must be over though nobody told us."""
    told = exists().where(carrier_calls.c.call_sid == calls.c.carrier_call_sid)
    rows = work.connection.execute(
        select(calls.c.organisation_id, calls.c.carrier_call_sid)
        .where(calls.c.carrier_call_sid.is_not(None), calls.c.began_at < began_before, ~told)
        .order_by(calls.c.began_at)
        .limit(most)
    )
    return [(row.organisation_id, row.carrier_call_sid) for row in rows]


def old_records(work: Work, age: timedelta) -> int:
    """Count records that the carrier still holds after this age: each is an alarm."""
    rows = work.connection.execute(
        select(carrier_calls.c.id).where(carrier_calls.c.ended_at < work.now - age).limit(1000)
    )
    return len(rows.all())
