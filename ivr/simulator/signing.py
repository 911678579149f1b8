"""Signs what the telephone company asks of an app (fact sheet, section 2)."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import urlsplit, urlunsplit


def signature(token: str, url: str, fields: Mapping[str, str]) -> str:
    """Return the signature of a request: HMAC-SHA1 over address and sorted fields, in Base64.

    Args:
        token: The secret of the account.
        url: The address as it is called, query included.
        fields: The form of a POST; empty for a GET.
    """
    text = url + "".join(name + fields[name] for name in sorted(fields))
    digest = hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def signed_url(url: str, *, keeps_fragment: bool = False) -> str:
    """Return an address as the signature covers it: no userinfo, no fragment, no port of HTTPS."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if ":" in host:
        host = f"[{host}]"
    keeps_port = parts.port is not None and parts.scheme == "http"
    place = f"{host}:{parts.port}" if keeps_port else host
    return urlunsplit(
        (parts.scheme, place, parts.path, parts.query, parts.fragment if keeps_fragment else "")
    )
