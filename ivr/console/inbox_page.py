"""The inbox: what waits, what was set aside, what is done."""

from datetime import datetime
from typing import Any

from flask import Response, abort, jsonify, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from ivr.console.access import REVIEWERS, STAFF, open_to, person, quiet
from ivr.console.blueprint import console
from ivr.console.room import room
from ivr.console.time_words import moment_of, moment_text, place_of, place_text
from ivr.console.way_back import way_back
from ivr.services import content, inbox, review
from ivr.services.inbox import COUNT_CAP, VIEWS, Inbox, Place, View


@console.get("/")
@open_to(*STAFF)
def show_inbox() -> str:
    """Show a page of a view; an administrator, who reads no concerns, is told what there is to do."""
    if person().role not in REVIEWERS:
        return render_template("no_inbox.html")
    view = _view()
    start, is_backward = _start()
    looked = inbox.look(room().station, person(), view, start, is_backward=is_backward)
    return render_template(
        "inbox.html",
        inbox=looked,
        views=VIEWS,
        count_cap=COUNT_CAP,
        now=_now(),
        way_back=way_back(),
        just_done=_just_done(),
        past_review=content.past_review(room().station, person().organisation_id),
        **_addresses(looked),
    )


@console.get("/inbox/news")
@open_to(*REVIEWERS)
@quiet
def tell_news() -> AnyResponse:
    """Say how many concerns came in since a page was shown."""
    since = moment_of(request.args.get("since", ""))
    if since is None:
        abort(400)
    response: Response = jsonify(new=inbox.arrived_since(room().station, person(), since))
    response.add_etag()
    return response.make_conditional(request)


def _view() -> View:
    asked = request.args.get("view", "waiting")
    if asked not in VIEWS:
        abort(404)
    return asked


def _start() -> tuple[Place | None, bool]:
    """Return where the page begins, and whether it is read backward from there."""
    before = place_of(request.args.get("before", ""))
    if before is not None:
        return before, True
    return place_of(request.args.get("after", "")), False


def _addresses(looked: Inbox) -> dict[str, str | None]:
    def page(**place: Any) -> str:
        return url_for("console.show_inbox", view=looked.view, **place)

    return {
        "earlier": None if looked.earlier is None else page(before=place_text(looked.earlier)),
        "later": None if looked.later is None else page(after=place_text(looked.later)),
        "news": url_for("console.tell_news", since=moment_text(looked.seen_until)),
    }


def _just_done() -> review.ConcernFile | None:
    concern_id = request.args.get("done")
    found = None if concern_id is None else review.find(room().station, person(), concern_id)
    return found if found is not None and found.state == "done" else None


def _now() -> datetime:
    return room().station.database.now()
