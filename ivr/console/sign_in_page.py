"""The door: signing in, signing out, leaving at once."""

from datetime import timedelta
from math import ceil
from typing import Final

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ivr.console import cookie
from ivr.console.access import STAFF, harmless, open_to, open_to_anybody
from ivr.console.blueprint import console
from ivr.console.room import room
from ivr.services import sign_in
from ivr.services.sign_in import MustWait, Refused, SignedIn

_HERE: Final = frozenset({"127.0.0.1", "::1"})
_MINUTE: Final = timedelta(minutes=1)


@console.get("/sign-in")
@open_to_anybody
def ask_sign_in() -> str:
    """Ask for login and password."""
    return render_template("sign_in.html", next=_next(request.args.get("next")))


@console.post("/sign-in")
@open_to_anybody
def take_sign_in() -> Response | tuple[str, int]:
    """Let in, refuse, or say how long to wait."""
    login, password = request.form.get("login", ""), request.form.get("password", "")
    match sign_in.sign_in(room().station, login, password, _network_address()):
        case SignedIn(token):
            cookie.give(token)
            return redirect(_next(request.form.get("next")), 303)
        case Refused():
            return _ask_again(401)
        case MustWait(wait):
            return _ask_again(429, wait_min=ceil(wait / _MINUTE))


@console.post("/sign-out")
@open_to(*STAFF)
def leave_properly() -> Response:
    """End the session and show the door."""
    _end()
    return redirect(url_for("console.ask_sign_in"), 303)


@console.post("/leave")
@open_to_anybody
@harmless
def leave_now() -> Response:
    """End the session and show a page that tells nothing."""
    _end()
    return redirect(url_for("console.blank"), 303)


def _end() -> None:
    token = cookie.known_token()
    if token is not None:
        sign_in.sign_out(room().station, token)
    cookie.take_away()


def _ask_again(status: int, *, wait_min: int = 0) -> tuple[str, int]:
    """Show the form again; the login is typed anew, since pages are left open on shared computers."""
    page = render_template(
        "sign_in.html", next=_next(request.form.get("next")), is_refused=not wait_min, wait_min=wait_min
    )
    return page, status


def _next(wanted: str | None) -> str:
    """Return where to go after sign-in: a path of this service, never another place."""
    if wanted is None or not wanted.startswith("/") or wanted.startswith(("//", "/\\")):
        return "/"
    return wanted


def _network_address() -> str:
    """Return where the request comes from.

    Behind a proxy on this computer it is the last address that the proxy added; earlier ones are
    whatever the browser claimed.
    """
    direct = request.remote_addr or ""
    if direct in _HERE and request.access_route:
        return request.access_route[-1]
    return direct
