"""How keys are gathered: items 21 to 32 of the fact sheet."""

import pytest
from werkzeug.wrappers import Request, Response

from ivr.simulator.handset import HandsetCall
from ivr.simulator.open_company import OpenCompany
from tests.simulator.any_app import CALLER, HOTLINE, App, tone

TONE_S = 2.0


def ask(app: App, company: OpenCompany, gather: str, *, after: str = "<Say>Nothing</Say>") -> HandsetCall:
    app.says("/voice/incoming", gather + after)
    app.says("/menu", "<Say>Thank you</Say>")
    return company.handset(CALLER).dial(HOTLINE)


def digits(app: App) -> list[str | None]:
    return [seen.fields.get("Digits") for seen in app.asked("/menu")]


def test_21_one_digit_is_posted_at_the_first_key(app: App, company: OpenCompany) -> None:
    call = ask(app, company, '<Gather numDigits="1" action="/menu"><Play>/tone.wav</Play></Gather>')

    call.listen().press("7")

    assert digits(app) == ["7"]
    assert call.now_s == TONE_S


def test_22_the_finishing_key_is_not_among_the_digits(app: App, company: OpenCompany) -> None:
    call = ask(app, company, '<Gather action="/menu"/>').listen()

    call.press("1234#")

    assert digits(app) == ["1234"]
    assert app.asked("/menu")[0].form["FinishedOnKey"] == "#"


def test_23_the_finishing_key_alone_is_no_input(app: App, company: OpenCompany) -> None:
    call = ask(app, company, '<Gather action="/menu"/>').listen()

    call.press("#").listen()

    assert digits(app) == []
    assert call.heard[-1].text == "Nothing"


@pytest.mark.parametrize(("timeout", "waits_s"), [("", 5.0), ('timeout="9"', 9.0)])
def test_24_silence_leads_to_the_next_verb_after_prompt_and_timeout(
    app: App, company: OpenCompany, timeout: str, waits_s: float
) -> None:
    call = ask(app, company, f'<Gather {timeout} action="/menu"><Play>/tone.wav</Play></Gather>')

    call.listen().stay_silent()

    assert digits(app) == []
    assert (call.heard[-1].text, call.heard[-1].at_s) == ("Nothing", TONE_S + waits_s)


def test_25_a_key_silences_the_prompt_and_starts_the_timer(app: App, company: OpenCompany) -> None:
    call = ask(app, company, '<Gather action="/menu" timeout="4"><Play>/tone.wav</Play></Gather>')

    call.stay_silent(0.5)
    call.press("1").stay_silent()

    assert (call.heard[0].played_s, call.heard[0].complete) == (0.5, False)
    assert (call.heard[1].text, call.heard[1].at_s) == ("Thank you", 4.5)


def test_26_each_key_restarts_the_timer(app: App, company: OpenCompany) -> None:
    call = ask(app, company, '<Gather action="/menu" timeout="3"/>').listen()

    for digit in "123":
        call.press(digit).stay_silent(2.0)
    call.stay_silent()

    assert digits(app) == ["123"]
    assert call.heard[0].at_s == 2.0 + 2.0 + 3.0


@pytest.mark.parametrize(("style", "posted"), [("blank", ""), ("missing", None)])
def test_27_silence_is_posted_when_it_is_asked_for(
    app: App, company: OpenCompany, style: str, posted: str | None
) -> None:
    company.mischief.empty_digits = "blank" if style == "blank" else "missing"
    call = ask(app, company, '<Gather action="/menu" actionOnEmptyResult="true"/>')

    call.listen().stay_silent()

    assert digits(app) == [posted]
    assert call.heard[-1].text == "Thank you"


def test_28_without_finishing_key_all_keys_are_digits(app: App, company: OpenCompany) -> None:
    call = ask(app, company, '<Gather finishOnKey="" numDigits="3" action="/menu"/>').listen()

    call.press("#*1")

    assert digits(app) == ["#*1"]


def test_29_a_gather_without_action_posts_to_the_present_document(app: App, company: OpenCompany) -> None:
    app.says("/voice/incoming", "<Redirect>/here?place=1</Redirect>")
    app.says("/here", '<Gather numDigits="1"/>', "<Hangup/>")

    company.handset(CALLER).dial(HOTLINE).listen().press("4")

    assert [seen.fields.get("Digits") for seen in app.asked("/here")] == [None, "4"]
    assert app.asked("/here")[1].args == {"place": "1"}


def test_30_all_nested_files_are_fetched_before_the_first_sounds(app: App, company: OpenCompany) -> None:
    calls: list[HandsetCall] = []
    sounding_when_fetched: list[int] = []

    def file(_: Request) -> Response:
        sounding_when_fetched.append(len(company.calls[0].line.heard))
        return Response(tone(1.0), content_type="audio/wav")

    app.on("/one.wav", file)
    app.on("/two.wav", file)
    calls.append(
        ask(app, company, "<Gather><Play>/one.wav</Play><Pause/><Play>/two.wav</Play></Gather>").listen()
    )

    assert sounding_when_fetched == [0, 0]
    assert [(heard.at_s, heard.played_s) for heard in calls[0].heard] == [(0.0, 1.0), (2.0, 1.0)]


def test_31_keys_in_a_play_outside_gather_are_lost(app: App, company: OpenCompany) -> None:
    call = ask(app, company, '<Play>/tone.wav</Play><Gather numDigits="1" action="/menu"/>')

    call.press("5").listen()

    assert call.state == "waiting_for_keys"
    assert call.heard[0].complete
    assert digits(app) == []


def test_32_hanging_up_in_gather_requests_nothing_and_tells_of_the_end_once(
    app: App, company: OpenCompany
) -> None:
    call = ask(app, company, '<Gather numDigits="4" action="/menu"/>').listen()

    call.press("12").hang_up()
    company.settle()

    assert digits(app) == []
    assert [seen.form["CallStatus"] for seen in app.asked("/voice/status")] == ["completed"]
    assert call.ended_by == "caller"


def test_a_wrong_finishing_key_is_a_warning_and_the_default_holds(app: App, company: OpenCompany) -> None:
    call = ask(app, company, '<Gather finishOnKey="12" action="/menu"/>').listen()

    call.press("12#")

    assert digits(app) == ["12"]
    assert [trouble.code for trouble in call.errors] == [13310]
