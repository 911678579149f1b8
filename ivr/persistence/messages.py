"""Messages: what callers said, from the first word of the carrier on to the transcript."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Row, func, insert, or_, select, update

from ivr.persistence import concerns, outbox
from ivr.persistence.database import Work
from ivr.persistence.tables import calls, carrier_copies, messages, transcripts

FETCH, TRANSCRIBE, DELETE_COPY = "fetch_recording", "transcribe_message", "delete_carrier_copy"


@dataclass(frozen=True, slots=True)
class Message:
    """One voice note of a caller."""

    id: str
    organisation_id: str
    concern_id: str
    call_id: str
    recording_sid: str
    language: str
    recorded_at: datetime
    said_length_s: int | None
    is_fetched: bool
    is_erased: bool
    is_sound_erased: bool
    is_released: bool
    fetch_failure: str | None


_COLUMNS = (
    messages.c.id,
    messages.c.organisation_id,
    messages.c.concern_id,
    messages.c.call_id,
    messages.c.recording_sid,
    messages.c.language,
    messages.c.recorded_at,
    messages.c.said_length_s,
    messages.c.fetched_at,
    messages.c.erased_at,
    messages.c.sound_erased_at,
    messages.c.released_at,
    messages.c.fetch_failure,
)


def keep(
    work: Work,
    *,
    organisation_id: str,
    concern_id: str,
    call_id: str,
    recording_sid: str,
    language: str,
    length_s: int | None,
) -> Message:
    """Write down that there is a recording, and order it fetched; known already, nothing changes."""
    known = by_recording(work, recording_sid)
    if known is not None:
        return known
    message_id = uuid4().hex
    work.connection.execute(
        insert(messages).values(
            id=message_id,
            organisation_id=organisation_id,
            concern_id=concern_id,
            call_id=call_id,
            recording_sid=recording_sid,
            language=language,
            said_length_s=length_s,
            recorded_at=work.now,
            transcript_state="waiting",
        )
    )
    note_copy(work, organisation_id, recording_sid, message_id)
    outbox.order(work, FETCH, message_id, organisation_id)
    return Message(
        message_id,
        organisation_id,
        concern_id,
        call_id,
        recording_sid,
        language,
        work.now,
        length_s,
        is_fetched=False,
        is_erased=False,
        is_sound_erased=False,
        is_released=False,
        fetch_failure=None,
    )


def by_recording(work: Work, recording_sid: str) -> Message | None:
    """Return the message that a recording became."""
    return _one(work, messages.c.recording_sid == recording_sid)


def by_id(work: Work, message_id: str) -> Message | None:
    """Return a message by its id."""
    return _one(work, messages.c.id == message_id)


def last_of_call(work: Work, call_id: str) -> Message | None:
    """Return what she said last in this call and has not erased."""
    row = work.connection.execute(
        select(*_COLUMNS)
        .where(messages.c.call_id == call_id, messages.c.erased_at.is_(None))
        .order_by(messages.c.recorded_at.desc(), messages.c.id.desc())
        .limit(1)
    ).first()
    return None if row is None else _message(row)


def unsent_of_call(work: Work, call_id: str, concern_id: str | None = None) -> list[Message]:
    """Return what she said in this call, or of it to one concern, and neither sent nor erased."""
    statement = select(*_COLUMNS).where(
        messages.c.call_id == call_id, messages.c.erased_at.is_(None), messages.c.released_at.is_(None)
    )
    if concern_id is not None:
        statement = statement.where(messages.c.concern_id == concern_id)
    return [_message(row) for row in work.connection.execute(statement)]


def of_concern(work: Work, concern_id: str) -> list[Message]:
    """Return every message of a concern that is not erased."""
    rows = work.connection.execute(
        select(*_COLUMNS).where(messages.c.concern_id == concern_id, messages.c.erased_at.is_(None))
    )
    return [_message(row) for row in rows]


def count_sent(work: Work, concern_id: str) -> int:
    """Count the messages of a concern that staff can hear."""
    statement = select(func.count()).where(
        messages.c.concern_id == concern_id,
        messages.c.erased_at.is_(None),
        messages.c.released_at.is_not(None),
    )
    return work.connection.execute(statement).scalar_one()


def forgotten_unsent(work: Work, recorded_before: datetime, most: int = 100) -> list[Message]:
    """Return messages whose call must be over though nobody told us, or is known to be over."""
    rows = work.connection.execute(
        select(*_COLUMNS)
        .join(calls, calls.c.id == messages.c.call_id)
        .where(
            messages.c.released_at.is_(None),
            messages.c.erased_at.is_(None),
            or_(messages.c.recorded_at < recorded_before, calls.c.ended_at.is_not(None)),
        )
        .limit(most)
    )
    return [_message(row) for row in rows]


def release(work: Work, message: Message, *, sent: bool) -> None:
    """Let staff see the message, and its concern with it; `sent` when she said so herself."""
    values: dict[str, object] = {"released_at": work.now}
    if sent:
        values["sent_at"] = work.now
    released = work.connection.execute(
        update(messages).where(messages.c.id == message.id, messages.c.released_at.is_(None)).values(values)
    )
    concerns.sort(work, message.concern_id)
    if released.rowcount:
        concerns.release(work, message.concern_id)
        concerns.tell_of_addition(work, message.concern_id, message.call_id)


def erase(work: Work, message: Message) -> None:
    """Forget what is known of the message; its files go after the commit, the carrier's copy by a task."""
    work.connection.execute(transcripts.delete().where(transcripts.c.message_id == message.id))
    work.connection.execute(
        update(messages)
        .where(messages.c.id == message.id)
        .values(
            erased_at=work.now,
            sound_erased_at=work.now,
            waveform=None,
            sound_sha256=None,
            length_ms=None,
            level_dbfs=None,
        )
    )
    concerns.sort(work, message.concern_id)
    order_copy_deletion(work, message.recording_sid)


