"""Running the line's own programs for a measurement, each as a process, and ending them after it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ivr.lifeline import lifeline
from ivr.processes.line import WEB, answers_at
from ivr.processes.redis_server import EmbeddedRedis
from ivr.settings import Settings

ROOT = Path(__file__).parent.parent
BARE = (sys.executable, "-m", "benchmarks.bare")
START_WITHIN_S = 30.0
END_WITHIN_S = 15.0


class NotStartedError(RuntimeError):
    """A program did not come up in time."""


def environment_of(settings: Settings) -> dict[str, str]:
    """Return our environment with these settings in place of any others."""
    given = {name: value for name, value in os.environ.items() if not name.startswith("PEERLINE_")}
    words = settings.model_dump(exclude_none=True)
    for secret in ("master_key", "carrier_token"):
        words[secret] = getattr(settings, secret).get_secret_value()
    return {**given, **{f"PEERLINE_{name.upper()}": str(value) for name, value in words.items()}}


@contextmanager
def running(
    command: tuple[str, ...], environment: Mapping[str, str], is_ready: Callable[[], bool]
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program until the block ends; what it writes on errors is shown."""
    process = subprocess.Popen(
        command,
        env=dict(environment),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=lifeline(),  # noqa: PLW1509 - nothing here has threads, and nothing may outlive a measurement
    )
    try:
        _await(process, is_ready)
        yield process
    finally:
        _end(process)


@contextmanager
def web(settings: Settings, command: tuple[str, ...] = WEB, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a web server where the settings say."""
    environment = {**environment_of(settings), **more}
    with running(command, environment, answers_at(settings.bind)) as process:
        yield process


@contextmanager
def redis(settings: Settings) -> Iterator[None]:
    """Run the embedded Redis of a data folder."""
    embedded = EmbeddedRedis(settings.data_dir)
    with running(embedded.prepare(), os.environ, embedded.is_answering):
        yield


def cpu_s(process: int) -> float:
    """Return the processor time that a process and its children have used (Linux)."""
    family = [process, *_children(process)]
    return sum(_own_cpu_s(one) for one in family)


def _own_cpu_s(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _children(process: int) -> list[int]:
    said = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [found for child in map(int, said) for found in (child, *_children(child))]


def _await(process: subprocess.Popen[bytes], is_ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + START_WITHIN_S
    while not is_ready():
        if process.poll() is not None or time.monotonic() > deadline:
            raise NotStartedError(f"{process.args!r} is not ready")
        time.sleep(0.02)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(END_WITHIN_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
