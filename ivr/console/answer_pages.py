"""Answers on a concern's page: speak one, hear it, let the caller hear it, take it back."""

from io import BytesIO

from flask import Response, abort, redirect, request, send_file, url_for
from werkzeug.wrappers import Response as AnyResponse

from ivr.console.access import REVIEWERS, open_to, person, takes_sound
from ivr.console.blueprint import console
from ivr.console.room import room
from ivr.console.way_back import way_back
from ivr.services import answers
from ivr.services.answer_sound import UnfitSoundError
from ivr.services.review import ConcernFile


@console.post("/concerns/<concern_id>/answers")
@open_to(*REVIEWERS)
@takes_sound
def speak(concern_id: str) -> AnyResponse:
    """Take what a person spoke as her draft, or say why nobody could understand it on a telephone."""
    given = request.files.get("sound")
    fault = None
    try:
        wav = b"" if given is None else given.read()
        if answers.speak(room().station, person(), concern_id, wav) is None:
            abort(404)
    except UnfitSoundError as unfit:
        fault = unfit.fault
    return _to_answers(concern_id, fault)


@console.post("/answers/<reply_id>/keep")
@open_to(*REVIEWERS)
def keep_answer(reply_id: str) -> AnyResponse:
    """Let the caller hear a draft from now on."""
    return _to_answers(_id_of(answers.keep(room().station, person(), reply_id)))


@console.post("/answers/<reply_id>/withdraw")
@open_to(*REVIEWERS)
def withdraw_answer(reply_id: str) -> AnyResponse:
    """Take back a draft, or an answer that the caller has not heard."""
    return _to_answers(_id_of(answers.withdraw(room().station, person(), reply_id)))


@console.get("/answers/<reply_id>/sound")
@open_to(*REVIEWERS)
def sound_of_answer(reply_id: str) -> Response:
    """Send an answer as its caller hears it."""
    wav = answers.listen(room().station, person(), reply_id)
    if wav is None:
        abort(404)
    response = send_file(BytesIO(wav), mimetype="audio/wav", conditional=True, etag=False)
    response.headers["Cache-Control"] = "no-store"
    return response


def _id_of(concern: ConcernFile | None) -> str:
    if concern is None:
        abort(404)
    return concern.id


def _to_answers(concern_id: str, fault: str | None = None) -> AnyResponse:
    address = url_for(
        "console.show_concern", concern_id=concern_id, fault=fault, _anchor="answers", **way_back()
    )
    return redirect(address, 303)
