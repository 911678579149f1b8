"""Peppers: chance that is mixed into the marks of callers; once it is deleted no mark can be linked.

A mark is a keyed hash of a caller's number. It serves limits and "language remembered", and is worth
nothing to whoever holds the database without the master key, nor to anybody after its pepper is gone.
"""

import hashlib
import os
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from ivr.persistence.database import Work
from ivr.persistence.sealing import Keys
from ivr.persistence.tables import peppers

PEPPER_BYTES = 32
_MARK_BYTES = 16


def pepper_of(work: Work, purpose: str, day: date) -> bytes:
    """Return the pepper of a purpose from this day on, drawn by chance when it is first asked for.

    Needs a unit of work that writes; whoever only reads asks `known_pepper`.
    """
    known = known_pepper(work, purpose, day)
    if known is not None:
        return known
    insert = sqlite.insert if work.connection.dialect.name == "sqlite" else postgresql.insert
    work.connection.execute(
        insert(peppers).on_conflict_do_nothing(),
        {"purpose": purpose, "day": day, "pepper": os.urandom(PEPPER_BYTES)},
    )
    drawn = known_pepper(work, purpose, day)  # of whoever was first
    assert drawn is not None  # noqa: S101 - written in this transaction or before it
    return drawn


def known_pepper(work: Work, purpose: str, day: date) -> bytes | None:
    """Return the pepper of a purpose and a day, or None if nobody needed it yet or it is deleted."""
    pepper = work.connection.execute(
        select(peppers.c.pepper).where(peppers.c.purpose == purpose, peppers.c.day == day)
    ).scalar()
    return None if pepper is None else bytes(pepper)


def forget_peppers(work: Work, purpose: str, before: date) -> int:
    """Delete the peppers of older days: marks made with them mean nothing from now on."""
    statement = delete(peppers).where(peppers.c.purpose == purpose, peppers.c.day < before)
    return work.connection.execute(statement).rowcount


def caller_mark(keys: Keys, pepper: bytes, number: str) -> bytes:
    """Return 16 bytes by which a caller is known again, as long as the pepper lives.

    Ask `ivr.domain.callers.is_withheld` first: callers without a number would all be one.
    """
    key = keys.derived("marks of callers") + pepper
    return hashlib.blake2b(number.encode(), key=key, digest_size=_MARK_BYTES).digest()
