"""The carrier's records of calls go after an hour, with the names of the calls here; what was said stays."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update
from structlog.testing import capture_logs

from ivr.persistence import backlog, outbox
from ivr.persistence.backlog import Backlog
from ivr.persistence.tables import calls, carrier_calls, messages, receipts, tasks
from ivr.services import call_records, given_up
from ivr.simulator.mischief import Delivery
from ivr.simulator.profiles import SOMLENG
from tests.kept import stored
from tests.practice_line import PracticeLine, practice_line
from tests.scenario import take_steps

AN_HOUR_LATER = timedelta(minutes=70)
SPEAKS_AND_HANGS_UP: list[dict[str, Any]] = [
    *({"press": key} for key in "121"),
    {"says": {"file": "08-injured.wav", "then": "hang_up"}},
]


@pytest.fixture
def line(tmp_path: Path, database_url: str) -> Iterator[PracticeLine]:
    with practice_line(tmp_path, database_url) as line:
        yield line


def speak(line: PracticeLine) -> str:
    """Leave a message; returns the carrier's name of the call."""
    take_steps(line, line.dial(), SPEAKS_AND_HANGS_UP, "")
    line.company.settle()
    with line.station.database.read() as work:
        return str(work.connection.execute(select(carrier_calls.c.call_sid)).scalar_one())


def count(line: PracticeLine, *tables: Any) -> list[int]:
    with line.station.database.read() as work:
        return [
            work.connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables
        ]


def task_state(line: PracticeLine) -> tuple[str, str | None]:
    with line.station.database.read() as work:
        row = work.connection.execute(select(tasks).where(tasks.c.job == "delete_call_record")).one()
    return row.state, row.failure


def look(line: PracticeLine) -> Backlog:
    with line.station.database.read() as work:
        return backlog.look(work)


def at_carrier(line: PracticeLine, call_sid: str) -> bool:
    return line.company.find(call_sid) is not None


def test_the_record_of_every_call_goes_though_the_caller_agreed_to_nothing(line: PracticeLine) -> None:
    line.dial().listen().hang_up()
    line.company.settle()
    with line.station.database.read() as work:
        call_sid = work.connection.execute(select(carrier_calls.c.call_sid)).scalar_one()
    line.work()
    before = at_carrier(line, call_sid), count(line, carrier_calls)

    line.work(AN_HOUR_LATER)

    assert before == (True, [1])
    assert not at_carrier(line, call_sid)
    assert count(line, carrier_calls) == [0]
    assert task_state(line) == ("done", None)


def test_what_was_said_stays_and_nothing_leads_to_the_call_any_more(line: PracticeLine) -> None:
    call_sid = speak(line)
    line.work()
    line.work(AN_HOUR_LATER)
    with line.station.database.read() as work:
        names = work.connection.execute(select(calls.c.carrier_call_sid)).scalars().all()

    assert not at_carrier(line, call_sid)
    assert names == [None]
    assert count(line, receipts, carrier_calls, messages) == [0, 0, 1]
    assert stored(line)[1][0]["has_sound"]


def test_within_the_hour_a_late_word_finds_its_call_and_later_it_changes_nothing(line: PracticeLine) -> None:
    line.company.mischief.deliveries["recording"] = Delivery(copies=0)
    call_sid = speak(line)
    line.company.let_pass(1800)
    line.look_after()
    within = count(line, messages)
    line.work(AN_HOUR_LATER)

    assert within == [1]
    assert not at_carrier(line, call_sid)
    assert stored(line)[1][0]["has_sound"]


def test_a_call_with_a_recording_that_has_not_come_home_is_not_forgotten(line: PracticeLine) -> None:
    call_sid = speak(line)
    with line.station.database.write() as work:  # as if no webhook had told of the recording
        for table in ("tasks", "carrier_copies", "messages"):
            narrowed = " where job = 'fetch_recording'" if table == "tasks" else ""
            work.connection.exec_driver_sql(f"delete from {table}{narrowed}")
    line.errands.clear()
    line.work(AN_HOUR_LATER)
    before = task_state(line), at_carrier(line, call_sid)
    line.look_after()
    line.work(AN_HOUR_LATER)

    assert before == (("waiting", "recording_not_home"), True)
    assert stored(line)[1][0]["has_sound"]
    assert not at_carrier(line, call_sid)


