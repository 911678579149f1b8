"""What every answer of the console wears: security headers, no caching, gzip, the cookie."""

import gzip
from typing import Final

from flask import Response, request

from ivr.console import cookie

_SHORTEST_TO_GZIP: Final = 600
_LEVEL: Final = 6
_TEXTS: Final = frozenset({"text/html", "text/css", "text/javascript", "application/json", "image/svg+xml"})

HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "media-src 'self' blob:; connect-src 'self'; font-src 'self'; worker-src 'self'; "
        "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Permissions-Policy": "microphone=(), camera=(), geolocation=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


MAY_RECORD: Final = {"Permissions-Policy": "microphone=(self), camera=(), geolocation=()"}
"""For the pages on which a person can speak."""


def dress(response: Response) -> Response:
    """Add what every answer of the console wears; what it wears already stays."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")
    cookie.write(response)
    return _gzipped(response) if _is_worth_gzip(response) else response


def _is_worth_gzip(response: Response) -> bool:
    return (
        response.mimetype in _TEXTS
        and "Content-Encoding" not in response.headers
        and not response.direct_passthrough
        and request.accept_encodings["gzip"] > 0
        and len(response.get_data()) > _SHORTEST_TO_GZIP
    )


def _gzipped(response: Response) -> Response:
    response.set_data(gzip.compress(response.get_data(), _LEVEL))
    response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    return response
