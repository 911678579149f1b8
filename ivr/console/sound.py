"""The sound of a message, for who gave a reason to hear it; opened in memory and never kept."""

from io import BytesIO

from flask import Response, abort, send_file

from ivr.console.access import REVIEWERS, open_to, person
from ivr.console.blueprint import console
from ivr.console.room import room
from ivr.services import review


@console.get("/messages/<message_id>/sound")
@open_to(*REVIEWERS)
def sound_of(message_id: str) -> Response:
    """Send the listening copy, whole or the part that the player asks for."""
    wav = review.hear(room().station, person(), message_id)
    if wav is None:
        abort(404)
    response = send_file(BytesIO(wav), mimetype="audio/wav", conditional=True, etag=False)
    response.headers["Cache-Control"] = "no-store"
    return response
