"""Errors in plain words: what happened, what is kept, what to do; never a trace."""

import secrets
from typing import Final

import structlog
from flask import Flask, Response, make_response, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.wrappers import Response as AnyResponse

from ivr.console.access import ExpiredFormError
from ivr.console.blueprint import console
from ivr.console.dress import dress

log = structlog.get_logger()

_CODE_BYTES: Final = 3
_KNOWN: Final = frozenset({401, 403, 404, 413})


def register(app: Flask) -> None:
    """Let the console say what went wrong on its pages, and on addresses that nobody has."""
    app.register_error_handler(HTTPException, _show)
    app.register_error_handler(InternalServerError, _show_fault)


def _show(error: HTTPException) -> AnyResponse:
    if not _is_ours():
        return error.get_response()
    return _page(_name_of(error), error.code or 500)


def _show_fault(error: InternalServerError) -> AnyResponse:
    """Show a code by which the line in the log is found; the page and the log hold nothing else."""
    if not _is_ours():
        return error.get_response()
    code = secrets.token_hex(_CODE_BYTES)
    cause = error.original_exception or error
    log.error("page_failed", code=code, where=request.endpoint, cause=type(cause).__name__)
    return _page("fault", 500, code)


def _is_ours() -> bool:
    return request.blueprint in {None, console.name}


def _name_of(error: HTTPException) -> str:
    if isinstance(error, ExpiredFormError):
        return "expired"
    return str(error.code) if error.code in _KNOWN else "other"


def _page(what: str, status: int, code: str = "") -> Response:
    response = make_response(render_template("error.html", what=what, code=code), status)
    # The blueprint dresses answers of its own routes only, and nobody's address has none.
    return dress(response) if request.blueprint is None else response
