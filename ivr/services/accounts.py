"""Accounts of staff: added, given a password, removed; names are sealed with the organisation's key."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, get_args
from uuid import uuid4

from argon2 import PasswordHasher
from sqlalchemy.exc import IntegrityError

from ivr.domain.errors import PeerlineError
from ivr.persistence import accounts
from ivr.persistence.accounts import Account
from ivr.persistence.database import Work
from ivr.persistence.sealing import Keys, seal, unseal
from ivr.services import audit
from ivr.services.station import Station

Role = Literal["reviewer", "coordinator", "administrator"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)

SHORTEST_PASSWORD: Final = 12
LONGEST_PASSWORD: Final = 200
"""Longer ones are refused before they are hashed: hashing megabytes would keep others waiting."""

_EASY_TO_READ: Final = "abcdefghijkmnpqrstuvwxyz23456789"  # without l and 1, o and 0
_GROUPS, _GROUP_LENGTH = 4, 4

HASHER: Final = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)
"""Argon2id with 64 MiB and three passes: the second recommended option of RFC 9106, section 4."""


class LoginTakenError(PeerlineError):
    """Somebody has this login already."""

    def __init__(self) -> None:
        super().__init__("this login is taken")


class UnknownLoginError(PeerlineError):
    """Nobody has this login."""

    def __init__(self) -> None:
        super().__init__("nobody has this login")


class UnknownOrganisationError(PeerlineError):
    """No organisation has this short name."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"there is no organisation {slug!r}")


class PasswordLengthError(PeerlineError):
    """The password is too short to be safe, or too long to be one."""

    def __init__(self) -> None:
        super().__init__(f"a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters")


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff as others see her."""

    id: str
    organisation_id: str
    name: str
    role: str
    is_active: bool
    created_at: datetime


def new_password() -> str:
    """Draw a password of 80 bits that can be read out: `k7mq-2xhd-wr9t-pz4f`."""
    return "-".join(
        "".join(secrets.choice(_EASY_TO_READ) for _ in range(_GROUP_LENGTH)) for _ in range(_GROUPS)
    )


def add(station: Station, login: str, password: str, *, name: str, role: Role, organisation: str) -> str:
    """Add a member of staff. Returns the id of the account.

    Raises:
        UnknownOrganisationError: no organisation has this slug.
        LoginTakenError: another account has this login, in whichever organisation.
        PasswordLengthError: the password is too short or too long.
    """
    password_hash = hash_password(password)
    try:
        with station.database.write() as work:
            organisation_id = accounts.organisation_by_slug(work, organisation)
            if organisation_id is None:
                raise UnknownOrganisationError(organisation)
            account = _new_account(work, station.keys, organisation_id, name, role, password_hash)
            accounts.keep(work, account, login_hash(station.keys, login))
            audit.write(work, station.keys, organisation_id, "user_added", subject_id=account.id, detail=role)
    except IntegrityError:
        raise LoginTakenError from None
    return account.id


def set_password(station: Station, login: str, password: str) -> None:
    """Give a new password and end every session of the person.

    Raises:
        UnknownLoginError: nobody has this login.
        PasswordLengthError: the password is too short or too long.
    """
    password_hash = hash_password(password)
    with station.database.write() as work:
        account = _by_login(work, station.keys, login)
        accounts.keep_password(work, account.id, password_hash)
        accounts.end_sessions_of(work, account.id)
        accounts.forgive(work, login_hash(station.keys, login))
        audit.write(work, station.keys, account.organisation_id, "user_password", subject_id=account.id)


def remove(station: Station, login: str) -> None:
    """Shut an account for good and end its sessions.

    Raises:
        UnknownLoginError: nobody has this login.
    """
    with station.database.write() as work:
        account = _by_login(work, station.keys, login)
        accounts.deactivate(work, account.id, secrets.token_bytes(16))
        accounts.end_sessions_of(work, account.id)
        audit.write(work, station.keys, account.organisation_id, "user_removed", subject_id=account.id)


def everybody(station: Station) -> dict[str, list[Person]]:
    """Return all staff by organisation."""
    with station.database.read() as work:
        return {
            slug: people_of(work, station.keys, organisation_id)
            for organisation_id, slug in accounts.all_organisations(work)
        }


def people_of(work: Work, keys: Keys, organisation_id: str) -> list[Person]:
    """Return the staff of an organisation, those who left among them."""
    key = organisation_key(work, keys, organisation_id)
    return [person_of(account, key) for account in accounts.of_organisation(work, organisation_id)]


def person_of(account: Account, organisation_key: bytes) -> Person:
    """Open the name of an account."""
    name = open_name(organisation_key, account.id, account.sealed_name)
    return Person(
        account.id, account.organisation_id, name, account.role, account.is_active, account.created_at
    )


def open_name(organisation_key: bytes, account_id: str, sealed_name: bytes) -> str:
    """Open the name of a member of staff."""
    return unseal(organisation_key, sealed_name, _name_context(account_id)).decode()


def organisation_key(work: Work, keys: Keys, organisation_id: str) -> bytes:
    """Return the key that seals what belongs to an organisation and to no concern."""
    return keys.unwrap(accounts.wrapped_key(work, organisation_id), f"organisation:{organisation_id}")


def login_hash(keys: Keys, login: str) -> bytes:
    """Return what a login is found by; capitals and blanks around it do not matter."""
    return keys.keyed_hash(login.strip().casefold(), "login of staff")


def hash_password(password: str) -> str:
    """Return the Argon2id hash of a password.

    Raises:
        PasswordLengthError: it is too short or too long.
    """
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise PasswordLengthError
    return HASHER.hash(password)


def _new_account(
    work: Work, keys: Keys, organisation_id: str, name: str, role: Role, password_hash: str
) -> Account:
    account_id = uuid4().hex
    key = organisation_key(work, keys, organisation_id)
    sealed_name = seal(key, name.encode(), _name_context(account_id))
    return Account(
        account_id, organisation_id, sealed_name, password_hash, role, is_active=True, created_at=work.now
    )


def _by_login(work: Work, keys: Keys, login: str) -> Account:
    account = accounts.by_login(work, login_hash(keys, login))
    if account is None:
        raise UnknownLoginError
    return account


def _name_context(account_id: str) -> str:
    return f"staff.name:{account_id}"
