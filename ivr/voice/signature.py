"""Whether a webhook really comes from the carrier.

Source: https://www.twilio.com/docs/usage/webhooks/webhooks-security (HMAC-SHA1 over the address and the
sorted form). Kept our own because it is on every turn's path; the tests hold it against the SDK's.
"""

import base64
import hmac
from collections import defaultdict
from collections.abc import Iterable
from urllib.parse import urlsplit, urlunsplit

TWILIO_HEADER = "X-Twilio-Signature"
SIGNALWIRE_HEADER = "X-SignalWire-Signature"
_DEFAULT_PORTS = {"http": 80, "https": 443}

Form = list[tuple[str, str]]


class Signature:
    """Checks webhooks that were called under one public address."""

    def __init__(self, public_url: str, token: str, header: str = TWILIO_HEADER) -> None:
        if not token:
            raise ValueError("without the carrier's token every caller would be refused")
        self.header = header
        self._token = token.encode()
        self._bases = tuple(_with_and_without_port(public_url))

    def fits(self, path: str, query: str, form: Form, signature: str) -> bool:
        """Say whether the signature fits this request under any spelling of our address."""
        if not signature or not signature.isascii():
            return False
        rest = f"{path}?{query}" if query else path
        tail = _in_order(form)
        return any(hmac.compare_digest(self.sign(base + rest, tail), signature) for base in self._bases)

    def sign(self, url: str, tail: str) -> str:
        """Return the signature of an address with its sorted form."""
        return base64.b64encode(hmac.digest(self._token, (url + tail).encode(), "sha1")).decode()


def _in_order(form: Form) -> str:
    """Join names and values as the carrier does: sorted by name, a repeated value once."""
    if len({name for name, _ in form}) == len(form):
        return "".join(name + value for name, value in sorted(form))
    values: dict[str, set[str]] = defaultdict(set)
    for name, value in form:
        values[name].add(value)
    return "".join(name + value for name in sorted(values) for value in sorted(values[name]))


def _with_and_without_port(public_url: str) -> Iterable[str]:
    """Yield the address as configured, then with the default port left out or written out."""
    yield public_url
    parts = urlsplit(public_url)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    if parts.port is None:
        yield urlunsplit(parts._replace(netloc=f"{host}:{_DEFAULT_PORTS[parts.scheme]}"))
    elif parts.scheme == "https" or parts.port == _DEFAULT_PORTS[parts.scheme]:
        yield urlunsplit(parts._replace(netloc=host))
