"""The workers over a real Redis: what one job costs the next, and that nothing is said about any."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from rq import Queue
from rq.job import Job
from structlog.testing import capture_logs

from ivr.queue import SERIALIZER
from tests.processes.running_redis import RunningRedis
from workers import ears
from workers.listener import Courier, Transcriber


@pytest.fixture
def connection(server: RunningRedis) -> redis.Redis:
    server.client.flushall()
    return server.client


@pytest.fixture(autouse=True)
def _signals_stay_as_they_are() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def send(connection: redis.Redis, job: str, argument: str = "") -> Job:
    queue = Queue("messages", connection=connection, serializer=SERIALIZER)
    return queue.enqueue_call(f"tests.workers.sample_jobs.{job}", args=(argument,), result_ttl=0)


def work_off(connection: redis.Redis, kind: type[Transcriber | Courier] = Transcriber) -> None:
    worker = kind(["messages"], connection=connection, serializer=SERIALIZER)
    worker.work(burst=True, logging_level="CRITICAL")


def test_a_job_runs_in_a_process_of_its_own(connection: redis.Redis, tmp_path: Path) -> None:
    send(connection, "write_pid", str(tmp_path / "pid"))

    work_off(connection)

    assert int((tmp_path / "pid").read_text()) != os.getpid()


def test_a_job_that_crashes_costs_itself_alone(connection: redis.Redis, tmp_path: Path) -> None:
    crashed = send(connection, "die")
    send(connection, "write_pid", str(tmp_path / "pid"))

    work_off(connection)

    assert crashed.get_status() == "failed"
    assert (tmp_path / "pid").exists()


def test_a_job_that_is_done_leaves_nothing_in_redis(connection: redis.Redis, tmp_path: Path) -> None:
    job = send(connection, "write_pid", str(tmp_path / "pid"))

    work_off(connection)

    assert not connection.exists(job.key)


def test_a_courier_runs_its_jobs_itself(connection: redis.Redis, tmp_path: Path) -> None:
    send(connection, "write_pid", str(tmp_path / "pid"))

    work_off(connection, Courier)

    assert int((tmp_path / "pid").read_text()) == os.getpid()


@pytest.mark.parametrize("kind", [Transcriber, Courier])
def test_the_words_of_an_error_are_neither_logged_nor_kept(
    connection: redis.Redis, capfd: pytest.CaptureFixture[str], kind: type[Transcriber | Courier]
) -> None:
    send(connection, "fail_with_a_secret")

    work_off(connection, kind)

    kept = b"".join(connection.dump(key) or b"" for key in connection.scan_iter())
    said = "".join(capfd.readouterr())
    assert b"Tuesday" not in kept
    assert "Tuesday" not in said
    assert "ValueError" in said


def test_a_failure_is_told_with_the_job_and_the_kind_of_error(connection: redis.Redis) -> None:
    job = send(connection, "fail_with_a_secret")
    listener = Transcriber(["messages"], connection=connection, serializer=SERIALIZER)

    with capture_logs() as logs:
        listener.handle_exception(job, ValueError, ValueError("secret"), None)

    assert logs == [
        {
            "event": "job_failed",
            "log_level": "error",
            "job_id": job.id,
            "job": "tests.workers.sample_jobs.fail_with_a_secret",
            "error": "ValueError",
        }
    ]


def test_models_loaded_before_are_there_in_every_job(connection: redis.Redis, tmp_path: Path) -> None:
    ears.load_all(tmp_path / "no-models-here")
    send(connection, "write_whether_loaded", str(tmp_path / "loaded"))

    work_off(connection)

    assert (tmp_path / "loaded").read_text() == "['en']"


def test_a_broken_model_is_reported_and_the_others_are_loaded(tmp_path: Path) -> None:
    (tmp_path / "broken-model").mkdir()

    with capture_logs() as logs:
        ears.load_all(tmp_path)

    assert [(line["event"], line["model"]) for line in logs] == [("model_not_loaded", "broken-model")]
    assert ears.for_language("en-IN") is not None
    assert ears.for_language("km") is None
