"""Messages as the carrier tells of them, whether or not the caller stayed for her next turn."""

from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy.exc import IntegrityError

from ivr.domain.hotline import Hotline
from ivr.persistence import calls, carrier_calls, cases, concerns, messages
from ivr.services.station import Station

log = structlog.get_logger()

UNSENT_FOR = timedelta(minutes=10)
"""After this time a call that told us no more must be over, and what was said is sent."""

EMPTY_DRAFT_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CarrierWord:
    """What the carrier says of a recording, in a callback or in its list.

    Attributes:
        is_absent: The carrier kept nothing because it heard nothing.
    """

    recording_sid: str
    call_sid: str
    length_s: int | None
    is_absent: bool = False


def keep_recording(station: Station, hotline: Hotline, word: CarrierWord) -> bool:
    """Keep a recording of a caller who agreed, however often and in whatever order it is told.

    A recording of anyone else is deleted at the carrier and leaves nothing.

    Returns:
        Whether there is a message of it now.
    """
    try:
        return _keep_recording(station, hotline, word)
    except IntegrityError:  # the caller's own turn told of it at the same moment
        return _keep_recording(station, hotline, word)


def _keep_recording(station: Station, hotline: Hotline, word: CarrierWord) -> bool:
    with station.database.write() as work:
        is_known = messages.by_recording(work, word.recording_sid) is not None
        if word.is_absent or is_known:
            return is_known  # told again, perhaps after the call itself was forgotten
        call = calls.by_carrier_sid(work, word.call_sid)
        concern = None if call is None else concerns.of_call(work, call)
        if call is None or concern is None or concern.wrapped_key is None:
            messages.note_copy(work, hotline.organisation_id, word.recording_sid, None)
            messages.order_copy_deletion(work, word.recording_sid)
            log.warning("recording_without_consent")
            return False
        messages.keep(
            work,
            organisation_id=call.organisation_id,
            concern_id=concern.id,
            call_id=call.id,
            recording_sid=word.recording_sid,
            language=call.language,
            length_s=word.length_s,
        )
    return True


def end_call(station: Station, hotline: Hotline | None, call_sid: str) -> None:
    """Note that a call is over: what she said and did not erase is sent, and the carrier's record will go.

    Args:
        station: Where it is kept.
        hotline: The line that was called; None if the carrier named none of ours.
        call_sid: The carrier's name of the call.
    """
    with station.database.write() as work:
        cases.drop_numbers(work, call_sid)
        cases.close_for_call(work, call_sid)
        call = calls.by_carrier_sid(work, call_sid)
        owner = call or hotline
        if owner is not None:
            carrier_calls.note_end(work, owner.organisation_id, call_sid)
        if call is None:
            return
        calls.end(work, call)
        concerns.forget_pending_pin(work, call)
        for message in messages.unsent_of_call(work, call.id):
            messages.release(work, message, sent=False)


def release_forgotten(station: Station) -> int:
    """Send what was said in calls that are over though nobody told us; returns how many messages."""
    with station.database.read() as work:
        forgotten = messages.forgotten_unsent(work, work.now - UNSENT_FOR)
    if not forgotten:
        return 0
    with station.database.write() as work:
        for message in forgotten:
            messages.release(work, message, sent=False)
    return len(forgotten)


def erase_empty_drafts(station: Station) -> int:
    """Erase concerns into which nobody ever spoke; returns how many."""
    with station.database.write() as work:
        drafts = concerns.stale_drafts(work, work.now - EMPTY_DRAFT_FOR)
        for concern in drafts:
            concerns.erase(work, concern)
    return len(drafts)
