"""Opening a case: a wrong PIN must take as long as a number that nobody has, so that time tells nothing."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count

from sqlalchemy import delete, select

from benchmarks import databases
from benchmarks.databases import Measured
from benchmarks.practice import Practice, opened, practice
from benchmarks.rows import Row, Target, at_most
from ivr.persistence import cases as numbers
from ivr.persistence import concerns
from ivr.persistence.calls import by_carrier_sid
from ivr.persistence.tables import case_misses
from ivr.services import cases, pin_hashing
from ivr.services.cases import Try
from ivr.services.station import Station

PAIRS = 60
WARM_UP = 10
PIN, WRONG, NOBODYS = "4827", "7302", "000000"
MOST = 1.2
"""A fifth more or less: far below what the telephone and the network add by chance."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One way in which a case stays shut, or opens.

    Attributes:
        number: What is keyed.
        caller: Empty: a new telephone each time; else one that has to wait already.
    """

    name: str
    number: str
    pin: str = WRONG
    caller: str = ""


def rows(*, pairs: int = PAIRS) -> list[Row]:
    """Measure on SQLite, about fifteen seconds."""
    with databases.sqlite() as database:
        return rows_of(database, pairs)


def rows_of(database: Measured, pairs: int = PAIRS) -> list[Row]:
    """Measure each kind against a number that nobody has, one after the other in one run."""
    with practice(**database.settings) as line, opened(line.settings) as station:
        known, without_pin = _case(line, station, PIN), _case(line, station, None)
        tries = _Tries(line, station)
        kinds = [
            Kind("a wrong PIN", known),
            Kind("a case without PIN", without_pin),
            Kind("a wrong PIN in a pause", known, caller=tries.paused_caller()),
        ]
        missing = Kind("a number that nobody has", NOBODYS)
        tries.several(missing, WARM_UP)
        return [_row(kind, tries, missing, pairs) for kind in kinds]


def _row(kind: Kind, tries: "_Tries", missing: Kind, pairs: int) -> Row:
    ours, theirs = [], []
    for _ in range(pairs):
        theirs.append(tries.one(missing))
        ours.append(tries.one(kind))
    ratio = statistics.median(ours) / statistics.median(theirs)
    remark = f"{statistics.median(ours):.1f} ms against {statistics.median(theirs):.1f} ms"
    target: Target = at_most(MOST)
    return Row(f"{kind.name} against a number that nobody has", "x", (max(ratio, 1 / ratio),), target, remark)


class _Tries:
    """Tries of a case, each in a call of its own and from a telephone of its own."""

    def __init__(self, line: Practice, station: Station) -> None:
        self._organisation_id = line.hotline.organisation_id
        self._station = station
        self._calls = count(1)
        self._kept: list[str] = []

    def several(self, kind: Kind, how_many: int) -> None:
        """Try without measuring."""
        for _ in range(how_many):
            self.one(kind)

    def one(self, kind: Kind) -> float:
        """Return the milliseconds of one try; what it counted is forgotten, so that no pause begins."""
        number = next(self._calls)
        attempt = Try(self._organisation_id, f"CA{number}", 2, _telephone(number), kind.pin)
        attempt = replace(attempt, caller=kind.caller) if kind.caller else attempt
        with self._station.database.write() as work:
            numbers.hold_number(
                work, self._station.keys, self._organisation_id, attempt.call_sid, 1, kind.number
            )
        took_ms = _timed_ms(lambda: cases.open_case(self._station, attempt))
        self._forget(kind)
        return took_ms

    def paused_caller(self) -> str:
        """Return a telephone that has missed three times."""
        caller = _telephone(0)
        # Its misses stay; those of the line are few enough for nobody else to wait.
        for number in range(-cases.MOST_OF_CALLER, 0):
            attempt = Try(self._organisation_id, f"CA{number}", 2, caller, WRONG)
            cases.open_case(self._station, attempt)
        with self._station.database.read() as work:
            self._kept = list(work.connection.execute(select(case_misses.c.id)).scalars())
        return caller

    def _forget(self, kind: Kind) -> None:
        if kind.caller:
            return  # nothing is counted in a pause
        with self._station.database.write() as work:
            work.connection.execute(delete(case_misses).where(case_misses.c.id.not_in(self._kept)))


def _telephone(number: int) -> str:
    """Return one of the thousand numbers that are reserved for fiction."""
    return f"+447700{900000 + number % 1000}"


def _timed_ms(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def _case(line: Practice, station: Station, pin: str | None) -> str:
    """Leave a case that staff can see; returns its number."""
    (call_sid,) = line.agreed_calls(1)
    with station.database.write() as work:
        call = by_carrier_sid(work, call_sid)
        concern = None if call is None else concerns.of_call(work, call)
        assert concern is not None
        concerns.release(work, concern.id)
        if pin is not None:
            concerns.keep_pin(work, concern, pin_hashing.hash_pin(pin))
        number = concerns.case_number(work, station.keys, concern)
    assert number is not None
    return number
