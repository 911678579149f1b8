"""Hashes of PINs: slow enough for a thief, quick enough for a caller who waits on the line.

19 MiB and two passes are the lower setting of OWASP's password storage recommendations; four digits
are few in any case, so what protects a case on the telephone is that guessing is slowed.
"""

from argon2 import PasswordHasher

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hash_pin(pin: str) -> str:
    """Return the Argon2id hash of a PIN."""
    return _HASHER.hash(pin)