def keep_sound(
    work: Work,
    message: Message,
    *,
    sha256: str,
    length_ms: int,
    level_dbfs: float,
    waveform: tuple[int, ...],
    set_aside: str | None,
) -> None:
    """Write down that the sealed sound is ours; now the carrier's copy must go."""
    work.connection.execute(
        update(messages)
        .where(messages.c.id == message.id)
        .values(
            fetched_at=work.now,
            fetch_failure=None,
            sound_sha256=sha256,
            length_ms=length_ms,
            level_dbfs=round(level_dbfs),
            waveform=" ".join(map(str, waveform)),
            set_aside=set_aside,
        )
    )
    concerns.sort(work, message.concern_id)
    order_copy_deletion(work, message.recording_sid)


def keep_fetch_failure(work: Work, message: Message, failure: str, *, set_aside: str | None = None) -> None:
    """Write down why nobody can hear the message."""
    state = "failed" if set_aside else "waiting"
    work.connection.execute(
        update(messages)
        .where(messages.c.id == message.id)
        .values(fetch_failure=failure, set_aside=set_aside, transcript_state=state)
    )
    concerns.sort(work, message.concern_id)


def keep_transcript(work: Work, message: Message, sealed_words: bytes, model: str, word_count: int) -> None:
    """Keep the sealed words of a message, in place of earlier ones."""
    work.connection.execute(transcripts.delete().where(transcripts.c.message_id == message.id))
    work.connection.execute(
        insert(transcripts).values(
            message_id=message.id,
            organisation_id=message.organisation_id,
            sealed_words=sealed_words,
            model=model,
            word_count=word_count,
            made_at=work.now,
        )
    )
    set_transcript_state(work, message.id, "ready" if word_count else "empty")


def set_transcript_state(work: Work, message_id: str, state: str, failure: str | None = None) -> None:
    """Say why there are words or none: waiting, ready, empty, no_model, failed, erased."""
    work.connection.execute(
        update(messages)
        .where(messages.c.id == message_id)
        .values(transcript_state=state, transcript_failure=failure)
    )


def is_known_copy(work: Work, recording_sid: str) -> bool:
    """Say whether we have ever seen this recording at the carrier."""
    statement = select(carrier_copies.c.id).where(carrier_copies.c.recording_sid == recording_sid)
    return work.connection.execute(statement).first() is not None


def note_copy(work: Work, organisation_id: str, recording_sid: str, message_id: str | None) -> None:
    """Write down that the carrier holds a copy, until it is proved gone."""
    if is_known_copy(work, recording_sid):
        return
    work.connection.execute(
        insert(carrier_copies).values(
            id=uuid4().hex,
            organisation_id=organisation_id,
            recording_sid=recording_sid,
            message_id=message_id,
            seen_at=work.now,
        )
    )


def order_copy_deletion(work: Work, recording_sid: str) -> None:
    """Order the carrier's copy deleted."""
    row = work.connection.execute(
        select(carrier_copies.c.id, carrier_copies.c.organisation_id).where(
            carrier_copies.c.recording_sid == recording_sid
        )
    ).first()
    if row is not None:
        outbox.order(work, DELETE_COPY, row.id, row.organisation_id)


def recording_of_copy(work: Work, copy_id: str) -> str | None:
    """Return which recording a copy is of, or None once it is proved gone."""
    return work.connection.execute(
        select(carrier_copies.c.recording_sid).where(
            carrier_copies.c.id == copy_id, carrier_copies.c.proved_gone_at.is_(None)
        )
    ).scalar()


def mark_copy(work: Work, copy_id: str, *, is_gone: bool) -> None:
    """Write down that the carrier agreed to delete, and whether it was really gone when asked again."""
    values: dict[str, object] = {"deleted_at": work.now}
    if is_gone:
        values["proved_gone_at"] = work.now
    work.connection.execute(update(carrier_copies).where(carrier_copies.c.id == copy_id).values(values))


def old_copies(work: Work, age: timedelta) -> int:
    """Count copies that should be gone by now and are not: each is an alarm."""
    rows = work.connection.execute(
        select(carrier_copies.c.id)
        .where(
            carrier_copies.c.proved_gone_at.is_(None),
            carrier_copies.c.left_since.is_(None),
            carrier_copies.c.seen_at < work.now - age,
        )
        .limit(1000)
    )
    return len(rows.all())


def _one(work: Work, condition: object) -> Message | None:
    row = work.connection.execute(select(*_COLUMNS).where(condition)).first()  # type: ignore[arg-type]
    return None if row is None else _message(row)


def _message(row: Row[*tuple[Any, ...]]) -> Message:
    return Message(
        id=row.id,
        organisation_id=row.organisation_id,
        concern_id=row.concern_id,
        call_id=row.call_id,
        recording_sid=row.recording_sid,
        language=row.language,
        recorded_at=row.recorded_at,
        said_length_s=row.said_length_s,
        is_fetched=row.fetched_at is not None,
        is_erased=row.erased_at is not None,
        is_sound_erased=row.sound_erased_at is not None,
        is_released=row.released_at is not None,
        fetch_failure=row.fetch_failure,
    )
