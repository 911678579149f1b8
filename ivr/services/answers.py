"""Answers that staff speak: sealed with their concern's key, kept, withdrawn, and heard by its caller."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import uuid4

from ivr.persistence import concerns, replies, review
from ivr.persistence.database import Work
from ivr.persistence.replies import Reply
from ivr.persistence.review import ConcernFile
from ivr.persistence.sealing import Keys, seal, unseal
from ivr.services import audit
from ivr.services.accounts import Person
from ivr.services.answer_sound import make_answer
from ivr.services.station import Station

ANSWER_PASS: Final = "pass to hear an answer"  # noqa: S105 - the purpose of a key, no secret
PASS_FOR: Final = timedelta(minutes=15)
"""Several answers of two minutes may stand in one turn, and some carriers fetch each only when it is due."""


State = Literal["draft", "waiting", "heard", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Answer:
    """A spoken answer as staff see it.

    Attributes:
        at: When it was spoken, or for one that the caller can hear, when it was kept.
        state: A draft is there for who spoke it alone; what waits can be withdrawn.
        changed_at: When the caller heard it first, or it was withdrawn.
    """

    id: str
    staff_id: str
    at: datetime
    length_ms: int
    state: State
    changed_at: datetime | None


def look(work: Work, person: Person, concern_id: str) -> tuple[Answer, ...]:
    """Return the answers of a concern for a person, the oldest first."""
    found = (_answer(reply) for reply in replies.of_concern(work, concern_id) if _is_seen_by(person, reply))
    return tuple(found)


def _is_seen_by(person: Person, reply: Reply) -> bool:
    if reply.kept_at is None:
        return reply.staff_id == person.id and reply.withdrawn_at is None
    return True


def _answer(reply: Reply) -> Answer:
    return Answer(
        id=reply.id,
        staff_id=reply.staff_id,
        at=reply.kept_at or reply.recorded_at,
        length_ms=reply.length_ms,
        state=_state(reply),
        changed_at=reply.withdrawn_at or reply.first_heard_at,
    )


def _state(reply: Reply) -> State:
    if reply.kept_at is None:
        return "draft"
    if reply.withdrawn_at is not None:
        return "withdrawn"
    return "waiting" if reply.first_heard_at is None else "heard"


def speak(station: Station, person: Person, concern_id: str, wav: bytes) -> ConcernFile | None:
    """Seal what a person spoke as her draft, in place of an earlier draft of hers; None: no such concern.

    Raises:
        UnfitSoundError: nobody could understand it on a telephone.
    """
    with station.database.read() as work:
        concern = review.find(work, person.organisation_id, concern_id)
    if concern is None:
        return None
    sound, reply_id = make_answer(wav, concern.language), uuid4().hex
    key = station.keys.unwrap(concern.wrapped_key, f"concern:{concern.id}")
    station.recordings.put(reply_id, seal(key, sound.wav, _context(reply_id)))
    with station.database.write() as work:
        concern = review.find(work, person.organisation_id, concern_id)
        earlier = [] if concern is None else replies.drafts_of(work, concern.id, person.id)
        for draft in earlier:
            replies.withdraw(work, draft.id)
        if concern is not None:
            replies.keep_draft(
                work,
                reply_id,
                organisation_id=concern.organisation_id,
                concern_id=concern.id,
                staff_id=person.id,
                length_ms=sound.length_ms,
            )
    for gone in (*(draft.id for draft in earlier), *(() if concern else (reply_id,))):
        station.recordings.erase(gone)
    return concern


def keep(station: Station, person: Person, reply_id: str) -> ConcernFile | None:
    """Let the caller hear a draft of this person; what is no draft of hers stays as it is."""
    with station.database.write() as work:
        reply, concern = _reply_and_concern(work, person, reply_id)
        if reply is not None and reply.staff_id == person.id and replies.keep(work, reply_id):
            _record(work, station.keys, person, "reply", reply_id)
    return concern


def withdraw(station: Station, person: Person, reply_id: str) -> ConcernFile | None:
    """Take back a reply that the caller has not heard, or a draft of this person."""
    with station.database.write() as work:
        reply, concern = _reply_and_concern(work, person, reply_id)
        is_gone = reply is not None and replies.withdraw(work, reply_id)
        if is_gone and reply is not None and reply.kept_at is not None:
            _record(work, station.keys, person, "reply_withdrawn", reply_id)
    if is_gone:
        station.recordings.erase(reply_id)
    return concern


def listen(station: Station, person: Person, reply_id: str) -> bytes | None:
    """Return an answer as its caller hears it, for staff; None if there is none for this person."""
    with station.database.read() as work:
        reply, _ = _reply_and_concern(work, person, reply_id)
    return None if reply is None else _sound_of(station, reply)


def hear(station: Station, reply_id: str) -> bytes | None:
    """Return an answer for its caller (16-bit PCM WAV, 8 kHz, mono), and note when she first heard it."""
    with station.database.read() as work:
        reply = replies.by_id(work, reply_id)
    wav = None if reply is None or reply.kept_at is None else _sound_of(station, reply)
    if wav is not None and reply is not None and reply.first_heard_at is None:
        with station.database.write() as work:
            replies.mark_heard(work, reply_id)
    return wav


def _reply_and_concern(work: Work, person: Person, reply_id: str) -> tuple[Reply | None, ConcernFile | None]:
    """Return a reply with its concern; a draft is there for who spoke it alone."""
    reply = replies.by_id(work, reply_id)
    concern = None if reply is None else review.find(work, person.organisation_id, reply.concern_id)
    if reply is None or concern is None or (reply.kept_at is None and reply.staff_id != person.id):
        return None, None
    return reply, concern


def _sound_of(station: Station, reply: Reply) -> bytes | None:
    with station.database.read() as work:
        concern = concerns.by_id(work, reply.concern_id)
    key = None if concern is None else concern.key(station.keys)
    sealed = station.recordings.get(reply.id)
    if key is None or sealed is None or reply.withdrawn_at is not None:
        return None
    return unseal(key, sealed, _context(reply.id))


def _record(work: Work, keys: Keys, person: Person, action: audit.Action, reply_id: str) -> None:
    audit.write(work, keys, person.organisation_id, action, staff_id=person.id, subject_id=reply_id)


def _context(reply_id: str) -> str:
    return f"replies.sound:{reply_id}"
