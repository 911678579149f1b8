"""The two programs as they are started: what they say, and how they end."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes.spoken import Spoken
from tests.workers.small_line import SmallLine, environment

ROOT = Path(__file__).parents[2]


def start(line: SmallLine, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-u", "-m", "workers", *arguments],
        env={**os.environ, **environment(line.settings)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=ROOT,
    )


def ended(process: subprocess.Popen[bytes]) -> int:
    process.terminate()
    status = process.wait(10)
    assert process.stdout is not None
    process.stdout.close()
    return status


def test_the_worker_takes_a_message_to_its_transcript_and_ends_when_asked(line: SmallLine) -> None:
    worker = start(line, "--transcribers", "1")
    Spoken(worker.stdout).wait_for("worker_ready")

    recording = line.leave_message()

    line.wait_until_done()
    assert line.message(recording).transcript_state == "ready"
    assert ended(worker) == 0


def test_the_clock_sends_what_is_due_and_ends_when_asked(line: SmallLine) -> None:
    recording = line.record(line.consent())
    clock = start(line, "clock")

    # Its first look at the carrier's list comes at once.
    Spoken(clock.stdout).wait_for("recordings_found_at_carrier")

    assert ended(clock) == 0
    assert line.message(recording).recording_sid == recording


@pytest.mark.parametrize("what", ["work", "clock"])
def test_settings_that_are_wrong_are_said_all_at_once(what: str, tmp_path: Path) -> None:
    bare = {name: value for name, value in os.environ.items() if not name.startswith("PEERLINE_")}
    answer = subprocess.run(
        [sys.executable, "-m", "workers", what],
        env={**bare, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )

    assert answer.returncode == 2
    assert "PEERLINE_CARRIER is not set" in answer.stderr
    assert "PEERLINE_HOTLINE_NUMBER is not set" in answer.stderr
    assert "Traceback" not in answer.stderr
