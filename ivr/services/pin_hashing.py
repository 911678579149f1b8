"""Hashes of PINs: slow enough for a thief, quick enough for a caller who waits on the line.

19 MiB and two passes are the lower setting of OWASP's password storage recommendations; four digits
are few in any case, so what protects a case on the telephone is that guessing is slowed.
"""

import functools
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hash_pin(pin: str) -> str:
    """Return the Argon2id hash of a PIN."""
    return _HASHER.hash(pin)


def is_pin(pin_hash: str | None, pin: str) -> bool:
    """Say whether this is the PIN; without one to compare with, the same work is done for nothing."""
    try:
        return _HASHER.verify(pin_hash or _nobodys_hash(), pin) and pin_hash is not None
    except VerifyMismatchError:
        return False


@functools.cache
def _nobodys_hash() -> str:
    return hash_pin(secrets.token_urlsafe())


def warm_up() -> None:
    """Make ready what the first missing case needs, so that it takes no longer than others."""
    _nobodys_hash()
