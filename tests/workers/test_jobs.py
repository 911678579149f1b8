"""The jobs, called as RQ calls them: with the id of a task."""

from collections.abc import Iterator
from importlib import import_module

import pytest
from sqlalchemy import select

from ivr.persistence import carrier_calls, concerns, messages
from ivr.persistence.sealing import unseal
from ivr.persistence.tables import transcripts
from ivr.queue import JOBS, queue_of
from ivr.services.recordings import words_context
from tests.workers.small_line import SPEECH, SmallLine
from transcription.transcript import Transcript
from workers import ears, jobs, workplace


@pytest.fixture(autouse=True)
def _at_work(line: SmallLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "here", lambda: line.place)
    ears.load_all(line.settings.model_dirs[0])


def words(line: SmallLine, recording_sid: str) -> str:
    message_id = str(line.message(recording_sid).id)
    with line.place.station.database.read() as work:
        message = messages.by_id(work, message_id)
        assert message is not None
        concern = concerns.by_id(work, message.concern_id)
        assert concern is not None
        key = concern.key(line.place.station.keys)
        sealed = work.connection.execute(
            select(transcripts.c.sealed_words).where(transcripts.c.message_id == message_id)
        ).scalar_one()
    assert key is not None
    return Transcript.from_json(unseal(key, sealed, words_context(message_id)).decode()).text


def test_every_job_that_the_database_can_order_exists() -> None:
    module = import_module(JOBS)

    ordered = (messages.FETCH, messages.TRANSCRIBE, messages.DELETE_COPY, carrier_calls.DELETE_RECORD)
    assert all(callable(getattr(module, name)) for name in ordered)
    assert [queue_of(name) for name in ordered] == ["messages", "transcription", "messages", "messages"]


def test_a_message_is_fetched_written_down_and_deleted_at_the_carrier(line: SmallLine) -> None:
    recording = line.leave_message()

    jobs.fetch_recording(line.task("fetch_recording"))
    jobs.transcribe_message(line.task("transcribe_message"))
    jobs.delete_carrier_copy(line.task("delete_carrier_copy"))

    assert words(line, recording) == (SPEECH / "01-passport.txt").read_text().strip()
    assert line.message(recording).transcript_state == "ready"
    assert line.copy(recording).proved_gone_at is not None
    assert line.company.recordings == ()
    assert {task.state for task in line.tasks()} == {"done"}


def test_each_step_done_twice_has_one_effect(line: SmallLine) -> None:
    recording = line.leave_message()

    for _ in range(2):
        jobs.fetch_recording(line.task("fetch_recording"))
    for _ in range(2):
        jobs.transcribe_message(line.task("transcribe_message"))
    for _ in range(2):
        jobs.delete_carrier_copy(line.task("delete_carrier_copy"))

    assert len(line.tasks()) == 3
    assert line.message(recording).transcript_state == "ready"


def test_a_language_without_a_model_is_left_to_people(line: SmallLine) -> None:
    recording = line.leave_message(language="km")
    jobs.fetch_recording(line.task("fetch_recording"))

    jobs.transcribe_message(line.task("transcribe_message"))

    assert line.message(recording).transcript_state == "no_model"


def test_a_recording_that_takes_too_long_to_recognise_is_left_to_people(
    line: SmallLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_limit_s", lambda _: 0.0)
    recording = line.leave_message()
    jobs.fetch_recording(line.task("fetch_recording"))

    jobs.transcribe_message(line.task("transcribe_message"))

    assert line.message(recording).transcript_state == "failed"
    assert line.message(recording).transcript_failure == "timeout"


def test_a_recording_that_is_not_ready_is_tried_again_later(line: SmallLine) -> None:
    recording = line.leave_message()
    kept = line.company.desk.recordings[recording]
    kept.ready_s = line.company.exchange.now_s() + 60
    jobs.fetch_recording(line.task("fetch_recording"))
    assert line.tasks()[0].failure == "not_ready"

    kept.ready_s = line.company.exchange.now_s()
    jobs.fetch_recording(line.task("fetch_recording"))

    assert line.message(recording).fetched_at is not None


def test_a_copy_that_the_carrier_says_is_deleted_but_is_not_stays_a_task(line: SmallLine) -> None:
    line.company.mischief.keeps_deleted = True
    recording = line.leave_message()
    jobs.fetch_recording(line.task("fetch_recording"))

    jobs.delete_carrier_copy(line.task("delete_carrier_copy"))

    (task,) = [task for task in line.tasks() if task.job == "delete_carrier_copy"]
    assert (task.state, task.failure) == ("waiting", "still_there")
    assert line.copy(recording).proved_gone_at is None


def test_a_task_that_nobody_knows_is_nothing_to_do(line: SmallLine) -> None:
    for job in (jobs.fetch_recording, jobs.transcribe_message, jobs.delete_carrier_copy):
        job("0" * 32)

    assert line.tasks() == []


@pytest.fixture
def _forget_workplace() -> Iterator[None]:
    yield
    workplace._opened = None
    workplace._settings = None


@pytest.mark.usefixtures("_forget_workplace")
def test_a_process_opens_its_workplace_once(line: SmallLine) -> None:
    workplace.prepare(line.settings)

    assert workplace.here() is workplace.here()
    assert workplace.here() is not line.place
