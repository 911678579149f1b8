"""A case that was left in an earlier call: its message is here, its PIN chosen, perhaps it is answered."""

from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import select

from ivr.domain.case_number import new_case_number
from ivr.persistence import calls, concerns, messages, outbox, replies, review
from ivr.persistence.concerns import Concern
from ivr.persistence.database import Work
from ivr.persistence.sealing import seal
from ivr.persistence.tables import carrier_copies
from ivr.persistence.tables import concerns as concerns_table
from ivr.services import accounts, pin_hashing
from ivr.services import answers as spoken
from ivr.services.accounts import Person
from ivr.services.own_message import sound_context
from ivr.services.recordings import words_context
from tests.practice_line import SPEECH, PracticeLine
from transcription import audio
from transcription.transcript import Transcript, Word

PIN = "4827"


@dataclass(frozen=True, slots=True)
class EarlierCase:
    """A case as its caller knows it."""

    concern: Concern
    number: str
    replies: tuple[str, ...]

    @property
    def another(self) -> str:
        """A number that is well formed and nobody's."""
        while (number := new_case_number()) == self.number:
            pass
        return number


def leave_case(
    line: PracticeLine,
    *,
    pin: str | None = PIN,
    says: str | None = "01-passport",
    answers: tuple[str, ...] | list[str] = (),
    withdrawn: bool = False,
    is_opened: bool = False,
    is_done: bool = False,
    language: str = "en",
) -> EarlierCase:
    """Leave a case.

    Args:
        line: The line that it is left on.
        pin: None where she wanted none.
        says: Name of a file in tests/speech; None where she said nothing, or erased it.
        answers: Names of such files, as staff speak them.
        withdrawn: The answers were taken back.
        is_opened: Staff have looked at it.
        is_done: Staff have marked it done.
        language: Of the call.
    """
    with line.station.database.write() as work:
        concern = _concern(line, work, language)
        if says is not None:
            _say(line, work, concern, says)
        concerns.keep_pin(work, concern, None if pin is None else pin_hashing.hash_pin(pin))
        if is_opened or is_done:
            review.mark_opened(work, concern.id)
        if is_done:
            review.finish(work, concern.id)
        number = concerns.case_number(work, line.station.keys, concern)
    assert number is not None
    kept = tuple(answer(line, concern, each, withdrawn=withdrawn) for each in answers)
    return EarlierCase(concern, number, kept)


def answer(line: PracticeLine, concern: Concern, says: str, *, withdrawn: bool = False) -> str:
    """Speak an answer and keep it. Returns its id."""
    person = reviewer_of(line)
    spoken.speak(line.station, person, concern.id, (SPEECH / f"{says}.wav").read_bytes())
    with line.station.database.read() as work:
        (draft,) = replies.drafts_of(work, concern.id, person.id)
    spoken.keep(line.station, person, draft.id)
    if withdrawn:
        spoken.withdraw(line.station, person, draft.id)
    return draft.id


def reviewer_of(line: PracticeLine) -> Person:
    """Return the one reviewer of a line, who is hired when she is first needed."""
    people = accounts.everybody(line.station)["practice"]
    if not people:
        password = "a long invented password"
        accounts.add(line.station, "hana", password, name="Hana", role="reviewer", organisation="practice")
        people = accounts.everybody(line.station)["practice"]
    return people[0]


def _concern(line: PracticeLine, work: Work, language: str) -> Concern:
    call = calls.begin(
        work,
        f"CA{uuid4().hex}",
        organisation_id=line.organisation_id,
        hotline_id=line.hotline_id,
        language=language,
        flow_version="earlier",
    )
    calls.end(work, call)
    return concerns.begin(work, line.station.keys, call)


def _say(line: PracticeLine, work: Work, concern: Concern, says: str) -> None:
    """Keep a message as it is when the workers have done their part and the carrier's copy is gone."""
    call_id = work.connection.execute(
        select(concerns_table.c.call_id).where(concerns_table.c.id == concern.id)
    ).scalar_one()
    recording_sid = f"RE{uuid4().hex}"
    message = messages.keep(
        work,
        organisation_id=concern.organisation_id,
        concern_id=concern.id,
        call_id=call_id,
        recording_sid=recording_sid,
        language=concern.language,
        length_s=9,
    )
    outbox.drop(work, (messages.FETCH,), message.id)
    work.connection.execute(
        carrier_copies.update()
        .where(carrier_copies.c.recording_sid == recording_sid)
        .values(deleted_at=work.now, proved_gone_at=work.now)
    )
    recording = audio.tidy(audio.read_recording((SPEECH / f"{says}.wav").read_bytes()))
    key = concern.key(line.station.keys)
    assert key is not None
    line.station.recordings.put(message.id, seal(key, audio.to_wav(recording), sound_context(message.id)))
    messages.keep_sound(
        work,
        message,
        sha256="0" * 64,
        length_ms=recording.duration_ms,
        level_dbfs=-20,
        waveform=audio.waveform(recording),
        set_aside=None,
    )
    text = (SPEECH / f"{says}.txt").read_text().split()
    words = Transcript(tuple(Word(word, 0, 1, 1.0) for word in text), "test-model", concern.language)
    messages.keep_transcript(
        work, message, seal(key, words.to_json().encode(), words_context(message.id)), "test-model", len(text)
    )
    messages.release(work, message, sent=True)
