"""Staff, their sessions and their misses at the door, as rows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, Row, delete, func, insert, select, text, update

from ivr.persistence.database import Work
from ivr.persistence.tables import organisations, sign_in_misses, staff, staff_sessions


@dataclass(frozen=True, slots=True)
class Account:
    """One member of staff, her name still sealed."""

    id: str
    organisation_id: str
    sealed_name: bytes
    password_hash: str
    role: str
    is_active: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """One person at one browser."""

    account: Account
    began_at: datetime
    seen_at: datetime


_ACCOUNT = (
    staff.c.id,
    staff.c.organisation_id,
    staff.c.sealed_name,
    staff.c.password_hash,
    staff.c.role,
    staff.c.is_active,
    staff.c.created_at,
)


def keep(work: Work, account: Account, login_hash: bytes) -> None:
    """Add a member of staff."""
    work.connection.execute(
        insert(staff).values(
            id=account.id,
            organisation_id=account.organisation_id,
            login_hash=login_hash,
            sealed_name=account.sealed_name,
            password_hash=account.password_hash,
            role=account.role,
            is_active=account.is_active,
            created_at=account.created_at,
        )
    )


def by_login(work: Work, login_hash: bytes) -> Account | None:
    """Return who has this login and may still sign in."""
    row = work.connection.execute(
        select(*_ACCOUNT).where(staff.c.login_hash == login_hash, staff.c.is_active)
    ).first()
    return None if row is None else Account(*row)


def of_organisation(work: Work, organisation_id: str) -> list[Account]:
    """Return everybody who was ever staff, the oldest account first."""
    rows = work.connection.execute(
        select(*_ACCOUNT).where(staff.c.organisation_id == organisation_id).order_by(staff.c.created_at)
    )
    return [Account(*row) for row in rows]


def keep_password(work: Work, account_id: str, password_hash: str) -> None:
    """Replace the hash of a password."""
    work.connection.execute(update(staff).where(staff.c.id == account_id).values(password_hash=password_hash))


def deactivate(work: Work, account_id: str, unused_login_hash: bytes) -> None:
    """Shut an account for good and free its login; notes and the audit trail still name the person."""
    work.connection.execute(
        update(staff)
        .where(staff.c.id == account_id)
        .values(is_active=False, password_hash="", login_hash=unused_login_hash)
    )


def wrapped_key(work: Work, organisation_id: str) -> bytes:
    """Return the organisation's key as it is kept."""
    statement = select(organisations.c.wrapped_key).where(organisations.c.id == organisation_id)
    return bytes(work.connection.execute(statement).scalar_one())


def organisation_by_slug(work: Work, slug: str) -> str | None:
    """Return the id of an organisation."""
    return work.connection.execute(select(organisations.c.id).where(organisations.c.slug == slug)).scalar()


def all_organisations(work: Work) -> list[tuple[str, str]]:
    """Return id and slug of every organisation."""
    rows = work.connection.execute(
        select(organisations.c.id, organisations.c.slug).order_by(organisations.c.slug)
    )
    return [(row.id, row.slug) for row in rows]


def begin_session(work: Work, account: Account, token_hash: bytes) -> None:
    """Let a browser in."""
    work.connection.execute(
        insert(staff_sessions).values(
            token_hash=token_hash,
            organisation_id=account.organisation_id,
            staff_id=account.id,
            began_at=work.now,
            seen_at=work.now,
        )
    )


def session(work: Work, token_hash: bytes) -> Session | None:
    """Return the session of a browser, however old, if the account is active."""
    row = work.connection.execute(
        select(*_ACCOUNT, staff_sessions.c.began_at, staff_sessions.c.seen_at)
        .join(staff, staff.c.id == staff_sessions.c.staff_id)
        .where(staff_sessions.c.token_hash == token_hash, staff.c.is_active)
    ).first()
    return None if row is None else _session(row)


def touch_session(work: Work, token_hash: bytes) -> None:
    """Write down that the person is still there."""
    work.connection.execute(
        update(staff_sessions).where(staff_sessions.c.token_hash == token_hash).values(seen_at=work.now)
    )


def end_session(work: Work, token_hash: bytes) -> None:
    """Forget the session of a browser."""
    work.connection.execute(delete(staff_sessions).where(staff_sessions.c.token_hash == token_hash))


def end_sessions_of(work: Work, account_id: str) -> None:
    """Forget every session of a person."""
    work.connection.execute(delete(staff_sessions).where(staff_sessions.c.staff_id == account_id))


def forget_sessions(work: Work, seen_before: datetime) -> None:
    """Forget sessions that nobody came back to."""
    work.connection.execute(delete(staff_sessions).where(staff_sessions.c.seen_at < seen_before))


def stand_in_line(work: Work, who_hash: bytes) -> None:
    """Let tries of one login come one after the other, so that many at once are all counted.

    SQLite has one writer at a time anyway.
    """
    if work.connection.dialect.name == "postgresql":
        number = int.from_bytes(who_hash[:8], "big", signed=True)
        work.connection.execute(text("select pg_advisory_xact_lock(:number)"), {"number": number})


def misses(work: Work, who_hash: bytes, since: datetime, most: int) -> list[datetime]:
    """Return when this login or address missed, the newest first."""
    rows = work.connection.execute(
        select(sign_in_misses.c.at)
        .where(sign_in_misses.c.who_hash == who_hash, sign_in_misses.c.at > since)
        .order_by(sign_in_misses.c.at.desc())
        .limit(most)
    )
    return [row.at for row in rows]


def keep_miss(work: Work, who_hash: bytes) -> str:
    """Count a try as a miss until it has proved good. Returns the id of the row."""
    miss_id = uuid4().hex
    work.connection.execute(insert(sign_in_misses).values(id=miss_id, who_hash=who_hash, at=work.now))
    return miss_id


def forgive(work: Work, who_hash: bytes) -> None:
    """Forget all misses of a login."""
    _forget_misses(work, sign_in_misses.c.who_hash == who_hash)


def forgive_one(work: Work, miss_id: str) -> None:
    """Forget one miss: it was none."""
    _forget_misses(work, sign_in_misses.c.id == miss_id)


def forget_misses(work: Work, before: datetime) -> None:
    """Forget misses that count no more."""
    _forget_misses(work, sign_in_misses.c.at <= before)


def has_staff(work: Work, organisation_id: str) -> bool:
    """Say whether anybody was ever added to the organisation."""
    statement = select(func.count()).select_from(
        select(staff.c.id).where(staff.c.organisation_id == organisation_id).limit(1).subquery()
    )
    return bool(work.connection.execute(statement).scalar())


def _forget_misses(work: Work, condition: ColumnElement[bool]) -> None:
    work.connection.execute(delete(sign_in_misses).where(condition))


def _session(row: Row[*tuple[Any, ...]]) -> Session:
    *account, began_at, seen_at = row
    return Session(Account(*account), began_at, seen_at)
