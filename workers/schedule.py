"""What is done again and again: the sweep of the outbox, reconciliation with the carrier, and alarms."""

from datetime import timedelta

import redis
import structlog

from ivr.persistence import carrier_calls, messages, outbox
from ivr.persistence.backlog import COPY_MAY_STAY
from ivr.persistence.carrier_calls import RECORD_MAY_STAY
from ivr.services import call_records, cases, given_up, recordings, retention
from ivr.services.content import tell_of_past_review
from ivr.services.messages import erase_empty_drafts, release_forgotten
from ivr.services.sign_in import forget_old
from workers.clock import Beat
from workers.reconciliation import Reconciliation
from workers.workplace import Workplace

log = structlog.get_logger(__name__)


def beats(place: Workplace) -> tuple[Beat, ...]:
    """Return everything that the clock does, and how often."""
    return (
        Beat("sweep", 1, lambda: sweep(place)),
        Beat("release_forgotten", 30, lambda: release_forgotten(place.station)),
        Beat("reconcile", 60, Reconciliation(place)),
        Beat("old_copies", 600, lambda: tell_of_old_copies(place)),
        Beat("left_copies", 3600, lambda: recordings.prove_left_copies_gone(place.station, place.carrier)),
        Beat("old_call_records", 600, lambda: tell_of_old_call_records(place)),
        Beat("untold_ends", 600, lambda: call_records.end_untold(place.station)),
        Beat("old_receipts", 3600, lambda: call_records.forget_old_receipts(place.station)),
        Beat("dead_deletions", 3600, lambda: given_up.retry_deletions(place.station)),
        Beat("retention", 3600, lambda: retention.purge(place.station)),
        Beat("empty_drafts", 600, lambda: erase_empty_drafts(place.station)),
        Beat("past_review", 600, lambda: tell_of_past_review(place.station)),
        Beat("old_tries", 60, lambda: cases.forget_old(place.station)),
        Beat("old_sessions", 600, lambda: forget_old(place.station)),
    )


def sweep(place: Workplace) -> int:
    """Send again every task that should have been done by now; returns how many that were.

    While Redis is away no attempt is counted, so that everything is due the moment it is back.
    """
    with place.station.database.read() as work:
        due = outbox.due(work)
    if not due or not _is_answering(place.queue.connection):
        return 0
    with place.station.database.write() as work:
        for task in due:
            if not outbox.send_again(work, task):
                recordings.give_up(work, task, "never_finished")
    return len(due)


def tell_of_old_copies(place: Workplace) -> int:
    """Raise an alarm for recordings that the carrier still holds after a day; returns how many."""
    with place.station.database.read() as work:
        count = messages.old_copies(work, COPY_MAY_STAY)
    if count:
        log.error("carrier_copies_not_deleted", count=count, older_than_h=COPY_MAY_STAY // timedelta(hours=1))
    return count


def tell_of_old_call_records(place: Workplace) -> int:
    """Raise an alarm for records of calls that the carrier still holds after a day; returns how many."""
    with place.station.database.read() as work:
        count = carrier_calls.old_records(work, RECORD_MAY_STAY)
    if count:
        log.error(
            "carrier_call_records_not_deleted",
            count=count,
            older_than_h=RECORD_MAY_STAY // timedelta(hours=1),
        )
    return count


def _is_answering(connection: redis.Redis) -> bool:
    try:
        return bool(connection.ping())
    except redis.RedisError:
        return False
