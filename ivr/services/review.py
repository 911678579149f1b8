"""A concern under review: opened, listened to for a reason, noted, done and opened again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, get_args
from uuid import uuid4

from ivr.persistence import messages, outbox, replies, review
from ivr.persistence.database import Work
from ivr.persistence.review import ConcernFile, Listening, MessageFile, SealedNote
from ivr.persistence.sealing import Keys, seal, unseal
from ivr.services import accounts, answers, audit
from ivr.services.accounts import Person
from ivr.services.answers import Answer
from ivr.services.own_message import sound_context
from ivr.services.recordings import words_context
from ivr.services.station import Station
from transcription.transcript import Transcript

__all__ = [
    "LONGEST_NOTE",
    "REASONS",
    "ConcernFile",
    "Event",
    "Opened",
    "Reason",
    "Voice",
    "add_note",
    "erased_at",
    "fetch_again",
    "find",
    "finish",
    "give_reason",
    "hear",
    "open_concern",
    "reopen",
]

Reason = Literal["first_review", "check_words", "prepare_answer", "other"]
REASONS: Final[tuple[Reason, ...]] = get_args(Reason)

HEAR_FOR: Final = timedelta(minutes=30)
"""After this time the reason is asked for anew."""

LONGEST_NOTE: Final = 10_000

Sound = Literal["ready", "fetching", "given_up", "unreadable", "erased"]


@dataclass(frozen=True, slots=True)
class Voice:
    """One message as a person may see and hear it.

    Attributes:
        waveform: Loudness of equal stretches, 0 to 100.
        sound: Whether there is something to hear, or why not.
        may_hear: This person said why she listens, not long ago.
        words_state: Why there are words or none.
        is_added: She said it in a later call than the first one.
        sound_erased_at: When the sound had stayed its time.
    """

    id: str
    language: str
    recorded_at: datetime
    length_ms: int
    waveform: tuple[int, ...]
    set_aside: str | None
    sound: Sound
    may_hear: bool
    transcript: Transcript | None
    words_state: str
    is_added: bool
    sound_erased_at: datetime | None


@dataclass(frozen=True, slots=True)
class Event:
    """A line of the concern's history: a note, or that somebody listened.

    Attributes:
        text: Of a note.
        reason: Of a listening.
    """

    at: datetime
    name: str
    text: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A concern with what is in it, opened for one person.

    Attributes:
        speakers: The names of who spoke an answer, by their ids.
        feedback: What she said of her answers: `helped`, `trouble`.
    """

    concern: ConcernFile
    voices: tuple[Voice, ...]
    history: tuple[Event, ...]
    answers: tuple[Answer, ...]
    speakers: Mapping[str, str]
    feedback: Mapping[str, str]


def open_concern(station: Station, person: Person, concern_id: str) -> Opened | None:
    """Open a concern and write down who did; None if there is none that this person may see."""
    with station.database.write() as work:
        concern = review.find(work, person.organisation_id, concern_id)
        if concern is None:
            return None
        review.mark_opened(work, concern.id)
        _record(work, station.keys, person, "open_concern", concern.id)
    with station.database.read() as work:
        return _read(work, station.keys, person, concern)


def find(station: Station, person: Person, concern_id: str) -> ConcernFile | None:
    """Return what is known of a concern without opening what is sealed in it."""
    with station.database.read() as work:
        return review.find(work, person.organisation_id, concern_id)


def give_reason(station: Station, person: Person, message_id: str, reason: Reason) -> ConcernFile | None:
    """Write down why a person listens to a message; she may for half an hour. None: no such message."""
    with station.database.write() as work:
        concern = review.concern_of_message(work, person.organisation_id, message_id)
        if concern is not None:
            review.keep_listening(work, person.organisation_id, message_id, person.id, reason)
            _record(work, station.keys, person, "listen", message_id, reason)
    return concern


def hear(station: Station, person: Person, message_id: str) -> bytes | None:
    """Return the listening copy of a message (16-bit PCM WAV, mono), or None.

    None also when the person gave no reason in the last half hour.
    """
    with station.database.read() as work:
        concern = review.concern_of_message(work, person.organisation_id, message_id)
        heard = review.listenings_of(work, [message_id])
        may_hear = _may_hear(work.now, person, message_id, heard)
    sealed = station.recordings.get(message_id) if concern is not None and may_hear else None
    if concern is None or sealed is None:
        return None
    return unseal(_key(station.keys, concern), sealed, sound_context(message_id))


def add_note(station: Station, person: Person, concern_id: str, text: str) -> ConcernFile | None:
    """Seal a note into a concern; what is longer than `LONGEST_NOTE` is the caller's to refuse."""
    with station.database.write() as work:
        concern = review.find(work, person.organisation_id, concern_id)
        if concern is not None:
            note_id = uuid4().hex
            sealed = seal(_key(station.keys, concern), text.encode(), _note_context(note_id))
            review.keep_note(work, concern, person.id, note_id, sealed)
            _record(work, station.keys, person, "note", concern.id)
    return concern


