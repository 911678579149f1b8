"""Tells the app how a call goes: number-level status for incoming calls, progress events for placed ones."""

import math
from email.utils import format_datetime

from ivr.simulator.call import Call
from ivr.simulator.desk import Desk

SECONDS_PER_MINUTE = 60


def tell_of_end(desk: Desk, call: Call) -> None:
    """Send the number-level status callback of a call that came in."""
    address = call.instructions.status
    if address is not None:
        fields = call.fields(desk.profile) | {"CallDuration": str(call.duration_s)}
        desk.call_back("number_status", call, address, desk.with_extras(fields))


def tell_progress(desk: Desk, call: Call, event: str) -> None:
    """Send one progress callback of a placed call, if it was asked for."""
    is_last = event == "completed"
    if not desk.profile.sends_progress and not is_last:
        return
    fields = _progress_fields(desk, call)
    if is_last:
        fields |= _last_fields(desk, call)
    if event in call.instructions.events and call.instructions.status is not None:
        call.untold.append(fields)
    if is_last or not desk.mischief.reversed_progress:
        _send_untold(desk, call)


def _send_untold(desk: Desk, call: Call) -> None:
    address = call.instructions.status
    if address is None:
        return
    for fields in reversed(call.untold):
        desk.call_back("status", call, address, fields)
    call.untold.clear()


def _progress_fields(desk: Desk, call: Call) -> dict[str, str]:
    fields = call.fields(desk.profile) | {
        "Timestamp": format_datetime(desk.exchange.clock.wall()),
        "CallbackSource": "call-progress-events",
        "SequenceNumber": str(call.next_sequence),
    }
    if desk.profile.sends_progress:
        call.next_sequence += 1
    return fields


def _last_fields(desk: Desk, call: Call) -> dict[str, str]:
    fields = {"CallDuration": str(call.duration_s)}
    if call.answered_s is not None and desk.profile.sends_progress:
        fields["Duration"] = str(math.ceil(call.duration_s / SECONDS_PER_MINUTE))
    if call.sip_code is not None:
        fields["SipResponseCode"] = str(call.sip_code)
    return fields
