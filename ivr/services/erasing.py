"""Erasing a case because its caller asked: its key, its rows, its files, and the carrier's copies.

What is left is a row that says when the case began and when it was erased, and counts that name nobody.
Staff are told only if one of them had opened it: before, it was never there for anybody.
"""

from sqlalchemy import delete

from ivr.persistence import cases, concerns, messages, outbox, replies
from ivr.persistence.concerns import Concern
from ivr.persistence.database import Work
from ivr.persistence.tables import listenings, notes
from ivr.services import audit
from ivr.services.station import Station


def erase_everything(station: Station, work: Work, concern: Concern) -> None:
    """Erase all that is held for a case, in the transaction in which she is promised it."""
    said = messages.of_concern(work, concern.id)
    spoken = replies.of_concern(work, concern.id)
    if concerns.is_opened(work, concern):
        audit.write(work, station.keys, concern.organisation_id, "erased_by_caller", subject_id=concern.id)
    for message in said:
        messages.erase(work, message)
        outbox.drop(work, (messages.FETCH, messages.TRANSCRIBE), message.id)
    ids = [message.id for message in said]
    work.connection.execute(delete(listenings).where(listenings.c.message_id.in_(ids)))
    work.connection.execute(delete(notes).where(notes.c.concern_id == concern.id))
    replies.erase_of(work, concern.id)
    replies.part_feedback_from(work, concern.id)
    cases.close_everywhere(work, concern.id)
    concerns.erase(work, concern)
    concerns.erase_facts(work, concern)
    for sound_id in (*ids, *(reply.id for reply in spoken)):
        station.recordings.erase(sound_id)