def finish(station: Station, person: Person, concern_id: str) -> ConcernFile | None:
    """Mark a concern done; one that is done already stays so."""
    with station.database.write() as work:
        concern = review.find(work, person.organisation_id, concern_id)
        if concern is not None and review.finish(work, concern.id):
            _record(work, station.keys, person, "done", concern.id)
    return concern


def reopen(station: Station, person: Person, concern_id: str) -> ConcernFile | None:
    """Open a concern that was done; it stands where it stood before."""
    with station.database.write() as work:
        concern = review.find(work, person.organisation_id, concern_id)
        if concern is not None and review.reopen(work, concern):
            _record(work, station.keys, person, "reopen", concern.id)
    return concern


def fetch_again(station: Station, person: Person, message_id: str) -> ConcernFile | None:
    """Try once more to get a sound that was given up."""
    with station.database.write() as work:
        concern = review.concern_of_message(work, person.organisation_id, message_id)
        if concern is not None and outbox.revive(work, messages.FETCH, message_id):
            review.forget_fetch_failure(work, message_id)
            _record(work, station.keys, person, "fetch_again", message_id)
    return concern


def _record(
    work: Work, keys: Keys, person: Person, action: audit.Action, subject_id: str, detail: str = ""
) -> None:
    audit.write(
        work,
        keys,
        person.organisation_id,
        action,
        staff_id=person.id,
        subject_id=subject_id,
        detail=detail,
    )


def _read(work: Work, keys: Keys, person: Person, concern: ConcernFile) -> Opened:
    key = _key(keys, concern)
    files = review.messages_of(work, concern.id)
    heard = review.listenings_of(work, [file.id for file in files])
    written = review.notes_of(work, concern.id)
    spoken = answers.look(work, person, concern.id)
    people = {one.staff_id for one in heard} | {one.staff_id for one in written}
    people |= {one.staff_id for one in spoken}
    names = _names(work, keys, person.organisation_id, people)
    voices = tuple(_voice(file, key, may_hear=_may_hear(work.now, person, file.id, heard)) for file in files)
    said_of_it = replies.feedback_of(work, concern.id)
    return Opened(concern, voices, _history(key, names, heard, written), spoken, names, said_of_it)


def erased_at(station: Station, person: Person, concern_id: str) -> datetime | None:
    """Return when a caller erased a concern that staff had opened; of others nobody learns."""
    with station.database.read() as work:
        return review.erased_at(work, person.organisation_id, concern_id)


def _may_hear(now: datetime, person: Person, message_id: str, heard: Sequence[Listening]) -> bool:
    return any(
        listening.message_id == message_id
        and listening.staff_id == person.id
        and now - listening.at < HEAR_FOR
        for listening in heard
    )


def _voice(file: MessageFile, key: bytes, *, may_hear: bool) -> Voice:
    return Voice(
        id=file.id,
        language=file.language,
        recorded_at=file.recorded_at,
        length_ms=file.length_ms or 0,
        waveform=tuple(map(int, (file.waveform or "").split())),
        set_aside=file.set_aside,
        sound=_sound(file),
        may_hear=may_hear,
        transcript=_transcript(file, key),
        words_state=file.transcript_state,
        is_added=file.is_added,
        sound_erased_at=file.sound_erased_at,
    )


def _sound(file: MessageFile) -> Sound:
    if file.sound_erased_at is not None:
        return "erased"
    if file.fetched_at is not None:
        return "ready"
    if file.set_aside == "unreadable":
        return "unreadable"
    return "fetching" if file.fetch_failure is None else "given_up"


def _transcript(file: MessageFile, key: bytes) -> Transcript | None:
    if file.sealed_words is None:
        return None
    return Transcript.from_json(unseal(key, file.sealed_words, words_context(file.id)).decode())


def _history(
    key: bytes, names: dict[str, str], heard: Sequence[Listening], written: Sequence[SealedNote]
) -> tuple[Event, ...]:
    listened = [Event(one.at, names[one.staff_id], reason=one.reason) for one in heard]
    noted = [
        Event(
            one.written_at,
            names[one.staff_id],
            text=unseal(key, one.sealed_text, _note_context(one.id)).decode(),
        )
        for one in written
    ]
    return tuple(sorted((*listened, *noted), key=lambda event: event.at))


def _names(work: Work, keys: Keys, organisation_id: str, staff_ids: set[str]) -> dict[str, str]:
    key = accounts.organisation_key(work, keys, organisation_id)
    sealed = review.sealed_names(work, organisation_id, list(staff_ids))
    return {staff_id: accounts.open_name(key, staff_id, name) for staff_id, name in sealed.items()}


def _key(keys: Keys, concern: ConcernFile) -> bytes:
    return keys.unwrap(concern.wrapped_key, f"concern:{concern.id}")


def _note_context(note_id: str) -> str:
    return f"notes.text:{note_id}"
