"""Routes that hold nothing of anybody: static files, the blank page, the way to the practice phone."""

from typing import Final

from flask import Response, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from ivr.console.access import open_to_anybody
from ivr.console.blueprint import console
from ivr.console.room import room

_FOR_GOOD: Final = "public, max-age=31536000, immutable"


def static_address(name: str) -> str:
    """Return the address of a static file in its present version."""
    return url_for("console.static_file", version=room().statics.version, name=name)


@console.get("/static/<version>/<name>")
@open_to_anybody
def static_file(version: str, name: str) -> Response:
    """Send a static file; a page from before an update gets the present one, and does not keep it."""
    statics = room().statics
    file = statics.files.get(name)
    if file is None:
        abort(404)
    is_gzip = request.accept_encodings["gzip"] > 0
    response = Response(file.gzipped if is_gzip else file.plain, content_type=file.content_type)
    if is_gzip:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = _FOR_GOOD if version == statics.version else "no-store"
    return response


@console.get("/blank")
@open_to_anybody
def blank() -> Response:
    """Show a page that tells an onlooker nothing."""
    return make_response(render_template("blank.html"))


@console.get("/phone")
@open_to_anybody
def practice_phone() -> AnyResponse:
    """Lead to the practice phone; with a real carrier there is none."""
    address = room().practice_phone
    if address is None:
        abort(404)
    return redirect(address)
