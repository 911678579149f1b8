"""Tasks: written with the change that needs them, sent after the commit, swept until they are done.

SQL is the truth and the queue only a wake-up call: whatever dies, a task that is `waiting` and due is
sent again. A job finishes its task in the same transaction as its effect, so a second run has none.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from ivr.persistence.database import Errand, Work
from ivr.persistence.tables import tasks

FIRST_LEASE = timedelta(seconds=20)
"""A task not done this long after it was sent is sent again: longer than a usual job takes."""

LONGEST_PAUSE = timedelta(minutes=15)
MOST_ATTEMPTS = 60
"""With the pauses below, about 13 hours of trying; then the task is dead and staff are told."""


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that must happen once."""

    id: str
    organisation_id: str
    job: str
    subject_id: str
    attempt: int
    created_at: datetime


def order(
    work: Work, job: str, subject_id: str, organisation_id: str, *, delay: timedelta | None = None
) -> None:
    """Write down that a job must be done for a row, once; ordered again, nothing changes.

    With a delay it is not sent after the commit: the sweep sends it when the time has come.
    """
    task_id = uuid4().hex
    insert = sqlite.insert if work.connection.dialect.name == "sqlite" else postgresql.insert
    statement = (
        insert(tasks).on_conflict_do_nothing(index_elements=["job", "subject_id"]).returning(tasks.c.id)
    )
    row = work.connection.execute(
        statement,
        {
            "id": task_id,
            "organisation_id": organisation_id,
            "job": job,
            "subject_id": subject_id,
            "state": "waiting",
            "attempt": 1,
            "next_at": work.now + (delay or FIRST_LEASE),
            "created_at": work.now,
        },
    ).first()
    if row is not None and delay is None:
        work.errands.append(Errand(job, task_id, 1))


def waiting(work: Work, task_id: str) -> Task | None:
    """Return the task if it is still to be done."""
    row = work.connection.execute(
        select(tasks).where(tasks.c.id == task_id, tasks.c.state == "waiting")
    ).first()
    return None if row is None else _task(row)


def finish(work: Work, task_id: str) -> bool:
    """Mark the task done; False if another run was first, and then nothing else may be changed."""
    done = update(tasks).where(tasks.c.id == task_id, tasks.c.state == "waiting").values(state="done")
    return work.connection.execute(done).rowcount == 1


def drop(work: Work, jobs: Sequence[str], subject_id: str) -> None:
    """End tasks whose subject is erased, whether they wait or were given up."""
    undone = tasks.c.job.in_(jobs), tasks.c.subject_id == subject_id, tasks.c.state != "done"
    work.connection.execute(update(tasks).where(*undone).values(state="done", failure=None))


def postpone(work: Work, task: Task, failure: str, pause: timedelta | None = None) -> bool:
    """Let the sweep try again later; False when all attempts are used up and the task is dead."""
    if task.attempt >= MOST_ATTEMPTS:
        values: dict[str, object] = {"state": "dead", "failure": failure}
    else:
        values = {"next_at": work.now + (pause or pause_after(task.attempt)), "failure": failure}
    work.connection.execute(
        update(tasks).where(tasks.c.id == task.id, tasks.c.state == "waiting").values(values)
    )
    return "next_at" in values


def extend_lease(work: Work, task_id: str, lease: timedelta) -> None:
    """Keep the sweep from sending a task again while a long job is at it."""
    work.connection.execute(
        update(tasks)
        .where(tasks.c.id == task_id, tasks.c.state == "waiting")
        .values(next_at=work.now + lease)
    )


def due(work: Work, most: int = 200) -> Sequence[Task]:
    """Return tasks that should have been done by now, the longest due first."""
    rows = work.connection.execute(
        select(tasks)
        .where(tasks.c.state == "waiting", tasks.c.next_at <= work.now)
        .order_by(tasks.c.next_at)
        .limit(most)
    )
    return [_task(row) for row in rows]


def send_again(work: Work, task: Task) -> bool:
    """Count one more attempt of a due task and order it sent; False when it is given up instead.

    Two sweeps at once count it once: the attempt number is part of the condition. A task that has used
    up all attempts without one word from a worker, because it kills whoever takes it, is dead.
    """
    if task.attempt >= MOST_ATTEMPTS:
        return postpone(work, task, "never_finished")
    next_at = work.now + max(FIRST_LEASE, pause_after(task.attempt + 1))
    statement = (
        update(tasks)
        .where(tasks.c.id == task.id, tasks.c.state == "waiting", tasks.c.attempt == task.attempt)
        .values(attempt=task.attempt + 1, next_at=next_at)
    )
    if work.connection.execute(statement).rowcount == 1:
        work.errands.append(Errand(task.job, task.id, task.attempt + 1))
    return True


def dead(
    work: Work, *, last_tried_before: datetime | None, jobs: Collection[str], most: int = 200
) -> Sequence[Task]:
    """Return tasks of these jobs that were given up and not tried since, the oldest first."""
    chosen = select(tasks).where(tasks.c.state == "dead", tasks.c.job.in_(jobs))
    if last_tried_before is not None:
        chosen = chosen.where(tasks.c.next_at <= last_tried_before)
    return [_task(row) for row in work.connection.execute(chosen.order_by(tasks.c.next_at).limit(most))]


def revive(work: Work, job: str, subject_id: str) -> bool:
    """Try a dead task again from the start; False if it was not dead."""
    row = work.connection.execute(
        update(tasks)
        .where(tasks.c.job == job, tasks.c.subject_id == subject_id, tasks.c.state == "dead")
        .values(state="waiting", attempt=1, next_at=work.now + FIRST_LEASE)
        .returning(tasks.c.id)
    ).first()
    if row is not None:
        work.errands.append(Errand(job, row.id, 1))
    return row is not None


def pause_after(attempt: int) -> timedelta:
    """Return how long to wait after a failed attempt: 1, 2, 4, ... s, at most 15 min."""
    return min(timedelta(seconds=2 ** min(attempt - 1, 20)), LONGEST_PAUSE)


def _task(row: object) -> Task:
    return Task(row.id, row.organisation_id, row.job, row.subject_id, row.attempt, row.created_at)  # type: ignore[attr-defined]
