"""Reject, Hangup, Pause, Redirect and Play: items 46 to 51 of the fact sheet."""

import pytest
from werkzeug.wrappers import Request, Response

from ivr.simulator.handset import HandsetCall
from ivr.simulator.open_company import OpenCompany
from tests.simulator.any_app import CALLER, HOTLINE, App, tone


def dial(app: App, company: OpenCompany, document: str) -> HandsetCall:
    app.says("/voice/incoming", document)
    return company.handset(CALLER).dial(HOTLINE)


def kinds(call: HandsetCall) -> list[str]:
    return [event.kind for event in call.log]


@pytest.mark.parametrize(("reason", "final"), [("", "no-answer"), ('reason="busy"', "busy")])
def test_46_a_rejected_call_was_never_answered(
    app: App, company: OpenCompany, reason: str, final: str
) -> None:
    call = dial(app, company, f"<Reject {reason}/><Redirect>/never</Redirect>")
    company.settle()

    assert (call.answered, call.ended_by) == (False, "hotline")
    assert "answered" not in kinds(call)
    assert [seen.form["CallStatus"] for seen in app.asked("/voice/status")] == [final]
    assert app.asked("/never") == []


def test_47_hangup_as_first_verb_answers(app: App, company: OpenCompany) -> None:
    call = dial(app, company, "<Hangup/>")
    company.settle()

    assert call.answered
    assert [seen.form["CallStatus"] for seen in app.asked("/voice/status")] == ["completed"]


def test_48_pause_as_first_verb_keeps_ringing(app: App, company: OpenCompany) -> None:
    call = dial(app, company, '<Pause length="6"/><Say>Hello</Say>').listen()
    answered = next(event for event in call.log if event.kind == "answered")

    assert answered.at_s == 6.0


def test_48_a_later_pause_is_silence_in_the_call(app: App, company: OpenCompany) -> None:
    call = dial(app, company, '<Say>Hello</Say><Pause length="6"/><Say>Again</Say>').listen()
    first, second = call.heard

    assert second.at_s == first.at_s + first.played_s + 6.0


def test_49_an_empty_redirect_fetches_the_same_document_again(app: App, company: OpenCompany) -> None:
    app.says("/voice/incoming", "<Say>Once</Say><Redirect/>", "<Hangup/>")

    call = company.handset(CALLER).dial(HOTLINE).listen()

    assert len(app.asked("/voice/incoming")) == 2
    assert [heard.text for heard in call.heard] == ["Once"]


def test_50_a_file_is_fetched_without_parameters_and_revalidated(app: App, company: OpenCompany) -> None:
    def with_etag(request: Request) -> Response:
        response = Response(tone(1.0), content_type="audio/wav")
        response.set_etag("first")
        return response.make_conditional(request)

    app.on("/prompt.wav", with_etag)
    call = dial(app, company, "<Play>/prompt.wav</Play><Play>/prompt.wav</Play>").listen()
    first, second = app.asked("/prompt.wav")

    assert (first.method, first.fields, "X-Twilio-Signature" in first.headers) == ("GET", {}, False)
    assert second.headers["If-None-Match"] == '"first"'
    assert [heard.played_s for heard in call.heard] == [1.0, 1.0]


def test_50_a_file_that_says_how_long_it_holds_is_not_fetched_again(app: App, company: OpenCompany) -> None:
    headers = {"Cache-Control": "public, max-age=60, immutable"}
    app.on("/prompt.wav", Response(tone(1.0), content_type="audio/wav", headers=headers))

    dial(app, company, '<Play>/prompt.wav</Play><Pause length="30"/><Play>/prompt.wav</Play>').listen()
    within = len(app.asked("/prompt.wav"))
    dial(app, company, '<Pause length="60"/><Play>/prompt.wav</Play>').listen()

    assert (within, len(app.asked("/prompt.wav"))) == (1, 2)


def test_51_an_endless_play_stops_at_the_hang_up(app: App, company: OpenCompany) -> None:
    call = dial(app, company, '<Play loop="0">/tone.wav</Play>')

    call.stay_silent(7.0)
    call.hang_up()

    assert [heard.played_s for heard in call.heard] == [2.0, 2.0, 2.0, 1.0]
    assert (call.heard[-1].complete, call.ended_by) == (False, "caller")


def test_a_play_whose_file_is_missing_ends_the_call_with_the_announcement(
    app: App, company: OpenCompany
) -> None:
    app.says("/voice/fallback", "<Say>Please call again</Say>")

    call = dial(app, company, "<Play>/nothing.wav</Play>").listen()

    assert [trouble.code for trouble in call.errors] == [11217]
    assert app.asked("/voice/fallback")[0].form["ErrorCode"] == "11217"


@pytest.mark.parametrize(
    "answer",
    [Response(b"<html/>", content_type="text/html"), Response(b"no sound", content_type="audio/wav")],
    ids=["another type", "no sound in it"],
)
def test_a_play_of_something_else_is_an_error(app: App, company: OpenCompany, answer: Response) -> None:
    app.says("/voice/fallback", "<Hangup/>")
    app.on("/odd.wav", answer)

    call = dial(app, company, "<Play>/odd.wav</Play>").listen()

    assert [trouble.code for trouble in call.errors] == [12300]


def test_words_take_the_time_they_need(app: App, company: OpenCompany) -> None:
    call = dial(
        app, company, '<Say language="en">' + "one two three four five six seven " * 3 + "</Say>"
    ).listen()

    assert call.heard[0].language == "en"
    assert call.heard[0].played_s == pytest.approx(10.0, abs=0.1)


@pytest.mark.parametrize("rings_s", [0.0, 3.0], ids=["before the document came", "while it rang"])
def test_a_caller_who_gives_up_before_the_answer_was_never_connected(
    app: App, company: OpenCompany, rings_s: float
) -> None:
    app.says("/voice/incoming", '<Pause length="9"/><Say>Hello</Say>')

    call = company.dial(CALLER, HOTLINE)
    if rings_s:
        company.let_pass(rings_s)
    company.hang_up(call)
    company.settle()

    assert (call.status, call.ended_by, call.line.heard) == ("no-answer", "caller", ())
    assert [seen.form["CallStatus"] for seen in app.asked("/voice/status")] == ["no-answer"]
