"""A recording's way home: each step may run twice, late, or while she erases it, and nothing is doubled."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from ivr.persistence import messages
from ivr.persistence.messages import Message
from ivr.persistence.tables import carrier_copies, tasks, transcripts
from ivr.persistence.tables import messages as messages_table
from ivr.services import recordings
from tests.kept import stored
from tests.practice_line import PracticeLine, practice_line
from tests.scenario import take_steps
from workers import jobs

SPEAKS_AND_HANGS_UP: list[dict[str, Any]] = [
    *({"press": key} for key in "121"),
    {"says": {"file": "08-injured.wav", "then": "hang_up"}},
]


@pytest.fixture
def line(tmp_path: Path, database_url: str) -> Iterator[PracticeLine]:
    """A line on which somebody has just spoken; no job is done yet."""
    with practice_line(tmp_path, database_url) as line:
        take_steps(line, line.dial(), SPEAKS_AND_HANGS_UP, "")
        line.company.settle()
        yield line


def task_of(line: PracticeLine, job: str) -> str:
    with line.station.database.read() as work:
        return str(work.connection.execute(select(tasks.c.id).where(tasks.c.job == job)).scalar_one())


def states(line: PracticeLine) -> dict[str, str]:
    """Return the state of each task, by job."""
    with line.station.database.read() as work:
        return {row.job: row.state for row in work.connection.execute(select(tasks.c.job, tasks.c.state))}


def erase(line: PracticeLine) -> Message:
    with line.station.database.write() as work:
        message_id = work.connection.execute(select(messages_table.c.id)).scalar_one()
        message = messages.by_id(work, message_id)
        assert message is not None
        messages.erase(work, message)
        line.station.recordings.erase(message_id)
    return message


def test_each_job_done_twice_has_one_effect(line: PracticeLine) -> None:
    for job in ("fetch_recording", "delete_carrier_copy", "transcribe_message"):
        getattr(jobs, job)(task_of(line, job))
        sealed = [path.read_bytes() for path in sorted(line.settings.media_dir.rglob("*")) if path.is_file()]
        getattr(jobs, job)(task_of(line, job))

        assert sealed == [
            path.read_bytes() for path in sorted(line.settings.media_dir.rglob("*")) if path.is_file()
        ]
        assert states(line)[job] == "done"
    with line.station.database.read() as work:
        assert work.connection.execute(select(func.count()).select_from(transcripts)).scalar() == 1
    assert len(line.company.recordings) == 0


def test_a_message_erased_before_it_was_fetched_is_never_sealed(line: PracticeLine) -> None:
    erase(line)
    line.work()

    assert [path for path in line.settings.media_dir.rglob("*") if path.is_file()] == []
    left = states(line)
    assert left.pop("delete_call_record") == "waiting"
    assert left == {"fetch_recording": "done", "delete_carrier_copy": "done"}
    assert len(line.company.recordings) == 0


def test_a_message_erased_while_it_was_fetched_leaves_nothing(
    line: PracticeLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sound is sealed before the last look at the row; what was erased in between is erased again."""
    seal_sound = recordings._seal_sound

    def seal_and_meet_her_erasing(*args: object) -> None:
        seal_sound(*args)  # type: ignore[arg-type]
        monkeypatch.setattr(recordings, "_seal_sound", seal_sound)
        erase(line)

    monkeypatch.setattr(recordings, "_seal_sound", seal_and_meet_her_erasing)
    line.work()

    assert [path for path in line.settings.media_dir.rglob("*") if path.is_file()] == []
    assert stored(line)[1][0]["is_erased"]
    assert len(line.company.recordings) == 0


def test_a_message_erased_before_it_was_listened_to_gets_no_words(line: PracticeLine) -> None:
    jobs.fetch_recording(task_of(line, "fetch_recording"))
    erase(line)
    line.work()

    assert stored(line)[1][0]["words"] == ""
    assert states(line)["transcribe_message"] == "done"


def test_the_carriers_copy_is_deleted_only_after_ours_is_sealed(line: PracticeLine) -> None:
    before = len(line.company.recordings), "delete_carrier_copy" in states(line)
    jobs.fetch_recording(task_of(line, "fetch_recording"))
    sealed = [path for path in line.settings.media_dir.rglob("*") if path.is_file()]

    assert before == (1, False)
    assert len(sealed) == 2
    assert len(line.company.recordings) == 1
    assert states(line)["delete_carrier_copy"] == "waiting"


def test_the_proof_that_the_copy_is_gone_is_written_down(line: PracticeLine) -> None:
    line.company.mischief.keeps_deleted = True
    line.work()
    with line.station.database.read() as work:
        without = work.connection.execute(select(carrier_copies.c.proved_gone_at)).scalar_one()
    still_waiting = states(line)["delete_carrier_copy"]
    line.company.mischief.keeps_deleted = False
    line.work()
    with line.station.database.read() as work:
        proved = work.connection.execute(select(carrier_copies.c.proved_gone_at)).scalar_one()

    assert (without, still_waiting) == (None, "waiting")
    assert proved is not None
    assert states(line)["delete_carrier_copy"] == "done"


def test_what_is_sealed_shows_nothing_of_the_sound(line: PracticeLine) -> None:
    line.work()
    files = [path.read_bytes() for path in line.settings.media_dir.rglob("*") if path.is_file()]

    assert len(files) == 2
    assert not [content for content in files if b"RIFF" in content or b"WAVE" in content]


def test_a_task_that_is_none_is_nothing_to_do(line: PracticeLine) -> None:
    for job in ("fetch_recording", "delete_carrier_copy", "transcribe_message", "delete_call_record"):
        getattr(jobs, job)("0" * 32)

    assert states(line) == {"fetch_recording": "waiting", "delete_call_record": "waiting"}
