"""The one cookie: a random token, of a stranger before sign-in and of a session after it."""

import secrets
from typing import Final

from flask import Response, g, request

from ivr.console.room import room

_TOKEN_BYTES: Final = 32
_PLAIN, _HOST = "session", "__Host-session"
"""Browsers take a cookie with the second name only from https, for this host and all of it."""


def token() -> str:
    """Return the browser's token; a browser without one is given one with the answer."""
    given = known_token()
    if given is None:
        given = g.new_token = secrets.token_urlsafe(_TOKEN_BYTES)
    return given


def known_token() -> str | None:
    """Return the token that the browser has, or is just being given."""
    fresh: str | None = g.get("new_token")
    return fresh or request.cookies.get(_name())


def give(new_token: str) -> None:
    """Let the answer replace the browser's token: who signs in never keeps a stranger's one."""
    g.new_token = new_token


def take_away() -> None:
    """Let the answer remove the token."""
    g.takes_token = True


def write(response: Response) -> None:
    """Write into the answer what was decided."""
    if g.get("takes_token"):
        response.delete_cookie(_name(), secure=room().is_https, httponly=True, samesite="Lax")
    elif "new_token" in g:
        response.set_cookie(_name(), g.new_token, secure=room().is_https, httponly=True, samesite="Lax")


def _name() -> str:
    return _HOST if room().is_https else _PLAIN
