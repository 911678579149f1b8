"""A caller's own message, played back to her in the call in which she left it.

The carrier fetches sound without signing for it, so the address itself must be a pass: it names the
message in a sealed form, is good for two minutes, and no other message can be made of it.
"""

import base64
import binascii
from datetime import datetime, timedelta

from ivr.domain.errors import SealBrokenError
from ivr.persistence import concerns, messages
from ivr.persistence.sealing import Keys, seal, unseal
from ivr.services.station import Station

GOOD_FOR = timedelta(minutes=2)
_PURPOSE = "pass to hear one's own message"


def pass_for(keys: Keys, message_id: str, now: datetime) -> str:
    """Return the pass for a message, good from now on for two minutes."""
    plain = f"{message_id} {int((now + GOOD_FOR).timestamp())}".encode()
    return base64.urlsafe_b64encode(seal(keys.derived(_PURPOSE), plain, _PURPOSE)).decode().rstrip("=")


def hear(station: Station, message_pass: str) -> bytes | None:
    """Return the sound (16-bit PCM WAV, mono) that the pass is for, or None if it is not good."""
    message_id = _message_of(station, message_pass)
    if message_id is None:
        return None
    with station.database.read() as work:
        message = messages.by_id(work, message_id)
        concern = None if message is None or message.is_erased else concerns.by_id(work, message.concern_id)
    key = None if concern is None else concern.key(station.keys)
    sealed = station.recordings.get(message_id)
    if key is None or sealed is None:
        return None
    return unseal(key, sealed, sound_context(message_id))


def sound_context(message_id: str) -> str:
    """Return the place that the sealed sound of a message is bound to."""
    return f"messages.sound:{message_id}"


def _message_of(station: Station, message_pass: str) -> str | None:
    try:
        sealed = base64.urlsafe_b64decode(message_pass + "=" * (-len(message_pass) % 4))
        message_id, until = unseal(station.keys.derived(_PURPOSE), sealed, _PURPOSE).decode().split()
    except (binascii.Error, SealBrokenError, ValueError):
        return None
    return message_id if station.database.now().timestamp() <= int(until) else None
