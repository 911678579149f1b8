"""Webhooks as a carrier posts them: about twenty fields, signed, as bytes for the wire."""

import base64
import hmac
from collections.abc import Mapping
from urllib.parse import urlencode
from uuid import uuid4

from benchmarks.practice import ACCOUNT, CALLER, HOTLINE, TOKEN

_OF_EVERY_CALL = {
    "AccountSid": ACCOUNT,
    "ApiVersion": "2010-04-01",
    "CallStatus": "in-progress",
    "Called": HOTLINE,
    "CalledCity": "",
    "CalledCountry": "US",
    "CalledState": "DC",
    "CalledZip": "",
    "Caller": CALLER,
    "CallerCity": "",
    "CallerCountry": "GB",
    "CallerState": "",
    "CallerZip": "",
    "Direction": "inbound",
    "From": CALLER,
    "FromCountry": "GB",
    "To": HOTLINE,
    "ToCountry": "US",
}


def form(call_sid: str, **more: str) -> dict[str, str]:
    """Return what the carrier posts in a turn of a call."""
    return {**_OF_EVERY_CALL, "CallSid": call_sid, **more}


def pressed(call_sid: str, digits: str) -> dict[str, str]:
    """Return the form of keys that were pressed."""
    return form(call_sid, Digits=digits, FinishedOnKey="", msg="Gather End")


def recorded(call_sid: str, recording_sid: str = "", *, ended_by: str = "#") -> dict[str, str]:
    """Return the form of a recording that came to its end."""
    sid = recording_sid or f"RE{uuid4().hex}"
    return form(
        call_sid,
        RecordingSid=sid,
        RecordingUrl=f"https://carrier.invalid/Recordings/{sid}",
        RecordingDuration="12",
        Digits=ended_by,
    )


def signature(url: str, fields: Mapping[str, str]) -> str:
    """Sign an address and its form as the carrier does.

    Source: https://www.twilio.com/docs/usage/webhooks/webhooks-security.
    """
    text = url + "".join(name + value for name, value in sorted(fields.items()))
    return base64.b64encode(hmac.digest(TOKEN.encode(), text.encode(), "sha1")).decode()


def request(bind: str, path: str, fields: Mapping[str, str]) -> bytes:
    """Return a signed POST for the wire."""
    body = urlencode(fields)
    return (
        f"POST {path} HTTP/1.1\r\n"
        f"Host: {bind}\r\n"
        f"Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n"
        f"X-Twilio-Signature: {signature(f'http://{bind}{path}', fields)}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()
