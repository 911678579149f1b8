"""A caller's own message, played back to her in the call in which she left it.

The carrier fetches sound without signing for it, so the address itself must be a pass: it names the
message in a sealed form, is good for two minutes, and no other message can be made of it.
"""

from datetime import datetime, timedelta

from ivr.persistence import concerns, messages
from ivr.persistence.sealing import Keys, unseal
from ivr.services import passes
from ivr.services.station import Station

GOOD_FOR = timedelta(minutes=2)
_PURPOSE = "pass to hear one's own message"


def pass_for(keys: Keys, message_id: str, now: datetime) -> str:
    """Return the pass for a message, good from now on for two minutes."""
    return passes.pass_for(keys, _PURPOSE, message_id, now + GOOD_FOR)


def hear(station: Station, message_pass: str) -> bytes | None:
    """Return the sound (16-bit PCM WAV, mono) that the pass is for, or None if it is not good."""
    message_id = passes.subject_of(station.keys, _PURPOSE, message_pass, station.database.now())
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
