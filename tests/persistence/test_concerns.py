"""Concerns and messages: seen by staff when they should be, gone when they must be."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from ivr.domain.case_number import is_case_number
from ivr.persistence import concerns, messages
from ivr.persistence import tables as t
from ivr.persistence.concerns import Concern, NoFreeNumberError
from ivr.persistence.database import Work
from tests.persistence.conftest import Memory


def row(work: Work, concern: Concern) -> dict[str, Any]:
    found = work.connection.execute(select(t.concerns).where(t.concerns.c.id == concern.id)).mappings().one()
    return dict(found)


def test_a_new_concern_is_a_draft_with_a_number_only_it_can_open(memory: Memory) -> None:
    with memory.database.write() as work:
        _, concern = memory.agreed(work)
        number = concerns.case_number(work, memory.keys, concern)
        stored = row(work, concern)

    assert number is not None
    assert is_case_number(number)
    assert stored["state"] == "draft"
    assert number.encode() not in stored["sealed_case_number"]


def test_a_concern_is_seen_once_something_in_it_is_released(memory: Memory) -> None:
    with memory.database.write() as work:
        call, concern = memory.agreed(work)
        message = memory.spoken(work, call, concern)
        messages.release(work, message, sent=True)
        concerns.release(work, concern.id)
        first = row(work, concern)["released_at"]
    memory.wait(timedelta(hours=1))
    with memory.database.write() as work:
        concerns.release(work, concern.id)

        assert row(work, concern)["released_at"] == first
        assert row(work, concern)["state"] == "open"


def test_a_concern_whose_last_message_was_erased_is_out_of_sight_again(memory: Memory) -> None:
    with memory.database.write() as work:
        call, concern = memory.agreed(work)
        one, other = memory.spoken(work, call, concern), memory.spoken(work, call, concern)
        for message in (one, other):
            messages.release(work, message, sent=True)
        concerns.release(work, concern.id)
        concerns.keep_suggestion(work, concern.id, "debt_bondage", "urgent")
        messages.erase(work, one)
        concerns.withdraw_if_empty(work, concern)
        with_one_left = row(work, concern)
        messages.erase(work, other)
        concerns.withdraw_if_empty(work, concern)
        with_none_left = row(work, concern)

    assert (with_one_left["state"], with_one_left["suggested_kind"]) == ("open", "debt_bondage")
    assert with_none_left["state"] == "draft"
    assert with_none_left["released_at"] is None
    assert with_none_left["suggested_kind"] is None
    assert with_none_left["suggested_urgency"] is None


def test_a_concern_is_set_aside_only_if_all_that_staff_see_is(memory: Memory) -> None:
    def set_aside(work: Work, recording: str, reason: str | None) -> None:
        sids = t.messages.c.recording_sid
        work.connection.execute(update(t.messages).where(sids == recording).values(set_aside=reason))

    with memory.database.write() as work:
        call, concern = memory.agreed(work)
        silent, spoken = memory.spoken(work, call, concern), memory.spoken(work, call, concern)
        set_aside(work, silent.recording_sid, "silent")
        messages.release(work, silent, sent=False)
        alone = row(work, concern)["is_set_aside"]
        messages.release(work, spoken, sent=True)
        together = row(work, concern)["is_set_aside"]
        messages.erase(work, spoken)
        alone_again = row(work, concern)["is_set_aside"]

    assert (alone, together, alone_again) == (True, False, True)


def test_a_released_message_keeps_its_first_moment_and_its_own_word(memory: Memory) -> None:
    with memory.database.write() as work:
        call, concern = memory.agreed(work)
        message = memory.spoken(work, call, concern)
        messages.release(work, message, sent=False)
    memory.wait(timedelta(hours=1))
    with memory.database.write() as work:
        messages.release(work, message, sent=True)
        kept = work.connection.execute(select(t.messages.c.released_at, t.messages.c.sent_at)).one()

    assert kept.released_at == memory.times[0] - timedelta(hours=1)
    assert kept.sent_at is None


def test_a_recording_told_twice_is_one_message_with_one_task_and_one_copy(memory: Memory) -> None:
    with memory.database.write() as work:
        call, concern = memory.agreed(work)
        first = memory.spoken(work, call, concern)
        again = messages.keep(
            work,
            organisation_id=memory.organisation_id,
            concern_id=concern.id,
            call_id=call.id,
            recording_sid=first.recording_sid,
            language="en",
            length_s=99,
        )

    assert replace(again, recorded_at=first.recorded_at) == first
    assert [errand.job for errand in memory.sent] == ["fetch_recording"]


def test_an_erased_message_leaves_nothing_but_that_it_was(memory: Memory) -> None:
    with memory.database.write() as work:
        call, concern = memory.agreed(work)
        message = memory.spoken(work, call, concern)
        messages.keep_sound(
            work, message, sha256="0" * 64, length_ms=9000, level_dbfs=-20.4, waveform=(1, 2), set_aside=None
        )
        messages.keep_transcript(work, message, b"sealed", "model", 3)
        messages.erase(work, message)
        kept = work.connection.execute(select(t.messages)).mappings().one()

        assert work.connection.execute(select(t.transcripts)).all() == []
        assert [kept[name] for name in ("waveform", "sound_sha256", "length_ms", "level_dbfs")] == [None] * 4
        assert messages.last_of_call(work, call.id) is None
        assert messages.unsent_of_call(work, call.id) == []


def test_the_transcript_says_whether_there_were_words(memory: Memory) -> None:
    with memory.database.write() as work:
        call, concern = memory.agreed(work)
        message = memory.spoken(work, call, concern)
        states = []
        for count in (3, 0):
            messages.keep_transcript(work, message, b"sealed", "model", count)
            states.append(work.connection.execute(select(t.messages.c.transcript_state)).scalar())

    assert states == ["ready", "empty"]


def test_an_erased_concern_opens_for_nobody(memory: Memory) -> None:
    with memory.database.write() as work:
        _, concern = memory.agreed(work)
        concerns.keep_pending_pin(work, memory.keys, concern, "7302")
        concerns.erase(work, concern)
        again = concerns.by_id(work, concern.id)

        assert again is not None
        assert again.key(memory.keys) is None
        assert concerns.case_number(work, memory.keys, again) is None
        assert concerns.pending_pin(work, memory.keys, again) is None


def test_only_drafts_that_nobody_spoke_into_are_stale(memory: Memory) -> None:
    with memory.database.write() as work:
        _, empty = memory.agreed(work)
        call, spoken_into = memory.agreed(work)
        memory.spoken(work, call, spoken_into)
        call, erased_in = memory.agreed(work)
        messages.erase(work, memory.spoken(work, call, erased_in))
    memory.wait(timedelta(days=2))
    with memory.database.write() as work:
        _, young = memory.agreed(work)
        stale = {concern.id for concern in concerns.stale_drafts(work, work.now - timedelta(days=1))}

    assert stale == {empty.id, erased_in.id}
    assert young.id not in stale


def test_a_pin_waits_sealed_and_is_forgotten_when_the_call_ends(memory: Memory) -> None:
    with memory.database.write() as work:
        call, concern = memory.agreed(work)
        concerns.keep_pending_pin(work, memory.keys, concern, "7302")
        sealed = row(work, concern)["sealed_pending_pin"]

        assert concerns.pending_pin(work, memory.keys, concern) == "7302"
        assert b"7302" not in sealed

        concerns.forget_pending_pin(work, call)

        assert concerns.pending_pin(work, memory.keys, concern) is None


def test_a_copy_at_the_carrier_is_an_alarm_after_its_time_until_it_is_proved_gone(memory: Memory) -> None:
    with memory.database.write() as work:
        messages.note_copy(work, memory.organisation_id, "RE1", None)
        messages.note_copy(work, memory.organisation_id, "RE1", None)
        messages.order_copy_deletion(work, "RE1")
        messages.order_copy_deletion(work, "RE of nobody")
        copy_id = work.connection.execute(select(t.carrier_copies.c.id)).scalar_one()
    memory.wait(timedelta(hours=25))
    with memory.database.write() as work:
        before = messages.old_copies(work, timedelta(hours=24))
        messages.mark_copy(work, copy_id, is_gone=False)
        still = messages.old_copies(work, timedelta(hours=24))
        messages.mark_copy(work, copy_id, is_gone=True)

        assert (before, still, messages.old_copies(work, timedelta(hours=24))) == (1, 1, 0)
        assert messages.recording_of_copy(work, copy_id) is None
    assert [errand.job for errand in memory.sent] == ["delete_carrier_copy"]


def test_when_every_name_is_taken_nothing_is_half_begun(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(concerns, "draw_name", lambda: "Quiet Otter")
    with memory.database.write() as work:
        memory.agreed(work)
    with pytest.raises(NoFreeNumberError), memory.database.write() as work:
        memory.agreed(work)
    with memory.database.read() as work:
        assert len(work.connection.execute(select(t.calls.c.id)).all()) == 1
