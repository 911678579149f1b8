"""An embedded Redis that runs as long as a test needs it."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import redis

from ivr.processes.redis_server import EmbeddedRedis


@dataclass
class RunningRedis:
    """A server that a test may kill and start again."""

    server: EmbeddedRedis
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"unix://{self.server.socket}"

    @property
    def client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def start_again(self) -> None:
        self.process = _started(self.server)


@contextmanager
def running_redis(data_dir: Path) -> Iterator[RunningRedis]:
    server = EmbeddedRedis(data_dir)
    running = RunningRedis(server, _started(server))
    try:
        yield running
    finally:
        running.kill()


def _started(server: EmbeddedRedis) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(server.prepare(), stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 10
    while not server.is_answering():
        assert time.monotonic() < deadline, "the server does not answer"
        os.sched_yield()
    return process
