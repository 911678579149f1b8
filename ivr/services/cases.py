"""A case opened by telephone: number, PIN, and how guessing is slowed.

A wrong number, a wrong PIN, a case without PIN, an empty and an erased one cost the same work and come
out the same. A try counts as a miss before its PIN is looked at, so that many at once count as many.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from ivr.domain.callers import is_withheld
from ivr.persistence import calls, cases, peppers
from ivr.persistence.cases import Case
from ivr.persistence.database import Work
from ivr.persistence.sealing import Keys
from ivr.services import pin_hashing
from ivr.services.station import Station

WINDOW: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)

MOST_OF_CALLER: Final = 3
"""Misses of one telephone in an hour: enough for a slip of the finger, too few to search."""

MOST_OF_WITHHELD: Final = 20
"""All who withhold their number are one caller to us: three would let one lock out all others."""

MOST_OF_CASE: Final = 3
"""Misses on one case number in an hour, from whatever telephones."""

MOST_OF_CASE_A_DAY: Final = 10
"""Whoever knows the number needs years for the PINs there are: about 9 000 are not refused as weak."""

MOST_OF_LINE: Final = 60
"""Misses on a whole line in an hour, from whatever telephones and on whatever numbers: at this pace
guessing number and PIN together finds one of 500 cases in some three years."""

NUMBER_FOR: Final = timedelta(minutes=10)
"""How long a keyed case number waits for its PIN."""

OPEN_FOR: Final = timedelta(hours=4)
"""No call lasts longer; the case of a call whose end nobody told us is closed then."""

GUESSES: Final = "guesses of cases"
"""What the marks of callers are for here: their pepper is new each day, and kept until the next is over."""

_DEED: Final = "open_case"
WRONG: Final = "wrong"
OPENED: Final = "opened"


@dataclass(frozen=True, slots=True)
class Try:
    """Number and PIN as they were keyed in one call.

    Attributes:
        turn: The turn in which the PIN was keyed.
        caller: The number she calls from, as the carrier says it.
    """

    organisation_id: str
    call_sid: str
    turn: int
    caller: str = field(repr=False)
    pin: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Limit:
    """How many misses of somebody there may be.

    Attributes:
        who: Hashes under which they are counted; a caller has one for each day's pepper.
    """

    who: tuple[bytes, ...]
    within: timedelta
    most: int


@dataclass(frozen=True, slots=True)
class _Begun:
    """A try that is counted and not yet decided."""

    case: Case | None
    miss_ids: tuple[str, ...]
    is_paused: bool


def open_case(station: Station, attempt: Try) -> str:
    """Open a case for the rest of a call, if number and PIN are right and no pause is on.

    Returns:
        `opened` or `wrong`, and nothing that says what was wrong.
    """
    begun = _begin(station, attempt)
    if isinstance(begun, str):
        return begun
    is_right = pin_hashing.is_pin(None if begun.case is None else begun.case.pin_hash, attempt.pin)
    return _decide(station, attempt, begun, is_open=is_right and not begun.is_paused)


def forget_old(station: Station) -> None:
    """Forget numbers, misses and open cases that are of no use any more, and the peppers of past days."""
    with station.database.write() as work:
        cases.forget_old(work, numbers=NUMBER_FOR, misses=DAY, open_for=OPEN_FOR)
        peppers.forget_peppers(work, GUESSES, (work.now - DAY).date())
    station.database.shorten_log()


def _begin(station: Station, attempt: Try) -> _Begun | str:
    with station.database.write() as work:
        known = calls.receipt(work, attempt.call_sid, attempt.turn, _DEED)
        if known is not None:
            return known
        number = cases.held_number(work, station.keys, attempt.call_sid, attempt.turn) or ""
        limits = _limits(work, station.keys, attempt, number)
        everybody = sorted({limit.who[0] for limit in limits})
        for who in everybody:
            cases.stand_in_line(work, who)
        ids = {who: _miss_id(station.keys, attempt, who) for who in everybody}
        is_paused = any(_is_reached(work, limit, set(ids.values())) for limit in limits)
        for who, miss_id in ids.items():
            cases.keep_miss(work, miss_id, who)
        case = cases.find(work, station.keys, attempt.organisation_id, number)
        return _Begun(case, tuple(ids.values()), is_paused)


def _decide(station: Station, attempt: Try, begun: _Begun, *, is_open: bool) -> str:
    """Write down how the try came out; one in a pause is no miss, or the pause would never end."""
    outcome = OPENED if is_open else WRONG
    with station.database.write() as work:
        known = calls.receipt(work, attempt.call_sid, attempt.turn, _DEED)
        if known is not None:
            return known
        cases.drop_numbers(work, attempt.call_sid)
        cases.forgive(work, begun.miss_ids if is_open or begun.is_paused else ())
        if is_open and begun.case is not None:
            cases.open_for_call(work, attempt.organisation_id, attempt.call_sid, begun.case.concern_id)
        calls.keep_receipt(work, attempt.organisation_id, attempt.call_sid, attempt.turn, _DEED, outcome)
    return outcome


def _limits(work: Work, keys: Keys, attempt: Try, number: str) -> tuple[_Limit, ...]:
    line = attempt.organisation_id
    of_case = (keys.keyed_hash(f"{line} {number}", "tries of a case"),)
    of_line = (keys.keyed_hash(line, "tries on a line"),)
    return (
        _limit_of_caller(work, keys, attempt),
        _Limit(of_case, WINDOW, MOST_OF_CASE),
        _Limit(of_case, DAY, MOST_OF_CASE_A_DAY),
        _Limit(of_line, WINDOW, MOST_OF_LINE),
    )


def _limit_of_caller(work: Work, keys: Keys, attempt: Try) -> _Limit:
    if is_withheld(attempt.caller):
        mark = keys.keyed_hash(attempt.organisation_id, "tries of callers without a number")
        return _Limit((mark,), WINDOW, MOST_OF_WITHHELD)
    today = work.now.date()
    pepper = peppers.pepper_of(work, GUESSES, today)
    before = peppers.known_pepper(work, GUESSES, today - DAY)
    marks = [peppers.caller_mark(keys, each, attempt.caller) for each in (pepper, before) if each]
    return _Limit(tuple(marks), WINDOW, MOST_OF_CALLER)


def _is_reached(work: Work, limit: _Limit, own: set[str]) -> bool:
    since: datetime = work.now - limit.within
    return sum(cases.count_misses(work, who, since, own) for who in limit.who) >= limit.most


def _miss_id(keys: Keys, attempt: Try, who: bytes) -> str:
    """Return the same id for the same try, so that a repeated webhook counts once."""
    return keys.keyed_hash(f"{attempt.call_sid} {attempt.turn} {who.hex()}", "try of a case").hex()
