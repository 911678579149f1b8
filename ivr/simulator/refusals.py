"""How the REST server says no: the carrier's error codes and their bodies (fact sheet, section 6.3)."""

from http import HTTPStatus

from flask import Response, jsonify

MORE_INFO = "https://www.twilio.com/docs/errors/"


class RefusedError(Exception):
    """A request that is not carried out.

    Attributes:
        code: The carrier's error code.
        status: The HTTP status; None leaves it to the profile.
    """

    def __init__(self, code: int, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


def unauthorised() -> RefusedError:
    """Return the refusal of wrong credentials."""
    return RefusedError(20003, "Authenticate", HTTPStatus.UNAUTHORIZED)


def missing() -> RefusedError:
    """Return the refusal of what is not there."""
    return RefusedError(20404, "The requested resource was not found", HTTPStatus.NOT_FOUND)


def too_many() -> RefusedError:
    """Return the refusal of a request that came too fast; it was not processed."""
    return RefusedError(20429, "Too Many Requests", HTTPStatus.TOO_MANY_REQUESTS)


def broken() -> RefusedError:
    """Return an answer that does not tell whether the request was processed."""
    return RefusedError(20500, "Internal Server Error", HTTPStatus.INTERNAL_SERVER_ERROR)


def answer(refused: RefusedError, usual_status: int) -> Response:
    """Return a refusal as a response."""
    status = refused.status or usual_status
    body = {
        "code": refused.code,
        "message": str(refused),
        "more_info": f"{MORE_INFO}{refused.code}",
        "status": status,
    }
    response = jsonify(body)
    response.status_code = status
    return response
