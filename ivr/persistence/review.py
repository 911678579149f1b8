"""One concern with all that is in it: messages, words, notes, and who listened.

Every statement names the organisation, so that no link leads into another one's concerns.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, insert, select, update

from ivr.persistence import concerns as concern_rows
from ivr.persistence.database import Work
from ivr.persistence.tables import concerns, listenings, messages, notes, staff, transcripts


@dataclass(frozen=True, slots=True)
class ConcernFile:
    """One concern as its page shows it, and the key to what is sealed in it."""

    id: str
    organisation_id: str
    name: str
    language: str
    wrapped_key: bytes
    topic: str | None
    caller_kind: str | None
    suggested_kind: str | None
    suggested_urgency: str | None
    answer_wish: str | None
    state: str
    is_set_aside: bool
    released_at: datetime
    first_opened_at: datetime | None
    done_at: datetime | None
    added_at: datetime | None
    trouble_at: datetime | None
    has_pin: bool


@dataclass(frozen=True, slots=True)
class MessageFile:
    """One message with its sealed words, if there are any.

    Attributes:
        is_added: She said it in a later call than the first one.
    """

    id: str
    language: str
    recorded_at: datetime
    fetched_at: datetime | None
    fetch_failure: str | None
    sound_erased_at: datetime | None
    length_ms: int | None
    waveform: str | None
    set_aside: str | None
    transcript_state: str
    sealed_words: bytes | None
    is_added: bool


@dataclass(frozen=True, slots=True)
class SealedNote:
    """A note of a colleague, sealed with the concern's key."""

    id: str
    staff_id: str
    written_at: datetime
    sealed_text: bytes


@dataclass(frozen=True, slots=True)
class Listening:
    """That a person said why she listens."""

    message_id: str
    staff_id: str
    at: datetime
    reason: str


_CONCERN: tuple[ColumnElement[Any], ...] = (
    concerns.c.id,
    concerns.c.organisation_id,
    concerns.c.name,
    concerns.c.language,
    concerns.c.wrapped_key,
    concerns.c.topic,
    concerns.c.caller_kind,
    concerns.c.suggested_kind,
    concerns.c.suggested_urgency,
    concerns.c.answer_wish,
    concerns.c.state,
    concerns.c.is_set_aside,
    concerns.c.released_at,
    concerns.c.first_opened_at,
    concerns.c.done_at,
    concerns.c.added_at,
    concerns.c.trouble_at,
    concerns.c.pin_hash.is_not(None),
)
_MESSAGE: tuple[ColumnElement[Any], ...] = (
    messages.c.id,
    messages.c.language,
    messages.c.recorded_at,
    messages.c.fetched_at,
    messages.c.fetch_failure,
    messages.c.sound_erased_at,
    messages.c.length_ms,
    messages.c.waveform,
    messages.c.set_aside,
    messages.c.transcript_state,
    transcripts.c.sealed_words,
    messages.c.call_id != concerns.c.call_id,
)


def find(work: Work, organisation_id: str, concern_id: str) -> ConcernFile | None:
    """Return a concern of this organisation that staff may see."""
    row = work.connection.execute(
        select(*_CONCERN).where(
            concerns.c.id == concern_id,
            concerns.c.organisation_id == organisation_id,
            concerns.c.state != "draft",
            concerns.c.wrapped_key.is_not(None),
        )
    ).first()
    return None if row is None else ConcernFile(*row)


def erased_at(work: Work, organisation_id: str, concern_id: str) -> datetime | None:
    """Return when a concern was erased that any of the staff had opened."""
    statement = select(concerns.c.erased_at).where(
        concerns.c.id == concern_id,
        concerns.c.organisation_id == organisation_id,
        concerns.c.state == "erased",
        concerns.c.first_opened_at.is_not(None),
    )
    return work.connection.execute(statement).scalar()


