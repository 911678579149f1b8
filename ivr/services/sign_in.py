"""Staff at the door: who may come in, who must wait, and how long a session lasts.

A try is counted as a miss before its password is looked at, so that many tries at once count as many.
Logins and network addresses are kept as keyed hashes and forgotten after a quarter of an hour.
"""

import functools
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from argon2.exceptions import InvalidHashError, VerifyMismatchError

from ivr.persistence import accounts
from ivr.persistence.accounts import Account, Session
from ivr.persistence.database import Work
from ivr.persistence.sealing import Keys
from ivr.services import audit
from ivr.services.accounts import HASHER, LONGEST_PASSWORD, Person, login_hash, organisation_key, person_of
from ivr.services.station import Station

WINDOW: Final = timedelta(minutes=15)
MOST_MISSES_OF_LOGIN: Final = 5
MOST_MISSES_OF_ADDRESS: Final = 20
"""An office often shares one address: five would let one colleague lock all others out."""

IDLE_FOR: Final = timedelta(minutes=30)
AT_MOST: Final = timedelta(hours=8)
_TOUCH_AFTER: Final = timedelta(minutes=1)
_TOKEN_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The password was right.

    Attributes:
        token: 256 bits for the browser's cookie; only its keyed hash is kept here.
    """

    token: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Login or password was wrong; which of them is not said."""


@dataclass(frozen=True, slots=True)
class MustWait:
    """Too many misses of this login or from this address."""

    wait: timedelta


@dataclass(frozen=True, slots=True)
class _Try:
    account: Account | None
    login_hash: bytes
    miss_ids: tuple[str, str]


def sign_in(station: Station, login: str, password: str, address: str) -> SignedIn | Refused | MustWait:
    """Let a person in, refuse, or make wait."""
    attempt = _begin_try(station, login, address)
    if isinstance(attempt, MustWait):
        return attempt
    if not _is_password(attempt.account, password) or attempt.account is None:
        return Refused()
    return _let_in(station, attempt, attempt.account)


def person_at(station: Station, token: str, *, is_present: bool = True) -> Person | None:
    """Return who has this session, or None if it is over.

    Args:
        station: The running Peerline.
        token: From the browser's cookie.
        is_present: A person asked, not a page by itself: the idle time begins anew.
    """
    token_hash = _token_hash(station.keys, token)
    with station.database.read() as work:
        session = accounts.session(work, token_hash)
        if session is None or _is_over(work, session):
            return None
        needs_touch = is_present and work.now - session.seen_at > _TOUCH_AFTER
        person = _person(work, station.keys, session.account)
    if needs_touch:
        with station.database.write() as work:
            accounts.touch_session(work, token_hash)
    return person


def sign_out(station: Station, token: str) -> None:
    """End a session; one that is over already stays so."""
    token_hash = _token_hash(station.keys, token)
    with station.database.read() as work:
        session = accounts.session(work, token_hash)
    if session is None:
        return
    account = session.account
    with station.database.write() as work:
        accounts.end_session(work, token_hash)
        audit.write(work, station.keys, account.organisation_id, "sign_out", staff_id=account.id)


def forget_old(station: Station) -> None:
    """Forget sessions and misses that count no more; also done at every try."""
    with station.database.write() as work:
        _forget_old(work)


def _begin_try(station: Station, login: str, address: str) -> _Try | MustWait:
    keys = station.keys
    by_login = login_hash(keys, login)
    by_address = keys.keyed_hash(address, "network address at sign-in")
    with station.database.write() as work:
        _forget_old(work)
        for who in sorted((by_login, by_address)):
            accounts.stand_in_line(work, who)
        wait = max(
            _wait(work, by_login, MOST_MISSES_OF_LOGIN), _wait(work, by_address, MOST_MISSES_OF_ADDRESS)
        )
        if wait:
            return MustWait(wait)
        miss_ids = accounts.keep_miss(work, by_login), accounts.keep_miss(work, by_address)
        return _Try(accounts.by_login(work, by_login), by_login, miss_ids)


def _wait(work: Work, who_hash: bytes, most: int) -> timedelta:
    """Return how long until fewer than `most` misses lie in the window."""
    misses = accounts.misses(work, who_hash, work.now - WINDOW, most)
    return timedelta(0) if len(misses) < most else misses[-1] + WINDOW - work.now


def _is_password(account: Account | None, password: str) -> bool:
    """Compare, and take the same time over a login that nobody has."""
    known = _nobodys_hash() if account is None else account.password_hash
    try:
        return HASHER.verify(known, password[: LONGEST_PASSWORD + 1]) and account is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


@functools.cache
def _nobodys_hash() -> str:
    return HASHER.hash(secrets.token_urlsafe(_TOKEN_BYTES))


def warm_up() -> None:
    """Make ready what the first try needs, so that it takes no longer than others."""
    _nobodys_hash()


def _let_in(station: Station, attempt: _Try, account: Account) -> SignedIn:
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    with station.database.write() as work:
        accounts.forgive(work, attempt.login_hash)
        for miss_id in attempt.miss_ids:
            accounts.forgive_one(work, miss_id)
        accounts.begin_session(work, account, _token_hash(station.keys, token))
        audit.write(work, station.keys, account.organisation_id, "sign_in", staff_id=account.id)
    return SignedIn(token)


def _is_over(work: Work, session: Session) -> bool:
    return work.now - session.seen_at > IDLE_FOR or work.now - session.began_at > AT_MOST


def _forget_old(work: Work) -> None:
    accounts.forget_sessions(work, work.now - IDLE_FOR)
    accounts.forget_misses(work, work.now - WINDOW)


def _person(work: Work, keys: Keys, account: Account) -> Person:
    return person_of(account, organisation_key(work, keys, account.organisation_id))


def _token_hash(keys: Keys, token: str) -> bytes:
    return keys.keyed_hash(token, "session of staff")
