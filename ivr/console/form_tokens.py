"""Form tokens: what proves that a form came from our own page, in this browser.

A token is a keyed hash of the browser's cookie token, under a mask that is new in every page, so that
the length of a compressed page tells nothing about it (the BREACH attack, breachattack.com).
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from typing import Final

from flask import request

from ivr.console import cookie
from ivr.console.room import room

FIELD: Final = "form_token"
_BYTES: Final = 16


def form_token() -> str:
    """Return a token for a form of this page."""
    mask = secrets.token_bytes(_BYTES)
    return base64.urlsafe_b64encode(mask + _xor(mask, _expected(cookie.token()))).decode()


def is_from_our_page() -> bool:
    """Say whether the form that was sent holds a token for this browser."""
    known = cookie.known_token()
    if known is None:
        return False
    try:
        given = base64.urlsafe_b64decode(request.form.get(FIELD, "").encode())
    except (binascii.Error, ValueError):
        return False
    mask, masked = given[:_BYTES], given[_BYTES:]
    return len(masked) == _BYTES and hmac.compare_digest(_xor(mask, masked), _expected(known))


def _expected(cookie_token: str) -> bytes:
    return hashlib.blake2b(cookie_token.encode(), key=room().form_key, digest_size=_BYTES).digest()


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))
