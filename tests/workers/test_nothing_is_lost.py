"""Programs and Redis are killed in the midst of the work; each message arrives all the same, exactly once.

The sweep runs here with a clock that is ever further ahead, so that no lease has to be waited for.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ivr.persistence.database import utc_now
from ivr.persistence.tables import messages, transcripts
from tests.processes.endings import has_ended
from tests.processes.running_redis import RunningRedis, running_redis
from tests.processes.spoken import Spoken
from tests.workers.small_line import SmallLine, environment, small_line
from workers.reconciliation import Reconciliation
from workers.schedule import sweep
from workers.workplace import Workplace

ROOT = Path(__file__).parents[2]
INSTANTS_MS = (0, 3, 8, 15, 25, 40, 60, 90, 130, 200)
SPEECHES = ("01-passport.wav", "02-not-paid.wav", "07-urgent.wav", "08-injured.wav")


class Fleet:
    """The warm worker as a program of its own, killed and started again as a test wants."""

    def __init__(self, line: SmallLine) -> None:
        self._line = line
        self.process: subprocess.Popen[bytes] | None = None
        self._listening = threading.Thread()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-m", "workers"],
            env={**os.environ, **environment(self._line.settings)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            cwd=ROOT,
        )
        Spoken(self.process.stdout).wait_for("worker_ready")
        assert self.process.stdout is not None
        # Nobody looks at what it says from here on; but it must never fill the pipe and wait.
        self._listening = threading.Thread(target=self.process.stdout.read)
        self._listening.start()

    def kill(self) -> None:
        """Kill parent and listeners at once, as a power cut would."""
        assert self.process is not None
        assert self.process.stdout is not None
        family = descendants(self.process.pid)
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        assert all(has_ended(pid) for pid in family)
        self._listening.join()
        self.process.stdout.close()

    def kill_one_listener(self, number: int) -> None:
        """Kill a child or grandchild; the parent brings a new one."""
        assert self.process is not None
        family = descendants(self.process.pid)
        if family:
            os.kill(family[number % len(family)], signal.SIGKILL)


class RestlessClock(threading.Thread):
    """Sweeps all the time; for it an hour passes between two sweeps."""

    def __init__(self, place: Workplace) -> None:
        super().__init__(daemon=True)
        self._hours = 0
        self._place = place.at(self._now)
        self._over = threading.Event()

    def _now(self) -> datetime:
        return utc_now() + timedelta(hours=self._hours)

    def run(self) -> None:
        while not self._over.wait(0.4):
            self._hours += 1
            sweep(self._place)

    def stop(self) -> None:
        self._over.set()
        self.join()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningRedis]:
    with running_redis(tmp_path / "redis") as running:
        yield running


@pytest.fixture
def line(server: RunningRedis, tmp_path: Path) -> Iterator[SmallLine]:
    with small_line(tmp_path / "line", server.url) as line:
        yield line


@pytest.fixture
def fleet(line: SmallLine) -> Iterator[Fleet]:
    fleet = Fleet(line)
    fleet.start()
    yield fleet
    fleet.kill()


@pytest.fixture
def clock(line: SmallLine) -> Iterator[RestlessClock]:
    clock = RestlessClock(line.place)
    clock.start()
    yield clock
    clock.stop()


def descendants(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children")
    found = [int(child) for child in children.read_text().split()] if children.exists() else []
    return [*found, *(grandchild for child in found for grandchild in descendants(child))]


def leave_at_every_instant(line: SmallLine, then: Callable[[int], object]) -> list[str]:
    """Leave a message, and do something bad so many milliseconds after it."""
    recordings = []
    for number, instant_ms in enumerate(INSTANTS_MS):
        recordings.append(line.leave_message(SPEECHES[number % len(SPEECHES)]))
        time.sleep(instant_ms / 1000)
        then(number)
    return recordings


def assert_each_arrived_once(line: SmallLine, recordings: list[str]) -> None:
    # A task is ordered in the transaction that ends the one before it: none left means that all came.
    line.wait_until_done()

    kept = [line.message(recording) for recording in recordings]
    assert {message.transcript_state for message in kept} == {"ready"}
    assert all(line.place.station.recordings.get(str(message.id)) for message in kept)
    assert all(line.copy(recording).proved_gone_at is not None for recording in recordings)
    assert line.company.recordings == ()
    assert len(line.tasks()) == 3 * len(recordings)
    assert line.count(messages) == line.count(transcripts) == len(recordings)


@pytest.mark.usefixtures("clock")
def test_a_worker_is_killed_with_all_its_children_at_ten_instants(line: SmallLine, fleet: Fleet) -> None:
    def power_cut(_: int) -> None:
        fleet.kill()
        fleet.start()

    assert_each_arrived_once(line, leave_at_every_instant(line, power_cut))


@pytest.mark.usefixtures("clock")
def test_one_process_of_the_worker_is_killed_at_ten_instants(line: SmallLine, fleet: Fleet) -> None:
    assert_each_arrived_once(line, leave_at_every_instant(line, fleet.kill_one_listener))


@pytest.mark.usefixtures("clock", "fleet")
def test_redis_is_emptied_at_ten_instants(line: SmallLine, server: RunningRedis) -> None:
    assert_each_arrived_once(line, leave_at_every_instant(line, lambda _: server.client.flushall()))


@pytest.mark.usefixtures("clock", "fleet")
def test_redis_is_killed_and_started_again_at_ten_instants(line: SmallLine, server: RunningRedis) -> None:
    def restart(_: int) -> None:
        server.kill()
        server.start_again()

    assert_each_arrived_once(line, leave_at_every_instant(line, restart))


@pytest.mark.usefixtures("clock", "fleet")
def test_the_web_service_is_killed_between_commit_and_sending(line: SmallLine) -> None:
    code = """
import os, signal, sys
from ivr.persistence.database import Database
from ivr.persistence.hotlines import all_hotlines
from ivr.services.messages import CarrierWord, keep_recording
from ivr.services.station import Station
from ivr.settings import Settings
from workers.workplace import open_workplace

opened = open_workplace(Settings.load()).station
dies = Database(opened.database.engine, send=lambda errand: os.kill(os.getpid(), signal.SIGKILL))
with dies.read() as work:
    hotline = all_hotlines(work)[0]
station = Station(dies, opened.keys, opened.recordings)
keep_recording(station, hotline, CarrierWord(sys.argv[1], sys.argv[2], 3))
"""
    call = line.consent()
    recording = line.record(call)

    web = subprocess.run(
        [sys.executable, "-c", code, recording, call],
        env={**os.environ, **environment(line.settings)},
        cwd=ROOT,
        check=False,
    )

    assert web.returncode == -signal.SIGKILL
    assert_each_arrived_once(line, [recording])


@pytest.mark.usefixtures("clock", "fleet")
def test_every_webhook_of_a_recording_is_lost(line: SmallLine) -> None:
    recordings = [line.record(line.consent()) for _ in range(3)]

    assert Reconciliation(line.place)() == 3
    assert_each_arrived_once(line, recordings)
