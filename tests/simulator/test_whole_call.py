"""A call from dialling to the file of the recording, over HTTP in both directions."""

import httpx

from ivr.simulator.open_company import OpenCompany
from tests.simulator.any_app import ACCOUNT, CALLER, HOTLINE, TOKEN, App, tone

WAV_HEADER_BYTES = 44


def test_a_caller_listens_presses_speaks_and_the_app_fetches_what_she_said(
    app: App, company: OpenCompany
) -> None:
    app.says("/voice/incoming", '<Gather numDigits="1" action="/menu"><Play>/tone.wav</Play></Gather>')
    app.says("/menu", '<Play>/tone.wav</Play><Record action="/kept" recordingStatusCallback="/recorded"/>')
    app.says("/kept", "<Say>Thank you</Say>")
    app.says("/recorded", "")

    call = company.handset(CALLER).dial(HOTLINE).listen().press("1").listen()
    call.speak(tone(3.0), then="key").listen()
    company.settle()
    address = app.asked("/recorded")[0].form["RecordingUrl"]
    file = httpx.get(address, auth=(ACCOUNT, TOKEN))

    assert [heard.text for heard in call.heard] == ["", "", "Thank you"]
    assert (call.ended_by, call.errors) == ("hotline", ())
    assert len(file.content) == WAV_HEADER_BYTES + 3 * 8000 * 2