def messages_of(work: Work, concern_id: str) -> list[MessageFile]:
    """Return the messages of a concern in the order in which she left them."""
    rows = work.connection.execute(
        select(*_MESSAGE)
        .join(concerns, concerns.c.id == messages.c.concern_id)
        .outerjoin(transcripts, transcripts.c.message_id == messages.c.id)
        .where(messages.c.concern_id == concern_id, *_is_seen_by_staff())
        .order_by(messages.c.recorded_at, messages.c.id)
    )
    return [MessageFile(*row) for row in rows]


def concern_of_message(work: Work, organisation_id: str, message_id: str) -> ConcernFile | None:
    """Return the concern that a message of this organisation belongs to."""
    concern_id = work.connection.execute(
        select(messages.c.concern_id).where(messages.c.id == message_id, *_is_seen_by_staff())
    ).scalar()
    return None if concern_id is None else find(work, organisation_id, concern_id)


def mark_opened(work: Work, concern_id: str) -> None:
    """Write down when it was first opened, once, and that what came since is seen."""
    work.connection.execute(
        update(concerns).where(concerns.c.id == concern_id, concerns.c.has_news).values(has_news=False)
    )
    work.connection.execute(
        update(concerns)
        .where(concerns.c.id == concern_id, concerns.c.first_opened_at.is_(None))
        .values(first_opened_at=work.now)
    )


def finish(work: Work, concern_id: str) -> bool:
    """Mark an open concern done; False if it was not open."""
    statement = update(concerns).where(concerns.c.id == concern_id, concerns.c.state == "open")
    return work.connection.execute(statement.values(state="done", done_at=work.now)).rowcount == 1


def reopen(work: Work, concern: ConcernFile) -> bool:
    """Open a concern that was done, at its old place; False if it was not done.

    If a newer concern was given its name meanwhile, it gets a new one.
    """
    return concern_rows.open_again(work, concern.id, arrives=False)


def keep_note(work: Work, concern: ConcernFile, staff_id: str, note_id: str, sealed_text: bytes) -> None:
    """Add a note."""
    work.connection.execute(
        insert(notes).values(
            id=note_id,
            organisation_id=concern.organisation_id,
            concern_id=concern.id,
            staff_id=staff_id,
            sealed_text=sealed_text,
            written_at=work.now,
        )
    )


def notes_of(work: Work, concern_id: str) -> list[SealedNote]:
    """Return the notes of a concern, the oldest first."""
    rows = work.connection.execute(
        select(notes.c.id, notes.c.staff_id, notes.c.written_at, notes.c.sealed_text)
        .where(notes.c.concern_id == concern_id)
        .order_by(notes.c.written_at, notes.c.id)
    )
    return [SealedNote(*row) for row in rows]


def keep_listening(work: Work, organisation_id: str, message_id: str, staff_id: str, reason: str) -> None:
    """Write down why a person listens."""
    work.connection.execute(
        insert(listenings).values(
            id=uuid4().hex,
            organisation_id=organisation_id,
            message_id=message_id,
            staff_id=staff_id,
            reason=reason,
            at=work.now,
        )
    )


def listenings_of(work: Work, message_ids: Sequence[str]) -> list[Listening]:
    """Return who listened to these messages and why, the oldest first."""
    rows = work.connection.execute(
        select(listenings.c.message_id, listenings.c.staff_id, listenings.c.at, listenings.c.reason)
        .where(listenings.c.message_id.in_(message_ids))
        .order_by(listenings.c.at, listenings.c.id)
    )
    return [Listening(*row) for row in rows]


def sealed_names(work: Work, organisation_id: str, staff_ids: Sequence[str]) -> dict[str, bytes]:
    """Return the sealed names of these members of staff."""
    rows = work.connection.execute(
        select(staff.c.id, staff.c.sealed_name).where(
            staff.c.organisation_id == organisation_id, staff.c.id.in_(staff_ids)
        )
    )
    return {row.id: row.sealed_name for row in rows}


def forget_fetch_failure(work: Work, message_id: str) -> None:
    """Say again that the sound is on its way."""
    work.connection.execute(update(messages).where(messages.c.id == message_id).values(fetch_failure=None))


def _is_seen_by_staff() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return messages.c.released_at.is_not(None), messages.c.erased_at.is_(None)
