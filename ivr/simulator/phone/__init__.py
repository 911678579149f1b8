"""The practice phone: one page on which anybody can call the hotline without a telephone."""

from typing import Final

from flask import Blueprint, Response, redirect, render_template
from werkzeug.wrappers import Response as WerkzeugResponse

CONTENT_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self' blob:; "
    "connect-src 'self'; font-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": CONTENT_POLICY,
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
INVENTED_CALLERS: Final = (
    ("+447700900101", "Caller one, +44 7700 900101"),
    ("+447700900102", "Caller two, +44 7700 900102"),
    ("+12025550147", "Caller three, +1 202 555 0147"),
    ("anonymous", "A withheld number"),
)
KEYPAD: Final = (
    ("1", "", "one"),
    ("2", "abc", "two"),
    ("3", "def", "three"),
    ("4", "ghi", "four"),
    ("5", "jkl", "five"),
    ("6", "mno", "six"),
    ("7", "pqrs", "seven"),
    ("8", "tuv", "eight"),
    ("9", "wxyz", "nine"),
    ("*", "", "star"),
    ("0", "", "zero"),
    ("#", "", "hash"),
)


def phone_page() -> Blueprint:
    """Return the page and what belongs to it."""
    page = Blueprint(
        "phone",
        __name__,
        url_prefix="/phone",
        template_folder="templates",
        static_folder="static",
        static_url_path="/static",
    )
    page.add_url_rule("/", view_func=_show, strict_slashes=False)
    page.record(lambda state: state.app.add_url_rule("/", "to_phone", _go_there))
    page.after_request(_guard)
    return page


def _show() -> str:
    return render_template("phone.html", callers=INVENTED_CALLERS, keypad=KEYPAD)


def _go_there() -> WerkzeugResponse:
    return redirect("/phone")


def _guard(response: Response) -> Response:
    response.headers.update(HEADERS)
    is_page = response.mimetype == "text/html"
    response.headers["Cache-Control"] = "no-store" if is_page else "no-cache"
    return response
