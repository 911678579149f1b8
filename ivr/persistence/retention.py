"""Finding what has stayed its time, in small batches by index, and marking it erased."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, or_, select, text, update

from ivr.domain.retention import RULES, Kind
from ivr.persistence import messages as message_rows
from ivr.persistence.database import Work
from ivr.persistence.tables import concerns, messages, notes, transcripts

WORDLESS = ("silent", "noise", "too_short")

_HAS_WORDS = text("messages.transcript_state IN ('ready', 'empty')")
"""Written out, because SQLite uses a partial index for no condition with a parameter."""


def count(work: Work, kind: Kind) -> int:
    """Count what of a kind has stayed its time; exact, so it may take a moment on a large line."""
    found = _over(kind, work.now).subquery()
    return work.connection.execute(select(func.count()).select_from(found)).scalar_one()


def sounds_over(work: Work, kind: Kind, most: int) -> Sequence[str]:
    """Return ids of messages whose sound has stayed its time, the oldest first.

    Their concerns stay as they are until the end of this unit of work: opening one again meanwhile waits.
    """
    chosen = _over(kind, work.now).order_by(messages.c.recorded_at).limit(most)
    rows = work.connection.execute(chosen.with_for_update(of=(concerns, messages)))
    return [row.id for row in rows]


def mark_sound_erased(work: Work, message_id: str) -> None:
    """Write down that the sound is gone, with what was drawn from it; the carrier's copy must go too."""
    message = message_rows.by_id(work, message_id)
    if message is None:
        return
    work.connection.execute(
        update(messages)
        .where(messages.c.id == message_id)
        .values(sound_erased_at=work.now, waveform=None, sound_sha256=None)
    )
    message_rows.order_copy_deletion(work, message.recording_sid)


def erase_words(work: Work, most: int) -> int:
    """Erase transcripts that have stayed their time; returns how many."""
    ids = work.connection.execute(_over("words", work.now).limit(most)).scalars().all()
    work.connection.execute(delete(transcripts).where(transcripts.c.message_id.in_(ids)))
    work.connection.execute(update(messages).where(messages.c.id.in_(ids)).values(transcript_state="erased"))
    return len(ids)


def erase_notes(work: Work, most: int) -> int:
    """Erase notes that have stayed their time; returns how many."""
    ids = work.connection.execute(_over("notes", work.now).limit(most)).scalars().all()
    work.connection.execute(delete(notes).where(notes.c.id.in_(ids)))
    return len(ids)


def _over(kind: Kind, now: datetime) -> "Select[tuple[str]]":
    """Select the ids of what has stayed its time: of notes for notes, of messages for all else."""
    before = now - RULES[kind].stays
    if kind == "notes":
        return _notes_over(before)
    if kind == "words":
        return select(messages.c.id).where(_HAS_WORDS, messages.c.recorded_at < before)
    return (
        select(messages.c.id)
        .join(concerns, concerns.c.id == messages.c.concern_id)
        .where(messages.c.sound_erased_at.is_(None), messages.c.recorded_at < before)
        .where(_sound_condition(kind, before))
    )


def _sound_condition(kind: Kind, before: datetime) -> ColumnElement[bool]:
    if kind == "sound_of_done":
        # Done long ago implies recorded long ago, which is what the index knows.
        return and_(concerns.c.state == "done", concerns.c.done_at < before)
    if kind == "sound_set_aside":
        return messages.c.set_aside.in_(WORDLESS)
    return or_(messages.c.released_at.is_(None), concerns.c.state == "draft")


def _notes_over(before: datetime) -> "Select[tuple[str]]":
    younger = exists().where(messages.c.concern_id == notes.c.concern_id, messages.c.recorded_at >= before)
    return (
        select(notes.c.id)
        .join(concerns, concerns.c.id == notes.c.concern_id)
        .where(concerns.c.created_at < before, ~younger)
    )
