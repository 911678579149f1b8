"""What the clock does: nothing stays undone because a webhook, a job or Redis was lost."""

import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from ivr.carrier import CarrierUnavailableError
from ivr.persistence.database import utc_now
from ivr.queue import JobQueue
from ivr.services.messages import end_call
from tests.processes.running_redis import RunningRedis
from tests.workers.small_line import SmallLine
from workers.clock import Beat, Clock
from workers.reconciliation import Reconciliation
from workers.schedule import beats, sweep, tell_of_old_call_records, tell_of_old_copies


def in_a_minute() -> datetime:
    return utc_now() + timedelta(minutes=1)


def sent(server: RunningRedis) -> list[bytes | str]:
    return list(server.client.lrange("rq:queue:messages", 0, -1))


def test_a_task_whose_job_was_lost_is_sent_again(line: SmallLine, server: RunningRedis) -> None:
    line.leave_message()
    server.client.flushall()

    assert sweep(line.place.at(in_a_minute)) == 1
    assert sent(server) == [f"task-{line.task('fetch_recording')}-2".encode()]


def test_a_task_that_is_not_due_is_left_alone(line: SmallLine, server: RunningRedis) -> None:
    line.leave_message()
    server.client.flushall()

    assert sweep(line.place) == 0
    assert sent(server) == []


def test_two_clocks_send_a_task_once(line: SmallLine, server: RunningRedis) -> None:
    line.leave_message()
    server.client.flushall()

    sweep(line.place.at(in_a_minute))
    sweep(line.place.at(in_a_minute))

    assert len(sent(server)) == 1


def test_while_redis_is_away_no_attempt_is_counted(line: SmallLine, tmp_path: Path) -> None:
    line.leave_message()
    place = line.place.at(in_a_minute)
    place.queue.connection = JobQueue.at(f"unix://{tmp_path / 'nobody.sock'}").connection

    assert sweep(place) == 0
    assert [task.attempt for task in line.tasks()] == [1]


def test_a_recording_whose_webhook_was_lost_is_found_at_the_carrier(line: SmallLine) -> None:
    recording = line.record(line.consent())

    assert Reconciliation(line.place)() == 1
    assert line.message(recording).recording_sid == recording
    assert [task.job for task in line.tasks()] == ["fetch_recording"]


def test_a_recording_that_we_know_is_not_found_again(line: SmallLine) -> None:
    line.leave_message()

    assert Reconciliation(line.place)() == 0
    assert len(line.tasks()) == 1


def test_a_recording_of_a_call_that_is_not_ours_is_left_alone(line: SmallLine) -> None:
    line.record("CA-of-somebody-else-on-this-account")

    assert Reconciliation(line.place)() == 0
    assert line.tasks() == []
    assert len(line.company.recordings) == 1


def test_a_recording_that_is_still_being_made_is_waited_for(line: SmallLine) -> None:
    recording = line.record(line.consent())
    line.company.desk.recordings[recording].status = "processing"

    assert Reconciliation(line.place)() == 0


def test_when_the_list_cannot_be_read_the_next_look_goes_as_far_back(line: SmallLine) -> None:
    reconcile = Reconciliation(line.place)
    line.company.mischief.api_faults = ["500", "500", "500"]

    with pytest.raises(CarrierUnavailableError):
        reconcile()

    line.company.mischief.api_faults = []
    recording = line.record(line.consent())
    line.company.desk.recordings[recording].began_at -= timedelta(days=10)
    assert reconcile() == 1


def test_a_copy_older_than_a_day_raises_an_alarm(line: SmallLine) -> None:
    line.leave_message()

    assert tell_of_old_copies(line.place) == 0
    with capture_logs() as logs:
        assert tell_of_old_copies(line.place.at(lambda: utc_now() + timedelta(hours=25))) == 1
    assert logs == [
        {"event": "carrier_copies_not_deleted", "log_level": "error", "count": 1, "older_than_h": 24}
    ]


def test_a_record_of_a_call_older_than_a_day_raises_an_alarm(line: SmallLine) -> None:
    end_call(line.place.station, line.hotline, line.consent())

    assert tell_of_old_call_records(line.place) == 0
    with capture_logs() as logs:
        assert tell_of_old_call_records(line.place.at(lambda: utc_now() + timedelta(hours=25))) == 1
    assert logs == [
        {"event": "carrier_call_records_not_deleted", "log_level": "error", "count": 1, "older_than_h": 24}
    ]


def test_the_deletion_of_a_record_is_sent_when_its_hour_has_come(
    line: SmallLine, server: RunningRedis
) -> None:
    end_call(line.place.station, line.hotline, line.consent())
    at_once = sent(server), sweep(line.place.at(in_a_minute))

    assert at_once == ([], 0)
    assert sweep(line.place.at(lambda: utc_now() + timedelta(minutes=61))) == 1
    assert sent(server) == [f"task-{line.task('delete_call_record')}-2".encode()]


def test_what_is_promised_to_be_erased_is_looked_for_every_hour(line: SmallLine) -> None:
    every = {beat.name: beat.every_s for beat in beats(line.place)}

    assert {name: every[name] for name in ("retention", "dead_deletions", "old_receipts")} == {
        "retention": 3600,
        "dead_deletions": 3600,
        "old_receipts": 3600,
    }


def test_every_beat_can_be_done_twice_on_a_quiet_line(line: SmallLine) -> None:
    for beat in beats(line.place) * 2:
        beat.act()

    assert line.tasks() == []


def test_trouble_is_told_when_it_begins_and_when_it_ends() -> None:
    done: list[int] = []
    over = threading.Event()

    def fail_three_times() -> None:
        done.append(1)
        if len(done) <= 3:
            raise OSError("what went wrong may be personal")
        if len(done) == 5:
            over.set()

    with capture_logs() as logs:
        clock = Clock([Beat("shaky", 0.01, fail_three_times)])
        clock.start()
        assert over.wait(5)
        clock.stop()
    assert logs == [
        {"event": "beat_failed", "log_level": "error", "beat": "shaky", "cause": "OSError"},
        {"event": "beat_works_again", "log_level": "info", "beat": "shaky"},
    ]


def test_a_slow_beat_holds_up_no_other() -> None:

    slow, quick = threading.Event(), threading.Event()
    clock = Clock([Beat("slow", 1, lambda: slow.wait(5)), Beat("quick", 0.01, quick.set)])

    clock.start()

    assert quick.wait(5)
    slow.set()
    clock.stop()


def test_the_sweep_comes_every_second(line: SmallLine) -> None:
    assert {beat.name: beat.every_s for beat in beats(line.place)}["sweep"] == 1
