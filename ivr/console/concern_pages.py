"""One concern: read it, say why one listens, note, mark done, open again."""

from flask import abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ivr.console.access import REVIEWERS, open_to, person
from ivr.console.blueprint import console
from ivr.console.dress import MAY_RECORD
from ivr.console.labels import doubt
from ivr.console.room import room
from ivr.console.way_back import way_back
from ivr.services import review
from ivr.services.answer_sound import LONGEST_S
from ivr.services.review import LONGEST_NOTE, REASONS, ConcernFile


@console.get("/concerns/<concern_id>")
@open_to(*REVIEWERS)
def show_concern(concern_id: str) -> Response:
    """Show a concern; from now on it is read."""
    opened = review.open_concern(room().station, person(), concern_id)
    if opened is None:
        return _say_that_it_is_erased(concern_id)
    page = render_template(
        "concern.html",
        opened=opened,
        concern=opened.concern,
        reasons=REASONS,
        doubt=doubt,
        longest_note=LONGEST_NOTE,
        now=room().station.database.now(),
        way_back=way_back(),
        fault=request.args.get("fault"),
        longest_s=LONGEST_S,
    )
    return make_response(page, MAY_RECORD)


def _say_that_it_is_erased(concern_id: str) -> Response:
    at = review.erased_at(room().station, person(), concern_id)
    if at is None:
        abort(404)
    return make_response(render_template("erased.html", at=at, way_back=way_back()), 410)


@console.post("/messages/<message_id>/listen")
@open_to(*REVIEWERS)
def give_reason(message_id: str) -> Response:
    """Take the reason for listening and show the player."""
    reason = request.form.get("reason", "")
    if reason not in REASONS:
        abort(400)
    concern = review.give_reason(room().station, person(), message_id, reason)
    return _back_to(concern, anchor=f"sound-{message_id}")


@console.post("/messages/<message_id>/fetch-again")
@open_to(*REVIEWERS)
def fetch_again(message_id: str) -> Response:
    """Try once more to get a sound that was given up."""
    concern = review.fetch_again(room().station, person(), message_id)
    return _back_to(concern, anchor=f"sound-{message_id}")


@console.post("/concerns/<concern_id>/notes")
@open_to(*REVIEWERS)
def add_note(concern_id: str) -> Response:
    """Keep a note; an empty one is none."""
    text = request.form.get("text", "").strip()
    if len(text) > LONGEST_NOTE:
        abort(413)
    station = room().station
    if text:
        concern = review.add_note(station, person(), concern_id, text)
    else:
        concern = review.find(station, person(), concern_id)
    return _back_to(concern, anchor="notes")


@console.post("/concerns/<concern_id>/done")
@open_to(*REVIEWERS)
def mark_done(concern_id: str) -> Response:
    """Mark a concern done and go back to the inbox, where it can be undone."""
    concern = _found(review.finish(room().station, person(), concern_id))
    return redirect(url_for("console.show_inbox", **way_back(), done=concern.id), 303)


@console.post("/concerns/<concern_id>/reopen")
@open_to(*REVIEWERS)
def reopen(concern_id: str) -> Response:
    """Open a concern again; whoever undoes in the inbox stays there."""
    concern = _found(review.reopen(room().station, person(), concern_id))
    if "undo" in request.form:
        return redirect(url_for("console.show_inbox", **way_back()), 303)
    return _back_to(concern)


def _back_to(concern: ConcernFile | None, anchor: str | None = None) -> Response:
    address = url_for("console.show_concern", concern_id=_found(concern).id, _anchor=anchor, **way_back())
    return redirect(address, 303)


def _found(concern: ConcernFile | None) -> ConcernFile:
    if concern is None:
        abort(404)
    return concern
