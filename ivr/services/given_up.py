"""Tasks that were given up, and how they are tried again: deletions by the clock, all by a person."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from ivr.persistence import carrier_calls, messages, outbox, review
from ivr.persistence.database import Work
from ivr.persistence.outbox import Task
from ivr.services.station import Station

DELETIONS: Final = (messages.DELETE_COPY, carrier_calls.DELETE_RECORD)
"""What was promised to be gone is tried again without anybody asking."""

ALL: Final = (*DELETIONS, messages.FETCH, messages.TRANSCRIBE)

REST: Final = timedelta(days=1)


def retry_deletions(station: Station) -> int:
    """Try again what was given up a day ago and has to be deleted; returns how many tasks."""
    return _retry(station, DELETIONS, station.database.now() - REST)


def retry_all(station: Station) -> int:
    """Try again whatever was given up; returns how many tasks."""
    return _retry(station, ALL, None)


def _retry(station: Station, jobs: Collection[str], until: datetime | None) -> int:
    count = 0
    while batch := _revive_some(station, jobs, until):
        count += batch
    return count


def _revive_some(station: Station, jobs: Collection[str], until: datetime | None) -> int:
    with station.database.write() as work:
        tasks = outbox.dead(work, last_tried_before=until, jobs=jobs)
        return sum(_revive(work, task) for task in tasks)


def _revive(work: Work, task: Task) -> bool:
    if not outbox.revive(work, task.job, task.subject_id):
        return False
    if task.job == messages.FETCH:
        review.forget_fetch_failure(work, task.subject_id)
    elif task.job == messages.TRANSCRIBE:
        messages.set_transcript_state(work, task.subject_id, "waiting")
    return True
