"""Tasks: sent after the commit, swept until done, dead after all attempts, revived by a person."""

from datetime import timedelta

import pytest

from ivr.persistence import outbox
from ivr.persistence.database import Errand
from ivr.persistence.outbox import FIRST_LEASE, LONGEST_PAUSE, MOST_ATTEMPTS, pause_after
from tests.persistence.conftest import Memory

SUBJECT = "s" * 32


def order(memory: Memory) -> str:
    """Order one fetch and return its task."""
    with memory.database.write() as work:
        outbox.order(work, "fetch_recording", SUBJECT, memory.organisation_id)
    return memory.sent[-1].task_id


def test_a_task_is_sent_after_the_commit_and_not_before(memory: Memory) -> None:
    with memory.database.write() as work:
        outbox.order(work, "fetch_recording", SUBJECT, memory.organisation_id)

        assert memory.sent == []

    assert [(errand.job, errand.attempt) for errand in memory.sent] == [("fetch_recording", 1)]


def test_what_was_rolled_back_is_never_sent(memory: Memory) -> None:
    def order_and_fail() -> None:
        with memory.database.write() as work:
            outbox.order(work, "fetch_recording", SUBJECT, memory.organisation_id)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        order_and_fail()
    with memory.database.write():
        pass

    assert memory.sent == []


def test_a_job_ordered_twice_for_a_row_is_one_task(memory: Memory) -> None:
    order(memory)
    with memory.database.write() as work:
        outbox.order(work, "fetch_recording", SUBJECT, memory.organisation_id)
        outbox.order(work, "delete_carrier_copy", SUBJECT, memory.organisation_id)

    assert [errand.job for errand in memory.sent] == ["fetch_recording", "delete_carrier_copy"]


def test_a_task_is_due_when_its_lease_is_over(memory: Memory) -> None:
    task_id = order(memory)
    with memory.database.read() as work:
        assert outbox.due(work) == []

    memory.wait(FIRST_LEASE)
    with memory.database.read() as work:
        assert [task.id for task in outbox.due(work)] == [task_id]


def test_two_sweeps_at_once_count_one_attempt(memory: Memory) -> None:
    task_id = order(memory)
    memory.wait(FIRST_LEASE)
    with memory.database.read() as work:
        (seen_by_one,) = outbox.due(work)
        (seen_by_another,) = outbox.due(work)
    for task in (seen_by_one, seen_by_another):
        with memory.database.write() as work:
            outbox.send_again(work, task)

    assert memory.sent[1:] == [Errand("fetch_recording", task_id, 2)]


def test_a_longer_lease_keeps_the_sweep_away(memory: Memory) -> None:
    task_id = order(memory)
    with memory.database.write() as work:
        outbox.extend_lease(work, task_id, timedelta(minutes=5))
    memory.wait(timedelta(minutes=4))
    with memory.database.read() as work:
        assert outbox.due(work) == []


def test_a_task_is_finished_once(memory: Memory) -> None:
    task_id = order(memory)
    with memory.database.write() as work:
        assert outbox.finish(work, task_id)
    with memory.database.write() as work:
        assert not outbox.finish(work, task_id)
        assert outbox.waiting(work, task_id) is None


def test_a_task_is_dead_after_all_its_attempts_and_a_person_can_revive_it(memory: Memory) -> None:
    task_id = order(memory)
    begun = memory.times[0]
    for _ in range(MOST_ATTEMPTS - 1):
        memory.wait(LONGEST_PAUSE)
        with memory.database.write() as work:
            (task,) = outbox.due(work)
            assert outbox.postpone(work, task, "not_ready")
        memory.wait(LONGEST_PAUSE)
        with memory.database.write() as work:
            outbox.send_again(work, task)
    with memory.database.write() as work:
        last = outbox.waiting(work, task_id)
        assert last is not None
        assert last.attempt == MOST_ATTEMPTS
        assert not outbox.postpone(work, last, "not_ready")
        assert outbox.waiting(work, task_id) is None
    memory.wait(timedelta(days=30))
    with memory.database.write() as work:
        assert outbox.due(work) == []
        outbox.revive(work, "fetch_recording", SUBJECT)

    assert memory.times[0] > begun
    assert memory.sent[-1] == Errand("fetch_recording", task_id, 1)


def test_only_the_dead_are_revived(memory: Memory) -> None:
    order(memory)
    with memory.database.write() as work:
        outbox.revive(work, "fetch_recording", SUBJECT)

    assert len(memory.sent) == 1


def test_pauses_grow_to_a_quarter_of_an_hour_and_all_of_them_to_half_a_day() -> None:
    pauses = [pause_after(attempt) for attempt in range(1, MOST_ATTEMPTS + 1)]

    assert pauses[:4] == [timedelta(seconds=2**place) for place in range(4)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE
    assert timedelta(hours=12) < sum(pauses, timedelta()) < timedelta(hours=15)


def test_the_longest_due_come_first_and_no_more_than_asked_for(memory: Memory) -> None:
    for number in range(5):
        with memory.database.write() as work:
            outbox.order(work, "fetch_recording", f"{number}" * 32, memory.organisation_id)
        memory.wait(timedelta(seconds=1))
    memory.wait(FIRST_LEASE)
    with memory.database.read() as work:
        assert [task.subject_id[0] for task in outbox.due(work, most=3)] == ["0", "1", "2"]
