"""Calls in which the caller agreed to something, and receipts of what was promised in them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import delete, insert, select, update

from ivr.persistence.database import Work
from ivr.persistence.tables import calls, receipts

CONSENT_VERSION = "consent-1"
"""Which spoken consent she agreed to: consent_main, consent_limits, consent_keys in version 1."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call that is known because its caller agreed to be recorded."""

    id: str
    organisation_id: str
    hotline_id: str
    language: str


def by_carrier_sid(work: Work, call_sid: str) -> Call | None:
    """Return the call, or None if its caller never agreed to anything."""
    columns = calls.c.id, calls.c.organisation_id, calls.c.hotline_id, calls.c.language
    row = work.connection.execute(select(*columns).where(calls.c.carrier_call_sid == call_sid)).first()
    return None if row is None else Call(*row)


def began_at(work: Work, call_sid: str) -> datetime | None:
    """Return when a call began whose caller agreed, or None for any other."""
    return work.connection.execute(
        select(calls.c.began_at).where(calls.c.carrier_call_sid == call_sid)
    ).scalar()


def begin(
    work: Work, call_sid: str, *, organisation_id: str, hotline_id: str, language: str, flow_version: str
) -> Call:
    """Write down that the caller of this call agreed now."""
    call = Call(uuid4().hex, organisation_id, hotline_id, language)
    work.connection.execute(
        insert(calls).values(
            id=call.id,
            organisation_id=organisation_id,
            hotline_id=hotline_id,
            carrier_call_sid=call_sid,
            language=language,
            flow_version=flow_version,
            began_at=work.now,
            consented_at=work.now,
            consent_version=CONSENT_VERSION,
            last_turn_at=work.now,
        )
    )
    return call


def end(work: Work, call: Call) -> None:
    """Write down when the call ended; the first word on it stands."""
    work.connection.execute(
        update(calls).where(calls.c.id == call.id, calls.c.ended_at.is_(None)).values(ended_at=work.now)
    )


def receipt(work: Work, call_sid: str, turn: int, deed: str) -> str | None:
    """Return how this deed came out when this turn was first taken."""
    return work.connection.execute(
        select(receipts.c.outcome).where(
            receipts.c.carrier_call_sid == call_sid, receipts.c.turn == turn, receipts.c.deed == deed
        )
    ).scalar()


def keep_receipt(work: Work, organisation_id: str, call_sid: str, turn: int, deed: str, outcome: str) -> None:
    """Remember how a deed came out, so that the same webhook again changes nothing."""
    work.connection.execute(
        insert(receipts).values(
            organisation_id=organisation_id,
            carrier_call_sid=call_sid,
            turn=turn,
            deed=deed,
            outcome=outcome,
            at=work.now,
        )
    )


def forget_receipts(work: Work, older_than: timedelta) -> int:
    """Remove receipts of calls that are long over; returns how many."""
    before: datetime = work.now - older_than
    return work.connection.execute(delete(receipts).where(receipts.c.at < before)).rowcount
