"""What the caller did, read from what the carrier posts."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from flows.model import Heard, Keys, Recorded, Silence
from ivr.services.messages import CarrierWord

KEYPAD = frozenset("0123456789*#")
LONGEST_NUMBER = 32
LONGEST_SID = 64


class UnreadableFormError(ValueError):
    """The carrier posted something that no carrier posts."""


def call_sid(form: Mapping[str, str]) -> str:
    """Return the carrier's name of the call.

    Raises:
        UnreadableFormError: there is none, or it is none.
    """
    return _sid(form.get("CallSid", ""))


def caller(form: Mapping[str, str]) -> str:
    """Return who calls, as the carrier says it: a number, a word, or nothing."""
    return form.get("From", "")[:LONGEST_NUMBER]


def from_form(form: Mapping[str, str], *, tells_key: bool = True) -> Heard:
    """Return what the caller did in this turn.

    Args:
        form: What the carrier posted.
        tells_key: Whether this carrier says which key ended a recording.

    Raises:
        UnreadableFormError: the recording's name is none.
    """
    if form.get("RecordingUrl"):
        return _recorded(form, tells_key=tells_key)
    digits = form.get("Digits", "")
    if digits and len(digits) <= LONGEST_NUMBER and KEYPAD.issuperset(digits):
        return Keys(digits)
    return Silence()


def _recorded(form: Mapping[str, str], *, tells_key: bool) -> Recorded:
    digits = form.get("Digits", "")
    hung_up = digits == "hangup" or form.get("CallStatus") == "completed"
    key = digits if len(digits) == 1 and digits in KEYPAD else "" if tells_key else None
    return Recorded(_recording_sid(form), _whole_seconds(form), key, hung_up)


def carrier_word(form: Mapping[str, str]) -> CarrierWord:
    """Return what a recording callback tells.

    Raises:
        UnreadableFormError: it names no call or no recording.
    """
    status = form.get("RecordingStatus", "completed")
    return CarrierWord(
        _recording_sid(form), call_sid(form), _whole_seconds(form), is_absent=status == "absent"
    )


def _recording_sid(form: Mapping[str, str]) -> str:
    """Return the recording's name; Somleng gives it only as the end of the address."""
    named = form.get("RecordingSid") or urlsplit(form.get("RecordingUrl", "")).path.rsplit("/", 1)[-1]
    return _sid(named.removesuffix(".wav"))


def _sid(text: str) -> str:
    if not 0 < len(text) <= LONGEST_SID or not text.replace("-", "").replace("_", "").isalnum():
        raise UnreadableFormError
    return text


def _whole_seconds(form: Mapping[str, str]) -> int:
    text = form.get("RecordingDuration", "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0  # noqa: PLR2004 - a day has 5
