"""What the app may ask of calls over REST: to place one, to change one, and why it is refused."""

from collections.abc import Container
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from werkzeug.datastructures import MultiDict

from ivr.simulator.call import Address, Instructions, is_phone_number
from ivr.simulator.refusals import RefusedError

ALWAYS_OWNED: Final = "+15005550006"
REFUSED_FROM: Final = {"+15005550001": 21212}
REFUSED_TO: Final = {
    "+15005550001": 21217,
    "+15005550002": 21214,
    "+15005550003": 21215,
    "+15005550004": 21216,
}
LONGEST_TWIML: Final = 4000
LONGEST_RING_S: Final = 600


@dataclass(frozen=True, slots=True)
class Order:
    """A call to place."""

    from_: str
    to: str
    wanted: Instructions
    ring_s: float


def order_of(form: "MultiDict[str, Any]", owned: Container[str]) -> Order:
    """Return the call a form asks for.

    Args:
        form: The body of the request; unknown names are ignored.
        owned: Numbers that may be shown to the callee.

    Raises:
        RefusedError: 21201, 21205, 21208, 21210 to 21217.
    """
    to, from_ = form.get("To", ""), form.get("From", "")
    _check_to(to)
    _check_from(from_, owned)
    return Order(from_, to, instructions_of(form), _ring_s(form.get("Timeout") or "60"))


def instructions_of(form: "MultiDict[str, Any]") -> Instructions:
    """Return the addresses and the document in a form.

    Raises:
        RefusedError: 21205, an address cannot be used; 32018, the document is too long.
    """
    twiml = form.get("Twiml", "")
    if len(twiml) > LONGEST_TWIML:
        raise RefusedError(32018, "Twiml must not be over 4000 characters")
    voice = _address(form, "Url", "Method")
    if voice is None and not twiml:
        raise RefusedError(21205, "Url parameter is required.")
    return Instructions(
        voice=voice,
        twiml=twiml,
        fallback=_address(form, "FallbackUrl", "FallbackMethod"),
        status=_address(form, "StatusCallback", "StatusCallbackMethod"),
        events=tuple(form.getlist("StatusCallbackEvent")) or ("completed",),
    )


def _ring_s(text: str) -> float:
    if not text.isdecimal():
        raise RefusedError(21208, "Timeout is not valid")
    return min(LONGEST_RING_S, float(text))


def _check_to(to: str) -> None:
    if not to:
        raise RefusedError(21201, "No 'To' number is specified")
    if to in REFUSED_TO:
        raise RefusedError(REFUSED_TO[to], "The 'To' number cannot be called")
    if not is_phone_number(to):
        raise RefusedError(21211, "Invalid 'To' Phone Number")


def _check_from(from_: str, owned: Container[str]) -> None:
    if not from_:
        raise RefusedError(21213, "'From' number is required")
    if from_ in REFUSED_FROM:
        raise RefusedError(REFUSED_FROM[from_], "The 'From' number is not valid")
    if from_ != ALWAYS_OWNED and from_ not in owned:
        raise RefusedError(21210, "The source phone number provided is not yet verified for your account")


def _address(form: "MultiDict[str, Any]", url: str, method: str) -> Address | None:
    if not form.get(url):
        return None
    parts = urlsplit(form[url])
    if parts.scheme not in {"http", "https"} or not parts.hostname or "_" in parts.hostname:
        raise RefusedError(21205, f"{url} is not a valid URL")
    return Address(form[url], "GET" if form.get(method, "").upper() == "GET" else "POST")
