"""What the line promises a caller who opens a case: her answers, more to say, erasing, whether it helped."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType

from sqlalchemy.exc import IntegrityError

from ivr.domain import case_number
from ivr.domain import pin as pins
from ivr.domain.errors import NoOpenCaseError
from ivr.persistence import calls, cases, concerns, messages, replies
from ivr.persistence.concerns import Concern
from ivr.persistence.database import Work
from ivr.services import cases as opening
from ivr.services import erasing, passes
from ivr.services.answers import ANSWER_PASS, PASS_FOR
from ivr.services.promise import Promise, Values

HELPED: Mapping[str, str] = MappingProxyType({"1": "very_much", "2": "a_little", "3": "not_at_all"})
"""The keys of the prompt fb_helped."""

TROUBLE: Mapping[str, str] = MappingProxyType({"1": "yes", "2": "no"})
"""The keys of the prompt fb_safe."""

MOST_COUNTED = 31
"""Recorded numbers go so far without a gap; a caller with more notes hears thanks instead."""

Deed = Callable[[Promise, Work, Concern], str]


def hold_number(promise: Promise, values: Values) -> str:  # noqa: ARG001 - every promise has one shape
    """Keep the keyed case number until the PIN is keyed: it must stand in no address."""
    if len(promise.digits) < case_number.LENGTH:
        return "short"
    with promise.station.database.write() as work:
        cases.hold_number(
            work,
            promise.station.keys,
            promise.hotline.organisation_id,
            promise.call_sid,
            promise.position.turn,
            promise.digits,
        )
    return "held"


def open_case(promise: Promise, values: Values) -> str:  # noqa: ARG001 - every promise has one shape
    """Open a case by number and PIN; what is no PIN at all is no try."""
    if len(promise.digits) < pins.LENGTH:
        return opening.WRONG
    if not pins.is_pin(promise.digits):
        return "mistyped"
    attempt = opening.Try(
        organisation_id=promise.hotline.organisation_id,
        call_sid=promise.call_sid,
        turn=promise.position.turn,
        caller=promise.caller,
        pin=promise.digits,
    )
    try:
        return opening.open_case(promise.station, attempt)
    except IntegrityError:  # the same webhook on another process was first
        return opening.open_case(promise.station, attempt)


def find_answers(promise: Promise, values: Values) -> str:
    """Find what she has not heard, or else the newest answer."""
    station = promise.station
    with station.database.read() as work:
        concern, since = _open_case(work, promise)
        found = replies.to_hear(work, concern.id, since)
        until: datetime = work.now + PASS_FOR
    values["answer"] = " ".join(passes.pass_for(station.keys, ANSWER_PASS, each.id, until) for each in found)
    return "found" if found else "none"


def count_notes(promise: Promise, values: Values) -> str:
    """Count what she has told us in this case, the message of just now included."""
    with promise.station.database.read() as work:
        concern, _ = _open_case(work, promise)
        count = messages.count_sent(work, concern.id)
    values["note_count"] = str(count)
    return "counted" if count <= MOST_COUNTED else "uncounted"


def erase_case(promise: Promise, values: Values) -> str:  # noqa: ARG001 - every promise has one shape
    """Erase everything that is held for the case, before she is told."""
    outcome = _once("erase_case", _erase)(promise)
    promise.station.database.shorten_log()
    return outcome


def _erase(promise: Promise, work: Work, concern: Concern) -> str:
    erasing.erase_everything(promise.station, work, concern)
    call = calls.by_carrier_sid(work, promise.call_sid)
    begun = None if call is None else concerns.begun_in(work, call)
    if call is not None and begun is not None:
        concerns.turn_to(work, call, begun.id)
    return "erased"


def _keep_helped(promise: Promise, work: Work, concern: Concern) -> str:
    _keep_answer(promise, work, concern, "helped", HELPED)
    return "kept"


def _keep_trouble(promise: Promise, work: Work, concern: Concern) -> str:
    if _keep_answer(promise, work, concern, "trouble", TROUBLE) == "yes":
        concerns.tell_of_trouble(work, concern)
    return "kept"


def _keep_answer(
    promise: Promise, work: Work, concern: Concern, kind: str, answers: Mapping[str, str]
) -> str | None:
    answer = answers.get(promise.digits[:1])
    if answer is not None:
        replies.keep_feedback(work, concern.organisation_id, concern.id, kind, answer)
    return answer


def keep_helped(promise: Promise, values: Values) -> str:  # noqa: ARG001 - every promise has one shape
    """Keep whether the answer helped."""
    return _once("keep_helped", _keep_helped)(promise)


def keep_trouble(promise: Promise, values: Values) -> str:  # noqa: ARG001 - every promise has one shape
    """Keep whether calling us caused trouble; if so, staff are shown."""
    return _once("keep_trouble", _keep_trouble)(promise)


def _open_case(work: Work, promise: Promise) -> tuple[Concern, datetime]:
    """Return the case that is open in this call, and since when.

    Raises:
        NoOpenCaseError: there is none; it was erased in another call, or the address is not of ours.
    """
    found = cases.opened_in(work, promise.call_sid)
    if found is None:
        raise NoOpenCaseError
    return found


def _once(name: str, deed: Deed) -> Callable[[Promise], str]:
    """Do a deed in one transaction with its receipt; the same turn again finds the receipt."""

    def do(promise: Promise) -> str:
        try:
            return _do_or_repeat(name, deed, promise)
        except IntegrityError:  # the same webhook on another process was first; its receipt is there now
            return _do_or_repeat(name, deed, promise)

    return do


def _do_or_repeat(name: str, deed: Deed, promise: Promise) -> str:
    call_sid, turn = promise.call_sid, promise.position.turn
    with promise.station.database.write() as work:
        known = calls.receipt(work, call_sid, turn, name)
        if known is not None:
            return known
        concern, _ = _open_case(work, promise)
        outcome = deed(promise, work, concern)
        calls.keep_receipt(work, promise.hotline.organisation_id, call_sid, turn, name, outcome)
    return outcome
