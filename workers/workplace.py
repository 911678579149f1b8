"""What a job works with, opened once in each process: a database connection never crosses a fork."""

import os
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property

from ivr.addresses import redis_url
from ivr.carrier import Carrier
from ivr.carrier.twilio import TwilioCarrier
from ivr.persistence.database import Clock, Database
from ivr.queue import JobQueue
from ivr.services.station import Station, open_station
from ivr.settings import Settings


class Workplace:
    """The station, the queue and the telephone company, as one process sees them."""

    def __init__(self, station: Station, queue: JobQueue, open_carrier: Callable[[], Carrier]) -> None:
        self.station = station
        self.queue = queue
        self._open_carrier = open_carrier

    @cached_property
    def carrier(self) -> Carrier:
        """The telephone company; made when first asked for, as reading the certificates takes 15 ms."""
        return self._open_carrier()

    def at(self, now: Clock) -> "Workplace":
        """Return the same workplace with another clock."""
        database = Database(self.station.database.engine, now=now, send=self.queue.send)
        return Workplace(replace(self.station, database=database), self.queue, lambda: self.carrier)


_settings: Settings | None = None
_opened: tuple[int, Workplace] | None = None


def prepare(settings: Settings) -> None:
    """Say with which settings this process and its children will work; nothing is opened yet."""
    global _settings  # noqa: PLW0603 - RQ calls a job with its arguments alone
    _settings = settings


def here() -> Workplace:
    """Return the workplace of this process, opened the first time."""
    global _opened  # noqa: PLW0603 - as above
    if _opened is None or _opened[0] != os.getpid():
        _opened = os.getpid(), open_workplace(_settings or Settings.load())
    return _opened[1]


def load_driver() -> None:
    """Import the driver of the database, for every fork that comes after; nothing is asked through it."""
    open_workplace(_settings or Settings.load())


def open_workplace(settings: Settings) -> Workplace:
    """Open database, keys, recordings, carrier and queue; none of them is asked anything yet."""
    queue = JobQueue.at(redis_url(settings))
    station = open_station(settings, send=queue.send)
    return Workplace(station, queue, lambda: TwilioCarrier.from_settings(settings))
