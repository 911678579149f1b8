"""Cases opened by telephone: the number between two turns, tries that missed, and what this call opened."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.dialects import postgresql, sqlite

from ivr.persistence import concerns as concern_rows
from ivr.persistence.concerns import Concern
from ivr.persistence.database import Work
from ivr.persistence.sealing import Keys, seal, unseal
from ivr.persistence.tables import case_misses, case_tries, concerns, open_cases

_PURPOSE = "case number between two turns"


@dataclass(frozen=True, slots=True)
class Case:
    """A concern as it is found by its number.

    Attributes:
        pin_hash: None where she chose no PIN; such a case cannot be opened.
    """

    concern_id: str
    pin_hash: str | None


def hold_number(work: Work, keys: Keys, organisation_id: str, call_sid: str, turn: int, number: str) -> None:
    """Keep a case number sealed until the PIN is keyed; the same turn again changes nothing."""
    make = sqlite.insert if work.connection.dialect.name == "sqlite" else postgresql.insert
    sealed = seal(keys.derived(_PURPOSE), number.encode(), f"{call_sid}:{turn}")
    work.connection.execute(
        make(case_tries).on_conflict_do_nothing(),
        {
            "carrier_call_sid": call_sid,
            "turn": turn,
            "organisation_id": organisation_id,
            "sealed_number": sealed,
            "at": work.now,
        },
    )


def held_number(work: Work, keys: Keys, call_sid: str, before_turn: int) -> str | None:
    """Return the number that was keyed last before a turn of a call."""
    row = work.connection.execute(
        select(case_tries.c.turn, case_tries.c.sealed_number)
        .where(case_tries.c.carrier_call_sid == call_sid, case_tries.c.turn < before_turn)
        .order_by(case_tries.c.turn.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    return unseal(keys.derived(_PURPOSE), row.sealed_number, f"{call_sid}:{row.turn}").decode()


def drop_numbers(work: Work, call_sid: str) -> None:
    """Forget what was keyed in a call."""
    work.connection.execute(delete(case_tries).where(case_tries.c.carrier_call_sid == call_sid))


def find(work: Work, keys: Keys, organisation_id: str, number: str) -> Case | None:
    """Return the case of a number, if there is something in it that staff have or had."""
    row = work.connection.execute(
        select(concerns.c.id, concerns.c.pin_hash).where(
            concerns.c.case_number_hash == concern_rows.case_hash(keys, organisation_id, number),
            concerns.c.state.in_(("open", "done")),
        )
    ).first()
    return None if row is None else Case(row.id, row.pin_hash)


def stand_in_line(work: Work, who_hash: bytes) -> None:
    """Let tries of one caller, case or line come one after the other, so that many at once all count.

    SQLite has one writer at a time anyway.
    """
    if work.connection.dialect.name == "postgresql":
        number = int.from_bytes(who_hash[:8], "big", signed=True)
        work.connection.execute(text("select pg_advisory_xact_lock(:number)"), {"number": number})


def count_misses(work: Work, who_hash: bytes, since: datetime, besides: Collection[str]) -> int:
    """Count the tries of a caller, of a case or on a line that missed, besides these."""
    statement = select(func.count()).where(
        case_misses.c.who_hash == who_hash, case_misses.c.at > since, case_misses.c.id.not_in(besides)
    )
    return work.connection.execute(statement).scalar_one()


def keep_miss(work: Work, miss_id: str, who_hash: bytes) -> None:
    """Count a try as a miss until it has proved good; the same try again counts once."""
    make = sqlite.insert if work.connection.dialect.name == "sqlite" else postgresql.insert
    work.connection.execute(
        make(case_misses).on_conflict_do_nothing(), {"id": miss_id, "who_hash": who_hash, "at": work.now}
    )


def forgive(work: Work, miss_ids: Collection[str]) -> None:
    """Forget misses that were none."""
    work.connection.execute(delete(case_misses).where(case_misses.c.id.in_(miss_ids)))


def open_for_call(work: Work, organisation_id: str, call_sid: str, concern_id: str) -> None:
    """Remember for the rest of a call which case was opened in it."""
    close_for_call(work, call_sid)
    work.connection.execute(
        insert(open_cases).values(
            carrier_call_sid=call_sid, organisation_id=organisation_id, concern_id=concern_id, at=work.now
        )
    )


def opened_in(work: Work, call_sid: str) -> tuple[Concern, datetime] | None:
    """Return the case that is open in a call, and since when; None after it was erased."""
    row = work.connection.execute(
        select(open_cases.c.concern_id, open_cases.c.at).where(open_cases.c.carrier_call_sid == call_sid)
    ).first()
    concern = None if row is None else concern_rows.by_id(work, row.concern_id)
    return None if row is None or concern is None or concern.wrapped_key is None else (concern, row.at)


def holds_anything(work: Work, call_sid: str) -> bool:
    """Say whether a number or an open case is remembered for a call."""
    tried = select(case_tries.c.turn).where(case_tries.c.carrier_call_sid == call_sid)
    opened = select(open_cases.c.at).where(open_cases.c.carrier_call_sid == call_sid)
    return any(work.connection.execute(each.limit(1)).first() is not None for each in (tried, opened))


def close_for_call(work: Work, call_sid: str) -> None:
    """Forget which case was opened in a call."""
    work.connection.execute(delete(open_cases).where(open_cases.c.carrier_call_sid == call_sid))


def close_everywhere(work: Work, concern_id: str) -> None:
    """Close a case in every call in which it is open."""
    work.connection.execute(delete(open_cases).where(open_cases.c.concern_id == concern_id))


def forget_old(work: Work, *, numbers: timedelta, misses: timedelta, open_for: timedelta) -> None:
    """Forget what is older than it may be."""
    work.connection.execute(delete(case_tries).where(case_tries.c.at < work.now - numbers))
    work.connection.execute(delete(case_misses).where(case_misses.c.at < work.now - misses))
    work.connection.execute(delete(open_cases).where(open_cases.c.at < work.now - open_for))
