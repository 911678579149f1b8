"""The queue over a real Redis: what lies in it, and what it costs when Redis is away."""

import json
import socket
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis

from ivr.queue import JobQueue, connect, queue_of
from tests.processes.running_redis import RunningRedis, running_redis


@dataclass(frozen=True)
class Errand:
    job: str
    task_id: str
    attempt: int = 1


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningRedis]:
    with running_redis(tmp_path_factory.mktemp("data")) as running:
        yield running


@pytest.fixture
def connection(server: RunningRedis) -> redis.Redis:
    connection = connect(server.url)
    connection.flushall()
    return connection


def test_a_sent_job_lies_in_its_queue_and_holds_nothing_but_ids(connection: redis.Redis) -> None:
    assert JobQueue(connection).send(Errand("fetch_recording", "abc", 3))

    job: dict[bytes, bytes] = connection.hgetall("rq:job:task-abc-3")  # type: ignore[assignment]
    assert connection.lrange("rq:queue:messages", 0, -1) == [b"task-abc-3"]
    assert json.loads(zlib.decompress(job[b"data"])) == ["workers.jobs.fetch_recording", None, ["abc"], {}]
    assert job[b"description"] == b"a task"
    assert job[b"result_ttl"] == b"0"
    assert job[b"failure_ttl"] == b"60"


def test_listening_has_a_queue_of_its_own() -> None:
    assert queue_of("transcribe_message") == "transcription"
    assert queue_of("fetch_recording") == queue_of("delete_carrier_copy") == "messages"


def test_the_same_attempt_sent_twice_is_one_job(connection: redis.Redis) -> None:
    queue = JobQueue(connection)

    assert queue.send(Errand("fetch_recording", "abc"))
    assert queue.send(Errand("fetch_recording", "abc"))

    assert connection.llen("rq:queue:messages") == 1


def test_another_attempt_is_another_job(connection: redis.Redis) -> None:
    queue = JobQueue(connection)

    queue.send(Errand("fetch_recording", "abc", 1))
    queue.send(Errand("fetch_recording", "abc", 2))

    assert connection.llen("rq:queue:messages") == 2


def test_a_redis_that_is_down_costs_little_and_raises_nothing(tmp_path: Path) -> None:
    queue = JobQueue.at(f"unix://{tmp_path / 'nobody.sock'}")
    queue.send(Errand("fetch_recording", "warm-up"))
    queue._resting_until = 0.0
    begun_s = time.perf_counter()

    assert queue.send(Errand("fetch_recording", "abc")) is False
    assert time.perf_counter() - begun_s < 0.05


def test_after_a_redis_that_hangs_nobody_else_waits_for_a_while() -> None:
    clock = Clock()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        queue = JobQueue(connect(f"redis://127.0.0.1:{silent.getsockname()[1]}", answer_within_s=0.1), clock)
        begun_s = time.perf_counter()
        assert queue.send(Errand("fetch_recording", "one")) is False
        waited_s = time.perf_counter() - begun_s
        begun_s = time.perf_counter()
        assert queue.send(Errand("fetch_recording", "two")) is False
        skipped_s = time.perf_counter() - begun_s

    assert 0.1 <= waited_s < 1
    assert skipped_s < 0.01


def test_a_redis_that_came_back_is_used_again(connection: redis.Redis, tmp_path: Path) -> None:
    clock = Clock()
    queue = JobQueue(connect(f"unix://{tmp_path / 'nobody.sock'}"), clock)
    assert queue.send(Errand("fetch_recording", "one")) is False
    queue.connection = connection

    clock.now_s += 3

    assert queue.send(Errand("fetch_recording", "one")) is True
