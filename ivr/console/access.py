"""Who may use which page: a route that does not say so is not there for anybody."""

from collections.abc import Callable
from typing import Any, Final, TypeVar, cast

from flask import abort, current_app, g, redirect, render_template, request, url_for
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from ivr.console import cookie, form_tokens
from ivr.console.room import room
from ivr.services import sign_in
from ivr.services.accounts import ROLES, Person

View = TypeVar("View", bound=Callable[..., Any])

REVIEWERS: Final = "reviewer", "coordinator"
"""Who reads and hears what callers said; an administrator looks after accounts and needs neither."""

STAFF: Final = ROLES
_ANYBODY: Final = "anybody"
_MAY_USE, _QUIET, _HARMLESS, _SOUND = "may_use", "is_quiet", "is_harmless", "takes_sound"

LARGEST_FORM_BYTES: Final = 256 * 1024
"""The longest note, written in letters of four bytes, each spelt out."""

LARGEST_SOUND_BYTES: Final = 24 * 1024 * 1024
"""Two minutes in stereo at 48 kHz, as a recording program makes them."""


class ExpiredFormError(BadRequest):
    """The form is not from a page of ours that is still good."""


def open_to(*roles: str) -> Callable[[View], View]:
    """Say which roles may use a route."""
    return _marking(_MAY_USE, frozenset(roles))


def open_to_anybody(view: View) -> View:
    """Say that a route needs no sign-in."""
    return _marking(_MAY_USE, frozenset({_ANYBODY}))(view)


def quiet(view: View) -> View:
    """Say that a page asks this route by itself: it does not count as somebody being there."""
    return _marking(_QUIET, value=True)(view)


def harmless(view: View) -> View:
    """Say that a form may come without a token, because nobody is hurt if another page sends it."""
    return _marking(_HARMLESS, value=True)(view)


def takes_sound(view: View) -> View:
    """Say that a form may hold a recording."""
    return _marking(_SOUND, value=True)(view)


def roles_of(endpoint: str | None) -> frozenset[str]:
    """Return who may use a route: nobody if it does not say so."""
    return cast(frozenset[str], _mark(endpoint, _MAY_USE, frozenset()))


def is_open_to_anybody(endpoint: str | None) -> bool:
    """Say whether a route needs no sign-in."""
    return _ANYBODY in roles_of(endpoint)


def person() -> Person:
    """Return who asks; only for routes that are not open to anybody."""
    return cast(Person, g.person)


def guard() -> Response | tuple[str, int] | None:
    """Stop whoever may not come in, before anything of the page is done."""
    roles = roles_of(request.endpoint)
    if not roles:
        abort(404)
    is_large = _mark(request.endpoint, _SOUND, default=False)
    request.max_content_length = LARGEST_SOUND_BYTES if is_large else LARGEST_FORM_BYTES
    is_form = request.method == "POST" and not _mark(request.endpoint, _HARMLESS, default=False)
    if is_form and not form_tokens.is_from_our_page():
        raise ExpiredFormError
    if _ANYBODY in roles:
        return None
    who = _who_asks()
    if who is None:
        return _to_the_door()
    if who.role not in roles:
        abort(403)
    g.person = who
    return None


def _who_asks() -> Person | None:
    token = cookie.known_token()
    if token is None:
        return None
    is_quiet = _mark(request.endpoint, _QUIET, default=False)
    return sign_in.person_at(room().station, token, is_present=not is_quiet)


def _to_the_door() -> Response | tuple[str, int]:
    """Ask to sign in; what was written in a form is shown again, for it was not saved."""
    if request.method == "POST":
        return render_template("signed_out.html", text=request.form.get("text", "")), 401
    if _mark(request.endpoint, _QUIET, default=False):
        abort(401)
    query = request.query_string.decode("ascii", "ignore")
    wanted = f"{request.path}?{query}" if query else request.path
    return redirect(url_for("console.ask_sign_in", next=None if wanted == "/" else wanted), 303)


def _marking(name: str, value: object) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.__dict__[name] = value
        return view

    return mark


def _mark(endpoint: str | None, name: str, default: object) -> object:
    view = current_app.view_functions.get(endpoint or "")
    return default if view is None else view.__dict__.get(name, default)
