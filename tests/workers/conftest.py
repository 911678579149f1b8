"""One Redis for all tests of the workers, and a fresh line for each."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import stamina

from tests.processes.running_redis import RunningRedis, running_redis
from tests.workers.small_line import SmallLine, small_line


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningRedis]:
    with running_redis(tmp_path_factory.mktemp("redis")) as running:
        yield running


@pytest.fixture
def line(server: RunningRedis, tmp_path: Path) -> Iterator[SmallLine]:
    server.client.flushall()
    with small_line(tmp_path, server.url) as line, stamina.set_testing(testing=True, attempts=2):
        yield line
