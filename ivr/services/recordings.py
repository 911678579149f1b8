"""A recording's way from the carrier to us: fetched, verified, sealed, deleted there, written down.

Only the workers come here. Each step reads its task, works without a transaction, and then writes its
effect together with the end of the task, so that a second run of the same step has no effect.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

import structlog

from ivr.carrier.contract import Carrier
from ivr.carrier.errors import (
    CarrierError,
    NotOfferedError,
    RecordingNotReadyError,
    RecordingTooLargeError,
)
from ivr.persistence import concerns, left_copies, messages, outbox
from ivr.persistence.concerns import Concern
from ivr.persistence.database import Work
from ivr.persistence.messages import Message
from ivr.persistence.outbox import Task
from ivr.persistence.sealing import seal, unseal
from ivr.services.own_message import sound_context
from ivr.services.station import Station
from transcription import audio
from transcription.recording import Recording
from transcription.suggestion import Suggestion
from transcription.transcript import Transcript

log = structlog.get_logger()

LEFT_COPIES_ASKED = 100
"""How many copies are asked for at once where somebody else has to delete them, the oldest first."""
TRIES_TO_READ = 8
"""So often what came is fetched again if it is no sound, for about two minutes: the carrier may have handed
out an empty file or a page of its own, and its copy, the only good one, is deleted after the last try."""

LONGEST_RECORDING_S = 600
"""Longer than any recording that we ask for; what is longer is kept up to here."""


def fetch(station: Station, carrier: Carrier, task_id: str) -> None:
    """Bring a recording home and seal it, or say when to try again.

    Raises:
        OSError: the disk is full; the task stays and is done when there is room.
    """
    found = _task_and_message(station, task_id)
    if found is None:
        return
    task, message, concern = found
    if message.is_sound_erased or concern is None:
        _give_up_erased(station, task, message)
        return
    try:
        data = carrier.fetch_recording(message.recording_sid)
    except RecordingNotReadyError:
        _try_later(station, task, "not_ready")
    except RecordingTooLargeError as error:
        _leave_at_carrier(station, task, message, type(error).__name__)
    except CarrierError as error:
        _try_later(station, task, type(error).__name__)
    else:
        _take_in(station, task, message, concern, data)


def _task_and_message(station: Station, task_id: str) -> tuple[Task, Message, Concern | None] | None:
    with station.database.read() as work:
        task = outbox.waiting(work, task_id)
        message = None if task is None else messages.by_id(work, task.subject_id)
        concern = None if message is None else concerns.by_id(work, message.concern_id)
    if task is None or message is None:
        return None
    return task, message, concern


def _give_up_erased(station: Station, task: Task, message: Message) -> None:
    with station.database.write() as work:
        outbox.finish(work, task.id)
        messages.order_copy_deletion(work, message.recording_sid)


def _try_later(station: Station, task: Task, failure: str) -> None:
    with station.database.write() as work:
        if not outbox.postpone(work, task, failure):
            give_up(work, task, failure)


def give_up(work: Work, task: Task, failure: str) -> None:
    """Tell staff at the message that all tries of a task are used up, and what it was."""
    log.error("task_given_up", job=task.job, task_id=task.id, cause=failure)
    message = messages.by_id(work, task.subject_id)
    if message is None:
        return
    if task.job == messages.FETCH:
        messages.keep_fetch_failure(work, message, failure)
    elif task.job == messages.TRANSCRIBE:
        messages.set_transcript_state(work, message.id, "failed", failure)


def _take_in(station: Station, task: Task, message: Message, concern: Concern, data: bytes) -> None:
    try:
        recording = audio.read_recording(data, longest_s=LONGEST_RECORDING_S)
    except audio.UnreadableRecordingError as error:
        _take_in_no_sound(station, task, message, concern, data, error)
        return
    heard = audio.listening(recording)
    tidied = audio.tidy(recording)
    _seal_sound(station, message, concern, data, audio.to_wav(tidied))
    with station.database.write() as work:
        is_gone = _is_gone(work, message)
        is_first = outbox.finish(work, task.id)
        if is_first and is_gone:
            messages.order_copy_deletion(work, message.recording_sid)
        elif is_first:
            messages.keep_sound(
                work,
                message,
                sha256=hashlib.sha256(data).hexdigest(),
                length_ms=tidied.duration_ms,
                level_dbfs=heard.level_dbfs,
                waveform=audio.waveform(tidied),
                set_aside=None if heard.verdict == "speech" else heard.verdict,
            )
            outbox.order(work, messages.TRANSCRIBE, message.id, message.organisation_id)
    if is_gone:
        station.recordings.erase(message.id)


def _is_gone(work: Work, message: Message) -> bool:
    """Say whether she erased a message while its sound was under way; perhaps the task ended with it."""
    current = messages.by_id(work, message.id)
    return current is None or current.is_sound_erased


def _take_in_no_sound(
    station: Station,
    task: Task,
    message: Message,
    concern: Concern,
    data: bytes,
    error: audio.UnreadableRecordingError,
) -> None:
    """Ask again for what is no sound, unless the carrier said that nothing was spoken, or it is too much."""
    failure = type(error).__name__
    if isinstance(error, audio.EmptyRecordingError) and message.said_length_s == 0:
        _set_aside(station, task, message, concern, data, failure, "silent")
    elif isinstance(error, audio.TooLongRecordingError) or task.attempt >= TRIES_TO_READ:
        _set_aside(station, task, message, concern, data, failure, "unreadable")
    else:
        _try_later(station, task, failure)


def _seal_sound(
    station: Station, message: Message, concern: Concern, original: bytes, listening: bytes
) -> None:
    """Keep what the carrier gave untouched, and beside it the copy that staff hear."""
    key = concern.key(station.keys)
    if key is None:
        return
    station.recordings.put(message.id, seal(key, listening, sound_context(message.id)))
    station.recordings.put_original(message.id, seal(key, original, original_context(message.id)))


def original_context(message_id: str) -> str:
    """Return the place that the untouched recording of a message is bound to."""
    return f"messages.original:{message_id}"


def _leave_at_carrier(station: Station, task: Task, message: Message, failure: str) -> None:
    """Stop trying for something far larger than any message; it stays where it is until a person looks."""
    with station.database.write() as work:
        if outbox.finish(work, task.id):
            messages.keep_fetch_failure(work, message, failure, set_aside="unreadable")


def _set_aside(
    station: Station, task: Task, message: Message, concern: Concern, data: bytes, failure: str, why: str
) -> None:
    """Keep bytes that are no sound we know: a person may still make something of them."""
    key = concern.key(station.keys)
    if key is not None:
        station.recordings.put_original(message.id, seal(key, data, original_context(message.id)))
    with station.database.write() as work:
        is_gone = _is_gone(work, message)
        if outbox.finish(work, task.id):
            messages.keep_fetch_failure(work, message, failure, set_aside=why)
            messages.order_copy_deletion(work, message.recording_sid)
    if is_gone:
        station.recordings.erase(message.id)


@dataclass(frozen=True, slots=True)
class ToTranscribe:
    """A recording that waits for its words."""

    task_id: str
    message_id: str
    language: str
    recording: Recording


def awaiting_transcript(station: Station, task_id: str, lease: timedelta) -> ToTranscribe | None:
    """Return what a transcription task is about, or None if there is nothing to do any more."""
    found = _task_and_message(station, task_id)
    if found is None:
        return None
    task, message, concern = found
    key = None if concern is None or message.is_sound_erased else concern.key(station.keys)
    sealed = station.recordings.get(message.id)
    if key is None or sealed is None:
        with station.database.write() as work:
            if outbox.finish(work, task.id) and key is not None:
                messages.set_transcript_state(work, message.id, "failed", "sound_missing")
                log.error("sealed_sound_missing", message_id=message.id)
        return None
    with station.database.write() as work:
        outbox.extend_lease(work, task.id, lease)
    wav = unseal(key, sealed, sound_context(message.id))
    return ToTranscribe(task.id, message.id, message.language, audio.read_recording(wav))


def keep_transcript(
    station: Station, done: ToTranscribe, transcript: Transcript, suggestion: Suggestion
) -> None:
    """Seal the words of a message and end its task."""
    with station.database.write() as work:
        message = messages.by_id(work, done.message_id)
        concern = None if message is None else concerns.by_id(work, message.concern_id)
        key = None if concern is None else concern.key(station.keys)
        if not outbox.finish(work, done.task_id) or message is None or key is None or message.is_erased:
            return
        words = seal(key, transcript.to_json().encode(), words_context(message.id))
        messages.keep_transcript(work, message, words, transcript.model, len(transcript.words))
        kind = suggestion.kinds[0].id if suggestion.kinds else None
        if kind is not None or suggestion.urgency is not None:
            concerns.keep_suggestion(work, message.concern_id, kind, suggestion.urgency)


def words_context(message_id: str) -> str:
    """Return the place that the sealed words of a message are bound to."""
    return f"transcripts.words:{message_id}"


def keep_without_transcript(
    station: Station, task_id: str, message_id: str, state: str, failure: str | None
) -> None:
    """Say why a message has no words (no_model, failed) and end its task; it can be heard all the same."""
    with station.database.write() as work:
        if outbox.finish(work, task_id):
            messages.set_transcript_state(work, message_id, state, failure)


def delete_carrier_copy(station: Station, carrier: Carrier, task_id: str) -> None:
    """Delete the carrier's copy, ask again whether it is gone, and write down the proof."""
    with station.database.read() as work:
        task = outbox.waiting(work, task_id)
        recording_sid = None if task is None else messages.recording_of_copy(work, task.subject_id)
    if task is None:
        return
    try:
        is_gone = recording_sid is None or _delete_and_ask(carrier, recording_sid)
        failure = "still_there"
    except NotOfferedError:
        _leave_copy(station, task)
        return
    except CarrierError as error:
        is_gone, failure = False, type(error).__name__
    with station.database.write() as work:
        if is_gone and outbox.finish(work, task.id):
            messages.mark_copy(work, task.subject_id, is_gone=True)
        elif not is_gone:
            outbox.postpone(work, task, failure)


def _leave_copy(station: Station, task: Task) -> None:
    """Stop asking a telephone company that deletes nothing; the operator is told, see `doctor`."""
    with station.database.write() as work:
        if outbox.finish(work, task.id):
            left_copies.leave(work, task.subject_id)
    log.warning("carrier_deletes_nothing", task_id=task.id)


def prove_left_copies_gone(station: Station, carrier: Carrier) -> int:
    """Ask for copies that somebody else has to delete; returns how many are proved gone now."""
    with station.database.read() as work:
        left = left_copies.oldest(work, LEFT_COPIES_ASKED)
    gone = [copy for copy in left if not carrier.has_recording(copy.recording_sid)]
    with station.database.write() as work:
        for copy in gone:
            messages.mark_copy(work, copy.id, is_gone=True)
    return len(gone)


def _delete_and_ask(carrier: Carrier, recording_sid: str) -> bool:
    if carrier.has_recording(recording_sid):
        carrier.delete_recording(recording_sid)
    return not carrier.has_recording(recording_sid)
