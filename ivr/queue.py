"""The queue: it wakes a worker for a task that the database knows, and may be away at any time."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import redis
import structlog
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue
from rq.exceptions import DuplicateJobError

MESSAGES = "messages"
TRANSCRIPTION = "transcription"
QUEUES = (MESSAGES, TRANSCRIPTION)

JOBS = "workers.jobs"
"""The module that holds the functions; named by string, because nothing here may import it."""

SERIALIZER = "json"
DESCRIPTION = "a task"
"""Shown for every job alike: RQ's own would hold the arguments."""

ANSWER_WITHIN_S = 0.3
REST_AFTER_FAILURE_S = 2.0
"""So long nobody waits again for a Redis that hangs; the sweep sends what is left out."""

FAILED_JOBS_STAY_S = 60
MESSAGE_TIMEOUT_S = 300
TRANSCRIPTION_TIMEOUT_S = 3600

_TRANSCRIBING = frozenset({"transcribe_message"})

log = structlog.get_logger(__name__)


class Errand(Protocol):
    """What is to be sent: the job's name, the task's id, and which attempt it is."""

    @property
    def job(self) -> str:
        """The name of a function of `workers.jobs`."""

    @property
    def task_id(self) -> str:
        """The row that says what is to be done."""

    @property
    def attempt(self) -> int:
        """Counts from 1; a new attempt is a new job to RQ."""


def queue_of(job: str) -> str:
    """Return the queue that a job goes to; listening never holds up what is quick."""
    return TRANSCRIPTION if job in _TRANSCRIBING else MESSAGES


def connect(url: str, *, answer_within_s: float = ANSWER_WITHIN_S) -> redis.Redis:
    """Return a client that fails at once when Redis is away; the defaults block for seconds."""
    return redis.Redis.from_url(
        url,
        socket_timeout=answer_within_s,
        socket_connect_timeout=answer_within_s,
        retry=Retry(NoBackoff(), 0),
    )


@dataclass(slots=True)
class JobQueue:
    """Sends jobs; never raises and never waits long, because a caller is on the line."""

    connection: redis.Redis
    monotonic: Callable[[], float] = time.monotonic
    _resting_until: float = field(default=0.0, init=False)

    @classmethod
    def at(cls, url: str) -> "JobQueue":
        """Return the queue of a Redis address."""
        return cls(connect(url))

    def send(self, errand: Errand) -> bool:
        """Wake a worker; False when Redis is away, and then the sweep does it later."""
        if self.monotonic() < self._resting_until:
            return False
        try:
            self._enqueue(errand)
        except DuplicateJobError:
            return True
        except redis.RedisError as error:
            self._resting_until = self.monotonic() + REST_AFTER_FAILURE_S
            log.warning("job_not_sent", task_id=errand.task_id, reason=type(error).__name__)
            return False
        return True

    def _enqueue(self, errand: Errand) -> None:
        name = queue_of(errand.job)
        Queue(name, connection=self.connection, serializer=SERIALIZER).enqueue_call(
            f"{JOBS}.{errand.job}",
            args=(errand.task_id,),
            timeout=TRANSCRIPTION_TIMEOUT_S if name == TRANSCRIPTION else MESSAGE_TIMEOUT_S,
            result_ttl=0,
            failure_ttl=FAILED_JOBS_STAY_S,
            description=DESCRIPTION,
            job_id=f"task-{errand.task_id}-{errand.attempt}",
            unique=True,
        )
