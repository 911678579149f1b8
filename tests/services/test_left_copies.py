"""Recordings at a telephone company that deletes none: noted, and watched until somebody deletes them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from ivr.persistence import backlog, left_copies
from ivr.persistence.tables import tasks
from ivr.services.recordings import prove_left_copies_gone
from ivr.simulator.profiles import SOMLENG
from tests.practice_line import PracticeLine, practice_line
from tests.scenario import CALLS, play, read_scenario


@pytest.fixture
def line(tmp_path: Path, sqlite_url: str) -> Iterator[PracticeLine]:
    """A line after one message over a telephone company that deletes nothing."""
    with practice_line(tmp_path, sqlite_url, SOMLENG) as line:
        play(line, read_scenario(CALLS / "leaves-a-message.yaml").over_carrier(SOMLENG))
        yield line


def looked(line: PracticeLine) -> tuple[int, int, int]:
    """Return how many copies are left, how many are an alarm, and how many tasks still try."""
    with line.station.database.read() as work:
        now = backlog.look(work)
        return now.left_copies, now.old_copies, now.waiting


def test_it_is_asked_once_and_no_more(line: PracticeLine) -> None:
    with line.station.database.read() as work:
        statement = select(tasks.c.state, tasks.c.attempt).where(tasks.c.job == "delete_carrier_copy")
        task = work.connection.execute(statement).one()

    assert tuple(task) == ("done", 1)
    assert looked(line) == (1, 0, 0)


def test_a_copy_that_is_left_is_no_alarm_after_a_day(line: PracticeLine) -> None:
    line.company.let_pass(25 * 3600)
    line.work()

    assert looked(line) == (1, 0, 0)


def test_it_is_known_until_it_is_proved_gone(line: PracticeLine) -> None:
    before = prove_left_copies_gone(line.station, line.place.carrier)
    for recording in line.company.recordings:
        recording.erase()
    after = prove_left_copies_gone(line.station, line.place.carrier)

    assert (before, after) == (0, 1)
    assert looked(line) == (0, 0, 0)
    with line.station.database.read() as work:
        assert left_copies.oldest(work, 10) == []
