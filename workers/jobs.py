"""The jobs; each takes the id of a task in the database and is safe to repeat.

A job that fails here fails aloud: its task stays in the outbox and is sent again.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from ivr.persistence import outbox
from ivr.services import call_records, recordings
from ivr.services.recordings import ToTranscribe
from ivr.services.station import Station
from transcription.recognizer import Recognizer, TranscriptionTimeoutError
from transcription.suggestion import load_taxonomy, suggest
from workers import ears
from workers.workplace import here

LEASE = timedelta(seconds=30)
"""A listener that stops renewing it is dead, and its task goes to another."""

RENEW_EVERY_S = 10.0

DECODING_PER_SECOND_S = 5.0
SHORTEST_LIMIT_S = 60.0

log = structlog.get_logger(__name__)


def fetch_recording(task_id: str) -> None:
    """Bring a recording home, seal it, and order its transcript and the deletion of the carrier's copy."""
    place = here()
    recordings.fetch(place.station, place.carrier, task_id)


def delete_carrier_copy(task_id: str) -> None:
    """Delete a recording at the carrier, and prove it by asking again."""
    place = here()
    recordings.delete_carrier_copy(place.station, place.carrier, task_id)


def delete_call_record(task_id: str) -> None:
    """Delete the carrier's record of a call, an hour after its end."""
    place = here()
    call_records.delete_record(place.station, place.carrier, task_id)


def transcribe_message(task_id: str) -> None:
    """Write down the words of a message; without a model for its language, people listen to it."""
    station = here().station
    waiting = recordings.awaiting_transcript(station, task_id, LEASE)
    if waiting is None:
        return
    recognizer = ears.for_language(waiting.language)
    if recognizer is None:
        recordings.keep_without_transcript(station, task_id, waiting.message_id, "no_model", None)
        return
    _listen(station, waiting, recognizer)


def _listen(station: Station, waiting: ToTranscribe, recognizer: Recognizer) -> None:
    try:
        with _renewed_lease(station, waiting.task_id):
            transcript = recognizer.transcribe(waiting.recording, longest_s=_limit_s(waiting))
    except TranscriptionTimeoutError:
        recordings.keep_without_transcript(station, waiting.task_id, waiting.message_id, "failed", "timeout")
    else:
        recordings.keep_transcript(station, waiting, transcript, suggest(transcript, load_taxonomy()))


def _limit_s(waiting: ToTranscribe) -> float:
    """Return how long listening may take: a large model on a slow computer, not one that is stuck."""
    return max(SHORTEST_LIMIT_S, DECODING_PER_SECOND_S * waiting.recording.duration_ms / 1000)


@contextmanager
def _renewed_lease(station: Station, task_id: str) -> Iterator[None]:
    """Keep the sweep from sending a task to a second listener while this one is at it."""
    over = threading.Event()
    renewing = threading.Thread(target=_renew, args=(station, task_id, over), daemon=True)
    renewing.start()
    try:
        yield
    finally:
        over.set()
        renewing.join()


def _renew(station: Station, task_id: str, over: threading.Event) -> None:
    while not over.wait(RENEW_EVERY_S):
        try:
            with station.database.write() as work:
                outbox.extend_lease(work, task_id, LEASE)
        except SQLAlchemyError as error:
            # At worst a second listener comes to the same words; only the first to finish keeps them.
            log.warning("lease_not_renewed", task_id=task_id, cause=type(error).__name__)