def test_the_end_told_again_is_one_task_and_one_row(line: PracticeLine) -> None:
    line.company.mischief.deliveries["number_status"] = Delivery(copies=5, at_once=True)
    speak(line)

    assert count(line, carrier_calls) == [1]
    assert task_state(line) == ("waiting", None)


def test_a_call_whose_end_nobody_told_is_taken_as_over_after_hours(line: PracticeLine) -> None:
    call_sid = speak(line)
    with line.station.database.write() as work:
        work.connection.exec_driver_sql("delete from carrier_calls")
        work.connection.exec_driver_sql("delete from tasks where job = 'delete_call_record'")
    line.work()
    early = call_records.end_untold(line.station)
    line.company.let_pass(4 * 3600)
    late = call_records.end_untold(line.station), call_records.end_untold(line.station)
    line.work(AN_HOUR_LATER)

    assert (early, late) == (0, (1, 0))
    assert not at_carrier(line, call_sid)


def test_a_call_that_the_carrier_calls_unfinished_is_tried_again(line: PracticeLine) -> None:
    call_sid = speak(line)
    line.work()
    call = line.company.find(call_sid)
    assert call is not None
    call.status = "in-progress"
    line.work(AN_HOUR_LATER)
    refused = task_state(line)
    call.status = "completed"
    line.work()

    assert refused == ("waiting", "not_over")
    assert task_state(line)[0] == "done"
    assert not at_carrier(line, call_sid)


def test_a_carrier_that_cannot_delete_is_noted_and_forgotten_here(tmp_path: Path, sqlite_url: str) -> None:
    with practice_line(tmp_path, sqlite_url, SOMLENG) as line:
        line.dial().listen().hang_up()
        with capture_logs() as logs:
            line.work(AN_HOUR_LATER)

        assert [entry["event"] for entry in logs if entry["log_level"] == "warning"] == [
            "call_record_left_at_carrier"
        ]
        assert count(line, carrier_calls) == [0]
        assert task_state(line) == ("done", None)


def test_a_record_that_waits_for_its_hour_is_no_backlog_and_one_older_than_a_day_is(
    line: PracticeLine,
) -> None:
    line.dial().listen().hang_up()
    line.company.settle()
    at_once = look(line)
    line.company.let_pass(25 * 3600)
    late = look(line)

    assert (at_once.waiting, at_once.oldest_s, at_once.old_call_records) == (0, 0.0, 0)
    assert (late.waiting, late.old_call_records) == (1, 1)


def test_a_deletion_that_was_given_up_is_tried_again_after_a_day_or_when_a_person_asks(
    line: PracticeLine,
) -> None:
    call_sid = speak(line)
    line.work()
    _give_up(line)
    at_once = given_up.retry_deletions(line.station)
    asked = given_up.retry_all(line.station)
    _give_up(line)
    line.company.let_pass(25 * 3600)
    after_a_day = given_up.retry_deletions(line.station)
    line.work()

    assert (at_once, asked, after_a_day) == (0, 1, 1)
    assert not at_carrier(line, call_sid)


def test_receipts_older_than_a_day_are_forgotten(line: PracticeLine) -> None:
    speak(line)
    kept = count(line, receipts)
    young = call_records.forget_old_receipts(line.station)
    line.company.let_pass(25 * 3600)
    old = call_records.forget_old_receipts(line.station)

    assert young == 0
    assert [old] == kept
    assert kept != [0]


def _give_up(line: PracticeLine) -> None:
    with line.station.database.write() as work:
        work.connection.execute(
            update(tasks)
            .where(tasks.c.job == "delete_call_record")
            .values(attempt=outbox.MOST_ATTEMPTS, state="dead", next_at=work.now)
        )
