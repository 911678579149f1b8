"""What the line promises a caller: each is kept durably before she is told, and a repeat changes nothing.

A deed that cannot be kept comes out as `failed`, and the flow says so to her.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType

from sqlalchemy.exc import IntegrityError

from flows.model import Outcome, Recorded
from ivr.domain import pin as pins
from ivr.domain.errors import NoConsentError, NoOpenCaseError
from ivr.domain.listening import how_it_was_left
from ivr.persistence import calls, cases, concerns, messages
from ivr.persistence.calls import Call
from ivr.persistence.concerns import Concern
from ivr.persistence.database import Work
from ivr.services import case_promises, information, own_message, pin_hashing
from ivr.services.promise import Promise, Values

CALLER_KINDS: Mapping[str, str] = MappingProxyType(
    {"1": "pay_or_papers", "2": "hurt_or_afraid", "3": "health", "4": "cannot_leave", "5": "something_else"}
)
"""The keys of the prompt category_ask."""


LONGEST_WAIT = timedelta(seconds=25)
"""How long a caller is asked to wait for her own message before she is told that it cannot be played yet."""

Deed = Callable[[Promise, Work, Call, Concern], str]


def _consenting(
    name: str, turn_to: Callable[[Promise, Work, Call], None]
) -> Callable[[Promise, Values], str]:
    """Write down that she agreed, once a turn, and to which concern belongs what she says now."""

    def agree(promise: Promise, values: Values) -> str:  # noqa: ARG001 - every promise has one shape
        try:
            _write_consent(promise, name, turn_to)
        except IntegrityError:  # the same webhook on another process was first
            _write_consent(promise, name, turn_to)
        return "agreed"

    return agree


def _write_consent(promise: Promise, name: str, turn_to: Callable[[Promise, Work, Call], None]) -> None:
    with promise.station.database.write() as work:
        if calls.receipt(work, promise.call_sid, promise.position.turn, name) is not None:
            return
        call = calls.by_carrier_sid(work, promise.call_sid) or calls.begin(
            work,
            promise.call_sid,
            organisation_id=promise.hotline.organisation_id,
            hotline_id=promise.hotline.id,
            language=promise.position.language,
            flow_version=promise.position.version,
        )
        turn_to(promise, work, call)
        turn = promise.position.turn
        calls.keep_receipt(work, call.organisation_id, promise.call_sid, turn, name, "agreed")


def _to_own_concern(promise: Promise, work: Work, call: Call) -> None:
    """Open a concern for this call, or go on with the one that it has opened."""
    begun = concerns.begun_in(work, call)
    if begun is None:
        concerns.begin(work, promise.station.keys, call)
    else:
        concerns.turn_to(work, call, begun.id)


def _to_open_case(promise: Promise, work: Work, call: Call) -> None:
    """Let her add to the case that she has opened in this call.

    Raises:
        NoOpenCaseError: it was erased meanwhile.
    """
    opened = cases.opened_in(work, promise.call_sid)
    if opened is None:
        raise NoOpenCaseError
    concerns.turn_to(work, call, opened[0].id)


def _once(deed: Deed) -> Callable[[Promise, str], str]:
    """Do a deed in one transaction with its receipt; the same turn again finds the receipt."""

    def do(promise: Promise, name: str) -> str:
        try:
            return _do_or_repeat(deed, promise, name)
        except IntegrityError:  # the same webhook on another process was first; its receipt is there now
            return _do_or_repeat(deed, promise, name)

    return do


def _do_or_repeat(deed: Deed, promise: Promise, name: str) -> str:
    turn = promise.position.turn
    with promise.station.database.write() as work:
        known = calls.receipt(work, promise.call_sid, turn, name)
        if known is not None:
            return known
        call, concern = _call_and_concern(work, promise)
        outcome = deed(promise, work, call, concern)
        calls.keep_receipt(work, call.organisation_id, promise.call_sid, turn, name, outcome)
    return outcome


def _call_and_concern(work: Work, promise: Promise) -> tuple[Call, Concern]:
    """Return both, or refuse.

    Raises:
        NoConsentError: the caller has not agreed, or her concern is erased; a checked flow never comes here.
    """
    call = calls.by_carrier_sid(work, promise.call_sid)
    concern = None if call is None else concerns.of_call(work, call)
    if call is None or concern is None or concern.wrapped_key is None:
        raise NoConsentError
    return call, concern


def _keep_message(promise: Promise, work: Work, call: Call, concern: Concern) -> str:
    heard = promise.heard
    if not isinstance(heard, Recorded):
        return "silent"
    message = messages.keep(
        work,
        organisation_id=call.organisation_id,
        concern_id=concern.id,
        call_id=call.id,
        recording_sid=heard.recording_sid,
        language=promise.position.language,
        length_s=heard.length_s,
    )
    topic = information.topic_of_message(promise)
    if topic is not None and _is_begun_here(work, call, concern):
        concerns.keep_topic(work, concern, topic)
    if heard.hung_up:
        messages.release(work, message, sent=False)
        calls.end(work, call)
    return how_it_was_left(heard)


def _keep_kind(promise: Promise, work: Work, call: Call, concern: Concern) -> str:  # noqa: ARG001
    kind = CALLER_KINDS.get(promise.position.choices.get("kind", ""))
    if kind is not None:
        concerns.keep_caller_kind(work, concern, kind)
    return "kept"


def _is_begun_here(work: Work, call: Call, concern: Concern) -> bool:
    """Say whether a concern began in this call; what she opened by its number did not."""
    begun = concerns.begun_in(work, call)
    return begun is not None and begun.id == concern.id


def _send_message(promise: Promise, work: Work, call: Call, concern: Concern) -> str:  # noqa: ARG001
    for message in messages.unsent_of_call(work, call.id, concern.id):
        messages.release(work, message, sent=True)
    return "sent" if _is_begun_here(work, call, concern) else "added"


def _erase_message(promise: Promise, work: Work, call: Call, concern: Concern) -> str:
    """Erase what she said since she last sent: all parts of it, not the last alone."""
    _erase_unsent(promise, work, call, concern)
    return "erased"


def _erase_unsent(promise: Promise, work: Work, call: Call, concern: Concern) -> None:
    for message in messages.unsent_of_call(work, call.id, concern.id):
        messages.erase(work, message)
        promise.station.recordings.erase(message.id)
    concerns.withdraw_if_empty(work, concern)


def _discard_unfinished(promise: Promise, work: Work, call: Call, concern: Concern) -> str:
    """Erase all that she said in this call and has not sent, to whichever concern."""
    begun = concerns.begun_in(work, call)
    for each in {one.id: one for one in (concern, begun) if one is not None}.values():
        _erase_unsent(promise, work, call, each)
    return "discarded"


def _take_pin(promise: Promise, work: Work, call: Call, concern: Concern) -> str:  # noqa: ARG001
    digits = promise.digits
    if not pins.is_pin(digits):
        return "not_a_pin"
    if pins.is_weak(digits):
        return "weak"
    concerns.keep_pending_pin(work, promise.station.keys, concern, digits)
    return "taken"


def _confirm_pin(promise: Promise, work: Work, call: Call, concern: Concern) -> str:  # noqa: ARG001
    digits = promise.digits
    chosen = concerns.pending_pin(work, promise.station.keys, concern)
    if chosen is None or digits != chosen:
        concerns.keep_pin(work, concern, None)
        return "different"
    concerns.keep_pin(work, concern, pin_hashing.hash_pin(digits))
    return "saved"


def _wish(wish: str) -> Deed:
    def note(promise: Promise, work: Work, call: Call, concern: Concern) -> str:  # noqa: ARG001
        concerns.keep_wish(work, concern, wish)
        return "noted"

    return note


def _wish_call_in(promise: Promise, work: Work, call: Call, concern: Concern) -> str:
    """Note that she will call in; without four numbers she would hear nothing then, and is told so."""
    _wish("call_in")(promise, work, call, concern)
    return "noted" if concerns.has_pin(work, concern) else "needs_pin"


def _read_case_number(promise: Promise, values: Values) -> str:
    with promise.station.database.read() as work:
        _, concern = _call_and_concern(work, promise)
        number = concerns.case_number(work, promise.station.keys, concern)
    if number is None:
        return "failed"
    values["case_number"] = number
    return "read"


def _play_message(promise: Promise, values: Values) -> str:
    """Find her own message for her to hear; it may take a moment until it has come."""
    with promise.station.database.read() as work:
        call, _ = _call_and_concern(work, promise)
        message = messages.last_of_call(work, call.id)
    if message is None or message.fetch_failure is not None:
        return "never"
    if not message.is_fetched:
        waited = promise.station.database.now() - message.recorded_at
        return "not_yet" if waited < LONGEST_WAIT else "never"
    values["own_message"] = own_message.pass_for(
        promise.station.keys, message.id, promise.station.database.now()
    )
    return "ready"


def _discard(promise: Promise, values: Values) -> str:  # noqa: ARG001 - every promise has one shape
    """Discard what was not sent; a caller who has agreed to nothing has nothing to discard."""
    try:
        return _once(_discard_unfinished)(promise, "discard_unfinished")
    except NoConsentError:
        return "discarded"


def _by_receipt(name: str, deed: Deed) -> Callable[[Promise, Values], str]:
    once = _once(deed)

    def keep(promise: Promise, values: Values) -> str:  # noqa: ARG001 - every promise has one shape
        return once(promise, name)

    return keep


KEEP: Mapping[str, Callable[[Promise, Values], str | Outcome]] = MappingProxyType(
    {
        "find_emergency_number": information.find_emergency_number,
        "look_for_topics": information.look_for_topics,
        "open_topic": information.open_topic,
        "next_part": information.next_part,
        "take_topic": information.take_topic,
        "know_subject": information.know_subject,
        "find_service": information.find_service,
        "next_service": information.next_service,
        "say_service": information.say_service,
        "agree": _consenting("agree", _to_own_concern),
        "agree_to_add": _consenting("agree_to_add", _to_open_case),
        "read_case_number": _read_case_number,
        "play_message": _play_message,
        "keep_message": _by_receipt("keep_message", _keep_message),
        "keep_kind": _by_receipt("keep_kind", _keep_kind),
        "send_message": _by_receipt("send_message", _send_message),
        "erase_message": _by_receipt("erase_message", _erase_message),
        "discard_unfinished": _discard,
        "take_pin": _by_receipt("take_pin", _take_pin),
        "confirm_pin": _by_receipt("confirm_pin", _confirm_pin),
        "wish_call": _by_receipt("wish_call", _wish("be_called")),
        "wish_call_in": _by_receipt("wish_call_in", _wish_call_in),
        "wish_nothing": _by_receipt("wish_nothing", _wish("none")),
        "hold_number": case_promises.hold_number,
        "open_case": case_promises.open_case,
        "find_answers": case_promises.find_answers,
        "count_notes": case_promises.count_notes,
        "erase_case": case_promises.erase_case,
        "keep_helped": case_promises.keep_helped,
        "keep_trouble": case_promises.keep_trouble,
    }
)
