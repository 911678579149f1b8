"""Passes: addresses of sealed sound that are good for minutes, because carriers fetch without signing."""

import base64
import binascii
from datetime import datetime

from ivr.domain.errors import SealBrokenError
from ivr.persistence.sealing import Keys, seal, unseal


def pass_for(keys: Keys, purpose: str, subject_id: str, until: datetime) -> str:
    """Return a pass that names a row in sealed form; of no pass can another be made."""
    plain = f"{subject_id} {int(until.timestamp())}".encode()
    return base64.urlsafe_b64encode(seal(keys.derived(purpose), plain, purpose)).decode().rstrip("=")


def subject_of(keys: Keys, purpose: str, given: str, now: datetime) -> str | None:
    """Return the id of the row that a pass is for, or None if it is not good, or no more."""
    try:
        sealed = base64.urlsafe_b64decode(given + "=" * (-len(given) % 4))
        subject_id, until = unseal(keys.derived(purpose), sealed, purpose).decode().split()
    except (binascii.Error, SealBrokenError, ValueError):
        return None
    return subject_id if now.timestamp() <= int(until) else None
