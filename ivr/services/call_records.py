"""The carrier's records of calls: deleted an hour after each call, with all that leads from here to there.

A record holds the caller's number. Whoever had it and our name of the call could join a voice to a number.
"""

from datetime import datetime, timedelta

import structlog

from ivr.carrier.contract import Carrier
from ivr.carrier.errors import CallNotOverError, CarrierError, NotOfferedError
from ivr.persistence import calls, carrier_calls, messages, outbox
from ivr.persistence.carrier_calls import CarrierCall
from ivr.persistence.outbox import Task
from ivr.services.station import Station

log = structlog.get_logger()

NOT_OVER_PAUSE = timedelta(minutes=5)

UNTOLD_FOR = timedelta(hours=4)
"""No call lasts so long: one that began earlier and of which nobody told the end is over."""

RECEIPTS_STAY = timedelta(days=1)

NO_SOUND = frozenset({"absent", "failed"})
"""What the carrier calls a recording in which there is nothing to fetch."""


def delete_record(station: Station, carrier: Carrier, task_id: str) -> None:
    """Delete the carrier's record of a call and forget the carrier's name of it, or say when to try again."""
    found = _task_and_call(station, task_id)
    if found is None:
        return
    task, call = found
    try:
        if _has_recording_to_fetch(station, carrier, call):
            _try_later(station, task, "recording_not_home")
            return
        carrier.delete_call(call.call_sid)
    except NotOfferedError:
        log.warning("call_record_left_at_carrier", task_id=task.id)
    except CallNotOverError:
        _try_later(station, task, "not_over", NOT_OVER_PAUSE)
        return
    except CarrierError as error:
        _try_later(station, task, type(error).__name__)
        return
    with station.database.write() as work:
        if outbox.finish(work, task.id):
            carrier_calls.forget(work, call)


def _task_and_call(station: Station, task_id: str) -> tuple[Task, CarrierCall] | None:
    with station.database.read() as work:
        task = outbox.waiting(work, task_id)
        call = None if task is None else carrier_calls.by_id(work, task.subject_id)
    return None if task is None or call is None else (task, call)


def _has_recording_to_fetch(station: Station, carrier: Carrier, call: CarrierCall) -> bool:
    """Say whether the carrier holds something of a caller who agreed that we were never told of.

    Once the call is forgotten here, nobody could tell any more whose it is.
    """
    with station.database.read() as work:
        began_at = calls.began_at(work, call.call_sid)
    if began_at is None:
        return False
    return any(not _is_known(station, sid) for sid in _recordings_of(carrier, call, began_at))


def _recordings_of(carrier: Carrier, call: CarrierCall, began_at: datetime) -> list[str]:
    """Return what the carrier lists of a call; a minute more, as its clock is another one."""
    return [
        recording.sid
        for recording in carrier.list_recordings(began_at - timedelta(minutes=1))
        if recording.call_sid == call.call_sid and recording.status not in NO_SOUND
    ]


def _is_known(station: Station, recording_sid: str) -> bool:
    with station.database.read() as work:
        return messages.is_known_copy(work, recording_sid)


def _try_later(station: Station, task: Task, failure: str, pause: timedelta | None = None) -> None:
    with station.database.write() as work:
        if not outbox.postpone(work, task, failure, pause):
            log.error("task_given_up", job=task.job, task_id=task.id, cause=failure)


def end_untold(station: Station) -> int:
    """Order the records deleted of calls whose end nobody told us; returns how many."""
    with station.database.read() as work:
        untold = carrier_calls.untold_ends(work, work.now - UNTOLD_FOR)
    if not untold:
        return 0
    with station.database.write() as work:
        for organisation_id, call_sid in untold:
            carrier_calls.note_end(work, organisation_id, call_sid)
    return len(untold)


def forget_old_receipts(station: Station) -> int:
    """Remove receipts that no webhook can ask for any more; returns how many."""
    with station.database.write() as work:
        return calls.forget_receipts(work, RECEIPTS_STAY)
