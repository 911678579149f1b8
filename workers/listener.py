"""RQ workers that keep quiet about what they handle and leave retries to the outbox."""

import os
import signal
from typing import Any

import redis
import structlog
from rq import SimpleWorker, Worker
from rq.job import Job
from rq.queue import Queue

from ivr.lifeline import end_with_parent
from ivr.queue import SERIALIZER, TRANSCRIPTION

WORKER_TTL_S = 45
"""RQ looks for abandoned jobs only between two waits, and waits this long less 15 s."""

MAINTENANCE_EVERY_S = 15
LOOK_AT_JOB_EVERY_S = 10

log = structlog.get_logger(__name__)


class _Discreet:
    """What every worker of ours does otherwise than RQ's.

    It listens to one queue only, since RQ loses a job that was popped from one of several when it is killed.
    It has no scheduler, since nothing of ours is scheduled in Redis: the outbox sends again what failed.
    """

    def subscribe(self) -> None:
        """Take no commands over Redis: that needs a thread, and a fork may copy a lock it holds."""

    def handle_exception(self, job: Job, *exc_info: Any) -> None:
        """Log which job failed with what kind of error, and no word of the error: it may hold anything."""
        log.error("job_failed", job_id=job.id, job=job.func_name, error=_name_of(exc_info[0]))

    def handle_job_failure(
        self, job: Job, queue: Queue, *more: Any, exc_string: str = "", **named: Any
    ) -> None:
        """Mark the job as failed; RQ would keep the whole traceback in Redis."""
        reason = "failed" if exc_string.startswith("Traceback") else exc_string
        super().handle_job_failure(job, queue, *more, exc_string=reason, **named)  # type: ignore[misc]  # RQ's


class Transcriber(_Discreet, Worker):  # type: ignore[misc]  # rq is not followed by the type checker
    """Runs each job in a fork of its own: a crash of the recogniser in there costs that job alone."""

    def fork_work_horse(self, job: Job, queue: Queue) -> None:
        """Fork for one job, as RQ does; the child dies with this worker, as the sweep repeats its job."""
        self._pid_of_worker = os.getpid()
        super().fork_work_horse(job, queue)

    def setup_work_horse_signals(self) -> None:
        """Prepare the child that runs the job."""
        super().setup_work_horse_signals()
        end_with_parent(self._pid_of_worker, signal.SIGKILL)


class Courier(_Discreet, SimpleWorker):  # type: ignore[misc]  # as above
    """Runs its jobs itself: what only fetches and deletes keeps its connections, and is far quicker."""


def listen(url: str, queue: str) -> None:
    """Work off one queue until told to stop.

    Args:
        url: the address of Redis.
        queue: one of `ivr.queue.QUEUES`.
    """
    kind = Transcriber if queue == TRANSCRIPTION else Courier
    worker = kind(
        [queue],
        connection=redis.Redis.from_url(url),
        serializer=SERIALIZER,
        worker_ttl=WORKER_TTL_S,
        maintenance_interval=MAINTENANCE_EVERY_S,
        job_monitoring_interval=LOOK_AT_JOB_EVERY_S,
        log_job_description=False,
    )
    worker.work(logging_level="WARNING")


def _name_of(kind: type[BaseException] | None) -> str:
    return kind.__name__ if kind is not None else "unknown"
