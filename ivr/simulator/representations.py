"""Calls and recordings as JSON (source: the carrier's OpenAPI document, Calls and Recordings)."""

from datetime import datetime
from email.utils import format_datetime
from typing import Any

from ivr.simulator.call import API_VERSION, Call
from ivr.simulator.desk import Desk
from ivr.simulator.recordings import Recording, whole_seconds


def call_as_json(desk: Desk, call: Call) -> dict[str, Any]:
    """Return a call as the REST server shows it."""
    uri = f"{desk.profile.path}/Accounts/{call.account}/Calls/{call.sid}"
    return {
        "sid": call.sid,
        "account_sid": call.account,
        "parent_call_sid": call.parent_sid,
        "phone_number_sid": "",
        "from": call.from_,
        "from_formatted": call.from_,
        "to": call.to,
        "to_formatted": call.to,
        "direction": call.direction,
        "status": call.status,
        "answered_by": None,
        "api_version": API_VERSION,
        "caller_name": None,
        "forwarded_from": None,
        "group_sid": None,
        "trunk_sid": "",
        "annotation": None,
        "date_created": _written(call.created_at),
        "date_updated": _written(call.ended_at or call.answered_at or call.created_at),
        "start_time": _written(call.answered_at),
        "end_time": _written(call.ended_at),
        "duration": str(call.duration_s) if call.is_over else None,
        "queue_time": str(call.queue_ms),
        "price": None,
        "price_unit": "USD",
        "uri": f"{uri}.json",
        "subresource_uris": {"recordings": f"{uri}/Recordings.json"},
    }


def recording_as_json(desk: Desk, recording: Recording) -> dict[str, Any]:
    """Return a recording as the REST server shows it."""
    uri = f"{desk.profile.path}/Accounts/{recording.account}/Recordings/{recording.sid}"
    is_known = recording.status in {"completed", "deleted"}
    return {
        "sid": recording.sid,
        "account_sid": recording.account,
        "call_sid": recording.call_sid,
        "conference_sid": None,
        "status": recording.status,
        "source": recording.source,
        "channels": recording.channels,
        "track": "inbound",
        "duration": str(whole_seconds(recording.kept_s)) if is_known else "-1",
        "api_version": API_VERSION,
        "error_code": None,
        "encryption_details": None,
        "price": None,
        "price_unit": "USD",
        "start_time": _written(recording.began_at),
        "date_created": _written(recording.began_at),
        "date_updated": _written(recording.began_at),
        "media_url": f"{desk.base_url}{uri}",
        "uri": f"{uri}.json",
        "subresource_uris": {},
    }


def _written(moment: datetime | None) -> str | None:
    return format_datetime(moment) if moment is not None else None
